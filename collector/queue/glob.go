package queue

import "strings"

// Match reports whether key matches a glob as the server's KEYS and SCAN do:
// * and ? stand for any bytes, [abc], [^abc] and [a-z] for one byte of a set,
// and a backslash takes the next byte literally. Bytes, not characters, are
// compared.
func Match(pattern, key string) bool {
	for pattern != "" {
		if pattern[0] == '*' {
			return matchStar(pattern[1:], key)
		}
		if key == "" {
			return false
		}
		ok, rest := matchByte(pattern, key[0])
		if !ok {
			return false
		}
		pattern, key = rest, key[1:]
	}
	return key == ""
}

// matchStar matches the rest of a pattern behind a star at any place of key.
// It remembers only the latest star: an earlier one cannot do better, so the
// cost is at most the product of the lengths.
func matchStar(pattern, key string) bool {
	star, from := pattern, key
	for {
		switch {
		case pattern != "" && pattern[0] == '*':
			pattern = pattern[1:]
			star, from = pattern, key
			continue
		case pattern == "" && (key == "" || star == ""):
			return true
		case pattern != "" && key != "":
			if ok, rest := matchByte(pattern, key[0]); ok {
				pattern, key = rest, key[1:]
				continue
			}
		}
		if from == "" {
			return false
		}
		from = from[1:]
		pattern, key = star, from
	}
}

// matchByte matches the first element of a pattern, which is not a star, with
// one byte, and returns what follows the element.
func matchByte(pattern string, c byte) (ok bool, rest string) {
	switch pattern[0] {
	case '?':
		return true, pattern[1:]
	case '[':
		return matchSet(pattern[1:], c)
	case '\\':
		if len(pattern) > 1 {
			pattern = pattern[1:]
		}
	}
	return pattern[0] == c, pattern[1:]
}

// matchSet matches a set, of which the opening bracket has been read. Like the
// server, it takes the end of the pattern for the missing closing bracket.
func matchSet(set string, c byte) (ok bool, rest string) {
	not := set != "" && set[0] == '^'
	if not {
		set = set[1:]
	}
	found := false
	for set != "" && set[0] != ']' {
		low, high := set[0], set[0]
		switch {
		case set[0] == '\\' && len(set) >= 2:
			low, high = set[1], set[1]
			set = set[2:]
		case len(set) >= 3 && set[1] == '-':
			low, high = min(set[0], set[2]), max(set[0], set[2])
			set = set[3:]
		default:
			set = set[1:]
		}
		found = found || low <= c && c <= high
	}
	if set != "" {
		set = set[1:]
	}
	return found != not, set
}

// literalPrefix is what every match of the pattern begins with.
func literalPrefix(pattern string) string {
	var prefix []byte
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '*', '?', '[':
			return string(prefix)
		case '\\':
			if i+1 < len(pattern) {
				i++
			}
		}
		prefix = append(prefix, pattern[i])
	}
	return string(prefix)
}

// commonPrefix is what a and b both begin with.
func commonPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

// escape writes a text as a glob that matches just that text.
func escape(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(`*?[]\\^`, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
