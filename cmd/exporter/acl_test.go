package main

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/testserver"
)

// aclPage is the page that people copy from. What it says is what is tested.
const aclPage = "../../docs/acl.md"

// documentedUser is the words of the line that makes the user: for Valkey and
// Redis 7.2 or later, or for Redis 7.0.
func documentedUser(t *testing.T, server *testserver.Server) []string {
	t.Helper()
	lines := documentedLines(t)
	if info := server.Must(t, "INFO", "server").(string); strings.Contains(info, "redis_version:7.0.") {
		return strings.Fields(lines[1])
	}
	return strings.Fields(lines[0])
}

// documentedLines are all lines of the page that make a user.
func documentedLines(t *testing.T) []string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(read(t, aclPage)) {
		if strings.HasPrefix(line, "ACL SETUSER exporter reset on ") {
			lines = append(lines, line)
		}
	}
	if len(lines) != 3 {
		t.Fatalf("%s has %d lines that make the user, want 3: the user, on Redis 7.0, and for lengths only", aclPage, len(lines))
	}
	return lines
}

// rights are the words that grant something.
func rights(user []string) []string {
	return slices.DeleteFunc(slices.Clone(user), func(word string) bool {
		return !strings.HasPrefix(word, "+") && !strings.HasPrefix(word, "%")
	})
}

// withQueues starts a server on which every part of a scrape has something to
// say.
func withQueues(t *testing.T, startServer testserver.Start) *testserver.Server {
	t.Helper()
	server := startServer("--slowlog-log-slower-than", "0", "--latency-monitor-threshold", "1")
	server.Must(t, "RPUSH", "queue:list", "1")
	server.Must(t, "SADD", "queue:set", "1")
	server.Must(t, "ZADD", "queue:zset", "1", "a")
	for range 3 {
		server.Must(t, "XADD", "queue:stream", "*", "k", "v")
	}
	server.Must(t, "XGROUP", "CREATE", "queue:stream", "readers", "0")
	server.Must(t, "XREADGROUP", "GROUP", "readers", "one", "COUNT", "1", "STREAMS", "queue:stream", ">")
	server.Must(t, "SADD", "queue:inhand", "job")
	server.Must(t, "RPUSH", "queue:dead", `{"error":"timeout"}`)
	server.Must(t, "RPUSH", "queue:found", "1")
	server.Must(t, "RPUSH", "queue:elsewhere", "1")
	server.Must(t, "MOVE", "queue:elsewhere", "3")
	server.Must(t, "GET", "cache")
	server.Must(t, "DEBUG", "SLEEP", "0.01")
	server.Must(t, "ACL", "LOG", "RESET")
	return server
}

const queuesOfEveryType = `
queues: [{key: queue:list}, {key: queue:set}, {key: queue:zset}, {key: queue:stream}, {key: queue:missing},
  {key: queue:inhand, role: processing}, {key: queue:dead, role: dead_letter}, {pattern: 'queue:found*'}, {pattern: 'queue:*', db: 3}]
observe: {interval: 1s}
clients: {interval: off}
classes: {interval: off}`

// scrapeAs scrapes with a fresh exporter until it has looked for queues in
// both databases, or cannot, and has looked into them so often, or cannot.
func scrapeAs(t *testing.T, server *testserver.Server, env environment, looks float64) series {
	t.Helper()
	s := start(t, env, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, queuesOfEveryType))
	defer s.close()
	var got series
	eventually(t, "queues were looked for", func() bool {
		got = s.scrape(t)
		return len(got.of("redis_exporter_discovery_age_seconds")) == 2 || len(s.log.lines("walking over the keys failed")) > 0
	})
	begun := got["redis_exporter_queue_look_duration_seconds_count"]
	eventually(t, "queues were looked into", func() bool {
		got = s.scrape(t)
		return got["redis_exporter_queue_look_duration_seconds_count"] >= begun+looks || got["redis_exporter_queue_look_failures_total"] > 0
	})
	return s.scrape(t)
}

var asExporter = environment{"VALKEY_USER": "exporter", "VALKEY_PASSWORD": "PASSWORD"}

// comparable are the series that do not depend on who has asked what so far.
func (s series) comparable() series {
	c := series{}
	for id, v := range s {
		if !strings.Contains(id, "cmd=") && !strings.Contains(id, "go_") && !strings.Contains(id, "process_") {
			c[id] = v
		}
	}
	for family := range s.families() {
		c[family] = 0
	}
	return c
}

// refusals is how often the server has refused something, as its counters and
// its log have it.
func refusals(t *testing.T, server *testserver.Server) (n int, log any) {
	t.Helper()
	info := server.Must(t, "INFO", "stats").(string)
	for line := range strings.Lines(info) {
		var one int
		if name, value, _ := strings.Cut(line, ":"); strings.HasPrefix(name, "acl_access_denied_") {
			fmt.Sscan(value, &one)
			n += one
		}
	}
	entries := server.Must(t, "ACL", "LOG", "1000").([]any)
	return max(n, len(entries)), entries
}

func TestDocumentedUserGetsEverythingAndIsRefusedNothing(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := withQueues(t, startServer)
		server.Must(t, documentedUser(t, server)...)
		// The other one first: what happens meanwhile, such as a latency spike on a busy
		// machine, has series from then on.
		everything := scrapeAs(t, server, nil, 2)
		server.Must(t, "ACL", "LOG", "RESET")
		got := scrapeAs(t, server, asExporter, 2)
		got.wantUp(t)
		if lost := everything.comparable().missing(got.comparable()); len(lost) > 0 {
			t.Errorf("the default user also gets %q", lost)
		}
		got.wantNone(t, "redis_exporter_command_unavailable")
		got.wantNone(t, "redis_exporter_queue_unreadable")
		got.want(t, `redis_queue_length{db="db3",queue="queue:elsewhere",role="work"}`, 1)
		got.want(t, length("queue:found"), 1)
		if n, log := refusals(t, server); n != 0 {
			t.Errorf("%d refusals: %v", n, log)
		}
	})
}

// What a row of the page says to be lost is lost without the right, and what
// it says to tell of the loss does.
func TestDocumentedUserHasNoRightTooMany(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := withQueues(t, startServer)
		user := documentedUser(t, server)
		everything := scrapeAs(t, server, nil, 2)
		for right, row := range documentedRights(t) {
			if !slices.Contains(user, right) {
				continue // Redis 7.0 does not have the command
			}
			t.Run(right, func(t *testing.T) {
				server.Must(t, slices.DeleteFunc(slices.Clone(user), func(word string) bool { return word == right })...)
				server.Must(t, "ACL", "LOG", "RESET")
				server.Must(t, "CONFIG", "RESETSTAT")
				server.Must(t, "GET", "cache")
				looks := 0.0
				if right == "+lpos" {
					looks = 2 // the first look remembers what the second looks for
				}
				got := scrapeAs(t, server, asExporter, looks)
				if n, _ := refusals(t, server); n == 0 {
					t.Error("nothing is refused without it")
				}
				lost := everything.comparable().missing(got.comparable())
				for _, m := range metricInText.FindAllStringSubmatch(row, -1) {
					family, own := m[1], strings.HasPrefix(m[1], "redis_exporter_")
					among := func(id string) bool { return strings.HasPrefix(id, family) }
					switch {
					case own && len(got.of(family)) == 0:
						t.Errorf("there is no %s", family)
					case !own && !slices.ContainsFunc(lost, among):
						t.Errorf("no series of %s is lost", family)
					}
				}
			})
		}
	})
}

// metricInText is the name of a metric, or the beginning of several.
var metricInText = regexp.MustCompile("`(redis_[a-z_]+)")

// documentedRights are the rows of the page's table by right.
func documentedRights(t *testing.T) iter.Seq2[string, string] {
	t.Helper()
	page := read(t, aclPage)
	return func(yield func(string, string) bool) {
		for line := range strings.Lines(page) {
			cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
			if len(cells) != 5 || !strings.HasPrefix(cells[1], " `") {
				continue
			}
			right := strings.ReplaceAll(strings.Trim(cells[1], " `"), "\x00", "|")
			if !yield(right, cells[3]) {
				return
			}
		}
	}
}

func TestDocumentedRightsAreThoseOfTheUser(t *testing.T) {
	var rows []string
	for right := range documentedRights(t) {
		rows = append(rows, right)
	}
	if want := rights(documentedUser(t, testserver.Valkey(t))); !slices.Equal(rows, want) {
		t.Errorf("the table explains\n%q, the user has\n%q", rows, want)
	}
}

// The user reads queues only, and changes nothing.
func TestDocumentedUserCannotTouchData(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := withQueues(t, startServer)
		server.Must(t, "RPUSH", "private", "1")
		server.Must(t, documentedUser(t, server)...)
		wantRefused(t, server,
			"GET cache", "LLEN private", "TYPE private", "LRANGE private 0 -1", "LINDEX private 0", "XRANGE private - +", "ZRANGE private 0 -1",
			"EVAL_RO return{redis.call('llen','private')} 1 queue:list", "EVAL_RO return{redis.call('lrange','queue:list',0,0),redis.call('get','cache')} 0",
			"LPUSH queue:list x", "LPOP queue:list", "DEL queue:list", "SET cache x", "EXPIRE queue:list 1", "FLUSHALL", "FLUSHDB", "DUMP queue:list",
			"CONFIG SET maxmemory 1", "CONFIG RESETSTAT", "SLOWLOG RESET", "LATENCY RESET", "CLIENT KILL TYPE normal", "CLIENT LIST", "SHUTDOWN",
			"ACL LIST", "ACL WHOAMI", "DEBUG SLEEP 0", "KEYS *", "MONITOR", "REPLICAOF NO ONE", "SUBSCRIBE x", "PUBLISH x y", "EVAL 1 0", "SAVE")
	})
}

// The user for lengths sees no message of any queue.
func TestDocumentedUserForLengths(t *testing.T) {
	server := withQueues(t, func(args ...string) *testserver.Server { return testserver.Valkey(t, args...) })
	server.Must(t, strings.Fields(documentedLines(t)[2])...)
	wantRefused(t, server, "LRANGE queue:list 0 -1", "LINDEX queue:list 0", "SMEMBERS queue:set", "XRANGE queue:stream - +", "EVAL_RO 1 0")
	off := strings.Replace(queuesOfEveryType, "interval: 1s", "interval: off", 1)
	if !strings.Contains(read(t, aclPage), "observe: {interval: off}") {
		t.Errorf("%s does not say how to turn looking off", aclPage)
	}
	s := start(t, asExporter, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, off))
	wantFound(t, s, 2)
	got := s.scrape(t)
	got.wantUp(t)
	got.want(t, length("queue:list"), 1)
	got.wantNone(t, "redis_exporter_command_unavailable")
	if n, log := refusals(t, server); n != 5 {
		t.Errorf("%d refusals, want the 5 of this test: %v", n, log)
	}
}

// wantRefused expects that the user may not run any of these commands.
func wantRefused(t *testing.T, server *testserver.Server, commands ...string) {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: server.Addr, Username: "exporter", Password: "PASSWORD", Protocol: 2, DisableIdentity: true})
	defer client.Close()
	for _, command := range commands {
		var words []any
		for word := range strings.FieldsSeq(command) {
			words = append(words, word)
		}
		// The second text is what Valkey says of a command in a script, the third
		// what Redis 7.0 says.
		err := fmt.Sprint(client.Do(t.Context(), words...).Err())
		if !strings.HasPrefix(err, "NOPERM") && !strings.Contains(err, "ACL failure in script") && !strings.Contains(err, "The user executing the script can't ") {
			t.Errorf("%s is answered %v, want that it is not permitted", command, err)
		}
	}
}

// Notifications need what the page says, and nothing else does.
func TestDocumentedUserWhoListens(t *testing.T) {
	more := regexp.MustCompile(`(?m)^ACL SETUSER exporter &.*$`).FindString(read(t, aclPage))
	if len(rights(strings.Fields(more))) != 2 {
		t.Fatalf("%s: want a line with a channel and two commands, got %q", aclPage, more)
	}
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := withQueues(t, func(args ...string) *testserver.Server {
			return startServer(append(args, "--notify-keyspace-events", "Klgxe")...)
		})
		server.Must(t, documentedUser(t, server)...)
		listening := strings.Replace(queuesOfEveryType, "interval: 1s", "interval: 1s, notifications: on", 1)
		path := configFile(t, listening)
		config := "--config.file=" + path

		deaf := start(t, asExporter, "--valkey.addr="+server.Addr, config)
		eventually(t, "it is refused", func() bool { return len(deaf.log.lines("listening to keyspace notifications failed")) == 1 })
		deaf.scrape(t).want(t, "redis_exporter_notifications_active", 0)
		deaf.close()

		server.Must(t, strings.Fields(more)...)
		server.Must(t, "ACL", "LOG", "RESET")
		before, _ := refusals(t, server)
		s := start(t, asExporter, "--valkey.addr="+server.Addr, config)
		wantFound(t, s, 2)
		wantCounted(t, s, server)
		if n, log := refusals(t, server); n != before {
			t.Errorf("%d refusals: %v", n, log)
		}
		rewrite(t, path, queuesOfEveryType)
		if err := s.reload(); err != nil {
			t.Fatal(err)
		}
		s.scrape(t).wantNone(t, "redis_exporter_notifications_active")
		if got := server.Must(t, "PUBSUB", "CHANNELS"); fmt.Sprint(got) != "[]" {
			t.Errorf("it still listens to %v", got)
		}
	})
}

// Key classes need what the page says, and nothing else does. Each selector is there for
// something.
func TestDocumentedUserWhoSeesClasses(t *testing.T) {
	more := regexp.MustCompile(`(?m)^ACL SETUSER exporter \(.*$`).FindString(read(t, aclPage))
	selectors := regexp.MustCompile(`\([^)]*\)`).FindAllString(more, -1)
	if len(selectors) != 3 {
		t.Fatalf("%s: want a line with three selectors, got %q", aclPage, more)
	}
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := withQueues(t, startServer)
		for _, command := range []string{
			"SET user:1 x EX 7200", "SET session:1 x EX 7200", "HSET api:1 a 1", "ZADD rate:1 1700000000 a", "SADD cache:tags:a user:1 user:2",
			"RPUSH ranking:1 a", "SET lock:1 x EX 7200", "PFADD other a",
		} {
			server.Must(t, strings.Fields(command)...)
		}
		counting := strings.Replace(queuesOfEveryType, "classes: {interval: off}", "discovery: {max_server_share: 0.5}", 1)
		walked := func(env environment) series {
			s := start(t, env, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, counting))
			defer s.close()
			var got series
			eventually(t, "keys were counted", func() bool {
				got = s.scrape(t)
				return len(got.of("redis_exporter_class_walk_age_seconds")) == 2
			})
			return got
		}
		everything := walked(nil)
		everything.want(t, `redis_class_dead_members_ratio{class="cache:tags:*",db="db0"}`, 0.5)
		for without := range append(selectors, "") {
			server.Must(t, append(documentedUser(t, server), slices.Concat(selectors[:without], selectors[min(without+1, len(selectors)):])...)...)
			server.Must(t, "ACL", "LOG", "RESET")
			before, _ := refusals(t, server)
			got := walked(asExporter)
			lost := slices.DeleteFunc(everything.comparable().missing(got.comparable()), func(id string) bool { return !strings.HasPrefix(id, "redis_class_") })
			n, log := refusals(t, server)
			if complete := without == len(selectors); complete != (len(lost) == 0) || complete != (n == before) {
				t.Errorf("without selector %d of %d: %q is lost, %d refusals: %v", without, len(selectors), lost, n-before, log)
			}
		}
		wantRefused(t, server, "GET user:1", "HGETALL api:1", "LRANGE ranking:1 0 -1", "SMEMBERS cache:tags:a", "ZRANGE ranking:1 0 -1", "SRANDMEMBER rate:1", "DEL user:1", "DUMP user:1")
	})
}

// wantCounted wants that what comes and goes between two looks is counted.
func wantCounted(t *testing.T, s *subject, server *testserver.Server) {
	t.Helper()
	const enqueued = `redis_queue_enqueued_total{db="db0",queue="queue:list",role="work"}`
	eventually(t, "it listens", func() bool {
		got := s.scrape(t)
		_, looked := got[enqueued]
		return looked && got["redis_exporter_notifications_active"] == 1
	})
	eventually(t, "jobs are counted that no look sees", func() bool {
		server.Must(t, "LPUSH", "queue:list", "2")
		server.Must(t, "LPOP", "queue:list")
		return s.scrape(t)[enqueued] > 0
	})
}
