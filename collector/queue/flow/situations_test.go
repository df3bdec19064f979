package flow_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector/queue/flow"
	"valkey-exporter/collector/valkey"
)

// twoLooks is what the second look finds after something was done to a list
// with these messages.
func twoLooks(span int, did func(*server), adjust func(*flow.Sight), texts ...string) looked {
	s := newServer(span).fill(texts...)
	o := &observer{server: s}
	o.look()
	s.now = s.now.Add(interval)
	did(s)
	o.adjust = adjust
	return o.look()
}

// elsewhere runs commands on another list.
func elsewhere(s *server, commands ...string) {
	for _, command := range commands {
		s.ran.Add(command, 1)
	}
}

func letters(from, to rune) []string {
	var all []string
	for ; from <= to; from++ {
		all = append(all, string(from))
	}
	return all
}

func marker(enqueued, dequeued float64) flow.Interval {
	return flow.Interval{Enqueued: enqueued, Dequeued: dequeued, Exact: true, Method: flow.MethodMarker, Moved: dequeued > 0}
}

func atLeast(method string, enqueued, dequeued float64) flow.Interval {
	return flow.Interval{Enqueued: enqueued, Dequeued: dequeued, Method: method, Moved: dequeued > 0}
}

func gone(iv flow.Interval) flow.Interval { iv.Gone = true; return iv }

func untold(iv flow.Interval) flow.Interval { iv.Moved = true; return iv }

func idle(enqueued, dequeued float64) flow.Interval {
	return flow.Interval{Enqueued: enqueued, Dequeued: dequeued, Exact: true, Method: flow.MethodIdle, Moved: dequeued > 0}
}

// situation is what happens to a list with the messages a to f between two looks
// with a span of ten.
type situation struct {
	name string
	did  func(*server)
	want flow.Interval
}

func TestWhatTwoLooksTell(t *testing.T) {
	for _, c := range []situation{
		// FIFO.
		{"LPUSH and RPOP", func(s *server) { s.lpush("g", "h", "i"); s.rpop(1); s.rpop(1) }, marker(3, 2)},
		{"RPUSH and LPOP", func(s *server) { s.rpush("g", "h", "i"); s.lpop(1); s.lpop(1) }, marker(3, 2)},
		{"all but the newest are taken", func(s *server) { s.lpush("g"); s.rpop(5) }, marker(1, 5)},
		{"nothing is taken here, but elsewhere", func(s *server) { s.lpush("g"); elsewhere(s, "rpop") }, marker(1, 0)},
		{"nothing is pushed here, but elsewhere", func(s *server) { s.rpop(4); elsewhere(s, "lpush") }, marker(0, 4)},
		{"RPOPLPUSH to another list", func(s *server) { s.lpush("g"); s.pop("rpoplpush", flow.Tail, 1) }, marker(1, 1)},
		{"BLMOVE does not tell the end, and no order is known yet", func(s *server) { s.lpush("g"); s.pop("blmove", flow.Tail, 1) }, atLeast(flow.MethodMarker, 1, 1)},
		{"RPUSH elsewhere may have been here", func(s *server) { s.lpush("g", "h"); s.rpop(1); elsewhere(s, "rpush") }, atLeast(flow.MethodMarker, 2, 1)},
		{"LPOP elsewhere may have been here", func(s *server) { s.lpush("g", "h"); s.rpop(1); elsewhere(s, "blpop") }, atLeast(flow.MethodMarker, 2, 1)},
		{"LREM elsewhere may have been here", func(s *server) { s.lpush("g", "h"); s.rpop(1); elsewhere(s, "lrem") }, atLeast(flow.MethodMarker, 2, 1)},

		// Taken and put back.
		{"put back where it is taken, and still there", func(s *server) { s.lpush("g"); s.rpush("f2"); elsewhere(s, "rpop") }, atLeast(flow.MethodMarker, 2, 0)},
		{"put back where it is taken, and taken again", func(s *server) { s.lpush("g"); s.rpush(s.rpop(1)...); s.rpop(1) }, atLeast(flow.MethodMarker, 1, 1)},
		{"the oldest is put back as the newest", func(s *server) { s.lpush(s.rpop(1)...) }, atLeast(flow.MethodMarker, 1, 1)},
		{"the newest is put back as the oldest", func(s *server) { s.rpush(s.lpop(1)...) }, atLeast(flow.MethodMarker, 1, 1)},

		// LIFO.
		{"pushed and taken: no trace", func(s *server) { s.lpush("g"); s.lpop(1) }, atLeast(flow.MethodMarker, 0, 0)},
		{"more pushed than taken: the net movement", func(s *server) { s.lpush("g", "h", "i"); s.lpop(1) }, atLeast(flow.MethodMarker, 2, 0)},
		{"more taken than pushed", func(s *server) { s.lpop(2); s.lpush("g") }, atLeast(flow.MethodMarker, 0, 1)},
		{"as many: at least the newest", func(s *server) { s.lpop(3); s.lpush("g", "h", "i") }, atLeast(flow.MethodMarker, 1, 1)},
		{"RPUSH and RPOP", func(s *server) { s.rpop(3); s.rpush("g", "h", "i") }, atLeast(flow.MethodMarker, 1, 1)},

		// Turned over.
		{"all that was there was taken, at one end", func(s *server) { s.lpush("g", "h", "i"); s.rpop(7) }, gone(atLeast(flow.MethodTurnover, 2, 6))},
		{"at both ends: only the markers are certain", func(s *server) { s.rpop(3); s.lpop(3); s.lpush("g", "h", "i", "j", "k", "l") }, gone(atLeast(flow.MethodTurnover, 2, 2))},
		{"beyond the span", func(s *server) { s.lpush(letters('A', 'P')...); s.rpop(5) }, untold(atLeast(flow.MethodTurnover, 11, 0))},
		{"beyond the span, and almost as many taken", func(s *server) { s.lpush(letters('A', 'Z')...); s.rpop(21) }, atLeast(flow.MethodTurnover, 10, 5)},
		{"drained", func(s *server) { s.lpush("g"); s.rpop(7) }, gone(atLeast(flow.MethodTurnover, 0, 6))},

		// From the middle.
		{"LREM of another", func(s *server) { s.lpush("g"); s.lrem("c") }, atLeast(flow.MethodMarker, 1, 1)},
		{"LREM of the newest", func(s *server) { s.lrem("a") }, idle(0, 1)},
		{"LREM of both ends", func(s *server) { s.lrem("a"); s.lrem("f"); s.lpush("g") }, gone(atLeast(flow.MethodTurnover, 1, 2))},
		{"LTRIM at the oldest", func(s *server) { s.lpush("g", "h"); s.ltrim(0, 5) }, atLeast(flow.MethodMarker, 2, 2)},
		{"LINSERT", func(s *server) { s.linsert("c", "g"); elsewhere(s, "lpop") }, atLeast(flow.MethodMarker, 1, 0)},
		{"LINSERT, and nothing is popped anywhere", func(s *server) { s.linsert("c", "g") }, idle(1, 0)},
	} {
		got := twoLooks(10, c.did, nil, letters('a', 'f')...)
		c.want.Before = 6
		if diff := cmp.Diff(c.want, got.Interval); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// noStatistics hides what the server ran.
func noStatistics(s *flow.Sight) { s.Ran, s.Pops, s.Pushes = nil, math.NaN(), math.NaN() }

func TestWhatTwoLooksTellOfOddLists(t *testing.T) {
	both := func(s *server) { elsewhere(s, "lpush", "rpop") }
	for _, c := range []struct {
		name   string
		texts  string
		did    func(*server)
		adjust func(*flow.Sight)
		want   flow.Interval
	}{
		{"empty, and still so", "", both, nil, atLeast(flow.MethodLength, 0, 0)},
		{"empty, and nothing was pushed anywhere", "", func(s *server) { elsewhere(s, "brpop") }, nil, idle(0, 0)},
		{"filled", "", func(s *server) { s.lpush("a", "b"); elsewhere(s, "rpop") }, nil, atLeast(flow.MethodLength, 2, 0)},
		{"filled, and Redis before 7.2 does not count whom it served", "", func(s *server) { s.lpush("a", "b") }, nil, atLeast(flow.MethodLength, 2, 0)},
		{"one message stands", "a", both, nil, marker(0, 0)},
		{"one message, others come", "a", func(s *server) { s.lpush("b", "c"); elsewhere(s, "rpop") }, nil, marker(2, 0)},
		{"one message goes, another comes", "a", func(s *server) { s.lpush("b"); s.rpop(1) }, nil, gone(atLeast(flow.MethodTurnover, 1, 1))},

		{"all equal, as many come as go", "xxxx", func(s *server) { s.lpush("x"); s.rpop(1) }, nil, untold(atLeast(flow.MethodMarker, 0, 0))},
		{"all equal, nothing is pushed", "xxxx", func(s *server) { s.rpop(2) }, nil, idle(0, 2)},
		{"all equal, nothing is popped", "xxxx", func(s *server) { s.lpush("x") }, nil, idle(1, 0)},
		{"the newest comes again", "abcd", func(s *server) { s.lpush("x", "a", "y"); elsewhere(s, "rpop") }, nil, untold(atLeast(flow.MethodMarker, 3, 0))},

		{"nothing is popped, and yet it is shorter", "abcd", func(s *server) { s.list.delete(1) }, nil, atLeast(flow.MethodMarker, 0, 1)},
		{"nothing is pushed, and yet it is longer", "abcd", func(s *server) { s.list.insert(0, message{text: "x"}); elsewhere(s, "rpop") }, nil, atLeast(flow.MethodMarker, 1, 0)},
		{"nothing is popped, and yet others are there", "abcd", func(s *server) { s.del(); s.lpush("x", "y") }, nil, gone(atLeast(flow.MethodTurnover, 2, 4))},
		{"nothing is popped, and yet nothing is there", "abcd", func(s *server) { s.del(); elsewhere(s, "lpush") }, nil, gone(atLeast(flow.MethodTurnover, 0, 4))},
		{"LSET of the newest", "abcd", func(s *server) { s.list.at(0).text = "x"; s.ran.Add("lset", 1) }, nil, idle(0, 0)},

		{"no statistics", "abcd", func(s *server) { s.lpush("x"); s.rpop(1) }, noStatistics, atLeast(flow.MethodMarker, 1, 1)},
		{"no statistics, nothing happened", "abcd", func(*server) {}, noStatistics, atLeast(flow.MethodMarker, 0, 0)},
		{"no statistics, turned over", "abcd", func(s *server) { s.lpush("v", "w", "x", "y"); s.rpop(4) }, noStatistics, gone(atLeast(flow.MethodTurnover, 2, 2))},
		{"no statistics, the oldest is put back as the newest", "abcd", func(s *server) { s.lpush(s.rpop(1)...) }, noStatistics, atLeast(flow.MethodMarker, 1, 1)},
		{"no statistics, the newest is put back as the oldest", "abcd", func(s *server) { s.rpush(s.lpop(1)...) }, noStatistics, atLeast(flow.MethodMarker, 1, 1)},
		{"no statistics of the ends", "abcd", func(s *server) { s.lpush("x") }, func(s *flow.Sight) { s.Ran = nil }, idle(1, 0)},
		{
			"LREM elsewhere, from a list that messages leave at its ends", "abcd", func(s *server) { s.lpush("x"); s.rpop(1); elsewhere(s, "lrem") },
			func(s *flow.Sight) { s.EndsOnly = true }, marker(1, 1),
		},
		{
			"the span is not known", "abcd", func(s *server) { s.lpush("w", "x", "y", "z"); s.rpop(4) },
			func(s *flow.Sight) { s.Span = 0 }, untold(atLeast(flow.MethodTurnover, 0, 0)),
		},
		{
			"nothing was asked", "abcd", func(s *server) { s.lpush("x"); s.rpop(1) },
			func(s *flow.Sight) { s.HeadAt, s.TailAt = valkey.Place{}, valkey.Place{} }, untold(atLeast(flow.MethodLength, 0, 0)),
		},
	} {
		got := twoLooks(10, c.did, c.adjust, strings.Split(c.texts, "")...)
		c.want.Before = float64(len(c.texts))
		if diff := cmp.Diff(c.want, got.Interval); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// after is a look one interval later, after something was done.
func (o *observer) after(did func(*server)) looked {
	o.server.now = o.server.now.Add(interval)
	did(o.server)
	return o.look()
}

func TestAMessageThatIsTooBigIsNoMarkerAndTheOldOneServesOn(t *testing.T) {
	big := func(s *flow.Sight) { s.Head = cut("{") }
	o := &observer{server: newServer(10).fill("a", "b", "c")}
	o.look()
	o.adjust = big
	for range 3 {
		l := o.after(func(s *server) { s.lpush("x" + s.now.String()); elsewhere(s, "rpop") })
		if diff := cmp.Diff(marker(1, 0).Enqueued, l.Enqueued); diff != "" || !l.Exact {
			t.Errorf("%+v, want one enqueued, exactly", l.Interval)
		}
	}
	if head, _ := o.Markers(); string(head) != "a" {
		t.Errorf("the marker is %q", head)
	}
	l := o.after(func(s *server) { s.rpop(1); s.lpush("y"); s.rpop(1) })
	if !l.Exact || l.Dequeued != 2 || l.Enqueued != 1 {
		t.Errorf("%+v", l.Interval)
	}
	o.after(func(s *server) { s.rpop(10) })
	if head, tail := o.Markers(); head != nil || tail != nil {
		t.Errorf("an empty list has markers %q and %q", head, tail)
	}
}

func TestEmptyMessagesAreMarkers(t *testing.T) {
	o := &observer{server: newServer(10).fill("")}
	o.look()
	if l := o.after(func(s *server) { s.lpush("a"); elsewhere(s, "rpop") }); l.Enqueued != 1 || !l.Exact {
		t.Errorf("%+v", l.Interval)
	}
}

// What is not exact once is not exact for a while: equal messages may be where
// no look can see them.
func TestAfterEqualMessagesMarkersAreDoubted(t *testing.T) {
	o := &observer{server: newServer(10).fill("a", "b", "b", "c", "d", "e")}
	o.look()
	step := func(text string) looked {
		return o.after(func(s *server) { s.lpush(text); s.rpop(1); elsewhere(s, "rpop") })
	}
	if l := step("f"); !l.Exact {
		t.Fatalf("%+v, want exact", l.Interval)
	}
	o.server.lpush("f") // the next look sees it twice
	if l := step("g"); l.Exact || l.Enqueued > 2 {
		t.Errorf("%+v, want a lower bound", l.Interval)
	}
	looks := 0 // the last of the equal ones is at the tail after seven
	for ; looks < 1000 && !step(fmt.Sprint("h", looks)).Exact; looks++ {
	}
	if least := int(10 * time.Minute / interval); looks < least || looks > least+8 {
		t.Errorf("exact again after %d looks, want %d or a few more", looks, least)
	}
}

func TestEqualMessagesAtBothEndsAreNoticed(t *testing.T) {
	texts := letters('a', 'z')
	for i := range 200 {
		texts = append(texts, fmt.Sprint(i))
	}
	o := &observer{server: newServer(1000).fill(append(texts, "a")...)}
	o.look()
	if l := o.after(func(s *server) { s.lpush("x"); s.rpop(1) }); l.Exact || l.Enqueued != 1 {
		t.Errorf("%+v, want a lower bound", l.Interval)
	}
}

func TestAMarkerThatComesBackIsAnEqualMessage(t *testing.T) {
	o := &observer{server: newServer(10).fill("a", "b", "c")}
	o.look()
	for i, text := range []string{"d", "e", "f", "g", "d"} {
		l := o.after(func(s *server) { s.lpush(text); s.rpop(1) })
		if want := i < 4; l.Exact != want {
			t.Errorf("look %d: exact %v, want %v", i, l.Exact, want)
		}
	}
}

func TestWhatVanishedIsNotDequeued(t *testing.T) {
	s := newServer(10).fill("a", "b", "c")
	o := &observer{server: s}
	o.look()
	s.now = s.now.Add(interval)
	s.del()
	s.lpush("x")
	head, tail := o.Markers()
	sight := s.sight(head, tail)
	sight.Pops, sight.Pushes, sight.Ran = 0, 1, &flow.Commands{PushedHead: 1}
	iv := o.Measure(sight)
	if !iv.Gone || iv.Before != 3 {
		t.Errorf("%+v, want that all three are gone", iv)
	}
	iv.Dequeued = min(iv.Dequeued, iv.Before-3)
	o.Commit(sight, iv)
	if enqueued, dequeued := o.Totals(); enqueued != 1 || dequeued != 0 {
		t.Errorf("%v enqueued and %v dequeued, want 1 and none", enqueued, dequeued)
	}
}

func TestMeasureChangesNothing(t *testing.T) {
	s := newServer(10).fill("a", "b", "c")
	o := &observer{server: s}
	o.look()
	s.lpush("d")
	head, tail := o.Markers()
	before := o.State()
	sight := s.sight(head, tail)
	if first, second := o.Measure(sight), o.Measure(sight); first != second {
		t.Errorf("%+v, and then %+v", first, second)
	}
	if diff := cmp.Diff(before, o.State()); diff != "" {
		t.Error(diff)
	}
}
