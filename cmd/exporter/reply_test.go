package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

// jobs is a keyspace with one queue.
var jobs = fake.Keys{"jobs": {Type: "list", Length: 3}}

const lengthOfJobs = `redis_queue_length{db="db0",queue="jobs",role="work"}`

// What has arrived before the connection broke is good.
func TestReplyThatIsCutInTheMiddle(t *testing.T) {
	for command, failed := range map[string][]valkey.Source{
		"CONFIG GET":        {valkey.SourceConfig, valkey.SourceLatencyHistogram, valkey.SourceLatencyLatest, valkey.SourceSlowlog, valkey.SourceQueues},
		"LATENCY HISTOGRAM": {valkey.SourceLatencyHistogram, valkey.SourceLatencyLatest, valkey.SourceSlowlog, valkey.SourceQueues},
		"SLOWLOG GET":       {valkey.SourceSlowlog, valkey.SourceQueues},
		"LLEN":              {valkey.SourceQueues},
	} {
		for _, bytes := range []int{0, 1, 2, 3} {
			t.Run(fmt.Sprintf("%s after %d bytes", command, bytes), func(t *testing.T) {
				server := scripted(t, jobs)
				s := watching(t, server.Addr)
				s.scrape(t).want(t, lengthOfJobs, 3)
				server.Cut(command, bytes)
				for range 2 {
					got := s.scrape(t)
					got.want(t, "redis_up", 1)
					got.want(t, `redis_exporter_last_scrape_error{err=""}`, 0)
					got.wantSources(t, failed...)
					got.wantNone(t, "redis_queue_length")
				}
				for _, source := range failed {
					s.log.wantLines(t, 1, "level=WARN", "part="+source.String())
				}
				server.Heal()
				got := s.scrape(t)
				got.wantUp(t)
				got.want(t, lengthOfJobs, 3)
			})
		}
	}
}

// Without INFO there is nothing to say about the server.
func TestInfoThatIsCutInTheMiddle(t *testing.T) {
	for _, bytes := range []int{0, 3, 1000} {
		server := scripted(t, jobs)
		s := watching(t, server.Addr)
		s.scrape(t).wantUp(t)
		server.Cut("INFO", bytes)
		wantLocked(t, s, valkey.KindClosed, "")
		server.Heal()
		wantBack(t, s)
	}
}

// After bytes that are not the protocol nobody knows where the next reply
// begins: what comes behind them is lost, and the connection is made anew.
func TestReplyThatIsGarbage(t *testing.T) {
	for name, garbage := range map[string]string{
		"text":             "what?\r\n",
		"bad length":       "$x\r\n",
		"negative length":  "*-7\r\n",
		"endless array":    "*2147483647\r\n",
		"nested arrays":    strings.Repeat("*1048576\r\n", 100),
		"only a line feed": "\n",
		"zero bytes":       strings.Repeat("\x00", 100) + "\r\n",
		"long line":        "+" + strings.Repeat("x", 1<<20) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			server := scripted(t, jobs)
			s := watching(t, server.Addr)
			s.scrape(t).wantUp(t)
			server.Reply("SLOWLOG LEN", []byte(garbage))
			for range 3 {
				got := s.scrape(t)
				got.want(t, "redis_up", 1)
				got.want(t, `redis_exporter_last_scrape_error{err=""}`, 0)
				got.wantSources(t, valkey.SourceSlowlog, valkey.SourceQueues)
				got.wantNone(t, "redis_slowlog_length")
				got.wantNone(t, "redis_queue_length")
			}
			s.log.wantLines(t, 1, "level=WARN", "part=slowlog", "not the Redis protocol")
			s.log.wantLines(t, 2, "level=WARN")
			server.Heal()
			s.scrape(t).wantUp(t)
		})
	}
}

// A reply of the right protocol and the wrong shape costs its source only.
func TestReplyOfAnotherShape(t *testing.T) {
	for name, c := range map[string]struct {
		command string
		reply   []byte
		source  valkey.Source
	}{
		"number for a map":    {"CONFIG GET", fake.Int(5), valkey.SourceConfig},
		"odd list":            {"CONFIG GET", fake.Array(fake.Bulk("maxmemory")), valkey.SourceConfig},
		"list of lists":       {"CONFIG GET", fake.Array(fake.EmptyArray, fake.EmptyArray), valkey.SourceConfig},
		"null":                {"LATENCY HISTOGRAM", fake.Nil, valkey.SourceLatencyHistogram},
		"text for a list":     {"LATENCY HISTOGRAM", fake.Bulk("none"), valkey.SourceLatencyHistogram},
		"short entry":         {"LATENCY LATEST", fake.Array(fake.Array(fake.Bulk("fork"))), valkey.SourceLatencyLatest},
		"text for a number":   {"SLOWLOG GET", fake.Array(fake.Array(fake.Bulk("x"), fake.Int(1), fake.Int(1))), valkey.SourceSlowlog},
		"error":               {"SLOWLOG GET", fake.Error("ERR out of order"), valkey.SourceSlowlog},
		"error without words": {"LATENCY LATEST", fake.Error(""), valkey.SourceLatencyLatest},
		"error of bytes":      {"LATENCY LATEST", fake.Error("ERR \xff\x00\x1b[31m"), valkey.SourceLatencyLatest},
		"error for a length":  {"LLEN", fake.Error("ERR out of order"), valkey.SourceQueues},
	} {
		t.Run(name, func(t *testing.T) {
			server := scripted(t, jobs)
			s := watching(t, server.Addr)
			s.scrape(t).wantUp(t)
			server.Reply(c.command, c.reply)
			for range 3 {
				got := s.scrape(t)
				got.want(t, "redis_up", 1)
				got.want(t, `redis_exporter_last_scrape_error{err=""}`, 0)
				got.wantSources(t, c.source)
			}
			s.log.wantLines(t, 1, "level=WARN", "part="+c.source.String())
			s.log.wantLines(t, 1, "level=WARN")
			server.Heal()
			s.scrape(t).wantUp(t)
		})
	}
}

// A state that this version has never heard of must not read as healthy, nor
// hide the rest.
func TestInfoWithAnUnknownWord(t *testing.T) {
	info := capturedInfo(t)
	strange := strings.Replace(info, "aof_last_write_status:ok", "aof_last_write_status:strange", 1)
	if strange == info {
		t.Fatal("the capture has no aof_last_write_status:ok")
	}
	server := scripted(t, jobs)
	server.Reply("INFO", fake.Bulk(strange))
	s := watching(t, server.Addr)
	for range 3 {
		got := s.scrape(t)
		got.want(t, "redis_up", 1)
		got.wantSources(t, valkey.SourceInfo)
		got.wantNone(t, "redis_aof_last_write_status")
		got.want(t, "redis_rdb_last_bgsave_status", 1)
		got.want(t, lengthOfJobs, 3)
	}
	s.log.wantLines(t, 1, "level=WARN", "aof_last_write_status", "strange")
	s.log.wantLines(t, 1, "level=WARN")
	server.Heal()
	s.scrape(t).wantUp(t)
}

func TestInfoWithLinesThatAreNotUnderstood(t *testing.T) {
	info := strings.Replace(capturedInfo(t), "# Server\r\n",
		"# Server\r\nno colon\r\n:\r\nkey:\r\ncmdstat_x:calls=many\r\ndb7:keys=,\r\n\xff\xfe:\xff\r\n", 1)
	server := scripted(t, jobs)
	server.Reply("INFO", fake.Bulk(info))
	s := watching(t, server.Addr)
	for range 3 {
		got := s.scrape(t)
		got.want(t, "redis_up", 1)
		got.want(t, `redis_exporter_source_success{source="info"}`, 0)
		got.want(t, lengthOfJobs, 3)
		if got["redis_memory_used_bytes"] == 0 {
			t.Error("the lines that can be understood are missing")
		}
	}
	if n := len(s.log.lines("level=WARN")); n != 1 {
		t.Errorf("%d lines, want 1:\n%s", n, s.log)
	}
}

// Names that the server sends become label values; whatever they are, they must
// not make Prometheus reject the scrape. A script may call an error anything.
func TestErrorWithANameThatIsNotText(t *testing.T) {
	server := testserver.Valkey(t)
	for _, name := range []string{"\xff", "\xfe", "caf\xe9", `a"b`, `a\b`} {
		_, _ = server.Do(t, "EVAL", "return redis.error_reply(ARGV[1] .. ' went wrong')", "0", name)
	}
	s := watching(t, server.Addr)
	got := wantValidOpenMetrics(t, s)
	got.want(t, "redis_up", 1)
	if n := len(got.of("redis_errors_total")); n != 5 {
		t.Errorf("%d kinds of error, want 5: %q", n, got.of("redis_errors_total"))
	}
}

func TestInfoWithNamesThatAreNotText(t *testing.T) {
	info := capturedInfo(t) + "# Errorstats\r\nerrorstat_\xff\"\\:count=1\r\nerrorstat_\xfe\"\\:count=2\r\n" +
		"# Commandstats\r\ncmdstat_\xff:calls=1,usec=1,usec_per_call=1.00,rejected_calls=0,failed_calls=0\r\n"
	server := scripted(t, jobs)
	server.Reply("INFO", fake.Bulk(info))
	s := watching(t, server.Addr)
	s.scrape(t).want(t, "redis_up", 1)
	wantValidOpenMetrics(t, s)
}

func TestInfoOfTenMegabytes(t *testing.T) {
	server := scripted(t, jobs)
	server.Reply("INFO", fake.Bulk(capturedInfo(t)+"# Padding\r\nx:"+strings.Repeat("x", 10<<20)+"\r\n"))
	s := watching(t, server.Addr)
	before := memory()
	for range 10 {
		got := s.scrape(t)
		got.want(t, "redis_up", 1)
		got.wantError(t, valkey.KindTooLong)
		got.wantSources(t, valkey.SourceInfo)
		got.want(t, lengthOfJobs, 3)
		got.want(t, "redis_slowlog_length", 3)
	}
	if grown := memory() - before; grown > 64<<20 {
		t.Errorf("%d MiB more of memory", grown>>20)
	}
	s.log.wantLines(t, 1, "level=WARN")
	server.Heal()
	s.scrape(t).wantUp(t)
}

// A length that is announced and never sent must not be allocated.
func TestInfoThatIsAnnouncedOnly(t *testing.T) {
	for _, header := range []string{"$2000000000\r\n", "*1000000\r\n", "$4000000\r\n"} {
		server := scripted(t, jobs)
		s := watching(t, server.Addr, "--scrape.timeout=600ms")
		s.scrape(t).wantUp(t)
		before := memory()
		server.Cut("SLOWLOG GET", 0)
		server.Reply("SLOWLOG LEN", []byte(header))
		got := s.scrape(t)
		if len(got.of("redis_exporter_last_scrape_error")) != 1 {
			t.Error("no redis_exporter_last_scrape_error")
		}
		if grown := memory() - before; grown > 64<<20 {
			t.Errorf("%q: %d MiB more of memory", header, grown>>20)
		}
		server.Heal()
		s.scrape(t).wantUp(t)
	}
}

// memory is what the runtime has taken from the system, in bytes.
func memory() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}

func capturedInfo(t *testing.T) string {
	t.Helper()
	info, err := os.ReadFile(filepath.Join(captures, "valkey-8.0.1.info"))
	if err != nil {
		t.Fatal(err)
	}
	return string(info)
}
