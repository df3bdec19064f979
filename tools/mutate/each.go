package main

import (
	"context"
	"sync"
)

// each does the work on all items, some at a time, and stops at the first error.
func each[T any](ctx context.Context, jobs int, items []T, work func(context.Context, T) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan T)
	var workers sync.WaitGroup
	for range jobs {
		workers.Go(func() {
			for item := range queue {
				if err := work(ctx, item); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	for _, item := range items {
		select {
		case queue <- item:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}

// counter says how far the work is, for the person who waits.
type counter struct {
	mutex     sync.Mutex
	all, done int
}

func (c *counter) add() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.done++; c.done%100 == 0 || c.done == c.all {
		say("%d of %d mutants", c.done, c.all)
	}
}
