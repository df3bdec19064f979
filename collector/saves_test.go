package collector_test

import (
	"maps"
	"math"
	"testing"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
)

// noSaves is a server that has been up for an hour, and has saved nothing.
func noSaves() valkey.Snapshot {
	return valkey.Snapshot{
		Up: true, At: time.Unix(1800000000, 0),
		Info: valkey.Info{Fields: map[string]string{
			"run_id": "a", "loading": "0", "server_time_usec": "1800000000500000", "uptime_in_seconds": "3600",
			"rdb_last_save_time": "1799996400", "rdb_changes_since_last_save": "5", "rdb_last_bgsave_status": "ok",
			"rdb_bgsave_in_progress": "0", "rdb_saves": "0",
			"aof_enabled": "0", "aof_last_write_status": "ok", "aof_last_bgrewrite_status": "ok", "aof_rewrite_in_progress": "0",
			"aof_rewrites": "0", "aof_rewrites_consecutive_failures": "0",
		}},
		Config: map[string]string{"save": "", "appendonly": "no", "appendfsync": "everysec", "no-appendfsync-on-rewrite": "no"},
	}
}

// told is a server that says something else in some fields, or nothing where the
// value is empty, and has other settings.
func told(fields, settings map[string]string) valkey.Snapshot {
	s := noSaves()
	maps.Copy(s.Info.Fields, fields)
	maps.DeleteFunc(s.Info.Fields, func(_, value string) bool { return value == "" })
	maps.Copy(s.Config, settings)
	return s
}

// text are fields with their values, in turn.
func text(pairs ...string) map[string]string {
	all := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return all
}

// equal compares numbers of which none is a number too.
func equal(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func TestWhatACrashWouldLose(t *testing.T) {
	unknown := math.NaN()
	aof := func(pairs ...string) map[string]string { return text(append(pairs, "aof_enabled", "1")...) }
	for what, c := range map[string]struct {
		fields, settings map[string]string
		want             float64
	}{
		"nothing is to be saved":            {nil, nil, unknown},
		"saved once, by hand":               {text("rdb_saves", "1", "rdb_last_save_time", "1799999000"), nil, unknown},
		"saved by somebody":                 {text("rdb_saves", "2", "rdb_last_save_time", "1799999000"), nil, 1000},
		"save points, and none reached":     {nil, text("save", "3600 1"), 3600},
		"save points":                       {text("rdb_last_save_time", "1799999900"), text("save", "3600 1"), 100},
		"no changes":                        {text("rdb_changes_since_last_save", "0"), text("save", "3600 1"), 0},
		"saved this very second":            {text("rdb_last_save_time", "1800000001"), text("save", "3600 1"), 0},
		"loading":                           {text("loading", "1"), text("save", "3600 1"), unknown},
		"a replica that loads another set":  {text("async_loading", "1"), text("save", "3600 1"), unknown},
		"flushed each second":               {aof(), nil, 2},
		"also with save points":             {aof(), text("save", "3600 1"), 2},
		"flushed at once":                   {aof(), text("appendfsync", "always"), 0},
		"flushed by the system":             {aof(), text("appendfsync", "no"), 30},
		"not flushed during a rewrite":      {aof("aof_rewrite_in_progress", "1"), text("no-appendfsync-on-rewrite", "yes"), 30},
		"not flushed during a snapshot":     {aof("rdb_bgsave_in_progress", "1"), text("no-appendfsync-on-rewrite", "yes"), 30},
		"flushed while there is no rewrite": {aof(), text("no-appendfsync-on-rewrite", "yes"), 2},
		"flushed during a rewrite":          {aof("aof_rewrite_in_progress", "1"), nil, 2},
		"at once even during a rewrite":     {aof("aof_rewrite_in_progress", "1"), text("no-appendfsync-on-rewrite", "yes", "appendfsync", "always"), 0},
		"no file yet":                       {aof("aof_current_size", "0"), nil, unknown},
		"no file yet, but snapshots":        {aof("aof_current_size", "0"), text("save", "3600 1"), 3600},
		"the file cannot be written":        {aof("aof_last_write_status", "err"), nil, unknown},
		"settings are not told, with file":  {aof(), text("appendfsync", ""), unknown},
		"settings are not told, without":    {nil, text("appendfsync", "", "save", ""), unknown},
	} {
		if got := collector.Unsaved(told(c.fields, c.settings)); !equal(got, c.want) {
			t.Errorf("%s: %v seconds, want %v", what, got, c.want)
		}
	}
	down := told(nil, text("save", "3600 1"))
	down.Up = false
	if got := collector.Unsaved(down); !math.IsNaN(got) {
		t.Errorf("%v seconds of a server that does not answer", got)
	}
}

// The start of a server is no snapshot, whatever it says of its last save. The two
// times are read one after the other, and may be in two seconds.
func TestTheStartIsNoSnapshot(t *testing.T) {
	for last, want := range map[string]float64{
		"1799996399": math.NaN(), "1799996400": math.NaN(), "1799996401": math.NaN(), "1799996402": 1799996402, "": math.NaN(), "0": math.NaN(),
	} {
		if got := collector.LastSnapshot(told(text("rdb_last_save_time", last), nil)); !equal(got, want) {
			t.Errorf("last save %q: %v, want %v", last, got, want)
		}
	}
}

// moment is a scrape, and what must be known after it: failures in all so far.
type moment struct {
	fields              map[string]string
	snapshots, rewrites float64
	rewritten           bool
}

func TestFailuresAreCounted(t *testing.T) {
	failed := func(pairs ...string) map[string]string {
		return text(append([]string{"rdb_last_bgsave_status", "err"}, pairs...)...)
	}
	rewriteFailed := func(pairs ...string) map[string]string {
		return text(append([]string{"aof_last_bgrewrite_status", "err"}, pairs...)...)
	}
	first := moment{fields: text()}
	for what, story := range map[string][]moment{
		"those before the first scrape are not known": {{fields: failed("rdb_saves", "7")}, {fields: failed("rdb_saves", "7")}},
		"each":                              {first, {fields: failed("rdb_saves", "1"), snapshots: 1}, {fields: failed("rdb_saves", "4"), snapshots: 4}, {fields: failed("rdb_saves", "4"), snapshots: 4}},
		"not one that is under way":         {first, {fields: failed("rdb_saves", "2", "rdb_bgsave_in_progress", "1"), snapshots: 1}, {fields: failed("rdb_saves", "2"), snapshots: 2}},
		"none that succeeded":               {first, {fields: text("rdb_saves", "3", "rdb_last_save_time", "1799999000")}},
		"at least one, after a success":     {first, {fields: failed("rdb_saves", "3", "rdb_last_save_time", "1799999000"), snapshots: 1}},
		"a success ends it":                 {first, {fields: failed("rdb_saves", "1"), snapshots: 1}, {fields: text("rdb_saves", "2", "rdb_last_save_time", "1799999000"), snapshots: 1}},
		"after a restart from nothing":      {{fields: text("rdb_saves", "9")}, {fields: failed("run_id", "b", "rdb_saves", "2"), snapshots: 2}},
		"after CONFIG RESETSTAT":            {{fields: failed("rdb_saves", "9")}, {fields: failed("rdb_saves", "2"), snapshots: 2}},
		"one that ends after a RESETSTAT":   {{fields: text("rdb_saves", "1", "rdb_bgsave_in_progress", "1")}, {fields: text("rdb_saves", "0", "rdb_bgsave_in_progress", "1")}, {fields: failed("rdb_saves", "0"), snapshots: 1}},
		"by the state, where nobody counts": {{fields: text("rdb_saves", "")}, {fields: failed("rdb_saves", ""), snapshots: 1}, {fields: failed("rdb_saves", ""), snapshots: 1}, {fields: text("rdb_saves", ""), snapshots: 1}},
		"not while nothing is told":         {first, {fields: text("rdb_last_bgsave_status", "")}, {fields: failed("rdb_saves", "1"), snapshots: 1}},

		"each rewrite":                         {first, {fields: rewriteFailed("aof_rewrites", "2", "aof_rewrites_consecutive_failures", "2"), rewrites: 2}, {fields: rewriteFailed("aof_rewrites", "3", "aof_rewrites_consecutive_failures", "3"), rewrites: 3}},
		"no rewrite that succeeded":            {first, {fields: text("aof_rewrites", "1"), rewritten: true}, {fields: text("aof_rewrites", "1"), rewritten: true}},
		"no rewrite under way":                 {first, {fields: text("aof_rewrites", "1", "aof_rewrite_in_progress", "1")}, {fields: text("aof_rewrites", "1"), rewritten: true}},
		"rewrites around one that succeeded":   {{fields: rewriteFailed("aof_rewrites", "2", "aof_rewrites_consecutive_failures", "2")}, {fields: rewriteFailed("aof_rewrites", "6", "aof_rewrites_consecutive_failures", "3"), rewrites: 3, rewritten: true}},
		"rewrites before a success":            {{fields: rewriteFailed("aof_rewrites", "2", "aof_rewrites_consecutive_failures", "2")}, {fields: text("aof_rewrites", "3"), rewritten: true}},
		"rewrites after CONFIG RESETSTAT":      {{fields: rewriteFailed("aof_rewrites", "5", "aof_rewrites_consecutive_failures", "5")}, {fields: rewriteFailed("aof_rewrites", "0")}, {fields: rewriteFailed("aof_rewrites", "1", "aof_rewrites_consecutive_failures", "1"), rewrites: 1}},
		"rewrites after a restart":             {{fields: rewriteFailed("aof_rewrites", "5", "aof_rewrites_consecutive_failures", "5")}, {fields: rewriteFailed("run_id", "b", "aof_rewrites", "1", "aof_rewrites_consecutive_failures", "1"), rewrites: 1}},
		"rewrites, where nobody counts in row": {{fields: text("aof_rewrites_consecutive_failures", "")}, {fields: rewriteFailed("aof_rewrites_consecutive_failures", ""), rewrites: 1}, {fields: rewriteFailed("aof_rewrites_consecutive_failures", ""), rewrites: 1}},
	} {
		var saves collector.Saves
		for i, m := range story {
			s := told(m.fields, nil)
			s.Info.Fields["aof_enabled"] = "1"
			saves.Observe(s)
			got := savesOf(t, s, saves)
			if got["failures snapshot"] != m.snapshots || got["failures aof_rewrite"] != m.rewrites {
				t.Errorf("%s, scrape %d: %v snapshots and %v rewrites failed, want %v and %v", what, i, got["failures snapshot"], got["failures aof_rewrite"], m.snapshots, m.rewrites)
			}
			at, known := got["success aof_rewrite"]
			if known != m.rewritten || known && at != 1800000000 {
				t.Errorf("%s, scrape %d: rewritten at %v (%v), want %v", what, i, at, known, m.rewritten)
			}
		}
	}
}

// A file that was turned off has no last rewrite, and what is down has nothing.
func TestOnlyWhatIsThereIsTold(t *testing.T) {
	var saves collector.Saves
	on := told(text("aof_enabled", "1"), nil)
	saves.Observe(on)
	on.Info.Fields["aof_rewrites"] = "1"
	saves.Observe(on)
	off := told(text("rdb_last_save_time", "1799999000"), nil)
	if got := savesOf(t, off, saves); got["success snapshot"] != 1799999000 || len(got) != 3 {
		t.Errorf("%v, want the snapshot and two counters", got)
	}
	down := valkey.Snapshot{At: on.At}
	if got := savesOf(t, down, saves); len(got) != 2 {
		t.Errorf("%v of a server that does not answer, want two counters", got)
	}
}

// savesOf are the samples on saves: "failures snapshot", "unsaved".
func savesOf(t *testing.T, s valkey.Snapshot, saves collector.Saves) map[string]float64 {
	t.Helper()
	page, err := collector.Describe(s, collector.State{Now: s.At, Saves: &saves})
	if err != nil {
		t.Fatal(err)
	}
	short := map[string]string{
		"redis_unsaved_seconds": "unsaved", "redis_save_last_success_timestamp_seconds": "success", "redis_save_failures_total": "failures",
	}
	all := map[string]float64{}
	for _, f := range page.Families {
		name, ours := short[f.GetName()]
		for _, m := range f.GetMetric() {
			id := name
			for _, l := range m.GetLabel() {
				id += " " + l.GetValue()
			}
			if ours {
				all[id] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
		}
	}
	return all
}
