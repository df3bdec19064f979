package payload

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// LongestReason is how long what Normalise returns may be, in characters.
const LongestReason = 80

// ellipsis stands for what was cut off.
const ellipsis = "…"

// Placeholders stand for what differs from one message to the next, and for what
// must not be shown.
const (
	aNumber = "<n>"
	anID    = "<id>"
	anAddr  = "<addr>"
	anEmail = "<email>"
	aURL    = "<url>"
	aPath   = "<path>"
	aClock  = "<time>"
	aSecret = "<secret>"
	aQuote  = `"…"`
)

var placeholders = []string{aNumber, anID, anAddr, anEmail, aURL, aPath, aClock, aSecret}

// Normalise is a reason fit for a label value: its first line that says
// something, in at most LongestReason printable characters, the last of which is
// … if there was more. Numbers, ids, addresses, URLs, paths, times, quoted texts
// and values behind = are replaced by placeholders, so that errors that differ
// only in those are the same; so is what follows words such as password and
// token. No digit is left. It is empty when no letter is left.
//
// What is normalised already stays as it is. Each rule below is made so that its
// result is not touched by any of them again, which FuzzNormalise watches over.
func Normalise(reason string) string {
	line := firstLine(reason)
	if line == "" {
		return ""
	}
	c := cleaner{text: hideQuotes(unwrap(line))}
	text := c.clean()
	if !strings.ContainsFunc(text, unicode.IsLetter) {
		return ""
	}
	return text
}

// firstLine is the first line with a letter or digit in it, or what a traceback
// says at its end. Characters that are not printable are spaces, or nothing.
func firstLine(text string) string {
	const enough = 16 << 10
	text = text[:min(len(text), enough)]
	if strings.HasPrefix(strings.TrimSpace(text), "Traceback (most recent call last)") {
		text = lastLine(text)
	}
	for line := range strings.FieldsFuncSeq(text, isLineEnd) {
		if line = printableLine(line); strings.ContainsFunc(line, isWordRune) {
			return line
		}
	}
	return ""
}

func isLineEnd(r rune) bool {
	return r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// printableLine is a line in printable characters and single spaces. What
// colours a terminal is removed, what is not valid becomes U+FFFD.
func printableLine(line string) string {
	const enough = 1024
	var b strings.Builder
	for i := 0; i < len(line) && b.Len() < enough; {
		if size := terminalCode(line[i:]); size > 0 {
			i += size
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		i += size
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			b.WriteByte(' ')
		case r >= utf8.RuneSelf && unicode.IsNumber(r):
			b.WriteByte('0') // whatever it is: no digit is shown
		case unicode.IsPrint(r):
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// terminalCode is the length of an escape sequence such as ESC [ 31 m.
func terminalCode(text string) int {
	if !strings.HasPrefix(text, "\x1b[") {
		return 0
	}
	for i := 2; i < len(text); i++ {
		if c := text[i]; c < ' ' || c >= '@' {
			return i + 1
		}
	}
	return len(text)
}

// placeholderAt is the placeholder with which text begins, or empty. One in
// quotes is not among them.
func placeholderAt(text string) string {
	if text == "" || text[0] != '<' {
		return ""
	}
	for _, p := range placeholders {
		if strings.HasPrefix(text, p) {
			return p
		}
	}
	return ""
}

func endsWithPlaceholder(text string) bool {
	if text == "" || text[len(text)-1] != '>' {
		return false
	}
	for _, p := range placeholders {
		if strings.HasSuffix(text, p) {
			return true
		}
	}
	return false
}

// isWordRune reports whether r is a part of a word or number.
func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

// wordBefore and wordAfter report whether a word or number is next to a place:
// itself or the placeholder that stands for it.
func wordBefore(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return isWordRune(r) || endsWithPlaceholder(text)
}

func wordAfter(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return isWordRune(r) || placeholderAt(text) != ""
}
