package audit_test

import (
	"testing"

	"valkey-exporter/config/audit"
)

func TestWhatMeetsAnExpectation(t *testing.T) {
	for _, c := range []struct {
		parameter audit.Parameter
		expected  string
		good, bad []string
	}{
		{audit.Maxmemory, "> 0", []string{"1", "268435456"}, []string{"0", "", "much"}},
		{audit.Maxmemory, "256mb", []string{"268435456", "256mb", "256MB", "262144kb"}, []string{"256000000", "0"}},
		{audit.Maxmemory, "256m", []string{"256000000"}, []string{"268435456"}},
		{audit.Maxmemory, ">= 1gb", []string{"1073741824", "1073741825"}, []string{"1073741823"}},
		{audit.MaxmemorySamples, "5", []string{"5"}, []string{"6", "50", ""}},
		{audit.MaxmemorySamples, ">= 5 or 3", []string{"5", "10", "3"}, []string{"4", "2"}},
		{audit.MaxmemorySamples, "<= 5", []string{"5", "0"}, []string{"6"}},
		{audit.MaxmemorySamples, "< 5", []string{"4"}, []string{"5"}},
		{audit.MaxmemorySamples, ">4", []string{"5"}, []string{"4"}},
		{audit.MaxmemoryPolicy, "allkeys-lru", []string{"allkeys-lru"}, []string{"allkeys-lfu", "noeviction", ""}},
		{audit.MaxmemoryPolicy, "noeviction or volatile-lru", []string{"noeviction", "volatile-lru"}, []string{"allkeys-lru"}},
		{audit.Appendonly, "yes", []string{"yes"}, []string{"no", ""}},
		{audit.Save, "", []string{""}, []string{"3600 1 300 100 60 10000"}},
		{audit.Save, "3600 1 300 100", []string{"3600 1 300 100"}, []string{"", "3600 1"}},
		{
			audit.ClientOutputBufferLimit, "normal 0 0 0 replica 256mb 64mb 60 pubsub 32mb 8mb 60",
			[]string{"normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"},
			[]string{"normal 0 0 0 slave 268435456 67108864 60 pubsub 0 0 0", "normal 0 0 0", "", "nonsense"},
		},
		{
			audit.ClientOutputBufferLimit, "pubsub 32mb 8mb 60",
			[]string{"normal 1 0 0 slave 1 1 60 pubsub 33554432 8388608 60"},
			[]string{"normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 61"},
		},
		{audit.Timeout, "any", []string{"0", "300", "", "nonsense"}, nil},
	} {
		e, ok := audit.Parse(c.parameter, c.expected)
		if !ok {
			t.Errorf("%s: %q is not understood", c.parameter, c.expected)
			continue
		}
		for _, value := range c.good {
			if !e.Met(c.parameter, value) {
				t.Errorf("%s: %q does not meet %q", c.parameter, value, c.expected)
			}
		}
		for _, value := range c.bad {
			if e.Met(c.parameter, value) {
				t.Errorf("%s: %q meets %q", c.parameter, value, c.expected)
			}
		}
	}
}

func TestMistakesAreNoExpectations(t *testing.T) {
	for _, c := range []struct {
		parameter audit.Parameter
		text      string
	}{
		{audit.Maxmemory, "256 megabytes"},
		{audit.Maxmemory, "> much"},
		{audit.Maxmemory, "-1"},
		{audit.Maxmemory, ""},
		{audit.Maxmemory, "=> 5"},
		{audit.Maxmemory, "99999999999gb"},
		{audit.MaxmemorySamples, "5mb"},
		{audit.MaxmemorySamples, "5 or"},
		{audit.MaxmemorySamples, "05"},
		{audit.MaxmemoryPolicy, "allkeys_lru"},
		{audit.MaxmemoryPolicy, ""},
		{audit.Appendonly, "on"},
		{audit.Save, "3600"},
		{audit.Save, "hourly 1"},
		{audit.ClientOutputBufferLimit, "pubsub 32mb 8mb"},
		{audit.ClientOutputBufferLimit, "everybody 0 0 0"},
		{audit.ClientOutputBufferLimit, ""},
		{audit.ClientOutputBufferLimit, "normal a b c"},
		{audit.Appendfsync, "any or no"},
	} {
		if e, ok := audit.Parse(c.parameter, c.text); ok {
			t.Errorf("%s: %q is taken for %q", c.parameter, c.text, e)
		}
	}
}

// What is printed is read back as the same.
func TestExpectationsAreShownAsTheyAreRead(t *testing.T) {
	for text, shown := range map[string]string{"any": "any", "": `""`, "3600 1": "3600 1", "60 1 or 30 1": "60 1 or 30 1"} {
		e, ok := audit.Parse(audit.Save, text)
		if !ok || e.String() != shown || e.Any() != (text == "any") {
			t.Errorf("%q: %t, shown as %q, want %q", text, ok, e, shown)
		}
		if again, ok := audit.Parse(audit.Save, e.String()); !ok || again != e {
			t.Errorf("%q is read back as %q", e, again)
		}
	}
	if audit.Shown("") != `""` || audit.Shown("yes") != "yes" {
		t.Error("an empty value is shown as if it were missing, or another is not as it is")
	}
}

func TestNamesAreThereAndAllDifferent(t *testing.T) {
	seen := map[string]bool{"": true}
	for _, p := range audit.Parameters() {
		if seen[p.String()] || p.Wants() == "" {
			t.Errorf("parameter %d: the name %q is missing or there twice, or it does not say what it wants", p, p)
		}
		seen[p.String()] = true
	}
	for _, c := range audit.Checks() {
		if seen[c.String()] {
			t.Errorf("check %d: the name %q is missing or there twice", c, c)
		}
		seen[c.String()] = true
	}
}
