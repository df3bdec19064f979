package config

// patternMistake says what is almost surely not meant in a glob, or "". The
// server accepts every pattern; it reads an unclosed bracket as one that closes
// at the end, and a backslash at the end as a backslash.
func patternMistake(p string) string {
	mistake, wild := globMistake(p)
	if mistake == "" && !wild {
		return "has no wildcard *, ? or [...]; write it as `key`, which needs no search"
	}
	return mistake
}

// globMistake says what is wrong in a glob, or "", and whether it matches more than
// one text.
func globMistake(p string) (mistake string, wild bool) {
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			if i++; i == len(p) {
				return `ends in a single backslash; write \\ for a backslash`, wild
			}
		case '[':
			end := classEnd(p, i+1)
			switch {
			case end < 0:
				return "the bracket [ is never closed; add ], or write \\[ for the character itself", wild
			case end == i+1:
				return "the brackets [] are empty and match nothing; put characters between them", wild
			}
			i, wild = end, true
		case '*', '?':
			wild = true
		}
	}
	return "", wild
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
