package statuspage

import (
	"fmt"
	"math"
	"slices"
	"time"

	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

// row is one queue.
type row struct {
	queue  *valkey.Queue
	entry  config.Queue
	report *health.Report // nil as long as nobody has looked into it

	waits
	maxLength, maxAge float64 // NaN: none
	flow              flow    // of the last minutes

	level level
	words []string // what is wrong, in a word or two each

	depthLevel, ageLevel, stallLevel, drainLevel, ttlLevel, idleLevel level
}

// vanishedWindow is how far back the alert looks for lost messages.
const vanishedWindow = 10 * time.Minute

func newRow(q *valkey.Queue, entry config.Queue, r *health.Report, reading *valkey.Reading, at time.Time) *row {
	nan := math.NaN()
	w := &row{queue: q, entry: entry, report: r, waits: waitsIn(r, reading, at), maxLength: nan, maxAge: nan}
	if n, ok := entry.MaxLength.Get(); ok {
		w.maxLength = float64(n)
	}
	if d, ok := entry.MaxAge.Get(); ok {
		w.maxAge = d.Seconds()
	}
	return w
}

// where names the queue in a sentence.
func (w *row) where() string {
	text := nameOf(w.queue.Key).Text
	if w.queue.DB != 0 {
		text += " of " + valkey.DatabaseName(w.queue.DB)
	}
	return text
}

// waits is what waits in a queue.
type waits struct {
	depth    float64   // NaN: not known
	at       time.Time // when a scrape showed that; zero: a look did
	lag      float64   // of a stream: what is not delivered to the group that is furthest behind
	isStream bool
}

// waitsIn believes the looks, which are later, and else the scrape at a time. The
// entries of a stream stay in it after they were read: what waits is what one of
// its groups has not finished.
func waitsIn(r *health.Report, reading *valkey.Reading, at time.Time) waits {
	w := waits{depth: math.NaN(), lag: math.NaN()}
	switch {
	case r != nil && !math.IsNaN(r.Length):
		w.depth, w.isStream = r.Length, r.Stream != nil
	case reading != nil && reading.Reason == "":
		w.depth, w.at, w.isStream = reading.Length, at, reading.Type == valkey.TypeStream
	}
	if r == nil || r.Stream == nil {
		return w
	}
	unfinished := math.NaN()
	for _, g := range r.Stream.Groups {
		w.lag, unfinished = larger(w.lag, g.Lag), larger(unfinished, g.Lag+g.Pending)
	}
	if !math.IsNaN(unfinished) {
		w.depth = unfinished
	}
	return w
}

// larger is the larger of two numbers of which either may not be known.
func larger(a, b float64) float64 {
	if math.IsNaN(a) || b > a {
		return b
	}
	return a
}

// age is that of the oldest message: that waits, or that a worker has.
func (w *row) age() float64 {
	switch {
	case w.report == nil:
		return math.NaN()
	case w.report.Processing != nil:
		return w.report.Processing.OldestAge
	}
	return w.report.Age.Seconds
}

// queueJudge judges queues as the rules do.
type queueJudge struct {
	*judge
	moves   bool    // something leaves one of the work queues
	memory  float64 // share of maxmemory; NaN without
	replica bool    // whose queues are those of its primary, and judged there
}

func (j *queueJudge) row(w *row) {
	if j.replica {
		return
	}
	switch w.entry.Role {
	case config.Work:
		j.work(w)
	case config.Processing:
		j.processing(w)
	case config.DeadLetter:
		j.deadLetters(w)
	}
	j.losses(w)
	switch judged := []level{w.depthLevel, w.ageLevel, w.stallLevel}; {
	case w.level != neutral || !slices.Contains(judged, good):
	case slices.Contains(judged, blind):
		w.level, w.words = good, []string{"length ok"}
	default:
		w.level = good
	}
	if math.IsNaN(w.depth) {
		w.level = max(w.level, blind)
	}
}

// say marks the row, and tells the problem, of which most queues have none.
func (j *queueJudge) say(w *row, l level, word string, name alert.Name, text func() string, do string) {
	if l < note {
		return
	}
	w.level = max(w.level, l)
	w.words = append(w.words, word)
	j.tell(l, name, text(), do)
}

func (j *queueJudge) work(w *row) {
	j.depth(w, alert.QueueBackup, "holds %s jobs, more than %s")
	w.ageLevel = compare(w.age(), w.maxAge, j.severityOf(alert.QueueOldestMessageOld, w.entry.Severity))
	j.say(w, w.ageLevel, "too old", alert.QueueOldestMessageOld,
		func() string {
			return fmt.Sprintf("The oldest job in %s has waited for %s, longer than %s.", w.where(), seconds(w.age()), seconds(w.maxAge))
		}, "")
	if w.report == nil {
		return
	}
	j.stalled(w)
	if drain := w.report.Flow.Drain; w.depth > j.limit(config.BacklogLength) && !w.isStream && !math.IsNaN(drain) {
		w.drainLevel = j.above(drain, config.DrainTime, alert.QueueDrainTooSlow)
		j.say(w, w.drainLevel, "drains slowly", alert.QueueDrainTooSlow, func() string {
			return fmt.Sprintf("%s needs %s to drain at the present pace.", w.where(), seconds(drain))
		}, "")
	}
	j.pending(w)
}

// depth judges the length; of a stream what is not delivered.
func (j *queueJudge) depth(w *row, name alert.Name, text string) {
	v := w.depth
	if w.isStream {
		if v, name = w.lag, alert.QueueStreamLag; math.IsNaN(v) {
			return
		}
	}
	w.depthLevel = compare(v, w.maxLength, j.severityOf(name, w.entry.Severity))
	j.say(w, w.depthLevel, "over limit", name, func() string { return w.where() + " " + fmt.Sprintf(text, count(v), count(w.maxLength)) + "." }, "")
}

// stalled tells a queue that nobody serves from one that others go before.
func (j *queueJudge) stalled(w *row) {
	still := w.report.Flow.Stalled
	if !(w.depth > 0) || math.IsNaN(still) {
		return
	}
	if limit, on := j.alerts.Thresholds.Get(config.Stalled); on {
		w.stallLevel = compare(still, limit, j.severityOf(alert.QueueNotBeingProcessed, w.entry.Severity))
	}
	if w.stallLevel >= note && (!j.moves || w.entry.Severity == config.Critical) {
		j.say(w, w.stallLevel, "stalled", alert.QueueNotBeingProcessed,
			func() string {
				return fmt.Sprintf("Nobody works on %s: nothing has left it for %s.", w.where(), seconds(still))
			}, "Are the workers running, connected, and waiting at this key?")
		return
	}
	w.stallLevel = j.above(still, config.Starved, alert.QueueStarved)
	if !j.moves {
		w.stallLevel = min(w.stallLevel, good)
	}
	j.say(w, w.stallLevel, "starved", alert.QueueStarved,
		func() string {
			return fmt.Sprintf("%s starves: nothing has left it for %s, while jobs leave other queues.", w.where(), seconds(still))
		}, "")
}

// pending finds an entry of a stream that a consumer has had for too long.
func (j *queueJudge) pending(w *row) {
	if w.report.Stream == nil {
		return
	}
	for _, g := range w.report.Stream.Groups {
		if g.OldestPendingIdle == valkey.None {
			continue
		}
		l := j.above(g.OldestPendingIdle.Seconds(), config.StreamPending, alert.QueueStreamStuck)
		j.say(w, l, "stuck", alert.QueueStreamStuck,
			func() string {
				return fmt.Sprintf("An entry of %s has been with a consumer of %s for %s.", w.where(), shown(g.Name, nameShown), seconds(g.OldestPendingIdle.Seconds()))
			}, "")
	}
}

func (j *queueJudge) processing(w *row) {
	j.depth(w, alert.QueueBackup, "holds %s jobs in hand, more than %s")
	w.ageLevel = compare(w.age(), w.maxAge, j.severityOf(alert.QueueProcessingStuck, w.entry.Severity))
	j.say(w, w.ageLevel, "stuck", alert.QueueProcessingStuck,
		func() string {
			return fmt.Sprintf("A job has been in %s for %s, longer than %s.", w.where(), seconds(w.age()), seconds(w.maxAge))
		}, "Its worker hangs or is gone.")
	if w.report == nil || w.report.Processing == nil || !(w.report.Processing.Messages > 0) {
		return
	}
	p := w.report.Processing
	if limit, on := j.alerts.Thresholds.Get(config.ProcessingTTL); on && p.TTL < limit {
		w.ttlLevel = j.severity(alert.QueueProcessingExpires)
		j.say(w, w.ttlLevel, "expires", alert.QueueProcessingExpires, func() string {
			return fmt.Sprintf("%s is deleted in %s, with the jobs in it.", w.where(), seconds(p.TTL))
		}, "")
	}
	if !math.IsNaN(p.Idle) {
		w.idleLevel = j.above(p.Idle, config.WorkerIdle, alert.QueueWorkerLost)
		j.say(w, w.idleLevel, "worker idle", alert.QueueWorkerLost, func() string {
			return fmt.Sprintf("The worker of %s has done nothing for %s.", w.where(), seconds(p.Idle))
		}, "")
	}
}

func (j *queueJudge) deadLetters(w *row) {
	j.depth(w, alert.DeadLetterQueueHigh, "holds %s dead letters, more than %s")
	w.ageLevel = compare(w.age(), w.maxAge, j.severityOf(alert.DeadLetterUnattended, w.entry.Severity))
	j.say(w, w.ageLevel, "unattended", alert.DeadLetterUnattended,
		func() string {
			return fmt.Sprintf("The oldest dead letter in %s is %s old, more than %s.", w.where(), seconds(w.age()), seconds(w.maxAge))
		}, "")
}

// losses finds what was lost, or may be.
func (j *queueJudge) losses(w *row) {
	if w.report == nil {
		return
	}
	if w.entry.Role != config.DeadLetter && w.flow.vanished > 0 {
		j.say(w, j.severity(alert.QueueMessagesVanished), "jobs vanished", alert.QueueMessagesVanished,
			func() string {
				return fmt.Sprintf("%s messages have vanished from %s within %s.", count(w.flow.vanished), w.where(), seconds(vanishedWindow.Seconds()))
			}, "They were evicted, deleted or expired: nobody took them.")
	}
	if w.report.Evictable == 1 && w.depth > 0 {
		l := j.above(j.memory, config.EvictableMemory, alert.QueueEvictable)
		j.say(w, l, "evictable", alert.QueueEvictable, func() string {
			return fmt.Sprintf("%s may be evicted with all that is in it: memory is at %s.", w.where(), percent(j.memory))
		}, "")
	}
}
