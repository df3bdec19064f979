package statuspage

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"valkey-exporter/collector/metric"
)

// unknown is what the page writes for a number that nobody has told.
const unknown = "unknown"

// count is a number of things: 12,345.
func count(v float64) string {
	if math.IsNaN(v) {
		return unknown
	}
	digits := strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// rate is a number a second, with as many digits as matter.
func rate(v float64) string {
	switch {
	case math.IsNaN(v):
		return unknown
	case v == 0:
		return "0"
	case v < 0.01:
		return "< 0.01"
	case v < 10:
		return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 2, 64), ".00")
	case v < 100:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return count(v)
}

// size is a number of bytes: 812 MiB.
func size(v float64) string {
	if math.IsNaN(v) {
		return unknown
	}
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	i := 0
	for ; v >= 1000 && i < len(units)-1; i++ {
		v /= 1024
	}
	digits := 2
	if i == 0 || v >= 100 {
		digits = 0
	} else if v >= 10 {
		digits = 1
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + " " + units[i]
}

// percent is a share of 1. It is cut and not rounded: 69.96 % is not yet 70 %.
func percent(v float64) string {
	if math.IsNaN(v) {
		return unknown
	}
	tenths := math.Floor(v*1000 + 1e-9)
	if math.Mod(tenths, 10) == 0 {
		return fmt.Sprintf("%.0f %%", tenths/10)
	}
	return fmt.Sprintf("%.1f %%", tenths/10)
}

// spans are the units of a time.
var spans = []struct {
	seconds int64
	unit    string
}{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}

// seconds is a time in its two largest units: 42 s, 12 min 5 s, 3 h, 2 d 4 h.
func seconds(v float64) string {
	switch {
	case math.IsNaN(v):
		return unknown
	case v < 0:
		return "-" + seconds(-v)
	case v > 0 && v < 1:
		return "< 1 s"
	}
	rest := int64(math.Min(v, 1e12))
	for i, s := range spans {
		n := rest / s.seconds
		if n == 0 {
			continue
		}
		text := fmt.Sprintf("%d %s", n, s.unit)
		if i+1 < len(spans) {
			if small := rest % s.seconds / spans[i+1].seconds; small > 0 {
				text += fmt.Sprintf(" %d %s", small, spans[i+1].unit)
			}
		}
		return text
	}
	return "0 s"
}

// took is how long a scrape took.
func took(d time.Duration) string {
	if d >= time.Second {
		return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s"
	}
	return strconv.FormatFloat(float64(d.Microseconds())/1e3, 'f', 1, 64) + " ms"
}

// moment is a time for people and for programs.
type moment struct{ Text, Machine string }

func momentOf(t time.Time) moment {
	return moment{t.UTC().Format("2006-01-02 15:04:05") + " UTC", t.UTC().Format(time.RFC3339)}
}

// clock is a time of the last hours.
func clock(t time.Time) moment {
	return moment{t.UTC().Format("15:04:05"), t.UTC().Format(time.RFC3339)}
}

const (
	// nameShown is how much of a name is shown, in characters.
	nameShown = 60
	// nameTold is how much of it is told when one points at it.
	nameTold = 120
)

// name is a text of the server's, such as a key: any bytes, of any length, by
// anybody.
type name struct {
	Text string
	Full string // empty if Text is all
}

func nameOf(key string) name {
	if key == "" {
		return name{Text: "(empty name)"}
	}
	n := name{Text: shown(key, nameShown)}
	if full := shown(key, nameTold); full != n.Text {
		n.Full = full
	}
	return n
}

// shown writes what cannot be seen, or turns the direction of what follows, as
// it is written in a program, and cuts what is too long: most characters, and no
// more than three bytes of HTML for each, which a name of nothing but quotation
// marks would have.
func shown(text string, most int) string {
	head := text[:min(len(text), 4*most)] // more than will be shown of it
	var b strings.Builder
	n, cost := 0, 0
	for _, r := range metric.LabelValue(head) {
		written := visible(r)
		if cost += len(html.EscapeString(written)); n == most || cost > 3*most {
			fmt.Fprintf(&b, "… (%s bytes)", count(float64(len(text))))
			break
		}
		b.WriteString(written)
		n++
	}
	return b.String()
}

func visible(r rune) string {
	switch {
	case unicode.IsPrint(r):
		return string(r)
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// isOrAre is "1 queue is", "12 queues are".
func isOrAre(n int, thing string) string {
	if n == 1 {
		return plural(n, thing) + " is"
	}
	return plural(n, thing) + " are"
}

// plural is "1 queue", "12 queues".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return count(float64(n)) + " " + thing + "s"
}
