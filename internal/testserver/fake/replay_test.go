package fake

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

const captures = "../../../testdata/captures"

var someKeys = Keys{
	"queue:high":        {Type: "list", Length: 12, First: "new", Last: "old"},
	"queue:processing:": {Type: "set", Length: 3, TTL: 2500},
	"stream":            {Type: "stream", Length: 4},
	"user:1":            {Type: "string", Length: 5},
}

func TestReplayAnswersLikeTheCapturedServer(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(captures, "*.info"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no captures in %s (%v)", captures, err)
	}
	for _, file := range files {
		version := strings.TrimSuffix(filepath.Base(file), ".info")
		t.Run(version, func(t *testing.T) { testReplay(t, file, version) })
	}
}

func testReplay(t *testing.T, file, version string) {
	client := newClient(t, Replay(t, captures, version, someKeys))
	ctx := t.Context()

	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := client.Info(ctx, "everything").Val(); got != string(want) {
		t.Errorf("INFO: got %d bytes, want the %d of the file", len(got), len(want))
	}
	settings := client.ConfigGet(ctx, "maxmemory*").Val()
	if settings["maxmemory-policy"] == "" || settings["port"] != "" {
		t.Errorf("CONFIG GET maxmemory*: got %v", settings)
	}
	if two := client.Do(ctx, "CONFIG", "GET", "maxmemory", "maxclients").Val(); len(two.([]any)) != 4 {
		t.Errorf("CONFIG GET of two: got %v", two)
	}
	if got := client.SlowLogGet(ctx, 2).Val(); len(got) != 2 || got[0].ID <= got[1].ID || len(got[0].Args) == 0 {
		t.Errorf("SLOWLOG GET 2: got %+v", got)
	}
	if got := client.Do(ctx, "SLOWLOG", "LEN").Val(); got != int64(3) {
		t.Errorf("SLOWLOG LEN: got %v, want 3", got)
	}
	histogram, _ := client.Do(ctx, "LATENCY", "HISTOGRAM", "get").Val().([]any)
	if len(histogram) != 2 || histogram[1].([]any)[1] != int64(60) {
		t.Errorf("LATENCY HISTOGRAM get: got %v", histogram)
	}
	if got, err := client.Do(ctx, "LATENCY", "LATEST").Slice(); err != nil || len(got) == 0 {
		t.Errorf("LATENCY LATEST: got %v, %v", got, err)
	}
	if got := client.ClientList(ctx).Val(); !strings.Contains(got, "name=capture") {
		t.Errorf("CLIENT LIST: got %q", got)
	}
	if got := client.XInfoGroups(ctx, "stream").Val(); len(got) != 1 || got[0].Name != "workers" {
		t.Errorf("XINFO GROUPS: got %+v", got)
	}
}

func TestReplayOfKeys(t *testing.T) {
	client := newClient(t, New(t, Handshake(someKeys.handle)))
	for _, tc := range []struct {
		command string
		want    any
	}{
		{"LLEN queue:high", int64(12)},
		{"LLEN missing", int64(0)},
		{"LLEN user:1", errors.New("WRONGTYPE Operation against a key holding the wrong kind of value")},
		{"SCARD queue:processing:", int64(3)},
		{"XLEN stream", int64(4)},
		{"EXISTS queue:high missing user:1", int64(2)},
		{"TYPE queue:high", "list"},
		{"TYPE missing", "none"},
		{"TTL queue:processing:", int64(2)},
		{"PTTL queue:processing:", int64(2500)},
		{"PTTL queue:high", int64(-1)},
		{"PTTL missing", int64(-2)},
		{"LINDEX queue:high 0", "new"},
		{"LINDEX queue:high -1", "old"},
		{"LINDEX missing 0", redis.Nil},
		{"DBSIZE", int64(4)},
		{"SCAN 0 MATCH *", []any{"0", []any{}}},
		{"CONFIG REWRITE", errors.New(`ERR unknown command "CONFIG REWRITE"`)},
	} {
		t.Run(tc.command, func(t *testing.T) {
			var words []any
			for word := range strings.FieldsSeq(tc.command) {
				words = append(words, word)
			}
			got, err := client.Do(t.Context(), words...).Result()
			if want, ok := tc.want.(error); ok {
				if err == nil || err.Error() != want.Error() {
					t.Errorf("got %v, %v, want error %q", got, err, want)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %#v, %v, want %#v", got, err, tc.want)
			}
		})
	}
}

func TestHandshakeIsForTheOldProtocolOnly(t *testing.T) {
	client := newClient(t, New(t, Handshake(echo)))
	if err := client.Do(t.Context(), "HELLO", "3").Err(); err == nil || !strings.HasPrefix(err.Error(), "NOPROTO") {
		t.Errorf("HELLO 3: got %v, want NOPROTO", err)
	}
	if got, err := client.Do(t.Context(), "HELLO", "2").Slice(); err != nil || len(got) != 4 {
		t.Errorf("HELLO 2: got %v, %v", got, err)
	}
}
