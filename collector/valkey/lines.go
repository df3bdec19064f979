package valkey

import (
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
)

// pairs yields the "key=value" parts of a comma-separated INFO line. Fields
// are found by name: every release adds some.
func pairs(line string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for line != "" {
			var part string
			part, line, _ = strings.Cut(line, ",")
			key, value, _ := strings.Cut(part, "=")
			if !yield(key, value) {
				return
			}
		}
	}
}

// wanted is a number to be found in a line: where it goes, by name.
type wanted struct {
	key string
	to  *float64
}

// numbers fills in the wanted numbers of a "key=value,..." line. One that is
// not there keeps its value; one that is no number is an error.
func numbers(line string, want ...wanted) error {
	for key, text := range pairs(line) {
		for _, w := range want {
			if w.key != key {
				continue
			}
			v, err := number(text)
			if err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
			*w.to = v
		}
	}
	return nil
}

// named is a text to be found in a line: where it goes, by name.
type named struct {
	key string
	to  *string
}

// texts fills in the wanted texts of a "key=value,..." line. One that is not
// there keeps its value.
func texts(line string, want ...named) {
	for key, text := range pairs(line) {
		for _, w := range want {
			if w.key == key {
				*w.to = text
			}
		}
	}
}

// number reads a decimal number. The "nan" and "inf" that strconv would
// understand are no readings.
func number(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("want a number, got %s", excerpt(text))
	}
	return v, nil
}

// numbered reports whether key is the prefix followed by digits only.
func numbered(key, prefix string) bool {
	digits, ok := strings.CutPrefix(key, prefix)
	if !ok || digits == "" {
		return false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}

// excerpt quotes at most the beginning of a text, so that no error message
// is as long as the reply that it is about.
func excerpt(s string) string {
	const most = 60
	if len(s) > most {
		return strconv.Quote(s[:most]) + "..."
	}
	return strconv.Quote(s)
}
