// Package firststeps has what to do about each alert: the mitigations of its
// runbook, as plain text. The exporter does not link the rules, so they are in
// a file here, which a test makes from the rules and keeps up to date.
package firststeps

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"

	"valkey-exporter/config/alert"
)

// Step is something to do.
type Step struct {
	// Reasons are the values of the label reason, or check, for which it is to be done;
	// none: whatever it is.
	Reasons []string `json:"reasons,omitempty"`
	Text    string   `json:"text"`
}

//go:embed steps.json
var file []byte

// steps panics when steps.json is wrong, which a test excludes.
var steps = sync.OnceValue(func() map[alert.Name][]Step {
	all := map[alert.Name][]Step{}
	if err := json.Unmarshal(file, &all); err != nil {
		panic(err)
	}
	return all
})

// Of is what to do about an alert, the quickest relief first. The reasons are the
// values of the label, none if the alert has no such label.
func Of(name alert.Name, reasons ...string) []string {
	var texts []string
	for _, s := range steps()[name] {
		switch {
		case len(s.Reasons) == 0:
			texts = append(texts, s.Text)
		case slices.ContainsFunc(s.Reasons, func(r string) bool { return slices.Contains(reasons, r) }):
			_, text, _ := strings.Cut(s.Text, ": ") // which reason it is, the one who asks knows
			texts = append(texts, strings.ToUpper(text[:1])+text[1:])
		}
	}
	return texts
}

var (
	// reasonCase is how a mitigation begins that is for some reasons only, in the
	// words of the label: lower case.
	reasonCase = regexp.MustCompile("^`[a-z_]+`(?:(?:,| and) `[a-z_]+`)*: ")
	reasonName = regexp.MustCompile("`([a-z_]+)`")
	// exampleKey is a queue of the demonstration, as commands of the runbooks name it.
	exampleKey = regexp.MustCompile(`queue:[a-z:-]+[0-9]*`)
	codeMarks  = strings.NewReplacer("`", "", "**", "")
)

// Parse is a mitigation of a runbook as a step, without the marks of Markdown. It is
// about another queue than the example of its runbook.
func Parse(markdown string) Step {
	s := Step{Text: exampleKey.ReplaceAllString(codeMarks.Replace(markdown), "QUEUE")}
	for _, m := range reasonName.FindAllStringSubmatch(reasonCase.FindString(markdown), -1) {
		s.Reasons = append(s.Reasons, m[1])
	}
	return s
}
