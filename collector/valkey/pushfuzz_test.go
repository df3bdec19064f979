package valkey

import (
	"bufio"
	"bytes"
	"net"
	"sync/atomic"
	"testing"
)

// deaf is a connection from which bytes come and that takes none.
type deaf struct {
	net.Conn
	from *bytes.Reader
}

func (d deaf) Read(p []byte) (int, error) { return d.from.Read(p) }
func (deaf) Close() error                 { return nil }

// Whatever a server sends, a session ends by an error and counts only what it
// was told of channels that were confirmed.
func FuzzSession(f *testing.F) {
	for _, seed := range []string{
		">3\r\n$9\r\nsubscribe\r\n$16\r\n__keyspace@0__:q\r\n:1\r\n>3\r\n$7\r\nmessage\r\n$16\r\n__keyspace@0__:q\r\n$5\r\nlpush\r\n",
		"%1\r\n$22\r\nnotify-keyspace-events\r\n$3\r\nlKA\r\n", "*2\r\n$22\r\nnotify-keyspace-events\r\n$0\r\n\r\n",
		"-NOPERM no\r\n", "%0\r\n", "*-1\r\n", "$-1\r\n", "\r\n", ">3\r\n_\r\n,1.5\r\n#t\r\n", "|1\r\n+a\r\n+b\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		s := newSession(deaf{from: bytes.NewReader(sent)}, new(atomic.Uint64))
		s.in = bufio.NewReader(newGuard(s.conn))
		if err := s.read(); err == nil || len(err.Error()) > longestError {
			t.Errorf("err = %v", err)
		}
		events := 0.0
		for _, c := range s.channels {
			for _, n := range c.events {
				events += float64(n)
			}
		}
		if told := float64(bytes.Count(sent, []byte("message"))); events > told {
			t.Errorf("%v events of %v notifications", events, told)
		}
	})
}
