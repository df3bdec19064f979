package mockapp

import (
	"encoding/hex"
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// dice are the choices of one pattern: the same for the same seed, whatever the other patterns do.
type dice struct{ *rand.Rand }

func newDice(seed uint64, name string) dice {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return dice{rand.New(rand.NewPCG(seed, h.Sum64()))}
}

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// skewed draws from 0 to n-1, low numbers more often: a few users are seen all the time, most now and then.
func (d dice) skewed(n int) int {
	u := d.Float64()
	return int(u * u * float64(n))
}

// around draws a duration between half and one and a half times d.
func (d dice) around(mean time.Duration) time.Duration {
	return time.Duration(float64(mean) * (0.5 + d.Float64()))
}

// hex returns n random bytes as text.
func (d dice) hex(n int) string {
	raw := make([]byte, n)
	for i := range raw {
		raw[i] = byte(d.Uint32())
	}
	return hex.EncodeToString(raw)
}

// uuid is a version 4 UUID that is reproducible, unlike those of a library.
func (d dice) uuid() string {
	s := []byte(d.hex(16))
	s[12] = '4'
	s[16] = "89ab"[d.IntN(4)]
	t := string(s)
	return t[:8] + "-" + t[8:12] + "-" + t[12:16] + "-" + t[16:20] + "-" + t[20:]
}

// pick returns one of them, each as likely.
func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }

// encode writes the small structs of this package as JSON, which cannot fail for them.
func encode(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}
