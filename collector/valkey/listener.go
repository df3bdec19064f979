package valkey

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// Listener counts what a server tells of keys by keyspace notifications, on a
// connection of its own. It never changes what the server tells.
//
// The connection speaks RESP3, in which commands may be sent between the
// notifications. Each mark is one: the reply takes its place among them in the
// order in which things happened, and says whether they are still sent at all.
type Listener struct {
	options Options
	sources atomic.Uint64 // given out so far

	mu      sync.Mutex
	follow  map[place]bool
	session *session // nil while there is none
}

// place is where a key is.
type place struct {
	db  int
	key string
}

// NewListener prepares a Listener; it connects when it is told to listen.
func NewListener(o Options) *Listener { return &Listener{options: o} }

// NotificationsOffError says that a server does not send the notifications
// that are needed.
type NotificationsOffError struct{ Setting string }

func (e *NotificationsOffError) Error() string {
	return fmt.Sprintf("notify-keyspace-events is %q", e.Setting)
}

// Want is the setting that is needed: as it is, and lists, and what ends a key,
// each in the channel of its key.
func (e *NotificationsOffError) Want() string {
	want := e.Setting
	for _, class := range "Klgxe" {
		if !notifications(want).has(class) {
			want += string(class)
		}
	}
	return want
}

// Active reports whether notifications are heard at the moment.
func (l *Listener) Active() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.session != nil
}

// Follow says which queues to listen to, from now on.
func (l *Listener) Follow(queues []*Queue) {
	follow := make(map[place]bool, len(queues))
	for _, q := range queues {
		follow[place{q.DB, q.Key}] = true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.follow = follow
	if l.session != nil {
		l.session.follow(follow)
	}
}

// Listen connects and counts until ctx ends or something goes wrong; it returns
// what did. It is for one caller at a time.
func (l *Listener) Listen(ctx context.Context) error {
	conn, err := l.options.dial(ctx, l.options.Target.Network, l.options.Target.Address)
	if err != nil {
		return err
	}
	s := newSession(newGuard(conn), &l.sources)
	stop := context.AfterFunc(ctx, s.close)
	defer stop()
	defer s.close()
	user, password, err := l.options.login()
	if err != nil {
		return err
	}
	if err := s.greet(l.options.Name, cmp.Or(user, "default"), password); err != nil {
		return cmp.Or(ctx.Err(), err)
	}
	l.enter(s)
	defer l.leave()
	err = s.read()
	return cmp.Or(ctx.Err(), err)
}

func (l *Listener) enter(s *session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.session = s
	s.follow(l.follow)
}

func (l *Listener) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.session = nil
}

// Mark is what has been counted of each of these queues by now: at least what
// had happened when Mark was called, and nothing that had not when it returned.
// Nothing is known of queues that nobody told it to follow. A server that does
// not answer until ctx ends is no longer listened to.
func (l *Listener) Mark(ctx context.Context, queues []*Queue) []Tally {
	l.mu.Lock()
	s := l.session
	l.mu.Unlock()
	if s != nil {
		if tallies := s.mark(ctx, queues); tallies != nil {
			return tallies
		}
	}
	return make([]Tally, len(queues))
}
