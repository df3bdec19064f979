package valkey

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"strconv"
	"time"
)

// Limits of what is believed of a server's reply. go-redis allocates whatever
// a length header announces, so a broken or hostile peer could end the
// process with one line; the guard reads the headers first.
const (
	// MaxReplyBytes is the largest single string. INFO of a server that has
	// seen every command is some 50 kB.
	MaxReplyBytes = 4 << 20
	// maxReplyMemory is what one reply may cost go-redis in memory: the bytes of
	// its strings, and the costs of its arrays.
	maxReplyMemory = 32 << 20
	// arrayCost includes the stack of go-redis, which descends into nested
	// arrays as deep as they go.
	arrayCost   = 1 << 10
	elementCost = 32
	// guardBuffer also is the longest header, status or error line.
	guardBuffer = 32 << 10
	// timedReplies is how many replies of a round trip get a time of their own.
	timedReplies = 16
)

// errGarbage marks bytes that are not the Redis protocol.
var errGarbage = errors.New("reply is not the Redis protocol")

// guard is a connection that understands where replies begin and end. It
// replaces a string that is too long by an error reply, so that only the
// command that asked for it fails, and notes when each of the first replies of
// a round trip was complete.
type guard struct {
	net.Conn
	in      *bufio.Reader
	longest int    // bytes in a string
	budget  int    // what a reply may cost
	pending []byte // bytes of a header or of a replacement still to hand over
	body    int    // bytes of a string still to hand over
	open    int    // values still to come until the reply is complete
	left    int    // of the budget, for the current reply

	replies  int    // complete replies since begin
	farewell string // the latest error reply outside an array
	at       [timedReplies]time.Time
}

func newGuard(conn net.Conn) *guard {
	return &guard{Conn: conn, in: bufio.NewReaderSize(conn, guardBuffer), longest: MaxReplyBytes, budget: maxReplyMemory}
}

// begin starts a round trip: the next reply is number 0.
func (g *guard) begin() { g.replies = 0 }

// arrived is when reply number i was complete; the zero time if it is not, or
// if it is not one of the first.
func (g *guard) arrived(i int) time.Time {
	if i >= min(g.replies, timedReplies) {
		return time.Time{}
	}
	return g.at[i]
}

// Read hands over as much as is there without waiting, and waits only for the
// first byte.
func (g *guard) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if n > 0 && len(g.pending) == 0 && g.in.Buffered() == 0 {
			return n, nil
		}
		m, err := g.next(p[n:])
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// next hands over one piece: the rest of a header, some of a string, or
// nothing after it has looked at a new header.
func (g *guard) next(p []byte) (int, error) {
	switch {
	case len(g.pending) > 0:
		n := copy(p, g.pending)
		g.pending = g.pending[n:]
		return n, nil
	case g.body > 0:
		n, err := g.in.Read(p[:min(len(p), g.body)])
		g.body -= n
		g.complete()
		return n, err
	}
	return 0, g.header()
}

// header reads one line and learns from it what follows.
func (g *guard) header() error {
	line, err := g.in.ReadSlice('\n')
	if err != nil {
		return headerError(line, err)
	}
	if g.open == 0 {
		g.open, g.left = 1, g.budget
	}
	g.open--
	g.pending = line
	if line[0] == '-' && g.open == 0 {
		g.farewell = string(trimEOL(line[1:]))
	}
	if err := g.follow(line); err != nil {
		return err
	}
	g.complete()
	return nil
}

func headerError(line []byte, err error) error {
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return fmt.Errorf("%w: a line of more than %d bytes begins %s", errGarbage, guardBuffer, excerpt(string(line[:64])))
	case errors.Is(err, io.EOF) && len(line) > 0:
		return io.ErrUnexpectedEOF
	}
	return err
}

// follow decides what the value that begins with this line consists of.
func (g *guard) follow(line []byte) error {
	switch line[0] {
	case '+', '-', ':', '_', ',', '#', '(':
		return nil
	case '$', '!', '=':
		return g.announce(line, 1, g.text)
	case '*', '~', '>':
		return g.announce(line, 1, g.elements)
	case '%', '|':
		return g.announce(line, 2, g.elements)
	}
	return fmt.Errorf("%w: a line begins %s", errGarbage, excerpt(string(line)))
}

// announce reads the length in a header and passes it on, times factor; -1
// is null, and nothing follows.
func (g *guard) announce(line []byte, factor int, follow func(int) error) error {
	n, err := strconv.Atoi(string(trimEOL(line[1:])))
	if err != nil || n < -1 {
		return fmt.Errorf("%w: bad length %s", errGarbage, excerpt(string(line)))
	}
	if n == -1 {
		return nil
	}
	n = min(n, math.MaxInt/4) // absurd either way; keeps n*factor and n+2 from overflowing
	return follow(n * factor)
}

func (g *guard) text(n int) error {
	most := min(g.longest, g.left)
	if n <= most {
		g.left -= n
		g.body = n + len("\r\n")
		return nil
	}
	// A server that keeps a multiple of the limit in one string has the time
	// of this scrape to send it, but none of our memory.
	if _, err := io.CopyN(io.Discard, g.in, int64(n)+2); err != nil {
		return fmt.Errorf("reply of %d bytes, more than the limit of %d, and cut: %w", n, most, err)
	}
	g.pending = fmt.Appendf(nil, "-%s%d bytes, the limit is %d\r\n", tooLong, n, most)
	return nil
}

// tooLong begins the error reply that stands in for a string over the limit.
const tooLong = "TOOLONG reply of "

func (g *guard) elements(n int) error {
	if n > (g.left-arrayCost)/elementCost {
		return fmt.Errorf("%w: an array of %d elements, with all before it, is over our limit", errGarbage, n)
	}
	g.left -= n*elementCost + arrayCost
	g.open += n
	return nil
}

// complete notes the time when nothing of the current reply is missing.
func (g *guard) complete() {
	if g.open > 0 || g.body > 0 {
		return
	}
	if g.replies < timedReplies {
		g.at[g.replies] = time.Now()
	}
	g.replies++
}

func trimEOL(line []byte) []byte {
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	return line
}
