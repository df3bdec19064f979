package valkey

import (
	"context"
	"time"
)

// A server that is held up by somebody else is asked so often, so long apart, before a
// walk over all keys is given up: it would begin anew, and one of a million takes minutes.
const (
	insistTries = 3
	insistRest  = 5 * time.Second
)

// Insist asks, and asks again when the server did not get round to an answer, after a
// pause that reports whether ctx has let it come to its end. The error is the last one.
func Insist(ctx context.Context, pause func(context.Context, time.Duration) bool, ask func() error) error {
	for tries := 1; ; tries++ {
		err := ask()
		if !heldUp(err) || tries == insistTries || !pause(ctx, insistRest) {
			return err
		}
	}
}

// heldUp reports whether err means that the server may answer soon.
func heldUp(err error) bool {
	kind := KindOf(err)
	return kind == KindTimeout || kind == KindBusy
}
