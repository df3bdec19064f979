// Package statefile keeps one value in one file, so that it survives a
// restart of the program.
package statefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxSize is the largest file that is read, in bytes. The state of 100,000
// queues fits; a log file given by mistake may not.
const maxSize = 256 << 20

// ErrCorrupt marks a file that exists and does not hold such a value.
var ErrCorrupt = errors.New("not a state file, or a damaged one")

// Load reads the value. The error is fs.ErrNotExist when there is no file, and
// ErrCorrupt when it does not hold such a value; then the value is undefined.
func Load(path string, into any) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	switch {
	case err != nil:
		return err
	case len(data) > maxSize:
		return fmt.Errorf("%s: %w: more than %d bytes", path, ErrCorrupt, maxSize)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w: %w", path, ErrCorrupt, err)
	}
	return nil
}

// Save writes the value. Whoever reads the file, also after a crash of the
// machine, finds the old value or the new one, never a part of it. Only the
// owner may read it.
func Save(path string, from any) error {
	data, err := json.Marshal(from)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
