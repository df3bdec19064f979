package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheDefaultIsTheServiceDocumentation(t *testing.T) {
	off := Limit[int64]{}
	want := Validated{
		queues: []Queue{
			{Key: "queue:high", Role: Work, MaxLength: At[int64](1000), MaxAge: At(5 * time.Minute), Severity: Critical},
			{Key: "queue:medium", Role: Work, MaxLength: At[int64](5000), MaxAge: At(15 * time.Minute), Severity: Warning},
			{Key: "queue:low", Role: Work, MaxLength: At[int64](20000), MaxAge: At(time.Hour), Severity: Warning},
			{Key: "queue:dead-letter", Role: DeadLetter, MaxLength: At[int64](100), MaxAge: At(24 * time.Hour), Severity: Warning},
			{Key: "queue:processing", Role: Processing, MaxLength: off, MaxAge: At(5 * time.Minute), Severity: Warning},
			{Pattern: "queue:processing:*", Role: Processing, MaxLength: off, MaxAge: At(5 * time.Minute), Severity: Warning},
		},
		discovery: Discovery{Interval: time.Minute, MaxQueues: 1000, ForgetAfter: time.Hour, MaxServerShare: 0.01},
		observe:   Observe{Interval: At(5 * time.Second), MaxQueues: 1000, MaxBytes: 64 << 10, MaxServerShare: 0.005, DeadLetters: At(100)},
		classes:   Default().classes, // see classes_test.go
		clients:   Default().clients, // see clients_test.go
		scrape:    Scrape{RetryDeniedAfter: 10 * time.Minute},
		latency:   Default().latency, // see latency_test.go
		alerts:    Default().alerts,  // see alerts_test.go

		alertmanager: Default().alertmanager, // see alertmanager_test.go
	}
	if d := cmp.Diff(want, Default(), compareFields); d != "" {
		t.Errorf("default.yml (-want +got):\n%s", d)
	}
}

// default.yml is the only place of the defaults, so a field that it left out
// would silently be zero.
func TestTheDefaultFileLeavesNoSettingOut(t *testing.T) {
	r := &report{file: "default.yml"}
	root := document(r, defaultFile)
	var v Validated
	have := topLevel.fill(r, root, &v)
	checkComplete(t, "", topLevel.names(), have)
	checkComplete(t, "discovery.", discoveryFields.names(), discoveryFields.fill(r, have["discovery"].node, &v.discovery))
	checkComplete(t, "observe.", observeFields.names(), observeFields.fill(r, have["observe"].node, &v.observe))
	checkComplete(t, "classes.", classesKind.names(), classesKind.fill(r, have["classes"].node, &v.classes))
	checkComplete(t, "clients.", clientsKind.names(), clientsKind.fill(r, have["clients"].node, &v.clients))
	checkComplete(t, "scrape.", scrapeFields.names(), scrapeFields.fill(r, have["scrape"].node, &v.scrape))
	checkComplete(t, "latency.", latencyKind.names(), latencyKind.fill(r, have["latency"].node, &v.latency))
	audits := auditFields.fill(r, have["audit"].node, &v.audit)
	checkComplete(t, "audit.", auditFields.names(), audits)
	checkComplete(t, "audit.checks.", checkFields.names(), checkFields.fill(r, audits["checks"].node, &v.audit.Checks))
	checkComplete(t, "audit.baseline.", baselineFields.names(), baselineFields.fill(r, audits["baseline"].node, &v.audit.Baseline))
}

func checkComplete(t *testing.T, prefix string, names []string, have map[string]value) {
	t.Helper()
	for _, name := range names {
		if !have[name].valid {
			t.Errorf("default.yml does not set %s%s", prefix, name)
		}
	}
}

func TestAnEmptyFileIsTheDefault(t *testing.T) {
	for _, text := range []string{"", "\n", "# nothing\n", "---\n", "{}", "\ufeff", "discovery:\n  # interval: 5m\nscrape:\n"} {
		if got := parsed(t, text); !got.Equal(Default()) {
			t.Errorf("%q is not the default", text)
		}
	}
}

func TestAListOfQueuesReplacesTheDefaultAndNothingElse(t *testing.T) {
	got := parsed(t, "queues: [{key: jobs}]\ndiscovery: {interval: 5m}")
	want := Default()
	want.queues = []Queue{{Key: "jobs", Role: Work, MaxLength: At[int64](1000), MaxAge: At(15 * time.Minute), Severity: Warning}}
	want.discovery.Interval = 5 * time.Minute
	if d := cmp.Diff(want, got, compareFields); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if n := len(parsed(t, "queues: []").Queues()); n != 0 {
		t.Errorf("an empty list watches %d queues", n)
	}
}

func TestThresholdsThatAreLeftOutFollowTheRole(t *testing.T) {
	tests := map[string]Queue{
		"{key: a, role: work}":                                          {MaxLength: At[int64](1000), MaxAge: At(15 * time.Minute), Severity: Warning},
		"{key: a, role: processing}":                                    {MaxAge: At(5 * time.Minute), Severity: Warning},
		"{key: a, role: dead_letter}":                                   {MaxLength: At[int64](100), MaxAge: At(24 * time.Hour), Severity: Warning},
		"{key: a, max_length: off, max_age: off, severity: none}":       {Severity: None},
		"{key: a, max_length: false, max_age: \"off\", severity: info}": {Severity: Info},
		"{key: a, max_length: 0, max_age: 1d, severity: critical}":      {MaxLength: At[int64](0), MaxAge: At(24 * time.Hour), Severity: Critical},
	}
	for text, want := range tests {
		got := parsed(t, "queues: ["+text+"]").Queues()[0]
		got.Key, got.Role = "", ""
		if got != want {
			t.Errorf("%s: want %+v, got %+v", text, want, got)
		}
	}
}

func TestAKeyIsAnyBytes(t *testing.T) {
	tests := map[string]string{
		`key: "caf\xe9"`:          "café", // \xNN is a character, not a byte
		`key: !!binary Y2Fm6Q==`:  "caf\xe9",
		`key: "a\n\"b\" \u0000"`:  "a\n\"b\" \x00",
		`key: 'it''s'`:            "it's",
		`key: "2024"`:             "2024",
		`key: queue:{tenant 1}:x`: "queue:{tenant 1}:x",
		`pattern: '\*[^a-c]?'`:    `\*[^a-c]?`,
		`pattern: !!binary /yo=`:  "\xff*",
	}
	for text, want := range tests {
		q := parsed(t, "queues:\n  - "+text).Queues()[0]
		if got := q.Key + q.Pattern; got != want {
			t.Errorf("%s: want %q, got %q", text, want, got)
		}
	}
}

func TestTheSameNameInAnotherDatabaseOrAsAPatternIsAnotherQueue(t *testing.T) {
	got := parsed(t, "queues: [{key: 'a*'}, {key: 'a*', db: 1}, {pattern: 'a*'}, {pattern: 'a*', db: 1}]").Queues()
	if len(got) != 4 {
		t.Errorf("want 4 queues, got %v", got)
	}
}

func TestAnchorsAndMergesAreResolved(t *testing.T) {
	got := parsed(t, `
queues:
  - &base {key: a, role: &word processing, severity: info}
  - &more {<<: *base, key: b, severity: critical}
  - {<<: [*more, *base], key: c}
  - &loop {key: d, <<: *loop}
  - {key: e, role: *word}
`)
	want := []struct {
		key      string
		role     Role
		severity Severity
	}{{"a", Processing, Info}, {"b", Processing, Critical}, {"c", Processing, Critical}, {"d", Work, Warning}, {"e", Processing, Warning}}
	for i, q := range got.Queues() {
		if q.Key != want[i].key || q.Role != want[i].role || q.Severity != want[i].severity {
			t.Errorf("want %v, got %v, %v, %v", want[i], q, q.Role, q.Severity)
		}
	}
}

func TestTheCallerCannotChangeAConfiguration(t *testing.T) {
	v := Default()
	v.Queues()[0].Key = "changed"
	if v.Queues()[0].Key != "queue:high" || !v.Equal(Default()) {
		t.Error("Queues handed out its own slice")
	}
}

func TestWhatIsPrintedIsReadBackEqual(t *testing.T) {
	roundTrip(t, Default())
	roundTrip(t, parsed(t, "queues: []"))
	roundTrip(t, parsed(t, `
queues:
  - {key: "\n leading and trailing \n", db: 15, max_length: off, max_age: off, severity: none}
  - {key: !!binary //4=, max_length: 0}
  - {key: "off"}
  - {key: "\u0085\u2028\ufeff 😀"}
  - {pattern: '[^\]]*', role: dead_letter, timestamp: score, error: "a \"b\".\u0000.é"}
  - {key: f, timestamp: a.b.c.d.e.f.g.h.i.j}
observe: {interval: off, max_queues: 0, max_bytes: 4097, max_server_share: 0.5, dead_letters: off}
discovery: {interval: 1h1s1ms, max_queues: 100000, forget_after: 0, max_server_share: 1e-4}
`))
}

func roundTrip(t *testing.T, v Validated) {
	t.Helper()
	text, err := v.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("printed.yml", text)
	if err != nil {
		t.Fatalf("%v, in:\n%s", err, text)
	}
	if d := cmp.Diff(v, again, compareFields); d != "" {
		t.Errorf("-before +after:\n%s\nin:\n%s", d, text)
	}
}

func TestTheDefaultIsPrintedForPeople(t *testing.T) {
	text, err := Default().YAML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"queues:\n  - key: \"queue:high\"\n    db: 0\n    role: work\n    max_length: 1000\n    max_age: 5m\n    severity: critical\n",
		"    max_length: off\n",
		"observe:\n  interval: 5s\n  max_queues: 1000\n  max_bytes: 64KiB\n  max_server_share: 0.005\n  dead_letters: 100\n",
		"discovery:\n  interval: 1m\n  max_queues: 1000\n  forget_after: 1h\n  max_server_share: 0.01\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("want\n%s\nin\n%s", want, text)
		}
	}
}

func TestPathsArePrintedWhereTheyAreSet(t *testing.T) {
	text, err := parsed(t, "queues: [{key: a, role: dead_letter, timestamp: score, error: meta.error}, {key: b, timestamp: ''}]").YAML()
	if err != nil {
		t.Fatal(err)
	}
	want := "    role: dead_letter\n    timestamp: \"score\"\n    error: \"meta.error\"\n    max_length: 100\n"
	if !strings.Contains(string(text), want) {
		t.Errorf("want\n%s\nin\n%s", want, text)
	}
	if n := strings.Count(string(text), "timestamp:"); n != 1 {
		t.Errorf("%d queues print a timestamp, not 1:\n%s", n, text)
	}
}

// One setting after the other differs from the first text.
func TestAnyOtherSettingMakesAnotherConfiguration(t *testing.T) {
	first := parsed(t, "queues: [{key: a, role: dead_letter}]")
	for _, text := range []string{
		"queues: [{key: a, role: dead_letter, timestamp: score}]",
		"queues: [{key: a, role: dead_letter, error: reason}]",
		"queues: [{key: a, role: dead_letter}]\nobserve: {interval: off}",
		"queues: [{key: a, role: dead_letter}]\nobserve: {interval: 6s}",
		"queues: [{key: a, role: dead_letter}]\nobserve: {max_queues: 0}",
		"queues: [{key: a, role: dead_letter}]\nobserve: {max_bytes: 65537}",
		"queues: [{key: a, role: dead_letter}]\nobserve: {max_server_share: 0.01}",
		"queues: [{key: a, role: dead_letter}]\nobserve: {dead_letters: 99}",
		"queues: [{key: a, role: dead_letter}]\nclients: {interval: off}",
		"queues: [{key: a, role: dead_letter}]\nclients: {max_clients: 9}",
		"queues: [{key: a, role: dead_letter}]\nclients: {slow_subscriber: 0.9}",
		"queues: [{key: a, role: dead_letter}]\nclients: {groups: [{group: a, name: a}]}",
		"queues: [{key: a, role: dead_letter}]\nclients: {channels: []}",
		"queues: [{key: a, role: dead_letter}]\naudit: {interval: off}",
		"queues: [{key: a, role: dead_letter}]\naudit: {checks: {tls: off}}",
		"queues: [{key: a, role: dead_letter}]\naudit: {baseline: {timeout: any}}",
	} {
		if other := parsed(t, text); other.Equal(first) || first.Equal(other) {
			t.Errorf("%q changes nothing", text)
		}
	}
}

func TestALaterEntryTakesAMergedPathBack(t *testing.T) {
	got := parsed(t, `
queues:
  - &dead {key: a, role: dead_letter, timestamp: failed_at, error: reason}
  - {<<: *dead, key: b, timestamp: "", error: ""}
  - {<<: *dead, key: c, role: work, error: ""}
`).Queues()
	if q := got[0]; q.Timestamp != "failed_at" || q.Error != "reason" {
		t.Errorf("got %+v", q)
	}
	for _, q := range got[1:] {
		if q.Error != "" {
			t.Errorf("%v: still has the error %q", q, q.Error)
		}
	}
	if got[1].Timestamp != "" || got[2].Timestamp != "failed_at" {
		t.Errorf("got %q and %q", got[1].Timestamp, got[2].Timestamp)
	}
}

func TestASizeHasABinaryUnitOrNone(t *testing.T) {
	for text, want := range map[string]int{
		"4096": 4096, "5000": 5000, "4KiB": 4096, "64KiB": 65536, `"16KiB"`: 16384, "1024KiB": 1 << 20, "1MiB": 1 << 20, "1048576": 1 << 20,
	} {
		if got := parsed(t, "observe: {max_bytes: "+text+"}").Observe().MaxBytes; got != want {
			t.Errorf("%s: want %d, got %d", text, want, got)
		}
	}
}

func TestAWrongSizeIsAnsweredWithTheOneThatWasMeant(t *testing.T) {
	const want = "test.yml:1:22: max_bytes: want a size such as 16KiB or 1MiB, or a whole number of bytes, from 4KiB to 1MiB, got "
	for text, got := range map[string]string{
		"64KB":                          "\"64KB\"; did you mean `64KiB`?",
		"64k":                           "\"64k\"; did you mean `64KiB`?",
		"64 kib":                        "\"64 kib\"; did you mean `64KiB`?",
		"1M":                            "\"1M\"; did you mean `1MiB`?",
		"8192B":                         "\"8192B\"; did you mean `8192`?",
		"64":                            "64; did you mean `64KiB`?",
		"2MiB":                          "\"2MiB\"",
		"1GiB":                          "\"1GiB\"",
		"4095":                          "4095",
		"1048577":                       "1048577",
		"512B":                          "\"512B\"",
		"1.5KiB":                        "\"1.5KiB\"",
		"-5KiB":                         "\"-5KiB\"",
		"064KiB":                        "\"064KiB\"",
		"0x2000":                        "0x2000",
		"08192":                         "08192",
		"\"65536\"":                     "\"65536\"",
		"65536.0":                       "65536.0",
		"off":                           "\"off\"",
		"[1]":                           "a list",
		"":                              "nothing",
		"99999999999999999999999999KiB": "\"99999999999999999999999999KiB\"",
	} {
		_, err := Parse("test.yml", []byte("observe: {max_bytes: "+text+"}"))
		if err == nil || err.Error() != want+got {
			t.Errorf("%s: want\n%s\ngot\n%v", text, want+got, err)
		}
	}
}

func TestLoadReadsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exporter.yml")
	write(t, path, "queues: [{key: jobs}]")
	if v, err := Load(path); err != nil || v.Queues()[0].Key != "jobs" {
		t.Errorf("got %v, %v", v, err)
	}
	write(t, path, "queue: []")
	if _, err := Load(path); err == nil || err.Error() != path+":1:1: unknown field `queue`; did you mean `queues`?" {
		t.Errorf("got %v", err)
	}
}

func TestLoadSaysWhyAFileCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(filepath.Join(dir, "missing.yml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: got %v", err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("a folder: got %v", err)
	}
	large := filepath.Join(dir, "large.yml")
	write(t, large, strings.Repeat("# log\n", maxSize/6+1))
	if _, err := Load(large); err == nil || err.Error() != large+": larger than 1 MiB; is this the right file?" {
		t.Errorf("large: got %v", err)
	}
}

func TestManyMistakesAreAllTold(t *testing.T) {
	const n = 20_000
	_, err := Parse("many.yml", []byte("queues:\n"+strings.Repeat("- {x: 1}\n", n)))
	var ps Problems
	if !errors.As(err, &ps) || len(ps) != 2*n {
		t.Errorf("want %d problems, got %d", 2*n, len(ps))
	}
}

// compareFields makes cmp say which value differs, not only that one does.
var compareFields = cmp.Options{
	cmp.Transformer("fields", func(v Validated) map[string]any {
		return map[string]any{"queues": v.queues, "discovery": v.discovery, "observe": v.observe, "classes": v.classes, "clients": v.clients, "scrape": v.scrape, "latency": v.latency, "alerts": v.alerts, "alertmanager": v.alertmanager}
	}),
	cmp.Comparer(func(a, b Limit[int64]) bool { return a == b }),
	cmp.Comparer(func(a, b Limit[int]) bool { return a == b }),
	cmp.Comparer(func(a, b Limit[float64]) bool { return a == b }),
	cmp.Comparer(func(a, b Limit[Severity]) bool { return a == b }),
	cmp.Comparer(func(a, b Limit[time.Duration]) bool { return a == b }),
}

func parsed(t *testing.T, text string) Validated {
	t.Helper()
	v, err := Parse("test.yml", []byte(text))
	if err != nil {
		t.Fatalf("%v, in:\n%s", err, text)
	}
	return v
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
