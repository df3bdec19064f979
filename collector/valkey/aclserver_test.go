//go:build unix

package valkey_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

// access scrapes and asks about the default user once a minute.
func (a *asker) access(t *testing.T) valkey.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	return a.Scrape(ctx, valkey.Request{RetryDenied: retryDenied, AccessEvery: time.Minute})
}

// dryRuns are the dangerous commands as ACL DRYRUN wants them.
var dryRuns = map[string]string{
	"flushall": "FLUSHALL", "flushdb": "FLUSHDB", "config|set": "CONFIG SET timeout 0", "keys": "KEYS *", "debug": "DEBUG JMAP",
}

// Who may run what is decided here as the server itself decides it.
func TestRightsAreUnderstoodAsTheServerUnderstandsThem(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		known := newAsker(open(t, server.Addr)).access(t).Access.Commands
		if len(known) != len(dryRuns) {
			t.Fatalf("the server tells of %d commands, want %d", len(known), len(dryRuns))
		}
		for _, rules := range []string{
			"+@all", "-@all", "+@all -@dangerous", "+@all -@admin", "+@all -@dangerous +keys", "-@all +@keyspace", "-@all +@write -flushall",
			"+@all -config", "+@all -config|set", "+@all -config|get", "-@all +config|get", "-@all +CONFIG", "+@all -FLUSHDB -keys",
			"-@all +config -config|set", "+@all -@slow", "-@all (+flushall ~x)", "-@all (+@admin -debug) (+keys)", "allcommands", "nocommands",
		} {
			server.Must(t, append([]string{"ACL", "SETUSER", "probe", "reset"}, arguments(rules)...)...)
			user, err := valkey.ParseUser(server.Must(t, "ACL", "GETUSER", "probe"))
			if err != nil {
				t.Fatalf("%q: %v", rules, err)
			}
			for _, c := range known {
				if got, want := user.May(c), server.Must(t, append([]string{"ACL", "DRYRUN", "probe"}, strings.Fields(dryRuns[c.Name])...)...) == "OK"; got != want {
					t.Errorf("%q: %s may be run %t, to the server %t", rules, c.Name, got, want)
				}
			}
		}
	})
}

// arguments keeps each selector, which has spaces in it, in one piece.
func arguments(rules string) []string {
	var all []string
	for part := range strings.SplitSeq(rules, "(") {
		selector, rest, ok := strings.Cut(part, ")")
		if ok {
			all = append(all, "("+selector+")")
			part = rest
		}
		all = append(all, strings.Fields(part)...)
	}
	return all
}

func TestRightsAreAskedForNowAndThen(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start("--rename-command", "KEYS", "", "--rename-command", "FLUSHDB", "zap")
		asker := newAsker(open(t, server.Addr))
		first := asker.access(t)
		want := map[string]bool{"flushall": true, "flushdb": false, "config|set": true, "keys": false, "debug": true}
		if diff := cmp.Diff(want, existing(first)); diff != "" {
			t.Errorf("commands that exist, -want +got\n%s", diff)
		}
		if u := first.Access.User; u == nil || !u.On || !u.NoPass || !first.Sources[valkey.SourceACL].Asked {
			t.Fatalf("the default user is %+v", u)
		}
		server.Must(t, "ACL", "SETUSER", "default", "-debug")
		asker.now = asker.now.Add(59 * time.Second)
		if diff := cmp.Diff(first.Access, asker.access(t).Access); diff != "" {
			t.Errorf("within the minute, -before +after\n%s", diff)
		}
		if n := calls(t, server, "acl|getuser"); n != 1 {
			t.Errorf("asked %v times in two scrapes, want once", n)
		}
		asker.now = asker.now.Add(time.Second)
		if later := asker.access(t).Access; slices.Equal(later.User.Rules[0], first.Access.User.Rules[0]) {
			t.Errorf("after a minute the rights are still %q", later.User.Rules)
		}
	})
}

// A server that is gone has no rights that are known.
func TestRightsOfAServerThatIsGoneAreNotRepeated(t *testing.T) {
	server := testserver.Valkey(t)
	asker := newAsker(open(t, server.Addr))
	asker.access(t)
	server.Stop()
	if s := asker.access(t); s.Up || s.Access.User != nil || s.Access.Commands != nil || s.Sources[valkey.SourceACL].Err == nil {
		t.Errorf("up %t, access %+v, %v", s.Up, s.Access, s.Sources[valkey.SourceACL].Err)
	}
	server.Start()
	if s := asker.access(t); s.Access.User == nil {
		t.Errorf("it is back, and not asked: %v", s.Sources[valkey.SourceACL].Err)
	}
}

func TestDeniedRightsCostTheirSourceAndAreLeftAlone(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		asker := newAsker(as(t, server, rights(t, server)...))
		for range 4 {
			s := asker.access(t)
			if s.Access.User != nil || s.Access.Commands != nil || valkey.KindOf(s.Sources[valkey.SourceACL].Err) != valkey.KindDenied {
				t.Errorf("%+v, %v", s.Access, s.Sources[valkey.SourceACL].Err)
			}
			want := []valkey.Unavailable{{Command: "ACL GETUSER", Reason: valkey.ReasonDenied}, {Command: "COMMAND INFO", Reason: valkey.ReasonDenied}}
			if diff := cmp.Diff(want, s.Unavailable); diff != "" {
				t.Errorf("unavailable, -want +got\n%s", diff)
			}
			asker.now = asker.now.Add(time.Minute)
		}
		if n := complaints(t, server)["error NOPERM"]; n != 2 {
			t.Errorf("%v refusals, want one for each command", n)
		}
		server.Must(t, "ACL", "SETUSER", "exporter", "+acl|getuser", "+command|info")
		asker.now = asker.now.Add(retryDenied)
		if s := asker.access(t); s.Access.User == nil || len(s.Unavailable) > 0 {
			t.Errorf("granted, and still %v", s.Unavailable)
		}
	})
}

func existing(s valkey.Snapshot) map[string]bool {
	all := map[string]bool{}
	for _, c := range s.Access.Commands {
		all[c.Name] = c.Exists
	}
	return all
}

// What was not answered, and not refused, is asked again at once.
func TestRightsThatWereNotUnderstoodAreAskedAgain(t *testing.T) {
	server := replay(t, nil)
	asker := newAsker(open(t, server.Addr))
	server.Reply("ACL GETUSER", fake.Bulk("everybody"))
	if s := asker.access(t); s.Access.User != nil || valkey.KindOf(s.Sources[valkey.SourceACL].Err) != valkey.KindParse {
		t.Errorf("%+v, %v", s.Access.User, s.Sources[valkey.SourceACL].Err)
	}
	server.Heal()
	if s := asker.access(t); s.Access.User == nil || s.Sources[valkey.SourceACL].Err != nil {
		t.Errorf("it answers, and is not asked: %v", s.Sources[valkey.SourceACL].Err)
	}
}
