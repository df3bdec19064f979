package doc

import (
	"bytes"
	"fmt"
	"strings"
)

func heading(b *bytes.Buffer, title, intro string) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n", title, intro)
}

// row writes one line of a table; its cells are Markdown already.
func row(b *bytes.Buffer, cells ...string) {
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

func rule(b *bytes.Buffer, columns int) {
	b.WriteString(strings.Repeat("|---", columns) + "|\n")
}

func code(s string) string { return "`" + escape(s) + "`" }

// escape keeps text from ending a table's cell. GitHub reads the escape inside
// of code as well.
func escape(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// anchor is the fragment that GitHub gives a heading.
func anchor(title string) string {
	kept := func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}
	return strings.Map(kept, strings.ToLower(title))
}
