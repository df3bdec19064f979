package flow_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the table in docs/queue-flow.md")

const (
	page       = "../../../docs/queue-flow.md"
	tableBegin = "<!-- measured by the tests of collector/queue/flow, written by make golden -->\n"
	tableEnd   = "<!-- end of the table -->\n"
)

// table shows how well each scenario was measured.
func table() []byte {
	var b bytes.Buffer
	b.WriteString("| use of the list | messages | enqueued | dequeued | exact | order found | oldest seen late |\n|---|--:|--:|--:|--:|---|--:|\n")
	for _, o := range outcomes() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %.0f %% | %s | %s |\n",
			o.name, thousands(o.came), missed(o.enqueued, o.came), missed(o.dequeued, o.went), o.exact, o.orderFound(), o.late())
	}
	return b.Bytes()
}

// missed is by how much a counter is too low, in percent.
func missed(counted, truth float64) string {
	switch {
	case truth == 0:
		return "none"
	case counted == truth:
		return "0"
	}
	return fmt.Sprintf("%.2f %%", 100*(counted/truth-1))
}

func (o *outcome) orderFound() string {
	if o.noOrder {
		return "(none)"
	}
	return o.found.String()
}

// late is how long after it came the oldest message was first seen, in the
// median of all looks.
func (o *outcome) late() string {
	if len(o.seen) < 10 {
		return "empty"
	}
	return o.seen[len(o.seen)/2].Round(100 * time.Millisecond).String()
}

func thousands(n float64) string {
	digits := fmt.Sprintf("%.0f", n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func TestThePageShowsWhatWasMeasured(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := bytes.Cut(text, []byte(tableBegin))
	old, tail, ended := bytes.Cut(rest, []byte(tableEnd))
	if !found || !ended {
		t.Fatalf("%s has no place for the table", page)
	}
	measured := table()
	if *update {
		text = bytes.Join([][]byte{head, []byte(tableBegin), measured, []byte(tableEnd), tail}, nil)
		if err := os.WriteFile(page, text, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(string(old), "\n"), strings.Split(string(measured), "\n")); diff != "" {
		t.Errorf("%s (-want +got); if it is better so, run make golden:\n%s", page, diff)
	}
}
