//go:build unix

package class_test

import (
	"context"
	"math"
	"testing"
	"time"

	"valkey-exporter/collector/class"
	"valkey-exporter/internal/testserver"
)

func ignore(context.Context, int, time.Duration) {}

func nothing() time.Duration { return 0 }

// makeUp is what a million keys are known to be: sizes from a few bytes to
// 700, a tenth of the users without a TTL.
const makeUp = `
for i = 1, 600000 do
  local size = math.floor(math.exp(i % 1000 / 1000 * 6.6))
  if i % 10 == 0 then redis.call('SET', 'user:' .. i, string.rep('x', size))
  else redis.call('SET', 'user:' .. i, string.rep('x', size), 'EX', 7200 + i % 100)
  end -- of the two
end
for i = 1, 390000 do redis.call('SET', 'session:' .. i, 'x', 'EX', 7200 + i % 3000) end
for i = 1, 10000 do redis.call('HSET', 'basket:' .. i, 'a', i, 'b', string.rep('x', i % 1000)) end
`

// truth sums up the memory of all keys of a prefix, without a sample.
const truth = `
local sum, cursor = 0, '0'
repeat
  local r = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
  cursor = r[1]
  for _, key in ipairs(r[2]) do sum = sum + redis.call('MEMORY', 'USAGE', key) end
until cursor == '0'
return sum
`

// What the documentation promises of a million keys: numbers of keys within 2 %, here
// exact, and bytes within 10 %.
func TestEstimatesOfAMillionKeys(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "EVAL", makeUp, "0")
	bytes := float64(server.Must(t, "EVAL", truth, "0", "user:*").(int64))
	s := survey(t, server, "")
	for _, walk := range []string{"the first walk", "the second, which knows how many there are"} {
		status := s.walk()
		for name, keys := range map[string]float64{"user:*": 600_000, "session:*": 390_000, class.Other: 10_000} {
			r := of(t, status, name)
			if r.Keys != keys {
				t.Errorf("%s: %s has %v keys, want %v", walk, name, r.Keys, keys)
			}
			if r.Samples < 1500 || r.Samples > 20_000 {
				t.Errorf("%s: %d keys of %s were looked at", walk, r.Samples, name)
			}
		}
		users := of(t, status, "user:*")
		off := math.Abs(users.Memory.Bytes-bytes) / bytes
		t.Logf("%s: user:* takes %.0f bytes, off by %.2f %%, stated %.2f %%, of %d samples", walk, bytes, off*100, users.Memory.Error*100, users.Samples)
		if off > 0.1 || off > 2*users.Memory.Error || users.Memory.Error > 0.1 || users.Memory.Error == 0 {
			t.Errorf("%s: off by %.3f, stated error %.3f", walk, off, users.Memory.Error)
		}
		if off := math.Abs(users.Expiry.Without/600_000 - 0.1); off > 2*users.Expiry.Error || users.Expiry.Error > 0.04 {
			t.Errorf("%s: the share without a TTL is off by %.3f, stated error %.3f", walk, off, users.Expiry.Error)
		}
	}
}
