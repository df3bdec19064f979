package valkey

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func FuzzParseInfo(f *testing.F) {
	for _, reply := range captures(f) {
		f.Add(reply)
		for line := range strings.Lines(reply) {
			if strings.ContainsAny(line, "=#") {
				f.Add("# A\n" + line)
			}
		}
	}
	f.Fuzz(func(t *testing.T, reply string) {
		info, err := ParseInfo(reply)
		if len(errorText(err)) > longestError {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
		if got, want := accounted(info)+complaints(t, err), lines(reply, info); got != want {
			t.Errorf("%d lines are scalars, typed or in the error, want %d: %v", got, want, err)
		}
	})
}

// lines counts the lines of a reply that are no scalars.
func lines(reply string, info Info) int {
	n := 0
	if !strings.HasPrefix(reply, "#") && !strings.HasPrefix(reply, "\r\n#") {
		n++ // the complaint about it
	}
	for line := range strings.SplitSeq(reply, "\n") {
		line = strings.TrimSuffix(line, "\r")
		key, _, found := strings.Cut(line, ":")
		_, scalar := info.Fields[key]
		if line != "" && line[0] != '#' && (!found || !scalar) {
			n++
		}
	}
	return n
}

// accounted counts the lines that became values of a type.
func accounted(i Info) int {
	return len(i.Keyspaces) + len(i.Commands) + len(i.Latencies) + len(i.Errors) +
		len(i.Replicas) + len(i.Threads) + len(i.Engines) + len(i.Modules)
}

// complaints counts the lines that an error is about.
func complaints(t *testing.T, err error) int {
	t.Helper()
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return 0
	}
	problems := joined.Unwrap()
	more := 0
	if last := problems[len(problems)-1].Error(); strings.HasPrefix(last, "and ") {
		if _, err := fmt.Sscanf(last, "and %d lines more", &more); err != nil {
			t.Fatal(err)
		}
		more-- // the sentence itself
	}
	return len(problems) + more
}

// Limits of the guard while it is fuzzed, small enough to be met.
const (
	fuzzLongest = 20
	fuzzBudget  = 4 * arrayCost
)

func FuzzGuard(f *testing.F) {
	for _, reply := range captures(f) {
		reply = reply[:200] // a longer one only slows the fuzzer down
		f.Add([]byte("$"+fmt.Sprint(len(reply))+"\r\n"+reply+"\r\n"), []byte{100, 7})
	}
	f.Add([]byte(all), []byte{1})
	f.Add([]byte("*2\r\n$9223372036854775807\r\n"), []byte{3, 200})
	f.Add([]byte("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"), []byte{0})
	f.Fuzz(func(t *testing.T, data, sizes []byte) {
		if out, err := guarded(data, sizes, MaxReplyBytes, maxReplyMemory); err == nil && !bytes.Contains(out, []byte(tooLong)) && !bytes.Equal(out, data) {
			t.Errorf("%q became %q", data, out)
		} else if !bytes.Contains(out, []byte(tooLong)) && !bytes.HasPrefix(data, out) {
			t.Errorf("%q became %q, then %v", data, out, err)
		}

		valid, want := (&replyWriter{choices: data}).replies()
		if out, err := guarded(valid, sizes, fuzzLongest, fuzzBudget); err != nil || !bytes.Equal(out, want) {
			t.Errorf("%q became %q, want %q (%v)", valid, out, want, err)
		}
	})
}

// guarded is what passes a guard with these limits, when the peer sends in
// pieces and go-redis reads in pieces.
func guarded(in, sizes []byte, longest, budget int) ([]byte, error) {
	g := guardOn(&pieces{bytes.NewReader(in), sizes, 0})
	g.longest, g.budget = longest, budget
	return io.ReadAll(&pieces{g, sizes, 1})
}

// pieces reads at most as many bytes at once as sizes say, in turn.
type pieces struct {
	io.Reader

	sizes []byte
	turn  int
}

func (r *pieces) Read(p []byte) (int, error) {
	if len(r.sizes) > 0 {
		r.turn++
		p = p[:min(len(p), 1+int(r.sizes[r.turn%len(r.sizes)]))]
	}
	return r.Reader.Read(p)
}

// replyWriter makes valid replies of arbitrary choices, and what shall pass
// the guard of them.
type replyWriter struct {
	choices  []byte
	in, want bytes.Buffer
	left     int
}

func (w *replyWriter) choice() byte {
	if len(w.choices) == 0 {
		return 0
	}
	c := w.choices[0]
	w.choices = w.choices[1:]
	return c
}

func (w *replyWriter) replies() (in, want []byte) {
	for len(w.choices) > 0 {
		w.left = fuzzBudget
		w.value()
	}
	return w.in.Bytes(), w.want.Bytes()
}

func (w *replyWriter) value() {
	switch c := w.choice(); {
	case c < 60:
		w.both(fmt.Sprintf(":%d\r\n", c))
	case c < 80:
		w.both("$-1\r\n")
	case c < 100:
		w.both([]string{"+OK\r\n", "-ERR no\r\n", "*-1\r\n"}[c%3])
	case c < 180:
		w.text(int(c) - 100)
	default:
		w.array(int(c-180) % 6)
	}
}

func (w *replyWriter) both(s string) {
	w.in.WriteString(s)
	w.want.WriteString(s)
}

func (w *replyWriter) text(n int) {
	s := fmt.Sprintf("$%d\r\n%s\r\n", n, strings.Repeat("\n", n))
	if most := min(fuzzLongest, w.left); n > most {
		w.in.WriteString(s)
		fmt.Fprintf(&w.want, "-TOOLONG reply of %d bytes, the limit is %d\r\n", n, most)
		return
	}
	w.left -= n
	w.both(s)
}

func (w *replyWriter) array(n int) {
	if w.left < 2*arrayCost { // another would be an error, which ends everything
		w.both(":0\r\n")
		return
	}
	w.left -= arrayCost + n*elementCost
	w.both(fmt.Sprintf("*%d\r\n", n))
	for range n {
		w.value()
	}
}

func FuzzTarget(f *testing.F) {
	f.Add("valkey", "user", "pass", "word", "host:6379/3")
	f.Add("", "user", "12/", "", "host:6379")
	f.Add("rediss", "", "p%4", "@", "[::1]:6379")
	f.Add("unix", "u", "#", "?", "/run/valkey.sock")
	f.Fuzz(func(t *testing.T, scheme, user, before, after, rest string) {
		const secret = "Zq9"
		address := user + ":" + before + secret + after + "@" + rest
		if scheme != "" {
			address = scheme + "://" + address
		}
		if strings.Contains(scheme+user+rest, secret) {
			return // the secret is not only in the password
		}
		if _, err := ParseTarget(address); strings.Contains(errorText(err), secret) {
			t.Errorf("%q: the error shows the password: %v", address, err)
		}
		if _, err := ParseTarget(rest); len(errorText(err)) > longestError {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	})
}
