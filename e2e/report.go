//go:build unix

package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"text/template"
	"time"

	"github.com/prometheus/common/model"

	"valkey-exporter/config/alert"
)

// header is that of the table.
const header = "| fault | alert | severity | told to | detected after | at most | over after | told as well | muted |\n|---|---|---|---|---|---|---|---|---|\n"

// table is the result for a terminal and for the page.
func table(all []result) string {
	var b strings.Builder
	b.WriteString(header)
	for _, r := range all {
		for i, f := range r.Found {
			name, also, muted := "", "", ""
			if i == 0 {
				name, also, muted = "`"+r.Name+"`", names(r.Also), names(r.Muted)
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n",
				name, where(f), f.Severity, f.Receiver, seconds(f.Detected), model.Duration(f.Within), seconds(f.Resolved), also, muted)
		}
	}
	return b.String()
}

func where(f found) string {
	switch {
	case f.Queue != "":
		return fmt.Sprintf("%s (`%s`)", f.Alert, f.Queue)
	case f.Replica:
		return fmt.Sprintf("%s (replica)", f.Alert)
	}
	return string(f.Alert)
}

func names(all []alert.Name) string {
	words := make([]string, len(all))
	for i, n := range all {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}

func seconds(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

//go:embed page.md
var pageText string

var pageTemplate = template.Must(template.New("page.md").Parse(pageText))

// page is the page of a proof.
func (p *proof) page() ([]byte, error) {
	verdict := "All of it was as the faults say it must be."
	if err := failures(p.results); err != nil {
		verdict = "Not all of it was as it must be:\n\n- " + strings.ReplaceAll(err.Error(), "\n", "\n- ")
	}
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, map[string]any{
		"Faults": p.faults, "Table": table(p.results), "Verdict": verdict, "Pace": p.flags.pace,
		"Healthy": p.flags.healthy, "Took": time.Since(p.begun).Round(time.Minute).Minutes(), "Date": p.begun.Format(time.DateOnly),
	})
	return b.Bytes(), err
}
