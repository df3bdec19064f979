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

// meet counts one more key, and decides whether it is looked at; 0 is no.
func (t *tally) meet(samples float64, dice *rand.Rand) (chance float64) {
	t.keys++
	if chance = t.chance(samples); t.closed || dice.Float64() >= chance {
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
	if f.Gone || f.Sized {
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

// size is how much memory keys take.
type size struct {
	all, bytes                            float64
	spread, spreadBytes, spreadBytesTwice float64
}

func (s *size) add(bytes float64, w weight) {
	s.all += w.of
	s.bytes += w.of * bytes
	s.spread += w.spread
	s.spreadBytes += w.spread * bytes
	s.spreadBytesTwice += w.spread * bytes * bytes
}

// mean is the size of a key.
func (s *size) mean() float64 { return s.bytes / s.all }

// err is by what part of itself the mean may be off.
func (s *size) err() float64 {
	mean := s.mean()
	if mean == 0 {
		return 0
	}
	variance := s.spreadBytesTwice - 2*mean*s.spreadBytes + mean*mean*s.spread
	return deviations * math.Sqrt(max(variance, 0)) / s.all / mean
}
