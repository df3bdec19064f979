package statuspage

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
)

// State is what is known at one moment.
type State struct {
	Target   string // the server's address, without user and password
	Exporter collector.State
	Settings config.Validated
	Queues   []*valkey.Queue // that are watched
	// Entry is the configuration's for a queue; false when there is none any more.
	Entry func(*valkey.Queue) (config.Queue, bool)
}

// Page remembers the last scrapes and half an hour, and shows them. All methods
// may be called at any time by anyone.
type Page struct {
	metrics string
	state   func() State
	history *history
	own     func() float64 // commands that the exporter has sent, to be left out

	mu      sync.Mutex
	scrapes []scraped // the latest last
	known   *facts    // of the latest scrape that brought any

	stale     atomic.Bool // a scrape has come since the page was made
	rendering sync.Mutex  // one at a time, however many look
	rendered  time.Time
	page      []byte
}

// New makes a page that asks state for what it shows; metrics is the path under
// which scrapes are answered.
func New(metrics string, state func() State) *Page {
	return &Page{metrics: metrics, state: state, history: newHistory(), own: func() float64 { return 0 }}
}

// Scraped takes note of a scrape.
func (p *Page) Scraped(s valkey.Snapshot) {
	n := newScraped(s)
	if n.facts != nil {
		n.facts.counters.commands -= p.own()
	}
	if n.kind != valkey.KindCanceled { // which says nothing about the server
		p.history.scraped(n.at, n.facts)
	}
	defer p.stale.Store(true)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.scrapes) == scrapesKept {
		copy(p.scrapes, p.scrapes[1:])
		p.scrapes = p.scrapes[:scrapesKept-1]
	}
	if n.kind == valkey.KindCanceled {
		n.queues = nil
	} else {
		for i := range p.scrapes {
			p.scrapes[i].queues = nil // ten thousand of them are a megabyte
			p.scrapes[i].asked = valkey.Snapshot{}
		}
	}
	p.scrapes = append(p.scrapes, n)
	if n.facts != nil {
		p.known = n.facts
	}
}

// Run takes note of the queues every now and then, until ctx ends.
func (p *Page) Run(ctx context.Context) {
	tick := time.NewTicker(spacing)
	defer tick.Stop()
	for {
		p.Observe()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Observe takes note of the queues as they are now.
func (p *Page) Observe() {
	c := p.compose()
	now := c.Exporter.Now
	remembered := p.history.kept(c.Queues)
	readings, reports := c.readings(remembered), c.reports()
	var scrapedAt time.Time
	if c.last != nil {
		scrapedAt = c.last.at
	}
	depths := make([]depth, 0, len(remembered))
	for _, q := range remembered {
		r := reports[placeOf(q)]
		w := waitsIn(r, readings[placeOf(q)], scrapedAt)
		d := depth{queue: q, at: now, depth: w.depth, counters: countersOf(r)}
		if !w.at.IsZero() {
			d.at = w.at
		}
		depths = append(depths, d)
	}
	p.history.observed(now, depths)
}

var nan = math.NaN()

func countersOf(r *health.Report) totals {
	if r == nil || math.IsNaN(r.Length) { // the counters of a queue that nobody has seen lately stand still
		return totals{nan, nan, nan}
	}
	return totals{in: r.Flow.Enqueued, out: r.Flow.Dequeued, vanished: r.Vanished}
}

// compose takes what is known now.
func (p *Page) compose() *composer {
	c := &composer{State: p.state(), memory: p.history, metric: p.metrics}
	c.alerts = c.Settings.Alerts()
	p.mu.Lock()
	defer p.mu.Unlock()
	c.all, c.known = append(c.all, p.scrapes...), p.known
	for i := len(c.all) - 1; i >= 0 && c.last == nil; i-- {
		if c.all[i].kind != valkey.KindCanceled {
			c.last = &c.all[i]
		}
	}
	return c
}

// freshFor is how long a page serves everybody who asks, unless a scrape comes. A
// thousand viewers cost as much as one.
const freshFor = time.Second

// ServeHTTP shows the page.
func (p *Page) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	page, err := p.current()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	_, _ = w.Write(page) // an error is the viewer's, who has gone away
}

// current is the page, made anew unless the last one is fresh.
func (p *Page) current() ([]byte, error) {
	p.rendering.Lock()
	defer p.rendering.Unlock()
	if stale := p.stale.Swap(false); !stale && time.Since(p.rendered) < freshFor {
		return p.page, nil
	}
	page, err := p.compose().render()
	if err != nil {
		return nil, err
	}
	p.page, p.rendered = page, time.Now()
	return page, nil
}
