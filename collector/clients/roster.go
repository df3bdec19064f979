package clients

import (
	"context"
	"log/slog"
	"math"
	"sync"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/wait"
)

// Options say what a Roster counts.
type Options struct {
	Interval    time.Duration // from one look to the next
	ServerShare float64       // of the server's time that listing may take
	Denied      time.Duration // how long what is refused is left alone
	MaxClients  int           // connected ones above which they are not listed
	SlowShare   float64       // of the limit of a subscriber's buffer above which it is slow
	Own         string        // name of the exporter's connections
	Groups      []Group       // the first that matches has the client
	Channels    []Channel
	Match       func(glob, text string) bool
}

// Channel is one of which the subscribers are counted.
type Channel struct {
	Name  string
	Shard bool // of a cluster
	Min   int  // subscribers that it must have; 0: any number
}

// ChannelReport is how many subscribers a channel has.
type ChannelReport struct {
	Channel

	Subscribers float64
}

// Status is what there is to say. What the latest look did not bring is not there: it
// may be otherwise by now.
type Status struct {
	Listed   time.Time     // when the latest list of clients was complete; zero: never
	Took     time.Duration // that list
	TooMany  bool          // there are more clients than may be listed
	Groups   []GroupReport // as in the configuration, then Other and Exporter; nil: not known
	Buffers  []Buffers     // nil: not known
	Slow     float64       // slow subscribers; NaN: not known
	Channels []ChannelReport

	Unavailable []valkey.Unavailable
}

// Roster looks at the clients of a server now and then. Run is for one goroutine,
// Status for any.
type Roster struct {
	options Options
	lister  *valkey.Lister
	now     func() time.Time
	log     *slog.Logger
	pause   func(context.Context, time.Duration) bool

	failing valkey.Kind // why the latest look failed, to log a change only
	crowded bool        // there were too many clients, and that was logged

	mu     sync.Mutex
	status Status
}

// NewRoster asks lister; now is the clock.
func NewRoster(o Options, lister *valkey.Lister, now func() time.Time, log *slog.Logger) *Roster {
	return &Roster{options: o, lister: lister, now: now, log: log, pause: wait.For, status: nothing(Status{}, nil)}
}

// Status is the state now.
func (r *Roster) Status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

// Run looks until ctx ends.
func (r *Roster) Run(ctx context.Context) {
	for ctx.Err() == nil {
		begun := r.now()
		err := r.Look(ctx)
		if ctx.Err() != nil {
			return
		}
		r.report(err)
		r.pause(ctx, r.rest(r.now().Sub(begun)))
	}
}

// rest is the pause after a look that took so long: the list must not take more of
// the server's time than its share, seen from outside, which is rather too much.
func (r *Roster) rest(took time.Duration) time.Duration {
	share := r.options.ServerShare
	return max(r.options.Interval-took, time.Duration(float64(r.Status().Took)*(1-share)/share))
}

// Look looks once. If it fails, nothing is known.
func (r *Roster) Look(ctx context.Context) error {
	next, err := r.look(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		next = nothing(r.status, r.lister.Unavailable())
	}
	r.status = next
	return err
}

// nothing is known but when something was.
func nothing(before Status, refused []valkey.Unavailable) Status {
	return Status{Listed: before.Listed, Took: before.Took, Slow: math.NaN(), Unavailable: refused}
}

func (r *Roster) look(ctx context.Context) (Status, error) {
	audience, err := r.lister.Ask(ctx, r.channels(), r.options.Denied)
	if err != nil {
		return Status{}, err
	}
	next := nothing(r.Status(), nil)
	for _, c := range r.options.Channels {
		if n, told := audience.Subscribers[c.Name]; told {
			next.Channels = append(next.Channels, ChannelReport{c, n})
		}
	}
	next.TooMany = audience.Connected > float64(r.options.MaxClients)
	// How many there are must be known: nobody wants to find that out by the list.
	if !next.TooMany && !math.IsNaN(audience.Connected) {
		t := newTally(&r.options, audience.PubSubLimit)
		listed, took, err := r.lister.List(ctx, t.meet)
		if err != nil {
			return Status{}, err
		}
		if listed {
			next.Listed, next.Took = r.now(), took
			next.Groups, next.Buffers, next.Slow = t.groups, t.buffers[:], t.slowSubscribers()
		}
	}
	next.Unavailable = r.lister.Unavailable()
	return next, nil
}

func (r *Roster) channels() valkey.Channels {
	var all valkey.Channels
	for _, c := range r.options.Channels {
		if c.Shard {
			all.Shard = append(all.Shard, c.Name)
		} else {
			all.Plain = append(all.Plain, c.Name)
		}
	}
	return all
}

// report logs what is new about a look. That the server is away, the scrapes say.
func (r *Roster) report(err error) {
	if kind := valkey.KindOf(err); kind != r.failing {
		r.failing = kind
		if err != nil {
			r.log.Debug("looking at the clients failed", "reason", kind, "err", err)
		}
	}
	crowded := r.Status().TooMany
	if crowded && !r.crowded {
		r.log.Warn("more clients are connected than clients.max_clients allows; they are not listed",
			"max_clients", r.options.MaxClients)
	}
	r.crowded = crowded
}
