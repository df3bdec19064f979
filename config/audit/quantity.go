package audit

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// units are those of valkey.conf: k is a thousand, kb is 1024.
var units = []struct {
	suffix string
	bytes  int64
}{
	{"kb", 1 << 10}, {"mb", 1 << 20}, {"gb", 1 << 30}, {"k", 1e3}, {"m", 1e6}, {"g", 1e9}, {"b", 1},
}

// quantity reads the value of a number or a size.
func (p Parameter) quantity(text string) (int64, bool) {
	if specs[p].kind == size {
		return bytes(text)
	}
	return whole(text)
}

// bytes reads a size as the server does.
func bytes(text string) (int64, bool) {
	text, unit := strings.ToLower(text), int64(1)
	for _, u := range units {
		if digits, ok := strings.CutSuffix(text, u.suffix); ok {
			text, unit = digits, u.bytes
			break
		}
	}
	n, ok := whole(text)
	return n * unit, ok && n <= math.MaxInt64/unit
}

// whole reads plain digits.
func whole(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && strconv.FormatInt(n, 10) == text && n >= 0
}

func allNumbers(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool {
		_, ok := whole(w)
		return !ok
	})
}

// bufferLimits are the hard limit, the soft one, and the seconds above that.
type bufferLimits [3]int64

// readLimits reads "normal 0 0 0 replica 256mb 64mb 60". The server says slave
// where its configuration says replica.
func readLimits(text string) (map[string]bufferLimits, bool) {
	words := strings.Fields(text)
	if len(words)%4 != 0 {
		return nil, false
	}
	all := map[string]bufferLimits{}
	for four := range slices.Chunk(words, 4) {
		class := strings.ReplaceAll(four[0], "slave", "replica")
		var l bufferLimits
		for i := range l {
			n, ok := bytes(four[i+1])
			if !ok {
				return nil, false
			}
			l[i] = n
		}
		if !slices.Contains([]string{"normal", "replica", "pubsub"}, class) {
			return nil, false
		}
		all[class] = l
	}
	return all, true
}

// meetsLimits says whether the classes that are expected are as expected.
func meetsLimits(expected, actual string) bool {
	want, _ := readLimits(expected)
	have, ok := readLimits(actual)
	if !ok {
		return false
	}
	kept := maps.Clone(have)
	maps.DeleteFunc(kept, func(class string, _ bufferLimits) bool { _, asked := want[class]; return !asked })
	return maps.Equal(want, kept)
}
