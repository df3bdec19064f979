package statuspage

import (
	"time"

	"valkey-exporter/internal/humanize"
)

// unknown is what the page writes for a number that nobody has told.
const unknown = humanize.Unknown

// Numbers and names are written as elsewhere.
var (
	count   = humanize.Count
	rate    = humanize.Rate
	size    = humanize.Size
	percent = humanize.Percent
	seconds = humanize.Seconds
	took    = humanize.Took
	shown   = humanize.Shown
	plural  = humanize.Plural
	isOrAre = humanize.IsOrAre
)

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
