package promql_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/rules/promql"
)

func scope() promql.Scope {
	return promql.Scope{Jobs: []string{"valkey"}, Thresholds: config.Default().Alerts().Thresholds}
}

func TestText(t *testing.T) {
	used := promql.Recent(metric.MemoryUsed)
	limit := promql.Recent(metric.MemoryMax)
	high := promql.Eq(metric.LabelQueue, `a"b\`)
	for _, c := range []struct {
		name string
		expr promql.Expr
		want string
	}{
		{"the latest value", used, `last_over_time(redis_memory_used_bytes{job="valkey"}[3m])`},
		{"an instant", promql.Value(metric.Up), `redis_up{job="valkey"}`},
		{"a rate, some time ago", promql.Rate(metric.EvictedKeys, 5*time.Minute, promql.Ago(time.Hour)), `rate(redis_evicted_keys_total{job="valkey"}[5m] offset 1h)`},
		{"a matcher is quoted", promql.Value(metric.QueueLength, high), `redis_queue_length{job="valkey",queue="a\"b\\"}`},
		{"alternatives are no patterns", promql.Value(metric.QueueLength, promql.In(metric.LabelQueue, "a.b", "c")), `redis_queue_length{job="valkey",queue=~"a\\.b|c"}`},
		{"a threshold", used.Above(config.MemoryHigh), `last_over_time(redis_memory_used_bytes{job="valkey"}[3m]) > 0.8`},
		{"no exponents", used.Above(config.FragmentationWaste), `last_over_time(redis_memory_used_bytes{job="valkey"}[3m]) > 134217728`},
		{
			"a comparison inside a quotient has parentheses, and a long line breaks",
			used.Over(limit.Positive()).Above(config.MemoryHigh),
			"(\n  last_over_time(redis_memory_used_bytes{job=\"valkey\"}[3m])\n  /\n  (last_over_time(redis_memory_max_bytes{job=\"valkey\"}[3m]) > 0)\n) > 0.8",
		},
		{"or binds less than and", promql.Value(metric.Up).Or(promql.Value(metric.Loading)).And(promql.Value(metric.MemoryMax)), `(redis_up{job="valkey"} or redis_loading_dump_file{job="valkey"}) and redis_memory_max_bytes{job="valkey"}`},
		{"the right side of a difference keeps its parentheses", promql.Value(metric.Up).Minus(promql.Value(metric.Loading).Minus(promql.Value(metric.Up))), `redis_up{job="valkey"} - (redis_loading_dump_file{job="valkey"} - redis_up{job="valkey"})`},
		{"joined by labels", promql.Value(metric.QueueLength).And(promql.Value(metric.Up), promql.OnInstance()), `redis_queue_length{job="valkey"} and on (instance, job) redis_up{job="valkey"}`},
		{"many with one", promql.Value(metric.QueueLength).Times(promql.Value(metric.Up), promql.OnInstance()), `redis_queue_length{job="valkey"} * on (instance, job) group_left () redis_up{job="valkey"}`},
		{"an aggregation", promql.Sum(promql.Rate(metric.CommandCalls, time.Minute), promql.Without{metric.LabelCmd}).Positive(), `sum without (cmd) (rate(redis_commands_total{job="valkey"}[1m])) > 0`},
		{"all of an instance", promql.Value(metric.QueueEvictable).ByInstance("max"), `max by (instance, job) (redis_queue_evictable{job="valkey"})`},
		{"absence is that of one job", promql.AbsentJob(metric.Up, "eu"), `absent(redis_up{job="eu"})`},
		{"age", promql.Since(metric.RDBLastSave), `time() - last_over_time(redis_rdb_last_save_timestamp_seconds{job="valkey"}[3m])`},
		{"a prediction", promql.Predict(metric.MemoryUsed, time.Hour, config.MemoryFullWithin), `predict_linear(redis_memory_used_bytes{job="valkey"}[1h], 14400)`},
		{"a burn rate", promql.Value(metric.HitRate).BurnsAbove(14.4, config.FreshnessObjective), `redis_hit_rate{job="valkey"} > 14.4 * (1 - 0.99)`},
		{"a label under another name", promql.Renamed(promql.Value(metric.StreamLength), metric.LabelStream, metric.LabelQueue), `label_replace(redis_stream_length{job="valkey"}, "queue", "$1", "stream", "(.*)")`},
		{"always", promql.Always(), `vector(1)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, c.expr.Text(scope())); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestPanel(t *testing.T) {
	s := scope()
	s.Panel = true
	for _, c := range []struct {
		name string
		expr promql.Expr
		want string
	}{
		{"what the variables say", promql.Value(metric.Up), `redis_up{job=~"$job",instance=~"$instance"}`},
		{"a variable of the dashboard", promql.Value(metric.QueueLength, promql.Chosen(metric.LabelQueue)), `redis_queue_length{job=~"$job",instance=~"$instance",queue=~"$queue"}`},
		{"what may have no target", promql.Value(metric.Up, promql.OrNoTarget()), `redis_up{job=~"$job|",instance=~"$instance|"}`},
		{"the panel's own window", promql.Rate(metric.EvictedKeys, promql.RateInterval), `rate(redis_evicted_keys_total{job=~"$job",instance=~"$instance"}[$__rate_interval])`},
		{"all that is shown", promql.Increase(metric.EvictedKeys, promql.Shown), `increase(redis_evicted_keys_total{job=~"$job",instance=~"$instance"}[$__range])`},
		{"the first of many", promql.Value(metric.Up).Top(5), `topk(5, redis_up{job=~"$job",instance=~"$instance"})`},
		{"the last of many", promql.Value(metric.Up).Bottom(5), `bottomk(5, redis_up{job=~"$job",instance=~"$instance"})`},
		{"all together", promql.Value(metric.Up).By("sum"), `sum(redis_up{job=~"$job",instance=~"$instance"})`},
		{"by some labels", promql.Value(metric.QueueLength).By("max", metric.LabelQueue, metric.LabelDB), `max by (db, queue) (redis_queue_length{job=~"$job",instance=~"$instance"})`},
		{"a row of a table", promql.Value(metric.QueueLength).Only(metric.LabelQueue), `max by (queue) (redis_queue_length{job=~"$job",instance=~"$instance"})`},
		{"a row that is one already", promql.Value(metric.QueueLength).By("sum", metric.LabelQueue).Only(metric.LabelQueue), `sum by (queue) (redis_queue_length{job=~"$job",instance=~"$instance"})`},
		{"changes", promql.Changes(metric.ConfigMaxmemory, 2*time.Minute), `changes(redis_config_maxmemory{job=~"$job",instance=~"$instance"}[2m])`},
		{"a heat map", promql.Buckets(metric.ProcessingDuration, promql.RateInterval), "sum by (le) (\n  rate(redis_queue_processing_duration_seconds_bucket{job=~\"$job\",instance=~\"$instance\"}[$__rate_interval])\n)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.expr.Text(s); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestSeveralJobs(t *testing.T) {
	s := scope()
	s.Jobs = []string{"eu", "u.s"}
	if got, want := promql.Value(metric.Up).Text(s), `redis_up{job=~"eu|u\\.s"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPace(t *testing.T) {
	s := scope()
	s.Pace = 20
	for _, c := range []struct {
		name string
		expr promql.Expr
		want string
	}{
		{"a window", promql.Rate(metric.EvictedKeys, 5*time.Minute), `rate(redis_evicted_keys_total{job="valkey"}[15s])`},
		{"some time ago", promql.Value(metric.Up, promql.Ago(time.Hour)), `redis_up{job="valkey"} offset 3m`},
		{"a time to compare with", promql.Value(metric.Uptime).AboveSpan(30 * time.Minute), `redis_uptime_in_seconds{job="valkey"} > 90`},
		{"no number", promql.Value(metric.Uptime).AboveNumber(1800), `redis_uptime_in_seconds{job="valkey"} > 1800`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.expr.Text(s); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestLabelsOfTheResult(t *testing.T) {
	length := promql.Value(metric.QueueLength)
	for _, c := range []struct {
		name string
		expr promql.Expr
		want []metric.Label
	}{
		{"a metric", length, []metric.Label{"db", "instance", "job", "queue", "role"}},
		{"one with one keeps what was matched", length.Over(promql.Value(metric.QueueStalled), promql.On(metric.LabelQueue)), []metric.Label{"queue"}},
		{"many with one keep their own", length.Over(promql.Value(metric.Up), promql.OnInstance()), []metric.Label{"db", "instance", "job", "queue", "role"}},
		{"and keeps the left", length.And(promql.Value(metric.Up), promql.OnInstance()), []metric.Label{"db", "instance", "job", "queue", "role"}},
		{"without", promql.Sum(length, promql.Without{metric.LabelQueue, metric.LabelDB}), []metric.Label{"instance", "job", "role"}},
		{"by instance", length.ByInstance("sum"), []metric.Label{"instance", "job"}},
		{"absence", promql.AbsentJob(metric.Up, "a"), []metric.Label{"job"}},
		{"always", promql.Always(), nil},
	} {
		if got := c.expr.Labels(); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWhatIsReadAndComparedWithIsKnown(t *testing.T) {
	e := promql.Value(metric.MemoryUsed).Above(config.MemoryHigh).
		And(promql.Predict(metric.MemoryUsed, time.Hour, config.MemoryFullWithin).AboveNumber(1)).
		Or(promql.Value(metric.MemoryMax).Below(config.MemoryHigh))
	if got, want := e.Thresholds(), []config.Threshold{config.MemoryHigh, config.MemoryFullWithin}; !slices.Equal(got, want) {
		t.Errorf("thresholds %v, want %v", got, want)
	}
	if got, want := e.Metrics(), []*metric.Metric{metric.MemoryUsed.Metric, metric.MemoryMax.Metric}; !slices.Equal(got, want) {
		t.Errorf("metrics %v, want %v", got, want)
	}
}

// What cannot match for ever is a mistake of the one who writes the rule.
func TestMistakesPanic(t *testing.T) {
	length, up := promql.Value(metric.QueueLength), promql.Value(metric.Up)
	for name, build := range map[string]func(){
		"a label that the metric does not have":   func() { promql.Value(metric.Up, promql.Eq(metric.LabelQueue, "a")) },
		"a quotient of different labels":          func() { length.Over(up) },
		"and of different labels":                 func() { length.And(up) },
		"or of different labels":                  func() { length.Or(up) },
		"joined by a label that one side lacks":   func() { length.And(up, promql.On(metric.LabelQueue)) },
		"a sum without a label that is not there": func() { promql.Sum(up, promql.Without{metric.LabelCmd}) },
		"a label renamed that is not there":       func() { promql.Renamed(up, metric.LabelStream, metric.LabelQueue) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if said, ok := recover().(string); !ok || !strings.HasPrefix(said, "promql: ") {
					t.Errorf("want a panic that says why, got %v", said)
				}
			}()
			build()
		})
	}
}
