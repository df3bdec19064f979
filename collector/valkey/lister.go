package valkey

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// listTimeout bounds one round trip of a Lister.
const listTimeout = 10 * time.Second

// MaxClientListBytes is what a list of clients may have: a hundred thousand of them.
// It is read as it arrives, and not kept.
const MaxClientListBytes = 64 << 20

// Lister asks who is connected and who listens. It is for one caller at a time, on a
// connection of its own.
type Lister struct {
	conn    *Conn
	now     func() time.Time
	refused *refusals
}

// NewLister asks on conn; now is the clock.
func NewLister(conn *Conn, now func() time.Time) *Lister {
	return &Lister{conn: conn, now: now, refused: newRefusals()}
}

// Unavailable lists the commands that the server refuses to us.
func (l *Lister) Unavailable() []Unavailable { return l.refused.list() }

// Audience is what the server tells of its clients without listing them.
type Audience struct {
	Connected   float64            // clients; NotSent if it does not tell
	PubSubLimit float64            // bytes a subscriber may leave unread; 0: any number, NotSent if it does not tell
	Subscribers map[string]float64 // by channel; without those of which it does not tell
}

// Channels are channels of which the subscribers are to be counted.
type Channels struct {
	Plain []string
	Shard []string // of a cluster
}

// audienceAsk is a command, and how its reply is understood.
type audienceAsk struct {
	command string
	args    []any
	read    func(reply any) error
}

// Ask finds out how many clients and subscribers there are. What the server refuses
// is left alone for retryDenied. The error is why it could not be asked, or did not
// answer as it should.
func (l *Lister) Ask(ctx context.Context, channels Channels, retryDenied time.Duration) (Audience, error) {
	l.refused.retry = retryDenied
	a := Audience{Connected: NotSent, PubSubLimit: NotSent, Subscribers: make(map[string]float64)}
	asks := []audienceAsk{
		{"INFO", []any{"info", "clients"}, a.readInfo},
		{"CONFIG GET", []any{"config", "get", outputLimits}, a.readLimits},
	}
	if len(channels.Plain) > 0 {
		asks = append(asks, audienceAsk{"PUBSUB NUMSUB", naming("numsub", channels.Plain), a.readSubscribers})
	}
	if len(channels.Shard) > 0 {
		asks = append(asks, audienceAsk{"PUBSUB SHARDNUMSUB", naming("shardnumsub", channels.Shard), a.readSubscribers})
	}
	err := l.ask(ctx, asks)
	return a, err
}

func naming(subcommand string, channels []string) []any {
	args := []any{"pubsub", subcommand}
	for _, c := range channels {
		args = append(args, c)
	}
	return args
}

// ask makes one round trip of those commands that are not refused.
func (l *Lister) ask(ctx context.Context, asks []audienceAsk) error {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	now := l.now()
	var sent []audienceAsk
	var cmds []redis.Cmder
	for _, a := range asks {
		if l.refused.allows(a.command, now) {
			sent = append(sent, a)
			cmds = append(cmds, redis.NewCmd(ctx, a.args...))
		}
	}
	if len(cmds) == 0 {
		return nil
	}
	if err := l.conn.Exec(ctx, cmds); err != nil {
		return err
	}
	for i, a := range sent {
		reply, err := cmds[i].(*redis.Cmd).Result() //nolint:forcetypeassert // made above
		l.refused.learn(a.command, err, now)
		if err == nil {
			err = parseError(a.read(reply))
		}
		if err != nil && Refused(err) == "" {
			return fmt.Errorf("%s: %w", a.command, err)
		}
	}
	return nil
}

// List tells meet of every client, as they arrive; what it is given is only good
// until it returns. The clients count only if there was neither an error nor a refusal,
// which listed says. Took is how long it lasted.
func (l *Lister) List(ctx context.Context, meet func(*Client)) (listed bool, took time.Duration, err error) {
	const command = "CLIENT LIST"
	now := l.now()
	if !l.refused.allows(command, now) {
		return false, 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	reader := &clientReader{meet: meet}
	list := redis.NewRawWriteToCmd(ctx, reader, "client", "list")
	start := time.Now()
	// Not Exec: it may ask a second time, and the reader has seen part of the first
	// answer by then. That the connection is good, Ask has just found out.
	err = l.conn.exec(ctx, []redis.Cmder{list})
	took = time.Since(start)
	if err == nil {
		err = reader.err
		l.refused.learn(command, err, now)
	}
	switch {
	case Refused(err) != "":
		return false, took, nil
	case err != nil:
		return false, took, fmt.Errorf("%s: %w", command, err)
	}
	return true, took, nil
}

func (a *Audience) readInfo(reply any) error {
	section, err := text(reply)
	if err != nil {
		return err
	}
	info, err := ParseInfo(section)
	if n, bad := strconv.ParseFloat(info.Fields["connected_clients"], 64); bad == nil {
		a.Connected = n
	}
	return err
}

// outputLimits is the parameter with the limits of output buffers.
const outputLimits = "client-output-buffer-limit"

// readLimits reads "normal 0 0 0 slave 268435456 67108864 60 pubsub ...": class, hard
// limit, soft limit, seconds above the soft one. The lower of the two counts.
func (a *Audience) readLimits(reply any) error {
	config, err := parseConfig(reply)
	for words := strings.Fields(config[outputLimits]); len(words) >= 4; words = words[4:] {
		if words[0] != PubSubClient.String() {
			continue
		}
		hard, soft := limitOf(words[1]), limitOf(words[2])
		if a.PubSubLimit = min(hard, soft); math.IsInf(a.PubSubLimit, 1) {
			a.PubSubLimit = 0
		}
	}
	return err
}

// limitOf is endless for 0.
func limitOf(word string) float64 {
	n, err := strconv.ParseFloat(word, 64)
	if err != nil || n == 0 {
		return math.Inf(1)
	}
	return n
}

func (a *Audience) readSubscribers(reply any) error {
	return eachPair(reply, func(channel string, value any) error {
		n, err := integer(value)
		a.Subscribers[channel] = float64(n)
		return err
	})
}
