package health

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"valkey-exporter/collector/valkey"
)

var noon = time.Date(2025, 1, 1, 12, 0, 0, 0, time.UTC)

// interval is that between two looks of a story.
const interval = 5 * time.Second

// maxBytes is the limit of a story's looks: entries of more than a quarter are
// cut.
const maxBytes = 4096

// server plays a server that answers looks from what was done to it.
type server struct {
	now     time.Time
	lists   map[string][]string // head first
	sets    map[string][]string
	zsets   map[string]map[string]float64
	streams map[string]*played
	other   map[string]bool // keys that hold no queue
	expires map[string]time.Time
	idle    map[string]time.Duration

	fields map[string]string
	counts map[string]float64 // fields that count
	calls  map[string]float64
	mute   bool             // INFO has no commandstats
	broken map[string]error // keys that give no answer
}

// played is a stream.
type played struct {
	length float64
	sight  valkey.StreamSight
}

func newServer() *server {
	s := &server{
		now: noon, lists: map[string][]string{}, sets: map[string][]string{}, zsets: map[string]map[string]float64{},
		streams: map[string]*played{}, other: map[string]bool{}, expires: map[string]time.Time{}, idle: map[string]time.Duration{},
		broken: map[string]error{},
	}
	s.start()
	return s
}

// start begins to count anew.
func (s *server) start() {
	s.fields = map[string]string{"run_id": fmt.Sprint("run-", s.now.UnixNano()), "maxmemory": "0", "maxmemory_policy": "noeviction"}
	s.resetStat()
}

func (s *server) resetStat() {
	s.counts = map[string]float64{"evicted_keys": 0, "expired_keys": 0, "total_commands_processed": 1, "total_net_input_bytes": 14}
	s.calls = map[string]float64{"info": 1}
}

// restart loses everything, as a server without persistence does.
func (s *server) restart() {
	s.wipe()
	s.start()
}

func (s *server) wipe() {
	clear(s.lists)
	clear(s.sets)
	clear(s.zsets)
	clear(s.streams)
	clear(s.expires)
}

func (s *server) call(command string) {
	s.calls[command]++
	s.counts["total_commands_processed"]++
	s.counts["total_net_input_bytes"] += 30
}

func (s *server) lpush(key string, messages ...string) {
	s.call("lpush")
	for _, m := range messages {
		s.lists[key] = slices.Insert(s.lists[key], 0, m)
	}
}

func (s *server) rpush(key string, messages ...string) {
	s.call("rpush")
	s.lists[key] = append(s.lists[key], messages...)
}

// rpop takes up to n messages with one call.
func (s *server) rpop(key string, n int) {
	s.call("rpop")
	l := s.lists[key]
	s.setList(key, l[:max(0, len(l)-n)])
}

func (s *server) lpop(key string, n int) {
	s.call("lpop")
	l := s.lists[key]
	s.setList(key, l[min(n, len(l)):])
}

func (s *server) lrem(key, message string) {
	s.call("lrem")
	l := s.lists[key]
	if i := slices.Index(l, message); i >= 0 {
		s.setList(key, slices.Delete(slices.Clone(l), i, i+1))
	}
}

func (s *server) setList(key string, l []string) {
	s.lists[key] = slices.Clone(l)
	if len(l) == 0 {
		s.drop(key)
	}
}

func (s *server) rpoplpush(from, to string) {
	s.call("rpoplpush")
	l := s.lists[from]
	last := l[len(l)-1]
	s.setList(from, l[:len(l)-1])
	s.lists[to] = slices.Insert(s.lists[to], 0, last)
}

func (s *server) sadd(key string, members ...string) {
	s.call("sadd")
	for _, m := range members {
		if !slices.Contains(s.sets[key], m) {
			s.sets[key] = append(s.sets[key], m)
		}
	}
}

func (s *server) srem(key string, members ...string) {
	s.call("srem")
	s.sets[key] = slices.DeleteFunc(s.sets[key], func(m string) bool { return slices.Contains(members, m) })
	if len(s.sets[key]) == 0 {
		s.drop(key)
	}
}

func (s *server) zadd(key string, score float64, member string) {
	s.call("zadd")
	if s.zsets[key] == nil {
		s.zsets[key] = map[string]float64{}
	}
	s.zsets[key][member] = score
}

// drop is a key that is gone.
func (s *server) drop(key string) {
	delete(s.lists, key)
	delete(s.sets, key)
	delete(s.zsets, key)
	delete(s.streams, key)
	delete(s.expires, key)
}

func (s *server) del(key string) {
	s.call("del")
	s.drop(key)
}

func (s *server) flush() {
	s.call("flushdb")
	s.wipe()
}

func (s *server) evict(key string) {
	s.counts["evicted_keys"]++
	s.drop(key)
}

func (s *server) rename(from, to string) {
	s.call("rename")
	s.lists[to] = s.lists[from]
	s.drop(from)
}

func (s *server) expire(key string, in time.Duration) {
	s.call("expire")
	s.expires[key] = s.now.Add(in)
}

// pass is time going by.
func (s *server) pass(d time.Duration) {
	s.now = s.now.Add(d)
	for key, at := range s.expires {
		if !at.After(s.now) {
			s.counts["expired_keys"]++
			s.drop(key)
		}
	}
}

func (s *server) info() valkey.Info {
	info := valkey.Info{Fields: maps.Clone(s.fields)}
	for field, n := range s.counts {
		info.Fields[field] = strconv.FormatFloat(n, 'f', -1, 64)
	}
	for name, calls := range s.calls {
		if !s.mute {
			info.Commands = append(info.Commands, valkey.Command{Name: name, Calls: calls})
		}
	}
	return info
}

// answer answers a look.
func (s *server) answer(questions []valkey.Question) valkey.Look {
	look := valkey.Look{At: s.now, Before: s.info(), After: s.info()}
	for _, q := range questions {
		look.Sights = append(look.Sights, s.sight(q))
	}
	return look
}

func (s *server) sight(q valkey.Question) valkey.Sight {
	key := q.Queue.Key
	sight := valkey.Sight{Queue: q.Queue, TTL: valkey.None, Idle: valkey.None, Err: s.broken[key], Other: s.other[key]}
	if at, ok := s.expires[key]; ok {
		sight.TTL = at.Sub(s.now)
	}
	if idle, ok := s.idle[key]; ok && q.Idle {
		sight.Idle = idle
	}
	switch {
	case s.lists[key] != nil:
		sight.Type = valkey.TypeList
		messages(s.lists[key]).describe(&sight, q)
	case s.sets[key] != nil:
		sight.Type, sight.Length = valkey.TypeSet, float64(len(s.sets[key]))
		describeMembers(&sight, q, s.sets[key], nil)
	case s.zsets[key] != nil:
		describeSorted(&sight, q, s.zsets[key])
	case s.streams[key] != nil:
		played := s.streams[key]
		stream := played.sight
		sight.Type, sight.Length, sight.Stream = valkey.TypeStream, played.length, &stream
	}
	return sight
}

// messages are those of a list, head first.
type messages []string

func (l messages) describe(s *valkey.Sight, q valkey.Question) {
	s.Length = float64(len(l))
	if q.Ends {
		s.Head, s.Tail = entry(l[0], valkey.NotSent), entry(l[len(l)-1], valkey.NotSent)
		s.Biggest = max(s.Head.Size, s.Tail.Size)
	}
	backwards := slices.Clone(l)
	slices.Reverse(backwards)
	s.HeadAt, s.TailAt = l.place(q.Head, q.Span), backwards.place(q.Tail, q.Span)
	if q.Members > 0 {
		describeMembers(s, q, l, nil)
	}
	if q.NewestAtTail {
		l = backwards
	}
	for _, m := range l[:min(q.Newest, len(l))] {
		s.Newest = append(s.Newest, *entry(m, valkey.NotSent))
	}
}

func (l messages) place(marker []byte, span int) valkey.Place {
	if marker == nil {
		return valkey.Place{}
	}
	within := l[:min(span, len(l))]
	i := slices.Index(within, string(marker))
	if i < 0 {
		return valkey.Place{Asked: true}
	}
	return valkey.Place{Asked: true, Found: true, Before: i, Twice: slices.Contains(within[i+1:], string(marker))}
}

// entry is a message as a look shows it.
func entry(message string, score float64) *valkey.Entry {
	e := &valkey.Entry{Text: []byte(message), Size: len(message), Score: score}
	if e.Size > maxBytes/4 {
		e.Text = e.Text[:100]
	}
	return e
}

func describeMembers(s *valkey.Sight, q valkey.Question, ids []string, scores map[string]float64) {
	for _, id := range ids[:min(q.Members, len(ids))] {
		score := valkey.NotSent
		if scores != nil {
			score = scores[id]
		}
		s.Members = append(s.Members, valkey.Member{ID: id, Score: score})
	}
	s.AllMembers = len(s.Members) == len(ids)
}

func describeSorted(s *valkey.Sight, q valkey.Question, scores map[string]float64) {
	ids := slices.SortedFunc(maps.Keys(scores), func(a, b string) int { return int(scores[a] - scores[b]) })
	s.Type, s.Length = valkey.TypeSortedSet, float64(len(ids))
	describeMembers(s, q, ids, scores)
	last := len(ids) - 1
	if q.Ends {
		s.Head, s.Tail = entry(ids[0], scores[ids[0]]), entry(ids[last], scores[ids[last]])
	}
	for i := last; i > last-q.Newest && i >= 0; i-- {
		s.Newest = append(s.Newest, *entry(ids[i], scores[ids[i]]))
	}
}

// story is a server, and a tracker that looks at it.
type story struct {
	*server
	*Tracker
	t      testing.TB
	queues []*valkey.Queue
	asked  []valkey.Question // at the last look
}

// play begins a story about some queues, named "role key". All have the same
// settings.
func play(t testing.TB, settings Settings, queues ...string) *story {
	t.Helper()
	s := &story{server: newServer(), t: t}
	s.Tracker = New(Options{
		Settings: func(*valkey.Queue) Settings { return settings },
		Interval: interval, MaxBytes: maxBytes, DeadLetters: 100,
	})
	for _, queue := range queues {
		s.also(queue)
	}
	return s
}

// also adds a queue to those looked at.
func (s *story) also(queue string) {
	var role, key string
	_, _ = fmt.Sscan(queue, &role, &key)
	s.queues = append(s.queues, valkey.NewQueue(0, key, role))
}

// look waits for an interval and looks.
func (s *story) look() *story {
	s.pass(interval)
	s.asked = s.Questions(s.queues, s.now)
	s.Looked(s.answer(s.asked))
	return s
}

// scrape reads the lengths now.
func (s *story) scrape() {
	var readings []valkey.Reading
	for _, q := range s.queues {
		sight := s.sight(valkey.Question{Queue: q})
		readings = append(readings, valkey.Reading{Queue: sight.Queue, Type: sight.Type, Length: sight.Length})
	}
	s.Scraped(readings, s.now)
}

// report is that of a queue.
func (s *story) report(key string) Report {
	s.t.Helper()
	for _, r := range s.Reports(s.now) {
		if r.Queue.Key == key {
			return r
		}
	}
	s.t.Fatalf("no report of %s", key)
	return Report{}
}

// causes are those of which messages vanished.
func (s *story) vanished() map[string]float64 {
	counts := make(map[string]float64)
	for _, c := range s.Causes() {
		if c.Count > 0 {
			counts[c.Text] = c.Count
		}
	}
	return counts
}

// job is a message with a timestamp.
func job(id string, at time.Time) string {
	return fmt.Sprintf(`{"id":%q,"enqueued_at":%d}`, id, at.UnixMilli())
}

// jobs are so many messages without one.
func jobs(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(`{"id":"job %d"}`, i)
	}
	return all
}
