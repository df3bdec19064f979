// Package mockapp is the mock infrastructure: it plays every usage pattern of the service's specification (caches,
// sessions, queues, rate limits, pub/sub, rankings, locks) against a real Valkey or Redis server at a small steady
// rate, and can be told to misbehave in named ways. It is what `make run` shows, and what tests and benchmarks start
// in-process:
//
//	a, err := mockapp.New(&redis.Options{Addr: addr}, mockapp.Options{Rate: 10})
//	...
//	go a.Run(ctx)                       // returns soon after ctx is done, with no goroutine left
//	a.Switches().On(mockapp.StalledWorkers) // at any time
package mockapp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// App is a running, or not yet running, mock application. It owns its connections; Run closes them.
type App struct {
	options  Options
	switches *Switches
	link     *link
	backend  *redis.Client
	lines    []*line
	patterns []row
}

// New prepares the application; nothing is asked of the server before Run. Of server only what identifies it is used
// (address, credentials, TLS): the application sizes its own pools. The client.Options() of a go-redis client will do.
func New(server *redis.Options, o Options) (*App, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	a := &App{options: o, switches: newSwitches(o.Log), backend: redis.NewClient(connection(server, "mockapp-backend"))}
	a.switches.On(o.Troubles...)
	a.link = newLink(a.backend, o.Log)
	a.patterns = a.allPatterns(server)
	return a, nil
}

// Switches are the application's troubles, to be turned on and off while it runs.
func (a *App) Switches() *Switches { return a.switches }

// Run plays until ctx is done and returns nil then. It waits for a server that is not there yet, and survives one
// that goes away. Jobs in hand when it stops go back to their queue. An App runs once.
func (a *App) Run(ctx context.Context) error {
	defer a.close()
	ctx, cancel := withoutDeadline(ctx)
	defer cancel()
	if !a.warm(ctx) {
		return nil
	}
	a.options.Log.InfoContext(ctx, "playing", "rate", a.options.Rate, "workers", a.options.Workers, "consume", a.options.Consume,
		"seed", a.options.Seed, "trouble", a.switches.Active())
	a.play(ctx)
	a.options.Log.InfoContext(ctx, "stopped")
	if a.options.Cleanup {
		return a.cleanup(context.WithoutCancel(ctx))
	}
	return nil
}

// withoutDeadline keeps the cancellation and drops the deadline: go-redis would turn it into a read timeout of a
// blocked BLPOP, and a job that arrives in that instant would be lost.
func withoutDeadline(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, cancel)
	return ctx, func() { stop(); cancel() }
}

// play runs every pattern in a goroutine of its own and returns when the last has ended.
func (a *App) play(ctx context.Context) {
	var loops sync.WaitGroup
	for _, r := range a.patterns {
		loops.Go(func() { a.repeat(ctx, r) })
	}
	if a.options.TroubleFile != "" {
		loops.Go(func() { a.switches.follow(ctx, a.options.TroubleFile) })
	}
	ended := make(chan struct{})
	go func() { loops.Wait(); close(ended) }()
	<-ctx.Done()
	a.release(ended)
}

// repeat is the one loop of the application: wait for the turn, wait for the server, take a step.
func (a *App) repeat(ctx context.Context, r row) {
	turn := newPace(r.perSecond * a.options.Rate)
	for turn.wait(ctx) && a.link.wait(ctx) {
		began := time.Now()
		if err := r.pattern.step(ctx); err != nil && ctx.Err() == nil {
			a.link.failed(ctx, r.name, began, err)
		}
	}
}

// warm fills what is cached before the first reader comes, so that the hit ratio of the first minute is the steady
// one. It reports whether there is still a reason to play.
func (a *App) warm(ctx context.Context) bool {
	for _, r := range a.patterns {
		w, ok := r.pattern.(warmer)
		for ok && a.link.wait(ctx) {
			began := time.Now()
			if err := w.warm(ctx); err == nil {
				break
			} else if ctx.Err() == nil {
				a.link.failed(ctx, r.name, began, err)
			}
		}
	}
	return ctx.Err() == nil
}

// release gets the consumers out of their BLPOP. The server is asked to let them go, again and again since one may
// just be about to block; when it does not answer, their connections are closed.
func (a *App) release(ended <-chan struct{}) {
	const grace, again = time.Second, 20 * time.Millisecond
	force := time.After(grace)
	for {
		a.unblock(ended)
		select {
		case <-ended:
			return
		case <-force:
			a.closeLines()
		case <-time.After(again):
		}
	}
}

func (a *App) unblock(ended <-chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	for _, l := range a.lines {
		select {
		case <-ended:
			return
		default:
			l.unblock(ctx, a.backend)
		}
	}
}

func (a *App) closeLines() {
	for _, l := range a.lines {
		_ = l.db.Close()
	}
}

func (a *App) close() {
	a.closeLines()
	_ = a.backend.Close()
}

// cleanup deletes every key the application may have written.
func (a *App) cleanup(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var all []error
	for _, r := range a.patterns {
		if keys := r.pattern.keys(); len(keys) > 0 {
			all = append(all, a.backend.Unlink(ctx, keys...).Err())
		}
	}
	if err := errors.Join(all...); err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	return nil
}
