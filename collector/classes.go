package collector

import (
	"github.com/prometheus/common/model"

	"valkey-exporter/collector/class"
	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/valkey"
)

// Classes is what walks over all keys have shown.
type Classes struct {
	class.Status

	MaxShare  float64 // of the server's time that a walk may take
	ShowNames bool    // people who see the status page may know the names of the largest keys
}

// within are the values of the label, by class.Bounds.
var within = func() []string {
	texts := make([]string, len(class.Bounds))
	for i, bound := range class.Bounds {
		texts[i] = model.Duration(bound).String()
	}
	return texts
}()

// describeClasses describes the classes of keys. While the server is down nothing is
// said of its keys, however lately they were counted.
func describeClasses(b *builder, up bool, state State) {
	c := state.Classes
	if c == nil {
		return
	}
	b.gauge(metric.ClassWalkShare, c.MaxShare)
	for _, w := range c.Walks {
		labels := b.labels(metric.ClassWalkComplete, valkey.DatabaseName(w.DB))
		b.gauge(metric.ClassWalkComplete, yes(w.Complete), labels...)
		if w.Ended.IsZero() {
			continue
		}
		b.gauge(metric.ClassWalkAge, state.Now.Sub(w.Ended).Seconds(), labels...)
		b.gauge(metric.ClassWalkDuration, w.Took.Seconds(), labels...)
		b.gauge(metric.ClassWalkServerTime, w.Work.Seconds(), labels...)
	}
	if !up {
		return
	}
	for i := range c.Reports {
		describeClass(b, &c.Reports[i])
	}
}

func describeClass(b *builder, r *class.Report) {
	labels := b.labels(metric.ClassKeys, r.Class, valkey.DatabaseName(r.DB))
	b.gauge(metric.ClassKeys, r.Keys, labels...)
	b.gauge(metric.ClassSamples, float64(r.Samples), labels...)
	if r.MaxTTL > 0 {
		b.gauge(metric.ClassMaxTTL, r.MaxTTL.Seconds(), labels...)
	}
	b.gauge(metric.ClassUnreadable, yes(r.Denied), labels...)
	describeClassExpiry(b, r)
	if m := r.Memory; m != nil {
		b.gauge(metric.ClassMemory, m.Bytes, labels...)
		b.gauge(metric.ClassMemoryError, m.Error, labels...)
	}
	if l := r.Largest; l != nil {
		b.gauge(metric.ClassLargestBytes, l.Bytes, labels...)
		b.gauge(metric.ClassLargestElements, l.Elements, labels...)
	}
	if locks, ok := r.StuckLocks(); ok {
		b.gauge(metric.ClassStuckLocks, locks, labels...)
	}
	if r.Untrimmed != nil {
		b.gauge(metric.ClassUntrimmed, *r.Untrimmed, labels...)
	}
	if r.Dead != nil {
		b.gauge(metric.ClassDeadMembers, r.Dead.Share, labels...)
	}
}

func describeClassExpiry(b *builder, r *class.Report) {
	e := r.Expiry
	if e == nil {
		return
	}
	db := valkey.DatabaseName(r.DB)
	labels := b.labels(metric.ClassKeys, r.Class, db)
	b.gauge(metric.ClassKeysWithoutTTL, e.Without, labels...)
	b.gauge(metric.ClassTTLError, e.Error, labels...)
	if r.MaxTTL > 0 {
		b.gauge(metric.ClassKeysOverlong, e.Overlong, labels...)
	}
	for i, keys := range e.Within {
		b.gauge(metric.ClassKeysExpiring, keys, b.labels(metric.ClassKeysExpiring, r.Class, db, within[i])...)
	}
}
