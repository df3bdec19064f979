package main

import (
	"bytes"
	_ "embed" // page.md
	"fmt"
	"strings"
)

//go:embed page.md
var intro string

// page is docs/rule-quality.md. It has no dates, so that it changes only when the
// outcome does.
func (r *report) page() []byte {
	var b bytes.Buffer
	b.WriteString(intro)
	r.totals(&b)
	r.equivalents(&b)
	r.survivorTable(&b)
	return b.Bytes()
}

func (r *report) totals(b *bytes.Buffer) {
	t := r.total()
	fmt.Fprintf(b, "**Score: %.1f %%** of %d mutants are killed.\n\n", 100*t.score(), t.killed+t.survived)
	b.WriteString("| change | mutants | killed | survived | equivalent | invalid |\n|---|---:|---:|---:|---:|---:|\n")
	row := func(name string, t *tally) {
		fmt.Fprintf(b, "| %s | %d | %d | %d | %d | %d |\n", name, t.mutants, t.killed, t.survived, t.equal, t.invalid)
	}
	for _, k := range kinds {
		var of tally
		for _, m := range r.mutants {
			if m.kind == k {
				of.add(m)
			}
		}
		if of.mutants > 0 {
			row(string(k), &of)
		}
	}
	row("all", t)
}

func (r *report) equivalents(b *bytes.Buffer) {
	b.WriteString("\n## Equivalent\n\n")
	none := true
	for _, e := range equivalences {
		n := 0
		for _, m := range r.mutants {
			if m.verdict == survived && m.equal == e {
				n++
			}
		}
		if n > 0 {
			fmt.Fprintf(b, "- %d: %s\n", n, e)
			none = false
		}
	}
	if none {
		b.WriteString("None.\n")
	}
}

func (r *report) survivorTable(b *bytes.Buffer) {
	b.WriteString("\n## Survivors\n\n")
	all := r.survivors()
	if len(all) == 0 {
		b.WriteString("None.\n")
		return
	}
	b.WriteString("| rule | change | why it survives |\n|---|---|---|\n")
	for _, m := range all {
		reason := r.reasons.of(m)
		if reason == "" {
			reason = "**No reason is known: a test is missing.**"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", cell(m.rule.title), cell("`"+m.text+"`"), cell(reason))
	}
}

// cell is a text that does not break a table.
func cell(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}
