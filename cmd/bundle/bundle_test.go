package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A change of the catalogue or of a rule that was not followed by `make generate`
// fails here, in the ordinary `go test ./...`.
func TestDerivedFilesAreCurrent(t *testing.T) {
	found, err := derived(t).findings("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("%s: run make generate\n%s", f, f.diff)
	}
}

// derived is what make generate writes.
func derived(t *testing.T) files {
	t.Helper()
	w, err := parse(t).wanted()
	if err != nil {
		t.Fatal(err)
	}
	all, err := artefacts(w)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// parse is a command line.
func parse(t *testing.T, args ...string) *flags {
	t.Helper()
	f := newFlags()
	if _, err := f.app.Parse(args); err != nil {
		t.Fatal(err)
	}
	return f
}

// bundle runs the command and returns what it prints.
func bundle(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(&out, parse(t, args...))
	return out.String(), err
}

func TestWriteThenCheckFindsNothing(t *testing.T) {
	root := t.TempDir()
	if _, err := bundle(t, "--out", root); err != nil {
		t.Fatal(err)
	}
	if out, err := bundle(t, "--out", root, "--check"); err != nil || out != "" {
		t.Errorf("check after write: %v\n%s", err, out)
	}
	noTemporaryFiles(t, root)
}

func noTemporaryFiles(t *testing.T, root string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasPrefix(filepath.Base(path), ".bundle-") {
			t.Errorf("%s was left", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheSameConfigurationGivesTheSameBytes(t *testing.T) {
	if d := cmp.Diff(derived(t), derived(t)); d != "" {
		t.Error(d)
	}
}

func TestWriteLeavesCurrentFilesAlone(t *testing.T) {
	root := t.TempDir()
	wanted := files{"docs/a.md": []byte("a\n")}
	if err := wanted.write(root); err != nil {
		t.Fatal(err)
	}
	before := stat(t, root, "docs/a.md")
	if err := wanted.write(root); err != nil {
		t.Fatal(err)
	}
	if after := stat(t, root, "docs/a.md"); !os.SameFile(before, after) {
		t.Error("the file was replaced though nothing had changed")
	}
	if before.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, want 0644", before.Mode())
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name string
		disk files
		want []string
	}{
		{"missing", files{}, []string{"docs/a.md: is missing"}},
		{"stale", files{"docs/a.md": []byte("one\ntoo\n")}, []string{"docs/a.md: is stale"}},
		{"an orphan by its marker", files{"docs/a.md": []byte("one\ntwo\n"), "docs/b.md": markdown(nil)}, []string{"docs/b.md: is an orphan, nothing generates it: delete it"}},
		{"an orphan by its folder", files{"docs/a.md": []byte("one\ntwo\n"), "rules/generated/b.yml": []byte("b")}, []string{"rules/generated/b.yml: is an orphan, nothing generates it: delete it"}},
		{"rules in a format that was not asked for", files{"docs/a.md": []byte("one\ntwo\n"), "rules/generated/valkey.prometheusrule.yml": yaml(nil)}, nil},
		{"pages by hand", files{"docs/a.md": []byte("one\ntwo\n"), "docs/guide.md": []byte("# Guide\n"), "docs/runbooks/PostgresDown.md": []byte("# Postgres\n")}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			if err := c.disk.write(root); err != nil {
				t.Fatal(err)
			}
			found, err := files{"docs/a.md": []byte("one\ntwo\n")}.findings(root)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				got = append(got, f.String())
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCheckFailsAndShowsTheDifference(t *testing.T) {
	root := t.TempDir()
	if _, err := bundle(t, "--out", root); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "rules/generated/valkey.rules.yml")
	save(t, path, strings.Replace(read(t, path), " > 0.8\n", " > 0.7\n", 1))
	out, err := bundle(t, "--out", root, "--check")
	if err == nil || !strings.Contains(out, "rules/generated/valkey.rules.yml: is stale\n") ||
		!strings.Contains(out, " > 0.7\n+") || !strings.Contains(out, " > 0.8\n") {
		t.Errorf("got %v\n%s", err, out)
	}
	if text := read(t, path); !strings.Contains(text, " > 0.7\n") {
		t.Error("--check has written")
	}
}

func stat(t *testing.T, root, path string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func save(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
