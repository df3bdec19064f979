// Package healthyday keeps what Prometheus sees of servers on which nothing is
// wrong. A test of this package records it from the real exporter, real servers
// and the mock application (make record); a test of the rules plays it back for
// hours and expects that no alert fires.
package healthyday

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Recording is what Prometheus would have stored of some scrapes of all targets
// of a job.
type Recording struct {
	Start    time.Time     // of the first scrape
	Interval time.Duration // from scrape to scrape
	Scrapes  int
	Restart  int      // the scrape that found a server down which was restarted; 0: none was
	Series   []Series // sorted by name
}

// Series is one time series: a value for each scrape, NaN where there was none.
type Series struct {
	Name   string // with labels, as in `redis_up{instance="valkey-1:9121",job="valkey"}`
	Values []float64
}

// Family is the name without labels.
func (s Series) Family() string {
	family, _, _ := strings.Cut(s.Name, "{")
	return family
}

// missing is the value where a scrape had none.
var missing = math.NaN()

// Write is the recording as text: a line for each series with values in the
// notation of promtool, in which 5x3 is 5 and the same three times more, and
// 5+2x3 is 5, 7, 9 and 11. Equal recordings have equal texts.
func (r Recording) Write(about string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n# Written by make record.\n", about)
	fmt.Fprintf(&b, "start %d\ninterval %s\nscrapes %d\nrestart %d\n", r.Start.Unix(), r.Interval, r.Scrapes, r.Restart)
	for _, s := range r.Series {
		fmt.Fprintf(&b, "%s %s\n", s.Name, s.Notation())
	}
	return b.Bytes()
}

// Notation is the values as promtool reads them, with runs of equal values and of
// equal steps in short. A series that ends is marked as stale, as Prometheus does.
func (s Series) Notation() string {
	var words []string
	for i := 0; i < len(s.Values); {
		if i > 0 && math.IsNaN(s.Values[i]) && !math.IsNaN(s.Values[i-1]) {
			words = append(words, ended)
			i++
			continue
		}
		step, n := run(s.Values[i:])
		words = append(words, word(s.Values[i], step, n))
		i += n + 1
	}
	return strings.Join(words, " ")
}

// Words for a scrape without a value: of a series that the scrape before had, and
// of others.
const (
	ended  = "stale"
	absent = "_"
)

// run is how many further values go on from the first in equal steps. Steps of
// fractions are not counted: they would add up to something else when read.
func run(values []float64) (step float64, n int) {
	first := values[0]
	for n+1 < len(values) && same(values[n+1], first) {
		n++
	}
	if n > 0 || len(values) < 4 || first != math.Trunc(first) {
		return 0, n
	}
	step = values[1] - first
	if step != math.Trunc(step) { // also true of a value that is missing
		return 0, 0
	}
	for n+1 < len(values) && values[n+1]-values[n] == step {
		n++
	}
	if n < 3 {
		return 0, 0
	}
	return step, n
}

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func word(v, step float64, n int) string {
	text := absent
	if !math.IsNaN(v) {
		text = number(v)
	}
	switch {
	case n == 0:
		return text
	case step == 0:
		return fmt.Sprintf("%sx%d", text, n)
	case step < 0:
		return fmt.Sprintf("%s-%sx%d", text, number(-step), n)
	}
	return fmt.Sprintf("%s+%sx%d", text, number(step), n)
}

// number writes a value without an exponent, which the notation has no room for.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// Read is the opposite of Write.
func Read(text []byte) (Recording, error) {
	r := Recording{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for n := 1; lines.Scan(); n++ {
		if err := r.readLine(lines.Text()); err != nil {
			return Recording{}, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return r, lines.Err()
}

func (r *Recording) readLine(line string) error {
	name, value, _ := strings.Cut(line, " ")
	var err error
	switch name {
	case "#":
	case "start":
		var seconds int64
		seconds, err = strconv.ParseInt(value, 10, 64)
		r.Start = time.Unix(seconds, 0)
	case "interval":
		r.Interval, err = time.ParseDuration(value)
	case "scrapes":
		r.Scrapes, err = strconv.Atoi(value)
	case "restart":
		r.Restart, err = strconv.Atoi(value)
	default:
		return r.readSeries(line)
	}
	return err
}

// readSeries reads a line with a series. Values hold no brace, labels may.
func (r *Recording) readSeries(line string) error {
	end := strings.LastIndex(line, "} ")
	if end < 0 {
		return fmt.Errorf("want a series with labels and values, not %.60q", line)
	}
	s := Series{Name: line[:end+1]}
	for word := range strings.FieldsSeq(line[end+1:]) {
		values, err := readWord(word)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		s.Values = append(s.Values, values...)
	}
	if len(s.Values) != r.Scrapes {
		return fmt.Errorf("%s: %d values, want %d", s.Name, len(s.Values), r.Scrapes)
	}
	r.Series = append(r.Series, s)
	return nil
}

func readWord(word string) ([]float64, error) {
	text, times, repeated := strings.Cut(word, "x")
	n := 0
	var err error
	if repeated {
		n, err = strconv.Atoi(times)
	}
	start, step, err2 := readSteps(text)
	if err = errors.Join(err, err2); err != nil {
		return nil, fmt.Errorf("value %q: %w", word, err)
	}
	values := make([]float64, n+1)
	for i := range values {
		values[i] = start + float64(i)*step
	}
	return values, nil
}

// readSteps reads `_`, `stale`, `5`, `5+2` or `5-2`; a sign at the start belongs to the
// number.
func readSteps(text string) (start, step float64, err error) {
	if text == absent || text == ended {
		return missing, 0, nil
	}
	if i := strings.LastIndexAny(text, "+-"); i > 0 {
		if step, err = strconv.ParseFloat(text[i:], 64); err != nil {
			return 0, 0, err
		}
		text = text[:i]
	}
	start, err = strconv.ParseFloat(text, 64)
	return start, step, err
}
