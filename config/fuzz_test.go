package config

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Whatever the text, Parse answers; what it accepts survives printing, and what
// it does not has problems a person can find.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/bad/*.yml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range append(files, "default.yml") {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("queues:\n- &a {key: !!binary //4=, db: 3}\n- {<<: [*a], pattern: '\\[[^a-c]*', key: \"\\x00\"}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Parse("fuzz.yml", data)
		if err == nil {
			roundTrip(t, v)
			return
		}
		var ps Problems
		if !errors.As(err, &ps) {
			t.Fatalf("want Problems, got %v", err)
		}
		checkProblems(t, "fuzz.yml", ps)
	})
}
