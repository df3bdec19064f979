package promql

import (
	"strconv"
	"strings"
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
)

// binary is two parts with an operator between them.
type binary struct {
	op          string
	left, right node
	match       string // on (...), with group_left
}

var precedence = map[string]int{
	"or": bindsOr, "and": bindsAnd, "unless": bindsAnd,
	"==": bindsCompare, "!=": bindsCompare, ">": bindsCompare, "<": bindsCompare, ">=": bindsCompare, "<=": bindsCompare,
	"+": bindsSum, "-": bindsSum, "*": bindsProduct, "/": bindsProduct,
}

func (b binary) binds() int { return precedence[b.op] }

func (b binary) visit(f func(node)) {
	f(b)
	b.left.visit(f)
	b.right.visit(f)
}

func (b binary) write(s Scope, indent string) string {
	op := b.op + b.match
	left := b.part(s, indent, b.left, b.left.binds() < b.binds() || b.mixes(b.left))
	right := b.part(s, indent, b.right, b.right.binds() <= b.binds() || b.mixes(b.right))
	line := left + " " + op + " " + right
	switch {
	case !strings.Contains(line, "\n") && len(indent)+len(line) <= lineLength:
		return line
	case plainOperand(b.right) && !strings.Contains(left, "\n"):
		return line
	case plainOperand(b.right):
		return b.part(s, indent, b.left, true) + " " + op + " " + right
	}
	return left + "\n" + indent + op + "\n" + indent + right
}

// mixes says whether a part is an `and` or `unless` inside of an `or`, which
// Prometheus tells apart and a reader may not.
func (b binary) mixes(part node) bool { return b.op == "or" && part.binds() == bindsAnd }

// plainOperand stays on the line of its operator.
func plainOperand(n node) bool {
	switch n.(type) {
	case literal, threshold:
		return true
	}
	return false
}

// part is one side, in parentheses when it binds less.
func (b binary) part(s Scope, indent string, n node, enclose bool) string {
	if !enclose {
		return n.write(s, indent)
	}
	if line := n.write(s, indent); !strings.Contains(line, "\n") && len(indent)+len(line)+2 <= lineLength {
		return "(" + line + ")"
	}
	inner := indent + "  "
	return "(\n" + inner + n.write(s, inner) + "\n" + indent + ")"
}

// Match says which labels must be equal on both sides of an operator.
type Match struct {
	on    []metric.Label
	group bool
}

// On matches series by these labels, one with one.
func On(labels ...metric.Label) Match { return Match{on: sorted(labels)} }

// OnMany matches any number of series on the left with one on the right.
func OnMany(labels ...metric.Label) Match { return Match{on: sorted(labels), group: true} }

// OnInstance matches what the same exporter exposes, any number of series with
// one.
func OnInstance() Match { return OnMany(metric.LabelJob, metric.LabelInstance) }

func (m Match) text() string {
	text := " on (" + join(m.on) + ")"
	if m.group {
		text += " group_left ()"
	}
	return text
}

func join(labels []metric.Label) string {
	all := make([]string, len(labels))
	for i, l := range labels {
		all[i] = string(l)
	}
	return strings.Join(all, ", ")
}

// combine is an operator between the values of two vectors.
func (e Expr) combine(op string, other Expr, match []Match) Expr {
	if len(match) == 0 {
		sameLabels(e, other, op)
		return Expr{binary{op: op, left: e.node, right: other.node}, e.labels}
	}
	m := match[0]
	need(m.on, e.labels, op)
	need(m.on, other.labels, op)
	labels := m.on
	// A comparison keeps the left side's labels only in a many-to-one match.
	if m.group {
		labels = e.labels
	}
	return Expr{binary{op, e.node, other.node, m.text()}, labels}
}

// Plus is the sum of two vectors.
func (e Expr) Plus(other Expr, match ...Match) Expr { return e.combine("+", other, match) }

// Minus is the difference of two vectors.
func (e Expr) Minus(other Expr, match ...Match) Expr { return e.combine("-", other, match) }

// Times is the product of two vectors.
func (e Expr) Times(other Expr, match ...Match) Expr { return e.combine("*", other, match) }

// Over is the quotient of two vectors.
func (e Expr) Over(other Expr, match ...Match) Expr { return e.combine("/", other, match) }

// Exceeds keeps the series that are above their partner in another vector.
func (e Expr) Exceeds(other Expr, match ...Match) Expr { return e.combine(">", other, match) }

// FallsBelow keeps the series that are below their partner in another vector.
func (e Expr) FallsBelow(other Expr, match ...Match) Expr { return e.combine("<", other, match) }

// set is an operator that keeps or drops whole series; the labels stay those of
// the left side.
func (e Expr) set(op string, other Expr, match []Match) Expr {
	b := binary{op: op, left: e.node, right: other.node}
	if len(match) == 0 {
		sameLabels(e, other, op)
		return Expr{b, e.labels}
	}
	need(match[0].on, e.labels, op)
	need(match[0].on, other.labels, op)
	b.match = On(match[0].on...).text()
	return Expr{b, e.labels}
}

// And keeps the series that have a partner in another vector.
func (e Expr) And(other Expr, match ...Match) Expr { return e.set("and", other, match) }

// Unless keeps the series that have no partner in another vector.
func (e Expr) Unless(other Expr, match ...Match) Expr { return e.set("unless", other, match) }

// Or adds the series of other vectors that are not there yet.
func (e Expr) Or(others ...Expr) Expr {
	for _, other := range others {
		sameLabels(e, other, "or")
		for _, n := range alternatives(other.node) {
			e = Expr{binary{op: "or", left: e.node, right: n}, e.labels}
		}
	}
	return e
}

// alternatives are the parts that an `or` of others has, so that a chain of them
// needs no parentheses.
func alternatives(n node) []node {
	if b, ok := n.(binary); ok && b.op == "or" {
		return append(alternatives(b.left), alternatives(b.right)...)
	}
	return []node{n}
}

func (e Expr) scalar(op string, n node) Expr {
	return Expr{binary{op: op, left: e.node, right: n}, e.labels}
}

// Above keeps the series that are above a threshold.
func (e Expr) Above(t config.Threshold) Expr { return e.scalar(">", threshold(t)) }

// Below keeps the series that are below a threshold.
func (e Expr) Below(t config.Threshold) Expr { return e.scalar("<", threshold(t)) }

// AtLeast keeps the series that are at a threshold or above.
func (e Expr) AtLeast(t config.Threshold) Expr { return e.scalar(">=", threshold(t)) }

// AboveNumber keeps the series that are above a number.
func (e Expr) AboveNumber(f float64) Expr { return e.scalar(">", number(f)) }

// AboveSpan keeps the series, seconds, that are above a time.
func (e Expr) AboveSpan(d time.Duration) Expr { return e.scalar(">", span(d)) }

// BelowSpan keeps the series, seconds, that are below a time.
func (e Expr) BelowSpan(d time.Duration) Expr { return e.scalar("<", span(d)) }

// Known drops what is not a number, such as a quantile of nothing.
func (e Expr) Known() Expr { return e.scalar(">=", literal("0")) }

// Is keeps the series that have a value.
func (e Expr) Is(f float64) Expr { return e.scalar("==", number(f)) }

// Positive keeps the series that are above 0.
func (e Expr) Positive() Expr { return e.AboveNumber(0) }

// Scaled is the vector times a number.
func (e Expr) Scaled(f float64) Expr { return e.scalar("*", number(f)) }

// ScaledBy is the vector times a threshold.
func (e Expr) ScaledBy(t config.Threshold) Expr { return e.scalar("*", threshold(t)) }

// Becomes has the labels of the vector and a number as the value of each series.
func (e Expr) Becomes(f float64) Expr { return e.scalar("*", literal("0")).scalar("+", number(f)) }

// BurnsAbove keeps the series, shares of what failed, that use up what an
// objective allows so many times too fast.
func (e Expr) BurnsAbove(speed float64, objective config.Threshold) Expr {
	allowed := binary{op: "-", left: literal("1"), right: threshold(objective)}
	if speed == 1 {
		return e.scalar(">", allowed)
	}
	return e.scalar(">", binary{op: "*", left: number(speed), right: allowed})
}

// OneLess is 1 less the vector: the share that remains.
func OneLess(e Expr) Expr { return Expr{binary{op: "-", left: literal("1"), right: e.node}, e.labels} }

func number(f float64) literal { return literal(strconv.FormatFloat(f, 'f', -1, 64)) }
