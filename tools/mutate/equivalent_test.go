package main

import "testing"

// Each expression with the changes of it that make no difference, and no others.
func TestEquivalentIsWhatFollowsFromTheRules(t *testing.T) {
	for _, c := range []struct {
		expr string
		want map[string]equivalence
	}{
		{`x{job="a"} > 1`, nil},
		{`x{job="a"} / y{job="a"}`, map[string]equivalence{
			`x / y{job="a"}`: otherSideDecides, `x{job="a"} / y`: otherSideDecides,
		}},
		{`x{job="a"} / y{job="b"}`, nil},
		{`x{job="a"} and on (instance) y{job="a"}`, nil},
		{`x{job="a"} and on (job) y{job="a"}`, map[string]equivalence{
			`x and on (job) y{job="a"}`:       otherSideDecides,
			`x{job="a"} and on (job) y`:       otherSideDecides,
			`x{job="a"} and on () y{job="a"}`: constantLabel,
		}},
		{`x{job="a"} unless y{job="a"}`, map[string]equivalence{`x{job="a"} unless y`: otherSideDecides}},
		{`x{job="a"} or y{job="a"}`, nil},
		{`x{job="a"} and sum without (q) (rate(y{job="a"}[5m])) > 1`, map[string]equivalence{
			`x and sum without (q) (rate(y{job="a"}[5m])) > 1`: otherSideDecides,
			`x{job="a"} and sum without (q) (rate(y[5m])) > 1`: otherSideDecides,
		}},
		{`x{job="a"} and on (job) absent(y{job="a"})`, map[string]equivalence{
			`x and on (job) absent(y{job="a"})`:       otherSideDecides,
			`x{job="a"} and on () absent(y{job="a"})`: constantLabel,
		}},
		{`x and sum(increase(y[5m])) > 0`, map[string]equivalence{
			`x and sum(rate(y[5m])) > 0`: onlySign, `x and max(increase(y[5m])) > 0`: onlySign,
		}},
		{`x and sum(y) > 0`, nil},
		{`increase(y[5m]) > 0`, nil},
		{`x and increase(y[5m]) > 1`, nil},
		{`sum(increase(y[5m])) > 0 and x`, nil},
		{`x and max_over_time(y[1h])`, map[string]equivalence{`x and min_over_time(y[1h])`: onlyPresence}},
		{`max_over_time(y[1h]) and x`, nil},
		{`x or rate(y[5m]) * 0`, map[string]equivalence{`x or increase(y[5m]) * 0`: onlyPresence}},
		{`histogram_quantile(0.9, sum by (le) (rate(y[5m])))`, map[string]equivalence{
			`histogram_quantile(0.9, sum by (le) (increase(y[5m])))`: onlyProportion,
		}},
		{`x{job="a"} unless on (job, q) label_replace(y{job="a"}, "q", "$1", "s", "(.*)")`, map[string]equivalence{
			`x{job="a"} unless on (job, q) label_replace(y, "q", "$1", "s", "(.*)")`:     otherSideDecides,
			`x{job="a"} unless on (q) label_replace(y{job="a"}, "q", "$1", "s", "(.*)")`: constantLabel,
		}},
		{`x{q="a"} unless on (q) label_replace(y{q="a"}, "q", "$1", "s", "(.*)")`, nil},
		{`used:ratio{job="a"} > 1`, map[string]equivalence{"used:ratio > 1": recordedAlready}},
		{`used:ratio{job="b"} > 1`, nil},
		{`used:ratio{job="a"} and used:ratio_max{job="a"}`, map[string]equivalence{
			`used:ratio and used:ratio_max{job="a"}`: recordedAlready,
			`used:ratio{job="a"} and used:ratio_max`: recordedAlready,
			"used:ratio and used:ratio_max":          recordedAlready,
		}},
	} {
		changes, err := newSet(t).changes(c.expr)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
		}
		want := map[string]equivalence{}
		for s, e := range c.want {
			if s, err = normal(s); err != nil {
				t.Fatal(err)
			}
			want[s] = e
		}
		for _, change := range changes {
			if change.equal != want[change.expr] {
				t.Errorf("%s: %s: got %q, want %q", c.expr, change.expr, change.equal, want[change.expr])
			}
			delete(want, change.expr)
		}
		for s := range want {
			t.Errorf("%s: no change makes it %s", c.expr, s)
		}
	}
}
