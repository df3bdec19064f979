package statuspage

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// fields are fields of INFO, or settings, in turn with their values.
func fields(pairs ...string) map[string]string {
	all := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return all
}

// ago is a time of the server, so many seconds ago.
func ago(seconds int64) string { return fmt.Sprint(noon.Unix() - seconds) }

func TestWhatACrashLosesIsOnThePage(t *testing.T) {
	snapshots := func(pairs ...string) map[string]string {
		return fields(append([]string{"aof_enabled", "0", "rdb_changes_since_last_save", "1234", "rdb_last_save_time", ago(7200)}, pairs...)...)
	}
	points := fields("appendonly", "no", "save", "3600 1")
	for what, c := range map[string]struct {
		info, config map[string]string
		want         string // value, level and notes
		alerts       []string
	}{
		"a file that is flushed each second": {nil, fields("appendfsync", "everysec"), "the last 2 s, ok: append-only file of 477 MiB", nil},
		"a file that is flushed at once":     {nil, fields("appendfsync", "always"), "nothing, ok: append-only file of 477 MiB", nil},
		"nobody tells how it is flushed":     {nil, nil, "unknown, unknown: append-only file of 477 MiB", nil},
		"snapshots":                          {snapshots(), points, "the last 2 h, ok: snapshot 2 h ago, 1,234 changes since then", nil},
		"none since the start":               {snapshots("rdb_last_save_time", ago(86400)), points, "the last 1 d, ok: 1,234 changes since the start", nil},
		"none for more than a day":           {snapshots("rdb_last_save_time", ago(86402), "uptime_in_seconds", "86402"), points, "the last 1 d, warning: 1,234 changes since the start", []string{"warning ValkeySnapshotStale"}},
		"no changes":                         {snapshots("rdb_changes_since_last_save", "0"), points, "nothing, ok: snapshot 2 h ago", nil},
		"nothing is saved":                   {snapshots(), fields("appendonly", "no", "save", ""), "everything, : nothing is to be saved", nil},
		"settings are not told":              {snapshots(), nil, "unknown, unknown: snapshot 2 h ago, 1,234 changes since then", nil},
		"a rewrite failed":                   {fields("aof_last_bgrewrite_status", "err"), fields("appendfsync", "everysec"), "the last 2 s, ok: append-only file of 477 MiB", []string{"warning ValkeyAOFRewriteFailed"}},
		"a rewrite failed, of an old file":   {snapshots("aof_last_bgrewrite_status", "err"), points, "the last 2 h, ok: snapshot 2 h ago, 1,234 changes since then", nil},
		"a rewrite is overdue":               {fields("aof_base_size", "166666666"), fields("appendfsync", "everysec"), "the last 2 s, ok: append-only file of 477 MiB", []string{"warning ValkeyAOFRewriteOverdue"}},
		"three times is not overdue":         {fields("aof_base_size", "166666667"), fields("appendfsync", "everysec"), "the last 2 s, ok: append-only file of 477 MiB", nil},
		"a small file is not overdue":        {fields("aof_base_size", "88", "aof_current_size", "268435456"), fields("appendfsync", "everysec"), "the last 2 s, ok: append-only file of 256 MiB", nil},
	} {
		s := play(t, defaults)
		s.info["server_time_usec"] = ago(0) + "000000"
		maps.Copy(s.info, c.info)
		s.config = c.config
		s.scrape()
		tile := s.tile("A crash would lose")
		if got := fmt.Sprintf("%s, %s: %s", tile.Value, tile.Level.Word(), strings.Join(tile.Notes, ", ")); got != c.want {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
		if got := s.alerts(); !slices.Equal(got, c.alerts) {
			t.Errorf("%s: %q, want %q", what, got, c.alerts)
		}
	}
}

// What is off is not judged.
func TestSavesAreJudgedAsConfigured(t *testing.T) {
	s := play(t, "alerts: {thresholds: {aof_growth: off, snapshot_age: off}}")
	s.info["aof_base_size"] = "1"
	s.scrape()
	if got := s.alerts(); len(got) > 0 || s.tile("A crash would lose").Level != neutral {
		t.Errorf("%q, and a tile with the level %q", got, s.tile("A crash would lose").Level.Word())
	}
}

// tile is the one of a title.
func (s *scene) tile(title string) tile {
	s.t.Helper()
	all := s.view().Tiles
	i := slices.IndexFunc(all, func(t tile) bool { return t.Title == title })
	if i < 0 {
		s.t.Fatalf("no tile %q", title)
	}
	return all[i]
}
