package statuspage

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

const (
	// rowsShown bounds each table of queues. With it, and with names as long as they
	// may be, the page stays below 200 kB, which a test measures.
	rowsShown = 24
	// reasonsShown bounds the dead letters' reasons and what cannot be read.
	reasonsShown = 20
)

// cell is a place in a table.
type cell struct {
	Text  string
	Level level // neutral and good look alike: the word is in the column State
	Name  *name // in the place of Text: a name that somebody else has given
	Note  string
	Aside *name // below: another name that somebody else has given
	Graph *graph
	When  *moment // in the place of Text
}

// line is a row of a table.
type line struct {
	Level level
	Words []string // beside the level, in the column State
	Cells []cell
}

// table has the names of its rows in the first column, and a judgement in the
// second.
type table struct {
	ID, Title string
	Heads     []string
	Lines     []line
	Notes     []string
	Empty     string // the sentence in the place of no lines
}

// tableOf makes lines out of the queues that need attention most.
func tableOf(t table, rows []*row, cells func(*row) []cell) table {
	slices.SortStableFunc(rows, func(a, b *row) int { return cmp.Compare(b.level, a.level) })
	for i, w := range rows {
		if i == rowsShown {
			t.Notes = append(t.Notes, fmt.Sprintf("and %s more, which need no more attention than these; the metrics have all.", count(float64(len(rows)-i))))
			break
		}
		t.Lines = append(t.Lines, line{w.level, w.words, append([]cell{queueCell(w)}, cells(w)...)})
	}
	return t
}

func queueCell(w *row) cell {
	n := nameOf(w.queue.Key)
	c := cell{Name: &n}
	if w.queue.DB != 0 {
		c.Note = valkey.DatabaseName(w.queue.DB)
	}
	return c
}

// queues is the part of the page that is about queues.
type queues struct {
	now     time.Time
	axis    axis
	looks   bool // the queues are looked into
	history *history
	rows    []*row
}

// of are the queues of a role.
func (q *queues) of(role config.Role) []*row {
	var rows []*row
	for _, w := range q.rows {
		if w.entry.Role == role {
			rows = append(rows, w)
		}
	}
	return rows
}

func (q *queues) graph(w *row) cell {
	g := newGraph("depth", q.history.depths(w.queue), q.axis, count)
	g.limit(w.maxLength)
	if !q.history.keeps(w.queue) {
		return cell{Graph: g, Text: "not kept"}
	}
	return cell{Graph: g, Text: "too new"}
}

// number is what is not there, or not known: a page must not say 0 for it.
func (q *queues) number(v float64, write func(float64) string, l level) cell {
	switch {
	case !math.IsNaN(v):
		return cell{Text: write(v), Level: l}
	case !q.looks:
		return cell{Text: "not asked"}
	}
	return cell{Text: unknown}
}

// oldest is an age; an empty queue has none.
func (q *queues) oldest(w *row) cell {
	if w.depth == 0 && w.age() == 0 {
		return cell{Text: "none"}
	}
	return q.number(w.age(), seconds, w.ageLevel)
}

// threshold is a limit of the configuration.
func threshold(v float64, write func(float64) string) cell {
	if math.IsNaN(v) {
		return cell{Text: "none"}
	}
	return cell{Text: write(v)}
}

func depthCell(w *row) cell {
	if math.IsNaN(w.depth) {
		return cell{Text: unknown}
	}
	return cell{Text: count(w.depth), Level: w.depthLevel}
}

func (q *queues) work() table {
	t := table{
		ID: "work", Title: "Work", Empty: "No queue of the role work is configured or found.",
		Heads: []string{"Queue", "State", "Depth", "Limit", "Oldest", "Target", "In /s", "Out /s", "Empty in", "Last left", "Last " + q.axis.String()},
	}
	return tableOf(t, q.of(config.Work), func(w *row) []cell {
		return []cell{
			depthCell(w), threshold(w.maxLength, count),
			q.oldest(w), threshold(w.maxAge, seconds),
			q.flow(w, w.flow.in), q.flow(w, w.flow.out),
			q.drain(w), q.left(w), q.graph(w),
		}
	})
}

// flow is a rate, or a lower bound of it.
func (q *queues) flow(w *row, v float64) cell {
	if math.IsNaN(w.depth) {
		v = math.NaN()
	}
	return atLeast(w, q.number(v, rate, neutral))
}

// atLeast marks a number of which only a lower bound is known. A queue that is
// emptied at once may have nothing that was seen to come or go.
func atLeast(w *row, c cell) cell {
	if r := w.report; r != nil && c.Text != unknown && (r.Flow.Method == "" || !r.Flow.Exact) {
		c.Text = "≥ " + c.Text
	}
	return c
}

func (q *queues) drain(w *row) cell {
	switch {
	case w.depth == 0:
		return cell{Text: "empty"}
	case w.report == nil || math.IsNaN(w.depth):
		return q.number(math.NaN(), seconds, neutral)
	case math.IsNaN(w.report.Flow.Drain):
		return cell{Text: "not shrinking"}
	}
	return cell{Text: seconds(w.report.Flow.Drain), Level: w.drainLevel}
}

func (q *queues) left(w *row) cell {
	switch {
	case w.depth == 0:
		return cell{Text: "empty"}
	case w.report == nil || math.IsNaN(w.report.Flow.Stalled):
		return q.number(math.NaN(), seconds, neutral)
	}
	return cell{Text: seconds(w.report.Flow.Stalled) + " ago", Level: w.stallLevel}
}

func (q *queues) hand() table {
	t := table{
		ID: "hand", Title: "In hand", Empty: "No queue of the role processing is configured or found.",
		Heads: []string{"Queue", "State", "Worker", "Jobs", "Oldest", "Target", "Idle", "Expires in", "Last " + q.axis.String()},
	}
	return tableOf(t, q.of(config.Processing), func(w *row) []cell {
		p := &health.Processing{Idle: math.NaN(), TTL: math.NaN()}
		if w.report != nil && w.report.Processing != nil {
			p = w.report.Processing
		}
		worker := cell{Text: "shared"}
		if p.Worker != "" {
			n := name{Text: nameOf(p.Worker).Text} // the rest is in the key
			worker = cell{Name: &n}
		}
		ttl := cell{Text: "never"}
		switch {
		case !math.IsNaN(p.TTL):
			ttl = cell{Text: seconds(p.TTL), Level: w.ttlLevel}
		case w.report == nil || math.IsNaN(w.depth):
			ttl = q.number(math.NaN(), seconds, neutral)
		case w.depth == 0:
			ttl = cell{Text: "empty"}
		}
		idle := q.number(p.Idle, seconds, w.idleLevel)
		if w.depth == 0 && math.IsNaN(p.Idle) {
			idle = cell{Text: "empty"}
		}
		return []cell{
			worker, depthCell(w), q.oldest(w), threshold(w.maxAge, seconds),
			idle, ttl, q.graph(w),
		}
	})
}

// newLettersWindow is that of the alert on new dead letters.
const newLettersWindow = 15 * time.Minute

func (q *queues) dead() table {
	t := table{
		ID: "dead", Title: "Dead letters", Empty: "No queue of the role dead_letter is configured or found.",
		Heads: []string{"Queue", "State", "Letters", "Limit", "Oldest", "Target", "New", "Last " + q.axis.String()},
	}
	return tableOf(t, q.of(config.DeadLetter), func(w *row) []cell {
		lately := q.history.flow(w.queue, q.now, newLettersWindow)
		fresh := atLeast(w, q.number(lately.came, count, neutral))
		if lately.over > 0 {
			fresh.Note = "in " + seconds(lately.over)
		}
		return []cell{
			depthCell(w), threshold(w.maxLength, count),
			q.oldest(w), threshold(w.maxAge, seconds), fresh, q.graph(w),
		}
	})
}

// reason is why letters died.
type reason struct {
	Queue, Text name
	Count       string
	Share       int // of 100, of those that were read
}

// reasons are those of the letters that were read, queue by queue.
func (q *queues) reasons() (all []reason, more int) {
	for _, w := range q.of(config.DeadLetter) {
		if w.report == nil {
			continue
		}
		sum := 0.0
		for _, r := range w.report.DeadLetters {
			sum += r.Count
		}
		for _, r := range w.report.DeadLetters {
			all = append(all, reason{name{Text: nameOf(w.queue.Key).Text}, nameOf(r.Text), count(r.Count), int(math.Round(100 * share(r.Count, sum)))})
		}
	}
	if len(all) > reasonsShown {
		return all[:reasonsShown], len(all) - reasonsShown
	}
	return all, 0
}

// unreadable is a queue of which the server does not tell the length.
type unreadable struct {
	Queue name
	DB    string
	Why   string
}

// whys are the reasons in a sentence.
var whys = map[string]string{
	valkey.ReasonDenied:      "the ACL of the exporter's user forbids the key or the command",
	valkey.ReasonUnknown:     "the server has no such command, or it was renamed",
	valkey.ReasonWrongType:   "the key is no list, set, sorted set or stream",
	valkey.ReasonNoDB:        "the server has no database of that number",
	valkey.ReasonMoved:       "another node of the cluster has the key",
	valkey.ReasonUnavailable: "the server does not serve the key at present",
}

// unreadable lists a queue that the server does not let us read. One that
// another node of a cluster has is read there.
func (c *composer) unreadable(v *view, entry config.Queue, r *valkey.Reading) {
	u := unreadable{Queue: nameOf(r.Queue.Key), Why: cmp.Or(whys[r.Reason], r.Reason)}
	if r.Queue.DB != 0 {
		u.DB = valkey.DatabaseName(r.Queue.DB)
	}
	l := neutral
	if r.Reason != valkey.ReasonMoved {
		told := len(c.problems)
		l = c.severity(alert.QueueUnreadable)
		c.tell(l, alert.QueueUnreadable, fmt.Sprintf("%s cannot be read: %s.", u.Queue.Text, u.Why), "")
		c.because(told, []string{r.Reason})
	}
	c.unread = append(c.unread, Queue{r.Queue, entry, nil, nan, nan, l.Word(), []string{"cannot be read"}})
	if len(v.Unreadable) == reasonsShown {
		v.MoreUnreadable++
		return
	}
	v.Unreadable = append(v.Unreadable, u)
}
