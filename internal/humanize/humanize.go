// Package humanize writes numbers and names of a server for people.
package humanize

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

// Unknown is what is written for a number that nobody has told.
const Unknown = "unknown"

// Count is a number of things: 12,345.
func Count(v float64) string {
	if math.IsNaN(v) {
		return Unknown
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

// Rate is a number a second, with as many digits as matter.
func Rate(v float64) string {
	switch {
	case math.IsNaN(v):
		return Unknown
	case v == 0:
		return "0"
	case v < 0.01:
		return "< 0.01"
	case v < 10:
		return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 2, 64), ".00")
	case v < 100:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return Count(v)
}

// Size is a number of bytes: 812 MiB.
func Size(v float64) string {
	if math.IsNaN(v) {
		return Unknown
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

// Percent is a share of 1. It is cut and not rounded: 69.96 % is not yet 70 %.
func Percent(v float64) string {
	if math.IsNaN(v) {
		return Unknown
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

// Seconds is a time in its two largest units: 42 s, 12 min 5 s, 3 h, 2 d 4 h.
func Seconds(v float64) string {
	switch {
	case math.IsNaN(v):
		return Unknown
	case v < 0:
		return "-" + Seconds(-v)
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

// Took is how long a scrape took.
func Took(d time.Duration) string {
	if d >= time.Second {
		return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s"
	}
	return strconv.FormatFloat(float64(d.Microseconds())/1e3, 'f', 1, 64) + " ms"
}

// Shown writes what cannot be seen, or turns the direction of what follows, as
// it is written in a program, and cuts what is too long: most characters, and no
// more than three bytes of HTML for each, which a name of nothing but quotation
// marks would have.
func Shown(text string, most int) string {
	head := text[:min(len(text), 4*most)] // more than will be shown of it
	var b strings.Builder
	n, cost := 0, 0
	for _, r := range metric.LabelValue(head) {
		written := visible(r)
		if cost += len(html.EscapeString(written)); n == most || cost > 3*most {
			fmt.Fprintf(&b, "… (%s bytes)", Count(float64(len(text))))
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

// IsOrAre is "1 queue is", "12 queues are".
func IsOrAre(n int, thing string) string {
	if n == 1 {
		return Plural(n, thing) + " is"
	}
	return Plural(n, thing) + " are"
}

// Plural is "1 queue", "12 queues".
func Plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return Count(float64(n)) + " " + thing + "s"
}
