package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/units"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/rules/promql"
)

func exporter(c config.Validated) grafana.Dashboard {
	return grafana.Dashboard{
		UID: toExporter, Title: "Valkey / Exporter", From: from(c),
		About: "Can I believe this?",
		Rows: []grafana.Row{
			{Title: "Can I believe this?", Lines: append(tileLines(exporterTiles()),
				grafana.Line{Height: graphs, Panels: []grafana.Panel{targets(), troubles()}})},
			{Title: "What does a scrape cost?", Lines: scrapeLines()},
			{Title: "How closely are queues looked at?", Lines: lookLines()},
			{Title: "How well are keys counted?", Folded: true, Lines: walkLines()},
			{Title: "The exporter's own process", Folded: true, Lines: processLines()},
		},
	}
}

func exporterTiles() []grafana.Panel {
	return []grafana.Panel{
		grafana.Tile{
			Head: grafana.Head{Counts: true, Title: "Exporters not scraped", NoValue: "no target", What: "How many targets Prometheus could not scrape the last time."},
			Unit: units.Short, Value: value(count(the(metric.TargetUp).Is(0), the(metric.TargetUp))), Marks: []grafana.Mark{grafana.From(alert.ExporterDown, 1)},
		},
		grafana.Tile{
			Head: grafana.Head{Counts: true, Title: "Servers that do not answer", NoValue: "none known", What: "How many exporters could not ask their server the last time."},
			Unit: units.Short, Value: value(count(the(metric.Up).Is(0), the(metric.Up))), Marks: []grafana.Mark{grafana.From(alert.Down, 1)},
		},
		grafana.Tile{
			Head: grafana.Head{Counts: true, Title: "Parts that failed", Of: metric.SourceSuccess, NoValue: "none known", What: "How many parts of the last scrapes got no answer, of all exporters.", Alerts: []alert.Name{alert.Blocked}},
			Unit: units.Short, Value: value(count(the(metric.SourceSuccess).Is(0), the(metric.SourceSuccess))), Marks: []grafana.Mark{grafana.From(alert.ScrapeIncomplete, 1)},
		},
		grafana.Tile{
			Head: grafana.Head{Counts: true, Title: "Commands denied", Of: metric.CommandUnavailable, NoValue: "none known", What: "How many commands the servers do not let their exporter use."},
			Unit: units.Short, Value: value(count(the(metric.CommandUnavailable, promql.Eq(metric.LabelReason, "denied")), the(metric.Up))), Marks: []grafana.Mark{grafana.From(alert.CommandDenied, 1)},
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Slowest scrape", NoValue: "not scraped"},
			Unit: units.Seconds, Value: value(the(metric.LastScrapeDuration).By("max")), Marks: []grafana.Mark{grafana.Above(alert.ScrapeSlow, config.ScrapeDuration)},
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Last look at queues", NoValue: "looks are off", What: "Of the exporter whose last look is the longest ago."},
			Unit: units.Seconds, Value: value(the(metric.LookAge).By("max")), Marks: []grafana.Mark{grafana.Above(alert.QueueLooksFailing, config.LookAge)},
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Configuration read", NoValue: "no exporter", What: "Whether the files were without a mistake the last time, of all exporters."},
			Unit: units.NoUnit, Value: value(the(metric.ConfigReloadSuccessful).By("min")), Marks: []grafana.Mark{grafana.Under(alert.ReloadFailed, 1)},
			Words: grafana.Words{{Value: 1, Text: "ok"}, {Value: 0, Text: "mistake"}},
		},
		grafana.Tile{
			Head: grafana.Head{Title: "Version", NoValue: "no exporter"},
			Unit: units.NoUnit, Value: line(the(metric.BuildInfo).By("count", metric.LabelVersion), "{{version}}"), Label: true,
		},
	}
}

// targets has a row for each exporter.
func targets() grafana.Panel {
	return grafana.Table{
		Head: grafana.Head{
			Title: "Exporters", NoValue: "no target", Width: 14,
			What: "A row for each target. The error is that of the last scrape of the server; looked at, or not, are queues.",
			Link: grafana.Link{Title: "Its server", UID: toServer, Of: []metric.Label{metric.LabelJob, metric.LabelInstance}},
		},
		By: []grafana.Key{{Label: metric.LabelInstance, Title: "Instance"}, {Label: metric.LabelJob, Title: "Job", Width: 90}},
		Columns: []grafana.Column{
			{Title: "Exporter", Query: grafana.Q(the(metric.TargetUp), ""), Unit: units.NoUnit, Words: grafana.UpDown, Width: 90},
			{Title: "Server", Query: grafana.Q(the(metric.Up), ""), Unit: units.NoUnit, Words: grafana.UpDown, None: "unknown", Width: 90},
			{Query: grafana.Q(the(metric.LastScrapeError), ""), Texts: []grafana.Key{{Label: metric.LabelErr, Title: "Error", Width: 120, None: "none"}}},
			{Title: "Scrape takes", Query: grafana.Q(the(metric.LastScrapeDuration), ""), Unit: units.Seconds, Marks: []grafana.Mark{grafana.Above(alert.ScrapeSlow, config.ScrapeDuration)}, None: "unknown", Width: 120},
			{Title: "Looked at", Query: grafana.Q(the(metric.QueuesObserved), ""), Unit: units.Short, None: "looks are off", Width: 130},
			{Title: "Not looked at", Query: grafana.Q(the(metric.QueuesUnobserved), ""), Unit: units.Short, None: "looks are off", Width: 150},
		},
		SortBy: []string{"Scrape takes"},
	}
}

// troubles are what exporters want to ask and cannot.
func troubles() grafana.Panel {
	return grafana.Table{
		Head: grafana.Head{
			Title: "What may not be asked", NoValue: "everything may", Width: 10,
			What:   "Commands that a server denies or does not know, and what then lacks is in the catalogue of metrics.",
			First:  "Grant them to the user of the exporter, or accept that.",
			Alerts: []alert.Name{alert.CommandDenied},
		},
		By: []grafana.Key{
			{Label: metric.LabelCommand, Title: "Command"}, {Label: metric.LabelReason, Title: "Why", Width: 100}, {Label: metric.LabelInstance, Title: "Instance", Width: 170},
		},
		Columns: []grafana.Column{{Title: "Now", Query: grafana.Q(the(metric.CommandUnavailable), ""), Unit: units.Short, Words: grafana.YesNo, Width: 70}},
	}
}

func scrapeLines() []grafana.Line {
	return []grafana.Line{{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{
				Title: "Time of a scrape", NoValue: "not scraped",
				Bad:   "Near the timeout of Prometheus: the server is busy, or far away.",
				First: "See beside which part takes the time.",
			},
			Unit: units.Seconds, Lines: line(the(metric.LastScrapeDuration).Top(most), byInstance),
			Marks: []grafana.Mark{grafana.Above(alert.ScrapeSlow, config.ScrapeDuration)}, Far: true,
		},
		grafana.Graph{
			Head: grafana.Head{Title: "Time until each part had arrived", NoValue: "not scraped"},
			Unit: units.Seconds, Lines: line(the(metric.SourceDuration).Top(most), "{{source}} · {{instance}}"),
		},
		grafana.Timeline{
			Head:   grafana.Head{Title: "Did each part arrive?", NoValue: "not scraped", Alerts: []alert.Name{alert.ScrapeIncomplete}},
			States: line(the(metric.SourceSuccess).By("min", metric.LabelSource, metric.LabelInstance).Bottom(2*most), "{{source}} · {{instance}}"),
			Words:  grafana.OKFailed,
		},
	}}}
}

func lookLines() []grafana.Line {
	return []grafana.Line{
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Graph{
				Head: grafana.Head{Title: "Age of the last look at queues", NoValue: "looks are off", Bad: "It rises: what is said of queues is old."},
				Unit: units.Seconds, Lines: line(the(metric.LookAge).Top(most), byInstance),
				Marks: []grafana.Mark{grafana.Above(alert.QueueLooksFailing, config.LookAge)},
			},
			grafana.Graph{
				Head: grafana.Head{Title: "What looks cost the server, share of a processor", Of: metric.LookServerTime, NoValue: "looks are off", What: "The configuration limits it: `observe.max_server_share`."},
				Unit: units.PercentUnit, Lines: line(rate(metric.LookServerTime).Top(most), byInstance),
			},
			grafana.Graph{
				Head: grafana.Head{Title: "Queues that are looked at, and that are not", Of: metric.QueuesObserved, NoValue: "looks are off", Bad: "Some are not: raise `observe.max_queues`."},
				Unit: units.Short, Lines: append(
					line(the(metric.QueuesObserved).Top(most), "looked at · {{instance}}"),
					line(the(metric.QueuesUnobserved).Top(most), "not looked at · {{instance}}")...),
			},
		}},
		{Height: graphs, Panels: []grafana.Panel{
			grafana.Timeline{
				Head:   grafana.Head{Title: "Was the walk for queues complete?", NoValue: "no patterns configured", Alerts: []alert.Name{alert.DiscoveryIncomplete}},
				States: line(the(metric.DiscoveryComplete).Bottom(most), "{{db}} · {{instance}}"),
				Words:  grafana.Words{{Value: 1, Text: "complete", Colour: "green"}, {Value: 0, Text: "incomplete", Colour: "orange"}},
			},
			grafana.Graph{
				Head: grafana.Head{Title: "Age of the last complete walk", NoValue: "no patterns configured"},
				Unit: units.Seconds, Lines: line(the(metric.DiscoveryAge).Top(most), "{{db}} · {{instance}}"),
			},
			grafana.Graph{
				Head: grafana.Head{
					Title: "Queues found by patterns", NoValue: "no patterns configured",
					What: "Found, and turned away because there are too many.",
					Bad:  "Turned away: a pattern matches more than queues, or `discovery.max_queues` is too low.",
				},
				Unit: units.Short, Lines: append(
					line(the(metric.DiscoveredQueues).Top(most), "found · {{instance}}"),
					line(the(metric.DiscoveryTurnedAway).Top(most), "turned away · {{instance}}")...),
			},
		}},
	}
}

func processLines() []grafana.Line {
	return []grafana.Line{{Height: graphs, Panels: []grafana.Panel{
		grafana.Graph{
			Head: grafana.Head{Title: "Processors used", NoValue: "not told"},
			Unit: units.Short, Lines: line(rate(metric.ProcessCPU).Top(most), byInstance),
		},
		grafana.Graph{
			Head: grafana.Head{Title: "Memory", NoValue: "not told"},
			Unit: units.BytesIEC, Lines: line(the(metric.ProcessResidentMemory).Top(most), byInstance),
		},
		grafana.Graph{
			Head: grafana.Head{Title: "Open files and sockets", NoValue: "not told"},
			Unit: units.Short, Lines: line(the(metric.ProcessOpenFDs).Top(most), byInstance),
		},
		grafana.Graph{
			Head: grafana.Head{Title: "Scrapes per second", NoValue: "not scraped", What: "Of all who ask the exporter. Those that come at the same time share one question to the server."},
			Unit: units.Short, Lines: line(rate(metric.ScrapesTotal).Top(most), byInstance),
		},
	}}}
}
