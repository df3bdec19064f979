package valkey

import "time"

// queueRound reads the replies of one round trip about queues.
type queueRound struct {
	refused *refusals
	ledger  *Ledger
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
	case movedKey(err):
		q.until = r.now.Add(r.refused.retry)
		r.unreadable(q, ReasonMoved)
	case isReply(err) && KindOf(err) == KindOther:
		r.unreadable(q, ReasonUnavailable)
		r.note(err)
	default:
		q.pending = false // no news about this queue
		if q.reason == ReasonUnavailable {
			q.reason = ""
		}
		r.note(err)
	}
}

// movedKey reports whether a node of a cluster says that another one has the
// key.
func movedKey(err error) bool {
	return replyBegins(err, "MOVED", "ASK")
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
	case ReasonDenied:
		r.errors.Denied++
	case ReasonMoved:
		r.errors.Moved++
	case ReasonNoDB:
		r.errors.NoDB++
	case ReasonUnavailable:
		r.errors.Unavailable++
	case ReasonWrongType:
		r.errors.WrongType++
	}
}

// readGroups reads the replies of all groups and returns the queues to ask
// again, sorted by database as before.
func (r *queueRound) readGroups(groups []group) (again []*Queue) {
	for _, g := range groups {
		if g.selected != nil && g.selected.Err() != nil {
			r.notSelected(g)
			continue
		}
		for _, q := range g.queues {
			if r.read(q) {
				again = append(again, q)
			}
		}
	}
	return again
}

// notSelected gives up the queues of a database that could not be selected:
// the replies about them, if any, are about another database's keys.
func (r *queueRound) notSelected(g group) {
	err := selectError(g.queues[0].DB, g.selected.Err())
	reason := notSelectable(err)
	if reason == "" {
		r.note(err)
	}
	for _, q := range g.queues {
		if q.pending {
			r.count(q)
		}
		if q.pending && reason != "" {
			q.until = r.now.Add(r.refused.retry)
			r.unreadable(q, reason)
		}
		q.pending = false
	}
}

// notSelectable is the reason when err says that a database is not to be had;
// empty when it says anything else.
func notSelectable(err error) string {
	switch {
	case Refused(err) != "":
		return ReasonDenied
	case NoDatabase(err):
		return ReasonNoDB
	}
	return ""
}
