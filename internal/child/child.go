//go:build unix

// Package child starts programs that end with the one that started them. Tests
// and benchmarks use it for their servers.
package child

import (
	"os/exec"
	"runtime"
)

// Start starts cmd and closes exited after its end. Both happen on one thread:
// Linux kills the child when the thread that started it ends, which is how a
// server never outlives a test binary that was killed.
func Start(cmd *exec.Cmd) (exited <-chan struct{}, err error) {
	cmd.SysProcAttr = sysProcAttr()
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(ended)
		}
	}()
	return ended, <-started
}
