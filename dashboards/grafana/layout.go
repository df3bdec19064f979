package grafana

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// columns are those of Grafana's grid.
const columns = 24

// layout puts rows below each other and panels side by side.
func (p *Painter) layout(d Dashboard) []dashboard.PanelOrRowPanel {
	var all []dashboard.PanelOrRowPanel
	y := uint32(0)
	for _, r := range d.Rows {
		row := dashboard.NewRowPanel()
		row.Title, row.Collapsed, row.Id = new(r.Title), r.Folded, panelID(r.Title, "")
		row.GridPos = &dashboard.GridPos{H: 1, W: columns, Y: y}
		all = append(all, dashboard.PanelOrRowPanel{RowPanel: row})
		panels, height := p.lines(r, y+1)
		y++
		if r.Folded {
			row.Panels = panels // the next row follows at once: what is folded takes no room
			continue
		}
		for i := range panels {
			all = append(all, dashboard.PanelOrRowPanel{Panel: &panels[i]})
		}
		y += height
	}
	return all
}

// lines are the panels of a row, from y on, and the height of all.
func (p *Painter) lines(r Row, y uint32) (panels []dashboard.Panel, height uint32) {
	for _, l := range r.Lines {
		x := uint32(0)
		for _, panel := range l.Panels {
			w := l.width(panel)
			panels = append(panels, p.panel(panel, r.Title, dashboard.GridPos{H: l.Height, W: w, X: x, Y: y + height}))
			x += w
		}
		height += l.Height
	}
	return panels, height
}

func (l Line) width(p Panel) uint32 {
	if w := p.head().Width; w > 0 {
		return w
	}
	return columns / uint32(len(l.Panels))
}

// problems are mistakes of a description that Grafana would show to everybody.
func (d Dashboard) problems() []error {
	var all []error
	say := func(format string, args ...any) {
		all = append(all, fmt.Errorf("dashboard %s: %s", d.UID, fmt.Sprintf(format, args...)))
	}
	if d.UID == "" || len(d.UID) > 40 || d.Title == "" || d.About == "" {
		say("want a uid of at most 40 characters, a title and what it is about")
	}
	ids := map[uint32]string{}
	for _, r := range d.Rows {
		for _, l := range r.Lines {
			sum := uint32(0)
			for _, p := range l.Panels {
				title := p.head().Title
				sum += l.width(p)
				if other, taken := ids[panelID(r.Title, title)]; taken {
					say("%q has the id of %q: choose another title", title, other)
				}
				ids[panelID(r.Title, title)] = title
			}
			if sum != columns || l.Height == 0 {
				say("row %q: a line is %d wide and %d high: want %d and a height", r.Title, sum, l.Height, columns)
			}
		}
	}
	return all
}
