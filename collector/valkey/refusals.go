package valkey

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// refusals remembers which commands the server refuses to us, so that it is
// not asked again at every scrape: each attempt would be counted and logged
// there as a breach of its access rules.
type refusals struct {
	retry   time.Duration
	refused map[string]refusal // by command
}

type refusal struct {
	reason string
	until  time.Time
	err    error // the server's words
}

func newRefusals() *refusals { return &refusals{refused: make(map[string]refusal)} }

// allows reports whether command may be asked at this time.
func (r *refusals) allows(command string, now time.Time) bool {
	return !now.Before(r.refused[command].until)
}

// err is why command is not asked at this time; nil if it is.
func (r *refusals) err(command string, now time.Time) error {
	if r.allows(command, now) {
		return nil
	}
	return fmt.Errorf("%w: %w", errRefused, r.refused[command].err)
}

// claim is err for a command that many ask in one round trip. When it is time
// to ask again, only the first of them may: if it is still refused, that is one
// more breach and not one for each queue.
func (r *refusals) claim(command string, now time.Time) error {
	refused, known := r.refused[command]
	if err := r.err(command, now); err != nil || !known {
		return err
	}
	refused.until = now.Add(r.retry)
	r.refused[command] = refused
	return nil
}

// learn takes note of how the server answered command.
func (r *refusals) learn(command string, err error, now time.Time) {
	if errors.Is(err, errRefused) {
		return // it did not
	}
	if reason := Refused(err); reason != "" {
		r.refused[command] = refusal{reason, now.Add(r.retry), err}
	} else if err == nil {
		delete(r.refused, command)
	}
}

// list is what is refused, sorted by command.
func (r *refusals) list() []Unavailable {
	list := make([]Unavailable, 0, len(r.refused))
	for command, refusal := range r.refused {
		list = append(list, Unavailable{command, refusal.reason})
	}
	slices.SortFunc(list, func(a, b Unavailable) int { return strings.Compare(a.Command, b.Command) })
	return list
}

// Refused is why the server refuses to us the command that err answers:
// ReasonDenied, ReasonUnknown, or empty when err says anything else.
func Refused(err error) string {
	switch KindOf(err) {
	case KindDenied:
		if deniedKey(err) {
			return ""
		}
		return ReasonDenied
	case KindUnknown:
		return ReasonUnknown
	default:
		return ""
	}
}

// deniedKey reports whether err is about the key, not about the command.
// Redis 7.0 says "no permissions to access one of the keys", later servers "No
// permissions to access a key".
func deniedKey(err error) bool {
	return err != nil && strings.Contains(err.Error(), "ermissions to access")
}
