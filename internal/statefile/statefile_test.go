package statefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type value struct {
	Name   string
	Counts map[string]float64
}

func TestWhatWasSavedIsLoaded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	for _, want := range []value{{"first", map[string]float64{"a": 1}}, {"second, shorter", nil}} {
		if err := Save(path, want); err != nil {
			t.Fatal(err)
		}
		var got value
		if err := Load(path, &got); err != nil || got.Name != want.Name || got.Counts["a"] != want.Counts["a"] {
			t.Errorf("loaded %+v, %v; want %+v", got, err, want)
		}
	}
	only(t, filepath.Dir(path), "state.json")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v (%v), want 0600", info.Mode(), err)
	}
}

func TestNoFileIsNotACorruptOne(t *testing.T) {
	err := Load(filepath.Join(t.TempDir(), "state.json"), new(value))
	if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrCorrupt) {
		t.Errorf("err = %v", err)
	}
}

func TestADamagedFileIsToldFromAMissingOne(t *testing.T) {
	whole := `{"Name":"first","Counts":{"a":1}}`
	for _, content := range []string{"", whole[:len(whole)-1], whole + "}", "\x00\x01", `{"Name":7}`, `[]`, strings.Repeat("[", 100_000)} {
		path := filepath.Join(t.TempDir(), "state.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		err := Load(path, new(value))
		if !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), path) {
			t.Errorf("%.20q: err = %v, want a corrupt file, by its name", content, err)
		}
	}
}

// The old value must survive whatever goes wrong.
func TestAFailedSaveKeepsTheOldValue(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	if err := Save(path, value{Name: "old"}); err != nil {
		t.Fatal(err)
	}
	if err := Save(path, func() {}); err == nil {
		t.Error("a function was saved")
	}
	if err := Save(filepath.Join(dir, "missing", "state.json"), value{}); err == nil {
		t.Error("saved into a folder that does not exist")
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Save(filepath.Join(dir, "folder"), value{}); err == nil {
		t.Error("a folder was replaced")
	}
	var got value
	if err := Load(path, &got); err != nil || got.Name != "old" {
		t.Errorf("loaded %+v, %v", got, err)
	}
	only(t, dir, "folder", "state.json")
}

// only expects exactly these names in a folder.
func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the folder holds %q, want %q", got, names)
	}
}
