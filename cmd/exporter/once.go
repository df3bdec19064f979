package main

import (
	"context"
	"sync/atomic"
	"time"

	"valkey-exporter/collector/queue"
)

// once makes an exporter walk over the keys one time, and tells how far it is. A nil
// once leaves it as it is.
type once struct {
	maxShare float64 // of the server's time that the walk may take; 0: as configured

	met   atomic.Int64 // keys so far, some perhaps twice
	asked atomic.Int64 // commands about single keys so far
	done  chan struct{}
	err   error // of the walk, when it is done
}

// commands are those that the walk has sent, but for the few that name many keys.
func (o *once) commands() float64 { return float64(o.asked.Load()) }

func newOnce(maxShare float64) *once { return &once{maxShare: maxShare, done: make(chan struct{})} }

// share is the part of the server's time that the walk may take.
func (o *once) share(configured float64) float64 {
	if o == nil || o.maxShare == 0 {
		return configured
	}
	return o.maxShare
}

// walking is the loop that walks over the keys.
func (o *once) walking(d *queue.Discoverer) func(context.Context) {
	if o == nil {
		return d.Run
	}
	return func(ctx context.Context) {
		if err := d.Once(ctx); ctx.Err() == nil { // else it was cut off
			o.err = err
			close(o.done)
		}
	}
}

// counting is a census that counts the keys it is told of.
func (o *once) counting(c queue.Census) queue.Census {
	if o == nil {
		return c
	}
	return progress{c, o}
}

type progress struct {
	queue.Census
	once *once
}

// Begin counts the commands from then on.
func (p progress) Begin(db int, keys float64, asked func(ctx context.Context, commands int, took time.Duration)) {
	p.Census.Begin(db, keys, func(ctx context.Context, commands int, took time.Duration) {
		p.once.asked.Add(int64(commands))
		asked(ctx, commands, took)
	})
}

// Meet counts the keys.
func (p progress) Meet(ctx context.Context, keys []string) error {
	p.once.met.Add(int64(len(keys)))
	return p.Census.Meet(ctx, keys)
}
