package valkey

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// sampledMembers is how many members of a set are looked at.
	sampledMembers = 10
	// longestName is the longest member that is taken for the name of a key.
	longestName = 1 << 10
)

// basics are the size and the expiry of each key, and its type where more is to
// be asked.
func (s *Sampler) basics(ctx context.Context, db int, questions []KeyQuestion, facts []KeyFacts) error {
	r := s.round()
	ttls, sizes := make([]*redis.Cmd, len(questions)), make([]*redis.Cmd, len(questions))
	for i, q := range questions {
		ttls[i] = r.add("PTTL", "pttl", q.Key)
		sizes[i] = r.add("MEMORY USAGE", "memory", "usage", q.Key)
	}
	return r.exec(ctx, db, func() {
		for i := range questions {
			r.readTTL(ttls[i], &facts[i])
			r.readSize(sizes[i], &facts[i])
		}
	})
}

// readTTL understands PTTL: -2 is no key, -1 no expiry.
func (r *keyRound) readTTL(cmd *redis.Cmd, f *KeyFacts) {
	reply, _ := r.learn("PTTL", cmd, f)
	ms, ok := reply.(int64)
	if !ok {
		return
	}
	r.sampler.ledger.add(ms != -2, 1)
	switch {
	case ms == -2:
		f.Gone = true
	case ms < 0:
		f.Aged, f.TTL = true, None
	default:
		f.Aged, f.TTL = true, time.Duration(min(ms, maxMilliseconds))*time.Millisecond
	}
}

// maxMilliseconds is as far as a time.Duration reaches.
const maxMilliseconds = int64(1<<63-1) / int64(time.Millisecond)

// readSize understands MEMORY USAGE, which the server does not count as a look-up.
func (r *keyRound) readSize(cmd *redis.Cmd, f *KeyFacts) {
	reply, answered := r.learn("MEMORY USAGE", cmd, f)
	if bytes, ok := reply.(int64); ok {
		f.Sized, f.Bytes = true, float64(bytes)
	} else if answered {
		f.Gone = true
	}
}

// closer are the questions of a kind whose key is there.
func closer(kind Closer, questions []KeyQuestion, facts []KeyFacts) []int {
	var chosen []int
	for i, q := range questions {
		if q.Closer == kind && !facts[i].Gone && facts[i].Err == nil {
			chosen = append(chosen, i)
		}
	}
	return chosen
}

// ofType are those of the chosen keys that have the type: a command for another
// one would be an error that the server counts.
func (s *Sampler) ofType(ctx context.Context, db int, word string, chosen []int, questions []KeyQuestion, facts []KeyFacts) ([]int, error) {
	var same []int
	err := s.types(ctx, db, chosen, questions, facts, func(i int, got string) {
		if got == word {
			same = append(same, i)
		}
	})
	return same, err
}

// types tells the types of the chosen keys that are there.
func (s *Sampler) types(ctx context.Context, db int, chosen []int, questions []KeyQuestion, facts []KeyFacts, tell func(i int, word string)) error {
	return s.inTurn(len(chosen), []string{"TYPE"}, func(from, to int) error {
		r := s.round()
		asked := make([]*redis.Cmd, to-from)
		for n, i := range chosen[from:to] {
			asked[n] = r.add("TYPE", "type", questions[i].Key)
		}
		return r.exec(ctx, db, func() {
			for n, i := range chosen[from:to] {
				if word, ok := r.readType(asked[n], &facts[i]); ok {
					tell(i, word)
				}
			}
		})
	})
}

// readType understands TYPE; ok is false when there is no such key, or no answer.
func (r *keyRound) readType(cmd *redis.Cmd, f *KeyFacts) (word string, ok bool) {
	reply, _ := r.learn("TYPE", cmd, f)
	if word, ok = reply.(string); ok {
		r.sampler.ledger.add(word != "none", 1)
	}
	return word, ok && word != "none"
}

// spans are the lowest and the highest scores of sorted sets.
func (s *Sampler) spans(ctx context.Context, db int, questions []KeyQuestion, facts []KeyFacts) error {
	chosen := closer(ItsSpan, questions, facts)
	if len(chosen) == 0 {
		return nil
	}
	chosen, err := s.ofType(ctx, db, "zset", chosen, questions, facts)
	if err != nil {
		return err
	}
	return s.inTurn(len(chosen), []string{"ZRANGE"}, func(from, to int) error {
		return s.ends(ctx, db, chosen[from:to], questions, facts)
	})
}

func (s *Sampler) ends(ctx context.Context, db int, chosen []int, questions []KeyQuestion, facts []KeyFacts) error {
	r := s.round()
	ends := make([][2]*redis.Cmd, len(chosen))
	for n, i := range chosen {
		for end, index := range []string{"0", "-1"} {
			ends[n][end] = r.add("ZRANGE", "zrange", questions[i].Key, index, index, "withscores")
		}
	}
	return r.exec(ctx, db, func() {
		for n, i := range chosen {
			lowest, low := r.readScore(ends[n][0], &facts[i])
			highest, high := r.readScore(ends[n][1], &facts[i])
			if low && high {
				facts[i].Trim = &Span{lowest, highest}
			}
		}
	})
}

// readScore understands one member with its score. An empty set does not exist.
func (r *keyRound) readScore(cmd *redis.Cmd, f *KeyFacts) (score float64, ok bool) {
	reply, answered := r.learn("ZRANGE", cmd, f)
	if !answered {
		return 0, false
	}
	pair, _ := reply.([]any)
	r.sampler.ledger.add(len(pair) > 0, 1)
	if len(pair) != 2 {
		return 0, false
	}
	word, _ := pair[1].(string)
	score, err := strconv.ParseFloat(word, 64)
	return score, err == nil
}

// members looks at some members of sets: whether the keys that they name exist.
func (s *Sampler) members(ctx context.Context, db int, questions []KeyQuestion, facts []KeyFacts) error {
	chosen := closer(ItsMembers, questions, facts)
	if len(chosen) == 0 {
		return nil
	}
	chosen, err := s.ofType(ctx, db, "set", chosen, questions, facts)
	if err != nil {
		return err
	}
	sizes, err := s.cardinalities(ctx, db, chosen, questions, facts)
	if err != nil {
		return err
	}
	chosen = slices.DeleteFunc(chosen, func(i int) bool { return !ofNames(sizes[i], facts[i]) })
	var found []memberName
	err = s.inTurn(len(chosen), []string{"SRANDMEMBER"}, func(from, to int) error {
		r := s.round()
		names := make([]*redis.Cmd, to-from)
		for n, i := range chosen[from:to] {
			names[n] = r.add("SRANDMEMBER", "srandmember", questions[i].Key, sampledMembers)
		}
		return r.exec(ctx, db, func() {
			for n, i := range chosen[from:to] {
				found = append(found, r.readMembers(names[n], sizes[i], &facts[i])...)
			}
		})
	})
	if err != nil {
		return err
	}
	return s.inTurn(len(found), []string{"EXISTS"}, func(from, to int) error { return s.exist(ctx, db, found[from:to]) })
}

// ofNames reports whether the members of a set may be names of keys: values of
// megabytes are none, and a hundred sets of them would be read at once.
func ofNames(size float64, f KeyFacts) bool {
	return size > 0 && (!f.Sized || f.Bytes/size <= 2*longestName)
}

// cardinalities are the numbers of members of the chosen sets.
func (s *Sampler) cardinalities(ctx context.Context, db int, chosen []int, questions []KeyQuestion, facts []KeyFacts) (map[int]float64, error) {
	sizes := make(map[int]float64, len(chosen))
	err := s.inTurn(len(chosen), []string{"SCARD"}, func(from, to int) error {
		r := s.round()
		asked := make([]*redis.Cmd, to-from)
		for n, i := range chosen[from:to] {
			asked[n] = r.add("SCARD", "scard", questions[i].Key)
		}
		return r.exec(ctx, db, func() {
			for n, i := range chosen[from:to] {
				sizes[i] = r.readCardinality(asked[n], &facts[i])
			}
		})
	})
	return sizes, err
}

// memberName is a member of a set, which names a key.
type memberName struct {
	set  *KeyFacts
	size float64 // of the set
	name string
}

// readCardinality understands SCARD; 0 is also no answer.
func (r *keyRound) readCardinality(cmd *redis.Cmd, f *KeyFacts) float64 {
	count, counted := r.learn("SCARD", cmd, f)
	number, _ := count.(int64)
	if counted {
		r.sampler.ledger.add(number > 0, 1)
	}
	return float64(number)
}

func (r *keyRound) readMembers(names *redis.Cmd, size float64, f *KeyFacts) (found []memberName) {
	reply, answered := r.learn("SRANDMEMBER", names, f)
	list, _ := reply.([]any)
	if answered {
		r.sampler.ledger.add(len(list) > 0, 1)
	}
	for _, member := range list {
		if name, ok := member.(string); ok && len(name) <= longestName {
			found = append(found, memberName{set: f, size: size, name: name})
		}
	}
	return found
}

// exist asks which of the named keys are there. One that our user may not see, or
// that another node of the cluster has, is not counted.
func (s *Sampler) exist(ctx context.Context, db int, members []memberName) error {
	r := s.round()
	asked := make([]*redis.Cmd, len(members))
	for n, m := range members {
		asked[n] = r.add("EXISTS", "exists", m.name)
	}
	return r.exec(ctx, db, func() {
		for n, m := range members {
			var other KeyFacts // what is denied is not the set
			reply, _ := r.learn("EXISTS", asked[n], &other)
			exists, ok := reply.(int64)
			if !ok {
				continue
			}
			s.ledger.add(exists > 0, 1)
			m.count(exists > 0)
		}
	})
}

// count adds what is known of a member to the facts about its set.
func (m memberName) count(exists bool) {
	if m.set.Members == nil {
		m.set.Members = &MemberSample{Size: m.size}
	}
	m.set.Members.Checked++
	if !exists {
		m.set.Members.Dead++
	}
}

// elements are the commands that tell the number of a key's elements, by type.
var elements = map[string]string{
	"string": "strlen", "list": "llen", "set": "scard", "zset": "zcard", "hash": "hlen", "stream": "xlen",
}

// Measure finds out how large keys of one database are. A key that is not there, or
// whose size the server does not tell, has no extent.
func (s *Sampler) Measure(ctx context.Context, db int, keys []string, retryDenied time.Duration) (map[string]Extent, error) {
	questions := make([]KeyQuestion, len(keys))
	for i, key := range keys {
		questions[i].Key = key
	}
	facts, err := s.Ask(ctx, db, questions, retryDenied)
	if err != nil {
		return nil, err
	}
	sized := slices.DeleteFunc(closer(NoCloser, questions, facts), func(i int) bool { return !facts[i].Sized })
	found := make(map[string]Extent, len(sized))
	for _, i := range sized {
		found[keys[i]] = Extent{Bytes: facts[i].Bytes, Elements: NotSent}
	}
	var counted []counting
	err = s.types(ctx, db, sized, questions, facts, func(i int, word string) {
		if command, ok := elements[word]; ok {
			counted = append(counted, counting{keys[i], command})
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(counted, func(a, b counting) int { return strings.Compare(a.command, b.command) })
	for len(counted) > 0 { // a round trip for each type
		n := 1
		for n < len(counted) && counted[n].command == counted[0].command {
			n++
		}
		if err := s.count(ctx, db, counted[:n], found); err != nil {
			return nil, err
		}
		counted = counted[n:]
	}
	return found, nil
}

// counting is a key whose elements are to be counted by a command.
type counting struct{ key, command string }

// count asks for the number of elements of keys of one type.
func (s *Sampler) count(ctx context.Context, db int, keys []counting, found map[string]Extent) error {
	command := strings.ToUpper(keys[0].command)
	return s.inTurn(len(keys), []string{command}, func(from, to int) error {
		r := s.round()
		asked := make([]*redis.Cmd, to-from)
		for n, k := range keys[from:to] {
			asked[n] = r.add(command, k.command, k.key)
		}
		return r.exec(ctx, db, func() {
			for n, k := range keys[from:to] {
				var f KeyFacts
				reply, _ := r.learn(command, asked[n], &f)
				elements, ok := reply.(int64)
				if !ok {
					continue
				}
				s.ledger.add(elements > 0 || command == "STRLEN", 1) // a string may be empty
				found[k.key] = Extent{Bytes: found[k.key].Bytes, Elements: float64(elements)}
			}
		})
	})
}
