//go:build unix

package valkey_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

// walk walks a database to its end.
func walk(t *testing.T, conn *valkey.Conn, db int, match string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	var keys []string
	for w := valkey.NewWalk(conn, db, match); ; {
		piece, err := w.Next(ctx, 100)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, piece.Keys...)
		if piece.Last {
			slices.Sort(keys)
			return slices.Compact(keys)
		}
	}
}

func TestWalkSeesEveryKeyOfItsOwnDatabase(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "EVAL", "for i=1,1000 do redis.call('SET', 'k'..i, 'x') end redis.call('SELECT', 3) redis.call('SET', 'other', 'x')", "0")
		conn := open(t, server.Addr)
		for range 2 { // the second time on a connection that has been elsewhere
			if n := len(walk(t, conn, 0, "")); n != 1000 {
				t.Errorf("database 0: %d keys, want 1000", n)
			}
			if got := walk(t, conn, 3, ""); !slices.Equal(got, []string{"other"}) {
				t.Errorf("database 3: got %q", got)
			}
			if n := len(walk(t, conn, 0, "k99*")); n != 11 {
				t.Errorf("k99*: %d keys, want 11", n)
			}
		}
		if hits := field(t, server, "keyspace_hits") + field(t, server, "keyspace_misses"); hits != 0 {
			t.Errorf("walking was counted as %v look-ups", hits)
		}
	})
}

func TestWalkOfADatabaseThatIsNotThereIsAnError(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "SET", "k", "x")
	conn := open(t, server.Addr)
	if piece, err := valkey.NewWalk(conn, 99, "").Next(t.Context(), 10); err == nil || len(piece.Keys) > 0 {
		t.Errorf("got %v, %v, want an error and no keys of database 0", piece.Keys, err)
	}
}

func TestBrokenScanReplyIsAnErrorAndDoesNotMoveTheWalk(t *testing.T) {
	for name, reply := range map[string][]byte{
		"a number": fake.Int(1), "one part": fake.Array(fake.Bulk("0")), "no cursor": fake.Array(fake.Bulk("x"), fake.EmptyArray),
		"cursor is a number": fake.Array(fake.Int(0), fake.EmptyArray), "no keys": fake.Array(fake.Bulk("0"), fake.Bulk("x")),
		"a key is a number": fake.Array(fake.Bulk("0"), fake.Array(fake.Int(1))),
	} {
		server := replay(t, nil)
		server.Reply("SCAN", reply)
		w := valkey.NewWalk(open(t, server.Addr), 0, "")
		if _, err := w.Next(t.Context(), 10); valkey.KindOf(err) != valkey.KindParse {
			t.Errorf("%s: got %v (%s)", name, err, valkey.KindOf(err))
		}
		server.Heal()
		if piece, err := w.Next(t.Context(), 10); err != nil || !piece.Last {
			t.Errorf("%s: then %v, %v", name, piece, err)
		}
	}
}

func TestDeniedScanSaysSo(t *testing.T) {
	server := testserver.Valkey(t)
	_, err := valkey.NewWalk(as(t, server, "~*", "+info"), 0, "").Next(t.Context(), 10)
	if valkey.Refused(err) != valkey.ReasonDenied {
		t.Errorf("got %v, want a denial", err)
	}
	if took, err := valkey.Ping(t.Context(), open(t, server.Addr)); err != nil || took <= 0 {
		t.Errorf("PING took %v, %v", took, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := valkey.Ping(ctx, open(t, server.Addr)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled PING: %v", err)
	}
}
