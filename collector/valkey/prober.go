package valkey

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// ProbeTimeout bounds one round trip of a Prober. A PING that takes longer counts
// as one that took so long.
const ProbeTimeout = 2 * time.Second

// Prober times round trips and reads the slow log, between scrapes and on a
// connection of its own, so that nobody waits for it and it waits for nobody. It is
// for one caller at a time.
type Prober struct {
	conn    *Conn
	now     func() time.Time
	refused *refusals
}

// NewProber asks the server behind conn; now is the clock.
func NewProber(conn *Conn, now func() time.Time) *Prober {
	return &Prober{conn: conn, now: now, refused: newRefusals()}
}

// Unavailable lists the commands that the server refuses to us.
func (p *Prober) Unavailable() []Unavailable { return p.refused.list() }

// Ping is how long one PING took, from writing it to its answer; connecting is not
// in it. Any answer counts, also that the server is loading; 0 is none. One that was
// given up took so long, besides being an error.
func (p *Prober) Ping(ctx context.Context, retryDenied time.Duration) (time.Duration, error) {
	p.refused.retry = retryDenied
	begun := p.now()
	if err := p.refused.err("PING", begun); err != nil {
		return 0, err
	}
	ping := redis.NewStatusCmd(context.Background(), "ping")
	for range 2 { // the first time it may have to connect
		took, fresh, err := p.exec(ctx, ping)
		switch {
		case ctx.Err() != nil:
			return 0, context.Cause(ctx)
		case err != nil && KindOf(err) == KindTimeout && !fresh:
			return took, err
		case err != nil:
			return 0, err
		}
		p.refused.learn("PING", ping.Err(), begun)
		if Refused(ping.Err()) != "" {
			return 0, ping.Err()
		}
		if !fresh {
			return took, nil
		}
	}
	return 0, nil // the server ends every connection after one command
}

// exec makes a round trip. It is fresh if it had to connect.
func (p *Prober) exec(ctx context.Context, cmds ...redis.Cmder) (took time.Duration, fresh bool, err error) {
	limited, cancel := context.WithTimeout(ctx, ProbeTimeout)
	defer cancel()
	begun := time.Now()
	err = p.conn.Exec(limited, cmds)
	return time.Since(begun), p.conn.justConnected(), err
}

// justConnected reports whether the latest round trip had to connect.
func (c *Conn) justConnected() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fresh
}

// Slowlog reads the newest entries of the slow log, at most so many, and which
// server it is. With more than one entry it also asks which commands the server
// knows: of the first look nobody wants to know more than whether there is news.
func (p *Prober) Slowlog(ctx context.Context, entries int, retryDenied time.Duration) (SlowlogLook, error) {
	p.refused.retry = retryDenied
	look := SlowlogLook{At: p.now(), Uptime: NotSent}
	if err := p.refused.err("SLOWLOG GET", look.At); err != nil {
		return look, err
	}
	log := redis.NewCmd(context.Background(), "slowlog", "get", strconv.Itoa(entries))
	info := redis.NewStringCmd(context.Background(), "info", "server")
	if entries > 1 {
		info = redis.NewStringCmd(context.Background(), "info", "server", "commandstats")
	}
	cmds := []redis.Cmder{log}
	barred := p.refused.err("INFO", look.At)
	if barred == nil {
		cmds = []redis.Cmder{info, log}
	}
	if _, _, err := p.exec(ctx, cmds...); err != nil {
		return look, err
	}
	p.refused.learn("SLOWLOG GET", log.Err(), look.At)
	if err := log.Err(); err != nil {
		return look, err
	}
	known := map[string]bool{}
	if barred == nil {
		p.refused.learn("INFO", info.Err(), look.At)
		if err := look.server(info, known); err != nil {
			return look, err
		}
	}
	var err error
	look.Entries, err = parseSlowlog(log.Val(), p.conn.options.Name, known)
	return look, parseError(err)
}

// server takes from INFO which server it is, and which commands it has run. Where
// INFO is refused neither is known.
func (l *SlowlogLook) server(info *redis.StringCmd, known map[string]bool) error {
	if Refused(info.Err()) != "" {
		return nil
	}
	if err := info.Err(); err != nil {
		return err
	}
	parsed, err := ParseInfo(info.Val())
	if err != nil {
		return parseError(err)
	}
	l.Run = strings.Clone(parsed.Fields["run_id"])
	if uptime, err := number(parsed.Fields["uptime_in_seconds"]); err == nil {
		l.Uptime = uptime
	}
	for _, c := range parsed.Commands {
		known[c.Name] = true
	}
	return nil
}
