package payload

import (
	"bytes"
	"unicode/utf8"
)

// byteOrderMark is what some Windows programs put before UTF-8.
var byteOrderMark = []byte("\ufeff")

// trim is a text without space around it, and without a byte order mark.
func trim(text []byte) []byte {
	text = bytes.TrimPrefix(text, byteOrderMark)
	return bytes.Trim(text, " \t\r\n")
}

// readable reports whether a text that is not JSON is one that a person could
// read, such as an id: not binary, and none of the formats that are written in
// letters.
func readable(text []byte, whole bool) bool {
	return printable(text, whole) && text[0] != '{' && text[0] != '[' && text[0] != '<' &&
		!phpSerialized(text) && !base64Encoded(text)
}

// printable reports whether a text is UTF-8 without control characters. If it
// was cut, so may its last character be.
func printable(text []byte, whole bool) bool {
	for at := 0; at < len(text); {
		c := text[at]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
				return false
			}
			at++
			continue
		}
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return !whole && !utf8.FullRune(text[at:])
		}
		at += size
	}
	return true
}

// phpSerialized reports whether a text is what PHP's serialize makes of an
// object, a list or a string: O:8:"stdClass":..., a:2:{..., s:3:"...".
func phpSerialized(text []byte) bool {
	if len(text) < 5 || bytes.IndexByte([]byte("OCas"), text[0]) < 0 || text[1] != ':' {
		return false
	}
	length := 2
	for length < len(text) && isDigit(text[length]) {
		length++
	}
	rest := text[length:]
	return length > 2 && len(rest) > 1 && rest[0] == ':' && (rest[1] == '"' || rest[1] == '{')
}

// longestID is longer than ids are, but for those that are hexadecimal: a text
// of base 64 that is longer was encoded.
const longestID = 64

func base64Encoded(text []byte) bool {
	if len(text) < longestID {
		return false
	}
	hexadecimal := true
	for _, c := range bytes.TrimRight(text, "=") {
		if _, ok := hexDigit(c); !ok {
			hexadecimal = false
		}
		if !isDigit(c) && !isLetter(c) && c != '+' && c != '/' && c != '-' && c != '_' {
			return false
		}
	}
	return !hexadecimal
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
