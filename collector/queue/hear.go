package queue

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/wait"
)

const (
	// markTimeout bounds the wait for a Listener. The server answers it as fast
	// as anything else, unless it hangs.
	markTimeout = 500 * time.Millisecond

	firstPause, longestPause = time.Second, time.Minute
)

// mark is what has been heard of queues by now; nil if nobody listens.
func (o *Observer) mark(ctx context.Context, queues []*valkey.Queue) []valkey.Tally {
	if o.hearing == nil || !o.hearing.Active() {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, markTimeout)
	defer cancel()
	return o.hearing.Mark(limited, queues)
}

// heard adds to the sights what was heard before and after them. All are of the
// same queues in the same order.
func heard(sights []valkey.Sight, before, after []valkey.Tally) {
	for i := range min(len(sights), len(before), len(after)) {
		if before[i].Source != 0 && after[i].Source != 0 {
			sights[i].Heard = &valkey.Heard{Before: before[i], After: after[i]}
		}
	}
}

// Hearer is the loop that keeps a Listener listening.
type Hearer struct {
	listener *valkey.Listener
	denied   time.Duration // how long a server that tells nothing is left alone
	log      *slog.Logger
	pause    func(context.Context, time.Duration) bool

	last   string // what was said last of why nothing is heard
	failed int    // times in a row
}

// NewHearer prepares the loop.
func NewHearer(l *valkey.Listener, denied time.Duration, log *slog.Logger) *Hearer {
	return &Hearer{listener: l, denied: denied, log: log, pause: wait.For}
}

// Run listens until ctx ends.
func (h *Hearer) Run(ctx context.Context) {
	for ctx.Err() == nil {
		start := time.Now()
		err := h.listener.Listen(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(start) > longestPause {
			h.failed = 0
		}
		h.failed++
		h.report(err)
		h.pause(ctx, h.wait(err))
	}
}

// wait is how long to wait after an error.
func (h *Hearer) wait(err error) time.Duration {
	var off *valkey.NotificationsOffError
	if errors.As(err, &off) || refused(err) {
		return h.denied
	}
	return min(firstPause<<min(h.failed-1, 10), longestPause)
}

// report logs what a person can change, once as long as it is the same, and the
// rest for debugging.
func (h *Hearer) report(err error) {
	var off *valkey.NotificationsOffError
	kind := valkey.KindOf(err)
	switch {
	case errors.As(err, &off):
		if h.news("off " + off.Setting) {
			h.log.Warn("keyspace notifications of lists are not enabled on the server; queues are measured without them",
				"setting", off.Setting, "hint", "to use them, set notify-keyspace-events there to "+off.Want()+", or else observe.notifications to off")
		}
	case refused(err):
		if h.news(string(kind)) {
			h.log.Warn("listening to keyspace notifications failed; queues are measured without them", kind.WithHint("reason", kind, "err", err)...)
		}
	default:
		h.log.Debug("listening to keyspace notifications ended", "reason", kind, "err", err)
	}
}

// refused reports whether we may not listen: to some channel, or at all.
func refused(err error) bool {
	kind := valkey.KindOf(err)
	return kind == valkey.KindDenied || kind == valkey.KindUnknown
}

func (h *Hearer) news(why string) bool {
	said := h.last == why
	h.last = why
	return !said
}
