package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// write brings the files below root up to date and leaves those alone that
// already are. Either all of them are written or none: everything is on disk
// under other names before the first file is replaced, and what was replaced is
// put back when another one cannot be.
func (f files) write(root string) error {
	var prepared []replacement
	for _, path := range f.paths() {
		r, err := prepare(filepath.Join(root, filepath.FromSlash(path)), f[path])
		if err != nil {
			forget(prepared)
			return fmt.Errorf("nothing was written: %w", err)
		}
		if r.temp != "" {
			prepared = append(prepared, r)
		}
	}
	return replace(prepared)
}

// replace gives all prepared files their names, or none of them.
func replace(prepared []replacement) error {
	defer forget(prepared)
	for i, r := range prepared {
		if err := os.Rename(r.temp, r.path); err != nil {
			return errors.Join(fmt.Errorf("nothing was written: %w", err), restore(prepared[:i]))
		}
	}
	return nil
}

// forget removes what was prepared and has not got its name.
func forget(prepared []replacement) {
	for _, r := range prepared {
		os.Remove(r.temp) // finds nothing once it is renamed
	}
}

// replacement is new content on disk that waits for its name.
type replacement struct {
	path, temp string
	before     []byte // what the file held; nil: there was none
}

// prepare writes content beside the file at path. A file that holds it already
// needs nothing.
func prepare(path string, content []byte) (replacement, error) {
	before, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		before = nil
	case err != nil:
		return replacement{}, err
	case bytes.Equal(before, content):
		return replacement{}, nil
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return replacement{}, err
	}
	temp, err := os.CreateTemp(dir, ".bundle-*")
	if err != nil {
		return replacement{}, err
	}
	if err := fill(temp, content); err != nil {
		return replacement{}, errors.Join(fmt.Errorf("%s: %w", path, err), os.Remove(temp.Name()))
	}
	return replacement{path, temp.Name(), before}, nil
}

// restore gives files back what they held.
func restore(replaced []replacement) error {
	var errs []error
	for _, r := range replaced {
		if r.before == nil {
			errs = append(errs, os.Remove(r.path))
		} else {
			errs = append(errs, os.WriteFile(r.path, r.before, 0o644))
		}
	}
	return errors.Join(errs...)
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
