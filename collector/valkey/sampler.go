package valkey

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/wait"
)

// sampleTimeout bounds one round trip of a Sampler: a scrape may have to wait
// for it.
const sampleTimeout = 2 * time.Second

// Sampler asks about single keys that a walk has met. It reads no value: sizes,
// expiries, types and numbers of elements only, but for the scores of sorted sets
// and the members of sets where that is asked for. It is for one caller at a time.
type Sampler struct {
	conn    *Conn
	ledger  *Ledger
	now     func() time.Time
	refused *refusals
	granted map[string]bool // commands that the server has run for us

	// Asked is told of each round trip: how many commands it had and how long it
	// took. It may pause.
	Asked func(ctx context.Context, commands int, took time.Duration)
}

// NewSampler asks on the connection of the walk; ledger is that of the server,
// now is the clock.
func NewSampler(conn *Conn, ledger *Ledger, now func() time.Time) *Sampler {
	return &Sampler{
		conn: conn, ledger: ledger, now: now, refused: newRefusals(), granted: make(map[string]bool),
		Asked: func(context.Context, int, time.Duration) {},
	}
}

// Unavailable lists the commands that the server refuses to us.
func (s *Sampler) Unavailable() []Unavailable { return s.refused.list() }

// Ask finds out about keys of one database. What the server refuses is left alone
// for retryDenied. The error is why the server could not be asked at all.
func (s *Sampler) Ask(ctx context.Context, db int, questions []KeyQuestion, retryDenied time.Duration) ([]KeyFacts, error) {
	s.refused.retry = retryDenied
	facts := make([]KeyFacts, len(questions))
	err := s.inTurn(len(questions), []string{"PTTL", "MEMORY USAGE"}, func(from, to int) error {
		return s.basics(ctx, db, questions[from:to], facts[from:to])
	})
	if err == nil {
		err = s.spans(ctx, db, questions, facts)
	}
	if err == nil {
		err = s.members(ctx, db, questions, facts)
	}
	return facts, err
}

// inTurn asks about n things, all at once. As long as it is not known of each of the
// commands whether the server grants it, it asks about the first one alone: what is
// refused is refused once, and not for each key.
func (s *Sampler) inTurn(n int, commands []string, ask func(from, to int) error) error {
	for from := 0; from < n; {
		to := n
		if !s.known(commands) {
			to = from + 1
		}
		if err := ask(from, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

func (s *Sampler) known(commands []string) bool {
	for _, command := range commands {
		if _, refused := s.refused.refused[command]; !refused && !s.granted[command] {
			return false
		}
	}
	return true
}

// keyRound is one round trip about keys of one database.
type keyRound struct {
	sampler *Sampler
	now     time.Time
	cmds    []redis.Cmder
}

func (s *Sampler) round() *keyRound {
	return &keyRound{sampler: s, now: s.now()}
}

// add asks one command; it is nil when it may not be asked now. args begin with
// its words in lower case.
func (r *keyRound) add(command string, args ...any) *redis.Cmd {
	if r.sampler.refused.claim(command, r.now) != nil {
		return nil
	}
	cmd := redis.NewCmd(context.Background(), args...)
	r.cmds = append(r.cmds, cmd)
	return cmd
}

// exec makes the round trip, and lets read understand the replies before anybody
// else may look at the server's count of look-ups.
func (r *keyRound) exec(ctx context.Context, db int, read func()) error {
	if len(r.cmds) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return Insist(ctx, wait.For, func() error {
		took, err := r.try(ctx, db, read)
		if err == nil {
			r.sampler.Asked(ctx, len(r.cmds), took)
		}
		return err
	})
}

// try makes the round trip once. It begins with INFO: what is looked up after CONFIG
// RESETSTAT or a restart is what the server counts, what came before is not.
func (r *keyRound) try(ctx context.Context, db int, read func()) (took time.Duration, err error) {
	s := r.sampler
	limited, cancel := Outlasting(ctx, sampleTimeout)
	defer cancel()
	if err := s.ledger.take(limited); err != nil {
		return 0, err
	}
	defer s.ledger.give()
	choose, home := selectDB(db), selectDB(0)
	cmds := r.cmds
	if db != 0 {
		cmds = append(append([]redis.Cmder{choose}, cmds...), home)
	}
	info := r.askInfo()
	if info != nil {
		cmds = append([]redis.Cmder{info}, cmds...)
	}
	start := time.Now()
	err = s.conn.Exec(limited, cmds)
	took = time.Since(start)
	s.conn.stayHome(home)
	r.readInfo(info)
	if err == nil && choose.Err() != nil {
		return took, selectError(db, choose.Err())
	}
	read() // also what arrived before an error
	return took, err
}

// askInfo asks what the ledger needs to know; nil where INFO is refused.
func (r *keyRound) askInfo() *redis.StringCmd {
	if r.sampler.refused.err("INFO", r.now) != nil {
		return nil
	}
	return redis.NewStringCmd(context.Background(), "info", "server", "stats")
}

// readInfo lets the ledger know. Without a good answer it goes on as before.
func (r *keyRound) readInfo(cmd *redis.StringCmd) {
	if cmd == nil || cmd.Err() != nil && !isReply(cmd.Err()) {
		return
	}
	r.sampler.refused.learn("INFO", cmd.Err(), r.now)
	if cmd.Err() != nil {
		return
	}
	if info, err := ParseInfo(cmd.Val()); err == nil {
		r.sampler.ledger.at(info)
	}
}

// learn takes note of the reply to a command. The result says whether there is a
// good one.
func (r *keyRound) learn(command string, cmd *redis.Cmd, facts *KeyFacts) (any, bool) {
	if cmd == nil {
		return nil, false
	}
	s, err := r.sampler, cmd.Err()
	if err == redis.Nil { //nolint:errorlint // go-redis never wraps it
		err = nil
	}
	if Refused(err) != "" {
		delete(s.granted, command)
		s.refused.learn(command, err, r.now)
		return nil, false
	}
	if !isReply(err) && err != nil {
		return nil, false // it did not arrive
	}
	s.granted[command] = true
	switch {
	case err == nil:
		s.refused.learn(command, nil, r.now)
		return cmd.Val(), true
	case isWrongType(err):
		s.ledger.add(true, 1) // the key was made anew as something else meanwhile
	case deniedKey(err), movedKey(err):
		facts.Err = err
	}
	return nil, false
}
