package flow_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"valkey-exporter/collector/queue/flow"
)

const (
	tick   = 20 * time.Millisecond
	played = 20 * time.Minute
	span   = 5000 // as collector/queue/health asks for
)

// scenario is how an application uses a list, and what else the server does.
type scenario struct {
	name  string
	order flow.Order // that must have been found in the end

	push, pop   flow.End
	arrive      rate
	serve       rate
	waiting     int     // how many the consumers leave
	take        string  // the command that consumers use, if not LPOP or RPOP
	span        int     // if not the usual one
	batch       int     // messages per push
	count       int     // messages per pop, 0: one
	kinds       int     // of messages, 0: all are distinct
	noOrder     bool    // there is none
	again       float64 // share of the messages that are put back at the consumers' end a second later
	both        bool    // there is a consumer at each end
	removed     float64 // messages per second that are removed from the middle
	most        int     // the list is cut to this length after each push
	backlog     int     // in the beginning
	elsewhere   []string
	blind       bool          // there are no statistics of commands
	endsOnly    bool          // flow.Sight.EndsOnly
	scrapes     time.Duration // from one scrape to the next
	listens     bool          // to keyspace notifications
	changesOver bool          // to FIFO after a third of the time
}

// rate is how many messages per second there are, or can be served, at a time.
type rate func(sinceStart time.Duration) float64

func steadily(perSecond float64) rate { return func(time.Duration) float64 { return perSecond } }

// bursts come every so often, and last a tenth of that.
func bursts(perSecond float64, every time.Duration) rate {
	return func(at time.Duration) float64 {
		if at%every < every/10 {
			return 10 * perSecond
		}
		return 0
	}
}

// pausing is steady except for one half of each period.
func pausing(perSecond float64, every time.Duration) rate {
	return func(at time.Duration) float64 {
		if at%every < every/2 {
			return 0
		}
		return perSecond
	}
}

// play is a scenario under way.
type play struct {
	scenario
	server *server
	random *rand.Rand
	made   int
	failed []failed // messages that will be put back
}

type failed struct {
	text string
	back time.Time
}

// step plays one tick.
func (p *play) step() {
	at := p.server.now.Sub(noon)
	for _, command := range p.elsewhere {
		p.server.ran.Add(command, 3)
	}
	for range p.poisson(p.arrive(at) / float64(max(p.batch, 1))) {
		p.produce()
	}
	for len(p.failed) > 0 && !p.failed[0].back.After(p.server.now) {
		p.send(p.pop, p.failed[0].text)
		p.failed = p.failed[1:]
	}
	for range p.poisson(p.serve(at) / float64(max(p.count, 1))) {
		if p.server.list.len() > p.waiting {
			p.consume()
		}
	}
	for range p.poisson(p.removed) {
		if n := p.server.list.len(); n > 0 {
			p.server.lrem(p.server.list.at(p.random.IntN(n)).text)
		}
	}
	p.server.now = p.server.now.Add(tick)
}

func (p *play) produce() {
	texts := make([]string, max(p.batch, 1))
	for i := range texts {
		p.made++
		texts[i] = fmt.Sprintf(`{"id":%d}`, p.made)
		if p.kinds > 0 {
			texts[i] = fmt.Sprintf(`{"kind":%d}`, p.random.IntN(p.kinds))
		}
	}
	p.send(p.push, texts...)
	if p.most > 0 {
		p.server.ltrim(0, p.most-1)
	}
}

func (p *play) send(to flow.End, texts ...string) {
	if to == flow.Head {
		p.server.lpush(texts...)
	} else {
		p.server.rpush(texts...)
	}
}

func (p *play) consume() {
	from := p.pop
	if p.both && p.random.IntN(2) == 0 {
		from = from.Opposite()
	}
	take := p.take
	if take == "" {
		take = map[flow.End]string{flow.Head: "lpop", flow.Tail: "rpop"}[from]
	}
	for _, text := range p.server.pop(take, from, max(p.count, 1)) {
		if p.random.Float64() < p.again {
			p.failed = append(p.failed, failed{text, p.server.now.Add(time.Second)})
		}
	}
}

// poisson is how often something happens in one tick.
func (p *play) poisson(perSecond float64) int {
	limit, n := math.Exp(-perSecond*tick.Seconds()), 0
	for product := p.random.Float64(); product > limit; product *= p.random.Float64() {
		n++
	}
	return n
}

// outcome is how well a scenario was measured.
type outcome struct {
	scenario
	came, went         float64
	enqueued, dequeued float64
	exact              float64 // percent of the intervals
	found              flow.Order
	seen               []time.Duration // by how much the oldest message is older than known
	tooOld             time.Duration   // by how much at most it is younger
	problems           []error
}

func (s scenario) play() outcome {
	p := &play{scenario: s, server: newServer(s.span), random: rand.New(rand.NewPCG(1, 2))}
	for range s.backlog {
		p.produce()
	}
	o := &observer{server: p.server, listens: s.listens, adjust: func(sight *flow.Sight) {
		sight.EndsOnly = s.endsOnly
		if s.blind {
			sight.Ran, sight.Pops, sight.Pushes = nil, math.NaN(), math.NaN()
		}
	}}
	out := outcome{scenario: s}
	exact := 0
	var shown [2]float64
	for ticks := 0; ticks <= int(played/tick); ticks++ {
		if since := time.Duration(ticks) * tick; since%interval == 0 {
			l := o.look()
			if err := l.check(); err != nil {
				out.problems = append(out.problems, fmt.Errorf("after %v: %w", since, err))
			}
			if l.Exact {
				exact++
			}
			out.age(o)
		} else if s.scrapes > 0 && since%s.scrapes == 0 {
			o.Resized(float64(p.server.list.len()), p.server.now)
		}
		shown = out.check(o, shown)
		if s.changesOver && ticks == int(played/tick)/3 {
			p.pop = p.push.Opposite()
		}
		if ticks < int(played/tick) {
			p.step()
		}
	}
	out.enqueued, out.dequeued = o.Totals()
	out.came, out.went = o.truth()
	out.exact, out.found = 100*float64(exact)/float64(o.looks-1), o.Order()
	slices.Sort(out.seen)
	return out
}

// check that totals neither fall nor exceed the truth.
func (out *outcome) check(o *observer, before [2]float64) [2]float64 {
	enqueued, dequeued := o.Totals()
	came, went := o.truth()
	if o.looks == 0 {
		return before
	}
	if enqueued < before[0] || dequeued < before[1] || enqueued > came || dequeued > went {
		out.problems = append(out.problems, fmt.Errorf("totals %v and %v, before %v, in truth %v and %v", enqueued, dequeued, before, came, went))
	}
	return [2]float64{enqueued, dequeued}
}

// age compares how old the oldest message is with what is known of it.
func (out *outcome) age(o *observer) {
	if o.server.list.len() == 0 {
		return
	}
	late := o.OldestSeen().Sub(o.server.oldest())
	out.seen = append(out.seen, late)
	out.tooOld = max(out.tooOld, -late)
}

// What is run on other lists of the server: the same as on this one, or at both
// ends.
var (
	alike   = []string{"lpush", "brpop"}
	unalike = []string{"lpush", "brpop", "rpush", "blpop"}
	stacks  = []string{"lpush", "blpop"}
)

// usual is a queue in which jobs wait for ten seconds.
func usual() scenario {
	return scenario{
		order: flow.FIFO, push: flow.Head, pop: flow.Tail, span: span,
		arrive: steadily(40), serve: steadily(200), waiting: 400, backlog: 400, elsewhere: alike,
	}
}

func scenarios() []scenario {
	return slices.Concat(orderly(), hurried(), stacked(), equals(), odd(), notified())
}

// outcomes are those of all scenarios, in their order.
var outcomes = sync.OnceValue(func() []outcome {
	var wg sync.WaitGroup
	all := make([]outcome, len(scenarios()))
	for i, s := range scenarios() {
		wg.Go(func() { all[i] = s.play() })
	}
	wg.Wait()
	return all
})

func like(name string, change func(*scenario)) scenario {
	s := usual()
	s.name = name
	change(&s)
	return s
}

// orderly queues are measured without error.
func orderly() []scenario {
	return []scenario{
		like("steady, LPUSH and BRPOP", func(*scenario) {}),
		like("steady, RPUSH and BLPOP", func(s *scenario) {
			s.push, s.pop, s.elsewhere = flow.Tail, flow.Head, []string{"rpush", "blpop"}
		}),
		like("steady, RPOPLPUSH, and LREM of the list of jobs in progress", func(s *scenario) {
			s.take, s.endsOnly, s.elsewhere = "rpoplpush", true, []string{"lpush", "rpoplpush", "lrem"}
		}),
		like("steady, BLMOVE, and LREM of the list of jobs in progress", func(s *scenario) {
			s.take, s.endsOnly, s.elsewhere = "blmove", true, []string{"lpush", "blmove", "lrem"}
		}),
		like("pushed 100 at a time", func(s *scenario) { s.batch, s.waiting, s.backlog = 100, 1000, 20 }),
		like("popped 50 at a time", func(s *scenario) { s.count = 50 }),
		like("a backlog that nobody works on", func(s *scenario) {
			s.arrive, s.serve, s.backlog, s.order = steadily(5), steadily(0), 3000, flow.Unknown
		}),
		like("a backlog that is worked off", func(s *scenario) { s.serve, s.backlog, s.waiting = steadily(41), 3000, 0 }),
		like("steady; other lists are used the other way round", func(s *scenario) { s.elsewhere = unalike }),
		like("steady; INFO tells nothing of commands", func(s *scenario) { s.blind = true }),
	}
}

// hurried queues turn over between two looks, some of them only now and then.
func hurried() []scenario {
	return []scenario{
		like("bursty: ten seconds of each 100", func(s *scenario) {
			s.arrive, s.serve, s.waiting = bursts(40, 100*time.Second), steadily(50), 0
		}),
		like("consumers pause; nothing else runs on the server", func(s *scenario) {
			s.elsewhere, s.serve, s.waiting = nil, pausing(100, 4*time.Minute), 0
		}),
		like("faster than the span: 2,000 of 1,000 between two looks", func(s *scenario) {
			s.arrive, s.serve, s.backlog, s.waiting, s.span = steadily(400), steadily(2000), 4000, 4000, 1000
		}),
		like("two jobs wait, one in three seconds comes", func(s *scenario) { s.arrive, s.waiting, s.backlog = steadily(0.3), 2, 2 }),
		like("jobs wait for a second", func(s *scenario) { s.waiting, s.backlog = 40, 40 }),
		like("drained: jobs wait for milliseconds", func(s *scenario) {
			s.serve, s.waiting, s.backlog, s.order = steadily(2000), 0, 0, flow.Unknown
		}),
		like("a burst every 3 s, worked off in two", func(s *scenario) {
			s.arrive, s.serve, s.waiting = bursts(40, 3*time.Second), steadily(60), 0
		}),
		like("the same, with a scrape each second", func(s *scenario) {
			s.arrive, s.serve, s.waiting, s.scrapes = bursts(40, 3*time.Second), steadily(60), 0, time.Second
		}),
	}
}

// stacked lists are no queues.
func stacked() []scenario {
	return []scenario{
		like("LIFO, steady over old jobs at the bottom", func(s *scenario) { s.order, s.pop, s.elsewhere = flow.LIFO, flow.Head, stacks }),
		like("the same, RPUSH and BRPOP", func(s *scenario) { s.order, s.push, s.pop, s.elsewhere = flow.LIFO, flow.Tail, flow.Tail, unalike }),
		like("LIFO, bursty", func(s *scenario) {
			s.order, s.pop, s.elsewhere = flow.LIFO, flow.Head, stacks
			s.arrive, s.serve = bursts(40, 100*time.Second), steadily(50)
		}),
		like("LIFO for a third of the time, then FIFO", func(s *scenario) { s.pop, s.changesOver, s.elsewhere = flow.Head, true, unalike }),
	}
}

// equals has messages that are not distinct.
func equals() []scenario {
	return []scenario{
		like("all messages are equal", func(s *scenario) { s.kinds = 1 }),
		like("1,000 different messages", func(s *scenario) { s.kinds = 1000 }),
		like("100,000 different messages", func(s *scenario) { s.kinds = 100_000 }),
		like("1,000 different messages, LIFO", func(s *scenario) {
			s.kinds, s.order, s.pop, s.elsewhere = 1000, flow.LIFO, flow.Head, unalike
		}),
		like("the same; INFO tells nothing of commands", func(s *scenario) {
			s.kinds, s.order, s.pop, s.blind = 1000, flow.LIFO, flow.Head, true
		}),
	}
}

// odd uses are not those of a queue.
func odd() []scenario {
	return []scenario{
		like("1 % are put back where they are taken next", func(s *scenario) { s.again = 0.01 }),
		like("the same; INFO tells nothing of commands", func(s *scenario) { s.again, s.blind = 0.01, true }),
		like("1 % are removed by LREM", func(s *scenario) { s.removed = 0.4 }),
		like("cut by LTRIM to 400, and not taken otherwise", func(s *scenario) { s.most, s.serve, s.elsewhere = 400, steadily(0), nil }),
		like("a consumer at each end", func(s *scenario) { s.both, s.elsewhere, s.noOrder = true, unalike, true }),
	}
}

// notified queues are on a server that tells what happens to each key.
func notified() []scenario {
	listening := func(name string, change func(*scenario)) scenario {
		return like("notifications: "+name, func(s *scenario) { s.listens, s.elsewhere = true, unalike; change(s) })
	}
	drained := func(s *scenario) { s.serve, s.waiting, s.backlog = steadily(2000), 0, 0 }
	return []scenario{
		listening("drained, jobs wait for milliseconds", drained),
		listening("drained, and pushed 100 at a time", func(s *scenario) { drained(s); s.batch = 100 }),
		listening("drained, and popped 50 at a time", func(s *scenario) { drained(s); s.arrive, s.count = bursts(40, 3*time.Second), 50 }),
		listening("drained, pushed 100 and popped 50 at a time", func(s *scenario) { drained(s); s.batch, s.count = 100, 50 }),
		listening("LIFO, steady over old jobs at the bottom", func(s *scenario) { s.order, s.pop = flow.LIFO, flow.Head }),
		listening("LIFO, popped 50 at a time", func(s *scenario) { s.order, s.pop, s.count = flow.LIFO, flow.Head, 50 }),
		listening("bursty: ten seconds of each 100", func(s *scenario) {
			s.arrive, s.serve, s.waiting = bursts(40, 100*time.Second), steadily(50), 0
		}),
		listening("steady; other lists are used the other way round", func(*scenario) {}),
		listening("all messages are equal", func(s *scenario) { s.kinds = 1 }),
		listening("1 % are put back where they are taken next", func(s *scenario) { s.again = 0.01 }),
		listening("1 % are removed by LREM", func(s *scenario) { s.removed = 0.4 }),
		listening("a consumer at each end", func(s *scenario) { s.both, s.noOrder = true, true }),
	}
}

func TestCountersAreLowerBoundsAndTheOrderIsFound(t *testing.T) {
	for _, got := range outcomes() {
		t.Run(got.name, func(t *testing.T) {
			if len(got.problems) > 0 {
				t.Errorf("%d times wrong, first %v", len(got.problems), got.problems[0])
			}
			if !got.noOrder && got.found != got.order {
				t.Errorf("order %v, want %v", got.found, got.order)
			}
			if got.tooOld > 0 {
				t.Errorf("the oldest message is taken to be older than it is by %v", got.tooOld)
			}
		})
	}
}

func TestOrderlyQueuesAreMeasuredWithoutError(t *testing.T) {
	for _, got := range outcomes()[:len(orderly())] {
		if got.came != got.enqueued || got.went != got.dequeued {
			t.Errorf("%s: %v and %v, in truth %v and %v", got.name, got.enqueued, got.dequeued, got.came, got.went)
		}
		if provable := !got.blind && len(got.elsewhere) < len(unalike); provable != (got.exact > 98) {
			t.Errorf("%s: %.1f %% of the intervals are exact", got.name, got.exact)
		}
		if worst := got.seen[len(got.seen)-1]; worst > interval {
			t.Errorf("%s: the oldest message is known to be there only %v after it came", got.name, worst)
		}
	}
}
