package checkup

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/internal/firststeps"
	"valkey-exporter/internal/humanize"
	"valkey-exporter/internal/statuspage"
)

// Seen is what a check has found out.
type Seen struct {
	Target     string // the server's address, without user and password
	User       string // empty: the server's default user
	Settings   config.Validated
	Snapshot   valkey.Snapshot // the latest that says something
	State      collector.State
	Assessment statuspage.Assessment

	Took        time.Duration
	Incomplete  []string    // why some of it is missing
	WalkFailed  valkey.Kind // why the walk over the keys did; empty if it did not
	Interrupted bool
}

// New makes the report.
func New(s Seen) Report {
	r := Report{
		Schema: Schema, CheckedAt: s.State.Now.UTC().Truncate(time.Second), Took: round(s.Took.Seconds()), Incomplete: some(s.Incomplete),
		Server: s.server(), Findings: s.findings(), Access: s.access(),
		Queues: s.queues(), Classes: s.classes(), Walks: s.walks(),
	}
	s.audit(&r)
	r.Unknown = s.unknown(r.Queues)
	if s.Snapshot.Sources[valkey.SourceInfo].Err == nil && s.Snapshot.Up {
		r.Memory, r.Clients, r.Cache = s.memory(), s.clients(), s.cache()
		r.Persistence, r.Replication = s.persistence(), s.replication()
	}
	r.Result = s.result(r.Findings)
	return r
}

// result is that of the worst finding. Who was interrupted has seen nothing wrong,
// which does not mean that there is nothing.
func (s Seen) result(findings []Finding) Result {
	worst := OK
	if len(findings) > 0 {
		worst = findings[0].Severity
	}
	if s.Interrupted && worst.ExitCode() == 0 {
		return Unknown
	}
	return worst
}

// findings are the problems of the status page.
func (s Seen) findings() []Finding {
	all := []Finding{}
	for _, p := range s.Assessment.Problems {
		all = append(all, Finding{
			Severity: Result(p.Severity), Alert: string(p.Alert), Text: p.Text, Do: s.steps(p),
			Runbook: strings.ReplaceAll(s.Settings.Alerts().RunbookURL, "{name}", string(p.Alert)),
		})
	}
	return all
}

// byCause are the alerts of which the page knows the cause, and so what to do first.
var byCause = []alert.Name{alert.Down, alert.LoadingDataset, alert.ScrapeIncomplete, alert.DiscoveryIncomplete}

// steps are those of the runbook, after what the page says of the cause. A check has
// no log: the words of the server are in their place.
func (s Seen) steps(p statuspage.Problem) []string {
	all := firststeps.Of(p.Alert, p.Reasons...)
	do := p.Do
	if do == statuspage.LogSays {
		do = s.words()
	}
	if do != "" && slices.Contains(byCause, p.Alert) {
		all = append([]string{do}, all...)
	}
	return some(all)
}

// wordsShown is how much of an error is shown, in characters.
const wordsShown = 160

// words are those of the first error that is of no known kind; empty if there is none.
func (s Seen) words() string {
	for _, source := range s.Snapshot.Sources {
		if valkey.KindOf(source.Err) == valkey.KindOther {
			return "The server says: " + humanize.Shown(source.Err.Error(), wordsShown)
		}
	}
	return ""
}

// unknown adds what a check, other than the page, cannot know.
func (s Seen) unknown(queues []Queue) []string {
	all := some(s.Assessment.Unknown)
	ageless := 0
	for _, q := range queues {
		if q.AgeIsBound && q.MaxAge != nil {
			ageless++
		}
	}
	if ageless > 0 {
		all = append(all, fmt.Sprintf("how old the oldest job of %s is: nothing in the jobs says when they were made. "+
			"An exporter that runs all the time remembers when it first saw them.", humanize.Plural(ageless, "queue")))
	}
	return all
}

func (s Seen) server() Server {
	fields := s.Snapshot.Info.Fields
	v := Server{
		Address: s.Target, Up: s.Snapshot.Up, Product: fields["server_name"],
		Version: cmp.Or(fields["valkey_version"], fields["redis_version"]),
		Mode:    cmp.Or(fields["server_mode"], fields["redis_mode"]), Role: fields["role"], Uptime: s.number("uptime_in_seconds"),
	}
	if v.Product == "" && v.Version != "" {
		v.Product = "redis"
	}
	switch v.Role {
	case "master":
		v.Role = "primary"
	case "slave":
		v.Role = "replica"
	}
	return v
}

// audit is how the server compares with what is expected of it.
func (s Seen) audit(r *Report) {
	outcome := s.State.Audit.Judge(s.Snapshot)
	r.Settings, r.Combinations, r.Checks = []Setting{}, []Combination{}, []Check{}
	for _, p := range outcome.Settings {
		r.Settings = append(r.Settings, Setting{p.Parameter.String(), p.Actual, p.Expected, p.OK})
	}
	for _, f := range outcome.Findings {
		r.Combinations = append(r.Combinations, Combination{f.Check.String(), f.Is})
	}
	for _, c := range outcome.Checks {
		r.Checks = append(r.Checks, Check{c.Check.String(), answer(c.Answer), c.Reason})
	}
	r.Exposed = answer(outcome.Exposed)
}

// answer is nil if nobody can tell.
func answer(a collector.Answer) *bool {
	if !a.Known() {
		return nil
	}
	return &a.Yes
}

// some is a list that is written as one, even if nothing is in it.
func some(list []string) []string { return append([]string{}, list...) }

// known is nil for a number that does not exist.
func known(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	v = round(v)
	return &v
}

// round drops digits that say nothing.
func round(v float64) float64 { return math.Round(v*1e6) / 1e6 }
