package health

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"valkey-exporter/collector/queue/payload"
	"valkey-exporter/collector/valkey"
)

// The roles of queues that are treated in a way of their own.
const (
	roleWork       = "work"
	roleProcessing = "processing"
	roleDeadLetter = "dead_letter"
)

// Settings are what the configuration says about one queue.
type Settings struct {
	MaxAge    time.Duration // the oldest message is to be younger than this; 0: no target
	Timestamp payload.Path  // where the messages have their timestamp
	Error     payload.Path  // where dead letters have the reason of their death
	ByScore   bool          // the score of a sorted set is a timestamp
	Worker    string        // whose messages in progress these are; empty: not known
}

// Options are what the configuration says about all queues.
type Options struct {
	// Settings is asked once for each queue. It must not call the Tracker.
	Settings    func(*valkey.Queue) Settings
	Interval    time.Duration // between two looks
	MaxBytes    int           // that the messages of one queue may take in a look
	DeadLetters int           // how many are sampled for their reasons; 0: none
}

// Tracker follows all observed queues. All methods may be called at any time
// by anyone.
type Tracker struct {
	mu       sync.Mutex
	options  Options
	settings map[settingsKey]*Settings // in use: most queues have the same
	queues   map[id]*watched
	sorted   []*watched // nil when it must be made anew
	round    uint32     // of Forget
	looking  bool       // questions were made that are not answered yet

	facts  *facts                    // of the last look; nil before the first
	bulk   map[valkey.Type]time.Time // when it was last seen that one call takes many messages
	causes [causeCount]float64
}

// id is a key of a database.
type id struct {
	db  int
	key string
}

// New knows no queue yet.
func New(o Options) *Tracker {
	return &Tracker{
		options: o, settings: make(map[settingsKey]*Settings),
		queues: make(map[id]*watched), bulk: make(map[valkey.Type]time.Time),
	}
}

// Reconfigure changes the settings and keeps all that was observed.
func (t *Tracker) Reconfigure(o Options) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.options = o
	clear(t.settings)
	for _, w := range t.queues {
		w.settings = t.settingsOf(w.queue)
	}
}

// settingsKey tells settings apart.
type settingsKey struct {
	maxAge           time.Duration
	timestamp, error string
	byScore          bool
}

// settingsOf are the settings of a queue, shared with those that have the same.
// Workers come and go, and have none in common.
func (t *Tracker) settingsOf(q *valkey.Queue) *Settings {
	s := t.options.Settings(q)
	if s.Worker != "" {
		return &s
	}
	k := settingsKey{s.MaxAge, s.Timestamp.String(), s.Error.String(), s.ByScore}
	if t.settings[k] == nil {
		t.settings[k] = &s
	}
	return t.settings[k]
}

// Forget drops all queues but these.
func (t *Tracker) Forget(keep []*valkey.Queue) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.round++
	for _, q := range keep {
		if w := t.queues[id{q.DB, q.Key}]; w != nil {
			w.kept = t.round
		}
	}
	for k, w := range t.queues {
		if w.kept != t.round {
			delete(t.queues, k)
			t.sorted = nil
		}
	}
}

// watch is what is known of a queue, which may be nothing yet.
func (t *Tracker) watch(q *valkey.Queue) *watched {
	k := id{q.DB, q.Key}
	w := t.queues[k]
	switch {
	case w == nil:
		w = &watched{queue: q, settings: t.settingsOf(q), ttl: valkey.None, idle: valkey.None, offset: valkey.NotSent}
		w.startRole()
		t.queues[k] = w
		t.sorted = nil
	case w.queue == q:
	case w.queue.Role != q.Role:
		w.queue, w.settings = q, t.settingsOf(q)
		w.startRole()
	default:
		w.queue = q
	}
	return w
}

// all are the queues by database and key.
func (t *Tracker) all() []*watched {
	if t.sorted == nil {
		t.sorted = make([]*watched, 0, len(t.queues))
		for _, w := range t.queues {
			t.sorted = append(t.sorted, w)
		}
		slices.SortFunc(t.sorted, func(a, b *watched) int {
			return cmp.Or(cmp.Compare(a.queue.DB, b.queue.DB), strings.Compare(a.queue.Key, b.queue.Key))
		})
	}
	return t.sorted
}

// patience is how long what a look showed may be told: if the server does not
// answer, nobody knows how its queues are.
func (o Options) patience() time.Duration { return max(3*o.Interval, 30*time.Second) }
