package main

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// finding is one file on disk that is not as it should be.
type finding struct {
	path    string
	problem string
	diff    string
}

func (f finding) String() string { return f.path + ": " + f.problem }

// findings compares the files below root with what they should be.
func (f files) findings(root string) ([]finding, error) {
	var found []finding
	for _, p := range f.paths() {
		got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(p)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			found = append(found, finding{path: p, problem: "is missing"})
		case err != nil:
			return nil, err
		case !bytes.Equal(got, f[p]):
			found = append(found, finding{path: p, problem: "is stale", diff: udiff.Unified(p, p+" (generated)", string(got), string(f[p]))})
		}
	}
	orphans, err := f.orphans(root)
	for _, p := range orphans {
		found = append(found, orphan(p))
	}
	return found, err
}

func orphan(path string) finding {
	return finding{path: path, problem: "is an orphan, nothing generates it: delete it"}
}

// orphans are derived files on disk that nothing derives any more: what lies
// in a folder of our own, and whatever carries the marker in docs.
func (f files) orphans(root string) ([]string, error) {
	var found []string
	for _, folder := range append(slices.Clone(ownFolders), "docs") {
		err := fs.WalkDir(os.DirFS(root), folder, func(p string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && p == folder {
				return fs.SkipDir
			}
			if err != nil || entry.IsDir() || f[p] != nil || slices.Contains(found, p) {
				return err
			}
			if slices.Contains(slices.Collect(maps.Values(ruleFile)), p) {
				return nil
			}
			if owned(p) || marked(filepath.Join(root, filepath.FromSlash(p))) {
				found = append(found, p)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func owned(p string) bool {
	return slices.ContainsFunc(ownFolders, func(folder string) bool { return strings.HasPrefix(path.Clean(p), folder+"/") })
}

// marked reports whether the first line of a file carries the marker.
func marked(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	first, _ := bufio.NewReader(f).ReadString('\n')
	return strings.Contains(first, marker)
}
