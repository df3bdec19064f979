package main

import (
	"log/slog"
	"sync"

	"valkey-exporter/collector/valkey"
)

// journal logs what changes from scrape to scrape, not what stays: a server
// that is down for a night is one line, and one more when it is back.
type journal struct {
	log *slog.Logger

	mu      sync.Mutex
	kind    valkey.Kind
	sources [valkey.NumSources]bool // failing
	fields  string                  // what was last not understood
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
		j.log.Warn("scrape failed", "reason", kind, "up", s.Up, "err", s.Err, "hint", kind.Hint())
	}
	j.kind = kind
}

// parts logs the sources that begin to fail or work again.
func (j *journal) parts(s valkey.Snapshot) {
	for i, o := range s.Sources {
		failing := o.Err != nil
		if failing == j.sources[i] {
			continue
		}
		j.sources[i] = failing
		source := valkey.Source(i).String()
		if failing {
			j.log.Warn("part of the scrape failed; the rest is complete", "part", source, "err", o.Err,
				"hint", valkey.KindOf(o.Err).Hint())
		} else {
			j.log.Info("part of the scrape works again", "part", source)
		}
	}
}

// misunderstood takes note of INFO fields that the catalogue cannot decode.
func (j *journal) misunderstood(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if text != j.fields && text != "" {
		j.log.Warn("INFO holds values that this version does not understand; their metrics are missing", "err", err)
	}
	j.fields = text
}
