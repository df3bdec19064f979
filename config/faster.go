package config

import "time"

// shortest is the least that Faster divides a time down to, because exporter and
// servers count in seconds.
const shortest = time.Second

// leisurely is what a threshold must be above to be divided: shorter ones measure
// how quick something is, not how patient the alert is.
const leisurely = 60.0

// Faster is the configuration of a demonstration in which everything takes a
// factor less time: how often is looked, how old is too old, how long an alert
// waits. Rules, routes and panels that are made of it are faster by the same
// factor, so that somebody who breaks something sees the page within a minute. Rates,
// lengths and shares remain, and so do thresholds of a minute or less.
func (v Validated) Faster(factor int) Validated {
	v.alerts, v.alertmanager = v.alerts.clone(), v.alertmanager.faster(factor)
	v.queues = v.Queues()
	v.pace = v.Pace() * factor

	for i, q := range v.queues {
		if age, on := q.MaxAge.Get(); on {
			v.queues[i].MaxAge = At(quicker(age, factor))
		}
	}
	for t, limit := range v.alerts.Thresholds {
		if value, on := limit.Get(); on && Threshold(t).Measure() == TimeSpan && value > leisurely {
			v.alerts.Thresholds[t] = At(value / float64(factor))
		}
	}
	v.discovery.Interval = quicker(v.discovery.Interval, factor)
	if interval, on := v.observe.Interval.Get(); on {
		v.observe.Interval = At(quicker(interval, factor))
	}
	if interval, on := v.classes.Interval.Get(); on {
		v.classes.Interval = At(quicker(interval, factor))
	}
	if interval, on := v.clients.Interval.Get(); on {
		v.clients.Interval = At(quicker(interval, factor))
	}
	v.scrape.RetryDeniedAfter = quicker(v.scrape.RetryDeniedAfter, factor)
	if interval, on := v.audit.Interval.Get(); on {
		v.audit.Interval = At(quicker(interval, factor))
	}
	if interval, on := v.latency.Interval.Get(); on {
		v.latency.Interval = At(quicker(interval, factor))
	}
	return v
}

// Pace is how many times faster than in life everything is: 1, unless Faster made
// the configuration.
func (v Validated) Pace() int { return max(1, v.pace) }

func quicker(d time.Duration, factor int) time.Duration {
	return max(shortest, d/time.Duration(factor))
}
