package main

import (
	"slices"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/class"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
)

// count is what walks over all keys feed. What is known stays known when the
// configuration changes and wants the same of classes.
func (e *exporter) count(c config.Validated, old *watch) *class.Survey {
	if old != nil && old.survey != nil && c.Classes().AsksAs(old.config.Classes()) && c.Scrape() == old.config.Scrape() {
		return old.survey
	}
	return class.NewSurvey(classOptions(c), e.sampler, time.Now)
}

func classOptions(c config.Validated) class.Options {
	every, _ := c.Classes().Interval.Get()
	o := class.Options{Every: every, Samples: c.Classes().Samples, Denied: c.Scrape().RetryDeniedAfter, Match: queue.Match}
	for _, p := range c.Classes().Patterns {
		maxTTL, _ := p.MaxTTL.Get()
		window, _ := p.Window.Get()
		o.Classes = append(o.Classes, class.Class{Glob: p.Pattern, Kind: classKind(p), MaxTTL: maxTTL, Window: window})
	}
	return o
}

// classKind is what is looked at in a class. A rate limit without a window has
// nothing to compare with.
func classKind(c config.Class) class.Kind {
	_, limited := c.Window.Get()
	switch {
	case c.Kind == config.Lock:
		return class.Lock
	case c.Kind == config.RateLimit && limited:
		return class.RateLimit
	case c.Kind == config.Tags:
		return class.Tags
	}
	return class.Data
}

// classes is what is known of them; nil when the configuration turns them off.
func (w *watch) classes() *collector.Classes {
	if w.survey == nil {
		return nil
	}
	status := w.survey.Status()
	if reason := w.list.Refused(); reason != "" {
		status.Unavailable = append(slices.Clone(status.Unavailable), valkey.Unavailable{Command: "SCAN", Reason: reason})
	}
	return &collector.Classes{Status: status, MaxShare: w.config.Discovery().MaxServerShare, ShowNames: bool(w.config.Classes().Largest)}
}
