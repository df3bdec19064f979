package rules

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/VictoriaMetrics/metricsql"

	"valkey-exporter/collector/metric"
	"valkey-exporter/collector/queue"
	"valkey-exporter/config"
	"valkey-exporter/rules/promql"
)

func configured(t *testing.T, text string) config.Validated {
	t.Helper()
	c, err := config.Parse("test.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lengthOf and lagOf are what a selection selects, as text.
func lengthOf(s selection) string {
	return promql.Value(metric.QueueLength, s.parts...).Text(promql.Scope{Jobs: []string{"v"}})
}

func lagOf(s selection) string {
	return promql.Value(metric.StreamGroupLag, s.streamParts...).Text(promql.Scope{Jobs: []string{"v"}})
}

const mixedQueues = `queues:
- {key: a}
- {key: b.c, db: 3, role: dead_letter}
- {pattern: 'a*', severity: critical}
- {pattern: '[ab]*'}
- {pattern: 'b*', db: 3, role: dead_letter}
- {key: ax, role: processing}
- {key: 'b"'}
`

func TestSelections(t *testing.T) {
	c := configured(t, mixedQueues)
	for role, want := range map[config.Role][]string{
		config.Work: {
			`redis_queue_length{job="v",db="db0",queue="a",role="work"}`,
			`redis_queue_length{job="v",db="db0",queue=~"a.*",queue!~"a",role="work"}`,
			`redis_queue_length{job="v",db="db0",queue=~"[ab].*",queue!~"a.*",queue!~"a|b\"",role="work"}`,
			`redis_queue_length{job="v",db="db0",queue="b\"",role="work"}`,
		},
		config.DeadLetter: {
			`redis_queue_length{job="v",db="db3",queue="b.c",role="dead_letter"}`,
			`redis_queue_length{job="v",db="db3",queue=~"b.*",queue!~"b\\.c",role="dead_letter"}`,
		},
		config.Processing: {`redis_queue_length{job="v",db="db0",queue="ax",role="processing"}`},
	} {
		var got []string
		for _, s := range selections(c, role) {
			got = append(got, lengthOf(s))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", role, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// The metrics of streams have no role, so what has another role is an exception.
func TestSelectionsOfStreams(t *testing.T) {
	var got []string
	for _, s := range selections(configured(t, mixedQueues), config.Work) {
		got = append(got, lagOf(s))
	}
	want := []string{
		`redis_stream_group_lag{job="v",db="db0",stream="a"}`,
		`redis_stream_group_lag{job="v",db="db0",stream=~"a.*",stream!~"a|ax"}`,
		`redis_stream_group_lag{job="v",db="db0",stream=~"[ab].*",stream!~"a.*",stream!~"a|ax|b\""}`,
		`redis_stream_group_lag{job="v",db="db0",stream="b\""}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// decides is the entry that the exporter goes by: the key, else the first pattern
// that matches.
func decides(queues []config.Queue, key string) int {
	if i := slices.IndexFunc(queues, func(q config.Queue) bool { return q.Key == key }); i >= 0 {
		return i
	}
	return slices.IndexFunc(queues, func(q config.Queue) bool { return q.Pattern != "" && queue.Match(q.Pattern, key) })
}

// selects says whether a selector, as Prometheus reads it, selects labels.
func selects(t *testing.T, selector string, labels map[string]string) bool {
	t.Helper()
	expr, err := metricsql.Parse(selector)
	if err != nil {
		t.Fatalf("%s: %v", selector, err)
	}
	selected, ok := expr.(*metricsql.MetricExpr)
	if !ok {
		t.Fatalf("%s is no selector", selector)
	}
	for _, f := range selected.LabelFilterss[0] {
		value, ok := labels[f.Label]
		if !ok {
			continue
		}
		same := value == f.Value
		if f.IsRegexp {
			same = regexp.MustCompile("^(?s:" + f.Value + ")$").MatchString(value)
		}
		if same == f.IsNegative {
			return false
		}
	}
	return true
}

// randomQueues are keys and patterns that get into each other's way.
func randomQueues(random *rand.Rand) string {
	b, seen := strings.Builder{}, map[string]bool{}
	b.WriteString("queues:\n")
	for range 1 + random.IntN(6) {
		name, kind := word(random, "ab", 2), "key"
		if random.IntN(2) == 0 {
			name, kind = word(random, "ab", 1)+"*", "pattern"
		}
		if seen[name] {
			continue
		}
		seen[name] = true
		role := []config.Role{config.Work, config.Processing}[random.IntN(2)]
		fmt.Fprintf(&b, "- {%s: '%s', role: %s}\n", kind, name, role)
	}
	return b.String()
}

// Each queue is selected by the entry that the exporter goes by, and by no other.
func TestEachQueueHasTheLimitsOfOneEntry(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		text := randomQueues(random)
		c := configured(t, text)
		queues := c.Queues()
		for range 10 {
			key := word(random, "ab", 3)
			i := decides(queues, key)
			if i < 0 {
				continue
			}
			labels := map[string]string{"db": "db0", "queue": key, "stream": key, "role": string(queues[i].Role)}
			var lengths, lags []string
			for _, role := range []config.Role{config.Work, config.Processing} {
				for _, s := range selections(c, role) {
					if selects(t, lengthOf(s), labels) {
						lengths = append(lengths, s.String())
					}
					if selects(t, lagOf(s), labels) {
						lags = append(lags, s.String())
					}
				}
			}
			if want := []string{queues[i].String()}; !slices.Equal(lengths, want) || !slices.Equal(lags, want) {
				t.Fatalf("%s%s is selected by %q, as a stream by %q, want %q", text, key, lengths, lags, want)
			}
		}
	}
}

func TestPerSeverityMakesARuleForEachSeverity(t *testing.T) {
	c := configured(t, `queues: [{key: a, severity: info}, {key: b, severity: critical, max_length: 7}, {key: c, severity: info, max_length: off}, {key: d, severity: info, max_length: 9}, {key: e, role: processing, max_length: 5}]`)
	variants := perSeverity(c, config.Work, func(s selection) (promql.Expr, string, bool) {
		limit, text, ok := s.lengthLimit()
		return promql.Value(metric.QueueLength, s.parts...).AboveNumber(limit), text, ok
	})
	if len(variants) != 2 || variants[0].Severity != config.Critical || variants[1].Severity != config.Info {
		t.Fatalf("got %+v", variants)
	}
	if got, want := variants[0].Limits, []string{"b 7"}; !slices.Equal(got, want) {
		t.Errorf("limits %q, want %q", got, want)
	}
	if got, want := variants[1].Limits, []string{"a 1000", "d 9"}; !slices.Equal(got, want) {
		t.Errorf("limits %q, want %q", got, want)
	}
	want := "v{job=\"v\",db=\"db0\",queue=\"a\",role=\"work\"} > 1000\nor\nv{job=\"v\",db=\"db0\",queue=\"d\",role=\"work\"} > 9"
	if got := variants[1].Expr.Text(promql.Scope{Jobs: []string{"v"}}); strings.Join(strings.Fields(strings.ReplaceAll(got, "redis_queue_length", "v")), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got %s", got)
	}
}

// A template of Prometheus shows a name as it is, whatever is in it.
func TestNamesAreHarmlessInTemplates(t *testing.T) {
	for _, key := range []string{"a{{ $value }}", "{{{{x}}", "{{{x", "}}", `a{{"`} {
		s := selection{Queue: config.Queue{Key: key, MaxAge: config.At(90 * time.Second)}}
		_, text, _ := s.ageLimit()
		parsed, err := template.New("").Parse(text)
		if err != nil {
			t.Errorf("%q: %v", key, err)
			continue
		}
		var shown strings.Builder
		if err := parsed.Execute(&shown, nil); err != nil || shown.String() != key+" 1m30s" {
			t.Errorf("%q is shown as %q, %v", key, &shown, err)
		}
	}
}

func TestADatabaseIsSaid(t *testing.T) {
	s := selection{Queue: config.Queue{Key: "q", DB: 3, MaxLength: config.At[int64](7)}}
	if _, text, _ := s.lengthLimit(); text != "q (db3) 7" {
		t.Errorf("got %q", text)
	}
}
