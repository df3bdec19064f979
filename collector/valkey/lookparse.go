package valkey

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// errNotAsked marks a queue that a look did not get to.
var errNotAsked = errors.New("not asked")

// arguments appends the question in the words of look.lua: only what is asked
// is named.
func (q *Question) arguments(args []any, idle bool) []any {
	args = append(args, "bytes", max(q.Bytes, 0))
	if q.Head != nil || q.Tail != nil {
		args = append(args, "span", max(q.Span, 1)) // LPOS takes 0 for the whole list
	}
	if q.Head != nil {
		args = append(args, "head", q.Head)
	}
	if q.Tail != nil {
		args = append(args, "tail", q.Tail)
	}
	for _, number := range []struct {
		name string
		n    int
	}{{"newest", q.Newest}, {"members", q.Members}, {"groups", q.Groups}} {
		if number.n > 0 {
			args = append(args, number.name, number.n)
		}
	}
	for _, flag := range []struct {
		name string
		on   bool
	}{{"ends", q.Ends}, {"at_tail", q.NewestAtTail}, {"idle", q.Idle && idle}} {
		if flag.on {
			args = append(args, flag.name, 1)
		}
	}
	return args
}

// read understands the answer of look.lua to q, and counts the look-ups that it
// took. A command that failed is a *failedCommand.
func (s *Sight) read(q *Question, reply any) (lookups int, err error) {
	var failed error
	err = eachPair(reply, func(name string, value any) error {
		var err error
		switch name {
		case "lookups":
			lookups, err = small(value)
		case "failed":
			failed, err = readFailed(value)
		default:
			err = s.readPart(name, value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
	if err != nil {
		return lookups, parseError(err)
	}
	s.fillIn(q)
	return lookups, failed
}

// readPart reads what is told of every type.
func (s *Sight) readPart(name string, value any) (err error) {
	switch name {
	case "type":
		return s.readType(value)
	case "length":
		s.Length, err = amount(value)
	case "ttl":
		s.TTL, err = duration(value, time.Millisecond)
	case "idle":
		s.Idle, err = duration(value, time.Second)
	case "biggest":
		s.Biggest, err = small(value)
	case "head":
		s.Head, err = readEntry(value)
	case "tail":
		s.Tail, err = readEntry(value)
	case "head_at":
		s.HeadAt, err = readPlace(value)
	case "tail_at":
		s.TailAt, err = readPlace(value)
	case "newest":
		s.Newest, err = readEach(value, func(v any) (Entry, error) {
			e, err := readEntry(v)
			return *e, err
		})
	case "members":
		s.Members, err = s.readMembers(value)
	case "all_members":
		var all int
		all, err = small(value)
		s.AllMembers = all == 1
	default:
		return s.Stream.readPart(name, value)
	}
	return err
}

func (s *Sight) readType(value any) error {
	word, err := text(value)
	if err != nil {
		return err
	}
	s.Type = types[word]
	s.Other = s.Type == TypeUnknown && word != "none"
	switch {
	case word == "none":
		s.Length = 0
	case s.Type == TypeStream:
		s.Stream = &StreamSight{Added: NotSent}
	}
	return nil
}

// fillIn adds the entries that the server did not repeat, because they are
// still where the question has them.
func (s *Sight) fillIn(q *Question) {
	if !q.Ends {
		return
	}
	if s.HeadAt.Found && s.HeadAt.Before == 0 {
		s.Head = &Entry{Text: q.Head, Size: len(q.Head), Score: NotSent}
	}
	if s.TailAt.Found && s.TailAt.Before == 0 {
		s.Tail = &Entry{Text: q.Tail, Size: len(q.Tail), Score: NotSent}
	}
}

// readFailed reads [command, error reply].
func readFailed(value any) (failed, err error) {
	var command, reply string
	if err := readTuple(value, func(v []any) (err error) {
		if command, err = text(v[0]); err != nil {
			return err
		}
		reply, err = text(v[1])
		return err
	}, 2); err != nil {
		return nil, err
	}
	return &failedCommand{command, serverSaid(reply)}, nil
}

// readEntry reads [size, text, score], or without a score.
func readEntry(value any) (*Entry, error) {
	e := &Entry{Score: NotSent}
	err := readTuple(value, func(v []any) (err error) {
		if e.Size, err = small(v[0]); err != nil {
			return err
		}
		sent, err := text(v[1])
		if err != nil {
			return err
		}
		e.Text = []byte(sent)
		if len(v) == 3 {
			e.Score, err = score(v[2])
		}
		return err
	}, 2, 3)
	return e, err
}

// readPlace reads [entries before it, 1 if it is there twice], or nothing.
func readPlace(value any) (Place, error) {
	p := Place{Asked: true}
	err := readTuple(value, func(v []any) (err error) {
		if len(v) == 0 {
			return nil
		}
		p.Found = true
		if p.Before, err = small(v[0]); err != nil {
			return err
		}
		twice, err := small(v[1])
		p.Twice = twice == 1
		return err
	}, 0, 2)
	return p, err
}

// readMembers reads [ID, ...], or [ID, score, ...] of a sorted set.
func (s *Sight) readMembers(value any) ([]Member, error) {
	if s.Type != TypeSortedSet {
		return readEach(value, func(v any) (Member, error) {
			id, err := text(v)
			return Member{ID: id, Score: NotSent}, err
		})
	}
	list, ok := value.([]any)
	if !ok || len(list)%2 != 0 {
		return nil, fmt.Errorf("want members and scores, got %T", value)
	}
	members := make([]Member, len(list)/2)
	for i := range members {
		var err error
		if members[i].ID, err = text(list[2*i]); err != nil {
			return nil, err
		}
		if members[i].Score, err = score(list[2*i+1]); err != nil {
			return nil, err
		}
	}
	return members, nil
}

// readPart reads what is told of streams only.
func (s *StreamSight) readPart(name string, value any) (err error) {
	if s == nil {
		return nil // a name that we do not know
	}
	switch name {
	case "added":
		s.Added, err = amountOrNull(value)
	case "first":
		s.First, err = timeOfID(value)
	case "groups_in_all":
		s.GroupsInAll, err = small(value)
	case "groups":
		s.Groups, err = readEach(value, readGroup)
	}
	return err
}

// readGroup reads [name, consumers, pending, entries read, lag, ID and idle
// milliseconds of the oldest pending entry, ID of the first not delivered].
func readGroup(value any) (Group, error) {
	var g Group
	err := readTuple(value, func(v []any) (err error) {
		if g.Name, err = text(v[0]); err != nil {
			return err
		}
		for i, to := range []*float64{&g.Consumers, &g.Pending, &g.Read, &g.Lag} {
			if *to, err = amountOrNull(v[1+i]); err != nil {
				return err
			}
		}
		if g.OldestPending, err = timeOfID(v[5]); err != nil {
			return err
		}
		g.OldestPendingIdle = None
		if v[6] != nil {
			if g.OldestPendingIdle, err = duration(v[6], time.Millisecond); err != nil {
				return err
			}
		}
		g.Next, err = timeOfID(v[7])
		return err
	}, 8)
	return g, err
}

// readTuple calls f for a list of one of these lengths.
func readTuple(value any, f func([]any) error, lengths ...int) error {
	list, ok := value.([]any)
	for _, length := range lengths {
		if ok && len(list) == length {
			return f(list)
		}
	}
	return fmt.Errorf("want a list of %v, got %T of %d", lengths, value, len(list))
}

func readEach[T any](value any, read func(any) (T, error)) ([]T, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, fmt.Errorf("want a list, got %T", value)
	}
	all := make([]T, len(list))
	for i, item := range list {
		var err error
		if all[i], err = read(item); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func small(v any) (int, error) {
	n, err := count(v)
	return int(n), err
}

func amount(v any) (float64, error) {
	n, err := count(v)
	return float64(n), err
}

func amountOrNull(v any) (float64, error) {
	if v == nil {
		return NotSent, nil
	}
	return amount(v)
}

// duration reads a number of units; a negative one is None.
func duration(v any, unit time.Duration) (time.Duration, error) {
	n, err := integer(v)
	if err != nil || n < 0 {
		return None, err
	}
	return time.Duration(min(n, int64(longest/unit))) * unit, nil
}

// longest is a duration that is as good as for ever.
const longest = 100 * 365 * 24 * time.Hour

// score reads a score of a sorted set, which may be infinite.
func score(v any) (float64, error) {
	s, err := text(v)
	if err != nil {
		return 0, err
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("want a score, got %s", excerpt(s))
	}
	return f, nil
}

// lastMilli is the end of the year 9999. The server accepts larger IDs.
const lastMilli = 253402300799999

// timeOfID is the time when an entry of a stream was added, if its ID was left
// to the server; the zero time for null.
func timeOfID(v any) (time.Time, error) {
	if v == nil {
		return time.Time{}, nil
	}
	id, err := text(v)
	if err != nil {
		return time.Time{}, err
	}
	before, _, _ := strings.Cut(id, "-")
	millis, err := strconv.ParseUint(before, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("want the ID of an entry, got %s", excerpt(id))
	}
	return time.UnixMilli(int64(min(millis, lastMilli))), nil
}
