package class

import (
	"math"
	"time"

	"valkey-exporter/collector/valkey"
)

// Report is what the latest completed walk has shown of a class in a database.
// What is nil is not known, which is not zero.
type Report struct {
	DB    int
	Class string
	Kind  Kind

	Keys    float64       // counted
	MaxTTL  time.Duration // of the configuration; 0: none
	Samples int           // keys that were looked at
	Denied  bool          // our user may not see the keys

	Expiry    *Expiry
	Memory    *Memory
	Largest   *valkey.Extent // of the largest key seen so far that is still there, or else that the walk has met
	LargestIs string         // its name, for people who may see it: a name can hold a secret
	Untrimmed *float64       // sets of a rate limit that keep what counts no more
	Dead      *DeadMembers
}

// Expiry is when the keys of a class expire, estimated in keys.
type Expiry struct {
	Without  float64    // never
	Overlong float64    // later than MaxTTL from now
	Within   [7]float64 // by Bounds
	Error    float64    // part of the keys by which each may be off, 19 times of 20
}

// Memory is what the keys of a class take together.
type Memory struct {
	Bytes float64
	Error float64 // part of Bytes by which they may be off, 19 times of 20
}

// DeadMembers are members of sets that name keys which do not exist.
type DeadMembers struct {
	Share   float64
	Checked float64 // members that were looked at
}

// StuckLocks are locks that nobody releases in time.
func (r *Report) StuckLocks() (float64, bool) {
	if r.Kind != Lock || r.Expiry == nil {
		return 0, false
	}
	return r.Expiry.Without + r.Expiry.Overlong, true
}

// report sums up a walk. A class that we may not see has a number of keys.
func (t *tally) report(db int) Report {
	r := Report{DB: db, Class: t.name(), Kind: t.class.Kind, Keys: t.keys, MaxTTL: t.class.MaxTTL, Samples: t.samples}
	if r.Denied = t.denied > 0; r.Denied {
		return r
	}
	empty := t.keys == 0
	if empty || t.expiry.all > 0 {
		r.Expiry = t.expiries()
	}
	if m, ok := t.size.of(t.keys); ok {
		r.Memory = &m
	}
	if t.class.Kind == RateLimit && (empty || t.trimmed.all > 0) {
		sets := 0.0
		if !empty {
			sets = math.Round(t.keys * t.trimmed.some / max(t.expiry.all, t.trimmed.all))
		}
		r.Untrimmed = &sets
	}
	if t.checked > 0 {
		r.Dead = &DeadMembers{Share: t.members.share(), Checked: t.checked}
	}
	return r
}

func (t *tally) expiries() *Expiry {
	if t.keys == 0 {
		return &Expiry{}
	}
	of := func(weights float64) float64 { return math.Round(t.keys * weights / t.expiry.all) }
	e := &Expiry{Without: of(t.expiry.without), Overlong: of(t.expiry.overlong), Error: t.expiry.err()}
	for i, weights := range t.expiry.within {
		e.Within[i] = of(weights)
	}
	return e
}

// name is that of the class in labels.
func (t *tally) name() string {
	if t.class.Glob == "" {
		return Other
	}
	return t.class.Glob
}
