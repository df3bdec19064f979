package payload

import (
	"strings"
	"testing"
)

const (
	job = `{"retry":true,"queue":"default","class":"HardJob","args":["bob",5,{"account":4711,"tags":["a","b"]}],"jid":"b4a577edbccf1d805744efa9",` +
		`"version":0,"at":null,"locale":"en","cattr":{"user":null,"tenant":"north"},"priority":"normal","unique_for":null,"tags":["x","y"],` +
		`"created_at":1717243100.1234567,"enqueued_at":1717243190.654321}`
	deadLetter = `{"id":"6f1c1f1e-2c67-4c0b-9d3e-0d5d5a9b7a11","error_class":"RedisClient::CannotConnectError","error_message":"Connection refused - connect(2) for ` +
		`10.0.0.1:6379 (redis://:hunter2@cache:6379/0)","failed_at":1717243190,"original":` + job + `}`
)

func BenchmarkTime(b *testing.B) {
	for name, text := range map[string]string{
		"job":         job,
		"dead_letter": deadLetter,
		"uuid":        rfcUUID,
		"none":        `{"id":"` + uuid4Text + `","args":["` + strings.Repeat("x", 200) + `"]}`,
		"16KiB":       `{"args":[` + strings.Repeat(`{"name":"bob","n":[1,2]},`, 650) + `0],"enqueued_at":1717243190}`,
		"binary":      unknownFormats["pickle, protocol 4"],
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Finder{DeadLetter: true}.Time([]byte(text), true, now)
			}
		})
	}
}

func BenchmarkReason(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Normalise(Reason([]byte(deadLetter), true, Path{}))
	}
}
