//go:build unix && !linux

package main

import "syscall"

func sysProcAttr() *syscall.SysProcAttr { return nil }

// peakMemory is not known on this platform.
func peakMemory(int) int64 { return 0 }

// processor is not known on this platform.
func processor() string { return "" }
