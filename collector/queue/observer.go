package queue

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/wait"
)

const (
	// lookTimeout bounds one look. A scrape may have to wait for it.
	lookTimeout = 2 * time.Second
	// mostQuestions is how many queues one look asks about: the server works for
	// a few milliseconds, and other clients have their turn in between.
	mostQuestions = 250
)

// Closeness bounds how closely queues are looked at.
type Closeness struct {
	Interval  time.Duration // from the start of one round to the start of the next
	MaxQueues int           // how many queues are looked at; those named come first
	Share     float64       // of the server's time that looks may take, e.g. 0.005
	Denied    time.Duration // how long what the server refuses is left alone
}

// Observer is the loop that looks at the queues of a Watchlist between
// scrapes and tells a health.Tracker what it saw.
type Observer struct {
	list    *Watchlist
	tracker *health.Tracker
	looker  *valkey.Looker
	hearing *valkey.Listener // nil if nobody wants to listen
	limits  Closeness
	log     *slog.Logger
	pause   func(context.Context, time.Duration) bool
	now     func() time.Time

	works   []time.Duration // of the server for the latest looks, at most trial
	failing valkey.Kind     // why the latest look failed, to log a change only
	warned  bool

	mu    sync.Mutex
	stats Looks
}

// Looks sums up what the loop has done.
type Looks struct {
	Count      uint64        // looks that were answered
	Took       time.Duration // all of them together
	Failures   float64
	ServerTime time.Duration // that the server worked for them, by its own count
	Last       time.Time     // when the latest round over all queues ended; zero before the first
	Observed   int           // queues that are looked at
	Unobserved int           // queues beyond Closeness.MaxQueues
}

// NewObserver prepares the loop; before is what the loop had done that it
// replaces.
func NewObserver(list *Watchlist, tracker *health.Tracker, looker *valkey.Looker, c Closeness, before Looks, log *slog.Logger) *Observer {
	return &Observer{list: list, tracker: tracker, looker: looker, limits: c, stats: before, log: log, pause: wait.For, now: time.Now}
}

// Hear makes the looks use what a Listener hears between them. It comes before
// Run.
func (o *Observer) Hear(l *valkey.Listener) { o.hearing = l }

// Stats are the sums so far.
func (o *Observer) Stats() Looks {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stats
}

// Run looks until ctx ends.
func (o *Observer) Run(ctx context.Context) {
	for ctx.Err() == nil {
		start := time.Now()
		o.round(ctx)
		o.pause(ctx, max(o.limits.Interval-time.Since(start), 0))
	}
}

// round looks once at each queue. A look that fails ends it: the next ones
// would fail too.
func (o *Observer) round(ctx context.Context) {
	queues, unobserved := closest(o.list.Queues(), o.limits.MaxQueues)
	o.tracker.Forget(queues)
	o.reach(len(queues), unobserved)
	if o.hearing != nil {
		o.hearing.Follow(o.tracker.MayBeLists(queues))
	}
	for batch := range slices.Chunk(queues, mostQuestions) {
		if ctx.Err() != nil {
			return
		}
		look := o.look(ctx, batch)
		if look.Err != nil && ctx.Err() != nil {
			return // which says nothing about the server
		}
		o.report(look.Err)
		if look.Err != nil {
			return
		}
		o.pause(ctx, o.payFor(look))
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stats.Last = o.now()
}

// reach takes note of how many queues are looked at.
func (o *Observer) reach(observed, unobserved int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stats.Observed, o.stats.Unobserved = observed, unobserved
}

func (o *Observer) look(ctx context.Context, queues []*valkey.Queue) valkey.Look {
	limited, cancel := valkey.Outlasting(ctx, lookTimeout)
	defer cancel()
	before := o.mark(limited, queues)
	look := o.looker.Look(limited, o.tracker.Questions(queues, o.now()), o.limits.Denied)
	if before != nil && look.Err == nil {
		heard(look.Sights, before, o.mark(limited, queues))
	}
	o.tracker.Looked(look)
	if look.Err != nil && ctx.Err() != nil {
		return look
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if look.Err != nil {
		o.stats.Failures++
		return look
	}
	o.stats.Count++
	o.stats.Took += look.Took
	o.stats.ServerTime += serverTime(look)
	return look
}

// report logs when looks begin to fail, fail for another reason, or work
// again. That the server cannot be reached is for debugging only: the scrapes
// say so already.
func (o *Observer) report(err error) {
	kind := valkey.KindOf(err)
	if kind == o.failing {
		return
	}
	o.failing = kind
	switch {
	case err == nil && o.warned:
		o.warned = false
		o.log.Info("looking into queues works again")
	case err == nil:
	case valkey.Refused(err) != "":
		o.warned = true
		o.log.Warn("looking into queues failed; their lengths are still read", kind.WithHint("reason", kind, "err", err)...)
	default:
		o.log.Debug("looking into queues failed", "reason", kind, "err", err)
	}
}

// closest are the queues to look at when there are too many: those that the
// configuration names, then the found ones, in their order. The result is sorted
// by database, as looks need it.
func closest(queues []*valkey.Queue, most int) (chosen []*valkey.Queue, left int) {
	if len(queues) <= most {
		return queues, 0
	}
	chosen = slices.Clone(queues)
	slices.SortStableFunc(chosen, func(a, b *valkey.Queue) int { return cmp.Compare(rank(a), rank(b)) })
	chosen = chosen[:most]
	slices.SortStableFunc(chosen, func(a, b *valkey.Queue) int { return cmp.Compare(a.DB, b.DB) })
	return chosen, len(queues) - most
}

func rank(q *valkey.Queue) int {
	if q.Named {
		return 0
	}
	return 1
}

// lookCommands are what a look is made of.
var lookCommands = []string{"eval_ro", "evalsha_ro", "info"}

// serverTime is how long the server worked for a look, by its own statistics
// on either side of it. Another client that runs scripts at this moment is
// counted too; 0 when the server does not tell.
func serverTime(look valkey.Look) time.Duration {
	micros := 0.0
	for _, name := range lookCommands {
		micros += micro(look.After, name) - micro(look.Before, name)
	}
	return time.Duration(max(micros, 0) * float64(time.Microsecond))
}

// micro is the server time of a command in microseconds, 0 before its first
// call.
func micro(info valkey.Info, command string) float64 {
	i, ok := slices.BinarySearchFunc(info.Commands, command, func(c valkey.Command, name string) int { return cmp.Compare(c.Name, name) })
	if !ok {
		return 0
	}
	return info.Commands[i].Micros
}

// payFor is the pause after a look, so that looks take no more than their
// share of the server's time. The typical one of the latest looks counts: one
// message of megabytes must not keep all queues waiting. Where the server does
// not tell how long it worked, the whole round trip counts.
func (o *Observer) payFor(look valkey.Look) time.Duration {
	work := serverTime(look)
	if work == 0 {
		work = look.Took
	}
	o.works = append(o.works, work)
	if len(o.works) > trial {
		o.works = o.works[1:]
	}
	sorted := slices.Sorted(slices.Values(o.works))
	typical := min(sorted[(len(sorted)-1)/2], mostWork)
	return time.Duration(float64(typical) * (1 - o.limits.Share) / o.limits.Share)
}
