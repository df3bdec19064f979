package grafana

// Dashboard is a page that answers a question.
type Dashboard struct {
	UID   string // of its address, stable
	Title string
	About string // the question, for those who look for the right dashboard
	From  string // start of the time that is shown at first, such as now-6h
	Rows  []Row

	// Queues says whether queues can be chosen. The variable exists on all
	// dashboards, so that links pass the choice on.
	Queues Queues
}

// Queues says whether queues can be chosen.
type Queues int

// What can be chosen.
const (
	NoQueues  Queues = iota // the variable is hidden
	AnyQueues               // one, several or all
	OneQueue
)

// Row is a group of panels under a heading.
type Row struct {
	Title  string
	Folded bool // closed until somebody opens it, which also saves its queries
	Lines  []Line
}

// Line are panels side by side. Their widths add up to 24, or are equal when none
// is given.
type Line struct {
	Height uint32 // in units of the grid, 38 pixels each
	Panels []Panel
}

// Panel is a graph, a tile, a table, a timeline or a heat map.
type Panel interface {
	// What is common to all kinds.
	head() Head
	// queries are those of the panel, in the order of their references A, B, C.
	queries() []Query
	// marks are the numbers that the panel judges by.
	marks() []Mark
	// draw makes what is peculiar to the kind.
	draw(p *Painter) drawing
}

// Panels are all panels of the dashboard in reading order.
func (d Dashboard) Panels() []Panel {
	var all []Panel
	for _, r := range d.Rows {
		for _, l := range r.Lines {
			all = append(all, l.Panels...)
		}
	}
	return all
}
