// Package queue keeps what must be remembered about queues between
// observations: which keys are queues, and since when one that was found by a
// pattern has been empty.
//
// Watchlist is a pure state machine with the clock passed in. Discoverer is
// the loop around it that walks the keyspace in the background.
package queue

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"valkey-exporter/collector/valkey"
)

// Pattern is a glob that names queues of one database.
type Pattern struct {
	DB   int
	Glob string
	Role string
}

// Options say what is a queue.
type Options struct {
	Fixed       []*valkey.Queue // watched whether they exist or not
	Patterns    []Pattern       // the first that matches decides the role
	MaxQueues   int             // how many queues the patterns may add
	ForgetAfter time.Duration   // how long a found queue is kept after it was last seen
}

// Watchlist is the set of queues to observe. All methods may be called at any
// time by anyone.
type Watchlist struct {
	options Options

	mu     sync.Mutex
	found  map[id]*found
	labels map[id]bool     // labels in use, by database
	fixed  map[id]bool     // keys of Options.Fixed
	queues []*valkey.Queue // all, sorted; nil when it must be made anew
	walks  map[int]Walked

	refused string // why SCAN is not asked for the time being, empty if it is
}

// id is a key of a database.
type id struct {
	db  int
	key string
}

type found struct {
	queue *valkey.Queue
	seen  time.Time // when it was last known to exist
}

// Walked is the outcome of the latest completed walk of a database.
type Walked struct {
	DB         int
	Ended      time.Time
	Took       time.Duration
	Keys       int  // keys that the server returned, before the patterns
	Complete   bool // nothing was missed: the walk reached the end, and the cap turned nobody away
	TurnedAway int  // queues that the cap kept out
}

// NewWatchlist starts with the fixed queues only.
func NewWatchlist(o Options) *Watchlist {
	w := &Watchlist{
		options: o, found: make(map[id]*found), labels: make(map[id]bool),
		fixed: make(map[id]bool), walks: make(map[int]Walked),
	}
	for _, q := range o.Fixed {
		w.fixed[id{q.DB, q.Key}] = true
		q.Label = w.label(q.DB, q.Key)
	}
	return w
}

// Inherit takes over the queues that another list has found, so that a change
// of the configuration makes no gap in their series.
func (w *Watchlist) Inherit(other *Watchlist) {
	for k, f := range other.snapshot() {
		w.Find(k.db, []string{k.key}, f.seen)
	}
}

func (w *Watchlist) snapshot() map[id]found {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make(map[id]found, len(w.found))
	for k, f := range w.found {
		all[k] = *f
	}
	return all
}

// Queues are all queues to observe, by database, the fixed ones first. The
// slice is never changed after it was handed out.
func (w *Watchlist) Queues() []*valkey.Queue {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.queues == nil {
		w.queues = make([]*valkey.Queue, 0, len(w.options.Fixed)+len(w.found))
		for _, f := range w.found {
			w.queues = append(w.queues, f.queue)
		}
		slices.SortFunc(w.queues, func(a, b *valkey.Queue) int { return strings.Compare(a.Key, b.Key) })
		w.queues = append(slices.Clone(w.options.Fixed), w.queues...)
		slices.SortStableFunc(w.queues, func(a, b *valkey.Queue) int { return cmp.Compare(a.DB, b.DB) })
	}
	return w.queues
}

// Find takes note of keys that a walk of database db met, and returns how many
// of them are queues for which there is no room.
func (w *Watchlist) Find(db int, keys []string, now time.Time) (turnedAway int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, key := range keys {
		k := id{db, key}
		if f, ok := w.found[k]; ok {
			f.seen = now
			continue
		}
		role, ok := w.role(db, key)
		if !ok || w.fixed[k] {
			continue
		}
		if len(w.found) >= w.options.MaxQueues {
			turnedAway++
			continue
		}
		w.add(k, role, now)
	}
	return turnedAway
}

func (w *Watchlist) add(k id, role string, now time.Time) {
	q := valkey.NewQueue(k.db, k.key, role)
	q.Label = w.label(k.db, k.key)
	w.found[k] = &found{queue: q, seen: now}
	w.queues = nil
}

// role is that of the first pattern that matches.
func (w *Watchlist) role(db int, key string) (role string, ok bool) {
	for _, p := range w.options.Patterns {
		if p.DB == db && Match(p.Glob, key) {
			return p.Role, true
		}
	}
	return "", false
}

// Observe takes note of a scrape's readings, and forgets the queues that have
// been empty for too long.
func (w *Watchlist) Observe(readings []valkey.Reading, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range readings {
		if r.Length == 0 {
			continue
		}
		if f, ok := w.found[id{r.Queue.DB, r.Queue.Key}]; ok {
			f.seen = now
		}
	}
	for k, f := range w.found {
		if now.Sub(f.seen) > w.options.ForgetAfter {
			delete(w.found, k)
			delete(w.labels, id{k.db, f.queue.Label})
			w.queues = nil
		}
	}
}

// End takes note of a completed walk.
func (w *Watchlist) End(walked Walked) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.walks[walked.DB] = walked
}

// Fail takes note that the latest attempt to walk db did not reach its end.
// What the walk before it found stays known.
func (w *Watchlist) Fail(db int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	walked := w.walks[db]
	walked.DB, walked.Complete = db, false
	w.walks[db] = walked
}

// Status is what there is to say about discovery.
type Status struct {
	Walks     []Walked // by database; Ended is zero before the first completed walk
	Found     int
	MaxQueues int
	Refused   string // why the server does not let us SCAN; empty if it does
}

// Status is the state of discovery now; ok is false when no pattern is
// configured.
func (w *Watchlist) Status() (status Status, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.options.Patterns) == 0 {
		return Status{}, false
	}
	status = Status{Found: len(w.found), MaxQueues: w.options.MaxQueues, Refused: w.refused}
	for _, db := range w.databases() {
		walked := w.walks[db]
		walked.DB = db
		status.Walks = append(status.Walks, walked)
	}
	return status, true
}

// refuse takes note of whether the server lets us SCAN.
func (w *Watchlist) refuse(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused = valkey.Refused(err)
}

// match is a glob for the server that lets through at least what the patterns
// of db match, so that it need not send every key.
func (w *Watchlist) match(db int) string {
	common, first := "", true
	for _, p := range w.options.Patterns {
		switch {
		case p.DB != db:
		case first:
			common, first = literalPrefix(p.Glob), false
		default:
			common = commonPrefix(common, literalPrefix(p.Glob))
		}
	}
	if common == "" {
		return ""
	}
	return escape(common) + "*"
}

// databases are those that patterns name, ascending.
func (w *Watchlist) databases() []int {
	var dbs []int
	for _, p := range w.options.Patterns {
		dbs = append(dbs, p.DB)
	}
	slices.Sort(dbs)
	return slices.Compact(dbs)
}

// label is key as a label value that no other key of the database has.
// Prometheus rejects a whole scrape for one byte that is not UTF-8 and for two
// series with equal labels.
func (w *Watchlist) label(db int, key string) string {
	label := validUTF8(key)
	for n := 2; w.labels[id{db, label}]; n++ {
		label = fmt.Sprintf("%s~%d", validUTF8(key), n)
	}
	w.labels[id{db, label}] = true
	return label
}

// validUTF8 writes each byte that is not UTF-8 as \xNN.
func validUTF8(key string) string {
	if utf8.ValidString(key) {
		return key
	}
	var b strings.Builder
	for rest := key; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, rest[0])
		} else {
			b.WriteString(rest[:size])
		}
		rest = rest[size:]
	}
	return b.String()
}
