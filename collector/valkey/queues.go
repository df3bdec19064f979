package valkey

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Type is the type of a key, as far as it matters to a queue.
type Type int

// The types. A key whose type is not known is asked for it, because asking a
// string for its length as a list would be counted as an error by the server.
const (
	TypeUnknown Type = iota // never seen: the key does not exist, or holds something else
	TypeList
	TypeSet
	TypeSortedSet
	TypeStream
)

// types maps the words of TYPE.
var types = map[string]Type{"list": TypeList, "set": TypeSet, "zset": TypeSortedSet, "stream": TypeStream}

// lengthCommand is the command that tells the length of a type.
func (t Type) lengthCommand() string {
	return [...]string{"", "LLEN", "SCARD", "ZCARD", "XLEN"}[t]
}

// Queue is a key whose length is asked at every scrape. Its maker sets the
// exported fields; the rest is what a Scraper has learned, and belongs to one Scraper.
type Queue struct {
	DB   int
	Key  string
	Role string // carried along for whoever reads the Reading
	// Named is true for a key that the configuration names, and false for one
	// that was found by a pattern.
	Named bool

	kind    Type
	reason  string           // why the queue is not readable, empty if it is
	until   time.Time        // when a queue that was denied is asked again
	typ     *redis.StatusCmd // while the type is not known
	length  *redis.IntCmd    // when it is
	exists  *redis.IntCmd    // only for streams: they may be empty and exist
	asked   Type             // what this round trip asks for
	pending bool             // this round trip asked
	barred  error            // why it did not, because the command is refused
}

// NewQueue watches key of database db; Named is left to the caller.
func NewQueue(db int, key, role string) *Queue {
	q := &Queue{DB: db, Key: key, Role: role}
	q.become(TypeUnknown)
	return q
}

// Reading is the length of one queue.
type Reading struct {
	Queue  *Queue
	Type   Type
	Length float64
	Reason string // why there is no length, from the Reason constants; empty: there is one
}

// QueueErrors counts, since the exporter started, how often a queue became
// unreadable.
type QueueErrors struct {
	Denied, Moved, NoDB, Unavailable, WrongType float64
}

// commands appends what is to be asked about this queue in this round trip.
func (q *Queue) commands(cmds []redis.Cmder, refused *refusals, now time.Time) []redis.Cmder {
	q.pending, q.asked, q.barred = false, q.kind, nil
	if now.Before(q.until) {
		return cmds
	}
	command := q.kind.lengthCommand()
	if q.kind == TypeUnknown {
		command = "TYPE"
	}
	if q.barred = refused.claim(command, now); q.barred != nil {
		return cmds
	}
	q.pending = true
	switch q.kind {
	case TypeUnknown:
		return append(cmds, q.typ)
	case TypeStream:
		if err := refused.claim("EXISTS", now); err != nil {
			q.exists.SetErr(err)
			return append(cmds, q.length)
		}
		return append(cmds, q.exists, q.length)
	default:
		return append(cmds, q.length)
	}
}

// become prepares the commands of a type.
func (q *Queue) become(kind Type) {
	ctx := context.Background()
	q.kind, q.typ, q.length, q.exists = kind, nil, nil, nil
	if kind == TypeUnknown {
		q.typ = redis.NewStatusCmd(ctx, "type", q.Key)
		return
	}
	q.length = redis.NewIntCmd(ctx, strings.ToLower(kind.lengthCommand()), q.Key)
	if kind == TypeStream {
		q.exists = redis.NewIntCmd(ctx, "exists", q.Key)
	}
}

// reading is what is known of q after the round trip. A queue that was asked
// and gave no answer has no reading.
func (q *Queue) reading() (Reading, bool) {
	switch {
	case q.reason != "":
		return Reading{Queue: q, Reason: q.reason}, true
	case !q.pending:
		return Reading{}, false
	case q.kind == TypeUnknown:
		return Reading{Queue: q}, true // the key does not exist: an empty queue
	}
	return Reading{Queue: q, Type: q.kind, Length: float64(q.length.Val())}, true
}

// isWrongType reports whether the server says that a key holds another type.
func isWrongType(err error) bool {
	return replyBegins(err, "WRONGTYPE")
}

// errSelect marks a database that cannot be selected.
var errSelect = errors.New("database cannot be selected")

func selectError(db int, err error) error { return fmt.Errorf("%w: SELECT %d: %w", errSelect, db, err) }

// NoDatabase reports whether err is the server's answer that it has no such
// database: an error reply without a word of its own, as those have that pass
// ("MASTERDOWN ..."), and none that is about our user.
func NoDatabase(err error) bool {
	return errors.Is(err, errSelect) && replyBegins(err, "ERR") && KindOf(err) == KindOther
}
