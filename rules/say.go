package rules

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/prometheus/common/model"

	"valkey-exporter/config"
)

// Sayer puts the values of thresholds into texts.
type Sayer struct {
	Thresholds config.Thresholds
	For        time.Duration // what {for} stands for
}

// placeholder is a threshold's name in braces. Templates of Prometheus have two,
// with a space inside.
var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// byName finds thresholds.
var byName = func() map[string]config.Threshold {
	all := map[string]config.Threshold{}
	for _, t := range config.AllThresholds() {
		all[t.String()] = t
	}
	return all
}()

// Say replaces the placeholders of a text. It panics on one that is not known,
// which a test excludes.
func (s Sayer) Say(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		name := p[1 : len(p)-1]
		if name == "for" {
			return model.Duration(s.For).String()
		}
		t, ok := byName[name]
		if !ok {
			panic(fmt.Sprintf("rules: no threshold %s, in %q", p, text))
		}
		return s.Value(t)
	})
}

// Value is the value of a threshold in human units, or "off".
func (s Sayer) Value(t config.Threshold) string {
	value, on := s.Thresholds.Get(t)
	if !on {
		return "off"
	}
	switch t.Measure() {
	case config.Share:
		return plain(value*100) + " %"
	case config.TimeSpan:
		return config.HumanDuration(value)
	case config.ByteCount:
		return plain(value/(1<<20)) + " MiB"
	case config.Multiple:
		return plain(value) + " times"
	case config.Number:
	}
	return plain(value)
}

// plain is a number without the noise of binary fractions.
func plain(f float64) string {
	return strconv.FormatFloat(math.Round(f*1e6)/1e6, 'f', -1, 64)
}
