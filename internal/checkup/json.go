package checkup

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf16"
)

// JSON is the report for programs. Characters that cannot be seen are written as
// numbers, because people look at it too.
func (r Report) JSON() ([]byte, error) {
	var text, visible bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	for _, c := range text.String() {
		if c == '\n' || unicode.IsPrint(c) {
			visible.WriteRune(c)
			continue
		}
		for _, half := range utf16.Encode([]rune{c}) {
			fmt.Fprintf(&visible, `\u%04x`, half)
		}
	}
	return visible.Bytes(), nil
}
