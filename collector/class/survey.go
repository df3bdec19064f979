package class

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"valkey-exporter/collector/valkey"
)

// Options say what a Survey counts.
type Options struct {
	Classes []Class // the first whose glob matches has the key
	Samples int     // keys of a class and database that are looked at in a walk
	Denied  time.Duration
	Every   time.Duration // how often a walk is to begin; 0: nobody knows, and nothing grows old
	Match   func(glob, key string) bool
}

// Survey learns from walks over all keys. Begin, Meet, End and Fail are for the one
// who walks; Status is for anyone at any time.
type Survey struct {
	options Options
	sampler *valkey.Sampler
	now     func() time.Time
	dice    *rand.Rand

	walk    *walk
	shut    map[place]time.Time // until when a class is left alone, because we may not see its keys
	seen    map[place]bool      // classes whose keys we may see
	largest map[place]string    // keys

	mu          sync.Mutex
	done        map[int]*finished
	failed      map[int]bool
	unavailable []valkey.Unavailable
}

// place is a class in a database.
type place struct{ db, class int }

// walk is the one under way.
type walk struct {
	db      int
	started time.Time
	tallies []tally // by class, Other last
}

// finished is a walk that has reached its end.
type finished struct {
	walked  Walked
	reports []Report
}

// Walked is the outcome of the latest completed walk of a database.
type Walked struct {
	DB       int
	Ended    time.Time
	Took     time.Duration
	Work     time.Duration // that the server is taken to have worked for it
	Complete bool          // the latest walk reached the end, and nothing was refused
	Old      bool          // so many walks should have ended since that there are no reports of it any more
}

// missed is how many walks must have failed to end, or be overdue, before what the last
// one has shown says nothing about now: a lock that it saw would be stuck for good.
const missed = 3

// old says whether a walk ended too long ago.
func (s *Survey) old(w Walked) bool {
	return s.options.Every > 0 && s.now().Sub(w.Ended) > missed*(s.options.Every+w.Took)
}

// Status is what there is to say.
type Status struct {
	Walks       []Walked // by database
	Reports     []Report // by database and class
	Unavailable []valkey.Unavailable
}

// NewSurvey asks sampler, on the connection of the walk; now is the clock.
func NewSurvey(o Options, sampler *valkey.Sampler, now func() time.Time) *Survey {
	return &Survey{
		options: o, sampler: sampler, now: now, dice: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())), //nolint:gosec // a sample is no secret
		shut: make(map[place]time.Time), seen: make(map[place]bool), largest: make(map[place]string),
		done: make(map[int]*finished), failed: make(map[int]bool),
	}
}

// Status is the state now.
func (s *Survey) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := Status{Unavailable: s.unavailable}
	for db, f := range s.done {
		walked := f.walked
		walked.Complete = walked.Complete && !s.failed[db]
		walked.Old = s.old(walked)
		status.Walks = append(status.Walks, walked)
	}
	for db := range s.failed {
		if s.done[db] == nil && s.failed[db] {
			status.Walks = append(status.Walks, Walked{DB: db})
		}
	}
	slices.SortFunc(status.Walks, func(a, b Walked) int { return a.DB - b.DB })
	for _, w := range status.Walks {
		if f := s.done[w.DB]; f != nil && !w.Old {
			status.Reports = append(status.Reports, f.reports...)
		}
	}
	return status
}

// Databases are those of which something is known, ascending.
func (s *Survey) Databases() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var dbs []int
	for db := range s.done {
		dbs = append(dbs, db)
	}
	slices.Sort(dbs)
	return dbs
}

// Begin starts a walk over the keys of db, which holds so many; NaN: not known. Asked
// is told what each round trip about single keys cost, and may pause.
func (s *Survey) Begin(db int, keys float64, asked func(ctx context.Context, commands int, took time.Duration)) {
	s.sampler.Asked = asked
	s.walk = &walk{db: db, started: s.now(), tallies: make([]tally, len(s.options.Classes)+1)}
	for i := range s.walk.tallies {
		t := &s.walk.tallies[i]
		if i < len(s.options.Classes) {
			t.class = s.options.Classes[i]
		}
		at := place{db, i}
		t.giant = s.largest[at]
		if s.now().Before(s.shut[at]) {
			t.closed, t.denied = true, 1
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if before := s.done[db]; before != nil {
		for i := range s.walk.tallies {
			s.walk.tallies[i].before = expected(before.reports[i].Keys, keys)
		}
	}
}

// expected is how many keys of a class a walk will meet at most, as far as one can
// know: as many as the one before, but no more than the database holds by now. Else
// hardly a key would be looked at after FLUSHALL.
func expected(before, held float64) float64 {
	if held < before { // not so if it is not known
		return held
	}
	return before
}

// chosen is a key to be looked at.
type chosen struct {
	class  int
	chance float64
}

// batch is keys to be looked at together.
type batch struct {
	questions []valkey.KeyQuestion
	chosen    []chosen
}

func (b *batch) add(key string, c chosen, closer valkey.Closer) {
	b.questions = append(b.questions, valkey.KeyQuestion{Key: key, Closer: closer})
	b.chosen = append(b.chosen, c)
}

// Meet takes note of keys that the walk has met, and asks the server about some.
func (s *Survey) Meet(ctx context.Context, keys []string) error {
	w := s.walk
	var first, rest batch // of a class of which we do not know if we may see it, one key is asked about first
	asked := make(map[int]bool)
	for _, key := range keys {
		i := s.classOf(key)
		chance := w.tallies[i].meet(float64(s.options.Samples), s.dice, key)
		if chance == 0 {
			continue
		}
		into := &rest
		if !s.seen[place{w.db, i}] && !asked[i] {
			into, asked[i] = &first, true
		}
		into.add(key, chosen{i, chance}, w.tallies[i].class.closer())
	}
	if err := s.ask(ctx, first); err != nil {
		return err
	}
	s.judge(first)
	return s.ask(ctx, rest)
}

// judge closes the classes whose first key we may not see.
func (s *Survey) judge(first batch) {
	for _, c := range first.chosen {
		t := &s.walk.tallies[c.class]
		if t.denied > 0 {
			t.closed = true
		} else if t.samples > 0 {
			s.seen[place{s.walk.db, c.class}] = true
		}
	}
}

// mostQuestions is how many keys one round trip asks about: the server works for
// a fraction of a millisecond.
const mostQuestions = 100

// ask asks about keys, except those of classes that were closed meanwhile.
func (s *Survey) ask(ctx context.Context, b batch) error {
	for len(b.questions) > 0 {
		var part batch
		for len(b.questions) > 0 && len(part.questions) < mostQuestions {
			if !s.walk.tallies[b.chosen[0].class].closed {
				part.questions, part.chosen = append(part.questions, b.questions[0]), append(part.chosen, b.chosen[0])
			}
			b.questions, b.chosen = b.questions[1:], b.chosen[1:]
		}
		if len(part.questions) == 0 {
			return nil
		}
		facts, err := s.sampler.Ask(ctx, s.walk.db, part.questions, s.options.Denied)
		if err != nil {
			return err
		}
		for i, f := range facts {
			s.walk.tallies[part.chosen[i].class].learn(part.questions[i].Key, f, part.chosen[i].chance)
		}
	}
	return nil
}

// classOf is the first class that matches.
func (s *Survey) classOf(key string) int {
	for i, c := range s.options.Classes {
		if s.options.Match(c.Glob, key) {
			return i
		}
	}
	return len(s.options.Classes)
}

// End sums up a walk that has reached its end. Work is how long the server is taken
// to have worked for it.
func (s *Survey) End(ctx context.Context, work func() time.Duration) error {
	w := s.walk
	extents, err := s.measure(ctx)
	if err != nil {
		return err
	}
	f := &finished{walked: Walked{DB: w.db, Ended: s.now(), Work: work()}}
	f.walked.Took = f.walked.Ended.Sub(w.started)
	f.walked.Complete = true
	for i := range w.tallies {
		t, at := &w.tallies[i], place{w.db, i}
		r := t.report(w.db)
		if !r.Denied {
			r.Largest, r.LargestIs = t.largestOf(extents, s.largest[at])
		}
		if r.Denied && !s.now().Before(s.shut[at]) {
			s.shut[at] = s.now().Add(s.options.Denied)
			delete(s.seen, at)
		}
		f.walked.Complete = f.walked.Complete && r.Expiry != nil && r.Memory != nil
		f.reports = append(f.reports, r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walk, s.done[w.db], s.failed[w.db] = nil, f, false
	s.unavailable = s.sampler.Unavailable()
	return nil
}

// largestOf is the key that is known to be the largest, if it is there. Else it is the
// largest that the walk has met, as it was then: where keys live for seconds, all of
// them are gone when the walk ends.
func (t *tally) largestOf(extents map[string]valkey.Extent, known string) (*valkey.Extent, string) {
	if extent, ok := extents[known]; ok {
		return &extent, known
	}
	if t.largestIs == 0 {
		return nil, ""
	}
	return &valkey.Extent{Bytes: t.largestIs, Elements: valkey.NotSent}, t.largest
}

// measure asks again about the largest keys that were seen in earlier walks, and
// about those of this one, and keeps the larger of each class. So what a sample
// finds by chance stays known until it is gone.
func (s *Survey) measure(ctx context.Context) (map[string]valkey.Extent, error) {
	w := s.walk
	var keys []string
	for i := range w.tallies {
		t, at := &w.tallies[i], place{w.db, i}
		if t.closed && t.denied > 0 {
			delete(s.largest, at)
			continue
		}
		for _, key := range []string{t.largest, s.largest[at]} {
			if key != "" && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	extents, err := s.sampler.Measure(ctx, w.db, keys, s.options.Denied)
	if err != nil {
		return nil, err
	}
	for i := range w.tallies {
		t, at := &w.tallies[i], place{w.db, i}
		before, known := extents[s.largest[at]]
		if now, ok := extents[t.largest]; ok && (!known || now.Bytes >= before.Bytes) {
			s.largest[at] = t.largest
		} else if !known {
			delete(s.largest, at)
		}
	}
	return extents, nil
}

// Fail takes note that the latest walk over db did not reach its end. What the one
// before it has shown stays known.
func (s *Survey) Fail(db int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed[db] = true
	s.unavailable = s.sampler.Unavailable()
}

// Stop takes note that nobody will walk any more. What a walk has met that did not
// reach its end is reported, unless one before it did: its numbers of keys are lower
// bounds. It comes when the one who walks has ended.
func (s *Survey) Stop() {
	w := s.walk
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unavailable = s.sampler.Unavailable()
	if w == nil || s.done[w.db] != nil {
		return
	}
	f := &finished{walked: Walked{DB: w.db, Ended: s.now()}}
	f.walked.Took = f.walked.Ended.Sub(w.started)
	for i := range w.tallies {
		f.reports = append(f.reports, w.tallies[i].report(w.db))
	}
	s.walk, s.done[w.db] = nil, f
}
