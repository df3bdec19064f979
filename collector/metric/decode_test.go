package metric

import (
	"errors"
	"math"
	"testing"
)

func TestDecoders(t *testing.T) {
	paused := busy("none", "write", "all")
	for _, c := range []struct {
		name   string
		decode Decoder
		text   string
		want   float64
	}{
		{"number", number, "42", 42},
		{"number", number, "-1", -1},
		{"number", number, "1.10", 1.1},
		{"micros", micros, "1057", 0.001057},
		{"millis", millis, "1500", 1.5},
		{"percent", percent, "97.3", 0.973},
		{"percent", percent, "97.3%", 0.973},
		{"quotient", quotient, "1.10", 1.1},
		{"flag", flag, "0", 0},
		{"flag", flag, "1", 1},
		{"okErr", okErr, "ok", 1},
		{"okErr", okErr, "err", 0},
		{"busy", paused, "none", 0},
		{"busy", paused, "write", 1},
		{"busy", paused, "all", 1},
		{"untilExpiry", untilExpiry, "86400", 86400},
		{"untilExpiry", untilExpiry, "-5", -5},
	} {
		got, err := c.decode(c.text)
		if err != nil || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s(%q): got %v, %v, want %v", c.name, c.text, got, err, c.want)
		}
	}
}

func TestDecodersRefuseWhatTheyDoNotKnow(t *testing.T) {
	for _, c := range []struct {
		name   string
		decode Decoder
		text   string
	}{
		{"number", number, ""},
		{"number", number, "1.36M"},
		{"number", number, "NaN"},
		{"number", number, "inf"},
		{"quotient", quotient, "x"},
		{"micros", micros, "x"},
		{"millis", millis, "x"},
		{"percent", percent, "%"},
		{"flag", flag, "2"},
		{"flag", flag, "yes"},
		{"okErr", okErr, "fail"},
		{"busy", busy("none", "write"), "read"},
		{"untilExpiry", untilExpiry, "none"},
	} {
		if got, err := c.decode(c.text); err == nil || errors.Is(err, ErrAbsent) {
			t.Errorf("%s(%q): got %v, %v, want an error", c.name, c.text, got, err)
		}
	}
}

func TestNoValueIsNotZero(t *testing.T) {
	for _, c := range []struct {
		name   string
		decode Decoder
		text   string
	}{
		{"a server without a certificate", untilExpiry, "0"},
		{"an allocator without statistics", quotient, "-nan"},
		{"an allocator that holds nothing", quotient, "inf"},
	} {
		if got, err := c.decode(c.text); !errors.Is(err, ErrAbsent) {
			t.Errorf("%s: %q: got %v, %v, want ErrAbsent", c.name, c.text, got, err)
		}
	}
}
