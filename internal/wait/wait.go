// Package wait lets time pass, but not past the end of a context.
package wait

import (
	"context"
	"time"
)

// For waits for d, or until ctx ends. It reports whether it waited to the end.
func For(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
