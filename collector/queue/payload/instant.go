package payload

import "time"

// tolerance is how far ahead of ours a producer's clock may be.
const tolerance = 5 * time.Minute

// earliest is before any message that still waits. What claims to be older is
// something else: a counter, a birthday, a clock that was never set.
var earliest = time.Date(2015, time.January, 1, 0, 0, 0, 0, time.UTC)

// claim is what a value says about time.
type claim int

const (
	noTime  claim = iota // it is not a time, or one that was not set
	badTime              // it is a number or a date that cannot be right
	aTime
)

// judge is what is wrong with a time, empty if nothing is.
func judge(at time.Time, is claim, now time.Time) (failure string) {
	switch {
	case is == badTime, at.Before(earliest):
		return Absurd
	case at.After(now.Add(tolerance)):
		return Future
	}
	return ""
}

// instant reads a time: a number of seconds, milliseconds, microseconds or
// nanoseconds since 1970, as a number or in a string, or a date with a time of
// day.
func instant(v value) (time.Time, claim) {
	if len(v) == 0 || v[0] == '{' || v[0] == '[' {
		return time.Time{}, noTime
	}
	text := v.text()
	if v.is('"') {
		text = trim(text)
	}
	if at, ok := date(text); ok {
		if at.Year() == 1 { // how Go and .NET write a time that was not set
			return time.Time{}, noTime
		}
		return at, aTime
	}
	return epoch(text)
}

// digits is how many digits a number of nanoseconds since 1970 has, from 2001 to
// 2286; in the other units it has three, six or nine fewer before the point.
const digits = 19

// epoch reads a number since 1970. The unit follows from the number of digits
// before the point. It is exact to the nanosecond, as float64 would not be.
func epoch(text []byte) (time.Time, claim) {
	n, ok := decimal(text)
	switch {
	case !ok || n.mantissa == 0:
		return time.Time{}, noTime
	case n.negative:
		return time.Time{}, badTime
	}
	switch n.point {
	case digits, digits - 3, digits - 6, digits - 9:
		const second = uint64(time.Second)
		return time.Unix(int64(n.mantissa/second), int64(n.mantissa%second)).UTC(), aTime
	}
	return time.Time{}, badTime
}

// number is ±0.mantissa * 10^point. The mantissa has as many digits as the
// constant says, the first of which is not 0; those behind are dropped.
type number struct {
	negative bool
	mantissa uint64
	point    int
}

// decimal reads a number as JSON writes it, with any number of zeros in front.
func decimal(text []byte) (n number, ok bool) {
	if len(text) > 0 && text[0] == '-' {
		n.negative = true
		text = text[1:]
	}
	rest := n.digits(text)
	exponent, ok := exponent(rest)
	n.point += exponent
	return n, ok && len(rest) < len(text)
}

// digits reads the digits of a number, with or without a point, and returns what
// follows.
func (n *number) digits(text []byte) (rest []byte) {
	have, fraction := 0, false
	for at, c := range text {
		switch {
		case c == '.' && at > 0 && !fraction:
			fraction = true
			continue
		case !isDigit(c):
			n.fill(have)
			return text[at:]
		case have > 0 || c != '0':
			if have < digits {
				n.mantissa = n.mantissa*10 + uint64(c-'0')
				have++
			}
			if !fraction {
				n.point++
			}
		case fraction:
			n.point--
		}
	}
	n.fill(have)
	return nil
}

// fill adds zeros to the mantissa until it has all its digits.
func (n *number) fill(have int) {
	for ; n.mantissa > 0 && have < digits; have++ {
		n.mantissa *= 10
	}
}

// exponent reads what may follow the digits of a number.
func exponent(text []byte) (e int, ok bool) {
	if len(text) == 0 {
		return 0, true
	}
	if text[0]|0x20 != 'e' {
		return 0, false
	}
	text = text[1:]
	sign := 1
	if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
		if text[0] == '-' {
			sign = -1
		}
		text = text[1:]
	}
	for _, c := range text {
		if !isDigit(c) {
			return 0, false
		}
		e = min(e*10+int(c-'0'), 1_000_000)
	}
	return sign * e, len(text) > 0
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
