package payload

import (
	"strings"
	"unicode/utf8"
)

// cleaner goes through a line in which quoted texts are hidden, piece by piece,
// and writes what may be shown of it.
type cleaner struct {
	text  string // what is not done
	out   strings.Builder
	guard guard

	length, fits int // characters written; bytes of them that leave room for …
}

// clean is the line as far as there is room.
func (c *cleaner) clean() string {
	for c.text != "" && c.length <= LongestReason {
		c.step()
	}
	text := c.out.String()
	if c.length > LongestReason {
		return strings.TrimRight(text[:c.fits], " ") + ellipsis
	}
	return strings.TrimRight(text, " ")
}

// step does the next piece. Rules look back at what was written, which is the
// same for a line that was cleaned before.
func (c *cleaner) step() {
	if c.guard.armed {
		c.guarded()
		return
	}
	before := c.out.String()
	for _, rule := range rules {
		if size, by := rule(before, c.text); size > 0 {
			c.replace(size, by)
			return
		}
	}
	if size := nameLength(c.text); size > 0 {
		c.name(size)
		return
	}
	if size := valueLength(before, c.text); size > 0 {
		c.replace(size, "="+aQuote)
		return
	}
	c.separator()
}

// guarded does the next piece behind a word that announces a secret.
func (c *cleaner) guarded() {
	by := aSecret
	if c.guard.unexpected {
		by = aQuote
	}
	var size int
	switch name := c.text[:nameLength(c.text)]; {
	case name != "" && name == chunk(c.text) && c.guard.harmless(name):
		c.name(len(name))
		return
	case strings.HasPrefix(c.text, aQuote):
		size = len(aQuote)
	case strings.HasPrefix(c.text, aSecret):
		size, by = len(aSecret), aSecret
	case wordAfter(c.text):
		size = len(chunk(c.text))
	default:
		c.separator()
		return
	}
	c.guard = guard{}
	c.write(size, by)
}

// replace writes a placeholder, and the rest of the name if it is part of one.
func (c *cleaner) replace(size int, by string) {
	c.write(size, by)
	if rest := nameLength(by+c.text) - len(by); rest > 0 {
		c.name(rest)
	} else {
		c.guard = guard{}
	}
}

// separator writes a character that is not part of a word.
func (c *cleaner) separator() {
	_, size := utf8.DecodeRuneInString(c.text)
	c.guard.separator(c.text[:size], c.text[size:])
	c.write(size, c.text[:size])
}

// write replaces the next bytes of the line.
func (c *cleaner) write(size int, by string) {
	c.text = c.text[size:]
	if written := c.out.String(); by == " " && (written == "" || strings.HasSuffix(written, " ")) {
		return
	}
	c.out.WriteString(by)
	c.length += utf8.RuneCountInString(by)
	if c.length < LongestReason {
		c.fits = c.out.Len()
	}
}

// name writes words that may be joined, as in access_token.
func (c *cleaner) name(size int) {
	from := c.out.Len()
	for name := c.text[:size]; name != ""; {
		size, by := cleanWord(name)
		c.write(size, by)
		name = name[size:]
	}
	c.guard.name(c.out.String()[from:])
}

// delimiters end a value or a path.
const delimiters = " ,;&)]}"

// chunk is the text up to the next space, without punctuation at its end.
func chunk(text string) string {
	if space := strings.IndexByte(text, ' '); space >= 0 {
		text = text[:space]
	}
	return strings.TrimRight(text, ".,:;!?)]}"+ellipsis)
}

// valueLength is the length of = and a value, behind a key; 0 if there is none.
// A value that is quoted is hidden already.
func valueLength(before, text string) int {
	if text[0] != '=' || !wordBefore(before) && !strings.HasSuffix(before, aQuote) {
		return 0
	}
	value := text[1:]
	if strings.HasPrefix(value, aQuote) {
		return 0
	}
	if end := strings.IndexAny(value, delimiters); end >= 0 {
		value = value[:end]
	}
	if !saysSomething(value) {
		return 0
	}
	return 1 + len(value)
}

// saysSomething reports whether there is a word or a quoted text in a text.
func saysSomething(text string) bool {
	return strings.ContainsFunc(text, isWordRune) || strings.Contains(text, aQuote)
}
