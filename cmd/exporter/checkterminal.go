package main

import (
	"fmt"
	"math"
	"os"

	"golang.org/x/term"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/checkup"
	"valkey-exporter/internal/humanize"
)

// plainWidth is that of a report which does not go to a terminal.
const plainWidth = 80

// styleOf is how to write to a file. Colours are for terminals that have them, and for
// people who want them: https://no-color.org.
func styleOf(to *os.File) checkup.Style {
	style := checkup.Style{Width: plainWidth}
	if !isTerminal(to) {
		return style
	}
	if width, _, err := term.GetSize(int(to.Fd())); err == nil && width > 0 {
		style.Width = width
	}
	style.Colour = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return style
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// progressBar is the line on a terminal that says how far the walk is. A nil one
// says nothing.
type progressBar struct {
	to    *os.File
	width int
	keys  float64 // there are about so many; NaN: nobody knows
}

func (c *checkRun) progress() *progressBar {
	if !isTerminal(os.Stderr) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &progressBar{to: os.Stderr, width: styleOf(os.Stderr).Width, keys: keys(c.snapshot)}
}

// clearLine goes to the begin of the line and deletes what is there.
const clearLine = "\r\x1b[K"

func (b *progressBar) show(met int64) {
	if b == nil {
		return
	}
	text := "watching; keys counted: " + metKeys(met)
	if b.keys > 0 {
		text += fmt.Sprintf(" of %s (%s)", humanize.Count(b.keys), humanize.Percent(min(float64(met)/b.keys, 1)))
	}
	fmt.Fprint(b.to, clearLine+text[:min(len(text), b.width-1)])
}

func (b *progressBar) clear() {
	if b != nil {
		fmt.Fprint(b.to, clearLine)
	}
}

// keys is how many there are in all databases; NaN if the server does not say.
func keys(s valkey.Snapshot) float64 {
	if s.Err != nil {
		return math.NaN()
	}
	sum := 0.0
	for _, k := range s.Info.Keyspaces {
		sum += k.Keys
	}
	return sum
}

func keysOf(s valkey.Snapshot) string {
	if n := keys(s); !math.IsNaN(n) {
		return humanize.Plural(int(n), "key")
	}
	return "an unknown number"
}

func metKeys(met int64) string { return humanize.Count(float64(met)) }
