package checkup

import "strings"

// table is lines of cells below their heads. The first column gets the room that the
// others leave, and is cut if need be.
type table struct {
	heads []string
	rows  [][]string
	paint []func(string) string // of a column; nil: as it is
	left  []bool                // columns of words; the others are of numbers
}

// leastName is the room that the first column has at least.
const leastName = 12

func (t table) write(b *strings.Builder, width int) {
	widths := make([]int, len(t.heads))
	for _, row := range append([][]string{t.heads}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	rest := width - len(indent)
	for _, w := range widths[1:] {
		rest -= w + len(gap)
	}
	widths[0] = min(widths[0], max(rest, leastName))
	for n, row := range append([][]string{t.heads}, t.rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = t.cell(i, cell, widths[i], n == 0)
		}
		b.WriteString(strings.TrimRight(indent+strings.Join(cells, gap), " ") + "\n")
	}
}

const indent, gap = "  ", "  "

func (t table) cell(column int, text string, width int, head bool) string {
	filled := fit(text, width)
	if !t.left[column] && columns(text) <= width {
		filled = strings.Repeat(" ", width-columns(text)) + text
	}
	if paint := t.paint[column]; paint != nil && !head {
		return strings.Replace(filled, text, paint(text), 1)
	}
	return filled
}
