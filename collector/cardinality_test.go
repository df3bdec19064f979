package collector_test

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector"
	"valkey-exporter/collector/class"
	"valkey-exporter/collector/clients"
	"valkey-exporter/collector/latency"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/queue/payload"
	"valkey-exporter/collector/valkey"
)

// The most that a report can have of each.
const (
	mostReasons = 11
	mostGroups  = 20
)

// TestPageOnCardinalityTellsTheNumbers counts the series of queues that have
// everything.
func TestPageOnCardinalityTellsTheNumbers(t *testing.T) {
	want := map[string]int{
		"list, role `work`":   seriesOf(t, fullest("work", valkey.TypeList), valkey.TypeList),
		"stream, role `work`": seriesOf(t, fullest("work", valkey.TypeStream), valkey.TypeStream),
		"role `processing`":   seriesOf(t, fullest("processing", valkey.TypeList), valkey.TypeList),
		"role `dead_letter`":  seriesOf(t, fullest("dead_letter", valkey.TypeList), valkey.TypeList),

		"each reason why no time was found, in a label of `redis_queue_timestamp_failures_total`": part(t, func(r *health.Report) {
			r.Age.Failures = r.Age.Failures[1:]
		}),
		"each reason of death, in a label of `redis_queue_dead_letters_sampled`": part(t, func(r *health.Report) {
			r.DeadLetters = r.DeadLetters[1:]
		}),
		"each group of a stream": part(t, func(r *health.Report) {
			r.Stream.Groups = r.Stream.Groups[1:]
		}),
		"the histogram of how long jobs are in hand": len(health.DurationBounds) + 3, // +Inf, sum and count

		"messages that vanished, by cause": series(t, valkey.Snapshot{}, &collector.QueueHealth{Causes: goldenHealth().Causes}) -
			series(t, valkey.Snapshot{}, &collector.QueueHealth{}),
		"the audit of its settings and its security": audited(t, lookedAt()) - audited(t, nil),
		"a class of keys in a database": walkSeries(t, class.Status{Reports: []class.Report{{
			MaxTTL: time.Hour, Expiry: &class.Expiry{}, Memory: &class.Memory{}, Largest: &valkey.Extent{}, Kind: class.Lock,
		}}}),
		"a database whose keys are counted by class": walkSeries(t, class.Status{Walks: []class.Walked{{Ended: goldenTime}}}),

		"a group of clients":  clientSeries(t, func(s *clients.Status) { s.Groups = []clients.GroupReport{{Max: 10}} }),
		"a channel":           clientSeries(t, func(s *clients.Status) { s.Channels = []clients.ChannelReport{{Channel: clients.Channel{Min: 1}}} }),
		"the list of clients": clientSeries(t, nil),

		"an objective of a command": latencySeries(t, objectiveOfGet(), latency.Status{}) - latencySeries(t, nil, latency.Status{}),
		"round trips, and what does not depend on the command": latencySeries(t, nil, latency.Status{
			RoundTrips: goldenLatency().Watched.RoundTrips, Slowlog: withoutCommands(),
		}) - latencySeries(t, nil, latency.Status{}),

		"the loop that looks at queues, its state file and notifications": series(t, valkey.Snapshot{}, theLoop()) - series(t, valkey.Snapshot{}, nil),
	}
	if diff := cmp.Diff(want, numbersOfPage(t)); diff != "" {
		t.Errorf("docs/cardinality.md: -counted +written\n%s", diff)
	}
}

// audited counts what is exposed of a server that has all settings.
func audited(t *testing.T, a *collector.Audit) int {
	t.Helper()
	page, err := collector.Describe(hardened(), collector.State{Now: goldenTime, Audit: a})
	if err != nil {
		t.Fatal(err)
	}
	return count(page.Families)
}

// clientSeries counts the series that a change of what is known of clients adds, or
// all but those of groups and channels.
func clientSeries(t *testing.T, change func(*clients.Status)) int {
	t.Helper()
	series := func(status *clients.Status) int {
		page, err := collector.Describe(valkey.Snapshot{Up: true}, collector.State{Clients: status})
		if err != nil {
			t.Fatal(err)
		}
		return count(page.Families)
	}
	all := goldenClients()
	all.Groups, all.Channels, all.Unavailable = nil, nil, nil
	if change == nil {
		return series(all) - series(nil)
	}
	less := *all
	change(all)
	return series(all) - series(&less)
}

// walkSeries counts the series of what walks over all keys have shown.
func walkSeries(t *testing.T, shown class.Status) int {
	t.Helper()
	series := func(of class.Status) int {
		page, err := collector.Describe(valkey.Snapshot{Up: true}, collector.State{Classes: &collector.Classes{Status: of}})
		if err != nil {
			t.Fatal(err)
		}
		return count(page.Families)
	}
	return series(shown) - series(class.Status{})
}

// numbersOfPage are the second cells of its tables, by the first.
func numbersOfPage(t *testing.T) map[string]int {
	t.Helper()
	page, err := os.ReadFile("../docs/cardinality.md")
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]int{}
	for _, row := range regexp.MustCompile(`(?m)^\| (.*?) \| (\d+) \|`).FindAllStringSubmatch(string(page), -1) {
		numbers[row[1]], err = strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
	}
	return numbers
}

// series counts what is exposed.
func series(t *testing.T, s valkey.Snapshot, h *collector.QueueHealth) int {
	t.Helper()
	page, err := collector.Describe(s, collector.State{Now: goldenTime, Health: h})
	if err != nil {
		t.Fatal(err)
	}
	return count(page.Families)
}

// seriesOf counts those of one queue: of its length and of a report on it.
func seriesOf(t *testing.T, r health.Report, kind valkey.Type) int {
	t.Helper()
	snap := valkey.Snapshot{Queues: []valkey.Reading{{Queue: r.Queue, Type: kind, Length: 1}}}
	return series(t, snap, &collector.QueueHealth{Reports: []health.Report{r}}) - series(t, valkey.Snapshot{}, &collector.QueueHealth{})
}

// part counts what a report has less without something.
func part(t *testing.T, without func(*health.Report)) int {
	t.Helper()
	whole, less := everything(), everything()
	without(&less)
	return seriesOf(t, whole, valkey.TypeStream) - seriesOf(t, less, valkey.TypeStream)
}

// theLoop is what there is to say when there is no queue.
func theLoop() *collector.QueueHealth {
	return &collector.QueueHealth{Looks: queue.Looks{Last: goldenTime}, StateFile: &collector.StateFile{Saved: goldenTime}, Notifications: &collector.Notifications{}}
}

// fullest is a queue of which all is known that its role and type can have.
func fullest(role string, kind valkey.Type) health.Report {
	r := everything()
	r.Queue.Role = role
	if role != "processing" {
		r.Processing = nil
	}
	if role != "dead_letter" {
		r.DeadLetters = nil
	}
	if kind == valkey.TypeStream {
		r.Order = ""
	} else {
		r.Stream = nil
	}
	return r
}

// everything has more than any queue can have.
func everything() health.Report {
	var r health.Report
	f := filler{lengths: map[reflect.Type]int{
		reflect.TypeFor[health.Failure](): len(payload.Failures()),
		reflect.TypeFor[health.Reason]():  mostReasons,
		reflect.TypeFor[valkey.Group]():   mostGroups,
		reflect.TypeFor[uint64]():         len(health.DurationBounds),
	}}
	f.fill(reflect.ValueOf(&r).Elem())
	return r
}

// filler sets every field of a value, whatever fields it has, and makes each
// text another one.
type filler struct {
	lengths map[reflect.Type]int // of slices, by the type of their elements
	texts   int
}

func (f *filler) fill(v reflect.Value) {
	switch {
	case !v.CanSet():
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(goldenTime))
	case v.Kind() == reflect.Struct:
		for _, field := range v.Fields() {
			f.fill(field)
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case v.Kind() == reflect.Slice:
		n, ok := f.lengths[v.Type().Elem()]
		if !ok {
			panic(fmt.Sprintf("say how long a slice of %s can be", v.Type().Elem()))
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			f.fill(v.Index(i))
		}
	case v.Kind() == reflect.String:
		f.texts++
		v.SetString(fmt.Sprint("text ", f.texts))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(1)
	case v.CanUint():
		v.SetUint(1)
	case v.CanFloat():
		v.SetFloat(1)
	default:
		panic(fmt.Sprintf("a field of type %s: say how to fill it", v.Type()))
	}
}
