package collector_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"valkey-exporter/collector"
	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
)

// healthSamples are the samples that come from looks at queues.
func healthSamples(t *testing.T, h *collector.QueueHealth) []string {
	t.Helper()
	state := collector.State{Now: goldenTime}
	without := samplesOf(t, valkey.Snapshot{}, state)
	state.Health = h
	return slices.DeleteFunc(samplesOf(t, valkey.Snapshot{}, state), func(sample string) bool {
		return slices.Contains(without, sample) || strings.HasPrefix(sample, "redis_exporter_queue")
	})
}

func reported(t *testing.T, r health.Report) []string {
	t.Helper()
	return healthSamples(t, &collector.QueueHealth{Reports: []health.Report{r}})
}

func TestWhatIsNotKnownOfAQueueHasNoSample(t *testing.T) {
	for _, role := range []string{"work", "processing", "dead_letter"} {
		if got := reported(t, unknown("q", role)); len(got) > 0 {
			t.Errorf("%s: nothing is known, got\n%s", role, strings.Join(got, "\n"))
		}
	}
}

func TestLagThatTheServerHasLostCountOfHasNoSample(t *testing.T) {
	r := unknown("events", "work")
	r.Stream = &valkey.StreamSight{GroupsInAll: 1, Groups: []valkey.Group{{
		Name: "g", Consumers: 2, Pending: 3, Read: valkey.NotSent, Lag: valkey.NotSent, OldestPendingIdle: valkey.None,
	}}}
	want := []string{
		`redis_stream_group_consumers{db="db0",group="g",stream="events"} 2`,
		`redis_stream_group_messages_pending{db="db0",group="g",stream="events"} 3`,
		`redis_stream_groups{db="db0",stream="events"} 1`,
	}
	if diff := cmp.Diff(want, reported(t, r)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// A series that ends when all is well cannot be told from one that is missing.
func TestNothingPendingIsIdleForNoTime(t *testing.T) {
	r := unknown("events", "work")
	r.Stream = &valkey.StreamSight{Groups: []valkey.Group{{Name: "g", OldestPendingIdle: valkey.None}}}
	want := `redis_stream_group_oldest_pending_idle_seconds{db="db0",group="g",stream="events"} 0`
	if got := reported(t, r); !slices.Contains(got, want) {
		t.Errorf("%s is missing from\n%s", want, strings.Join(got, "\n"))
	}
}

// What comes first into a queue must show as an increase.
func TestFlowIsCountedFromTheFirstLook(t *testing.T) {
	r := unknown("q", "work")
	r.Flow = health.Flow{Stalled: 3, Drain: 4}
	want := []string{
		`redis_queue_dequeued_total{db="db0",queue="q",role="work"} 0`, `redis_queue_drain_seconds{db="db0",queue="q",role="work"} 4`,
		`redis_queue_enqueued_total{db="db0",queue="q",role="work"} 0`, `redis_queue_flow_gaps_total{db="db0",queue="q",role="work"} 0`,
		`redis_queue_stalled_seconds{db="db0",queue="q",role="work"} 3`,
	}
	if diff := cmp.Diff(want, reported(t, r)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestFreshnessIsThatOfWorkWithATarget(t *testing.T) {
	for _, c := range []struct {
		role   string
		target float64
		want   []string
	}{
		{"work", 900, []string{
			`redis_queue_freshness_good_total{db="db0",queue="q",role="work"} 0`, `redis_queue_freshness_probes_total{db="db0",queue="q",role="work"} 0`,
			`redis_queue_target_age_seconds{db="db0",queue="q",role="work"} 900`,
		}},
		{"work", valkey.NotSent, nil},
		{"processing", 300, []string{`redis_queue_target_age_seconds{db="db0",queue="q",role="processing"} 300`}},
	} {
		r := unknown("q", c.role)
		r.Age.Target, r.Freshness = c.target, health.Freshness{}
		if diff := cmp.Diff(c.want, reported(t, r), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s, target %v: -want +got\n%s", c.role, c.target, diff)
		}
	}
}

func TestQueueOfAllWorkersHasNoWorker(t *testing.T) {
	for _, c := range []struct{ worker, labels string }{
		{"", `{db="db0",queue="q",role="processing"}`},
		{"w\xff", `{db="db0",queue="q",role="processing",worker="w\\xff"}`},
	} {
		r := unknown("q", "processing")
		r.Processing = &health.Processing{Worker: c.worker, Messages: 1, Idle: valkey.NotSent, TTL: valkey.NotSent}
		if want, got := "redis_queue_processing_messages"+c.labels+" 1", reported(t, r); !slices.Contains(got, want) {
			t.Errorf("%s is missing from\n%s", want, strings.Join(got, "\n"))
		}
	}
}

func TestHistogramHasItsBucketsBeforeTheFirstJob(t *testing.T) {
	r := unknown("q", "processing")
	r.Processing = &health.Processing{}
	got := strings.Join(reported(t, r), "\n")
	if n := strings.Count(got, "_bucket{"); n != len(health.DurationBounds)+1 {
		t.Errorf("%d buckets, want %d and +Inf:\n%s", n, len(health.DurationBounds), got)
	}
}

func TestTimesAreExposedToTheMillisecond(t *testing.T) {
	r := unknown("q", "work")
	r.Age.Oldest = time.UnixMilli(1_799_999_999_123)
	want := []string{`redis_queue_oldest_message_timestamp_seconds{db="db0",queue="q",role="work"} 1.799999999123e+09`}
	if diff := cmp.Diff(want, reported(t, r)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestLoopBeforeItsFirstRoundHasNoAge(t *testing.T) {
	state := collector.State{Now: goldenTime, Health: &collector.QueueHealth{StateFile: &collector.StateFile{}}}
	got := strings.Join(samplesOf(t, valkey.Snapshot{}, state), "\n")
	for _, name := range []string{"redis_exporter_queue_look_age_seconds", "redis_exporter_queues_observed", "redis_exporter_state_saved_timestamp_seconds"} {
		if strings.Contains(got, name) {
			t.Errorf("%s, although no round has ended and nothing was saved", name)
		}
	}
	for _, sample := range []string{"redis_exporter_queue_look_duration_seconds_count 0", "redis_exporter_state_save_successful 0"} {
		if !strings.Contains(got, sample) {
			t.Errorf("%s is missing", sample)
		}
	}
}

// Two series of one command with different reasons would be two faults.
func TestRefusedCommandIsNamedOnce(t *testing.T) {
	snap := valkey.Snapshot{Unavailable: []valkey.Unavailable{{Command: "INFO", Reason: valkey.ReasonDenied}}}
	state := collector.State{Health: &collector.QueueHealth{Unavailable: []valkey.Unavailable{
		{Command: "INFO", Reason: valkey.ReasonUnknown}, {Command: "EVAL_RO", Reason: valkey.ReasonUnknown},
	}}}
	var got []string
	for _, sample := range samplesOf(t, snap, state) {
		if strings.HasPrefix(sample, "redis_exporter_command_unavailable") {
			got = append(got, sample)
		}
	}
	want := []string{
		`redis_exporter_command_unavailable{command="INFO",reason="denied"} 1`,
		`redis_exporter_command_unavailable{command="EVAL_RO",reason="unknown"} 1`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
