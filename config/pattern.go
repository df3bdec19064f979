package config

// patternMistake says what is almost surely not meant in a glob, or "". The
// server accepts every pattern; it reads an unclosed bracket as one that closes
// at the end, and a backslash at the end as a backslash.
func patternMistake(p string) string {
	wild := false
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			if i++; i == len(p) {
				return `ends in a single backslash; write \\ for a backslash`
			}
		case '[':
			end := classEnd(p, i+1)
			switch {
			case end < 0:
				return "the bracket [ is never closed; add ], or write \\[ for the character itself"
			case end == i+1:
				return "the brackets [] are empty and match nothing; put characters between them"
			}
			i, wild = end, true
		case '*', '?':
			wild = true
		}
	}
	if !wild {
		return "has no wildcard *, ? or [...]; write it as `key`, which needs no search"
	}
	return ""
}

// classEnd is the index of the ] that closes a class, or -1. As in the server, ]
// closes it even as its first character, but not as the end of a range: a-].
func classEnd(p string, i int) int {
	if i < len(p) && p[i] == '^' {
		i++
	}
	for ; i < len(p); i++ {
		switch {
		case p[i] == '\\' && i+1 < len(p):
			i++
		case p[i] == ']':
			return i
		case i+2 < len(p) && p[i+1] == '-':
			i += 2
		}
	}
	return -1
}
