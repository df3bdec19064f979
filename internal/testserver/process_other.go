//go:build unix && !linux

package testserver

import (
	"syscall"
	"time"
)

func sysProcAttr() *syscall.SysProcAttr { return nil }

// waitStopped gives the signal time to be delivered.
func waitStopped(int) { time.Sleep(50 * time.Millisecond) }
