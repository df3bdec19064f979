package valkey

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// session is one connection of a Listener.
type session struct {
	conn    net.Conn
	in      *bufio.Reader
	sources *atomic.Uint64
	ended   chan struct{}
	end     sync.Once

	channels map[string]*channel // that the server has confirmed; only read uses it

	mu      sync.Mutex // of what is sent
	asked   map[place]bool
	pending []*mark // in the order in which they were asked
}

// channel is what has been counted of one key.
type channel struct {
	source uint64
	events Events
	last   Event // to tell a del that was caused by it
}

// mark is a question for what has been counted.
type mark struct {
	queues []*Queue
	reply  chan []Tally
}

// writeTimeout bounds the sending of one command. It is short unless the server
// has stopped to read.
const writeTimeout = 5 * time.Second

func newSession(conn net.Conn, sources *atomic.Uint64) *session {
	return &session{
		conn: conn, in: bufio.NewReader(conn), sources: sources, ended: make(chan struct{}),
		channels: make(map[string]*channel), asked: make(map[place]bool),
	}
}

func (s *session) close() {
	s.end.Do(func() {
		close(s.ended)
		_ = s.conn.Close() // whatever is still to come is of no interest
	})
}

// greet logs in and finds out whether there is anything to hear.
func (s *session) greet(name, user, password string) error {
	if err := s.conn.SetDeadline(time.Now().Add(dialTimeout)); err != nil {
		return err
	}
	hello := []string{"HELLO", "3"}
	if password != "" {
		hello = append(hello, "AUTH", user, password)
	}
	for _, words := range [][]string{append(hello, "SETNAME", name), askNotifications()} {
		if err := s.send(words...); err != nil {
			return err
		}
		a, err := readAnswer(s.in, 0)
		if err == nil {
			err = s.understand(&a)
		}
		if err != nil {
			return err
		}
	}
	return s.conn.SetDeadline(time.Time{})
}

// longestComplaint is how many bytes of an error reply are of interest.
const longestComplaint = 300

const notifySetting = "notify-keyspace-events"

func askNotifications() []string { return []string{"CONFIG", "GET", notifySetting} }

// send writes a command.
func (s *session) send(words ...string) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	_, err := s.conn.Write(request(words...))
	return err
}

// follow subscribes to the channels of these keys and to no others. What goes
// wrong, read finds.
func (s *session) follow(keys map[place]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	come, gone := []string{"SUBSCRIBE"}, []string{"UNSUBSCRIBE"}
	for key := range keys {
		if !s.asked[key] {
			s.asked[key] = true
			come = append(come, key.channel())
		}
	}
	for key := range s.asked {
		if !keys[key] {
			delete(s.asked, key)
			gone = append(gone, key.channel())
		}
	}
	for _, words := range [][]string{come, gone} {
		if len(words) > 1 && s.send(words...) != nil {
			s.close()
		}
	}
}

// channel is where the server tells what happens to a key.
func (p place) channel() string { return "__keyspace@" + strconv.Itoa(p.db) + "__:" + p.key }

// read counts until the connection ends.
func (s *session) read() error {
	for {
		a, err := readAnswer(s.in, 0)
		if err == nil {
			err = s.understand(&a)
		}
		if err != nil {
			return err
		}
	}
}

// understand takes note of what the server said.
func (s *session) understand(a *answer) error {
	switch words := a.words(); {
	case a.kind == '-' || a.kind == '!':
		text := withoutArguments(a.text)
		return serverSaid(text[:min(len(text), longestComplaint)])
	case a.kind == '>' && len(words) == 3:
		s.told(words[0], words[1], words[2])
		return nil
	case len(words) == 2 && words[0] == notifySetting:
		return s.marked(notifications(words[1]))
	case len(words) == 0 && strings.ContainsRune("%*", rune(a.kind)):
		return fmt.Errorf("%w: the server does not tell its setting %s", errParse, notifySetting)
	}
	return nil // the greeting
}

// told takes note of a notification, or that one will be sent or no longer.
func (s *session) told(kind, name, what string) {
	c := s.channels[name]
	switch {
	case kind == "subscribe":
		s.channels[name] = &channel{source: s.sources.Add(1), last: eventCount}
	case kind == "unsubscribe":
		delete(s.channels, name)
	case kind == "message" && c != nil:
		c.count(what)
	}
}

func (c *channel) count(name string) {
	event, known := eventNames[name]
	if !known {
		c.last = eventCount
		return
	}
	if event == EventDeleted && c.last.takes() {
		event = EventEmptied
	}
	c.events[event]++
	c.last = event
}

// marked answers the oldest mark. The server says in the same breath what it
// tells at the moment.
func (s *session) marked(setting notifications) error {
	if !setting.lists() {
		return &NotificationsOffError{string(setting)}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) == 0 {
		return nil // that of the greeting
	}
	m := s.pending[0]
	s.pending = s.pending[1:]
	tallies := make([]Tally, len(m.queues))
	for i, q := range m.queues {
		if c := s.channels[place{q.DB, q.Key}.channel()]; c != nil {
			tallies[i] = Tally{Source: c.source, Losses: setting.losses(), Events: c.events}
		}
	}
	m.reply <- tallies
	return nil
}

// mark is nil if the session has ended, or has to.
func (s *session) mark(ctx context.Context, queues []*Queue) []Tally {
	m := &mark{queues, make(chan []Tally, 1)}
	s.mu.Lock()
	s.pending = append(s.pending, m)
	err := s.send(askNotifications()...)
	s.mu.Unlock()
	if err != nil {
		s.close()
		return nil
	}
	select {
	case tallies := <-m.reply:
		return tallies
	case <-s.ended:
	case <-ctx.Done():
		s.close()
	}
	return nil
}
