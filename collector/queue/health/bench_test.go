package health

import (
	"fmt"
	"runtime"
	"testing"

	"valkey-exporter/collector/valkey"
)

// queuesOfALot is how many queues must still be cheap.
const queuesOfALot = 10_000

// aLot plays many queues of which one in ten holds something.
func aLot(tb testing.TB) *story {
	tb.Helper()
	s := play(tb, Settings{})
	for i := range queuesOfALot {
		key := fmt.Sprint("queue:", i)
		s.also("work " + key)
		if i%10 == 0 {
			s.lpush(key, job(fmt.Sprint(i), s.now), job(fmt.Sprint(-i), s.now))
		}
	}
	return s.look()
}

func BenchmarkReports(b *testing.B) {
	s := aLot(b)
	b.ReportAllocs()
	for b.Loop() {
		s.Reports(s.now)
	}
}

func BenchmarkScraped(b *testing.B) {
	s := aLot(b)
	var readings []valkey.Reading
	for _, q := range s.queues {
		readings = append(readings, valkey.Reading{Queue: q, Type: valkey.TypeList})
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Scraped(readings, s.now)
	}
}

// BenchmarkLooked includes the questions: what the loop costs each time.
func BenchmarkLooked(b *testing.B) {
	s := aLot(b)
	look := s.answer(s.Questions(s.queues, s.now))
	b.ReportAllocs()
	for b.Loop() {
		s.Questions(s.queues, s.now)
		look.At = look.At.Add(interval)
		s.Looked(look)
		s.Forget(s.queues)
	}
}

// TestAnIdleQueueNeedsLittleMemory: there may be many.
func TestAnIdleQueueNeedsLittleMemory(t *testing.T) {
	s := play(t, Settings{})
	for i := range queuesOfALot {
		s.also(fmt.Sprint("work queue:", i))
	}
	// What the tracker keeps is what goes when it goes.
	held := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for _, q := range s.queues {
		s.lpush(q.Key, job("a", noon))
	}
	s.look()
	for _, q := range s.queues {
		s.rpop(q.Key, 1)
	}
	s.look().look()
	s.asked = nil
	with := held()
	s.Tracker = nil
	defer runtime.KeepAlive(s)
	if each := int64(with-held()) / queuesOfALot; each > 1024 {
		t.Errorf("%d bytes for each idle queue, want at most 1024", each)
	} else {
		t.Logf("%d bytes for each idle queue", each)
	}
}
