package testserver

import (
	"bytes"
	"fmt"
	"os"
	"time"
)

// waitStopped returns when the process no longer runs: a signal is delivered
// a moment after it was sent.
func waitStopped(pid int) {
	for {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		_, state, _ := bytes.Cut(stat, []byte(") "))
		if err != nil || bytes.HasPrefix(state, []byte("T")) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
