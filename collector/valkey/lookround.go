package valkey

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// lookRound is what one round trip of a Looker asks.
type lookRound struct {
	now           time.Time
	before, after *redis.StringCmd // INFO; nil while it is refused
	load          *redis.Cmd
	groups        []lookGroup
	home          *redis.StatusCmd // goes back to database 0; nil when it was not left
	idle          bool             // the idle time may be asked, and can be believed
	cmds          []redis.Cmder
}

// lookGroup is the questions about one database.
type lookGroup struct {
	selected *redis.StatusCmd // nil in database 0
	asked    []asked
}

// asked is a question under way.
type asked struct {
	question *Question
	sight    *Sight
	cmd      *redis.Cmd
}

// plan asks INFO on either side of the script for each question. The ledger
// needs the first one: it tells whether the server's counters began anew.
func (l *Looker) plan(questions []Question, sights []Sight, now time.Time) *lookRound {
	r := &lookRound{now: now, load: l.load(), idle: l.tellsIdle && l.conn.untouching()}
	r.cmds = make([]redis.Cmder, 0, len(questions)+4)
	allowed := l.refused.allows("INFO", now)
	if allowed {
		r.before = l.askInfo("server", "stats", "commandstats")
		r.cmds = append(r.cmds, r.before)
	}
	r.cmds = append(r.cmds, r.load)
	for i := range questions {
		q := &questions[i]
		if sights[i].Err = l.shunned.why(q.Queue, l.refused, now); sights[i].Err == nil {
			r.ask(asked{q, &sights[i], l.run(q, r.idle)})
		}
	}
	if r.home != nil {
		r.cmds = append(r.cmds, r.home)
	}
	if allowed {
		r.after = l.askInfo("server", "clients", "memory", "stats", "commandstats")
		r.cmds = append(r.cmds, r.after)
	}
	return r
}

// ask appends a question, and goes to its database first if the one before was
// about another. Between round trips the connection is always in database 0.
func (r *lookRound) ask(a asked) {
	db, last := a.question.Queue.DB, len(r.groups)-1
	if last < 0 || r.groups[last].asked[0].question.Queue.DB != db {
		var g lookGroup
		if db != 0 || r.home != nil {
			g.selected, r.home = selectDB(db), selectDB(0)
			r.cmds = append(r.cmds, g.selected)
		}
		r.groups = append(r.groups, g)
		last++
	}
	r.groups[last].asked = append(r.groups[last].asked, a)
	r.cmds = append(r.cmds, a.cmd)
}

// run is the command that answers q.
func (l *Looker) run(q *Question, idle bool) *redis.Cmd {
	return redis.NewCmd(context.Background(), q.arguments([]any{"evalsha_ro", l.hash, 1, q.Queue.Key}, idle)...)
}

// read understands the replies of a round trip. The error is why the server
// could not be asked about any queue.
func (l *Looker) read(r *lookRound) (failed error) {
	r.idle = r.idle && l.conn.untouching() // it may be another connection by now
	failed = l.judge(r.load, r.now)
	for _, g := range r.groups {
		elsewhere := l.elsewhere(g, r.now)
		for _, a := range g.asked {
			if err := l.readAnswer(a, r, elsewhere); failed == nil {
				failed = err
			}
		}
	}
	l.shunned.forget(r.now.Add(-l.refused.retry))
	return failed
}

// elsewhere is why the replies of a group are about another database's keys;
// nil when they are not.
func (l *Looker) elsewhere(g lookGroup, now time.Time) error {
	if g.selected == nil || g.selected.Err() == nil {
		return nil
	}
	err := selectError(g.asked[0].question.Queue.DB, said(g.selected))
	if notSelectable(err) != "" {
		for _, a := range g.asked {
			l.shunned.add(a.question.Queue, "", err, now.Add(l.refused.retry))
		}
	}
	return err
}

// readAnswer understands the reply to one question and adds the look-ups that it
// tells of, whatever else it is worth. The error is one that is not the
// question's own.
func (l *Looker) readAnswer(a asked, r *lookRound, elsewhere error) error {
	sight := noSight(a.question.Queue)
	err := l.judge(a.cmd, r.now)
	if err == nil {
		sight.Err = said(a.cmd)
	}
	if sight.Err == nil && err == nil {
		var lookups int
		lookups, sight.Err = sight.read(a.question, a.cmd.Val())
		if command := (*failedCommand)(nil); errors.As(sight.Err, &command) && Refused(sight.Err) != "" {
			lookups-- // the server did not come to that
		}
		l.ledger.add(sight.Type != TypeUnknown || sight.Other, float64(lookups))
	}
	switch {
	case err != nil:
		sight.Err = err
	case elsewhere != nil:
		sight = noSight(a.question.Queue)
		sight.Err = elsewhere
	default:
		l.learn(&sight, r.now)
	}
	if !r.idle {
		sight.Idle = None
	}
	*a.sight = sight
	return err
}

// learn takes note of what must not be asked again for a while.
func (l *Looker) learn(s *Sight, now time.Time) {
	var failed *failedCommand
	until := now.Add(l.refused.retry)
	switch {
	case s.Err == nil:
		l.shunned.lift(s, l.refused, now)
	case deniedKey(s.Err), movedKey(s.Err):
		l.shunned.add(s.Queue, "", s.Err, until)
	case Refused(s.Err) != "" && errors.As(s.Err, &failed):
		l.refused.learn(failed.command, s.Err, now)
		l.shunned.add(s.Queue, failed.command, s.Err, until)
	}
}

// failedCommand is a command that failed inside the script.
type failedCommand struct {
	command string
	reply   serverSaid
}

func (f *failedCommand) Error() string { return fmt.Sprintf("%s: %s", f.command, f.reply) }
func (f *failedCommand) Unwrap() error { return f.reply }
