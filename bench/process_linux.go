package main

import (
	"fmt"
	"os"
	"strings"
)

// peakMemory is the most memory that a process has had resident, in bytes; 0
// if that is not known.
func peakMemory(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kib int64
	if _, err := fmt.Sscan(after, &kib); err != nil {
		return 0
	}
	return kib << 10
}

// processor is the name of the processor.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	_, after, _ := strings.Cut(string(info), "model name")
	_, after, _ = strings.Cut(after, ":")
	name, _, _ := strings.Cut(after, "\n")
	return strings.TrimSpace(name)
}
