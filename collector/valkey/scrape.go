package valkey

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// ConfigParameters are the parameters that a scrape asks CONFIG GET for.
var ConfigParameters = []string{
	"client-output-buffer-limit", "databases", "io-threads", "maxclients", "maxmemory", "repl-backlog-size",

	// For the audit. No secret is among them.
	"appendfsync", "appendonly", "auto-aof-rewrite-min-size", "auto-aof-rewrite-percentage", "bind", "enable-debug-command",
	"io-threads-do-reads", "lazyfree-lazy-eviction", "lazyfree-lazy-expire", "lazyfree-lazy-server-del", "lazyfree-lazy-user-del",
	"maxmemory-policy", "maxmemory-samples", "no-appendfsync-on-rewrite", "port", "protected-mode", "save", "tcp-backlog",
	"tcp-keepalive", "timeout", "tls-port",
}

// Scraper asks one server. It is for one caller at a time; see Shared.
type Scraper struct {
	conn    *Conn
	now     func() time.Time
	refused *refusals
	ledger  *Ledger
	failed  QueueErrors
	access  paced
	asks    []*ask
	ping    *ask
}

// Request is what a scrape asks besides what every scrape asks.
type Request struct {
	// Queues are the keys whose lengths are wanted, sorted by database.
	Queues []*Queue
	// RetryDenied is how long a command or key that was refused is left alone.
	RetryDenied time.Duration
	// AccessEvery is from one question about the default user to the next; 0: none.
	AccessEvery time.Duration
}

// ask is one command of a scrape, and how its reply is understood.
type ask struct {
	source  Source
	command string // for people, in capitals
	cmd     redis.Cmder
	read    func(*Snapshot) error
}

// NewScraper asks the server behind conn; ledger is that of the server, now is
// the clock.
func NewScraper(conn *Conn, ledger *Ledger, now func() time.Time) *Scraper {
	s := &Scraper{conn: conn, ledger: ledger, now: now, refused: newRefusals(), asks: asks()}
	s.ping = &ask{SourceInfo, "PING", redis.NewStatusCmd(context.Background(), "ping"), nil}
	return s
}

// asks are the commands of every scrape, in the order of their sources. INFO
// is first: what it says of key look-ups is then free of this scrape's own.
func asks() []*ask {
	ctx := context.Background()
	info := redis.NewStringCmd(ctx, "info", "all")
	config := redis.NewCmd(ctx, configGet()...)
	histogram := redis.NewCmd(ctx, "latency", "histogram")
	latest := redis.NewCmd(ctx, "latency", "latest")
	length := redis.NewIntCmd(ctx, "slowlog", "len")
	last := redis.NewCmd(ctx, "slowlog", "get", "1")
	user := redis.NewCmd(ctx, "acl", "getuser", "default")
	commands := redis.NewCmd(ctx, commandInfo()...)
	return []*ask{
		{SourceInfo, "INFO", info, func(s *Snapshot) (err error) {
			s.Info, err = ParseInfo(info.Val())
			return err
		}},
		{SourceConfig, "CONFIG GET", config, func(s *Snapshot) (err error) {
			s.Config, err = parseConfig(config.Val())
			return err
		}},
		{SourceLatencyHistogram, "LATENCY HISTOGRAM", histogram, func(s *Snapshot) (err error) {
			s.Histograms, err = parseHistograms(histogram.Val())
			return err
		}},
		{SourceLatencyLatest, "LATENCY LATEST", latest, func(s *Snapshot) (err error) {
			s.Spikes, err = parseSpikes(latest.Val())
			return err
		}},
		{SourceSlowlog, "SLOWLOG LEN", length, func(s *Snapshot) error {
			s.Slowlog.Length = float64(length.Val())
			return nil
		}},
		{SourceSlowlog, "SLOWLOG GET", last, func(s *Snapshot) (err error) {
			s.Slowlog.Last, err = parseSlowEntry(last.Val())
			return err
		}},
		{SourceACL, "ACL GETUSER", user, func(s *Snapshot) (err error) {
			s.Access.User, err = parseUser(user.Val())
			return err
		}},
		{SourceACL, "COMMAND INFO", commands, func(s *Snapshot) (err error) {
			s.Access.Commands, err = parseCommands(commands.Val())
			return err
		}},
	}
}

func configGet() []any {
	args := []any{"config", "get"}
	for _, p := range ConfigParameters {
		args = append(args, p)
	}
	return args
}

func commandInfo() []any {
	args := []any{"command", "info"}
	for _, name := range dangerous {
		args = append(args, name)
	}
	return args
}

// Scrape asks the server everything in one round trip: what every scrape asks,
// and the length of each queue. (A second one follows only when a queue came
// into being since the last scrape.) The context is the only deadline.
func (s *Scraper) Scrape(ctx context.Context, request Request) Snapshot {
	start := s.now()
	if err := s.ledger.take(ctx); err != nil {
		return unanswered(err, s.now().Sub(start))
	}
	defer s.ledger.give()
	s.refused.retry = request.RetryDenied
	round := s.plan(request, start)
	sent := time.Now()
	err := s.conn.Exec(ctx, round.cmds)

	snap := Snapshot{Up: round.answered(), Slowlog: Slowlog{Length: NotSent}}
	if !snap.Up {
		snap.Err = err
	}
	s.read(&snap, round, sent)
	s.access.keep(&snap, round, request.AccessEvery)
	s.readQueues(ctx, &snap, round)
	snap.Unavailable = s.refused.list()
	snap.QueueErrors = s.failed
	snap.Connect = s.conn.connectTime()
	snap.At = s.now()
	snap.Took = snap.At.Sub(start)
	return snap
}

// read understands the replies that every scrape asks for.
func (s *Scraper) read(snap *Snapshot, r *round, sent time.Time) {
	for i, a := range r.asks {
		begun := time.Now()
		err := a.cmd.Err()
		s.refused.learn(a.command, err, r.now)
		if err == nil && a.read != nil {
			err = parseError(a.read(snap))
		}
		arrived := s.conn.arrived(i)
		if arrived.Before(sent) {
			arrived = sent
		}
		snap.outcome(a.source, err, arrived.Sub(sent)+time.Since(begun))
		sent = arrived
	}
	for _, a := range s.asks {
		if err := r.barred[a]; err != nil {
			snap.outcome(a.source, err, 0)
		}
	}
	if snap.Err == nil {
		snap.Err = snap.Sources[SourceInfo].Err
	}
	snap.Probes = s.ledger.at(snap.Info)
}

// outcome adds the result of one command to its source's; the first error
// stays.
func (s *Snapshot) outcome(source Source, err error, took time.Duration) {
	o := &s.Sources[source]
	o.Asked = true
	o.Took += took
	if o.Err == nil {
		o.Err = err
	}
}

// readQueues understands the replies about queues, and asks once more about
// those whose type has only now become known.
func (s *Scraper) readQueues(ctx context.Context, snap *Snapshot, r *round) {
	if len(r.groups) == 0 {
		return
	}
	begun := time.Now()
	waited := s.conn.sinceArrived(len(r.asks)-1, begun)
	reader := &queueRound{refused: s.refused, ledger: s.ledger, errors: &s.failed, now: r.now}
	if again := reader.readGroups(r.groups); len(again) > 0 {
		more := &round{now: r.now}
		more.askQueues(again, s.refused)
		_ = s.conn.Exec(ctx, more.cmds) // each command holds its own error
		reader.readGroups(more.groups)
		s.conn.stayHome(more.home)
	}
	s.conn.stayHome(r.home)
	snap.Queues = make([]Reading, 0, len(r.cmds)) // usually a command for each
	for _, g := range r.groups {
		for _, q := range g.queues {
			if reading, ok := q.reading(); ok {
				snap.Queues = append(snap.Queues, reading)
			}
		}
	}
	snap.outcome(SourceQueues, reader.err, waited+time.Since(begun))
}
