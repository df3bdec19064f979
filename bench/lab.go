//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// lab is where the measurements take place: a temporary directory, the
// programs, and everything that must be undone.
type lab struct {
	dir      string
	server   string // path of the server's program
	version  string // of the server, as it says itself
	exporter string // path of the exporter's program, freshly built
	rounds   int

	undo []func() // in the order in which things were done
}

func newLab(ctx context.Context, rounds int) (*lab, error) {
	l := &lab{rounds: rounds}
	err := l.setUp(ctx)
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *lab) setUp(ctx context.Context) (err error) {
	if l.server, err = serverProgram(); err != nil {
		return err
	}
	version, err := exec.CommandContext(ctx, l.server, "--version").Output()
	if err != nil {
		return fmt.Errorf("%s --version: %w", l.server, err)
	}
	l.version = shortVersion(string(version))
	if l.dir, err = os.MkdirTemp("", "bench"); err != nil {
		return err
	}
	l.later(func() { _ = os.RemoveAll(l.dir) })
	progress("building the exporter")
	l.exporter = filepath.Join(l.dir, "exporter")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", l.exporter, "valkey-exporter/cmd/exporter")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the exporter: %w\n%s", err, out)
	}
	return nil
}

// later has f called when the current case, or the lab itself, is closed.
func (l *lab) later(f func()) { l.undo = append(l.undo, f) }

// close undoes everything, the latest first.
func (l *lab) close() { l.closeTo(0) }

func (l *lab) closeTo(n int) {
	for _, f := range slices.Backward(l.undo[n:]) {
		f()
	}
	l.undo = l.undo[:n]
}

// run measures one case, and ends what it has started.
func (l *lab) run(ctx context.Context, c benchCase, r *report) error {
	before := len(l.undo)
	defer l.closeTo(before)
	return c.measure(ctx, l, r)
}

// serverProgram finds the server by environment variable or on the PATH.
func serverProgram() (string, error) {
	name := "valkey-server"
	if path := os.Getenv("VALKEY_SERVER"); path != "" {
		name = path
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s not found: install it or set VALKEY_SERVER", name)
	}
	return path, nil
}

// shortVersion keeps "Valkey 8.0.1" of "Valkey server v=8.0.1 sha=...".
func shortVersion(text string) string {
	product, after, _ := strings.Cut(text, " server v=")
	number, _, _ := strings.Cut(after, " ")
	return product + " " + number
}
