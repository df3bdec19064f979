package payload

import (
	"strings"
	"unicode/utf8"
)

// closers are the quotes that close what a quote opens. Ruby and old Unix
// programs write `this'.
var closers = map[rune]string{
	'"': `"`, '\'': "'", '`': "`'", '“': "”“", '‘': "’", '‚': "’‘", '„': "“”", '«': "»", '‹': "›", '「': "」",
}

// unwrap is a text that is quoted as a whole, without the quotes.
func unwrap(line string) string {
	for {
		first, size := utf8.DecodeRuneInString(line)
		last, tail := utf8.DecodeLastRuneInString(line)
		if len(line) <= size+tail || !strings.ContainsRune(closers[first], last) {
			return line
		}
		inside := line[size : len(line)-tail]
		if strings.ContainsRune(inside, first) || strings.ContainsRune(inside, last) {
			return line
		}
		line = strings.TrimSpace(inside)
	}
}

// hideQuotes replaces quoted texts. A quote that nothing closes hides the rest,
// of which the end may have been cut off; but an apostrophe may just stand
// there, and becomes a space.
func hideQuotes(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		if closers[r] == "" || r == '\'' && wordBefore(line[:i]) {
			b.WriteString(line[i : i+size])
			i += size
			continue
		}
		end := closing(line[i+size:], closers[r])
		switch {
		case end >= 0:
			b.WriteString(aQuote)
			i += size + end
		case r == '\'':
			b.WriteByte(' ')
			i += size
		default:
			b.WriteString(aQuote)
			return b.String()
		}
	}
	return b.String()
}

// closing is where the first closing quote ends that is not escaped and not in
// the middle of a word, or -1.
func closing(text, closers string) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		if r == '\\' && i < len(text) {
			_, size = utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		if strings.ContainsRune(closers, r) && !wordAfter(text[i:]) {
			return i
		}
	}
	return -1
}
