package valkey

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// script is a connection on which the peer says what in holds.
type script struct {
	net.Conn
	in io.Reader
}

func (s script) Read(p []byte) (int, error) { return s.in.Read(p) }

func guardOn(in io.Reader) *guard { return newGuard(script{in: in}) }

// through is what passes the guard of what the peer says.
func through(in string) (string, *guard, error) {
	g := guardOn(strings.NewReader(in))
	out, err := io.ReadAll(g)
	return string(out), g, err
}

// all is one reply of every kind, and how many they are.
const (
	all        = "+OK\r\n-ERR no\r\n:42\r\n$5\r\nhe\r\nl\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n*2\r\n*2\r\n$1\r\na\r\n:1\r\n*1\r\n*0\r\n"
	allReplies = 9
)

func TestRepliesPassTheGuardUnchangedAndAreCounted(t *testing.T) {
	out, g, err := through(all)
	if out != all || err != nil || g.replies != allReplies {
		t.Errorf("got %q (%v), %d replies, want %d", out, err, g.replies, allReplies)
	}
	g = guardOn(iotest.OneByteReader(strings.NewReader(all)))
	if err := iotest.TestReader(g, []byte(all)); err != nil {
		t.Errorf("byte by byte: %v", err)
	}
}

func TestGuardHandsOverWhatIsThereWithoutWaitingForMore(t *testing.T) {
	silent := iotest.ErrReader(errors.New("waited"))
	g := guardOn(io.MultiReader(strings.NewReader("+OK\r\n$5\r\nhe"), silent))
	got := make([]byte, 100)
	n, err := g.Read(got)
	if string(got[:n]) != "+OK\r\n$5\r\nhe" || err != nil {
		t.Errorf("got %q, %v", got[:n], err)
	}
}

func TestGuardKnowsWhenRepliesWereComplete(t *testing.T) {
	_, g, _ := through(all)
	for i := range allReplies {
		if g.arrived(i).IsZero() || i > 0 && g.arrived(i).Before(g.arrived(i-1)) {
			t.Errorf("reply %d arrived at %v", i, g.arrived(i))
		}
	}
	if !g.arrived(allReplies).IsZero() {
		t.Error("a reply that never came has a time")
	}
	g.begin()
	if !g.arrived(0).IsZero() {
		t.Error("a new round trip remembers the old one")
	}
	_, g, _ = through(strings.Repeat(":1\r\n", timedReplies+5))
	if g.replies != timedReplies+5 || !g.arrived(timedReplies).IsZero() {
		t.Errorf("after many: %d replies, number %d at %v", g.replies, timedReplies, g.arrived(timedReplies))
	}
}

func TestWhatIsNotTheProtocolIsAnError(t *testing.T) {
	for _, in := range []string{
		"HTTP/1.1 400 Bad Request\r\n", "\r\n", "\n", "\x15\x03\x01\x00\x02\x02\n", "$\r\n", "$x\r\n", "$-5\r\n", "*-2\r\n", "$1.5\r\n", "$99999999999999999999\r\n",
		"*1000000000\r\n", "*9223372036854775807\r\n", "%9223372036854775807\r\n", "*1048576\r\n",
		strings.Repeat("*1\r\n", 1_000_000), "*2\r\n*1000000\r\n" + strings.Repeat(":1\r\n", 1_000_000) + "*1000000\r\n",
		"+" + strings.Repeat("x", guardBuffer) + "\r\n",
	} {
		_, _, err := through(in)
		if !errors.Is(err, errGarbage) || KindOf(err) != KindProtocol || len(err.Error()) > longestError {
			t.Errorf("%.40q: got %v (%s), want an error about the protocol", in, err, KindOf(err))
		}
	}
}

func TestLongestLineThatFitsPasses(t *testing.T) {
	in := "+" + strings.Repeat("x", guardBuffer-len("+\r\n")) + "\r\n"
	if out, _, err := through(in); out != in || err != nil {
		t.Errorf("got %d of %d bytes, %v", len(out), len(in), err)
	}
}

func TestReplyCutAnywhereIsNotCounted(t *testing.T) {
	whole := "+OK\r\n"
	for _, cut := range []string{"$", "$1", "$10\r", "$10\r\n", "$10\r\nhello", "$10\r\nhellohello\r", "*2\r\n", "*2\r\n:1\r\n", "*1\r\n$3\r\nab"} {
		out, g, err := through(whole + cut)
		if g.replies != 1 || !strings.HasPrefix(whole+cut, out) || err != nil && !isClosed(err) {
			t.Errorf("%q: %d replies, passed %q, %v", cut, g.replies, out, err)
		}
	}
}

func TestTooLongStringIsReplacedByAnErrorAndTheNextReplyIsIntact(t *testing.T) {
	long := func(n int) string { return fmt.Sprintf("$%d\r\n%s\r\n", n, strings.Repeat("x", n)) }
	instead := func(n, most int) string {
		return fmt.Sprintf("-TOOLONG reply of %d bytes, the limit is %d\r\n", n, most)
	}
	const most = 100
	for name, tc := range map[string]struct{ in, out string }{
		"at the limit":  {long(most) + ":1\r\n", long(most) + ":1\r\n"},
		"above":         {long(most+1) + ":1\r\n", instead(most+1, most) + ":1\r\n"},
		"in an array":   {"*2\r\n" + long(most+1) + ":1\r\n+OK\r\n", "*2\r\n" + instead(most+1, most) + ":1\r\n+OK\r\n"},
		"many together": {"*4\r\n" + long(90) + long(90) + long(90) + long(90) + long(90), "*4\r\n" + long(90) + long(90) + instead(90, 20) + instead(90, 20) + long(90)},
	} {
		g := guardOn(strings.NewReader(tc.in))
		g.longest, g.budget = most, arrayCost+4*elementCost+200
		if out, err := io.ReadAll(g); string(out) != tc.out || err != nil {
			t.Errorf("%s: got %q, %v, want %q", name, out, err, tc.out)
		}
	}
}

func TestGuardTakesNoMemoryForWhatItRefuses(t *testing.T) {
	const size = 64 << 20
	for name, tc := range map[string]struct {
		in   io.Reader
		want string
	}{
		"a long string":         {io.MultiReader(strings.NewReader(fmt.Sprintf("$%d\r\n", size)), io.LimitReader(zeros{}, size), strings.NewReader("\r\n:7\r\n")), ":7\r\n"},
		"a length out of space": {io.MultiReader(strings.NewReader("$9223372036854775807\r\n"), io.LimitReader(zeros{}, size)), ""},
		"a line without an end": {io.MultiReader(strings.NewReader("+"), io.LimitReader(zeros{}, size)), ""},
	} {
		var before, after runtime.MemStats
		g := guardOn(tc.in)
		runtime.ReadMemStats(&before)
		out, _ := io.ReadAll(g)
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > size/64 {
			t.Errorf("%s: allocated %d bytes for %d", name, grown, size)
		}
		if !bytes.HasSuffix(out, []byte(tc.want)) {
			t.Errorf("%s: got %q, want it to end %q", name, out, tc.want)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestFarewellIsTheLatestErrorOutsideAnArray(t *testing.T) {
	for in, want := range map[string]string{
		"-ERR max number of clients reached\r\n":  "ERR max number of clients reached",
		"-DENIED a\r\n-DENIED b\r\n":              "DENIED b",
		"*2\r\n-ERR in an array\r\n:1\r\n+OK\r\n": "",
	} {
		if _, g, _ := through(in); g.farewell != want {
			t.Errorf("%q: got %q, want %q", in, g.farewell, want)
		}
	}
}
