package main

import (
	"context"
	"sync"

	"valkey-exporter/internal/statuspage"
)

// statusPage is the page at /, with the loop that keeps its memory.
type statusPage struct {
	*statuspage.Page
	stop context.CancelFunc
	loop sync.WaitGroup
}

// openStatusPage makes the page, unless it is switched off.
func (e *exporter) openStatusPage() {
	if e.settings.statusPage {
		e.page = &statusPage{Page: statuspage.New(e.settings.metricsPath, e.status)}
	}
}

// status is what the page shows beside what it remembers. It asks nobody.
func (e *exporter) status() statuspage.State {
	w := e.current()
	return statuspage.State{
		Target: e.settings.target.String(), Exporter: e.state(), Settings: w.config,
		Queues: w.list.Queues(), Entry: w.entries.of,
	}
}

// run lets the page remember from now on, until ctx ends or the page is closed.
func (p *statusPage) run(ctx context.Context) {
	ctx, p.stop = context.WithCancel(ctx)
	p.loop.Go(func() { p.Run(ctx) })
}

func (p *statusPage) close() {
	p.stop()
	p.loop.Wait()
}
