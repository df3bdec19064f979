package config

import "testing"

func TestTheNearestNameIsSuggested(t *testing.T) {
	known := []string{"key", "pattern", "db", "role", "max_length", "max_age", "severity"}
	tests := map[string]string{
		"Key":                    "key",
		"keys":                   "key",
		"ptatern":                "pattern",
		"maxLength":              "max_length",
		"max_len":                "max_length",
		"max-age":                "max_age",
		"severty":                "severity",
		"sev":                    "severity",
		"database":               "",
		"colour":                 "",
		"":                       "",
		"max_age_and_a_lot_more": "",
	}
	for name, want := range tests {
		if got := nearest(name, known); got != want {
			t.Errorf("nearest(%q): want %q, got %q", name, want, got)
		}
	}
}

func TestLimitsAndQueuesHaveNames(t *testing.T) {
	tests := map[string]string{
		At(12).String():                     "12",
		Limit[int64]{}.String():             "off",
		Queue{Key: "a\xff", DB: 1}.String(): `key "a\xff" in database 1`,
		Queue{Pattern: "a*"}.String():       `pattern "a*" in database 0`,
	}
	for got, want := range tests {
		if got != want {
			t.Errorf("want %s, got %s", want, got)
		}
	}
}
