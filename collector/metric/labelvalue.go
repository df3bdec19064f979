package metric

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// LabelValue is a name from the server as a label value. Prometheus rejects a whole scrape for one
// byte that is not UTF-8, and for two series with equal labels. So each such
// byte is written \xNN, and where a name holds that very text, its backslash is
// written \x5c: different names have different labels, and a name has the
// same label in every exporter.
func LabelValue(key string) string {
	if utf8.ValidString(key) && !strings.Contains(key, `\x`) {
		return key
	}
	var b strings.Builder
	for rest := key; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		if r == utf8.RuneError && size == 1 || looksEscaped(rest) {
			fmt.Fprintf(&b, `\x%02x`, rest[0])
		} else {
			b.WriteString(rest[:size])
		}
		rest = rest[size:]
	}
	return b.String()
}

// looksEscaped reports whether s begins with \xNN.
func looksEscaped(s string) bool {
	return len(s) >= 4 && s[0] == '\\' && s[1] == 'x' && isHex(s[2]) && isHex(s[3])
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }
