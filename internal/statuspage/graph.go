package statuspage

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// The size of a small graph in its own units. It is stretched to its place.
const (
	graphWidth  = 240
	graphHeight = 40
	graphSteps  = 60 // points drawn at most; of those that share one, the highest
)

// graph is half an hour of one number, drawn by the server.
type graph struct {
	Label string // what it shows, for those who do not see it
	Limit int    // where the limit is drawn; 0: nowhere

	what    string
	points  []point
	axis    axis
	write   func(float64) string
	highest float64
}

// axis is the time that all graphs of a page show.
type axis struct{ from, to time.Time }

// leastSpan keeps the first minutes from looking like much.
const leastSpan = 5 * time.Minute

// axisOf shows what there is.
func axisOf(begin, now time.Time) axis {
	return axis{now.Add(-min(max(now.Sub(begin), leastSpan), span)), now}
}

// String is how long it is.
func (a axis) String() string { return seconds(a.to.Sub(a.from).Truncate(time.Minute).Seconds()) }

// newGraph is nil if there is nothing to draw. Quantities begin at 0.
func newGraph(what string, points []point, a axis, write func(float64) string) *graph {
	g := &graph{what: what, axis: a, write: write}
	for _, p := range points {
		if p.at.Before(a.from) {
			continue
		}
		g.points = append(g.points, p)
		if p.value > g.highest {
			g.highest = p.value
		}
	}
	if len(g.points) < 2 {
		return nil
	}
	g.Label = g.label()
	return g
}

// top sets the upper end of the axis.
func (g *graph) top(v float64) {
	if g != nil {
		g.highest = v
	}
}

// limit draws a line, if the graph comes anywhere near.
func (g *graph) limit(v float64) {
	if g == nil || !(v > 0) || g.highest < v/2 {
		return
	}
	g.highest = max(g.highest, v*1.05)
	g.Limit = g.y(v)
}

// label says in words what there is to see.
func (g *graph) label() string {
	low, high, last := math.NaN(), math.NaN(), math.NaN()
	for _, p := range g.points {
		if math.IsNaN(p.value) {
			continue
		}
		if !(low <= p.value) {
			low = p.value
		}
		if !(high >= p.value) {
			high = p.value
		}
		last = p.value
	}
	over := seconds(g.axis.to.Sub(g.points[0].at).Seconds())
	if math.IsNaN(last) {
		return fmt.Sprintf("%s in the last %s: unknown", g.what, over)
	}
	return fmt.Sprintf("%s in the last %s: between %s and %s, last %s", g.what, over, g.write(low), g.write(high), g.write(last))
}

func (g *graph) x(at time.Time) int {
	return graphWidth - int(g.axis.to.Sub(at).Seconds()*graphWidth/g.axis.to.Sub(g.axis.from).Seconds())
}

// y keeps a unit free at either edge, for the thickness of the line.
func (g *graph) y(v float64) int {
	if g.highest <= 0 {
		return graphHeight - 1
	}
	return graphHeight - 1 - int(math.Round(min(v/g.highest, 1)*(graphHeight-2)))
}

// Path is the line. What is not known is a gap in it.
func (g *graph) Path() string {
	var b strings.Builder
	pen := "M"
	for i := 0; i < len(g.points); {
		p := g.points[i]
		step := g.x(p.at) * graphSteps / graphWidth
		for i++; i < len(g.points) && g.x(g.points[i].at)*graphSteps/graphWidth == step; i++ {
			if next := g.points[i]; next.value > p.value || math.IsNaN(next.value) {
				p = next // the highest, or one that is not known: nothing is above that
			}
		}
		if math.IsNaN(p.value) {
			pen = "M"
			continue
		}
		if pen == "M" { // a point by itself is a dot
			fmt.Fprintf(&b, "M%d %dh1", g.x(p.at), g.y(p.value))
			pen = "L"
			continue
		}
		fmt.Fprintf(&b, "L%d %d", g.x(p.at), g.y(p.value))
	}
	return b.String()
}
