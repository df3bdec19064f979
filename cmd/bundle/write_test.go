package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHalfABundleIsNeverWritten(t *testing.T) {
	root := t.TempDir()
	if err := (files{"a.md": []byte("old"), "b/c.md": []byte("old")}).write(root); err != nil {
		t.Fatal(err)
	}
	// A folder in the place of the last file: it can neither be read nor replaced.
	if err := os.Mkdir(filepath.Join(root, "z.md"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := files{"a.md": []byte("new"), "b/c.md": []byte("new"), "d.md": []byte("new"), "z.md": []byte("new")}.write(root)
	if err == nil || !strings.Contains(err.Error(), "nothing was written") {
		t.Fatalf("got %v", err)
	}
	unchanged(t, root)
}

// Somebody may put a folder there after all was prepared.
func TestWhatWasReplacedIsPutBack(t *testing.T) {
	root := t.TempDir()
	if err := (files{"a.md": []byte("old"), "b/c.md": []byte("old")}).write(root); err != nil {
		t.Fatal(err)
	}
	var prepared []replacement
	for _, path := range []string{"a.md", "b/c.md", "d.md", "z.md"} {
		r, err := prepare(filepath.Join(root, path), []byte("new"))
		if err != nil {
			t.Fatal(err)
		}
		prepared = append(prepared, r)
	}
	if err := os.Mkdir(filepath.Join(root, "z.md"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := replace(prepared); err == nil || !strings.Contains(err.Error(), "nothing was written") {
		t.Fatalf("got %v", err)
	}
	unchanged(t, root)
}

func unchanged(t *testing.T, root string) {
	t.Helper()
	for _, path := range []string{"a.md", "b/c.md"} {
		if got := read(t, filepath.Join(root, path)); got != "old" {
			t.Errorf("%s holds %q", path, got)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "d.md")); err == nil {
		t.Error("d.md was written")
	}
	noTemporaryFiles(t, root)
}
