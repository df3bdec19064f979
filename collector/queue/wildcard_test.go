package queue

import "testing"

func TestWildcardIsWhatTheFirstStarStandsFor(t *testing.T) {
	for _, c := range []struct{ glob, key, want string }{
		{"queue:processing:*", "queue:processing:worker1", "worker1"},
		{"queue:processing:*", "queue:processing:", ""},
		{"bull:*:active", "bull:mail:active", "mail"},
		{"bull:*:active", "bull:a:active:active", "a:active"},
		{"*:active", "mail:active", "mail"},
		{"tenant:?:*", "tenant:7:jobs", "jobs"},
		{`asynq:{*}:active`, "asynq:{mail}:active", "mail"},
		{`a\*b*`, "a*bc", "c"},
		{"[*]x*", "*xy", "y"},
		{"*:*", "a:b:c", "a"},
		{"[ab]", "a", ""},
		{"*", "", ""},
		{"*", "\xff\x00", "\xff\x00"},
	} {
		if !Match(c.glob, c.key) {
			t.Fatalf("%q does not match %q", c.glob, c.key)
		}
		if got := Wildcard(c.glob, c.key); got != c.want {
			t.Errorf("Wildcard(%q, %q) = %q, want %q", c.glob, c.key, got, c.want)
		}
	}
}
