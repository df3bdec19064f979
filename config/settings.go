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

// Observe says how closely queues are looked at: what waits in them, for how
// long and what became of it. A loop of its own does that, never a scrape.
type Observe struct {
	Interval       Limit[time.Duration] // from one look to the next; off: no loop
	MaxQueues      int                  // queues looked at closely, those listed by key first; the rest has a length
	MaxBytes       int                  // of one queue's messages that one look may fetch
	MaxServerShare float64              // of the server's time that the loop may take, 0 to 1
	DeadLetters    Limit[int]           // newest dead letters of a queue that are read for their reasons
	Notifications  Switch               // whether the server's notifications of what happens to lists are listened to
}

// Scrape says how the server is asked.
type Scrape struct {
	// RetryDeniedAfter is how long what the server denied or does not know is left
	// alone: a command, a key, a database.
	RetryDeniedAfter time.Duration
}

// What part of the server's time a loop of the exporter may be allowed.
const (
	LeastServerShare = 0.0001
	MostServerShare  = 0.5
)

// topLevel is the file.
var topLevel = checked[Validated]{section[Validated]{
	named("queues", func(v *Validated) *[]Queue { return &v.queues }, queueList),
	named("discovery", func(v *Validated) *Discovery { return &v.discovery }, discoveryFields),
	named("observe", func(v *Validated) *Observe { return &v.observe }, observeFields),
	named("classes", func(v *Validated) *Classes { return &v.classes }, classesKind),
	named("clients", func(v *Validated) *Clients { return &v.clients }, clientsKind),
	named("scrape", func(v *Validated) *Scrape { return &v.scrape }, scrapeFields),
	named("audit", func(v *Validated) *Audit { return &v.audit }, auditFields),
	named("latency", func(v *Validated) *Latency { return &v.latency }, latencyKind),
	named("alerts", func(v *Validated) *Alerts { return &v.alerts }, alertFields),
	named("alertmanager", func(v *Validated) *Alertmanager { return &v.alertmanager }, alertmanagerKind),
	named("dashboards", func(v *Validated) *Dashboards { return &v.dashboards }, dashboardFields),
}, finishFile}

var discoveryFields = section[Discovery]{
	named("interval", func(d *Discovery) *time.Duration { return &d.Interval }, duration(time.Second)),
	named("max_queues", func(d *Discovery) *int { return &d.MaxQueues }, whole(1, 100_000)),
	named("forget_after", func(d *Discovery) *time.Duration { return &d.ForgetAfter }, duration(0)),
	named("max_server_share", func(d *Discovery) *float64 { return &d.MaxServerShare }, share(LeastServerShare, MostServerShare)),
}

var observeFields = section[Observe]{
	named("interval", func(o *Observe) *Limit[time.Duration] { return &o.Interval }, orOff(duration(time.Second))),
	named("max_queues", func(o *Observe) *int { return &o.MaxQueues }, whole(0, 100_000)),
	named("max_bytes", func(o *Observe) *int { return &o.MaxBytes }, size(4*kib, mib)),
	named("max_server_share", func(o *Observe) *float64 { return &o.MaxServerShare }, share(LeastServerShare, MostServerShare)),
	named("dead_letters", func(o *Observe) *Limit[int] { return &o.DeadLetters }, orOff(whole(1, 1000))),
	named("notifications", func(o *Observe) *Switch { return &o.Notifications }, onOrOff()),
}

var scrapeFields = section[Scrape]{
	named("retry_denied_after", func(s *Scrape) *time.Duration { return &s.RetryDeniedAfter }, duration(time.Second)),
}
