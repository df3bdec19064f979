package queue

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"valkey-exporter/collector/valkey"
)

// Inherit takes over what another list knows, as far as it is still true, so
// that a change of the configuration makes no gap in the series. The other
// list must no longer be walked for.
func (w *Watchlist) Inherit(other *Watchlist) {
	old := other.copy()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queues = nil
	for k, q := range w.fixed {
		w.fixed[k] = old.same(q)
	}
	for _, f := range old.found {
		k := idOf(f.queue)
		role, ok := w.patterns.role(k.db, k.key)
		if !ok || w.fixed[k] != nil || len(w.found) >= w.options.MaxQueues {
			continue
		}
		q := valkey.NewQueue(k.db, k.key, role)
		w.add(&found{queue: old.same(q), seen: f.seen, empty: f.empty})
	}
	for db, walked := range old.walks {
		if slices.Equal(old.patterns.globs(db), w.patterns.globs(db)) {
			w.walks[db] = walked
		}
	}
}

// heritage is what a list knew at one moment.
type heritage struct {
	patterns patterns
	queues   map[id]*valkey.Queue
	found    []found // by key, so that the cap keeps the same ones each time
	walks    map[int]Walked
}

func (w *Watchlist) copy() heritage {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := heritage{patterns: w.patterns, queues: maps.Clone(w.fixed), walks: maps.Clone(w.walks)}
	for k, f := range w.found {
		h.queues[k] = f.queue
		h.found = append(h.found, *f)
	}
	slices.SortFunc(h.found, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.queue.DB, b.queue.DB), strings.Compare(a.queue.Key, b.queue.Key))
	})
	return h
}

// same is the old queue if q is no different, because the scraper has learned
// its type, and otherwise q.
func (h heritage) same(q *valkey.Queue) *valkey.Queue {
	if old, ok := h.queues[idOf(q)]; ok && old.Role == q.Role && old.Named == q.Named {
		return old
	}
	return q
}
