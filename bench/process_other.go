//go:build unix && !linux

package main

// peakMemory is not known on this platform.
func peakMemory(int) int64 { return 0 }

// processor is not known on this platform.
func processor() string { return "" }
