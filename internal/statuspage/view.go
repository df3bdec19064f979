package statuspage

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
)

// view is the page as its template shows it: texts, and what they are worth.
type view struct {
	Style, Script template.HTML

	Target   string
	State    level
	StateTo  string // the state in a word
	Identity []string
	AsOf     moment
	Headline string
	Calm     level // of the headline
	Problems []problem
	Serious  int // of the problems: those that are no notes
	More     int
	Blind    []string

	Tiles    []tile
	Replicas *table  // nil when there are none
	Tables   []table // of queues
	Classes  *table  // of keys; nil when none are counted
	Clients  []table // and channels; nil when none are listed
	Slow     *table  // commands; nil when nobody looks for them
	Replica  bool
	Reasons  []reason
	MoreWhys int

	Unreadable     []unreadable
	MoreUnreadable int

	Scrapes table
	About   []string
	Metrics string
}

// composer joins what is known into a view.
type composer struct {
	State
	judge
	last   *scraped // nil before the first
	known  *facts   // of the latest scrape that brought any
	all    []scraped
	memory *history
	metric string

	rows    []*row      // the queues, judged
	unread  []Queue     // those that cannot be read
	classed []*classRow // the classes that have keys, judged
}

func (c *composer) view() view {
	now := c.Exporter.Now
	v := view{Style: style, Script: script, Target: c.Target, AsOf: momentOf(now), Metrics: strings.TrimPrefix(c.metric, "/")}
	graphs := axisOf(c.memory.begin(now), now)
	s := server{judge: &c.judge, now: now, axis: graphs, known: c.known, points: c.memory.scrapes()}
	if c.last != nil && now.Sub(c.last.at) <= scrapeOld {
		s.facts = c.last.facts
	}
	s.grew, s.seconds = lately(s.points)
	s.reach(c.last, c.metric)
	q := c.queues(s.facts, &v)
	q.axis, s.queues = graphs, q.evictable()
	c.rows = q.rows
	v.State, v.StateTo = state(c.last, s.facts)
	v.Identity = identity(c.known, s.facts != nil)
	v.Tiles = s.tiles()
	s.states()
	v.Replicas = c.replicas(s.facts)
	c.missed(s.facts)
	c.audit(c.Exporter.Audit, c.last, s.facts.replica())
	c.trust(c.State, c.last)
	v.Tables = []table{q.work(), q.hand(), q.dead()}
	v.Classes, v.Clients = c.classes(s.facts), c.clientTables(s.facts)
	v.Slow = c.slow()
	v.Reasons, v.MoreWhys = q.reasons()
	v.Scrapes, v.About = scrapeTable(c.all), about(c.State)
	c.headline(&v)
	return v
}

// state is whether the server is up, as far as that is known.
func state(last *scraped, now *facts) (l level, word string) {
	switch {
	case last == nil:
		return blind, "not scraped yet"
	case now != nil:
		return good, "up"
	case last.kind == valkey.KindNone:
		return blind, unknown
	case last.up:
		return warning, "up, " + plainKind(last.kind)
	}
	return critical, "down"
}

// identity is who the server is, or was when it last answered.
func identity(f *facts, current bool) []string {
	if f == nil {
		return nil
	}
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	product := shown(f.name, nameShown)
	if product != "" {
		product = strings.ToUpper(product[:1]) + product[1:]
	}
	add(strings.TrimSpace(product + " " + shown(f.version, nameShown)))
	role := f.role
	switch role {
	case "master":
		role = "primary"
	case "slave":
		role = "replica"
	}
	add(shown(role, nameShown))
	add(shown(f.mode, nameShown))
	if current && !f.started.IsZero() {
		add(fmt.Sprintf("up since %s (%s)", momentOf(f.started).Text, seconds(f.uptime)))
	}
	if !current {
		add("as of " + momentOf(f.at).Text)
	}
	return parts
}

// queues joins lengths and reports, and judges them.
func (c *composer) queues(server *facts, v *view) *queues {
	now := c.Exporter.Now
	q := &queues{now: now, history: c.memory, looks: c.Exporter.Health != nil}
	readings := c.readings(c.Queues)
	reports := c.reports()
	for _, watched := range c.Queues {
		entry, ok := c.Entry(watched)
		if !ok {
			continue
		}
		reading := readings[placeOf(watched)]
		if reading != nil && reading.Reason != "" {
			c.unreadable(v, entry, reading)
			continue
		}
		w := newRow(watched, entry, reports[placeOf(watched)], reading, now)
		w.flow = c.memory.flow(watched, now, rateWindow)
		if w.report != nil && w.report.Vanished > 0 {
			w.flow.vanished = c.memory.flow(watched, now, vanishedWindow).vanished
		}
		q.rows = append(q.rows, w)
	}
	j := queueJudge{judge: &c.judge, memory: math.NaN(), replica: server.replica(), moves: q.moves()}
	if server != nil {
		j.memory = server.memoryShare()
	}
	v.Replica = j.replica
	unseen := 0
	for _, w := range q.rows {
		j.row(w)
		if math.IsNaN(w.depth) {
			unseen++
		}
	}
	if unseen > 0 && server != nil {
		c.cannot(fmt.Sprintf("how long %s: neither a scrape nor a look has shown it.", isOrAre(unseen, "queue")))
	}
	return q
}

// readings are the lengths of the latest scrape, if it is not too old.
func (c *composer) readings(of []*valkey.Queue) map[place]*valkey.Reading {
	if c.last == nil || c.Exporter.Now.Sub(c.last.at) > scrapeOld {
		return nil
	}
	wanted := make(map[place]*valkey.Reading, len(of))
	for _, q := range of {
		wanted[placeOf(q)] = nil
	}
	for i := range c.last.queues {
		at := placeOf(c.last.queues[i].Queue)
		if _, ok := wanted[at]; ok {
			wanted[at] = &c.last.queues[i]
		}
	}
	return wanted
}

func (c *composer) reports() map[place]*health.Report {
	if c.Exporter.Health == nil {
		return nil
	}
	all := make(map[place]*health.Report, len(c.Exporter.Health.Reports))
	for i := range c.Exporter.Health.Reports {
		r := &c.Exporter.Health.Reports[i]
		all[placeOf(r.Queue)] = r
	}
	return all
}

// moves reports whether something has left a work queue lately.
func (q *queues) moves() bool {
	for _, w := range q.rows {
		if w.entry.Role == config.Work && w.flow.out > 0 {
			return true
		}
	}
	return false
}

// evictable reports whether a queue with something in it may be evicted.
func (q *queues) evictable() bool {
	for _, w := range q.rows {
		if w.report != nil && w.report.Evictable == 1 && w.depth > 0 {
			return true
		}
	}
	return false
}

// headline says in a sentence whether something needs attention.
func (c *composer) headline(v *view) {
	v.Problems, v.Blind = c.sorted(), c.blind
	worst := neutral
	for _, p := range v.Problems {
		worst = max(worst, p.Level)
		if p.Level >= warning {
			v.Serious++
		}
	}
	switch {
	case v.Serious == 1:
		v.Headline, v.Calm = "1 thing needs attention.", worst
	case v.Serious > 1:
		v.Headline, v.Calm = fmt.Sprintf("%d things need attention.", v.Serious), worst
	case c.last == nil || v.State != good:
		v.Headline, v.Calm = "Cannot say whether something is wrong.", blind
	case len(v.Blind) > 0:
		v.Headline, v.Calm = "Nothing that can be seen needs attention.", good
	default:
		v.Headline, v.Calm = "Nothing needs attention.", good
	}
	if len(v.Problems) > problemsShown {
		v.More = len(v.Problems) - problemsShown
		v.Problems = v.Problems[:problemsShown]
	}
}
