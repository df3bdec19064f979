package valkey

import (
	"context"
	"time"
)

// lastChance is how long a round trip about keys may still take when the one who
// asked has ended. The server has counted its look-ups already; nobody else would.
const lastChance = 250 * time.Millisecond

// Outlasting is a context that ends after a time, or soon after ctx has ended.
func Outlasting(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(lastChance, cancel) })
	return limited, func() { stop(); cancel() }
}
