package fake

import (
	"math"
	"time"
)

// forever is longer than any test.
const forever = time.Duration(math.MaxInt64)

// fault is what goes wrong with the replies to one command.
type fault struct {
	reply []byte        // in place of the handler's reply
	delay time.Duration // before the reply
	cut   int           // bytes of the reply to send
	last  bool          // close the connection after the reply
}

func (f fault) apply(reply []byte) []byte {
	if f.last && f.cut < len(reply) {
		return reply[:f.cut]
	}
	return reply
}

// Reply answers a command ("INFO", "CONFIG GET") with these bytes from now
// on, well-formed or not.
func (s *Server) Reply(command string, raw []byte) { s.set(command, fault{reply: raw}) }

// Cut sends the first n bytes of the command's reply, then closes the
// connection. With 0 it closes without a reply.
func (s *Server) Cut(command string, n int) { s.set(command, fault{cut: n, last: true}) }

// Delay answers the command late. Replies of the same pipeline that come
// before it may be held back as well.
func (s *Server) Delay(command string, d time.Duration) { s.set(command, fault{delay: d}) }

// Hang never answers the command.
func (s *Server) Hang(command string) { s.Delay(command, forever) }

// Heal ends all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.faults)
}

func (s *Server) set(command string, f fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[command] = f
}
