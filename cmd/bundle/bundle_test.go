package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A change of the catalogue that was not followed by `make generate` fails
// here, in the ordinary `go test ./...`.
func TestDerivedFilesAreCurrent(t *testing.T) {
	found, err := artefacts().findings("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("%s\n%s", f, f.diff)
	}
}

func TestWriteThenCheckFindsNothing(t *testing.T) {
	root := t.TempDir()
	if err := run(&bytes.Buffer{}, root, false); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(&out, root, true); err != nil || out.Len() > 0 {
		t.Errorf("check after write: %v\n%s", err, &out)
	}
	left, err := filepath.Glob(filepath.Join(root, "docs", ".bundle-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files left: %v %v", left, err)
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
		{"missing", files{}, []string{"docs/a.md: is missing: run make generate"}},
		{"stale", files{"docs/a.md": []byte("one\ntoo\n")}, []string{"docs/a.md: is stale: run make generate"}},
		{"an orphan by its marker", files{"docs/a.md": []byte("one\ntwo\n"), "docs/b.md": markdown(nil)}, []string{"docs/b.md: is an orphan, nothing generates it: delete it"}},
		{"an orphan by its folder", files{"docs/a.md": []byte("one\ntwo\n"), "docs/runbooks/b.md": []byte("b")}, []string{"docs/runbooks/b.md: is an orphan, nothing generates it: delete it"}},
		{"a page by hand", files{"docs/a.md": []byte("one\ntwo\n"), "docs/guide.md": []byte("# Guide\n")}, nil},
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
	stale := bytes.Replace(artefacts()["docs/metrics.md"], []byte("redis_up"), []byte("redis_upp"), 1)
	if err := (files{"docs/metrics.md": stale}).write(root); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := run(&out, root, true)
	if err == nil || !strings.Contains(out.String(), "-| `redis_upp`") || !strings.Contains(out.String(), "+| `redis_up`") {
		t.Errorf("got %v\n%s", err, &out)
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
