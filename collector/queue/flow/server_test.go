package flow_test

import (
	"fmt"
	"slices"
	"time"

	"valkey-exporter/collector/queue/flow"
	"valkey-exporter/collector/valkey"
)

var noon = time.Date(2025, 1, 1, 12, 0, 0, 0, time.UTC)

const interval = 5 * time.Second

// nearby is how far behind a marker a look searches for an equal entry.
const nearby = 100

// message is an entry of the list of a server, with what only a test knows.
type message struct {
	text string
	came time.Time
}

// server is a server with one list that is looked at, as far as commands on
// lists go. It knows the truth about what came and went.
type server struct {
	now  time.Time
	list deque
	ran  flow.Commands
	told flow.Commands // keyspace notifications of this list
	span int

	enqueued, dequeued float64
}

func newServer(span int) *server { return &server{now: noon, span: span} }

// fill puts messages there as if they had always been there.
func (s *server) fill(texts ...string) *server {
	for _, text := range texts {
		s.list.push(flow.Tail, message{text, s.now})
	}
	return s
}

func (s *server) lpush(texts ...string) { s.push("lpush", flow.Head, texts...) }
func (s *server) rpush(texts ...string) { s.push("rpush", flow.Tail, texts...) }

func (s *server) push(command string, at flow.End, texts ...string) {
	s.ran.Add(command, 1)
	s.told.Add(map[flow.End]string{flow.Head: "lpush", flow.Tail: "rpush"}[at], 1)
	for _, text := range texts {
		s.list.push(at, message{text, s.now})
		s.enqueued++
	}
}

func (s *server) lpop(count int) []string { return s.pop("lpop", flow.Head, count) }
func (s *server) rpop(count int) []string { return s.pop("rpop", flow.Tail, count) }

func (s *server) pop(command string, at flow.End, count int) []string {
	s.ran.Add(command, 1)
	if s.list.len() > 0 {
		s.told.Add(map[flow.End]string{flow.Head: "lpop", flow.Tail: "rpop"}[at], 1)
	}
	var texts []string
	for range min(count, s.list.len()) {
		texts = append(texts, s.list.pop(at).text)
		s.dequeued++
	}
	return texts
}

// rpoplpush takes a message from the tail and puts it back at the head.
func (s *server) rpoplpush() {
	s.ran.Add("rpoplpush", 1)
	if s.list.len() > 0 {
		s.told.Add("rpoplpush", 1)
		s.list.push(flow.Head, message{s.list.pop(flow.Tail).text, s.now})
		s.enqueued++
		s.dequeued++
	}
}

// lrem removes the first entry with a text.
func (s *server) lrem(text string) {
	s.ran.Add("lrem", 1)
	if i := s.index(text); i >= 0 {
		s.told.Add("lrem", 1)
		s.list.delete(i)
		s.dequeued++
	}
}

// ltrim keeps the entries from one index to another.
func (s *server) ltrim(from, to int) {
	s.ran.Add("ltrim", 1)
	s.told.Add("ltrim", 1)
	for s.list.len() > to+1 {
		s.list.pop(flow.Tail)
		s.dequeued++
	}
	for range min(from, s.list.len()) {
		s.list.pop(flow.Head)
		s.dequeued++
	}
}

// linsert puts a text before the first entry with another.
func (s *server) linsert(pivot, text string) {
	s.ran.Add("linsert", 1)
	if i := s.index(pivot); i >= 0 {
		s.told.Add("linsert", 1)
		s.list.insert(i, message{text, s.now})
		s.enqueued++
	}
}

// del deletes the whole list.
func (s *server) del() { s.list = deque{} }

func (s *server) index(text string) int {
	for i := range s.list.len() {
		if s.list.at(i).text == text {
			return i
		}
	}
	return -1
}

// lpos is LPOS with a RANK and a MAXLEN, both not 0: how many entries are between
// the entry that it finds and the end at which it begins.
func (s *server) lpos(text []byte, rank, most int) (before int, found bool) {
	for i := range min(most, s.list.len()) {
		at := i
		if rank < 0 {
			at = s.list.len() - 1 - i
		}
		if s.list.at(at).text != string(text) {
			continue
		}
		if rank == 1 || rank == -1 {
			return i, true
		}
		rank -= rank / max(rank, -rank)
	}
	return 0, false
}

func (s *server) place(marker []byte, direction int) valkey.Place {
	if marker == nil {
		return valkey.Place{}
	}
	before, found := s.lpos(marker, direction, s.span)
	if !found {
		return valkey.Place{Asked: true}
	}
	_, twice := s.lpos(marker, 2*direction, before+1+nearby)
	return valkey.Place{Asked: true, Found: true, Before: before, Twice: twice}
}

// sight is what a look shows.
func (s *server) sight(head, tail []byte) flow.Sight {
	sight := flow.Sight{
		At: s.now, Length: float64(s.list.len()), Span: float64(s.span),
		HeadAt: s.place(head, 1), TailAt: s.place(tail, -1),
	}
	if s.list.len() > 0 {
		sight.Head, sight.Tail = entry(s.list.at(0).text), entry(s.list.at(s.list.len()-1).text)
	}
	return sight
}

func entry(text string) *valkey.Entry { return &valkey.Entry{Text: []byte(text), Size: len(text)} }

// cut is an entry of which only the beginning was sent.
func cut(text string) *valkey.Entry { return &valkey.Entry{Text: []byte(text), Size: 1 << 20} }

// oldest is when the oldest message came.
func (s *server) oldest() time.Time {
	oldest := s.now
	for i := range s.list.len() {
		if came := s.list.at(i).came; came.Before(oldest) {
			oldest = came
		}
	}
	return oldest
}

// observer looks at a server's list as the exporter does.
type observer struct {
	flow.Meter
	server *server
	// adjust, if not nil, changes what a look shows.
	adjust func(*flow.Sight)

	ran, told          flow.Commands // at the last look
	listens            bool          // to notifications
	enqueued, dequeued float64       // in truth, at the last look
	looks              int
	began              [2]float64 // in truth, at the first look
}

// looked is what a look found, with the truth.
type looked struct {
	flow.Interval
	enqueued, dequeued float64
}

func (o *observer) look() looked {
	head, tail := o.Markers()
	sight := o.server.sight(head, tail)
	ran := o.server.ran.Since(o.ran)
	sight.Ran = &ran
	sight.Pops = ran.PoppedHead + ran.PoppedTail + ran.Popped + ran.Removed
	sight.Pushes = ran.PushedHead + ran.PushedTail + ran.Pushed + ran.Altered
	if o.adjust != nil {
		o.adjust(&sight)
	}
	if o.listens {
		told := o.server.told.Since(o.told)
		sight.Ran, sight.EndsOnly = &told, false
		sight.Pops = told.PoppedHead + told.PoppedTail + told.Removed
		sight.Pushes = told.PushedHead + told.PushedTail + told.Altered
		sight.Told = &flow.Told{Pushed: told.PushedHead + told.PushedTail, Popped: told.PoppedHead + told.PoppedTail, Kept: true}
	}
	o.told = o.server.told
	iv := o.Measure(sight)
	o.Commit(sight, iv)

	l := looked{iv, o.server.enqueued - o.enqueued, o.server.dequeued - o.dequeued}
	o.ran, o.enqueued, o.dequeued = o.server.ran, o.server.enqueued, o.server.dequeued
	if o.looks++; o.looks == 1 {
		o.began = [2]float64{o.enqueued, o.dequeued}
	}
	return l
}

// truth is what came and went since the first look.
func (o *observer) truth() (enqueued, dequeued float64) {
	return o.server.enqueued - o.began[0], o.server.dequeued - o.began[1]
}

// check is what must hold of every interval.
func (l *looked) check() error {
	switch {
	case l.First && (l.Enqueued != 0 || l.Dequeued != 0 || l.Exact):
		return fmt.Errorf("the first look knows %v", l.Interval)
	case l.First:
		return nil
	case l.Enqueued < 0 || l.Dequeued < 0:
		return fmt.Errorf("negative: %+v", l.Interval)
	case l.Enqueued > l.enqueued || l.Dequeued > l.dequeued:
		return fmt.Errorf("more than came (%v) or went (%v): %+v", l.enqueued, l.dequeued, l.Interval)
	case l.Exact && (l.Enqueued != l.enqueued || l.Dequeued != l.dequeued):
		return fmt.Errorf("called exact, but %v came and %v went: %+v", l.enqueued, l.dequeued, l.Interval)
	}
	return nil
}

// deque is a list that is quick at both ends.
type deque struct {
	front []message // reversed
	back  []message
}

func (d *deque) len() int { return len(d.front) + len(d.back) }

func (d *deque) at(i int) *message {
	if i < len(d.front) {
		return &d.front[len(d.front)-1-i]
	}
	return &d.back[i-len(d.front)]
}

func (d *deque) push(e flow.End, m message) {
	if e == flow.Head {
		d.front = append(d.front, m)
	} else {
		d.back = append(d.back, m)
	}
}

func (d *deque) pop(e flow.End) message {
	from, other := &d.front, &d.back
	if e == flow.Tail {
		from, other = other, from
	}
	if len(*from) == 0 { // half of the other
		half := (len(*other) + 1) / 2
		*from = slices.Clone((*other)[:half])
		slices.Reverse(*from)
		*other = slices.Clone((*other)[half:])
	}
	last := len(*from) - 1
	m := (*from)[last]
	*from = (*from)[:last]
	return m
}

func (d *deque) all() []message {
	all := slices.Clone(d.front)
	slices.Reverse(all)
	return append(all, d.back...)
}

func (d *deque) insert(i int, m message) { *d = deque{back: slices.Insert(d.all(), i, m)} }
func (d *deque) delete(i int)            { *d = deque{back: slices.Delete(d.all(), i, i+1)} }
