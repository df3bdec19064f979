package queue

// Wildcard is what the first star of a glob stands for in a key that matches
// it: the worker in queue:processing:*. It is as short as it can be, and empty
// when the glob has no star.
func Wildcard(glob, key string) string {
	before, after, star := cutStar(glob)
	if !star {
		return ""
	}
	from := 0
	for from < len(key) && !Match(before, key[:from]) {
		from++
	}
	to := from
	for to < len(key) && !Match(after, key[to:]) {
		to++
	}
	return key[from:to]
}

// cutStar splits a glob at its first star that stands for anything.
func cutStar(glob string) (before, after string, found bool) {
	set := false // between brackets
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; {
		case c == '\\':
			i++
		case set:
			set = c != ']'
		case c == '[':
			set = true
		case c == '*':
			return glob[:i], glob[i+1:], true
		}
	}
	return glob, "", false
}
