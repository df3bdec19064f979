package valkey

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

func BenchmarkParseInfo(b *testing.B) {
	captured, err := os.ReadFile("../../testdata/captures/valkey-8.0.1.info")
	if err != nil {
		b.Fatal(err)
	}
	for _, x := range []struct{ name, reply string }{
		{"captured", string(captured)},
		{"85 commands", infoOf(85)},
		{"170 commands", infoOf(170)},
	} {
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(x.reply)))
			for b.Loop() {
				if _, err := ParseInfo(x.reply); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// infoOf is an INFO reply that is mostly statistics of n commands.
func infoOf(n int) string {
	var s strings.Builder
	s.WriteString("# Server\r\nredis_version:7.2.4\r\nrun_id:0123456789abcdef0123456789abcdef01234567\r\n\r\n# Commandstats\r\n")
	for i := range n {
		fmt.Fprintf(&s, "cmdstat_command%d:calls=%d,usec=%d,usec_per_call=1.50,rejected_calls=0,failed_calls=%d\r\n", i, 1000+i, 1500+i, i%3)
	}
	s.WriteString("\r\n# Latencystats\r\n")
	for i := range n {
		fmt.Fprintf(&s, "latency_percentiles_usec_command%d:p50=1.003,p99=%d.063,p99.9=27.007\r\n", i, 2+i%9)
	}
	return s.String()
}

// BenchmarkParseHistograms reads the histograms of 170 commands as go-redis
// hands them over.
func BenchmarkParseHistograms(b *testing.B) {
	var reply []any
	for i := range 170 {
		var buckets []any
		for bound := int64(1); bound <= 64; bound *= 2 {
			buckets = append(buckets, bound, 100+bound)
		}
		reply = append(reply, fmt.Sprintf("command%d", i), []any{"calls", int64(164), "histogram_usec", buckets})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parseHistograms(reply); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGuard hands on 10,000 small replies.
func BenchmarkGuard(b *testing.B) {
	const replies = 10_000
	stream := strings.Repeat(":12345\r\n", replies)
	buffer := make([]byte, 32<<10)
	b.ReportAllocs()
	b.SetBytes(int64(len(stream)))
	for b.Loop() {
		g := guardOn(strings.NewReader(stream))
		for {
			if _, err := g.Read(buffer); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
		if g.replies != replies {
			b.Fatalf("counted %d replies", g.replies)
		}
	}
}

// BenchmarkLook prepares and understands a look at 1,000 lists whose ends are
// where they were, with jobs of 500 bytes.
func BenchmarkLook(b *testing.B) {
	job := []byte(strings.Repeat("x", 500))
	questions := make([]Question, 1000)
	for i := range questions {
		queue := NewQueue(i/100, fmt.Sprintf("queue:%d", i), "work")
		questions[i] = Question{Queue: queue, Head: job, Tail: job, Span: 1000, Ends: true, Bytes: 64 << 10}
	}
	place := []any{int64(0), int64(0)}
	answer := []any{
		"type", "list", "ttl", int64(-1), "length", int64(1000), "head_at",
		[]any{int64(7), int64(0)},
		"head",
		[]any{int64(500), string(job)},
		"tail_at", place, "lookups", int64(7),
	}
	looker := NewLooker(Open(Options{}), NewLedger(), time.Now)
	sights := make([]Sight, len(questions))
	b.ReportAllocs()
	for b.Loop() {
		round := looker.plan(questions, sights, time.Time{})
		for _, g := range round.groups {
			for _, a := range g.asked {
				a.cmd.SetVal(answer)
			}
		}
		if err := looker.read(round); err != nil || sights[999].Head.Size != 500 {
			b.Fatal(err, sights[999].Err)
		}
	}
}
