package queue

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"valkey-exporter/collector/valkey"
)

// Options say what is a queue.
type Options struct {
	Fixed       []*valkey.Queue // watched whether they exist or not
	Patterns    []Pattern       // the first that matches decides the role
	MaxQueues   int             // how many queues the patterns may add
	ForgetAfter time.Duration   // how long a found queue is kept that stays empty
}

// Watchlist is the set of queues to observe. All methods may be called at any
// time by anyone.
type Watchlist struct {
	options  Options
	patterns patterns

	mu     sync.Mutex
	fixed  map[id]*valkey.Queue
	found  map[id]*found
	queues []*valkey.Queue // all, sorted; nil when it must be made anew
	walks  map[int]Walked

	refused string // why SCAN is not asked for the time being, empty if it is
}

// id is a key of a database.
type id struct {
	db  int
	key string
}

func idOf(q *valkey.Queue) id { return id{q.DB, q.Key} }

// found is a queue that a pattern found. It exists as long as it has entries.
type found struct {
	queue *valkey.Queue
	seen  time.Time // when it was last known to exist
	empty time.Time // since when it is known not to, zero as long as it exists
}

// NewWatchlist starts with the fixed queues only.
func NewWatchlist(o Options) *Watchlist {
	w := &Watchlist{
		options: o, patterns: o.Patterns,
		fixed: make(map[id]*valkey.Queue), found: make(map[id]*found), walks: make(map[int]Walked),
	}
	for _, q := range o.Fixed {
		q.Named = true
		w.fixed[idOf(q)] = q
	}
	return w
}

// Queues are all queues to observe, by database and the fixed ones first. The
// slice is never changed after it was handed out.
func (w *Watchlist) Queues() []*valkey.Queue {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.queues == nil {
		w.queues = w.sorted()
	}
	return w.queues
}

// sorted makes the list anew: the fixed queues as configured, the found ones
// by key.
func (w *Watchlist) sorted() []*valkey.Queue {
	queues := make([]*valkey.Queue, 0, len(w.options.Fixed)+len(w.found))
	for _, q := range w.options.Fixed {
		queues = append(queues, w.fixed[idOf(q)])
	}
	for _, f := range w.found {
		queues = append(queues, f.queue)
	}
	slices.SortFunc(queues[len(w.options.Fixed):], func(a, b *valkey.Queue) int { return strings.Compare(a.Key, b.Key) })
	slices.SortStableFunc(queues, func(a, b *valkey.Queue) int { return cmp.Compare(a.DB, b.DB) })
	return queues
}

// Find takes note of keys that a walk of database db met, and returns how many
// of them are queues for which there is no room.
func (w *Watchlist) Find(db int, keys []string, now time.Time) (turnedAway int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, key := range keys {
		k := id{db, key}
		if f, ok := w.found[k]; ok {
			f.exists(now)
			continue
		}
		role, ok := w.patterns.role(db, key)
		if !ok || w.fixed[k] != nil {
			continue
		}
		if len(w.found) >= w.options.MaxQueues {
			turnedAway++
			continue
		}
		w.add(&found{queue: valkey.NewQueue(db, key, role), seen: now})
	}
	return turnedAway
}

func (w *Watchlist) add(f *found) {
	w.found[idOf(f.queue)] = f
	w.queues = nil
}

// Observe takes note of a scrape's readings. A queue that gave none, because
// the server is down or refuses it, is neither empty nor not.
func (w *Watchlist) Observe(readings []valkey.Reading, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.found) == 0 {
		return
	}
	for _, r := range readings {
		k := idOf(r.Queue)
		f, ok := w.found[k]
		switch {
		case !ok || r.Reason != "":
		case r.Length > 0:
			f.exists(now)
		default:
			w.empty(k, f, now)
		}
	}
}

func (f *found) exists(now time.Time) {
	if now.After(f.seen) {
		f.seen = now
	}
	f.empty = time.Time{}
}

// empty takes note that a found queue is empty, and forgets it when it has
// been so for long enough.
func (w *Watchlist) empty(k id, f *found, now time.Time) {
	if f.empty.IsZero() {
		f.empty = now
	}
	if now.Sub(f.empty) >= w.options.ForgetAfter {
		delete(w.found, k)
		w.queues = nil
	}
}
