package clients

import (
	"math"

	"valkey-exporter/collector/valkey"
)

// The groups that every server has.
const (
	Other    = "other"    // clients that are in no group
	Exporter = "exporter" // connections of this exporter, and of others of its name
)

// Group is the clients that all of its globs match. What a client does not have is
// matched by none.
type Group struct {
	Name                  string
	Client, User, Library string // globs; empty: it does not matter
	Max                   int    // connections that it may have; 0: any number
}

// GroupReport is what a group has.
type GroupReport struct {
	Name        string
	Max         int // 0: any number
	Connections float64
	Blocked     float64
	Idlest      float64 // seconds; of those that neither wait nor listen
}

// Buffers are the answers that the clients of a class have not read.
type Buffers struct {
	Class   valkey.ClientClass
	Bytes   float64 // of all together
	Largest float64 // of one client
}

// tally sums up one list of clients.
type tally struct {
	options *Options
	slow    float64 // bytes from which on a subscriber is slow; NaN: not known
	groups  []GroupReport
	buffers [valkey.NumClientClasses]Buffers
	lagging float64
}

func newTally(o *Options, limit float64) *tally {
	t := &tally{options: o, slow: limit * o.SlowShare}
	if limit == 0 {
		t.slow = math.NaN() // nobody is ever cut off
	}
	for _, g := range o.Groups {
		t.groups = append(t.groups, GroupReport{Name: g.Name, Max: g.Max})
	}
	t.groups = append(t.groups, GroupReport{Name: Other}, GroupReport{Name: Exporter})
	for i := range t.buffers {
		t.buffers[i].Class = valkey.ClientClass(i)
	}
	return t
}

// meet counts a client.
func (t *tally) meet(c *valkey.Client) {
	b := &t.buffers[c.Class]
	b.Bytes += c.Buffered
	b.Largest = max(b.Largest, c.Buffered)
	if c.Class == valkey.PubSubClient && c.Buffered > t.slow {
		t.lagging++
	}
	if c.Server {
		return
	}
	g := &t.groups[t.groupOf(c)]
	g.Connections++
	switch {
	case c.Blocked:
		g.Blocked++
	case c.Class == valkey.NormalClient:
		g.Idlest = max(g.Idlest, c.Idle)
	}
}

// groupOf is the index of the first group that has the client.
func (t *tally) groupOf(c *valkey.Client) int {
	if c.Name == t.options.Own {
		return len(t.groups) - 1
	}
	for i, g := range t.options.Groups {
		if t.fits(g.Client, c.Name) && t.fits(g.User, c.User) && t.fits(g.Library, c.Library) {
			return i
		}
	}
	return len(t.groups) - 2
}

func (t *tally) fits(glob, text string) bool {
	return glob == "" || text != "" && t.options.Match(glob, text)
}

// slowSubscribers is how many subscribers are slow, NaN if it is not known.
func (t *tally) slowSubscribers() float64 {
	if math.IsNaN(t.slow) {
		return t.slow
	}
	return t.lagging
}
