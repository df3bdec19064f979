package valkey

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// round is what one round trip asks.
type round struct {
	now    time.Time
	due    bool // it is time to ask what is asked now and then
	asks   []*ask
	barred map[*ask]error // those that are refused
	cmds   []redis.Cmder
	groups []group
	home   *redis.StatusCmd // goes back to database 0; nil when it was not left
}

// group is the queues of one database.
type group struct {
	selected *redis.StatusCmd // nil in database 0, and when there is nothing to ask
	queues   []*Queue
}

func (s *Scraper) plan(request Request, now time.Time) *round {
	r := &round{
		now: now, due: s.access.isDue(request.AccessEvery, now),
		barred: make(map[*ask]error), cmds: make([]redis.Cmder, 0, len(s.asks)+len(request.Queues)+1),
	}
	for _, a := range s.asks {
		if a.source == SourceACL && !r.due {
			continue
		}
		if err := s.refused.err(a.command, now); err != nil {
			r.barred[a] = err
		} else {
			r.asks = append(r.asks, a)
		}
	}
	if len(r.asks) == 0 || r.asks[0].command != "INFO" {
		r.asks = append([]*ask{s.ping}, r.asks...) // something must tell whether the server is up
	}
	for _, a := range r.asks {
		r.cmds = append(r.cmds, a.cmd)
	}
	r.askQueues(request.Queues, s.refused)
	return r
}

// askQueues appends the queues' commands, database by database. Between round
// trips the connection is always in database 0.
func (r *round) askQueues(queues []*Queue, refused *refusals) {
	for len(queues) > 0 {
		n := 1
		for n < len(queues) && queues[n].DB == queues[0].DB {
			n++
		}
		r.askDatabase(group{queues: queues[:n]}, refused)
		queues = queues[n:]
	}
	if r.home != nil {
		r.cmds = append(r.cmds, r.home)
	}
}

func (r *round) askDatabase(g group, refused *refusals) {
	before := len(r.cmds)
	if db := g.queues[0].DB; db != 0 {
		g.selected = selectDB(db)
		r.cmds = append(r.cmds, g.selected)
	}
	for _, q := range g.queues {
		r.cmds = q.commands(r.cmds, refused, r.now)
	}
	if g.selected != nil && len(r.cmds) == before+1 {
		r.cmds, g.selected = r.cmds[:before], nil
	}
	if g.selected != nil && r.home == nil {
		r.home = selectDB(0)
	}
	r.groups = append(r.groups, g)
}

func selectDB(db int) *redis.StatusCmd {
	return redis.NewStatusCmd(context.Background(), "select", db)
}

// answered reports whether the server answered any of the commands, if only to
// say no.
func (r *round) answered() bool {
	for _, cmd := range r.cmds {
		if reached(cmd.Err()) {
			return true
		}
	}
	return false
}
