package main

import (
	"encoding/base64"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"valkey-exporter/internal/testserver"
)

// layout is what a framework leaves in a server, and what the exporter must
// make of it with the framework's file of docs/examples.
type layout struct {
	file string
	data func(now time.Time) [][]string
	// ages are the ages of the oldest messages in seconds, by series.
	ages map[string]float64
	want map[string]float64
	not  []string // keys that are no queues
}

// ago is a number of seconds before now, as text in a unit.
func ago(now time.Time, seconds int, unit time.Duration) string {
	return fmt.Sprint(now.Add(-time.Duration(seconds)*time.Second).UnixNano() / int64(unit))
}

// firstSeen is how old a message without a time may seem in a test that has
// just begun.
const firstSeen = 0

func sidekiq(now time.Time) [][]string {
	job := func(enqueued string) string {
		return `{"retry":true,"queue":"default","class":"MailJob","args":[1,"a"],"jid":"b4a577edbccf1d805744efa9","created_at":` +
			enqueued + `,"enqueued_at":` + enqueued + `}`
	}
	failed := func(id int) string {
		return fmt.Sprintf(`{"class":"MailJob","args":[%d],"jid":"%024x","created_at":%s,"enqueued_at":%s,"error_message":"timeout after %d s",`+
			`"error_class":"Net::ReadTimeout","failed_at":%s,"retry_count":25}`,
			id, id, ago(now, 9000, time.Millisecond), ago(now, 900, time.Millisecond), id, ago(now, 8000, time.Millisecond))
	}
	return [][]string{
		{"LPUSH", "queue:default", job(ago(now, 300, time.Millisecond)), job(ago(now, 10, time.Millisecond))},
		{"LPUSH", "queue:old", job(ago(now, 200, time.Second) + ".1234")}, // Sidekiq 7
		{"LPUSH", "queue:sq|web-1:4711:9f3ac0de|mail", job(ago(now, 50, time.Millisecond))},
		{"ZADD", "schedule", fmt.Sprint(now.Unix() + 3600), job(ago(now, 600, time.Millisecond))},
		{"ZADD", "retry", fmt.Sprint(now.Unix() + 60), failed(1)},
		{"ZADD", "dead", ago(now, 4000, time.Second) + ".5", failed(2), ago(now, 3000, time.Second) + ".5", failed(3)},
		{"SADD", "queues", "default", "old"},
		{"SET", "stat:processed", "7"},
	}
}

func bullmq(now time.Time) [][]string {
	return [][]string{
		{"LPUSH", "bull:mail:wait", "1", "2", "3"},
		{"LPUSH", "bull:mail:active", "4"},
		{"ZADD", "bull:mail:failed", ago(now, 700, time.Millisecond), "5", ago(now, 70, time.Millisecond), "6"},
		{"ZADD", "bull:mail:delayed", fmt.Sprint((now.UnixMilli() + 1000) * 4096), "7"},
		{"ZADD", "bull:mail:prioritized", "42949672960", "8"},
		{"HSET", "bull:mail:1", "name", "send", "data", "{}", "timestamp", ago(now, 5000, time.Millisecond)},
		{"HSET", "bull:mail:meta", "opts.maxLenEvents", "10000"},
		{"SET", "bull:mail:id", "8"},
		{"XADD", "bull:mail:events", "*", "event", "added"},
	}
}

func celery(now time.Time) [][]string {
	body := base64.StdEncoding.EncodeToString([]byte(`[[2, 2], {}, {"callbacks": null, "errbacks": null}]`))
	task := func(stamp string) string {
		return `{"body": "` + body + `", "content-encoding": "utf-8", "content-type": "application/json", "headers": {"lang": "py", "task": "tasks.add",` +
			` "id": "0b7c1c5e-1f5d-4c0e-9a57-2f1f8f1b5a11", "eta": null, "origin": "gen1@host"` + stamp + `}, "properties": {"correlation_id":` +
			` "0b7c1c5e-1f5d-4c0e-9a57-2f1f8f1b5a11", "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "celery"}, "priority": 0}}`
	}
	return [][]string{
		{"LPUSH", "celery", task("")},
		{"LPUSH", "celery\x06\x163", task(`, "enqueued_at": ` + ago(now, 120, time.Second) + `.25`)},
		{"ZADD", "unacked_index", ago(now, 90, time.Second) + ".75", "5c1f3c0e-0000-4000-8000-000000000001"},
		{"HSET", "unacked", "5c1f3c0e-0000-4000-8000-000000000001", "[]"},
	}
}

func rq(now time.Time) [][]string {
	const id = "0b7c1c5e-1f5d-4c0e-9a57-2f1f8f1b5a1"
	return [][]string{
		{"RPUSH", "rq:queue:default", id + "1", id + "2"},
		{"LPUSH", "rq:queue:default:intermediate", id + "3"},
		{"ZADD", "rq:wip:default", fmt.Sprint(now.Unix() + 180), id + "4"},
		{"ZADD", "rq:failed:default", fmt.Sprint(now.Unix() + 365*86400), id + "5"},
		{"ZADD", "rq:deferred:default", ago(now, 40, time.Second), id + "6"},
		{"SADD", "rq:queues", "rq:queue:default"},
		{"HSET", "rq:job:" + id + "1", "created_at", "2026-01-02T03:04:05.678901Z"},
	}
}

func asynq(now time.Time) [][]string {
	const id = "0b7c1c5e-1f5d-4c0e-9a57-2f1f8f1b5a1"
	return [][]string{
		{"LPUSH", "asynq:{default}:pending", id + "1", id + "2"},
		{"LPUSH", "asynq:{default}:active", id + "3"},
		{"ZADD", "asynq:{default}:lease", fmt.Sprint(now.Unix() + 30), id + "3"},
		{"ZADD", "asynq:{default}:archived", ago(now, 500, time.Second), id + "4"},
		{"ZADD", "asynq:{default}:retry", fmt.Sprint(now.Unix() + 30), id + "5"},
		{"HSET", "asynq:{default}:t:" + id + "1", "msg", "\x0a\x04mail", "state", "pending"},
	}
}

func laravel(now time.Time) [][]string {
	job := func(stamp string) string {
		return `{"uuid":"0b7c1c5e-1f5d-4c0e-9a57-2f1f8f1b5a11","displayName":"App\\Jobs\\SendMail","job":"Illuminate\\Queue\\CallQueuedHandler@call",` +
			`"maxTries":null,"data":{"commandName":"App\\Jobs\\SendMail","command":"O:17:\"App\\Jobs\\SendMail\":0:{}"},"id":"Zx81","attempts":0` + stamp + `}`
	}
	return [][]string{
		{"RPUSH", "laravel_database_queues:default", job(`,"createdAt":` + ago(now, 240, time.Second)), job(`,"createdAt":` + ago(now, 20, time.Second))},
		{"RPUSH", "laravel_database_queues:default:notify", "1", "1"},
		{"ZADD", "laravel_database_queues:default:reserved", fmt.Sprint(now.Unix() + 90), job(``)},
		{"ZADD", "laravel_database_queues:default:delayed", fmt.Sprint(now.Unix() + 600), job(`,"createdAt":` + ago(now, 60, time.Second))},
	}
}

func layouts() []layout {
	return []layout{
		{
			file: "sidekiq.yml", data: sidekiq,
			ages: map[string]float64{
				`queue="queue:default",role="work"`: 300,
				`queue="queue:old",role="work"`:     200,
				`queue="schedule",role="work"`:      600,
				`queue="retry",role="work"`:         8000,
				`queue="dead",role="dead_letter"`:   4000,
			},
			want: map[string]float64{
				`redis_queue_timestamp_info{db="db0",queue="queue:default",role="work",source="enqueued_at"}`:                                             1,
				`redis_queue_timestamp_info{db="db0",queue="dead",role="dead_letter",source="score"}`:                                                     1,
				`redis_queue_dead_letters_sampled{db="db0",queue="dead",reason="Net::ReadTimeout",role="dead_letter"}`:                                    2,
				`redis_queue_processing_messages{db="db0",queue="queue:sq|web-1:4711:9f3ac0de|mail",role="processing",worker="web-1:4711:9f3ac0de|mail"}`: 1,
			},
			not: []string{"queues", "stat:processed"},
		},
		{
			file: "bullmq.yml", data: bullmq,
			ages: map[string]float64{
				`queue="bull:mail:wait",role="work"`:          firstSeen,
				`queue="bull:mail:prioritized",role="work"`:   firstSeen,
				`queue="bull:mail:failed",role="dead_letter"`: 700,
			},
			want: map[string]float64{
				`redis_queue_timestamp_info{db="db0",queue="bull:mail:wait",role="work",source="first_seen"}`:             1,
				`redis_queue_length{db="db0",queue="bull:mail:delayed",role="work"}`:                                      1,
				`redis_queue_processing_messages{db="db0",queue="bull:mail:active",role="processing",worker="mail"}`:      1,
				`redis_queue_dead_letters_sampled{db="db0",queue="bull:mail:failed",reason="unknown",role="dead_letter"}`: 2,
			},
			not: []string{"bull:mail:1", "bull:mail:meta", "bull:mail:id", "bull:mail:events"},
		},
		{
			file: "celery.yml", data: celery,
			ages: map[string]float64{
				`queue="celery",role="work"`:          firstSeen,
				`queue="celery\x06\x163",role="work"`: 120,
			},
			want: map[string]float64{
				`redis_queue_timestamp_info{db="db0",queue="celery",role="work",source="first_seen"}`: 1,
				`redis_queue_length{db="db0",queue="celery\x06\x166",role="work"}`:                    0,
				`redis_queue_processing_messages{db="db0",queue="unacked_index",role="processing"}`:   1,
			},
			not: []string{"unacked"},
		},
		{
			file: "rq.yml", data: rq,
			ages: map[string]float64{
				`queue="rq:queue:default",role="work"`:         firstSeen,
				`queue="rq:deferred:default",role="work"`:      40,
				`queue="rq:failed:default",role="dead_letter"`: firstSeen,
			},
			want: map[string]float64{
				`redis_queue_processing_messages{db="db0",queue="rq:wip:default",role="processing",worker="default"}`:                1,
				`redis_queue_processing_messages{db="db0",queue="rq:queue:default:intermediate",role="processing",worker="default"}`: 1,
			},
			not: []string{"rq:queues"},
		},
		{
			file: "asynq.yml", data: asynq,
			ages: map[string]float64{
				`queue="asynq:{default}:pending",role="work"`:         firstSeen,
				`queue="asynq:{default}:archived",role="dead_letter"`: 500,
			},
			want: map[string]float64{
				`redis_queue_processing_messages{db="db0",queue="asynq:{default}:active",role="processing",worker="default"}`: 1,
				`redis_queue_length{db="db0",queue="asynq:{default}:retry",role="work"}`:                                      1,
			},
			not: []string{"asynq:{default}:lease"},
		},
		{
			file: "laravel.yml", data: laravel,
			ages: map[string]float64{
				`queue="laravel_database_queues:default",role="work"`:         240,
				`queue="laravel_database_queues:default:delayed",role="work"`: 60,
			},
			want: map[string]float64{
				`redis_queue_processing_messages{db="db0",queue="laravel_database_queues:default:reserved",role="processing",worker="default"}`: 1,
			},
			not: []string{"laravel_database_queues:default:notify"},
		},
	}
}

func TestFilesOfFrameworksFitTheirData(t *testing.T) {
	server := testserver.Valkey(t)
	for _, l := range layouts() {
		t.Run(strings.TrimSuffix(l.file, ".yml"), func(t *testing.T) {
			server.Must(t, "FLUSHALL")
			for _, command := range l.data(time.Now()) {
				server.Must(t, command...)
			}
			file := configFile(t, read(t, "../../docs/examples/"+l.file)+"\ndiscovery: {interval: 1s}\nobserve: {interval: 1s}\n")
			s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+file)
			var got series
			eventually(t, "queues were found and looked into", func() bool {
				got = s.scrape(t)
				return len(got.missingFrom(l)) == 0
			})
			l.check(t, got)
		})
	}
}

// missingFrom are the series that are not there yet.
func (s series) missingFrom(l layout) (missing []string) {
	for queue := range l.ages {
		if _, ok := s[ageOf(queue)]; !ok {
			missing = append(missing, ageOf(queue))
		}
	}
	for id := range l.want {
		if _, ok := s[id]; !ok {
			missing = append(missing, id)
		}
	}
	return missing
}

func ageOf(queue string) string {
	return `redis_queue_oldest_message_age_seconds{db="db0",` + queue + `}`
}

func (l layout) check(t *testing.T, got series) {
	t.Helper()
	for queue, age := range l.ages {
		if v := got[ageOf(queue)]; math.Abs(v-age) > 15 {
			t.Errorf("%s is %v, want %v", ageOf(queue), v, age)
		}
	}
	for id, want := range l.want {
		if got[id] != want {
			t.Errorf("%s is %v, want %v", id, got[id], want)
		}
	}
	for _, key := range l.not {
		for id := range got {
			if strings.Contains(id, fmt.Sprintf(`queue=%q`, key)) {
				t.Errorf("%s is not a queue: %s", key, id)
			}
		}
	}
	for id, v := range got {
		if strings.HasPrefix(id, "redis_queue_timestamp_failures_total") && !strings.Contains(id, `reason="no_timestamp"`) && v > 0 {
			t.Errorf("%s is %v", id, v)
		}
	}
}
