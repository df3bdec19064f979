package payload

import (
	"net/netip"
	"strings"
	"unicode/utf8"
)

// A rule recognises what text begins with, and says how many bytes are replaced
// by what. Before is what was written so far.
type rule func(before, text string) (size int, by string)

// rules are tried in this order. What each needs is gone behind it: a digit, an @
// between words, ://, a path that begins with a slash.
var rules = []rule{placeholder, url, atSign, path, address, clock, figures, blob}

// placeholder keeps what is replaced already. Those for numbers and ids may be
// parts of names.
func placeholder(_, text string) (size int, by string) {
	if strings.HasPrefix(text, aQuote) {
		return len(aQuote), aQuote
	}
	switch p := placeholderAt(text); p {
	case aNumber, anID:
		return 0, ""
	default:
		return len(p), p
	}
}

// url recognises a URL, and a data source name that looks like one.
func url(_, text string) (size int, by string) {
	if !isLetter(text[0]) {
		return 0, ""
	}
	text = chunk(text)
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || !saysSomething(rest) || strings.ContainsFunc(scheme, notInScheme) {
		return 0, ""
	}
	return len(text), aURL
}

func notInScheme(r rune) bool {
	return r >= utf8.RuneSelf || !isAlphanumeric(byte(r)) && !strings.ContainsRune("+._-", r)
}

// atSign recognises an e-mail address, or user:password@tcp(host:3306)/base and
// the like.
func atSign(_, text string) (size int, by string) {
	if !wordAfter(text) {
		return 0, ""
	}
	text = chunk(text)
	user, host, ok := strings.Cut(text, "@")
	if !ok || strings.Contains(user, "=") || !saysSomething(host) {
		return 0, ""
	}
	if strings.ContainsFunc(user, notInEmail) || strings.ContainsFunc(host, notInEmail) || !strings.Contains(host, ".") {
		return len(text), anAddr
	}
	return len(text), anEmail
}

func notInEmail(r rune) bool {
	return !isWordRune(r) && !strings.ContainsRune("._%+-", r)
}

// path recognises an absolute path, of Unix or of Windows.
func path(before, text string) (size int, by string) {
	if end := strings.IndexAny(text, delimiters+"="); end >= 0 {
		text = text[:end]
	}
	size = len(chunk(text))
	switch {
	case size == 0:
	case text[0] == '/' && opens(before) && (wordAfter(text[1:]) || hidden(text[1:size])):
		return size, aPath
	case size > 3 && isLetter(text[0]) && text[1] == ':' && (text[2] == '\\' || text[2] == '/') && wordAfter(text[3:]):
		return size, aPath
	}
	return 0, ""
}

// hidden reports whether a path goes on like .config, _build, or $HOME.
func hidden(path string) bool {
	return path != "" && strings.IndexByte("._$~%{", path[0]) >= 0 && strings.ContainsFunc(path, isWordRune)
}

// opens reports whether something may begin here that does not begin with a
// letter or digit.
func opens(before string) bool {
	return before == "" || strings.IndexByte(" ([{,;:|", before[len(before)-1]) >= 0
}

// clock recognises a date, a time of day, or both.
func clock(_, text string) (size int, by string) {
	size = shape(text, "dddd-dd-dd") + shape(text, "dddd/dd/dd")
	if size > 0 && len(text) > size {
		rest := text[size+1:]
		more := timeOfDay(rest)
		if more > 0 && (text[size] == 'T' || text[size] == ' ' && more == len(chunk(rest))) {
			size += 1 + more
		}
	}
	if size == 0 {
		size = shape(text, "dd:dd:dd")
		size += len(text[size:]) - len(trimFraction(text[size:], size))
	}
	if size == 0 {
		return 0, ""
	}
	return size, aClock
}

// timeOfDay is the length of a time with its fraction and zone.
func timeOfDay(text string) int {
	size := shape(text, "dd:dd:dd")
	rest := trimFraction(text[size:], size)
	rest = rest[shape(rest, "+dd:dd")+shape(rest, "-dd:dd"):]
	rest = rest[shape(rest, "+dddd")+shape(rest, "-dddd"):]
	if size > 0 {
		rest = strings.TrimPrefix(rest, "Z")
	}
	return len(text) - len(rest)
}

// trimFraction is the text behind a fraction of a second, if there was a time.
func trimFraction(text string, time int) string {
	if time == 0 || shape(text, ".d")+shape(text, ",d") == 0 {
		return text
	}
	return strings.TrimLeft(text[1:], "0123456789")
}

// shape is the length of a shape if text begins with it, else 0. In it, d is any
// digit.
func shape(text, shape string) int {
	if len(text) < len(shape) {
		return 0
	}
	for i := range len(shape) {
		if shape[i] == 'd' && isDigit(text[i]) || shape[i] != 'd' && shape[i] == text[i] {
			continue
		}
		return 0
	}
	return len(shape)
}

// address recognises an IP address or a hardware address, with a port or the bits of a network.
func address(before, text string) (size int, by string) {
	if text[0] == '.' || text[0] == ':' && (!opens(before) || strings.HasSuffix(before, ":")) {
		return 0, ""
	}
	for size < len(text) && (isHex(text[size]) || text[size] == ':' || text[size] == '.') {
		size++
	}
	run := strings.TrimRight(text[:size], ":.")
	if strings.HasSuffix(text[:size], "::") {
		run = text[:size]
	}
	if !strings.ContainsAny(run, "0123456789") || wordAfter(text[len(run):]) {
		return 0, ""
	}
	if !isAddress(run) {
		return 0, ""
	}
	rest := text[len(run):]
	if strings.HasPrefix(rest, "%") { // the zone of an IPv6 address
		rest = strings.TrimLeftFunc(rest[1:], func(r rune) bool { return r < utf8.RuneSelf && isAlphanumeric(byte(r)) })
	}
	if shape(rest, "/d") > 0 {
		rest = strings.TrimLeft(rest[1:], "0123456789")
	}
	return len(text) - len(rest), anAddr
}

// isAddress reports whether a text is an IP address, one of IPv4 with a port, or
// a hardware address.
func isAddress(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil || strings.Count(text, ":") == 5 {
		return true
	}
	host, port, ok := strings.Cut(text, ":")
	_, err := netip.ParseAddr(host)
	return ok && err == nil && strings.Trim(port, "0123456789") == ""
}

// figures recognises a number of several parts: 1.5, 10,000, 12:30, 1.2.3. Any
// other is a word for cleanWord.
func figures(_, text string) (size int, by string) {
	end := 0
	for parts := 1; ; parts++ {
		digits := len(text[end:]) - len(strings.TrimLeft(text[end:], "0123456789"))
		if digits == 0 {
			break
		}
		end += digits
		if parts > 1 {
			size = end
		}
		if end == len(text) || strings.IndexByte(".,:", text[end]) < 0 {
			break
		}
		end++
	}
	if size == 0 {
		return 0, ""
	}
	return size, aNumber
}

// shortestBlob is the least length of a random text. What is shorter than that
// is shown but for its digits.
const shortestBlob = 16

// blob recognises a random text, in base 64 or of several parts: a token. It has
// digits, and changes between upper case, lower case and digits more often than
// names do.
func blob(_, text string) (size int, by string) {
	if !isAlphanumeric(text[0]) {
		return 0, ""
	}
	for size < len(text) && (isAlphanumeric(text[size]) || strings.IndexByte("+/_.~-", text[size]) >= 0) {
		size++
	}
	size = len(strings.TrimRight(text[:size], "."))
	run := text[:size]
	if size < shortestBlob || !strings.ContainsAny(run, "0123456789") || changes(run)*5 < size {
		return 0, ""
	}
	if padded := chunk(text); strings.TrimRight(padded, "=") == run {
		size = len(padded)
	}
	return size, anID
}

// changes counts where a text goes from upper case, lower case or digits to
// another of the three, but for a capital in front of small letters.
func changes(text string) int {
	count := 0
	for i := 1; i < len(text); i++ {
		last, this := caseOf(text[i-1]), caseOf(text[i])
		if last != this && last != 0 && this != 0 && (last != 'A' || this != 'a') {
			count++
		}
	}
	return count
}

// caseOf is A, a or 0 for a character of such a kind; 0 as a number for others.
func caseOf(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return 'A'
	case 'a' <= c && c <= 'z':
		return 'a'
	case isDigit(c):
		return '0'
	}
	return 0
}

func isAlphanumeric(c byte) bool { return isDigit(c) || isLetter(c) }

func isHex(c byte) bool {
	_, ok := hexDigit(c)
	return ok
}
