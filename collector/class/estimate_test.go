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

// makeUp is what a hundred thousand keys are known to be: sizes from a few bytes to
// 4 KiB, a tenth of the users without a TTL.
const makeUp = `
for i = 1, 60000 do
  local size = math.floor(math.exp(i % 1000 / 1000 * 7.6))
  if i % 10 == 0 then redis.call('SET', 'user:' .. i, string.rep('x', size))
  else redis.call('SET', 'user:' .. i, string.rep('x', size), 'EX', 200 + i % 100)
  end -- of the two
end
for i = 1, 39000 do redis.call('SET', 'session:' .. i, 'x', 'EX', 60 + i % 3000) end
for i = 1, 1000 do redis.call('HSET', 'basket:' .. i, 'a', i, 'b', string.rep('x', i)) end
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

func TestEstimatesOfAHundredThousandKeys(t *testing.T) {
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		server := start()
		server.Must(t, "EVAL", makeUp, "0")
		s := survey(t, server, "")
		for _, walk := range []string{"the first walk", "the second, which knows how many there are"} {
			status := s.walk()
			for name, keys := range map[string]float64{"user:*": 60_000, "session:*": 39_000, class.Other: 1000} {
				r := of(t, status, name)
				if r.Keys != keys {
					t.Errorf("%s: %s has %v keys, want %v", walk, name, r.Keys, keys)
				}
				if r.Samples < min(int(keys), 1500) || r.Samples > 10_000 {
					t.Errorf("%s: %d keys of %s were looked at", walk, r.Samples, name)
				}
			}
			users := of(t, status, "user:*")
			bytes := float64(server.Must(t, "EVAL", truth, "0", "user:*").(int64))
			off := math.Abs(users.Memory.Bytes-bytes) / bytes
			t.Logf("%s: user:* takes %.0f bytes, off by %.2f %%, stated %.2f %%, of %d samples", walk, bytes, off*100, users.Memory.Error*100, users.Samples)
			if off > 2*users.Memory.Error || users.Memory.Error > 0.1 || users.Memory.Error == 0 {
				t.Errorf("%s: off by %.3f, stated error %.3f", walk, off, users.Memory.Error)
			}
			if off := math.Abs(users.Expiry.Without/60_000 - 0.1); off > 2*users.Expiry.Error || users.Expiry.Error > 0.04 {
				t.Errorf("%s: the share without a TTL is off by %.3f, stated error %.3f", walk, off, users.Expiry.Error)
			}
		}
	})
}
