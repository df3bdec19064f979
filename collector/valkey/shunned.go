package valkey

import (
	"fmt"
	"time"
)

// shunned are the queues that are not asked about for a while, because the
// server refused it: each attempt would be counted and logged there.
type shunned map[*Queue]shun

// shun is why one is not asked about: a command that its type needs, or
// something about the key.
type shun struct {
	command string // empty: the key
	err     error
	until   time.Time
}

func (s shunned) add(q *Queue, command string, err error, until time.Time) {
	s[q] = shun{command, err, until}
}

// why is the reason not to ask about q now; nil if there is none. Of many
// queues that need the same command one may ask when it is time to.
func (s shunned) why(q *Queue, refused *refusals, now time.Time) error {
	known, ok := s[q]
	switch {
	case !ok:
		return nil
	case known.command != "":
		known.until = now.Add(refused.retry)
		s[q] = known
		return refused.claim(known.command, now)
	case now.Before(known.until):
		return fmt.Errorf("%w: %w", errRefused, known.err)
	}
	return nil
}

// lift ends it for a queue that has been answered. If that took the command,
// others may use it again too; a key that does not exist takes none.
func (s shunned) lift(sight *Sight, refused *refusals, now time.Time) {
	known, ok := s[sight.Queue]
	if !ok {
		return
	}
	if known.command != "" && sight.Type != TypeUnknown {
		refused.learn(known.command, nil, now)
	}
	delete(s, sight.Queue)
}

// forget removes the queues that have not been asked about since.
func (s shunned) forget(since time.Time) {
	for q, known := range s {
		if known.until.Before(since) {
			delete(s, q)
		}
	}
}
