package checkup

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"valkey-exporter/config/audit"
	"valkey-exporter/internal/humanize"
)

const (
	// rowsShown bounds each table. JSON has everything.
	rowsShown = 20
	// findingsShown bounds the list of what is wrong.
	findingsShown = 30
)

// Text is the report for people.
func (r Report) Text(style Style) string {
	w := &writer{Style: style}
	w.head(r)
	if !r.Server.Up {
		return w.String()
	}
	w.findings(r.Findings)
	w.unknown(r.Unknown, r.Incomplete)
	w.access(r.Access)
	w.settings(r)
	w.queues(r.Queues)
	w.classes(r)
	w.server(r)
	return w.String()
}

type writer struct {
	strings.Builder
	Style
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// title begins a part.
func (w *writer) title(text string) { w.line("\n%s", w.paint(text, bold)) }

// say writes a text behind a margin, which stands before its first line.
func (w *writer) say(margin, text string) {
	room := columns(margin)
	for i, line := range wrap(text, w.width()-room) {
		if i > 0 {
			margin = strings.Repeat(" ", room)
		}
		w.line("%s%s", margin, line)
	}
}

// head is one line if the server is down: there is nothing else to say.
func (w *writer) head(r Report) {
	word := strings.ToUpper(string(r.Result))
	begin := w.paint(word, colours[string(r.Result)]) + " " + r.Server.Address + ": "
	if !r.Server.Up {
		w.line("%s%s", begin, down(r.Findings))
		return
	}
	w.line("%s%s", begin, sum(r))
	w.say("", identity(r))
}

// down is why nothing is known.
func down(findings []Finding) string {
	if len(findings) == 0 {
		return "the check was interrupted before the server had answered"
	}
	text := strings.TrimSuffix(findings[0].Text, ".")
	if do := findings[0].Do; len(do) > 0 {
		text += ": " + do[0]
	}
	return text
}

// sum counts the findings.
func sum(r Report) string {
	counts := map[Result]int{}
	for _, f := range r.Findings {
		counts[f.Severity]++
	}
	var parts []string
	if n := counts[Critical]; n > 0 {
		parts = append(parts, humanize.Count(float64(n))+" critical")
	}
	if n := counts[Warning]; n > 0 {
		parts = append(parts, humanize.Plural(n, "warning"))
	}
	if n := counts[Info]; n > 0 {
		parts = append(parts, humanize.Plural(n, "note"))
	}
	switch {
	case len(parts) == 0 && len(r.Unknown)+len(r.Incomplete) > 0:
		return "nothing that could be seen needs attention"
	case len(parts) == 0:
		return "nothing needs attention"
	}
	return strings.Join(parts, ", ")
}

func identity(r Report) string {
	s := r.Server
	parts := []string{strings.TrimSpace(capital(s.Product) + " " + safe(s.Version))}
	if parts[0] == "" {
		parts[0] = "A server that does not say what it is"
	}
	for _, part := range []string{safe(s.Role), safe(s.Mode)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if s.Uptime != nil {
		parts = append(parts, "up for "+humanize.Seconds(*s.Uptime))
	}
	return strings.Join(parts, ", ") + fmt.Sprintf("; checked in %s", humanize.Seconds(r.Took))
}

// nameShown is how much of a text of the server's is shown, in characters.
const nameShown = 60

func safe(text string) string { return humanize.Shown(text, nameShown) }

func capital(text string) string {
	_, size := utf8.DecodeRuneInString(safe(text))
	return strings.ToUpper(safe(text)[:size]) + safe(text)[size:]
}

// words are what severities are called, as wide as the widest of them.
var words = map[Result]string{Critical: "CRITICAL", Warning: "WARNING ", Info: "NOTE    "}

// findings tells what to do once, where one after the other are of the same alert.
func (w *writer) findings(all []Finding) {
	if len(all) == 0 {
		return
	}
	w.title("Findings")
	for i, f := range all {
		if i == findingsShown {
			w.line("%sand %s more: --output=json has them", indent, humanize.Count(float64(len(all)-i)))
			return
		}
		word := words[f.Severity]
		margin := indent + strings.Repeat(" ", len(word)) + gap
		for n, line := range wrap(f.Text, w.width()-len(margin)) {
			begin := margin
			if n == 0 {
				begin = indent + w.paint(word, colours[string(f.Severity)]) + gap
			}
			w.line("%s%s", begin, line)
		}
		if i+1 < min(len(all), findingsShown) && sameAdvice(f, all[i+1]) {
			continue
		}
		if len(f.Do) > 0 {
			w.say(margin+"-> ", f.Do[0])
		}
		w.line("%s%s: %s", margin, f.Alert, f.Runbook)
	}
}

func sameAdvice(a, b Finding) bool {
	return a.Severity == b.Severity && a.Alert == b.Alert && slices.Equal(a.Do, b.Do)
}

func (w *writer) unknown(unknown, incomplete []string) {
	if len(unknown)+len(incomplete) == 0 {
		return
	}
	w.title("Unknown")
	for _, text := range append(some(incomplete), unknown...) {
		w.say(indent+"- ", strings.ToUpper(text[:1])+text[1:])
	}
}

// access names what may not be asked, and how to get it. What is to be copied is
// never broken into lines.
func (w *writer) access(a Access) {
	w.title("What it may ask, as user " + safe(a.User))
	var good []string
	for _, s := range a.Sources {
		if s.OK {
			good = append(good, s.Source)
		}
	}
	if len(good) > 0 {
		w.say(indent+"answered:  ", strings.Join(good, ", "))
	}
	for _, s := range a.Sources {
		if !s.OK {
			w.line("%s%s  %s: %s", indent, w.paint("missing: ", yellow), s.Source, s.Reason)
		}
	}
	for _, reason := range []struct{ word, means string }{{"denied", "denied:  "}, {"unknown", "not here:"}} {
		var commands []string
		for _, r := range a.Refused {
			if r.Reason == reason.word {
				commands = append(commands, r.Command)
			}
		}
		if len(commands) > 0 {
			w.say(indent+reason.means+"  ", strings.Join(commands, ", "))
		}
	}
	if len(a.Grant) > 0 {
		w.say(indent, "To grant what is denied, in the prompt of valkey-cli or redis-cli (docs/acl.md says what each right is for):")
		for _, line := range a.Grant {
			w.line("%s  %s", indent, line)
		}
	}
}

// settings tells what differs, and what is wrong; what is right is a number.
func (w *writer) settings(r Report) {
	if len(r.Settings)+len(r.Combinations)+len(r.Checks) == 0 {
		return
	}
	w.title("Settings and security")
	t := table{heads: []string{"Parameter", "Is", "Expected"}, paint: make([]func(string) string, 3), left: []bool{true, true, true}}
	for _, s := range r.Settings {
		if !s.OK {
			t.rows = append(t.rows, []string{s.Parameter, cut20(safe(s.Actual)), cut20(s.Expected)})
		}
	}
	if n := len(r.Settings); n > 0 {
		w.line("%s%d of %s as expected", indent, n-len(t.rows), humanize.IsOrAre(n, "setting"))
	}
	if len(t.rows) > 0 {
		t.write(&w.Builder, w.width())
	}
	for _, c := range r.Combinations {
		if c.Is {
			w.say(indent+"wrong together:  ", c.Finding+": "+combined[c.Finding])
		}
	}
	w.checks(r)
}

// combined is what it means that settings are wrong together, and what to do about it:
// most of them are no finding before it becomes a danger.
var combined = map[string]string{
	audit.MemoryUnlimited.String():    "the server takes memory until the host has none. Set maxmemory.",
	audit.QueuesEvictable.String():    "when memory is full, a queue may be deleted to make room. Choose noeviction or volatile-*, or a server of its own for the queues.",
	audit.QueuesNotPersisted.String(): "a restart loses all jobs. Set appendonly yes.",
	audit.NothingPersisted.String():   "a restart loses everything, which is well for a cache only.",
}

func (w *writer) checks(r Report) {
	var passed, failed, unknown []string
	for _, c := range r.Checks {
		switch {
		case c.Passed == nil:
			unknown = append(unknown, c.Check)
		case *c.Passed:
			passed = append(passed, c.Check)
		default:
			failed = append(failed, c.Check)
		}
	}
	w.list("checks failed:   ", failed)
	w.list("checks unknown:  ", unknown)
	w.list("checks passed:   ", passed)
	if len(failed) > 0 && r.Exposed != nil && !*r.Exposed {
		w.say(indent, "The server listens on loopback only: what failed is for the record.")
	}
}

// list is left out if nothing is in it.
func (w *writer) list(name string, items []string) {
	if len(items) > 0 {
		w.say(indent+name, strings.Join(items, ", "))
	}
}

func cut20(text string) string {
	if columns(text) > 20 {
		return cut(text, 20)
	}
	return text
}
