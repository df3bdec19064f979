package valkey

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sent compares values of which some were not sent (NaN).
var sent = cmpopts.EquateNaNs()

func TestStructuredLinesAreTyped(t *testing.T) {
	for _, tc := range []struct {
		name, line string
		want       Info
	}{
		{
			"command", "cmdstat_config|get:calls=7,usec=91,usec_per_call=13.00,rejected_calls=2,failed_calls=1",
			Info{Commands: []Command{{Name: "config|get", Calls: 7, Micros: 91, Rejected: 2, Failed: 1}}},
		},
		{
			"command of a server that does not count failures", "cmdstat_get:calls=7,usec=91,usec_per_call=13.00",
			Info{Commands: []Command{{Name: "get", Calls: 7, Micros: 91, Rejected: NotSent, Failed: NotSent}}},
		},
		{
			"percentiles", "latency_percentiles_usec_lpush:p50=1.003,p99=2.007,p99.9=301",
			Info{Latencies: []Latency{{"lpush", []Quantile{{50, 1.003}, {99, 2.007}, {99.9, 301}}}}},
		},
		{
			"percentiles that are switched off one by one", "latency_percentiles_usec_lpush:",
			Info{Latencies: []Latency{{"lpush", []Quantile{}}}},
		},
		{"error", "errorstat_WRONGTYPE:count=12", Info{Errors: []ErrorCount{{"WRONGTYPE", 12}}}},
		{
			"keyspace", "db3:keys=10,expires=4,avg_ttl=99000",
			Info{Keyspaces: []Keyspace{{DB: "db3", Keys: 10, Expires: 4, AvgTTL: 99000, ExpiringItems: NotSent}}},
		},
		{
			"keyspace of Redis 8", "db0:keys=10,expires=4,avg_ttl=99000,subexpiry=2",
			Info{Keyspaces: []Keyspace{{DB: "db0", Keys: 10, Expires: 4, AvgTTL: 99000, ExpiringItems: 2}}},
		},
		{
			"keyspace of Valkey 9, in another order", "db0:keys_with_volatile_items=3,avg_ttl=1,expires=4,keys=10",
			Info{Keyspaces: []Keyspace{{DB: "db0", Keys: 10, Expires: 4, AvgTTL: 1, ExpiringItems: 3}}},
		},
		{
			"replica", "slave0:ip=10.0.0.7,port=6380,state=online,offset=1234,lag=1,type=replica",
			Info{Replicas: []Replica{{IP: "10.0.0.7", Port: "6380", State: "online", Offset: 1234, Lag: 1}}},
		},
		{
			"replica by IPv6", "slave12:ip=fd00::7,port=6380,state=wait_bgsave,offset=0,lag=0",
			Info{Replicas: []Replica{{IP: "fd00::7", Port: "6380", State: "wait_bgsave"}}},
		},
		{
			"I/O thread of Redis 8", "io_thread_2:clients=1,reads=149,writes=148",
			Info{Threads: []IOThread{{ID: "2", Clients: 1, Reads: 149, Writes: 148, ActiveSeconds: NotSent}}},
		},
		{
			"I/O thread of Valkey 9.1", "used_active_time_io_thread_2:0.250000",
			Info{Threads: []IOThread{{ID: "2", Clients: NotSent, Reads: NotSent, Writes: NotSent, ActiveSeconds: 0.25}}},
		},
		{
			"engine", "engine_0:name=LUA,module=built-in,abi_version=4,used_memory=91136,memory_overhead=16",
			Info{Engines: []Engine{{Name: "LUA", Memory: 91136, Overhead: 16}}},
		},
		{
			"module", "module:name=search,ver=20400,api=1,filters=2,usedby=[a|b],using=[c],options=[x]",
			Info{Modules: []Module{{Name: "search", Version: "20400", API: "1", Filters: "2", UsedBy: "[a|b]", Using: "[c]"}}},
		},
		{"scalar", "used_memory:1469208", Info{Fields: map[string]string{"used_memory": "1469208"}}},
		{"scalar with colons", "os:Linux: 6.1", Info{Fields: map[string]string{"os": "Linux: 6.1"}}},
		{"scalar without text", "config_file:", Info{Fields: map[string]string{"config_file": ""}}},
		{"scalar that only begins like a database", "db0_distrib_lists:1=2", Info{Fields: map[string]string{"db0_distrib_lists": "1=2"}}},
		{"scalar that only begins like a replica", "slave_priority:100", Info{Fields: map[string]string{"slave_priority": "100"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ParseInfo("# Section\r\n" + tc.line + "\r\n")
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(tc.want, got, sent, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestBrokenLineIsNamedAndTheOthersSurvive(t *testing.T) {
	for _, tc := range []struct{ line, complaint string }{
		{"cmdstat_get:calls=many", `calls: want a number, got "many"`},
		{"cmdstat_get:calls=", `calls: want a number, got ""`},
		{"cmdstat_get:calls=nan", `calls: want a number, got "nan"`},
		{"cmdstat_get:usec=inf", `usec: want a number, got "inf"`},
		{"latency_percentiles_usec_get:p50=1,fast=2", `want a percentile like p99, got "fast"`},
		{"latency_percentiles_usec_get:p50=slow", `"p50": want a number, got "slow"`},
		{"errorstat_ERR:count=x", `count: want a number, got "x"`},
		{"db0:keys=x", `keys: want a number, got "x"`},
		{"slave0:offset=x", `offset: want a number, got "x"`},
		{"io_thread_0:reads=x", `reads: want a number, got "x"`},
		{"used_active_time_io_thread_0:x", `want a number, got "x"`},
		{"engine_0:used_memory=x", `used_memory: want a number, got "x"`},
		{"no colon here", "want key:value"},
	} {
		info, err := ParseInfo("# A\r\nbefore:1\r\n" + tc.line + "\r\nafter:2\r\n")
		if err == nil || !strings.Contains(err.Error(), excerpt(tc.line)+": "+tc.complaint) {
			t.Errorf("%s: got error %v, want it to quote the line and say %s", tc.line, err, tc.complaint)
		}
		if diff := cmp.Diff(Info{Fields: map[string]string{"before": "1", "after": "2"}}, info); diff != "" {
			t.Errorf("%s: -want +got\n%s", tc.line, diff)
		}
	}
}

func TestReplyThatIsNoInfoIsAnError(t *testing.T) {
	for _, reply := range []string{"", "PONG", "used_memory:1\r\n", "<html>\n<body>"} {
		if _, err := ParseInfo(reply); err == nil || !strings.Contains(err.Error(), "section heading") {
			t.Errorf("%q: got %v, want an error about the missing heading", reply, err)
		}
	}
}

func TestLinesMayEndWithoutCarriageReturn(t *testing.T) {
	info, err := ParseInfo("\r\n# A\nhz:10\nlast:1")
	if err != nil || info.Fields["hz"] != "10" || info.Fields["last"] != "1" {
		t.Errorf("got %q, %v", info.Fields, err)
	}
}

// The server lists commands and errors in the order of a hash table.
func TestRepeatingLinesAreSorted(t *testing.T) {
	info, err := ParseInfo("# A\ncmdstat_b:calls=1\ncmdstat_a:calls=1\nerrorstat_B:count=1\nerrorstat_A:count=1\n" +
		"latency_percentiles_usec_b:p50=1\nlatency_percentiles_usec_a:p50=1\n")
	if err != nil {
		t.Fatal(err)
	}
	if info.Commands[0].Name != "a" || info.Errors[0].Prefix != "A" || info.Latencies[0].Command != "a" {
		t.Errorf("got %+v", info)
	}
}

// longestError is far below what a log line may be, whatever the reply was.
const longestError = 2000

func TestErrorTextIsBoundedWhateverTheReply(t *testing.T) {
	long := strings.Repeat("\x00", 1<<20)
	for name, reply := range map[string]string{
		"no heading":         long,
		"no colon":           "# A\n" + long,
		"long number":        "# A\ncmdstat_get:calls=" + long,
		"long percentile":    "# A\nlatency_percentiles_usec_get:p" + long + "=1",
		"long latency":       "# A\nlatency_percentiles_usec_get:p50=" + long,
		"long thread":        "# A\nused_active_time_io_thread_1:" + long,
		"long command name":  "# A\ncmdstat_" + long + ":calls=x",
		"many lines":         "# A\n" + strings.Repeat("x\n", 100_000),
		"many broken values": "# A\n" + strings.Repeat("db0:keys=x\n", 100_000),
	} {
		_, err := ParseInfo(reply)
		if err == nil || len(err.Error()) > longestError {
			t.Errorf("%s: got an error of %d bytes, want 1 to %d", name, len(errorText(err)), longestError)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestManyBrokenLinesAreCounted(t *testing.T) {
	_, err := ParseInfo("# A\n" + strings.Repeat("x\n", 12))
	if err == nil || !strings.HasSuffix(err.Error(), "and 7 lines more") {
		t.Errorf("got %v, want five lines and the number of the others", err)
	}
}

func TestCapturedRepliesAreUnderstoodWhole(t *testing.T) {
	for version, reply := range captures(t) {
		info, err := ParseInfo(reply)
		if err != nil {
			t.Errorf("%s: %v", version, err)
		}
		if len(info.Commands) < 20 || len(info.Latencies) < 19 || len(info.Keyspaces) == 0 || len(info.Errors) == 0 {
			t.Errorf("%s: %d commands, %d latencies, %d databases, %d errors", version,
				len(info.Commands), len(info.Latencies), len(info.Keyspaces), len(info.Errors))
		}
	}
}

// captures are the INFO replies of real servers, by version.
func captures(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../testdata/captures/*.info")
	if err != nil || len(files) != 6 {
		t.Fatalf("%d captured INFO replies (%v), want 6", len(files), err)
	}
	replies := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		replies[strings.TrimSuffix(filepath.Base(file), ".info")] = string(text)
	}
	return replies
}
