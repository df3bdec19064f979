package config

import "time"

// Discovery says how the keys of the patterns are found: by one walk through
// each database in the background, never in a scrape.
type Discovery struct {
	Interval       time.Duration // from the start of one walk to the start of the next
	MaxQueues      int           // found keys that are watched; the rest is counted
	ForgetAfter    time.Duration // a found queue that stays empty this long is dropped
	MaxServerShare float64       // of the server's time that the walk may take, 0 to 1
}

// Scrape says how the server is asked.
type Scrape struct {
	// RetryDeniedAfter is how long what the server denied or does not know is left
	// alone: a command, a key, a database.
	RetryDeniedAfter time.Duration
}

// topLevel is the file.
var topLevel = section[Validated]{
	named("queues", func(v *Validated) *[]Queue { return &v.queues }, queueList),
	named("discovery", func(v *Validated) *Discovery { return &v.discovery }, discoveryFields),
	named("scrape", func(v *Validated) *Scrape { return &v.scrape }, scrapeFields),
}

var discoveryFields = section[Discovery]{
	named("interval", func(d *Discovery) *time.Duration { return &d.Interval }, duration(time.Second)),
	named("max_queues", func(d *Discovery) *int { return &d.MaxQueues }, whole(1, 100_000)),
	named("forget_after", func(d *Discovery) *time.Duration { return &d.ForgetAfter }, duration(0)),
	named("max_server_share", func(d *Discovery) *float64 { return &d.MaxServerShare }, share(0.0001, 0.5)),
}

var scrapeFields = section[Scrape]{
	named("retry_denied_after", func(s *Scrape) *time.Duration { return &s.RetryDeniedAfter }, duration(time.Second)),
}
