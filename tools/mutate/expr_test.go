package main

import "testing"

func TestEveryPartOfAnExpressionIsChanged(t *testing.T) {
	for _, c := range []struct {
		expr string
		want []string
	}{
		{"x > 4", []string{"x >= 4", "x < 4", "x > 8", "x > 2"}},
		{"x <= 1", []string{"x < 1", "x > 1", "x <= 2"}},
		{"x == 0", []string{"x != 0", "x == 1"}},
		{`x{a="b"}`, []string{"x", `x{a!="b"}`}},
		{`x{a!~"b",c="d"}`, []string{`x{c="d"}`, `x{a=~"b",c="d"}`, `x{a!~"b"}`, `x{a!~"b",c!="d"}`}},
		{"rate(x[5m])", []string{"increase(x[5m])", "rate(x[10m])", "rate(x[2m30s])"}},
		{"x offset 1h", []string{"x offset 2h", "x offset 30m"}},
		{"last_over_time(x[3m])", []string{"x", "last_over_time(x[6m])", "last_over_time(x[1m30s])"}},
		{"clamp_min(a - b, 0)", []string{"(a - b)", "clamp_min(a + b, 0)", "clamp_min(a - b, 1)"}},
		{"max_over_time(x[1h:5m])", []string{"min_over_time(x[1h:5m])", "max_over_time(x[2h:5m])", "max_over_time(x[30m:5m])"}},
		{"a and b unless c", []string{"a unless b unless c", "a unless c", "a and b and c", "a and b"}},
		{"a or b", []string{"a", "b"}},
		{"a / on (i, j) b", []string{"a * on (i, j) b", "a / on (j) b", "a / on (i) b"}},
		{"a * on (i) group_left (k) b", []string{"a / on (i) group_left (k) b", "a * on () group_left (k) b", "a * on (i) group_left () b"}},
		{"sum by (i, j) (x)", []string{"max by (i, j) (x)", "sum by (j) (x)", "sum by (i) (x)"}},
		{"max without (i) (x)", []string{"min without (i) (x)", "max without () (x)"}},
		{
			`a{j="v"} - b{j="v"}`,
			[]string{
				`a{j="v"} + b{j="v"}`, `a - b{j="v"}`, `a{j!="v"} - b{j="v"}`, `a{j="v"} - b`, `a{j="v"} - b{j!="v"}`, "a - b",
			},
		},
	} {
		changes, err := new(ruleSet).changes(c.expr)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
		}
		var got []string
		for _, change := range changes {
			again, err := parse(change.expr)
			if err != nil || again.String() != change.expr {
				t.Errorf("%s: %q does not mean what it says: %v", c.expr, change.expr, err)
			}
			got = append(got, change.expr)
		}
		for i, s := range c.want {
			if c.want[i], err = normal(s); err != nil {
				t.Fatal(err)
			}
		}
		equal(t, c.expr, got, c.want)
	}
}

// normal is an expression as the parser writes it.
func normal(expr string) (string, error) {
	e, err := parse(expr)
	if err != nil {
		return "", err
	}
	return e.String(), nil
}

func TestTheTextOfAChangeSaysWhere(t *testing.T) {
	changes, err := new(ruleSet).changes(`last_over_time(used{job="a"}[3m]) > 0`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, c.text)
	}
	equal(t, "texts", got, []string{
		"last_over_time(used[3m]) > 0 -> >=",
		"last_over_time(used[3m]) > 0 -> <",
		"last_over_time(used[3m]) -> the latest value",
		`used{job="a"}[3m] -> [6m]`,
		`used{job="a"}[3m] -> [1m30s]`,
		`used{job="a"} -> used`,
		`used{job="a"} -> used{job!="a"}`,
		"last_over_time(used[3m]) > 0: 0 -> 1",
	})
}
