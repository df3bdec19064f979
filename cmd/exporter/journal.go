package main

import (
	"log/slog"
	"sync"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
)

// journal logs what changes from scrape to scrape, not what stays: a server
// that is down for a night is one line, and one more when it is back.
type journal struct {
	log *slog.Logger

	mu      sync.Mutex
	kind    valkey.Kind
	sources [valkey.NumSources]string // why each fails, empty if it does not
	fields  string                    // which were last not understood
}

func newJournal(log *slog.Logger) *journal { return &journal{log: log} }

// scraped takes note of a scrape.
func (j *journal) scraped(s valkey.Snapshot) {
	kind := valkey.KindOf(s.Err)
	if kind == valkey.KindCanceled {
		return // says nothing about the server
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if kind != j.kind {
		j.server(kind, s)
	}
	if s.Err == nil {
		j.parts(s)
	}
}

func (j *journal) server(kind valkey.Kind, s valkey.Snapshot) {
	if kind == valkey.KindNone {
		j.log.Info("server answers again", "was", j.kind)
	} else {
		j.log.Warn("scrape failed", kind.WithHint("reason", kind, "up", s.Up, "err", s.Err)...)
	}
	j.kind = kind
}

// parts logs the sources that begin to fail, fail for another reason, or work
// again.
func (j *journal) parts(s valkey.Snapshot) {
	for i, o := range s.Sources {
		why := valkey.Word(o.Err)
		if why == j.sources[i] {
			continue
		}
		j.sources[i] = why
		part := valkey.Source(i).String()
		if why == "" {
			j.log.Info("part of the scrape works again", "part", part)
			continue
		}
		j.log.Warn("part of the scrape failed; the rest is complete",
			valkey.KindOf(o.Err).WithHint("part", part, "err", o.Err)...)
	}
}

// misunderstood takes note of INFO fields that the catalogue cannot decode.
// Which they are matters, not the values, which may be others at each scrape.
func (j *journal) misunderstood(errs collector.FieldErrors) {
	fields := errs.Fields()
	j.mu.Lock()
	defer j.mu.Unlock()
	if fields != j.fields && fields != "" {
		j.log.Warn("INFO holds values that this version does not understand; their metrics are missing", "err", errs)
	}
	j.fields = fields
}
