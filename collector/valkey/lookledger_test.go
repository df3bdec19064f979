//go:build unix

package valkey_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

// watched is a server that a scraper and a looker ask, who share a ledger.
type watched struct {
	audit
	*viewer

	ledger *valkey.Ledger
}

func watch(t *testing.T, server *testserver.Server, ledger *valkey.Ledger, queues ...*valkey.Queue) *watched {
	t.Helper()
	a := newAsker(open(t, server.Addr), queues...)
	a.Scraper = valkey.NewScraper(open(t, server.Addr), ledger, func() time.Time { return a.now })
	return &watched{audit{t, server, a}, newViewer(open(t, server.Addr), ledger), ledger}
}

func TestLookUpsOfLooksAreWhatTheServerCounts(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		do := func(args ...string) { server.Must(t, args...) }
		do(append([]string{"RPUSH", "list"}, numbers(0, 500)...)...)
		do("RPUSH", "marked", "x", "marker", "y", "marker")
		do("RPUSH", "marked once", "marker")
		do(append([]string{"SADD", "set"}, numbers(0, 500)...)...)
		do("ZADD", "zset", "1", "a", "2", "b", "3", "c")
		stream(t, server)
		for _, group := range []string{"g", "h"} {
			do("XGROUP", "CREATE", "q", group, "0")
			do("XREADGROUP", "GROUP", group, "c", "COUNT", "2", "STREAMS", "q", ">")
		}
		do("XGROUP", "CREATE", "empty stream", "g", "$", "MKSTREAM")
		do("SET", "string", "x")
		do("HSET", "hash", "k", "v")
		do("RPUSH", "expired", "x")
		do("PEXPIRE", "expired", "1")
		do("CONFIG", "RESETSTAT") // XGROUP and XREADGROUP have looked keys up
		keys := []string{"list", "marked", "marked once", "set", "zset", "q", "empty stream", "string", "hash", "missing", "expired"}
		w := watch(t, server, valkey.NewLedger(), queues(keys...)...)
		// Each key by itself, and then all of them, so that errors do not cancel out.
		for _, key := range keys {
			w.good(t, everything(0, key))
			w.exact("after a look at " + key)
			w.good(t, everything(0, key)) // on Valkey now with the idle time
			w.exact("after another look at " + key)
			w.good(t, valkey.Question{Queue: valkey.NewQueue(0, key, "work")})
			w.exact("after a look that asks for nothing of " + key)
		}
		questions := []valkey.Question{}
		for _, key := range keys {
			questions = append(questions, everything(0, key))
		}
		questions = append(questions, everything(3, "list"), everything(99, "list"))
		w.look(t, questions...)
		w.exact("after a look at all")
		w.look(t, questions...)
		w.look(t, questions...)
		w.exact("after two looks")
		do("CONFIG", "RESETSTAT")
		w.look(t, questions...)
		w.exact("when a look was the first to come after CONFIG RESETSTAT")
		server.Stop()
		server.Start()
		w.look(t, questions...)
		w.exact("when a look was the first to come after a restart")
	})
}

func TestLookUpsOfADeniedLookAreWhatTheServerCounts(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		questions := allTypes(t, server)
		for _, denied := range []string{"-type", "-pttl", "-lpos", "-sscan", "-zcard", "-xpending", "-xrange"} {
			server.Must(t, "CONFIG", "RESETSTAT")
			w := watch(t, server, valkey.NewLedger())
			w.viewer = newViewer(as(t, server, append(knownRights(t, server, lookRights), denied)...), w.ledger)
			w.look(t, questions...)
			w.exact("after a look with " + denied)
			w.look(t, questions...)
			w.exact("after another look with " + denied)
		}
	})
}

func TestLookUpsSurviveARestartOfTheExporter(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "RPUSH", "list", "a")
	first := watch(t, server, valkey.NewLedger(), queues("list", "missing")...)
	first.good(t, everything(0, "list"))
	first.exact("at the start")
	first.good(t, everything(0, "list"))
	first.good(t, everything(0, "missing"))

	file, err := json.Marshal(first.ledger.Save())
	if err != nil {
		t.Fatal(err)
	}
	next := func() *watched {
		var state valkey.LedgerState
		if err := json.Unmarshal(file, &state); err != nil {
			t.Fatal(err)
		}
		ledger := valkey.NewLedger()
		ledger.Restore(state)
		return watch(t, server, ledger, queues("list", "missing")...)
	}
	second := next()
	second.exact("after a restart of the exporter")
	second.good(t, everything(0, "list"))
	second.exact("and a look")

	server.Must(t, "CONFIG", "RESETSTAT")
	next().exact("when the counters were reset meanwhile")
	server.Stop()
	server.Start()
	third := next()
	third.good(t, everything(0, "list"))
	third.exact("when the server was restarted meanwhile")
}

func TestScrapeWaitsForALookAndNotForEver(t *testing.T) {
	server := replay(t, nil)
	ledger := valkey.NewLedger()
	looker := newViewer(open(t, server.Addr), ledger)
	scraper := valkey.NewScraper(open(t, server.Addr), ledger, time.Now)
	server.Hang("EVAL_RO")
	looking, hang := context.WithCancel(t.Context())
	done := make(chan valkey.Look)
	go func() { done <- looker.Look(looking, []valkey.Question{everything(0, "q")}, retryDenied) }()
	eventually(t, "the look hangs", func() bool { return server.Count("EVAL_RO") > 0 })

	ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, errImpatient)
	defer cancel()
	snap := scraper.Scrape(ctx, valkey.Request{})
	if snap.Up || !errors.Is(snap.Err, errImpatient) {
		t.Errorf("scrape while a look hangs: up %v, %v", snap.Up, snap.Err)
	}
	for i, o := range snap.Sources {
		if !o.Asked || !errors.Is(o.Err, errImpatient) {
			t.Errorf("source %s: %+v", valkey.Source(i), o)
		}
	}
	if n := server.Count("CONFIG GET"); n != 0 {
		t.Errorf("the server was asked %d times while a look had the turn", n)
	}
	scraped := make(chan valkey.Snapshot)
	go func() { scraped <- scraper.Scrape(t.Context(), valkey.Request{}) }()
	hang()
	if look := <-done; !errors.Is(look.Err, context.Canceled) || !errors.Is(look.Sights[0].Err, context.Canceled) {
		t.Errorf("look that was cancelled: %v, %v", look.Err, look.Sights[0].Err)
	}
	if snap := <-scraped; !snap.Up || snap.Err != nil {
		t.Errorf("scrape that waited: up %v, %v", snap.Up, snap.Err)
	}
}

var errImpatient = errors.New("will not wait any longer")

func TestLookWaitsForAScrapeAndNotForEver(t *testing.T) {
	server := fake.Replay(t, captures, "valkey-8.0.1", nil)
	ledger := valkey.NewLedger()
	looker := newViewer(open(t, server.Addr), ledger)
	scraper := valkey.NewScraper(open(t, server.Addr), ledger, time.Now)
	server.Hang("CONFIG GET")
	scraping, stop := context.WithCancel(t.Context())
	done := make(chan valkey.Snapshot)
	go func() { done <- scraper.Scrape(scraping, valkey.Request{}) }()
	eventually(t, "the scrape hangs", func() bool { return server.Count("CONFIG GET") > 0 })

	ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, errImpatient)
	defer cancel()
	look := looker.Look(ctx, []valkey.Question{everything(0, "q")}, retryDenied)
	if !errors.Is(look.Err, errImpatient) || !errors.Is(look.Sights[0].Err, errImpatient) || server.Count("EVAL_RO") != 0 {
		t.Errorf("look while a scrape hangs: %v, %v", look.Err, look.Sights[0].Err)
	}
	stop()
	<-done
}

func TestStateOfALedgerIsACopy(t *testing.T) {
	server := testserver.Valkey(t)
	w := watch(t, server, valkey.NewLedger(), queues("q")...)
	w.exact("at the start")
	state := w.ledger.Save()
	clear(state.Seen)
	if diff := cmp.Diff(state, w.ledger.Save()); diff == "" {
		t.Error("the ledger forgot what it had seen when a saved state was changed")
	}
}
