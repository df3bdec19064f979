//go:build unix && !linux

package testserver

import (
	"time"
)

// waitStopped gives the signal time to be delivered.
func waitStopped(int) { time.Sleep(50 * time.Millisecond) }
