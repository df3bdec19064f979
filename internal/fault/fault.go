//go:build unix

// Package fault breaks a running stack in the ways in which caches and job queues
// break in life, and mends it again. Each fault says which alerts it must lead to,
// and within which time.
package fault

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/internal/stack"
)

// Fault is a way to break a service.
type Fault struct {
	Name string
	Does string // what is broken, as a sentence

	Wants []Want       // alerts that somebody must be told of
	Also  []alert.Name // alerts of what follows from the fault, which may be told as well
	Muted []alert.Name // alerts that fire too and must be muted by one of Wants

	Replica bool          // the service needs one
	Alone   bool          // the service must be the only one of its job
	Uptime  time.Duration // the server must be up so long before, because the rule wants it
	Takes   time.Duration // until the fault has done its worst, at whatever pace
	Short   bool          // part of the short proof, which goes with every change

	// Break does it. What is running on the side afterwards ends with heal.
	Break func(context.Context, Place) (heal Heal, err error)
}

// Want is an alert that must arrive. Times are those of life; at a faster pace
// they are divided.
type Want struct {
	Alert    alert.Name
	Severity config.Severity
	Queue    string // label queue; empty: any
	Replica  bool   // the instance is the replica

	Within   time.Duration // from the fault until it arrives
	Resolved time.Duration // from the healing until Alertmanager says that it is over
	Nobody   bool          // it must fire, and nobody may be told
}

// Heal mends what was broken.
type Heal func(context.Context) error

// Place is where a fault happens.
type Place struct {
	Stack   *stack.Stack
	Service *stack.Service
}

// Faults are all faults, in the order of what breaks.
func Faults() []Fault {
	return slices.Concat(memoryFaults, cacheFaults, workerFaults, jobFaults, clientFaults, groupFaults, latencyFaults, durabilityFaults, configFaults, availabilityFaults, watchFaults)
}

// Named is the fault of a name.
func Named(name string) (Fault, bool) {
	all := Faults()
	i := slices.IndexFunc(all, func(f Fault) bool { return f.Name == name })
	if i < 0 {
		return Fault{}, false
	}
	return all[i], true
}

// Lasts is how long it takes at most until the fault is healed and told to be over.
func (f Fault) Lasts() time.Duration {
	var detected, over time.Duration
	for _, w := range f.Wants {
		detected, over = max(detected, w.Within), max(over, w.Resolved)
	}
	return f.Uptime + detected + over
}

// How long Alertmanager waits before it says that an alert is over, at most.
const told = 5 * time.Minute

// trouble is a fault of the application.
func trouble(name string) func(context.Context, Place) (Heal, error) {
	return func(_ context.Context, p Place) (Heal, error) {
		return func(context.Context) error { return p.Service.Relieve(name) }, p.Service.Trouble(name)
	}
}

// again repeats something until the healing. The first time is at once, and its
// error is that of the fault.
func again(ctx context.Context, every time.Duration, do func(context.Context) error) (Heal, error) {
	if err := do(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(every):
				_ = do(ctx) // the server may be away for a moment; the next time will tell
			}
		}
	}()
	return func(context.Context) error {
		cancel()
		<-done
		return nil
	}, nil
}

// work is what is done to a server.
type work func(context.Context, *redis.Client) error

// keepDoing does something to the primary again and again until the healing, and then
// something else.
func keepDoing(ctx context.Context, p Place, every time.Duration, do, after work) (Heal, error) {
	db := p.Service.Primary.Client()
	end, err := again(ctx, every, func(ctx context.Context) error { return do(ctx, db) })
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return func(ctx context.Context) error {
		defer db.Close()
		return errors.Join(end(ctx), after(ctx, db))
	}, nil
}

// nothing is left to do.
func nothing(context.Context, *redis.Client) error { return nil }
