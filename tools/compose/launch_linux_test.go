package compose

import (
	"os/exec"
	"runtime"
)

// launch starts cmd and closes exited after its end. Both happen on one thread:
// the child is killed when the thread that started it ends, and so never outlives
// tests that were killed.
func launch(cmd *exec.Cmd) (exited <-chan struct{}, err error) {
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
