//go:build unix

package valkey_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

const (
	clientName = "exporter-under-test"
	captures   = "../../testdata/captures"
	// deadline is far longer than anything here takes.
	deadline = 20 * time.Second
)

// open prepares a connection to an address as a person would write it.
func open(t *testing.T, address string, changes ...func(*valkey.Options)) *valkey.Conn {
	t.Helper()
	target, err := valkey.ParseTarget(address)
	if err != nil {
		t.Fatal(err)
	}
	options := valkey.Options{Target: target, Name: clientName}
	for _, change := range changes {
		change(&options)
	}
	conn := valkey.Open(options)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// asker scrapes one server with the same queues again and again.
type asker struct {
	*valkey.Scraper

	queues []*valkey.Queue
	now    time.Time // the scraper's clock
}

func newAsker(conn *valkey.Conn, queues ...*valkey.Queue) *asker {
	a := &asker{queues: queues, now: time.Unix(1_800_000_000, 0)}
	a.Scraper = valkey.NewScraper(conn, valkey.NewLedger(), func() time.Time { return a.now })
	return a
}

// retryDenied is how long the asker leaves alone what it was refused.
const retryDenied = 10 * time.Minute

func (a *asker) scrape(ctx context.Context) valkey.Snapshot {
	return a.Scrape(ctx, valkey.Request{Queues: a.queues, RetryDenied: retryDenied})
}

// good scrapes and expects every source to be complete.
func (a *asker) good(t *testing.T) valkey.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	s := a.scrape(ctx)
	if !s.Up || s.Err != nil {
		t.Fatalf("scrape: up %v, %v", s.Up, s.Err)
	}
	for i, o := range s.Sources {
		if o.Err != nil {
			t.Errorf("source %s: %v", valkey.Source(i), o.Err)
		}
	}
	return s
}

// queues of database 0.
func queues(keys ...string) []*valkey.Queue {
	list := make([]*valkey.Queue, len(keys))
	for i, key := range keys {
		list[i] = valkey.NewQueue(0, key, "work")
	}
	return list
}

// lengths writes the readings of a snapshot as "0/jobs=3", or what is wrong
// instead of the length.
func lengths(s valkey.Snapshot) string {
	words := make([]string, len(s.Queues))
	for i, r := range s.Queues {
		value := r.Reason
		if value == "" {
			value = strconv.FormatFloat(r.Length, 'f', -1, 64)
		}
		words[i] = strconv.Itoa(r.Queue.DB) + "/" + r.Queue.Key + "=" + value
	}
	return strings.Join(words, " ")
}

func wantLengths(t *testing.T, s valkey.Snapshot, want string) {
	t.Helper()
	if got := lengths(s); got != want {
		t.Errorf("queues: got %s, want %s", got, want)
	}
}

// field reads a number of INFO from the server itself.
func field(t *testing.T, s *testserver.Server, key string) float64 {
	t.Helper()
	for line := range strings.Lines(infoOf(t, s, "everything")) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), key+":"); ok {
			v, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	t.Fatalf("INFO has no %s", key)
	return 0
}

func infoOf(t *testing.T, s *testserver.Server, section string) string {
	t.Helper()
	text, _ := s.Must(t, "INFO", section).(string)
	return text
}

// replay is a scripted server that answers as Valkey 8.0 once did.
func replay(t *testing.T, keys fake.Keys) *fake.Server {
	t.Helper()
	return fake.Replay(t, captures, "valkey-8.0.1", keys)
}

// eventually polls until the condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(deadline); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %v: %s", deadline, what)
		}
	}
}
