package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/bad/*.txt")

// Each file in testdata/bad has beside it what a person is told about it.
func TestEveryMistakeIsToldWithItsLine(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			golden := strings.TrimSuffix(path, ".yml") + ".txt"
			got := told(t, path)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v: run go test ./config -update", err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s (-want +got); if it is better so, run go test ./config -update:\n%s", golden, d)
			}
		})
	}
}

// told is the error of a bad file.
func told(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Parse(filepath.Base(path), data)
	var ps Problems
	if !errors.As(err, &ps) {
		t.Fatalf("want Problems, got %v", err)
	}
	if !v.Equal(Validated{}) {
		t.Error("a bad file made a configuration")
	}
	checkProblems(t, filepath.Base(path), ps)
	return ps.Error() + "\n"
}

// checkProblems is true of the problems of any text.
func checkProblems(t *testing.T, file string, ps Problems) {
	t.Helper()
	last := Problem{}
	for _, p := range ps {
		if p.File != file || p.Line < 1 || p.Text == "" || strings.ContainsAny(p.Text, "\n\r") {
			t.Errorf("incomplete problem: %#v", p)
		}
		if p.Line < last.Line || p == last {
			t.Errorf("%v after %v", p, last)
		}
		last = p
	}
}
