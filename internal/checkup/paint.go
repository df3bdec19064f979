package checkup

import (
	"strings"
	"unicode"
)

// Style is how a report is written for people.
type Style struct {
	Width  int  // of the terminal, in columns
	Colour bool // the terminal has colours, and they are wanted
}

// The narrowest and the widest text that is written, however wide the terminal is. The
// tables need the first.
const leastWidth, mostWidth = 72, 110

func (s Style) width() int { return min(max(s.Width, leastWidth), mostWidth) }

// Escape sequences of the colours.
const (
	red, yellow, cyan, green = "31;1", "33", "36", "32"
	bold                     = "1"
)

// colours are those of results and states.
var colours = map[string]string{
	"critical": red, "warning": yellow, "info": cyan, "note": cyan, "ok": green, "unknown": yellow,
	"denied": yellow,
}

// paint colours a text, without which it says the same.
func (s Style) paint(text, colour string) string {
	if !s.Colour || colour == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// columns is how wide a text is on a terminal.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += columnsOf(r)
	}
	return n
}

func columnsOf(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) || r >= 0xff01 && r <= 0xff60 || r >= 0x1f300 && r < 0x20000:
		return 2
	}
	return 1
}

// fit cuts a text to so many columns, or fills it up.
func fit(text string, width int) string {
	if columns(text) > width {
		text = cut(text, width)
	}
	return text + strings.Repeat(" ", width-columns(text))
}

// cut shortens a text in the middle: keys differ at their ends.
func cut(text string, width int) string {
	runes := []rune(text)
	tail, at := 0, len(runes)
	for at > 0 && tail+columnsOf(runes[at-1]) <= (width-1)/2 {
		at--
		tail += columnsOf(runes[at])
	}
	head, end := 0, 0
	for end < at && head+columnsOf(runes[end]) <= width-1-tail {
		head += columnsOf(runes[end])
		end++
	}
	return string(runes[:end]) + "…" + string(runes[at:])
}

// wrap breaks a text into lines between words. A word that is longer than a line has
// one of its own.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for w := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = w
		case columns(line)+1+columns(w) > width:
			lines, line = append(lines, line), w
		default:
			line += " " + w
		}
	}
	return append(lines, line)
}
