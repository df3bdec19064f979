package mockapp

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"valkey-exporter/internal/wait"
)

// follow keeps the switches as the file says, until ctx is done. No file is no trouble. A file with a mistake in it
// changes nothing and is complained about once.
func (s *Switches) follow(ctx context.Context, path string) {
	seen := ""
	for {
		text, err := readTroubleFile(path)
		if err != nil {
			text = "unreadable: " + err.Error()
		}
		if text != seen {
			seen = text
			s.obey(path, text, err)
		}
		if !wait.For(ctx, time.Second) {
			return
		}
	}
}

func (s *Switches) obey(path, text string, err error) {
	var list []Trouble
	if err == nil {
		list, err = ParseTroubles(text)
	}
	if err != nil {
		s.log.Error("trouble file ignored until it changes", "file", path, "err", err)
		return
	}
	s.mu.Lock()
	s.byFile = [troubles]bool{}
	for _, t := range list {
		s.byFile[t] = true
	}
	s.mu.Unlock()
	s.log.Info("trouble file read", "file", path, "on", s.Active())
}

// readTroubleFile returns the file without its comments, which go from # to the end of the line.
func readTroubleFile(path string) (string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		lines[i], _, _ = strings.Cut(line, "#")
	}
	return strings.TrimSpace(strings.Join(lines, "\n")), err
}
