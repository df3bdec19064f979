package flow_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"valkey-exporter/collector/queue/flow"
)

// chaos does to a list whatever bytes say, and looks at it whenever they say.
type chaos struct {
	server *server
	*observer
	bytes []byte
	made  int
	shown [2]float64

	// distinct is true when all messages are; then anything may happen to them.
	// Otherwise there are few different ones, they may be put back, and leave at
	// one end only.
	distinct bool
	pop      flow.End
	away     bool // the exporter was, since the last look
	told     bool // the server sends notifications
}

func newChaos(bytes []byte) *chaos {
	c := &chaos{bytes: bytes}
	mode := c.next()
	c.distinct, c.pop = mode&1 == 0, flow.Head
	if mode&2 == 0 {
		c.pop = flow.Tail
	}
	c.server = newServer(1 + int(mode>>4)*int(mode>>4)) // up to 226
	blind, noPlaces := mode&4 != 0, mode&8 != 0
	c.told = c.next()&1 != 0
	c.observer = &observer{server: c.server, adjust: func(s *flow.Sight) {
		if blind && c.distinct || c.away {
			s.Ran, s.Pops, s.Pushes = nil, math.NaN(), math.NaN()
		}
		if noPlaces && len(c.bytes)%3 == 0 && s.Length > 0 { // the entries at the ends are too big
			s.Head, s.Tail = cut("{"), nil
		}
	}}
	return c
}

func (c *chaos) next() byte {
	if len(c.bytes) == 0 {
		return 0
	}
	b := c.bytes[0]
	c.bytes = c.bytes[1:]
	return b
}

func (c *chaos) texts(n int) []string {
	texts := make([]string, n)
	for i := range texts {
		c.made++
		texts[i] = fmt.Sprint(c.made)
		if !c.distinct {
			texts[i] = fmt.Sprint(c.next() % 5)
		}
	}
	return texts
}

// play does all that the bytes say. It returns the first thing that is wrong.
func (c *chaos) play() error {
	for len(c.bytes) > 0 {
		b := c.next()
		c.server.now = c.server.now.Add(time.Duration(b) * 10 * time.Millisecond)
		if err := c.act(int(b>>5), int(b&31)); err != nil {
			return fmt.Errorf("%w\n%+v", err, c.State())
		}
		if err := c.totals(); err != nil {
			return err
		}
	}
	return nil
}

func (c *chaos) act(what, n int) error {
	s := c.server
	switch what {
	case 0:
		s.lpush(c.texts(1 + n/4)...)
	case 1:
		s.rpush(c.texts(1 + n/4)...)
	case 2:
		if c.distinct || c.pop == flow.Head {
			s.lpop(1 + n/4)
		}
	case 3:
		if c.distinct || c.pop == flow.Tail {
			s.rpop(1 + n/4)
		}
	case 4:
		c.Resized(float64(s.list.len()), s.now)
	case 5:
		c.oddly(n)
	default:
		c.listens = c.told && !c.away
		l, away := c.look(), c.away
		c.away = false
		if err := l.check(); err != nil && !away && (c.distinct || !l.Exact || l.Enqueued > l.enqueued) {
			return err
		}
		return c.ages()
	}
	return nil
}

// oddly does what applications rarely do.
func (c *chaos) oddly(n int) {
	s := c.server
	if !c.distinct {
		if c.pop == flow.Tail {
			s.rpoplpush()
		}
		return
	}
	switch length := s.list.len(); {
	case length == 0:
	case n < 12:
		s.lrem(s.list.at(n % length).text)
	case n < 20:
		s.linsert(s.list.at(n%length).text, c.texts(1)[0])
	case n < 24:
		s.ltrim(n%2, max(n%2, length-1-n%5))
	case n < 28:
		var kept flow.State
		text, err := json.Marshal(c.State())
		if err != nil || json.Unmarshal(text, &kept) != nil {
			panic(err)
		}
		c.Restore(kept)
		c.away = true
	}
}

func (c *chaos) totals() error {
	enqueued, dequeued := c.Totals()
	came, went := c.truth()
	if c.looks > 0 && (enqueued > came || dequeued > went) {
		return fmt.Errorf("totals are %v and %v, in truth %v and %v", enqueued, dequeued, came, went)
	}
	if enqueued < c.shown[0] || dequeued < c.shown[1] {
		return fmt.Errorf("totals fell from %v to %v and %v", c.shown, enqueued, dequeued)
	}
	c.shown = [2]float64{enqueued, dequeued}
	return nil
}

func (c *chaos) ages() error {
	seen := c.OldestSeen()
	if empty := c.server.list.len() == 0; empty != seen.IsZero() {
		return fmt.Errorf("oldest seen %v, empty: %v", seen, empty)
	}
	return nil
}

// Whatever happens, counters never exceed the truth, never fall, and are the truth
// when they are called exact.
func TestNothingThatHappensMakesCountersExceedTheTruth(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 2000 {
		bytes := make([]byte, 20+random.IntN(300))
		for j := range bytes {
			bytes[j] = byte(random.Uint32())
		}
		if err := newChaos(bytes).play(); err != nil {
			t.Fatalf("sequence %d, %x: %v", i, bytes, err)
		}
	}
}

func FuzzMeter(f *testing.F) {
	f.Add([]byte{0x30, 0x00, 0x03, 0xc0, 0x05, 0x61, 0xc0, 0x43, 0xc0})
	f.Add([]byte{0x33, 0x01, 0x03, 0xc0, 0x25, 0x41, 0xc0, 0x84, 0xb9, 0xc0})
	f.Fuzz(func(t *testing.T, bytes []byte) {
		if len(bytes) > 1000 {
			t.Skip("long sequences find nothing that short ones do not")
		}
		if err := newChaos(bytes).play(); err != nil {
			t.Fatal(err)
		}
	})
}
