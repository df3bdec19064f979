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
	reason  string    // why the queue is not readable, empty if it is
	until   time.Time // when a queue that was denied is asked again
	typ     *redis.StatusCmd
	length  *redis.IntCmd
	exists  *redis.IntCmd // only for streams: they may be empty and exist
	asked   Type          // what this round trip asks for
	pending bool          // this round trip asked
	barred  error         // why it did not, because the command is refused
}

// NewQueue watches key of database db; Named is left to the caller.
func NewQueue(db int, key, role string) *Queue {
	ctx := context.Background()
	return &Queue{DB: db, Key: key, Role: role, typ: redis.NewStatusCmd(ctx, "type", key)}
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
	WrongType, Denied, NoDB, Other float64
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
	q.kind = kind
	if kind == TypeUnknown {
		return
	}
	q.length = redis.NewIntCmd(ctx, strings.ToLower(kind.lengthCommand()), q.Key)
	if kind == TypeStream {
		q.exists = redis.NewIntCmd(ctx, "exists", q.Key)
	}
}

// queueRound reads the replies of one round trip about queues.
type queueRound struct {
	refused *refusals
	ledger  *ledger
	errors  *QueueErrors
	now     time.Time
	err     error // the first failure that is not a queue's own
}

// read learns from the replies about q. It reports whether q must be asked
// again at once, because only now its type is known.
func (r *queueRound) read(q *Queue) (again bool) {
	if q.barred != nil {
		r.unreadable(q, ReasonDenied)
		r.note(q.barred)
	}
	if !q.pending {
		return false
	}
	r.count(q)
	if q.asked == TypeUnknown {
		return r.readType(q)
	}
	r.readLength(q)
	return false
}

func (r *queueRound) readType(q *Queue) (again bool) {
	word, err := q.typ.Result()
	if err != nil {
		r.fail(q, "TYPE", err)
		return false
	}
	r.refused.learn("TYPE", nil, r.now)
	if kind, ok := types[word]; ok {
		q.become(kind)
		q.reason = ""
		return true
	}
	if word == "none" {
		q.reason = ""
	} else {
		r.unreadable(q, ReasonWrongType)
	}
	return false
}

func (r *queueRound) readLength(q *Queue) {
	command := q.kind.lengthCommand()
	if err := q.length.Err(); err != nil {
		r.fail(q, command, err)
		return
	}
	r.refused.learn(command, nil, r.now)
	q.reason = ""
	if q.kind == TypeStream {
		r.refused.learn("EXISTS", q.exists.Err(), r.now)
		r.note(q.exists.Err())
	}
}

// count adds the look-ups that the replies about q tell of, whatever else they
// are worth.
func (r *queueRound) count(q *Queue) {
	if q.asked == TypeUnknown {
		if q.typ.Err() == nil {
			r.ledger.add(q.typ.Val() != "none", 1)
		}
		return
	}
	err := q.length.Err()
	exists := isWrongType(err) || err == nil && q.length.Val() > 0
	if q.asked == TypeStream && q.exists.Err() == nil {
		exists = q.exists.Val() > 0
		r.ledger.add(exists, 1)
	}
	if err == nil || isWrongType(err) {
		r.ledger.add(exists, 1)
	}
}

// fail judges an error reply to command about q.
func (r *queueRound) fail(q *Queue, command string, err error) {
	switch {
	case isWrongType(err):
		// The key was deleted and made anew as something else. Its type is
		// asked from now on.
		q.become(TypeUnknown)
		r.unreadable(q, ReasonWrongType)
	case deniedKey(err):
		q.until = r.now.Add(r.refused.retry)
		r.unreadable(q, ReasonDenied)
	case Refused(err) != "":
		r.refused.learn(command, err, r.now)
		r.unreadable(q, ReasonDenied)
		r.note(err)
	default:
		q.pending = false // no news about this queue
		r.note(err)
	}
}

func (r *queueRound) note(err error) {
	if r.err == nil {
		r.err = err
	}
}

// unreadable counts a queue once, when it becomes unreadable.
func (r *queueRound) unreadable(q *Queue, reason string) {
	if q.reason == reason {
		return
	}
	q.reason = reason
	switch reason {
	case ReasonWrongType:
		r.errors.WrongType++
	case ReasonDenied:
		r.errors.Denied++
	case ReasonNoDB:
		r.errors.NoDB++
	default:
		r.errors.Other++
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
	return isReply(err) && strings.HasPrefix(err.Error(), "WRONGTYPE")
}

// errSelect marks a database that cannot be selected.
var errSelect = errors.New("database cannot be selected")

func selectError(db int, err error) error { return fmt.Errorf("%w: SELECT %d: %w", errSelect, db, err) }

// NoDatabase reports whether err is the server's answer that it has no such
// database: an error reply without a word of its own, as those have that pass
// ("MASTERDOWN ..."), and none that is about our user.
func NoDatabase(err error) bool {
	reply := redis.Error(nil)
	return errors.Is(err, errSelect) && errors.As(err, &reply) &&
		strings.HasPrefix(reply.Error(), "ERR ") && KindOf(err) == KindOther
}
