package mockapp

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

// Trouble is one way in which the application can misbehave.
type Trouble int

// The troubles; Describe says what each does and what an operator should see.
const (
	StalledWorkers Trouble = iota
	SlowWorkers
	CrashingWorkers
	PoisonJobs
	Flood
	LIFOStarvation
	ClockSkew
	ColdCache
	OversizedValues
	MissingTTL
	StuckLock
	DeafSubscribers
	troubles // how many
)

// Description explains a trouble to the person who turns it on.
type Description struct{ Name, Does, Shows string }

// Describe returns the trouble's entry in the table that --help and the documentation are checked against.
func (t Trouble) Describe() Description { return descriptions[t] }

var descriptions = [troubles]Description{
	StalledWorkers: {
		"stalled-workers",
		"Workers take one more job each and hang on it.",
		"Queues grow and nothing leaves them (redis_queue_stalled_seconds), the oldest job ages, processing sets stay at one and age (redis_queue_processing_oldest_age_seconds), no blocked clients.",
	},
	SlowWorkers: {
		"slow-workers",
		"Jobs take so long that the workers manage half of what is produced.",
		"queue:low grows, then queue:medium, while jobs still complete; no blocked clients.",
	},
	CrashingWorkers: {
		"crashing-workers",
		"Every third job is abandoned half-way: its id stays in queue:processing:worker{n}, its entry in queue:processing. At most 500 per worker.",
		"Processing sets and the processing list grow, and what is in them ages (redis_queue_processing_oldest_age_seconds); after healing they empty.",
	},
	PoisonJobs: {
		"poison-jobs",
		"Half of the new jobs cannot be processed, and nobody drains the dead letters. At most 5,000 are kept.",
		"queue:dead-letter passes 100 and keeps growing, within a minute at rate 1, and redis_queue_dead_letters_sampled says of what; the work queues stay short.",
	},
	Flood: {
		"flood",
		"1,000 jobs a second (times --rate) arrive on queue:high. A queue is never filled beyond 50,000 jobs.",
		"queue:high passes 1,000 within seconds, queue:medium and queue:low starve behind it, memory rises by some 7 MB.",
	},
	LIFOStarvation: {
		"lifo-starvation",
		"Workers pop the newest job first, have no time to spare, and queue:medium never falls below 200 jobs.",
		"The oldest job of queue:medium ages second by second although its length is steady and jobs complete, and redis_queue_order_info says lifo; queue:low grows.",
	},
	ClockSkew: {
		"clock-skew",
		"Producers' clocks are an hour fast.",
		"Jobs carry timestamps in the future: a naive age is negative. redis_queue_timestamp_failures_total counts them, of those that wait long enough to be seen.",
	},
	ColdCache: {
		"cold-cache",
		"An over-eager invalidation deletes user, page and API entries just before they are read.",
		"The hit rate falls below 0.5 within seconds; misses, DEL and SET rise; memory does not.",
	},
	OversizedValues: {
		"oversized-values",
		"Cached values grow from some hundred bytes to 256 KiB.",
		"Memory rises by some 25 MB, network output by megabytes a second, the largest key of user:* and api:* jumps.",
	},
	MissingTTL: {
		"missing-ttl",
		"Sessions and user entries are written without an expiry.",
		"Keys with an expiry fall as a share of all keys; session:* and user:* keys have no TTL (redis_class_keys_without_ttl).",
	},
	StuckLock: {
		"stuck-lock",
		"lock:database:migration is taken without an expiry and never released.",
		"That lock exists for good, without a TTL (redis_class_stuck_locks); nobody else gets it.",
	},
	DeafSubscribers: {
		"deaf-subscribers",
		"Subscribers connect anew and forget to subscribe.",
		"Events and metrics are published and nobody hears them (redis_pubsub_channel_subscribers is 0), while as many clients are connected as before.",
	},
}

// String is the name used on the command line.
func (t Trouble) String() string { return t.Describe().Name }

// MarshalText makes logs and JSON show the name.
func (t Trouble) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// AllTroubles lists them in the order of the documentation.
func AllTroubles() []Trouble {
	all := make([]Trouble, troubles)
	for i := range all {
		all[i] = Trouble(i)
	}
	return all
}

// ParseTroubles reads names separated by commas or white space. Every unknown name is reported, with the valid ones.
func ParseTroubles(text string) ([]Trouble, error) {
	var known []Trouble
	var unknown []error
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' }) {
		t := slices.IndexFunc(AllTroubles(), func(t Trouble) bool { return t.String() == name })
		if t < 0 {
			unknown = append(unknown, fmt.Errorf("unknown trouble %q", name))
			continue
		}
		known = append(known, Trouble(t))
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("%w (valid: %s)", errors.Join(unknown...), names(AllTroubles()))
	}
	return known, nil
}

func names(list []Trouble) string {
	text := make([]string, len(list))
	for i, t := range list {
		text[i] = t.String()
	}
	return strings.Join(text, ", ")
}

// Switches hold which troubles are on. A trouble is on when either hand turned it on: the program's (flags, On, Off)
// or the trouble file's. Safe for concurrent use.
type Switches struct {
	log    *slog.Logger
	mu     sync.RWMutex
	byHand [troubles]bool
	byFile [troubles]bool
}

func newSwitches(log *slog.Logger) *Switches { return &Switches{log: log} }

// Has reports whether the trouble is on.
func (s *Switches) Has(t Trouble) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byHand[t] || s.byFile[t]
}

// Active lists the troubles that are on.
func (s *Switches) Active() []Trouble {
	return slices.DeleteFunc(AllTroubles(), func(t Trouble) bool { return !s.Has(t) })
}

// On turns troubles on.
func (s *Switches) On(list ...Trouble) { s.set(true, list) }

// Off turns troubles off, except those the trouble file asks for.
func (s *Switches) Off(list ...Trouble) { s.set(false, list) }

func (s *Switches) set(on bool, list []Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range list {
		s.byHand[t] = on
	}
}
