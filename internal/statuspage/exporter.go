package statuspage

import (
	"fmt"
	"slices"
	"strings"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

const (
	// scrapesKept bounds the list of the last scrapes.
	scrapesKept = 10
	// looksMissed are how many intervals may pass before looks are late; the alert
	// waits as long.
	looksMissed = 3
)

// scrapeTable lists the last scrapes, the latest first.
func scrapeTable(last []scraped) table {
	t := table{
		ID: "scrapes", Title: "Last scrapes", Heads: []string{"Ended", "State", "Took", "What it brought"},
		Empty: "Nobody has scraped this exporter yet.",
	}
	for i := len(last) - 1; i >= 0; i-- {
		s := &last[i]
		at := clock(s.at)
		l := line{Level: good, Cells: []cell{{When: &at}, {Text: took(s.took)}, {Text: "everything"}}}
		switch {
		case s.kind == valkey.KindCanceled:
			l.Level, l.Words, l.Cells[2].Text = neutral, []string{"given up"}, "who asked has gone away"
		case s.kind != valkey.KindNone && s.up:
			l.Level, l.Words, l.Cells[2].Text = warning, []string{plainKind(s.kind)}, "the server answers, but not what it is asked"
		case s.kind != valkey.KindNone:
			l.Level, l.Words, l.Cells[2].Text = critical, []string{plainKind(s.kind)}, "nothing of the server"
		case len(s.parts) > 0:
			l.Level, l.Words, l.Cells[2].Text = s.partly()
		}
		t.Lines = append(t.Lines, l)
	}
	return t
}

// partly is a scrape of which parts are missing.
func (s *scraped) partly() (level, []string, string) {
	names := make([]string, len(s.parts))
	l := note
	for i, p := range s.parts {
		names[i] = fmt.Sprintf("%s (%s)", plainSource(p.source), plainKind(p.kind))
		if !p.optional() {
			l = warning
		}
	}
	return l, []string{"partly"}, "all but " + strings.Join(names, ", ")
}

func plainSource(s valkey.Source) string { return strings.ReplaceAll(s.String(), "_", " ") }

// optional reports whether the server refuses a part that many refuse for a
// reason. What is missing then is known and accepted.
func (p part) optional() bool {
	refused := p.kind == valkey.KindDenied || p.kind == valkey.KindUnknown
	return refused && p.source != valkey.SourceInfo && p.source != valkey.SourceQueues
}

// trust judges whether the exporter can be believed.
func (j *judge) trust(st State, last *scraped) {
	if last != nil && last.kind == valkey.KindNone {
		j.parts(last)
	}
	if !st.Exporter.Config.OK {
		j.tell(j.severity(alert.ReloadFailed), alert.ReloadFailed, "The configuration file was changed and has a mistake: the one before is in effect.", "The exporter's log names file and line.")
	}
	j.discovery(st.Exporter)
	j.looks(st)
	j.refusals(st, last)
}

func (j *judge) parts(last *scraped) {
	for _, p := range last.parts {
		if !p.optional() {
			j.tell(j.severity(alert.ScrapeIncomplete), alert.ScrapeIncomplete,
				fmt.Sprintf("Part of the scrape fails: %s (%s).", plainSource(p.source), plainKind(p.kind)), advice(p.kind))
		}
	}
}

// refusals tells of the commands that the server denies to any part of the
// exporter. Those that it does not know belong to a newer server.
func (j *judge) refusals(st State, last *scraped) {
	var all []valkey.Unavailable
	if last != nil {
		all = last.refused
	}
	looks, walk, others := st.Exporter.Refused()
	all = slices.Concat(all, looks, walk, others)
	told := map[string]bool{}
	for _, u := range all {
		if u.Reason != valkey.ReasonDenied || told[u.Command] {
			continue
		}
		told[u.Command] = true
		j.tell(j.severity(alert.CommandDenied), alert.CommandDenied,
			fmt.Sprintf("The exporter's user may not run %s: what it tells is missing.", u.Command), "docs/acl.md has the rights that are needed.")
	}
}

func (j *judge) discovery(e collector.State) {
	d := e.Discovery
	if d == nil {
		return
	}
	l := j.severity(alert.DiscoveryIncomplete)
	if d.Refused != "" {
		j.tell(l, alert.DiscoveryIncomplete, fmt.Sprintf("Queues cannot be searched for: SCAN is %s.", d.Refused), "docs/acl.md has the rights that are needed.")
		return
	}
	away := 0
	for _, w := range d.Walks {
		away += w.TurnedAway
		if !w.Complete && !w.Ended.IsZero() && w.TurnedAway == 0 {
			j.tell(l, alert.DiscoveryIncomplete, fmt.Sprintf("The search for queues in %s did not reach its end.", valkey.DatabaseName(w.DB)), LogSays)
		}
	}
	if away > 0 {
		j.tell(l, alert.DiscoveryIncomplete, fmt.Sprintf("%s were turned away: discovery.max_queues allows %s.", plural(away, "found queue"), count(float64(d.MaxQueues))),
			"Raise it, or make the patterns narrower.")
	}
}

func (j *judge) looks(st State) {
	h := st.Exporter.Health
	if h == nil {
		j.cannot("how old jobs are, nor what comes and goes: observe.interval is off.")
		return
	}
	if h.StateFile != nil && !h.StateFile.OK {
		j.tell(j.severity(alert.StateNotSaved), alert.StateNotSaved, "The state file cannot be written: after a restart ages begin anew.", LogSays)
	}
	if len(st.Queues) == 0 {
		return
	}
	if h.Looks.Last.IsZero() {
		j.cannot("how old jobs are, nor what comes and goes: no look into the queues has ended yet.")
		return
	}
	age := st.Exporter.Now.Sub(h.Looks.Last).Seconds()
	interval, _ := st.Settings.Observe().Interval.Get()
	if age <= looksMissed*interval.Seconds() {
		return
	}
	l := j.above(age, config.LookAge, alert.QueueLooksFailing)
	j.tell(l, alert.QueueLooksFailing, fmt.Sprintf("Nobody has looked into the queues for %s.", seconds(age)), LogSays)
	if l > good {
		j.cannot("how old jobs are, nor what comes and goes: looking into the queues fails.")
	}
}

// about says what the exporter does.
func about(st State) []string {
	e := st.Exporter
	lines := []string{fmt.Sprintf("valkey_exporter %s; %s in all", e.Build.Version, plural(int(e.Scrape.Count), "scrape"))}
	if h := e.Health; h != nil && !h.Looks.Last.IsZero() {
		text := fmt.Sprintf("%s looked into, last %s ago", plural(h.Looks.Observed, "queue"), seconds(e.Now.Sub(h.Looks.Last).Seconds()))
		if h.Looks.Unobserved > 0 {
			text += fmt.Sprintf("; of %s more only the length is read: observe.max_queues", count(float64(h.Looks.Unobserved)))
		}
		if h.Looks.Failures > 0 {
			text += fmt.Sprintf("; %s looks failed since the start", count(h.Looks.Failures))
		}
		lines = append(lines, text)
	}
	if d := e.Discovery; d != nil {
		lines = append(lines, fmt.Sprintf("%s found by pattern, at most %s", plural(d.Found, "queue"), count(float64(d.MaxQueues))))
	}
	return append(lines, fmt.Sprintf("configuration read at %s", momentOf(e.Config.Loaded).Text))
}
