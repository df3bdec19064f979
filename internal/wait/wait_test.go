package wait

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestWaitsToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		if !For(t.Context(), time.Minute) || time.Since(begun) != time.Minute {
			t.Errorf("waited %v, want a minute", time.Since(begun))
		}
		if !For(t.Context(), 0) || !For(t.Context(), -time.Second) || time.Since(begun) != time.Minute {
			t.Errorf("waited %v more for nothing", time.Since(begun)-time.Minute)
		}
	})
}

func TestEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		if For(ctx, time.Minute) || time.Since(begun) != time.Second {
			t.Errorf("waited %v, want a second", time.Since(begun))
		}
		if For(ctx, 0) {
			t.Error("its context has ended, and it says that it waited to the end")
		}
	})
}
