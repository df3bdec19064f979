package checkup

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector"
	"valkey-exporter/collector/class"
	"valkey-exporter/collector/clients"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/config/audit"
	"valkey-exporter/internal/statuspage"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var noon = time.Date(2027, time.January, 15, 12, 0, 0, 0, time.UTC)

// hostile is a name by somebody who wants to write on the terminal.
const hostile = "queue:\x1b[2J\x1b]0;owned\x07\nCRITICAL fake \u202etxt.exe " + "0123456789012345678901234567890123456789"

// seen is a check with something of everything.
func seen() Seen {
	high, letters, odd := valkey.NewQueue(0, "queue:high", "work"), valkey.NewQueue(0, "queue:dead-letter", "dead_letter"), valkey.NewQueue(3, hostile, "work")
	entry := config.Default().Queue(0)
	dead := entry
	dead.Role = config.DeadLetter
	c := config.Default()
	denied := []valkey.Unavailable{{Command: "CONFIG GET", Reason: valkey.ReasonDenied}, {Command: "LATENCY HISTOGRAM", Reason: valkey.ReasonUnknown}}
	secret := valkey.NewQueue(0, "queue:medium", "work")
	secret.Named = true
	snapshot := valkey.Snapshot{
		Up: true, At: noon, Unavailable: denied, Queues: []valkey.Reading{{Queue: secret, Reason: valkey.ReasonDenied}},
		Info: valkey.Info{Fields: map[string]string{
			"server_name": "valkey", "valkey_version": "8.0.1", "role": "master", "server_mode": "standalone", "uptime_in_seconds": "86400",
			"used_memory": "419430400", "maxmemory": "1073741824", "maxmemory_policy": "noeviction", "used_memory_rss": "471859200",
			"mem_fragmentation_ratio": "1.12", "connected_clients": "42", "maxclients": "10000", "blocked_clients": "4",
			"rdb_last_bgsave_status": "err", "rdb_changes_since_last_save": "1200", "rdb_saves": "3", "rdb_last_save_time": "1800010800",
			"aof_enabled": "1", "aof_last_write_status": "ok", "aof_last_bgrewrite_status": "ok", "master_repl_offset": "5000",
		}, Replicas: []valkey.Replica{{IP: "10.0.0.2", Port: "6379", State: "online", Offset: 4000, Lag: 1}}},
		Config: map[string]string{
			"maxmemory": "1073741824", "maxmemory-policy": "noeviction", "appendonly": "yes", "save": "", "port": "6379", "bind": "127.0.0.1",
			"protected-mode": "yes",
		},
	}
	for i := range snapshot.Sources {
		snapshot.Sources[i] = valkey.Outcome{Asked: true}
	}
	snapshot.Sources[valkey.SourceLatencyHistogram].Err = serverSaid("ERR unknown command")
	return Seen{
		Target: "valkey://cache.example:6379", User: "exporter", Settings: c, Snapshot: snapshot, Took: 5300 * time.Millisecond,
		State: collector.State{
			Now: noon, Audit: &collector.Audit{Baseline: c.Audit().Baseline, Checks: c.Audit().Checks, QueuesUsed: true, Rights: true},
			Health: &collector.QueueHealth{Looks: queue.Looks{Last: noon}},
			Classes: &collector.Classes{Status: class.Status{
				Walks:       []class.Walked{{DB: 0, Ended: noon, Took: 4 * time.Second, Work: 40 * time.Millisecond, Complete: true}},
				Unavailable: []valkey.Unavailable{{Command: "MEMORY USAGE", Reason: valkey.ReasonDenied}},
			}},
		},
		Assessment: statuspage.Assessment{
			Problems: []statuspage.Problem{
				{Severity: config.Critical, Text: "The oldest job in queue:high has waited for 2 h, longer than 5 min.", Alert: alert.QueueOldestMessageOld},
				{Severity: config.Warning, Text: "queue:medium cannot be read: the ACL forbids it.", Alert: alert.QueueUnreadable, Reasons: []string{valkey.ReasonDenied}},
				{Severity: config.Info, Text: "The exporter's user may not run CONFIG GET: what it tells is missing.", Alert: alert.CommandDenied},
				{Severity: config.Info, Text: "The exporter's user may not run MEMORY USAGE: what it tells is missing.", Alert: alert.CommandDenied},
			},
			Unknown: []string{"how secure it is: the server does not tell."},
			Queues: []statuspage.Queue{
				{Queue: odd, Entry: entry, Report: &health.Report{Age: health.Age{Source: health.FirstSeen}}, Depth: 7, Age: 5, State: "ok"},
				{Queue: letters, Entry: dead, Report: &health.Report{Age: health.Age{Source: "failed_at"}, DeadLetters: []health.Reason{{Text: "timeout", Count: 40}, {Text: "no such \x1b[31muser", Count: 2}}}, Depth: 42, Age: 60, State: "ok"},
				{Queue: high, Entry: entry, Report: &health.Report{Age: health.Age{Source: "created_at"}}, Depth: 12345, Age: 7200, State: "critical", Why: []string{"too old"}},
			},
			Classes: []statuspage.Class{{
				Report: &class.Report{
					Class: "session:*", Keys: 20000, Samples: 2000, Expiry: &class.Expiry{Without: 150, Error: 0.014},
					Memory: &class.Memory{Bytes: 2.4e6, Error: 0.01}, Largest: &valkey.Extent{Bytes: 176, Elements: 99},
				}, State: "ok",
			}, {Report: &class.Report{Class: "lock:*", Keys: 3, Denied: true}, State: "unknown", Why: []string{"may not be seen"}}},
			Always: statuspage.Counters{Commands: 1e6, Hits: 900, Misses: 100, Evicted: 12}, Lately: statuspage.Counters{Commands: 500, Hits: 45, Misses: 5},
			Over: 5,
		},
	}
}

// serverSaid is an error reply.
type serverSaid string

func (s serverSaid) Error() string { return string(s) }
func (serverSaid) RedisError()     {}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: -want +got, go test ./internal/checkup -update rewrites it\n%s", file, diff)
	}
}

// The schema is what programs rely on: a change here is a change for them.
func TestJSON(t *testing.T) {
	r := New(seen())
	text, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/report.json", string(text))
	if i := bytes.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("a character that cannot be seen: %q", text[i:i+20])
	}
	var again Report
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, again); diff != "" {
		t.Errorf("read again it is another: -written +read\n%s", diff)
	}
}

func TestText(t *testing.T) {
	golden(t, "testdata/report.txt", New(seen()).Text(Style{Width: 80}))
}

// Whatever a name is, it stays in its place, and so do the columns beside it.
func TestTextFitsTheTerminal(t *testing.T) {
	for _, width := range []int{0, 72, 80, 100, 300} {
		text := New(seen()).Text(Style{Width: width})
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("at width %d there is a character that cannot be seen: %q", width, line)
			}
			if most := (Style{Width: width}).width(); columns(line) > most && !strings.Contains(line, "ACL SETUSER") && !strings.Contains(line, "docs/runbooks") {
				t.Errorf("at width %d, a line of %d columns: %s", width, columns(line), line)
			}
		}
		if width >= 80 && !strings.Contains(text, "6789 (db3) ") || !strings.Contains(text, "  queue:") {
			t.Errorf("at width %d neither begin nor end of a long name is told:\n%s", width, text)
		}
	}
}

// Colours say nothing that words do not.
func TestColours(t *testing.T) {
	plain, coloured := New(seen()).Text(Style{Width: 80}), New(seen()).Text(Style{Width: 80, Colour: true})
	for _, sequence := range []string{"\x1b[" + red + "m", "\x1b[" + yellow + "m", "\x1b[" + cyan + "m", "\x1b[" + green + "m", "\x1b[" + bold + "m", "\x1b[0m"} {
		if !strings.Contains(coloured, sequence) {
			t.Errorf("no %q", sequence)
		}
		coloured = strings.ReplaceAll(coloured, sequence, "")
	}
	if diff := cmp.Diff(plain, coloured); diff != "" {
		t.Errorf("without the colours the text is another: -plain +coloured\n%s", diff)
	}
}

func TestResults(t *testing.T) {
	for _, c := range []struct {
		name        string
		severities  []config.Severity
		interrupted bool
		want        Result
		code        int
	}{
		{"nothing", nil, false, OK, 0},
		{"a note", []config.Severity{config.Info}, false, Info, 0},
		{"a warning", []config.Severity{config.Warning, config.Info}, false, Warning, 1},
		{"critical", []config.Severity{config.Critical, config.Warning}, false, Critical, 2},
		{"interrupted", nil, true, Unknown, 3},
		{"a note, interrupted", []config.Severity{config.Info}, true, Unknown, 3},
		{"a warning, interrupted", []config.Severity{config.Warning}, true, Warning, 1},
	} {
		s := seen()
		s.Assessment.Problems, s.Interrupted = nil, c.interrupted
		for _, severity := range c.severities {
			s.Assessment.Problems = append(s.Assessment.Problems, statuspage.Problem{Severity: severity, Text: "Something.", Alert: alert.HighMemory})
		}
		if r := New(s).Result; r != c.want || r.ExitCode() != c.code {
			t.Errorf("%s: %s, code %d, want %s and %d", c.name, r, r.ExitCode(), c.want, c.code)
		}
	}
}

// Of a server that is down there is one line, and it says what to do.
func TestDown(t *testing.T) {
	s := seen()
	s.Snapshot = valkey.Snapshot{}
	s.Assessment = statuspage.Assessment{Problems: []statuspage.Problem{
		{Severity: config.Critical, Text: "The server cannot be asked (refused).", Do: "Check that the server runs.", Alert: alert.Down},
	}}
	const want = "CRITICAL valkey://cache.example:6379: The server cannot be asked (refused): Check that the server runs.\n"
	if got := New(s).Text(Style{Width: 80}); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.Assessment.Problems, s.Interrupted = nil, true
	if got := New(s).Text(Style{Width: 80}); !strings.HasPrefix(got, "UNKNOWN ") || strings.Count(got, "\n") != 1 || !strings.Contains(got, "interrupted") {
		t.Errorf("%q, want a line that says that the check was interrupted", got)
	}
}

// What is wrong together is told in words.
func TestCombinationsAreExplained(t *testing.T) {
	s := seen()
	s.Snapshot.Config["maxmemory-policy"], s.Snapshot.Config["appendonly"] = "allkeys-lru", "no"
	text := New(s).Text(Style{Width: 200})
	for _, want := range []string{"queues_evictable: when memory", "queues_not_persisted: a restart", "nothing_persisted: a restart"} {
		if !strings.Contains(text, "wrong together:  "+want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	for _, c := range []audit.Check{audit.MemoryUnlimited, audit.QueuesEvictable, audit.QueuesNotPersisted, audit.NothingPersisted} {
		if combined[c.String()] == "" {
			t.Errorf("%s is not explained", c)
		}
	}
}

// The number of attempts says nothing of snapshots: failed ones are in it, and CONFIG
// RESETSTAT forgets it.
func TestSnapshots(t *testing.T) {
	for _, c := range []struct {
		saves, saved, status string
		want                 string
	}{
		{"3", "1800010800", "ok", "1 h ago, last attempt ok, changes since: 1,200"},
		{"0", "1800010800", "ok", "1 h ago, last attempt ok, changes since: 1,200"},
		{"3", "1799928000", "err", "none since the server started, last attempt FAILED, changes since: 1,200"},
		{"0", "1799928000", "ok", "none since the server started, changes since: 1,200"},
	} {
		s := seen()
		f := s.Snapshot.Info.Fields
		f["rdb_saves"], f["rdb_last_save_time"], f["rdb_last_bgsave_status"] = c.saves, c.saved, c.status
		if got := snapshotLine(New(s).Persistence); got != c.want {
			t.Errorf("after %s attempts, %s: %q, want %q", c.saves, c.status, got, c.want)
		}
	}
}

// A replica that receives the whole data set is not behind by all that the primary has
// ever written.
func TestAReplicaThatBegins(t *testing.T) {
	s := seen()
	s.Snapshot.Info.Replicas[0].State, s.Snapshot.Info.Replicas[0].Offset = "wait_bgsave", 0
	r := New(s).Replication
	if r.Replicas[0].Behind != nil || replicationLine(r) != "10.0.0.2:6379 wait_bgsave" {
		t.Errorf("%q", replicationLine(r))
	}
}

// What a loop could not ask is not told as answered.
func TestLoopsThatWereToldNothing(t *testing.T) {
	for what, c := range map[string]struct {
		info, walk valkey.Kind
		want       []Source
	}{
		"nothing failed": {want: []Source{{"key_classes", true, ""}, {"clients", true, ""}}},
		"down": {info: valkey.KindRefused, want: []Source{
			{"key_classes", false, "unavailable"}, {"clients", false, "unavailable"},
		}},
		"no INFO":  {info: valkey.KindDenied, want: []Source{{"key_classes", true, ""}, {"clients", true, ""}}},
		"the walk": {walk: valkey.KindLoading, want: []Source{{"key_classes", false, "loading"}, {"clients", true, ""}}},
	} {
		s := seen()
		s.State.Classes.Unavailable, s.State.Clients, s.WalkFailed = nil, &clients.Status{}, c.walk
		s.Snapshot.Sources[valkey.SourceInfo].Err = map[valkey.Kind]error{valkey.KindDenied: serverSaid("NOPERM no"), valkey.KindRefused: syscall.ECONNREFUSED}[c.info]
		var got []Source
		for _, source := range New(s).Access.Sources {
			if source.Source == "key_classes" || source.Source == "clients" {
				got = append(got, source)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", what, diff)
		}
	}
}

// Keys that were counted are told, though nobody may judge them.
func TestClassesWithoutINFO(t *testing.T) {
	s := seen()
	s.Snapshot.Sources[valkey.SourceInfo].Err = serverSaid("NOPERM no")
	s.Assessment.Classes = nil
	s.State.Classes.Reports = []class.Report{{Class: "session:*", Keys: 20000}, {Class: "lock:*"}}
	r := New(s)
	if len(r.Classes) != 1 || r.Classes[0].Keys != 20000 || r.Classes[0].State != "" {
		t.Errorf("%+v, want the class that has keys, not judged", r.Classes)
	}
	if text := r.Text(Style{}); strings.Contains(text, "there are no keys") {
		t.Errorf("20,000 keys were counted:\n%s", text)
	}
}

// A check has no log to look into: the report has the words of the server.
func TestTheServersWords(t *testing.T) {
	s := seen()
	s.Snapshot.Sources[valkey.SourceQueues].Err = serverSaid("MASTERDOWN Link with \x1b[2JMASTER is down")
	s.Assessment.Problems = []statuspage.Problem{{Severity: config.Warning, Text: "Part of the scrape fails.", Do: statuspage.LogSays, Alert: alert.ScrapeIncomplete}}
	do := New(s).Findings[0].Do
	if !strings.HasPrefix(do[0], "The server says: MASTERDOWN Link with ") || strings.Contains(do[0], "\x1b") {
		t.Errorf("it says to do %q", do)
	}
}

// That a job was there for less than a second says nothing about its age.
func TestAJobThatWasJustSeen(t *testing.T) {
	depth, age := 1.0, 0.4
	q := Queue{Depth: &depth, Age: &age, AgeIsBound: true}
	if got := oldest(q); got != "unknown" {
		t.Errorf("%q", got)
	}
	if age = 5; oldest(q) != ">= 5 s" {
		t.Errorf("%q", oldest(q))
	}
}

// What is not known is not 0, and not fine.
func TestNothingIsKnown(t *testing.T) {
	s := Seen{Target: "valkey://a:1", Settings: config.Default(), Snapshot: valkey.Snapshot{Up: true}, State: collector.State{Now: noon}}
	s.Snapshot.Sources[valkey.SourceInfo] = valkey.Outcome{Asked: true, Err: serverSaid("NOPERM")}
	r := New(s)
	if r.Memory != nil || r.Cache != nil || r.Persistence != nil || r.Access.Sources[0].OK || r.Access.User != "default" {
		t.Errorf("%+v", r)
	}
	if text := r.Text(Style{}); !strings.Contains(text, "does not say what it is") || strings.Contains(text, "Server\n") {
		t.Errorf("of a server that tells nothing:\n%s", text)
	}
	text, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"incomplete", "findings", "unknown", "settings", "combinations", "checks", "queues", "classes", "walks"} {
		if _, ok := fields[list].([]any); !ok {
			t.Errorf("%s is %v, want a list", list, fields[list])
		}
	}
}

// The rights that are proposed are those of docs/acl.md, no more and no less.
func TestProposedRightsAreTheDocumentedOnes(t *testing.T) {
	page, err := os.ReadFile("../../docs/acl.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := strings.Fields(string(page))
	for _, right := range slices.Concat(lengthRights, lookRights, clientRights) {
		if !slices.Contains(documented, right) {
			t.Errorf("docs/acl.md does not know %s", right)
		}
	}
	if !strings.Contains(string(page), classRights) {
		t.Errorf("docs/acl.md does not have %s", classRights)
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"%R~queue:*":  "%R~queue:*",
		"%R~a b":      `"%R~a b"`,
		`%R~"x`:       `"%R~\"x"`,
		"%R~\x1b\xff": `"%R~\x1b\xff"`,
		`%R~a\*`:      `"%R~a\\*"`,
	} {
		if got := word(text); got != want {
			t.Errorf("%q is written %s, want %s", text, got, want)
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"abc", 5, "abc  "},
		{"abcdefghij", 5, "ab…ij"},
		{"日本語日本語", 6, "日…語 "},
		{"e\u0301e\u0301", 3, "e\u0301e\u0301 "},
	} {
		if got := fit(c.text, c.width); got != c.want || columns(got) != c.width {
			t.Errorf("%q at %d is %q of %d columns, want %q", c.text, c.width, got, columns(got), c.want)
		}
	}
}
