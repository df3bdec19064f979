package queue

import (
	"slices"
	"time"
)

// The size of a piece adapts so that the server is never busy with it for
// much longer than other clients would notice.
const (
	firstCount, leastCount, mostCount = 100, 10, 1000

	longPiece = time.Millisecond

	// trial is how many pieces of one size are compared.
	trial = 8
)

// What a piece is taken to cost the server, whatever was measured.
const (
	// At least: reading and writing one command, and SCAN over keys that are
	// not in the processor's cache. It counts where the network is so slow
	// that the work does not show in the round trip.
	perPiece = 20 * time.Microsecond
	perKey   = 500 * time.Nanosecond
	// Reading, running and answering one small command of many in a round trip.
	perCommand = 500 * time.Nanosecond
	// At most: when a piece takes longer, the server was busy with others.
	mostWork = 100 * time.Millisecond
)

// budget paces a walk so that it takes at most a share of the server's time.
//
// What a piece cost is seen from outside only: the round trip, less one
// without any work. That is too much rather than too little, because a network
// or a machine that is busy with others makes some round trips longer, and
// none shorter. SCAN passes over the keys in the order of their hashes, so
// pieces of one size are alike, and of the latest few the typical one counts.
type budget struct {
	share float64
	idle  time.Duration // a round trip without work
	count int           // keys to look at in the next piece

	works []time.Duration // of the latest pieces of this size, at most trial
	made  int             // pieces since the size was last judged

	asked []time.Duration // for one command of the latest round trips about single keys, at most trial
	spent time.Duration   // that the server is taken to have worked
}

func newBudget(share float64, idle time.Duration) *budget {
	return &budget{share: share, idle: idle, count: firstCount}
}

// spend learns what the latest piece cost and returns how long the walk must
// pause for it.
func (b *budget) spend(took time.Duration) time.Duration {
	b.works = append(b.works, took-b.idle)
	if len(b.works) > trial {
		b.works = b.works[1:]
	}
	b.idle = min(b.idle, took)
	sorted := slices.Sorted(slices.Values(b.works))
	least := perPiece + time.Duration(b.count)*perKey
	work := min(max(sorted[len(sorted)/2], least), mostWork)

	if b.made++; b.made == trial {
		b.adapt(sorted[0])
	}
	return b.pay(work)
}

// spendOn learns what a round trip of so many commands about single keys cost, and
// returns how long the walk must pause for it.
func (b *budget) spendOn(commands int, took time.Duration) time.Duration {
	b.asked = append(b.asked, (took-b.idle)/time.Duration(commands))
	if len(b.asked) > trial {
		b.asked = b.asked[1:]
	}
	b.idle = min(b.idle, took)
	sorted := slices.Sorted(slices.Values(b.asked))
	least := perPiece + time.Duration(commands)*perCommand
	typical := sorted[len(sorted)/2] * time.Duration(commands)
	return b.pay(min(max(typical, least), mostWork))
}

// pay is how long to pause for some work.
func (b *budget) pay(work time.Duration) time.Duration {
	b.spent += work
	return time.Duration(float64(work) * (1 - b.share) / b.share)
}

// adapt chooses the size of the next pieces by the quickest of the latest:
// smaller pieces are no help against a network that is slow now and then.
func (b *budget) adapt(quickest time.Duration) {
	b.made = 0
	count := b.count
	switch {
	case quickest > longPiece:
		count = max(count/2, leastCount)
	case quickest < longPiece/2:
		count = min(count*2, mostCount)
	}
	if count != b.count {
		b.count, b.works = count, nil
	}
}
