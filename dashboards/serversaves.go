package dashboards

import (
	"time"

	"github.com/grafana/grafana-foundation-sdk/go/units"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/rules/promql"
)

func persistenceLines() []grafana.Line {
	return []grafana.Line{
		{Height: graphs, Panels: []grafana.Panel{
			savesSucceeded(),
			grafana.Graph{
				Head: grafana.Head{
					Title: "Writes that a crash would lose", NoValue: "nothing is to be saved", Width: wide,
					What:  "The last so many seconds of them, at most. With an append-only file by its appendfsync, otherwise since the last snapshot.",
					Bad:   "Hours, where the data is needed. The alert looks only at servers that have nothing but snapshots.",
					First: "Look at the save points, or at the job that saves.",
				},
				Unit: units.Seconds, Lines: line(the(metric.UnsavedSeconds).Top(most), byInstance),
				Marks: []grafana.Mark{grafana.Above(alert.SnapshotStale, config.SnapshotAge)},
			},
		}},
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Graph{
				Head: grafana.Head{
					Title: "Time since the last save that succeeded", NoValue: "none yet",
					What: "Snapshots since the server started, rewrites of the append-only file since the exporter did.",
					Bad:  "Much more than usual, where snapshots are the backup.",
				},
				Unit: units.Seconds, Lines: line(promql.Since(metric.SaveLastSuccess).Top(most), "{{save}} · {{instance}}"),
			},
			grafana.Graph{
				Head: grafana.Head{
					Title: "Saves that failed", Of: metric.SaveFailures, NoValue: "no server", What: "Within an hour.",
					Bad:    "The server tries again and again, and each attempt forks.",
					Alerts: []alert.Name{alert.SnapshotFailed, alert.AOFRewriteFailed},
				},
				Unit: units.Short, Lines: line(promql.Increase(metric.SaveFailures, time.Hour).Top(most), "{{save}} · {{instance}}"),
			},
			grafana.Graph{
				Head: grafana.Head{Title: "Changes since the last snapshot", NoValue: "no server", What: "What a crash loses where there is no append-only file."},
				Unit: units.Short, Lines: line(the(metric.RDBChanges).Top(most), byInstance),
			},
			appendOnlySize(),
		}},
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Graph{
				Head: grafana.Head{
					Title: "Flushes to disk that came late", Of: metric.AOFDelayedFsync, NoValue: "no server", Width: wide,
					What: "Within ten minutes.",
					Bad:  "The disk is too slow: writes wait for it, and a crash loses more than a second.",
				},
				Unit: units.Short, Lines: line(promql.Increase(metric.AOFDelayedFsync, slowlogWindow).Top(most), byInstance),
				Marks: []grafana.Mark{grafana.Above(alert.AOFFsyncDelayed, config.FsyncDelays)},
			},
			grafana.Graph{
				Head: grafana.Head{Title: "Time of the last fork", NoValue: "no server", Width: wide, Bad: "Nothing is served while it lasts. It grows with the memory: use a replica for snapshots, or smaller servers."},
				Unit: units.Seconds, Lines: line(the(metric.ForkDuration).Top(most), byInstance),
			},
		}},
	}
}

func savesSucceeded() grafana.Panel {
	ok := func(g metric.Gauge, legend string) []grafana.Query {
		return line(the(g).Bottom(most), legend+" · {{instance}}")
	}
	return grafana.Timeline{
		Head: grafana.Head{
			Title: "Did the last writes to disk succeed?", Of: metric.AOFLastWriteStatus, NoValue: "not told", Width: wide,
			What:   "The append-only file, its rewrite, and the snapshot.",
			Bad:    "Failed: the server may refuse writes, and a restart may lose data.",
			First:  "Look at the disk: full, read-only, slow? Then at the server's log.",
			Alerts: []alert.Name{alert.AOFWriteFailed, alert.AOFRewriteFailed, alert.SnapshotFailed},
		},
		States: append(append(ok(metric.AOFLastWriteStatus, "append-only file"), ok(metric.AOFLastRewriteStatus, "rewrite")...), ok(metric.RDBLastStatus, "snapshot")...),
		Words:  grafana.OKFailed,
	}
}

func appendOnlySize() grafana.Panel {
	return grafana.Graph{
		Head: grafana.Head{
			Title: "Size of the append-only file", NoValue: "no append-only file",
			What:   "It grows until a rewrite makes it smaller.",
			Bad:    "Many times as large as after the last rewrite: none comes any more.",
			Alerts: []alert.Name{alert.AOFRewriteOverdue},
		},
		Unit: units.BytesIEC, Lines: append(
			line(the(metric.AOFCurrentSize).Top(most), "now · {{instance}}"),
			line(the(metric.AOFBaseSize).Top(most), "after the last rewrite · {{instance}}")...),
	}
}
