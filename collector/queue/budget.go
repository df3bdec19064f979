package queue

import "time"

// The size of a piece adapts so that the server is never busy with it for
// much longer than other clients would notice.
const (
	firstCount, leastCount, mostCount = 100, 10, 1000

	shortPiece = 200 * time.Microsecond
	longPiece  = time.Millisecond
)

// budget paces a walk so that it takes at most a share of the server's time.
type budget struct {
	share float64
	idle  time.Duration // a round trip without work
	count int           // keys to look at in the next piece
}

func newBudget(share float64, idle time.Duration) *budget {
	return &budget{share: share, idle: idle, count: firstCount}
}

// spend learns what a piece cost and returns how long the walk must pause for
// it. The time on the network is not the server's; what remains after it is
// taken off is counted in full, though part of it may have been spent waiting
// for other clients' commands: a busy server is walked more slowly.
func (b *budget) spend(took time.Duration) time.Duration {
	work := max(took-b.idle, took/10)
	b.idle = min(b.idle, took)
	switch {
	case work > longPiece:
		b.count = max(b.count/2, leastCount)
	case work < shortPiece:
		b.count = min(b.count*2, mostCount)
	}
	return time.Duration(float64(work) * (1 - b.share) / b.share)
}
