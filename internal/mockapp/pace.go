package mockapp

import (
	"context"
	"math/rand/v2"
	"time"

	"valkey-exporter/internal/wait"
)

// pace spaces the steps of one pattern. Each gap is drawn around the mean, so that patterns do not march in step; a
// pattern that fell behind, after an outage say, does not catch up in a burst.
type pace struct {
	mean time.Duration // 0: no waiting, the step itself waits for the server
	next time.Time
}

func newPace(perSecond float64) *pace {
	if perSecond == 0 {
		return &pace{}
	}
	mean := time.Duration(float64(time.Second) / perSecond)
	return &pace{mean: mean, next: time.Now().Add(rand.N(min(mean, time.Second)))}
}

// wait returns at the next turn, and false when ctx is done.
func (p *pace) wait(ctx context.Context) bool {
	if p.mean == 0 {
		return ctx.Err() == nil
	}
	const tolerated = 100 * time.Millisecond
	if now := time.Now(); p.next.Before(now.Add(-tolerated)) {
		p.next = now
	}
	if !wait.For(ctx, time.Until(p.next)) {
		return false
	}
	p.next = p.next.Add(p.mean/2 + rand.N(p.mean))
	return true
}
