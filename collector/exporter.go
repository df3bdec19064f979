package collector

import (
	"slices"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
)

// describeScrape is what the exporter says about itself and this scrape.
func describeScrape(b *builder, s valkey.Snapshot, state State) {
	build := state.Build
	b.gauge(metric.BuildInfo, 1, b.labels(metric.BuildInfo, build.Date, build.Commit, build.Go, build.Version)...)
	b.gauge(metric.LastScrapeError, yes(s.Err != nil), b.pair(metric.LabelErr, string(valkey.KindOf(s.Err))))
	b.gauge(metric.LastScrapeDuration, s.Took.Seconds())
	b.gauge(metric.LastScrapeConnectTime, s.Connect.Seconds())
	b.counter(metric.ScrapesTotal, float64(state.Scrape.Count))
	b.counter(metric.TargetScrapeRequestErrors, state.Scrape.RequestErrors)
	b.summary(metric.ScrapeDuration, state.Scrape.Count, state.Scrape.Seconds, 0)
	b.gauge(metric.ConfigReloadSuccessful, yes(state.Config.OK))
	b.gauge(metric.ConfigReloadTimestamp, float64(state.Config.Loaded.UnixMilli())/1e3)
	describeSources(b, s)
	describeUnavailable(b, s, state)
}

func describeSources(b *builder, s valkey.Snapshot) {
	for i, o := range s.Sources {
		if !o.Asked {
			continue
		}
		labels := b.labels(metric.SourceSuccess, valkey.Source(i).String())
		b.gauge(metric.SourceSuccess, yes(o.Err == nil), labels...)
		b.gauge(metric.SourceDuration, o.Took.Seconds(), labels...)
	}
}

func describeUnavailable(b *builder, s valkey.Snapshot, state State) {
	for _, u := range Unavailable(s, state) {
		b.gauge(metric.CommandUnavailable, 1, b.labels(metric.CommandUnavailable, u.Command, u.Reason)...)
	}
}

// Unavailable names each command once that the server refuses, whichever part of
// the exporter it is refused to.
func Unavailable(s valkey.Snapshot, state State) []valkey.Unavailable {
	list := slices.Clone(s.Unavailable)
	if d := state.Discovery; d != nil && d.Refused != "" {
		list = append(list, valkey.Unavailable{Command: "SCAN", Reason: d.Refused})
	}
	looks, walk, others := state.Refused()
	list = slices.Concat(list, looks, walk, others)
	named := map[string]bool{}
	return slices.DeleteFunc(list, func(u valkey.Unavailable) bool {
		again := named[u.Command]
		named[u.Command] = true
		return again
	})
}

// Refused is what the server refuses to those who ask beside scrapes: to looks into
// queues, to the walk that counts keys by class, and to the other loops.
func (s State) Refused() (looks, walk, others []valkey.Unavailable) {
	if s.Health != nil {
		looks = s.Health.Unavailable
	}
	if s.Classes != nil {
		walk = s.Classes.Unavailable
	}
	if s.Clients != nil {
		others = slices.Clone(s.Clients.Unavailable)
	}
	if s.Latency != nil && s.Latency.Watched != nil {
		others = append(others, s.Latency.Watched.Unavailable...)
	}
	return looks, walk, others
}

// describeDiscovery describes the background walks over the keyspace.
func describeDiscovery(b *builder, state State) {
	walking := 0.0
	if d := state.Discovery; d != nil {
		turnedAway := 0
		for _, w := range d.Walks {
			labels := b.labels(metric.DiscoveryComplete, valkey.DatabaseName(w.DB))
			b.gauge(metric.DiscoveryComplete, yes(w.Complete), labels...)
			turnedAway += w.TurnedAway
			if w.Ended.IsZero() {
				continue
			}
			walking += w.Took.Seconds()
			b.gauge(metric.DiscoveryAge, state.Now.Sub(w.Ended).Seconds(), labels...)
			b.gauge(metric.DiscoveryDuration, w.Took.Seconds(), labels...)
			b.gauge(metric.DiscoveryKeysSeen, float64(w.Keys), labels...)
		}
		b.gauge(metric.DiscoveredQueues, float64(d.Found))
		b.gauge(metric.DiscoveryMaxQueues, float64(d.MaxQueues))
		b.gauge(metric.DiscoveryTurnedAway, float64(turnedAway))
	}
	b.gauge(metric.LastKeyGroupsDuration, walking*1e3)
}
