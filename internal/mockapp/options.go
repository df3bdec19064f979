package mockapp

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// The limits keep a slip of the finger from becoming a load test, or four thousand connections.
const (
	maxRate    = 1000
	maxWorkers = 1000
)

// Options say how to play. The zero value is ready for use.
type Options struct {
	Rate        float64      // multiplies the pace of everything; 0 means 1
	Workers     int          // queue consumers; 0 means 4
	Consume     Consume      // the end of the list the workers pop; "" means BLPop
	Seed        uint64       // the same seed makes the same choices; 0 takes one from the clock
	Troubles    []Trouble    // on from the start
	TroubleFile string       // names of further troubles, read every second; no file, no trouble
	Cleanup     bool         // delete the application's keys when Run ends
	Log         *slog.Logger // nil discards
}

// Consume is the command the workers wait with.
type Consume string

// The two ends.
const (
	BLPop Consume = "blpop" // as the specification has it: with LPUSH that is last in, first out
	BRPop Consume = "brpop" // first in, first out
)

func (o Options) withDefaults() Options {
	o.Rate = cmp.Or(o.Rate, 1)
	o.Workers = cmp.Or(o.Workers, 4)
	o.Consume = cmp.Or(o.Consume, BLPop)
	o.Seed = cmp.Or(o.Seed, uint64(time.Now().UnixNano()))
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	return o
}

// validate reports every mistake at once.
func (o Options) validate() error {
	var all []error
	if !(o.Rate > 0 && o.Rate <= maxRate) { // written so that NaN is a mistake too
		all = append(all, fmt.Errorf("rate %v: want more than 0 and at most %d", o.Rate, maxRate))
	}
	if o.Workers < 1 || o.Workers > maxWorkers {
		all = append(all, fmt.Errorf("workers %d: want 1 to %d", o.Workers, maxWorkers))
	}
	if o.Consume != BLPop && o.Consume != BRPop {
		all = append(all, fmt.Errorf("consume %q: want %s or %s", o.Consume, BLPop, BRPop))
	}
	return errors.Join(all...)
}
