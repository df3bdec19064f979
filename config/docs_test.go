package config

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

const docPath = "../docs/configuration.md"

func TestEveryFieldIsDocumentedWithItsDefaultAndItsValues(t *testing.T) {
	doc := readDoc(t)
	queue := Queue{Role: Work, Severity: usual[Work].severity}
	documented(t, doc, "queues", queueFields, queue, "max_length", "max_age") // these two are by role
	documented(t, doc, "discovery", discoveryFields, Default().discovery)
	documented(t, doc, "observe", observeFields, Default().observe)
	documented(t, doc, "classes", classesKind.section[:2], Default().classes) // but for the patterns:
	documented(t, doc, "classes", classFields, Class{Kind: Data}, "window")
	documented(t, doc, "clients", clientsKind.section[:3], Default().clients) // but for the lists:
	documented(t, doc, "clients", groupFields, ClientGroup{MaxConnections: At(usualConnections)})
	documented(t, doc, "clients", channelFields, Channel{})
	documented(t, doc, "scrape", scrapeFields, Default().scrape)
	documented(t, doc, "latency", latencyKind.section[:2], Default().latency) // but for the objectives:
	documented(t, doc, "latency", objectiveFields, Objective{})
	documented(t, doc, "audit", auditFields[:1], Default().audit) // but for the tables:
	documented(t, doc, "audit", checkFields, Default().audit.Checks)
	documented(t, doc, "audit", baselineFields, Default().audit.Baseline)
	documented(t, doc, "alerts", alertFields[:len(alertFields)-1], Default().alerts) // but for the thresholds:
	documented(t, doc, "alerts", thresholdFields, Default().alerts.Thresholds)
	documented(t, doc, "dashboards", dashboardFields, Default().dashboards)
	documentedAlertmanager(t, doc)
	for _, name := range topLevel.names() {
		if !strings.Contains(doc, "\n## "+name+"\n") {
			t.Errorf("%s has no chapter %s", docPath, name)
		}
	}
}

// documentedAlertmanager wants the tables of the sections of this section.
func documentedAlertmanager(t *testing.T, doc string) {
	t.Helper()
	const chapter = "alertmanager"
	a := Default().alertmanager
	documented(t, doc, chapter, alertmanagerFields, a)
	documented(t, doc, chapter, emailKind.section, a.Email)
	documented(t, doc, chapter, routeFields, a.Routes)
	documented(t, doc, chapter, teamFields, TeamRoutes{})
	documented(t, doc, chapter, hoursKind.section, *a.WorkingHours)
	documented(t, doc, chapter, webhookKind.section, Webhook{})
	documented(t, doc, chapter, mailboxKind.section, Mailbox{})
	documented(t, doc, chapter, slackKind.section, Slack{})
	documented(t, doc, chapter, pagerDutyKind.section, PagerDuty{})
	documented(t, doc, chapter, opsgenieKind.section, Opsgenie{})
	documented(t, doc, chapter, telegramKind.section, Telegram{})
	for _, name := range slices.Concat(alertmanagerSections.names(), receiverFields.names()) {
		if !strings.Contains(doc, "\n### "+name+"\n") && !strings.Contains(doc, "\n#### "+name+"\n") {
			t.Errorf("%s, chapter %s: no heading for %s", docPath, chapter, name)
		}
	}
}

// documented wants a row per field in the chapter's table.
func documented[T any](t *testing.T, doc, chapter string, fields section[T], defaults T, byRole ...string) {
	t.Helper()
	_, text, _ := strings.Cut(doc, "\n## "+chapter+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	for _, f := range fields {
		def := ""
		if n := f.show(defaults); n != nil {
			def = "`" + onLine(n) + "`"
		}
		for _, name := range byRole {
			if f.name == name {
				def = map[string]string{"classes": "by kind"}[chapter]
				def = cmp.Or(def, "by role")
			}
		}
		row := regexp.MustCompile(fmt.Sprintf("(?m)^\\| `%s` \\| [A-Z].*\\. \\| *%s \\| %s \\|$",
			f.name, regexp.QuoteMeta(def), regexp.QuoteMeta(f.want)))
		if !row.MatchString(text) {
			t.Errorf("%s, chapter %s: want a row\n| `%s` | meaning. | %s | %s |", docPath, chapter, f.name, def, f.want)
		}
	}
}

// onLine is a value as it stands in a file.
func onLine(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	text, err := yaml.Marshal(n)
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(text))
}

func TestTheThresholdsOfEachRoleAreDocumented(t *testing.T) {
	doc := readDoc(t)
	for role, u := range usual {
		values := section[thresholds]{
			named("max_length", func(u *thresholds) *Limit[int64] { return &u.maxLength }, orOff(whole[int64](0, 1))),
			named("max_age", func(u *thresholds) *Limit[time.Duration] { return &u.maxAge }, orOff(duration(0))),
			named("severity", func(u *thresholds) *Severity { return &u.severity }, choice(u.severity)),
		}.show(u)
		row := "| `" + string(role) + "` |"
		for i := 1; i < len(values.Content); i += 2 {
			row += " `" + values.Content[i].Value + "` |"
		}
		if !strings.Contains(doc, "\n"+row) {
			t.Errorf("%s: want the row %s", docPath, row)
		}
	}
}

func TestTheExamplesOfTheDocumentWork(t *testing.T) {
	examples := blocks(readDoc(t), "yaml")
	if len(examples) == 0 {
		t.Fatal("no examples")
	}
	for _, text := range examples {
		roundTrip(t, parsed(t, text))
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(text), &n); err != nil || len(n.Content) == 0 {
			t.Errorf("an example that says nothing: %q", text)
		}
	}
}

func TestTheMistakesOfTheDocumentAreAnsweredAsItSays(t *testing.T) {
	doc := readDoc(t)
	wrong, answers := blocks(doc, "yaml wrong"), blocks(doc, "text")
	if len(wrong) == 0 || len(wrong) != len(answers) {
		t.Fatalf("%d wrong examples, %d answers", len(wrong), len(answers))
	}
	for i, text := range wrong {
		_, err := Parse("exporter.yml", []byte(text))
		if err == nil || err.Error()+"\n" != answers[i] {
			t.Errorf("got\n%v", err)
		}
	}
}

// blocks are the fenced texts of a language.
func blocks(doc, language string) []string {
	var texts []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(doc, -1) {
		texts = append(texts, m[1])
	}
	return texts
}

func readDoc(t *testing.T) string {
	t.Helper()
	doc, err := os.ReadFile(docPath)
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}
