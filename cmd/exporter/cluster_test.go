package main

import (
	"strings"
	"testing"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver/fake"
)

const unreadableJobs = `redis_exporter_queue_unreadable{db="db0",queue="jobs",reason="`

// A node of a cluster has only its share of the keys. That is no fault, but the
// queue must not vanish without a word, nor the node be asked at every scrape:
// it would count each time as an error.
func TestKeyOfAnotherNodeOfTheCluster(t *testing.T) {
	server := scripted(t, jobs)
	s := watching(t, server.Addr)
	s.scrape(t).want(t, lengthOfJobs, 3)
	server.Reply("LLEN", fake.Error("MOVED 9394 127.0.0.1:7001"))
	asked := server.Count("LLEN")
	for range 3 {
		got := s.scrape(t)
		got.wantUp(t)
		got.want(t, unreadableJobs+`moved"}`, 1)
		got.want(t, `redis_exporter_queue_errors_total{reason="moved"}`, 1)
		got.wantNone(t, "redis_queue_length")
	}
	if n := server.Count("LLEN") - asked; n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
}

// The log says when the reason changes, not only that something still fails.
func TestClusterThatIsDownForAnotherReason(t *testing.T) {
	server := scripted(t, jobs)
	s := watching(t, server.Addr)
	for _, reply := range []string{"CLUSTERDOWN Hash slot not served", "MASTERDOWN Link with MASTER is down"} {
		server.Reply("LLEN", fake.Error(reply))
		server.Reply("TYPE", fake.Error(reply))
		for range 3 {
			got := s.scrape(t)
			got.want(t, "redis_up", 1)
			got.wantSources(t, valkey.SourceQueues)
			got.want(t, unreadableJobs+`unavailable"}`, 1)
			got.want(t, `redis_exporter_queue_errors_total{reason="unavailable"}`, 1)
		}
		s.log.wantLines(t, 1, "level=WARN", reply)
	}
	s.log.wantLines(t, 2, "level=WARN")
	server.Heal()
	got := s.scrape(t)
	got.wantUp(t)
	got.want(t, lengthOfJobs, 3)
}

// The value of a field that is not understood may be another at each scrape.
func TestFieldThatIsNotUnderstoodIsOneLine(t *testing.T) {
	server := scripted(t, jobs)
	s := watching(t, server.Addr)
	for _, value := range []string{"1kB", "2kB", "3kB"} {
		info := strings.Replace(capturedInfo(t), "\nused_memory:", "\nused_memory:"+value+" ", 1)
		server.Reply("INFO", fake.Bulk(info))
		got := s.scrape(t)
		got.want(t, `redis_exporter_source_success{source="info"}`, 0)
		got.wantNone(t, "redis_memory_used_bytes")
	}
	s.log.wantLines(t, 1, "level=WARN", "used_memory", "1kB")
	s.log.wantLines(t, 1, "level=WARN")
}
