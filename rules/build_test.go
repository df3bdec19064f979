package rules_test

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules"
)

// about are the rules of a configuration that have one of some names, as a line
// each: the name, the severity, the window, and the queues selected in the
// expression.
func about(c config.Validated, names ...alert.Name) []string {
	var all []string
	for _, g := range rules.Build(c) {
		for _, r := range g.Rules {
			if slices.Contains(names, r.Alert) {
				line := fmt.Sprintf("%s %s %s %s", r.Alert, r.Labels["severity"], r.Labels["window"], strings.Join(selected(r.Expr), " "))
				all = append(all, strings.Join(strings.Fields(line), " "))
			}
		}
	}
	return all
}

var selectsQueue = regexp.MustCompile(`db="(db\d+)",(?:queue|stream)(=~?)"([^"]*)"`)

// selected are the queues that an expression selects by name, each once.
func selected(expr string) []string {
	var all []string
	for _, m := range selectsQueue.FindAllStringSubmatch(expr, -1) {
		if q := m[1] + m[2] + m[3]; !slices.Contains(all, q) {
			all = append(all, q)
		}
	}
	return all
}

// perQueue are the alerts whose rules name queues.
var perQueue = []alert.Name{
	alert.QueueBackup, alert.QueueOldestMessageOld, alert.QueueLatencySLOBurn, alert.QueueNotBeingProcessed, alert.QueueStreamLag,
}

func wantRules(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestQueuesOfTheDefaultHaveTheirAlerts(t *testing.T) {
	wantRules(t, about(config.Default(), perQueue...),
		"QueueBackup critical db0=queue:high",
		"QueueBackup warning db0=queue:medium db0=queue:low",
		"QueueNotBeingProcessed critical db0=queue:high",
		"QueueNotBeingProcessed warning db0=queue:medium db0=queue:low",
		"QueueOldestMessageTooOld critical db0=queue:high",
		"QueueOldestMessageTooOld warning db0=queue:medium db0=queue:low",
		"QueueLatencySLOBurn critical 1h db0=queue:high",
		"QueueLatencySLOBurn warning 1h db0=queue:medium db0=queue:low",
		"QueueLatencySLOBurn critical 6h db0=queue:high",
		"QueueLatencySLOBurn warning 6h db0=queue:medium db0=queue:low",
		"QueueLatencySLOBurn warning 3d db0=queue:high db0=queue:medium db0=queue:low",
		"QueueStreamLag critical db0=queue:high",
		"QueueStreamLag warning db0=queue:medium db0=queue:low",
	)
}

func TestAQueueThatIsAddedHasItsAlerts(t *testing.T) {
	c := parsed(t, "queues: [{key: mail, db: 2, max_length: 30, max_age: 90s, severity: critical}]")
	wantRules(t, about(c, perQueue...),
		"QueueBackup critical db2=mail",
		"QueueNotBeingProcessed critical db2=mail",
		"QueueOldestMessageTooOld critical db2=mail",
		"QueueLatencySLOBurn critical 1h db2=mail",
		"QueueLatencySLOBurn critical 6h db2=mail",
		"QueueLatencySLOBurn warning 3d db2=mail",
		"QueueStreamLag critical db2=mail",
	)
	for name, limit := range map[alert.Name]string{
		alert.QueueBackup: "> 30", alert.QueueOldestMessageOld: "> 90", alert.QueueStreamLag: "> 30",
	} {
		r := only(t, c, name)
		if !strings.Contains(r.Expr, limit) {
			t.Errorf("%s: no %q in %s", name, limit, r.Expr)
		}
	}
	if r, want := only(t, c, alert.QueueOldestMessageOld), " Limits: mail (db2) 1m30s."; !strings.HasSuffix(r.Description, want) {
		t.Errorf("%q does not end in %q", r.Description, want)
	}
}

// only is the rule of an alert that has one.
func only(t *testing.T, c config.Validated, name alert.Name) rules.Rule {
	t.Helper()
	var all []rules.Rule
	for _, g := range rules.Build(c) {
		for _, r := range g.Rules {
			if r.Alert == name {
				all = append(all, r)
			}
		}
	}
	if len(all) != 1 {
		t.Fatalf("%s has %d rules, want one", name, len(all))
	}
	return all[0]
}

func TestALimitThatIsOffRemovesItsAlerts(t *testing.T) {
	wantRules(t, about(parsed(t, "queues: [{key: a, max_length: off}]"), perQueue...),
		"QueueNotBeingProcessed warning db0=a",
		"QueueOldestMessageTooOld warning db0=a",
		"QueueLatencySLOBurn warning 1h db0=a",
		"QueueLatencySLOBurn warning 6h db0=a",
		"QueueLatencySLOBurn warning 3d db0=a",
	)
	wantRules(t, about(parsed(t, "queues: [{key: a, max_age: off}, {key: b, max_length: off, max_age: off}]"), perQueue...),
		"QueueBackup warning db0=a",
		"QueueNotBeingProcessed warning db0=a db0=b",
		"QueueStreamLag warning db0=a",
	)
}

func TestOnlyWorkAndWhatIsInHandMayBeTooLong(t *testing.T) {
	c := parsed(t, "queues: [{key: a, severity: info}, {pattern: 'p*', role: processing, max_length: 8, severity: info}, {key: d, role: dead_letter}]")
	wantRules(t, about(c, alert.QueueBackup, alert.QueueOldestMessageOld, alert.QueueNotBeingProcessed),
		"QueueBackup info db0=a db0=~p.*",
		"QueueNotBeingProcessed info db0=a",
		"QueueOldestMessageTooOld info db0=a",
	)
}

func TestEachSeverityHasItsRule(t *testing.T) {
	c := parsed(t, "queues: [{key: a, severity: none}, {pattern: 'b*', db: 1, severity: critical}, {key: c, severity: none}, {key: d, severity: warning}]")
	wantRules(t, about(c, alert.QueueBackup),
		"QueueBackup critical db1=~b.*",
		"QueueBackup warning db0=d",
		"QueueBackup none db0=a db0=c",
	)
	wantRules(t, about(c, alert.QueueLatencySLOBurn),
		"QueueLatencySLOBurn critical 1h db1=~b.*",
		"QueueLatencySLOBurn warning 1h db0=d",
		"QueueLatencySLOBurn none 1h db0=a db0=c",
		"QueueLatencySLOBurn critical 6h db1=~b.*",
		"QueueLatencySLOBurn warning 6h db0=d",
		"QueueLatencySLOBurn none 6h db0=a db0=c",
		"QueueLatencySLOBurn warning 3d db1=~b.* db0=d",
		"QueueLatencySLOBurn none 3d db0=a db0=c",
	)
}

// Two rules of the same labels would be duplicates.
func TestOneSeverityForAllMakesOneRule(t *testing.T) {
	c := parsed(t, "alerts: {severity: {QueueBackup: info, QueueLatencySLOBurn: critical, QueueNotBeingProcessed: off}}")
	wantRules(t, about(c, alert.QueueBackup, alert.QueueLatencySLOBurn, alert.QueueNotBeingProcessed),
		"QueueBackup info db0=queue:high db0=queue:medium db0=queue:low",
		"QueueLatencySLOBurn critical 1h db0=queue:high db0=queue:medium db0=queue:low",
		"QueueLatencySLOBurn critical 6h db0=queue:high db0=queue:medium db0=queue:low",
		"QueueLatencySLOBurn critical 3d db0=queue:high db0=queue:medium db0=queue:low",
	)
	if r, want := only(t, c, alert.QueueBackup), " Limits: queue:high 1000, queue:medium 5000, queue:low 20000."; !strings.HasSuffix(r.Description, want) {
		t.Errorf("%q does not end in %q", r.Description, want)
	}
}

// A critical queue that stands still pages, whatever else moves.
func TestOnlyACriticalQueuePagesWhileOthersMove(t *testing.T) {
	for severity, asks := range map[string]bool{"critical": false, "warning": true, "info": true} {
		r := only(t, parsed(t, "queues: [{key: a, severity: "+severity+"}]"), alert.QueueNotBeingProcessed)
		if got := strings.Contains(r.Expr, "redis_queue_dequeued_total"); got != asks {
			t.Errorf("%s: asks whether others move: %v, want %v", severity, got, asks)
		}
	}
}

func TestWithoutQueuesNoRuleNamesOne(t *testing.T) {
	c := parsed(t, "queues: []")
	if got := about(c, perQueue...); len(got) > 0 {
		t.Errorf("got %q", got)
	}
	if got := about(c, alert.QueueStarved, alert.HighMemory); len(got) != 2 {
		t.Errorf("got %q, want what needs no queue", got)
	}
}

// A pattern leaves to other entries what they decide on.
func TestAPatternLeavesOutWhatHasAnEntryOfItsOwn(t *testing.T) {
	c := parsed(t, "queues: [{pattern: 'q*', severity: critical}, {key: q1, max_length: off}]")
	if r := only(t, c, alert.QueueBackup); !strings.Contains(r.Expr, `queue=~"q.*",queue!~"q1"`) {
		t.Errorf("no exception in %s", r.Expr)
	}
	c = parsed(t, "queues: [{pattern: 'q*'}, {key: q1, role: processing}]")
	if r := only(t, c, alert.QueueStreamLag); !strings.Contains(r.Expr, `stream=~"q.*",stream!~"q1"`) {
		t.Errorf("no exception in %s", r.Expr)
	}
}

const manyQueues = `
queues: [{key: a, severity: none}, {key: b, db: 1}, {pattern: 'b*', db: 1, severity: critical}, {pattern: '*', role: dead_letter}, {key: p, role: processing, max_length: 3}]
alerts: {jobs: [x, y], labels: {cluster: prod}, teams: {queue: jobs}, severity: {QueueStarved: critical}}
`

func TestEqualConfigurationsHaveEqualRules(t *testing.T) {
	first := rules.Build(parsed(t, manyQueues))
	for range 20 {
		if !reflect.DeepEqual(first, rules.Build(parsed(t, manyQueues))) {
			t.Fatal("the rules differ")
		}
	}
}

func TestNoTwoRulesHaveTheSameNameAndLabels(t *testing.T) {
	for _, text := range []string{"", manyQueues, "alerts: {severity: {QueueLatencySLOBurn: info, QueueBackup: info, QueueStreamLag: none}}"} {
		seen := map[string]bool{}
		for _, g := range rules.Build(parsed(t, text)) {
			for _, r := range g.Rules {
				id := fmt.Sprint(r.Record, r.Alert, r.Labels)
				if seen[id] {
					t.Errorf("%q: two rules are %s", text, id)
				}
				seen[id] = true
			}
		}
	}
}

func TestEveryAlertHasTheLabelsOfTheConfiguration(t *testing.T) {
	for _, g := range rules.Build(parsed(t, manyQueues)) {
		for _, r := range g.Rules {
			if r.Record != "" {
				continue
			}
			if got := slices.Sorted(maps.Keys(r.Labels)); r.Labels["cluster"] != "prod" || r.Labels["severity"] == "" || r.Labels["team"] == "" || r.Labels["component"] == "" {
				t.Errorf("%s has the labels %q", r.Alert, got)
			}
			if team := r.Labels["team"]; (team == "jobs") != (r.Labels["component"] == string(alert.Queue)) {
				t.Errorf("%s of the component %s is for the team %s", r.Alert, r.Labels["component"], team)
			}
			if strings.Contains(r.Expr, "redis_") && !strings.Contains(r.Expr, `job=~"x|y"`) && !strings.Contains(r.Expr, "absent(") {
				t.Errorf("%s is not limited to the jobs: %s", r.Alert, r.Expr)
			}
		}
	}
}

func TestAFasterConfigurationHasFasterRules(t *testing.T) {
	usual := only(t, config.Default(), alert.HitRateLow)
	fast := only(t, config.Default().Faster(20), alert.HitRateLow)
	if fast.For != usual.For/20 || fast.KeepFiring != usual.KeepFiring/20 {
		t.Errorf("for %v and %v more, want a twentieth of %v and %v", fast.For, fast.KeepFiring, usual.For, usual.KeepFiring)
	}
	if !strings.Contains(fast.Expr, "[9s]") || !strings.Contains(fast.Expr, "> 90") || strings.Contains(fast.Expr, "[3m]") {
		t.Errorf("windows are not shorter: %s", fast.Expr)
	}
}
