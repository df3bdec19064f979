package class

import (
	"math"
	"math/rand/v2"

	"valkey-exporter/collector/valkey"
)

// tally is what one walk has learned of one class.
//
// A key is looked at with a probability p, which is 1 as long as the class is
// small. It then stands for 1/p keys. What is known of all is the sum of these
// weights for which something is true, divided by the sum of all weights, times the
// number of keys, which is counted. As each key has its chance on its own, the
// variance of such a sum is that of (1-p)/p² times the square of the deviation.
type tally struct {
	class  Class
	before float64 // keys in the walk before this one; 0: not known
	giant  string  // the largest key that is known; empty: none

	keys    float64
	samples int
	denied  int // keys that we may not see
	moved   int // keys that another node of the cluster has
	closed  bool

	expiry    expiry
	size      size
	trimmed   part
	members   part
	checked   float64 // members that were looked at
	largest   string  // the key of the sample that takes most memory
	largestIs float64
}

// chance is the probability with which the next key of the class is looked at, so
// that about so many are.
func (t *tally) chance(samples float64) float64 {
	return min(1, samples/max(t.keys, t.before, 1))
}

// meet counts one more key, and decides whether it is looked at; 0 is no. The largest
// one that is known always is: what it takes is no matter of chance.
func (t *tally) meet(samples float64, dice *rand.Rand, key string) (chance float64) {
	t.keys++
	chance = t.chance(samples)
	switch {
	case t.closed:
		return 0
	case t.giant != "" && key == t.giant:
		return 1
	case dice.Float64() >= chance:
		return 0
	}
	return chance
}

// Too many keys that cannot be read: the rest is left alone.
const mostUnread = 10

// learn takes note of the facts about a key that was looked at with a chance.
func (t *tally) learn(key string, f valkey.KeyFacts, chance float64) {
	w := weight{1 / chance, (1 - chance) / (chance * chance)}
	switch {
	case f.MovedKey():
		t.moved++
		t.closed = t.closed || t.samples == 0 && t.moved >= mostUnread
		return
	case f.DeniedKey():
		t.denied++
		t.closed = t.closed || t.denied >= mostUnread
		return
	case !f.Gone && !f.Aged && !f.Sized:
		return
	}
	t.samples++
	if f.Gone || f.Aged {
		t.expiry.add(f, t.class, w)
	}
	switch {
	case t.giant != "" && key == t.giant:
		t.size.giant = f.Bytes
	case f.Gone || f.Sized:
		t.size.add(f.Bytes, w)
	}
	if f.Sized && (t.largest == "" || f.Bytes > t.largestIs) {
		t.largest, t.largestIs = key, f.Bytes
	}
	if f.Trim != nil {
		if yes, ok := t.class.untrimmed(*f.Trim); ok {
			t.trimmed.add(yes, w.of)
		}
	}
	if m := f.Members; m != nil {
		t.members.all += w.of * m.Size
		t.members.some += w.of * m.Size * float64(m.Dead) / float64(m.Checked)
		t.checked += float64(m.Checked)
	}
}

// weight is how many keys one stands for, and what that adds to a variance.
type weight struct{ of, spread float64 }

// part is a sum of weights, and of those for which something is true.
type part struct{ all, some float64 }

func (p *part) add(yes bool, weight float64) {
	p.all += weight
	if yes {
		p.some += weight
	}
}

// share is the part of the whole; NaN when nothing is known.
func (p *part) share() float64 { return p.some / p.all }

// deviations of 95 of 100 estimates are smaller than this many standard ones.
const deviations = 1.96

// expiry is when keys expire. One that has gone since the walk met it counts as a
// key of which nothing is true.
type expiry struct {
	all, spread       float64
	without, overlong float64
	within            [7]float64 // by Bounds
}

func (e *expiry) add(f valkey.KeyFacts, c Class, w weight) {
	e.all += w.of
	e.spread += w.spread
	switch {
	case f.Gone:
	case f.TTL == valkey.None:
		e.without += w.of
	default:
		if c.MaxTTL > 0 && f.TTL > c.MaxTTL {
			e.overlong += w.of
		}
		for i, bound := range Bounds {
			if f.TTL <= bound {
				e.within[i] += w.of
			}
		}
	}
}

// err is by how much any share may be off: that of a half varies most.
func (e *expiry) err() float64 { return deviations * math.Sqrt(e.spread/4) / e.all }

// size is how much memory keys take. That of the giant is known, and stands for no
// other.
type size struct {
	giant                                 float64
	known                                 int // keys
	all, bytes                            float64
	spread, spreadBytes, spreadBytesTwice float64
}

func (s *size) add(bytes float64, w weight) {
	s.known++
	s.all += w.of
	s.bytes += w.of * bytes
	s.spread += w.spread
	s.spreadBytes += w.spread * bytes
	s.spreadBytesTwice += w.spread * bytes * bytes
}

// mean is the size of a key that is no giant.
func (s *size) mean() float64 { return s.bytes / s.all }

// of is the memory of so many keys, and by what part of itself it may be off.
func (s *size) of(keys float64) (m Memory, ok bool) {
	if s.giant > 0 {
		keys = max(0, keys-1)
	}
	rest, part := 0.0, 0.0
	switch {
	case keys == 0:
	case s.all == 0:
		return m, false
	default:
		rest, part = keys*s.mean(), s.err()
	}
	if m.Bytes = math.Round(s.giant + rest); m.Bytes > 0 {
		m.Error = part * rest / m.Bytes
	}
	return m, true
}

// fewSizes are so few that nobody knows from them how much sizes differ.
const fewSizes = 30

// err is by what part of itself the mean may be off, as far as the sizes of the sample
// show. Those of a few are taken to differ by as much as they are.
func (s *size) err() float64 {
	mean := s.mean()
	if mean == 0 {
		return 0
	}
	variance := s.spreadBytesTwice - 2*mean*s.spreadBytes + mean*mean*s.spread
	if s.known < fewSizes {
		variance = max(variance, mean*mean*s.spread)
	}
	return deviations * math.Sqrt(max(variance, 0)) / s.all / mean
}
