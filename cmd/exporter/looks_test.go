package main

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/testserver"
)

// onRequest lets the exporter look when a test says so, and at the start. Nothing else
// happens between scrapes.
const onRequest = "observe: {interval: 1h, max_server_share: 0.5}\n" + looksOnly

// looksOnly turns off all that happens between scrapes, but for looks into queues.
const looksOnly = "classes: {interval: off}\nclients: {interval: off}\nlatency: {interval: off}"

// looking runs an exporter that looks into queues.
func looking(t *testing.T, server *testserver.Server, yaml ...string) *subject {
	t.Helper()
	return start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, strings.Join(yaml, "\n")))
}

// look makes the exporter look at its queues now, and returns a scrape after
// that: a reload begins a round.
func (s *subject) look(t *testing.T) series {
	t.Helper()
	eventually(t, "the first round of looks has ended", func() bool { return !s.current().looks().Last.IsZero() })
	before := s.current().looks().Last
	if err := s.reload(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "another round of looks has ended", func() bool { return s.current().looks().Last.After(before) })
	return s.scrape(t)
}

// looked waits until so many looks more were answered, and returns a scrape
// after that.
func (s *subject) looked(t *testing.T, n uint64) series {
	t.Helper()
	before := s.current().looks().Count
	eventually(t, fmt.Sprintf("%d looks", n), func() bool { return s.current().looks().Count >= before+n })
	return s.scrape(t)
}

// ofQueue is a series about a queue; labels are those that sort before "queue"
// and those that sort after "role".
func ofQueue(family, key, role string, labels ...string) string {
	all := append([]string{`db="db0"`, fmt.Sprintf("queue=%q", key), fmt.Sprintf("role=%q", role)}, labels...)
	return family + "{" + sorted(all) + "}"
}

// wantAbout fails the test unless the series is about so much.
func (s series) wantAbout(t *testing.T, id string, v, tolerance float64) {
	t.Helper()
	if got, ok := s[id]; !ok {
		t.Errorf("%s is missing; of its family there is %q", id, s.of(familyOf(id)))
	} else if math.Abs(got-v) > tolerance {
		t.Errorf("%s is %v, want about %v", id, got, v)
	}
}

// job is a message that says when it was made.
func job(id int, age time.Duration) string {
	return fmt.Sprintf(`{"id":"job-%d","timestamp":%d}`, id, time.Now().Add(-age).UnixMilli())
}

const everyKindOfQueue = `
queues:
  - {key: jobs, role: work, max_age: 1m}
  - {key: later, role: work, timestamp: score}
  - {key: odd, role: work}
  - {key: dead, role: dead_letter}
  - {key: events, role: work}
  - {pattern: 'inhand:*', role: processing}
discovery: {interval: 1h}
` + onRequest

// fillEveryKind makes a queue of each kind.
func fillEveryKind(t *testing.T, server *testserver.Server) {
	t.Helper()
	server.Must(t, "LPUSH", "jobs", job(1, 100*time.Second), job(2, 10*time.Second))
	server.Must(t, "ZADD", "later", fmt.Sprint(time.Now().Unix()-50), "a", fmt.Sprint(time.Now().Unix()-5), "b")
	server.Must(t, "LPUSH", "odd", "\x82\xa2id\x01\xa4time\xce\x65\x00\x00\x00") // MessagePack
	for i := range 3 {
		server.Must(t, "LPUSH", "dead", fmt.Sprintf(`{"id":%d,"error":"timeout after %d s","failed_at":%d}`, i, 10+i, time.Now().UnixMilli()-60_000))
	}
	server.Must(t, "LPUSH", "dead", `{"id":9,"error":"no such user 4711"}`)
	server.Must(t, "SADD", "inhand:web-1", "a", "b")
	server.Must(t, "EXPIRE", "inhand:web-1", "3600")
	var ids []string
	for range 4 {
		ids = append(ids, server.Must(t, "XADD", "events", "*", "k", "v").(string))
	}
	server.Must(t, "XGROUP", "CREATE", "events", "readers", "0")
	server.Must(t, "XREADGROUP", "GROUP", "readers", "one", "COUNT", "1", "STREAMS", "events", ">")
	server.Must(t, "XDEL", "events", ids[2]) // the server loses count of the lag
}

// What is there to be known of queues is known after a look, and is right.
func TestPageAfterALook(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--notify-keyspace-events", "Klgxe")
		fillEveryKind(t, server)
		config := configFile(t, strings.Replace(everyKindOfQueue, "observe: {", "observe: {notifications: on, ", 1))
		s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+config, "--state.file="+t.TempDir()+"/state")
		wantFound(t, s, 1)
		first := s.look(t)
		wantAges(t, first)
		wantInHand(t, first)
		wantGroups(t, first)
		first.want(t, ofQueue("redis_queue_dead_letters_sampled", "dead", "dead_letter", `reason="timeout after <n> s"`), 3)
		first.want(t, "redis_exporter_queues_observed", 6)
		first.want(t, "redis_exporter_queues_unobserved", 0)
		wantValidOpenMetrics(t, s)

		server.Must(t, "RPOP", "jobs")
		server.Must(t, "SREM", "inhand:web-1", "a")
		second := s.look(t)
		wantFlow(t, second)
		server.Must(t, "LPUSH", "jobs", job(3, 0))
		third := s.look(t)
		third.want(t, ofQueue("redis_queue_enqueued_total", "jobs", "work"), 1)
		third.want(t, ofQueue("redis_queue_order_info", "jobs", "work", `order="fifo"`), 1)
		third.wantAbout(t, ofQueue("redis_queue_next_message_timestamp_seconds", "jobs", "work"), float64(time.Now().Unix()-10), 8)

		server.Must(t, "RPOP", "jobs", "2")
		server.Must(t, "RPOP", "dead", "4")
		server.Must(t, "SREM", "inhand:web-1", "b")
		drained := s.look(t)
		wantDrained(t, drained)
		wantDocumented(t, first, second, third, drained)
		s.log.wantLines(t, 0, "level=WARN")
	})
}

func wantAges(t *testing.T, got series) {
	t.Helper()
	const age, at, source = "redis_queue_oldest_message_age_seconds", "redis_queue_oldest_message_timestamp_seconds", "redis_queue_timestamp_info"
	now := float64(time.Now().Unix())
	got.wantAbout(t, ofQueue(age, "jobs", "work"), 104, 8)
	got.wantAbout(t, ofQueue(at, "jobs", "work"), now-104, 8)
	got.want(t, ofQueue(source, "jobs", "work", `source="timestamp"`), 1)
	got.want(t, ofQueue("redis_queue_target_age_seconds", "jobs", "work"), 60)
	got.want(t, ofQueue("redis_queue_freshness_good_total", "jobs", "work"), 0)
	if n := got[ofQueue("redis_queue_freshness_probes_total", "jobs", "work")]; n < 1 {
		t.Errorf("%v probes", n)
	}
	got.want(t, ofQueue("redis_queue_evictable", "jobs", "work"), 0)
	got.wantAbout(t, ofQueue(age, "later", "work"), 54, 8)
	got.want(t, ofQueue(source, "later", "work", `source="score"`), 1)
	got.wantAbout(t, ofQueue(age, "odd", "work"), 4, 8)
	got.want(t, ofQueue(source, "odd", "work", `source="first_seen"`), 1)
	got.want(t, ofQueue("redis_queue_timestamp_failures_total", "odd", "work", `reason="unknown_format"`), 1)
	got.wantAbout(t, ofQueue(age, "dead", "dead_letter"), 64, 8)
}

func wantInHand(t *testing.T, got series) {
	t.Helper()
	of := func(family string) string { return ofQueue(family, "inhand:web-1", "processing", `worker="web-1"`) }
	got.want(t, of("redis_queue_processing_messages"), 2)
	got.wantAbout(t, of("redis_queue_processing_oldest_age_seconds"), 4, 8)
	got.wantAbout(t, of("redis_queue_processing_ttl_seconds"), 3596, 8)
	got.want(t, of("redis_queue_processing_duration_seconds_count"), 0)
	if leavesIdle(got) {
		got.wantAbout(t, of("redis_queue_processing_idle_seconds"), 4, 8)
	}
}

// leavesIdle reports whether the server can leave our looks out of the idle time
// of a key. Redis 7.0 cannot.
func leavesIdle(got series) bool {
	return !slices.ContainsFunc(got.of("redis_instance_info"), func(id string) bool { return strings.Contains(id, `redis_version="7.0.`) })
}

func wantGroups(t *testing.T, got series) {
	t.Helper()
	const group = `{db="db0",group="readers",stream="events"}`
	got.want(t, `redis_stream_length{db="db0",stream="events"}`, 3)
	got.want(t, `redis_stream_groups{db="db0",stream="events"}`, 1)
	got.want(t, "redis_stream_group_consumers"+group, 1)
	got.want(t, "redis_stream_group_messages_pending"+group, 1)
	got.want(t, "redis_stream_group_entries_read"+group, 1)
	got.wantAbout(t, "redis_stream_group_oldest_pending_idle_seconds"+group, 4, 8)
	got.wantNone(t, "redis_stream_group_lag") // null is unknown, not 0
	got.wantAbout(t, ofQueue("redis_queue_oldest_message_age_seconds", "events", "work"), 4, 8)
	got.want(t, ofQueue("redis_queue_enqueued_total", "events", "work"), 4)
	got.want(t, ofQueue("redis_queue_dequeued_total", "events", "work"), 1)
}

func wantFlow(t *testing.T, got series) {
	t.Helper()
	got.want(t, ofQueue("redis_queue_dequeued_total", "jobs", "work"), 1)
	got.want(t, ofQueue("redis_queue_enqueued_total", "jobs", "work"), 0)
	got.wantAbout(t, ofQueue("redis_queue_oldest_message_age_seconds", "jobs", "work"), 14, 8)
	got.wantAbout(t, ofQueue("redis_queue_stalled_seconds", "jobs", "work"), 0, 4)
	of := func(family string) string { return ofQueue(family, "inhand:web-1", "processing", `worker="web-1"`) }
	got.want(t, of("redis_queue_processing_messages"), 1)
	got.want(t, of("redis_queue_processing_duration_seconds_count"), 1)
}

// An empty queue has the age 0, no oldest message, and its counters.
func wantDrained(t *testing.T, got series) {
	t.Helper()
	got.want(t, length("jobs"), 0)
	got.want(t, ofQueue("redis_queue_oldest_message_age_seconds", "jobs", "work"), 0)
	got.want(t, ofQueue("redis_queue_stalled_seconds", "jobs", "work"), 0)
	got.want(t, ofQueue("redis_queue_dequeued_total", "jobs", "work"), 3)
	got.want(t, ofQueue("redis_queue_vanished_messages_total", "jobs", "work"), 0)
	for _, family := range []string{
		"redis_queue_oldest_message_timestamp_seconds", "redis_queue_next_message_timestamp_seconds", "redis_queue_drain_seconds",
	} {
		got.wantNone(t, ofQueue(family, "jobs", "work"))
	}
	got.wantNone(t, "redis_queue_dead_letters_sampled")
	of := func(family string) string { return ofQueue(family, "inhand:web-1", "processing", `worker="web-1"`) }
	got.want(t, of("redis_queue_processing_messages"), 0)
	got.want(t, of("redis_queue_processing_oldest_age_seconds"), 0)
	got.want(t, of("redis_queue_processing_duration_seconds_count"), 2)
	got.wantNone(t, "redis_queue_processing_ttl_seconds")
}

// notInThisStory are families that need more time or another server.
var notInThisStory = []string{
	"redis_queue_drain_seconds",           // needs a minute of observations
	"redis_queue_processing_idle_seconds", // Redis 7.0 does not tell
	"redis_stream_group_lag",              // lost by XDEL
	"redis_exporter_queue_unreadable",     // nothing is refused
	"redis_exporter_queue_errors_total",   // likewise
}

// wantDocumented expects that each metric about queues of the page of metrics
// has occurred.
func wantDocumented(t *testing.T, pages ...series) {
	t.Helper()
	_, text, _ := strings.Cut(read(t, "../../docs/metrics.md"), "\n## Queues\n")
	text, _, _ = strings.Cut(text, "\n## Queue discovery\n")
	rows := regexp.MustCompile("(?m)^\\| `(redis_[a-z_]+)`").FindAllStringSubmatch(text, -1)
	if len(rows) < 30 {
		t.Fatalf("only %d metrics are documented", len(rows))
	}
	for _, row := range rows {
		occurs := slices.ContainsFunc(pages, func(page series) bool {
			return len(page.of(row[1]))+len(page.of(row[1]+"_count")) > 0
		})
		if !occurs && !slices.Contains(notInThisStory, row[1]) {
			t.Errorf("%s does not occur", row[1])
		}
	}
}

// field is a number of INFO.
func field(t *testing.T, server *testserver.Server, section, name string) float64 {
	t.Helper()
	text, _ := server.Must(t, "INFO", section).(string)
	for line := range strings.Lines(text) {
		if key, value, _ := strings.Cut(strings.TrimSpace(line), ":"); key == name {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			return n
		}
	}
	t.Fatalf("INFO %s has no %s", section, name)
	return 0
}

// calls is how often the server has run a command, scripts included.
func calls(t *testing.T, server *testserver.Server, command string) int {
	t.Helper()
	n := 0
	text, _ := server.Must(t, "INFO", "commandstats").(string)
	for line := range strings.Lines(text) {
		if numbers, ok := strings.CutPrefix(line, "cmdstat_"+command+":calls="); ok {
			fmt.Sscan(strings.ReplaceAll(numbers, ",", " "), &n)
		}
	}
	return n
}

// large is the size of a message that is too big to be sent.
const large = 20 << 20

// A message of 20 MB is recognised by its beginning, and left alone then.
func TestMessageThatIsTooBigIsNotFetchedAgain(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		filler := strings.Repeat("x", large)
		server.Must(t, "LPUSH", "told", fmt.Sprintf(`{"timestamp":%d,"body":%q}`, time.Now().UnixMilli()-100_000, filler))
		server.Must(t, "LPUSH", "untold", fmt.Sprintf(`{"body":%q}`, filler))
		s := looking(t, server, "queues: [{key: told}, {key: untold}]", onRequest)
		eventually(t, "the first look", func() bool { return s.current().looks().Count == 1 })
		lindex := calls(t, server, "lindex")
		for range 3 {
			before := field(t, server, "stats", "total_net_output_bytes")
			got := s.look(t)
			sent := field(t, server, "stats", "total_net_output_bytes") - before
			if sent > 64<<10+100<<10 { // the scrape's INFO all, and those of the look
				t.Errorf("a look and a scrape made the server send %v bytes", sent)
			}
			got.wantAbout(t, ofQueue("redis_queue_oldest_message_age_seconds", "told", "work"), 104, 20)
			got.wantAbout(t, ofQueue("redis_queue_oldest_message_age_seconds", "untold", "work"), 4, 20)
			got.want(t, ofQueue("redis_queue_timestamp_info", "untold", "work", `source="first_seen"`), 1)
			got.want(t, ofQueue("redis_queue_timestamp_failures_total", "untold", "work", `reason="too_big"`), 1)
			got.wantNone(t, ofQueue("redis_queue_timestamp_failures_total", "told", "work", `reason="too_big"`))
		}
		if n := calls(t, server, "lindex"); n != lindex || n == 0 {
			t.Errorf("the messages were fetched %d times, and then %d times more", lindex, n-lindex)
		}
	})
}

// However big the messages are, a look sends no more of a queue than it may.
func TestLooksKeepToTheirBytes(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		for i := range 200 {
			text := fmt.Sprintf(`{"id":%d,"error":%q}`, i, strings.Repeat("x", 10_000))
			server.Must(t, "LPUSH", "dead", text)
			server.Must(t, "SADD", "inhand", text)
		}
		s := looking(t, server, "queues: [{key: dead, role: dead_letter}, {key: inhand, role: processing}]", onRequest)
		eventually(t, "the first look", func() bool { return s.current().looks().Count == 1 })
		before := field(t, server, "stats", "total_net_output_bytes")
		got := s.look(t)
		if sent := field(t, server, "stats", "total_net_output_bytes") - before; sent > 2*64<<10+100<<10 {
			t.Errorf("a look and a scrape made the server send %v bytes", sent)
		}
		if n := len(got.of("redis_queue_dead_letters_sampled")); n == 0 {
			t.Error("no dead letters were sampled")
		}
	})
}

// strange are messages that no JSON parser likes.
func strange() map[string]string {
	return map[string]string{
		"MessagePack": "\x83\xa2id\xa5job-1\xa9timestamp\xce\x65\x00\x00\x00\xa4data\xc0",
		"pickle":      "\x80\x04\x95\x1c\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x02id\x94K\x01\x8c\ttimestamp\x94K\x02u.",
		"gzip":        "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV*J-\xceM,.)V\xb2R\x00\x00",
		"zeros":       strings.Repeat("\x00", 100),
	}
}

// A message in a format that nobody knows has no time, and breaks nothing.
func TestMessagesOfUnknownFormats(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		yaml := "queues:\n  - {key: plain}\n"
		for name, message := range strange() {
			server.Must(t, "LPUSH", name, message)
			yaml += "  - {key: " + name + "}\n"
		}
		server.Must(t, "LPUSH", "plain", job(1, time.Minute))
		s := looking(t, server, yaml, onRequest)
		got := s.look(t)
		for name := range strange() {
			got.want(t, ofQueue("redis_queue_timestamp_failures_total", name, "work", `reason="unknown_format"`), 1)
			got.want(t, ofQueue("redis_queue_timestamp_info", name, "work", `source="first_seen"`), 1)
		}
		got.wantAbout(t, ofQueue("redis_queue_oldest_message_age_seconds", "plain", "work"), 64, 8)
		wantValidOpenMetrics(t, s)
	})
}

// Whatever a job died of, the page is one that Prometheus can read.
func TestReasonsOfDeathThatAreNotPlain(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		for _, reason := range []string{
			"bell \x07, escape \x1b[31m, zero \x00", "not UTF-8 \xff\xfe \xc3", "two\nlines", "a\r\nb\tc", `with "quotes" and \`, "{a=\"b\"} 1", "# EOF",
			"\u2028 \u202e \ufeff", "käse 行列", strings.Repeat("long ", 5000), "",
		} {
			server.Must(t, "LPUSH", "dead", `{"error":"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(reason)+`"}`)
			server.Must(t, "LPUSH", "raw", reason)
		}
		s := looking(t, server, "queues: [{key: dead, role: dead_letter}, {key: raw, role: dead_letter}]", onRequest)
		got := s.look(t)
		wantValidOpenMetrics(t, s)
		for _, key := range []string{"dead", "raw"} {
			sum, reasons := 0.0, 0
			for _, id := range got.of("redis_queue_dead_letters_sampled") {
				if strings.Contains(id, fmt.Sprintf("queue=%q", key)) {
					sum += got[id]
					reasons++
				}
				if len(id) > 500 {
					t.Errorf("a label of %d bytes", len(id))
				}
			}
			if sum != 11 || reasons > 11 {
				t.Errorf("%s: %v dead letters under %d reasons, want 11 under at most 11", key, sum, reasons)
			}
		}
	})
}

// client is a connection of an application.
func client(t *testing.T, server *testserver.Server) *redis.Client {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: server.Addr, Protocol: 2, DisableIdentity: true})
	t.Cleanup(func() { _ = c.Close() })
	return c
}
