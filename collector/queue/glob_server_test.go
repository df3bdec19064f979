package queue

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/internal/testserver"
)

// alphabet is every byte that means something in a glob, two that do not, and
// two that are not ASCII. A word of it is nearly always a special case.
const alphabet = `**??[[]]^-\ab` + "\x00\x80\xff"

// TestMatchAgreesWithServers asks real servers which of many keys they find
// with KEYS, whose globs are those of SCAN, for thousands of patterns.
func TestMatchAgreesWithServers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	keys := words(random, 1500, 1, 6)
	patterns := words(random, 6000, 1, 9)
	testserver.Each(t, func(t *testing.T, start testserver.Start) {
		conn := connect(t, start())
		send(t, conn, each(keys, func(key string) redis.Cmder { return redis.NewStatusCmd(t.Context(), "set", key, "") }))
		replies := each(patterns, func(pattern string) redis.Cmder {
			return redis.NewStringSliceCmd(t.Context(), "keys", pattern)
		})
		for batch := range slices.Chunk(replies, 500) {
			send(t, conn, batch)
		}
		for i, pattern := range patterns {
			theirs := replies[i].(*redis.StringSliceCmd).Val()
			slices.Sort(theirs)
			if ours := matching(pattern, keys); !slices.Equal(ours, theirs) && !mixedRange(pattern) {
				t.Fatalf("%q matches %q here and %q on the server", pattern, ours, theirs)
			}
		}
	})
}

// mixedRange reports whether a pattern may have a range that begins in ASCII
// and ends outside, or the other way round. Servers differ about it: they
// compare C's char, which has a sign on some processors and none on others.
func mixedRange(pattern string) bool {
	for i := 1; i+1 < len(pattern); i++ {
		if pattern[i] == '-' && (pattern[i-1] < utf8.RuneSelf) != (pattern[i+1] < utf8.RuneSelf) {
			return true
		}
	}
	return false
}

// words makes n different words of the alphabet, sorted.
func words(random *rand.Rand, n, shortest, longest int) []string {
	known := make(map[string]bool)
	for len(known) < n {
		word := make([]byte, shortest+random.IntN(longest-shortest+1))
		for i := range word {
			word[i] = alphabet[random.IntN(len(alphabet))]
		}
		known[string(word)] = true
	}
	var all []string
	for word := range known {
		all = append(all, word)
	}
	slices.Sort(all)
	return all
}

func matching(pattern string, keys []string) []string {
	found := []string{}
	for _, key := range keys {
		if Match(pattern, key) {
			found = append(found, key)
		}
	}
	return found
}

func each(words []string, command func(string) redis.Cmder) []redis.Cmder {
	var cmds []redis.Cmder
	for _, word := range words {
		cmds = append(cmds, command(word))
	}
	return cmds
}
