//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

const (
	classWalked = `redis_exporter_class_walk_complete{db="db0"}`
	classTook   = `redis_exporter_class_walk_duration_seconds{db="db0"}`

	// betweenGets is the pause between the look-ups of the client that is not to
	// notice anything.
	betweenGets = 2 * time.Millisecond

	// classTimeout bounds the wait for the walk.
	classTimeout = 15 * time.Minute
)

// classesOnly is a walk for classes that happens once.
const classesOnly = "queues: []\nobserve: {interval: off}\nclients: {interval: off}\nclasses: {interval: 1h}\nlatency: {interval: off}\n"

// makeUp is how many keys of each class there are, and a script that makes the
// next thousand of them. Sizes of users are from a few bytes to 4 KiB.
var makeUp = []struct {
	class  string
	keys   int
	script string
}{
	{"user:*", 600_000, `for i = ARGV[1] + 1, ARGV[1] + 1000 do
		local value = string.rep('x', math.floor(math.exp(i * 7919 % 1000 / 1000 * 8.3)))
		redis.call('SET', 'user:' .. i, value)
		if i % 10 > 0 then redis.call('EXPIRE', 'user:' .. i, 3000 + i % 1000); end;
	end`},
	{"session:*", 300_000, `for i = ARGV[1] + 1, ARGV[1] + 1000 do
		redis.call('SET', 'session:' .. i, string.rep('s', 100 + i % 200), 'EX', 3000 + i % 3000)
	end`},
	{"api:*", 80_000, `for i = ARGV[1] + 1, ARGV[1] + 1000 do redis.call('HSET', 'api:' .. i, 'a', i, 'b', string.rep('x', i % 500)) end`},
	{"rate:*", 10_000, `for i = ARGV[1] + 1, ARGV[1] + 1000 do
		for n = 1, i % 20 + 1 do redis.call('ZADD', 'rate:' .. i, 1700000000 + n, 'request' .. n); end;
	end`},
	{"other", 10_000, `for i = ARGV[1] + 1, ARGV[1] + 1000 do redis.call('SADD', 'basket:' .. i, 'a', i, i + 1) end`},
}

// truth sums up the memory of some keys, without a sample.
const truth = `local r = redis.call('SCAN', ARGV[2], 'MATCH', ARGV[1], 'COUNT', 2000)
	local sum = 0
	for _, key in ipairs(r[2]) do sum = sum + redis.call('MEMORY', 'USAGE', key) end
	return r[1] .. ' ' .. sum`

// keyClasses measures what counting a million keys by class costs the server, how
// far the result is off, and whether another client notices.
func keyClasses(ctx context.Context, l *lab, r *report) error {
	full, err := l.serve(ctx)
	if err != nil {
		return err
	}
	alone, err := l.serve(ctx)
	if err != nil {
		return err
	}
	progress("making 1,000,000 keys")
	keys, bytes, err := full.populate()
	if err != nil {
		return err
	}
	for _, s := range []*server{full, alone} {
		var set request
		set.add("set", "lock:get", "1", "ex", "30000")
		if err := s.raw.send(set); err != nil {
			return err
		}
	}
	quiet, err := getting(ctx, full, alone, func() (bool, error) { return false, nil }, 20*time.Second)
	if err != nil {
		return err
	}
	e, err := l.export(ctx, full.addr, classesOnly)
	if err != nil {
		return err
	}
	progress("waiting for the end of the walk over all keys")
	busy, err := getting(ctx, full, alone, func() (bool, error) {
		values, err := e.values(ctx)
		return values[classWalked] == 1, err
	}, classTimeout)
	if err != nil {
		return err
	}
	values, err := e.values(ctx)
	if err != nil {
		return err
	}
	if values[classWalked] != 1 {
		return fmt.Errorf("the walk has not ended after %v", classTimeout)
	}
	r.classes(values, keys, bytes, quiet, busy)
	return nil
}

// populate makes the keys, and returns their number and their memory by class.
func (s *server) populate() (keys, bytes map[string]float64, err error) {
	keys, bytes = map[string]float64{}, map[string]float64{}
	for _, m := range makeUp {
		keys[m.class] = float64(m.keys)
		for made := 0; made < m.keys; made += 1000 {
			var fill request
			fill.add("eval", m.script, "0", fmt.Sprint(made))
			if err := s.raw.send(fill); err != nil {
				return nil, nil, err
			}
		}
		pattern := m.class
		if pattern == "other" {
			pattern = "basket:*"
		}
		if bytes[m.class], err = s.memory(pattern); err != nil {
			return nil, nil, err
		}
	}
	return keys, bytes, nil
}

// memory is that of all keys that match, by the server's own count of each.
func (s *server) memory(pattern string) (float64, error) {
	total, cursor := 0.0, "0"
	for {
		reply, err := s.raw.text("eval", truth, "0", pattern, cursor)
		if err != nil {
			return 0, err
		}
		var sum float64
		if _, err := fmt.Sscan(reply, &cursor, &sum); err != nil {
			return 0, fmt.Errorf("%q: %w", reply, err)
		}
		if total += sum; cursor == "0" {
			return total, nil
		}
	}
}

// gets are the look-ups of a client of both servers over a time.
type gets struct {
	full, alone *subject
	cpu         float64 // of a core, by which the full server was busier
}

// getting looks up a key of either server in turn, so that whatever else the
// machine does meets both alike, until it is done or a time has passed.
func getting(ctx context.Context, full, alone *server, done func() (bool, error), limit time.Duration) (g gets, err error) {
	var get request
	get.add("get", "lock:get")
	g.full = timed("GET on the full server", func() error { return full.raw.send(get) })
	g.alone = timed("GET on the other", func() error { return alone.raw.send(get) })
	before, err := busier(full, alone)
	if err != nil {
		return g, err
	}
	begun := time.Now()
	for checked := begun; time.Since(begun) < limit; {
		if err := interleaveOnce(ctx, g.full, g.alone); err != nil {
			return g, err
		}
		time.Sleep(betweenGets)
		if time.Since(checked) < time.Second {
			continue
		}
		checked = time.Now()
		if ended, err := done(); err != nil || ended {
			after, busyErr := busier(full, alone)
			g.cpu = (after - before) / time.Since(begun).Seconds()
			if err == nil {
				err = busyErr
			}
			return g, err
		}
	}
	after, err := busier(full, alone)
	g.cpu = (after - before) / time.Since(begun).Seconds()
	return g, err
}

// busier is by how many seconds of a processor the full server has been busier.
func busier(full, alone *server) (float64, error) {
	a, err := full.cpu()
	if err != nil {
		return 0, err
	}
	b, err := alone.cpu()
	return a - b, err
}

func interleaveOnce(ctx context.Context, subjects ...*subject) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, s := range subjects {
		start := time.Now()
		if err := s.run(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		s.times = append(s.times, time.Since(start))
	}
	return nil
}

// slowest is the 99th percentile.
func (s *subject) slowest() time.Duration {
	times := slices.Sorted(slices.Values(s.times))
	return times[(len(times)-1)*99/100]
}

// classes reports what was seen.
func (r *report) classes(values, keys, bytes map[string]float64, quiet, busy gets) {
	const title = "1,000,000 keys counted by class: "
	worstKeys, worstBytes, worst, stated := 0.0, 0.0, "", 0.0
	for _, m := range makeUp {
		labels := fmt.Sprintf(`{class=%q,db="db0"}`, m.class)
		worstKeys = max(worstKeys, 100*math.Abs(values["redis_class_keys"+labels]-keys[m.class])/keys[m.class])
		off := 100 * math.Abs(values["redis_class_memory_bytes"+labels]-bytes[m.class]) / bytes[m.class]
		if off >= worstBytes {
			worstBytes, worst, stated = off, m.class, 100*values["redis_exporter_class_memory_error_ratio"+labels]
		}
	}
	r.atMost(title+"largest error of the keys of a class, %", worstKeys, 2, "%.2f")
	r.atMost(title+"largest error of the memory of a class, %", worstBytes, 10, "%.2f")
	r.atMost(title+"CPU of the server beside one that is not walked, % of a core", 100*(busy.cpu-quiet.cpu), 1, "%.2f")
	usual := float64(quiet.full.slowest()) / float64(quiet.alone.slowest())
	r.atMost(title+"99th percentile of another client's GET, times one without a walk",
		float64(busy.full.slowest())/float64(busy.alone.slowest())/usual, 1.2, "%.2f")
	r.notes = append(r.notes, fmt.Sprintf("The walk that counts 1,000,000 keys by class took %.0f s. The memory of `%s` was off most, and its stated error %.1f %%. "+
		"Another client's GET took %.2f ms at the 99th percentile, and %.2f ms on an empty server at the same time; before the walk %.2f ms and %.2f ms. "+
		"What is compared is the quotient of the two, because the machine is not the same at both times.",
		values[classTook], worst, stated, busy.full.slowest().Seconds()*1e3, busy.alone.slowest().Seconds()*1e3,
		quiet.full.slowest().Seconds()*1e3, quiet.alone.slowest().Seconds()*1e3))
}
