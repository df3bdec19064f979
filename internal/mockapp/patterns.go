package mockapp

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// row is one line of the table of patterns.
type row struct {
	name      string
	perSecond float64 // steps per second at rate 1; 0 for those that wait for the server instead
	pattern   pattern
}

// pattern is one usage pattern of the specification.
type pattern interface {
	// step does it once. It may end early, with any error, when ctx is done.
	step(ctx context.Context) error
	// keys lists what it may have written, for the clean-up.
	keys() []string
}

// warmer is a pattern that wants to be prepared before the first step of any pattern.
type warmer interface {
	warm(ctx context.Context) error
}

// allPatterns is the table of contents. About 100 commands a second in all at rate 1, of which 35 are look-ups.
func (a *App) allPatterns(server *redis.Options) []row {
	queues := newQueues(a.backend, a.options.Log)
	letters := &deadLetters{kit: a.kit("dead letters")}
	rows := []row{
		{"user cache", 12, newUsers(a.kit("user cache"))},
		{"page cache", 3, newPages(a.kit("page cache"))},
		{"api cache", 6, newAPI(a.kit("api cache"))},
		{"pattern deletion", 0.02, &patternDeletion{a.kit("pattern deletion")}},
		{"sessions", 8, newSessions(a.kit("sessions"))},
		{"producer", jobsPerSecond, &producer{a.kit("producer"), queues}},
		{"flood", 10, &flood{a.kit("flood"), queues}},
		{"reliable queue", reliablePerSecond, &reliable{kit: a.kit("reliable queue")}},
		{"dead letters", 0.05, letters},
		{"api limit", 5, &slidingLimit{a.kit("api limit")}},
		{"action limit", 2, &counterLimit{a.kit("action limit")}},
		{"rankings", 2, &rankings{a.kit("rankings")}},
		{"locks", locksPerSecond, &locks{kit: a.kit("locks")}},
		{"publisher", 3, &publisher{a.kit("publisher")}},
		{"event subscriber", 0, newSubscriber(a.switches, server, "events")},
		{"metrics subscriber", 0, newSubscriber(a.switches, server, "metrics")},
	}
	for n := range a.options.Workers {
		w := newWorker(a.kit(workerName(n+1)), n+1, server, queues, letters)
		a.lines = append(a.lines, w.line)
		rows = append(rows, row{workerName(n + 1), 0, w})
	}
	return rows
}

// kit is what every pattern is given. The random numbers are its own: patterns run side by side, and a shared source
// would make the choices of each depend on the timing of all.
func (a *App) kit(name string) kit {
	return kit{db: a.backend, trouble: a.switches, dice: newDice(a.options.Seed, name), options: a.options}
}

type kit struct {
	db      *redis.Client
	trouble *Switches
	dice    dice
	options Options
}
