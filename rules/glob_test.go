package rules

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/queue"
)

// asPrometheus is a regular expression anchored as Prometheus does it.
func asPrometheus(t *testing.T, pattern string) *regexp.Regexp {
	t.Helper()
	re, err := regexp.Compile("^(?s:" + pattern + ")$")
	if err != nil {
		t.Fatalf("%q: %v", pattern, err)
	}
	return re
}

// word is a random one of an alphabet in which nearly each letter means
// something in a glob.
func word(random *rand.Rand, alphabet string, most int) string {
	var b strings.Builder
	for range 1 + random.IntN(most) {
		b.WriteByte(alphabet[random.IntN(len(alphabet))])
	}
	return b.String()
}

func TestGlobsMatchWhatTheExporterMatches(t *testing.T) {
	const alphabet = `**??[[]]^-\abc.+$()|{}`
	random := rand.New(rand.NewPCG(1, 2))
	keys := make([]string, 300)
	for i := range keys {
		keys[i] = word(random, alphabet, 5)
	}
	for range 5000 {
		glob := word(random, alphabet, 8)
		re := asPrometheus(t, globRegexp(glob))
		for _, key := range keys {
			if got, want := re.MatchString(metric.LabelValue(key)), queue.Match(glob, key); got != want {
				t.Fatalf("glob %q is %q: matches %q: %v, want %v", glob, re, key, got, want)
			}
		}
	}
}

// Prometheus refuses a whole rule file for one expression that it cannot read.
func TestEveryGlobBecomesARegularExpression(t *testing.T) {
	const alphabet = "**??[[]]^^--\\\\ab\x00\n\x80\xc3\xa9\xff"
	random := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		asPrometheus(t, globRegexp(word(random, alphabet, 10)))
	}
}

func TestGlobsOfKeysThatAreNotPlain(t *testing.T) {
	for _, c := range []struct {
		glob, key string
		want      bool
	}{
		{"queue:*", "queue:é", true},
		{"queue:é*", "queue:éa", true},
		{"[é]x", "éx", true},
		{`[\é]x`, "éx", true},
		{"[a-é]x", "éx", true},
		{"[é-ü]x", "ax", false},
		{"\xff*", "\xffa", true},
		{"\xff*", "\xfea", false},
		{"q[\xff]", "q\xff", true},
		{"q[^\xff]", "qa", true},
		{`\\xab*`, `\xabc`, true},
		{`a\`, `a\`, true},
		{"a**b", "ab", true},
		{"[^]x", "ax", true},
		{"[", "a", false},
	} {
		if got := asPrometheus(t, globRegexp(c.glob)).MatchString(metric.LabelValue(c.key)); got != c.want {
			t.Errorf("%q is %q: matches %q: %v, want %v", c.glob, globRegexp(c.glob), c.key, got, c.want)
		}
	}
}
