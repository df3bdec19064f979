package valkey

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed look.lua
var lookScript string

// Looker asks one server about the contents of queues, between scrapes and on
// a connection of its own. Look is for one caller at a time.
type Looker struct {
	conn    *Conn
	ledger  *Ledger
	now     func() time.Time
	hash    string // of lookScript
	refused *refusals
	shunned shunned

	known     bool // the server is known to run scripts for us
	tellsIdle bool // its eviction policy lets it tell how long a key was idle

	mu          sync.Mutex
	unavailable []Unavailable
}

// NewLooker asks the server behind conn; ledger is that of the server, now is
// the clock.
func NewLooker(conn *Conn, ledger *Ledger, now func() time.Time) *Looker {
	return &Looker{
		conn: conn, ledger: ledger, now: now, hash: redis.NewScript(lookScript).Hash(),
		refused: newRefusals(), shunned: make(shunned),
	}
}

// Unavailable lists the commands that the server refuses to us. It may be
// called while a look is under way.
func (l *Looker) Unavailable() []Unavailable {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unavailable
}

// Look asks everything in one round trip, by one script for each question, which
// must be sorted by database. (The first look asks in advance whether we may run
// scripts.) What the server refuses is left alone for retryDenied. The
// context is the only deadline, also of the wait while a Scraper has its turn.
func (l *Looker) Look(ctx context.Context, questions []Question, retryDenied time.Duration) Look {
	start := l.now()
	look := Look{Sights: make([]Sight, len(questions))}
	for i := range questions {
		look.Sights[i] = noSight(questions[i].Queue)
	}
	l.refused.retry = retryDenied
	look.Err = l.ledger.take(ctx)
	if look.Err == nil {
		l.look(ctx, questions, &look, start)
		l.ledger.give()
	}
	if look.Err != nil {
		look.fail()
	}
	l.publish()
	look.At = l.now()
	look.Took = look.At.Sub(start)
	return look
}

// noSight is what is known of a queue that was not asked about.
func noSight(q *Queue) Sight {
	return Sight{Queue: q, Length: NotSent, TTL: None, Idle: None, Err: errNotAsked}
}

// fail gives the reason of the whole look to the queues that have no answer.
func (look *Look) fail() {
	for i := range look.Sights {
		if look.Sights[i].Err == errNotAsked { //nolint:errorlint // it is never wrapped
			look.Sights[i].Err = look.Err
		}
	}
}

func (l *Looker) publish() {
	list := l.refused.list()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unavailable = list
}

func (l *Looker) look(ctx context.Context, questions []Question, look *Look, now time.Time) {
	for _, command := range []string{"EVAL_RO", "EVALSHA_RO"} {
		if look.Err = l.refused.err(command, now); look.Err != nil {
			return
		}
	}
	if look.Err = l.introduce(ctx, now); look.Err != nil {
		return
	}
	r := l.plan(questions, look.Sights, now)
	err := l.conn.Exec(ctx, r.cmds)
	l.conn.stayHome(r.home)
	look.Before, look.After = l.info(r.before, now), l.info(r.after, now)
	l.learnPolicy(look.After)
	l.ledger.at(look.Before)
	look.Err = l.read(r)
	if look.Err == nil {
		look.Err = err
	}
}

// introduce finds out whether we may run scripts, if that is not known: a
// server that refuses them would otherwise refuse one for each queue, and
// count and log each as a breach of its rules. It also tells what the
// first look must know of the connection and of the eviction policy.
func (l *Looker) introduce(ctx context.Context, now time.Time) error {
	if l.known {
		return nil
	}
	load, run, info := l.load(), redis.NewCmd(ctx, "evalsha_ro", l.hash, 0), l.askInfo("memory")
	if err := l.conn.Exec(ctx, []redis.Cmder{load, run, info}); err != nil {
		return err
	}
	l.learnPolicy(l.info(info, now))
	for _, cmd := range []redis.Cmder{load, run} {
		if err := l.judge(cmd, now); err != nil {
			return err
		}
	}
	l.known = load.Err() == nil && run.Err() == nil
	return nil
}

// load makes the server know the script from then on. It does so in every round
// trip, because the server forgets scripts when it restarts, and in favour of
// others.
func (l *Looker) load() *redis.Cmd {
	return redis.NewCmd(context.Background(), "eval_ro", lookScript, 0)
}

func (l *Looker) askInfo(sections ...any) *redis.StringCmd {
	return redis.NewStringCmd(context.Background(), append([]any{"info"}, sections...)...)
}

// info understands an answer to INFO. One that is denied or not understood is
// the zero Info: the queues' answers are good without it.
func (l *Looker) info(cmd *redis.StringCmd, now time.Time) Info {
	if cmd == nil {
		return Info{}
	}
	l.refused.learn("INFO", cmd.Err(), now)
	if cmd.Err() != nil {
		return Info{}
	}
	info, err := ParseInfo(cmd.Val())
	if err != nil {
		return Info{}
	}
	return info
}

// learnPolicy takes note whether OBJECT IDLETIME would be an error. As long as
// the policy is not known it is not asked.
func (l *Looker) learnPolicy(info Info) {
	if policy := info.Fields["maxmemory_policy"]; policy != "" {
		l.tellsIdle = !strings.Contains(policy, "lfu")
	}
}

// judge is the reply to cmd, which runs the script, when it is the same for all
// queues: we may not run scripts, or the server runs nothing at the moment. It
// is nil when it is good, or about something else.
func (l *Looker) judge(cmd redis.Cmder, now time.Time) error {
	err := said(cmd)
	command := strings.ToUpper(cmd.Name())
	l.refused.learn(command, err, now)
	if Refused(err) != "" {
		l.known = false
		return fmt.Errorf("%s: %w", command, err)
	}
	if kind := KindOf(err); kind == KindLoading || kind == KindBusy {
		return err
	}
	return nil
}

// said is the error of cmd, without what the server repeats of a command that it
// does not know: that may be messages.
func said(cmd redis.Cmder) error {
	if text, ok := replyText(cmd.Err()); ok {
		return serverSaid(withoutArguments(text))
	}
	return cmd.Err()
}
