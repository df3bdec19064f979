package metric

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Decoder turns the text of an INFO field into the exposed value. A word that
// it does not know is an error, never a zero: a new state of the server must
// be noticed instead of being read as healthy.
type Decoder func(string) (float64, error)

// ErrAbsent says that the field's text is the server's way of having no value.
// No sample comes of it, and it is no fault of the reply.
var ErrAbsent = errors.New("the server has no value")

// number reads a decimal number as it stands. The "nan" and "inf" that
// strconv would understand are no readings.
func number(s string) (float64, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("want a number, got %q", s)
	}
	return v, nil
}

// quotient reads a ratio that the server computed. It divides by 0 on an
// allocator without statistics: then there is no ratio.
func quotient(s string) (float64, error) {
	switch strings.TrimPrefix(s, "-") {
	case "nan", "inf":
		return 0, ErrAbsent
	}
	return number(s)
}

// micros reads microseconds and yields seconds.
func micros(s string) (float64, error) { v, err := number(s); return v / 1e6, err }

// millis reads milliseconds and yields seconds.
func millis(s string) (float64, error) { v, err := number(s); return v / 1e3, err }

// percent reads "97.3" or "97.3%" and yields the ratio 0.973.
func percent(s string) (float64, error) {
	if n := len(s); n > 0 && s[n-1] == '%' {
		s = s[:n-1]
	}
	v, err := number(s)
	return v / 100, err
}

// flag reads 0 or 1.
func flag(s string) (float64, error) {
	switch s {
	case "0":
		return 0, nil
	case "1":
		return 1, nil
	}
	return 0, fmt.Errorf("want 0 or 1, got %q", s)
}

// okErr reads "ok" as 1 and "err" as 0.
func okErr(s string) (float64, error) { return word(s, "ok", "err") }

// UpDown reads "up" as 1 and "down" as 0.
func UpDown(s string) (float64, error) { return word(s, "up", "down") }

// word reads one of two words as 1 or 0.
func word(s, yes, no string) (float64, error) {
	switch s {
	case yes:
		return 1, nil
	case no:
		return 0, nil
	}
	return 0, fmt.Errorf("want %s or %s, got %q", yes, no, s)
}

// busy reads the word for rest as 0 and each of the words for activity as 1.
func busy(rest string, active ...string) Decoder {
	return func(s string) (float64, error) {
		switch {
		case s == rest:
			return 0, nil
		case slices.Contains(active, s):
			return 1, nil
		}
		return 0, fmt.Errorf("want one of %q, got %q", append([]string{rest}, active...), s)
	}
}

// untilExpiry reads the seconds until a certificate expires. The server sends
// 0 when it has no certificate, which must not look like one that expires now.
func untilExpiry(s string) (float64, error) {
	if s == "0" {
		return 0, ErrAbsent
	}
	return number(s)
}
