package payload

import (
	"bytes"
	"time"
)

// date reads a date with a time of day: RFC 3339, or what languages print
// instead of it, as 2024-01-02 03:04:05.678901 +0000 UTC and 2024/01/02
// 03:04:05. Without a zone it is UTC. Names of other zones are not understood:
// they are ambiguous.
func date(text []byte) (time.Time, bool) {
	d := clockface{text: text, ok: len(text) >= len("2006-01-02T15:04")}
	if !d.ok || text[4] != '-' && text[4] != '/' {
		return time.Time{}, false
	}
	year, month, day := d.number(4), d.after(text[4]), d.after(text[4])
	d.dateEnd()
	hour, minute := d.number(2), d.after(':')
	second, nano := 0, 0
	if d.peek() == ':' {
		second, nano = d.after(':'), d.fraction()
	}
	offset := d.zone()
	if !d.ok || len(d.text) > 0 || hour > 23 || minute > 59 || second > 60 {
		return time.Time{}, false
	}
	at := time.Date(year, time.Month(month), day, hour, minute, 0, nano, time.UTC)
	if at.Year() != year || at.Month() != time.Month(month) || at.Day() != day {
		return time.Time{}, false
	}
	return at.Add(time.Duration(second)*time.Second - offset), true
}

// clockface reads a date from the front of a text. Once something is wrong it
// stays wrong.
type clockface struct {
	text []byte
	ok   bool
}

func (d *clockface) peek() byte {
	if len(d.text) == 0 {
		return 0
	}
	return d.text[0]
}

// number reads as many digits.
func (d *clockface) number(size int) int {
	if len(d.text) < size {
		d.ok = false
		return 0
	}
	n := 0
	for _, c := range d.text[:size] {
		d.ok = d.ok && isDigit(c)
		n = n*10 + int(c-'0')
	}
	d.text = d.text[size:]
	return n
}

// after reads a separator and two digits.
func (d *clockface) after(separator byte) int {
	if d.peek() != separator {
		d.ok = false
		return 0
	}
	d.text = d.text[1:]
	return d.number(2)
}

// dateEnd reads what separates the date from the time of day.
func (d *clockface) dateEnd() {
	switch d.peek() {
	case 'T', 't', ' ':
		d.text = d.text[1:]
	default:
		d.ok = false
	}
}

// fraction reads a fraction of a second in nanoseconds.
func (d *clockface) fraction() int {
	if c := d.peek(); c != '.' && c != ',' {
		return 0
	}
	d.text = d.text[1:]
	nano, unit := 0, int(time.Second)
	if !isDigit(d.peek()) {
		d.ok = false
	}
	for isDigit(d.peek()) {
		unit /= 10
		nano += int(d.text[0]-'0') * unit
		d.text = d.text[1:]
	}
	return nano
}

// zone reads an offset from UTC, or a name of UTC, or both; nothing is UTC too.
func (d *clockface) zone() time.Duration {
	d.text = bytes.TrimLeft(d.text, " ")
	var offset time.Duration
	if sign := d.peek(); sign == '+' || sign == '-' {
		d.text = d.text[1:]
		offset = time.Duration(d.number(2)) * time.Hour
		if d.peek() == ':' {
			d.text = d.text[1:]
		}
		if isDigit(d.peek()) {
			offset += time.Duration(d.number(2)) * time.Minute
		}
		if sign == '-' {
			offset = -offset
		}
		d.ok = d.ok && offset.Abs() < 24*time.Hour
	}
	switch string(bytes.TrimLeft(d.text, " ")) {
	case "Z", "z", "UTC", "GMT", "Z[UTC]":
		d.text = nil
	}
	return offset
}
