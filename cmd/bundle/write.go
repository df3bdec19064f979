package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// write brings the files below root up to date and leaves those alone that
// already are.
func (f files) write(root string) error {
	for _, path := range f.paths() {
		if err := writeFile(filepath.Join(root, filepath.FromSlash(path)), f[path]); err != nil {
			return err
		}
	}
	return nil
}

// writeFile replaces a file in one step, so that nobody reads half of it.
func writeFile(path string, content []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
		return nil
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, ".bundle-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // finds nothing once it is renamed
	if err := fill(temp, content); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.Rename(temp.Name(), path)
}

func fill(f *os.File, content []byte) error {
	defer f.Close()
	if _, err := f.Write(content); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	return f.Close()
}
