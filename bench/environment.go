//go:build unix

package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// describeEnvironment says where the numbers come from, without naming the
// machine.
func describeEnvironment(server string) string {
	parts := []string{fmt.Sprintf("%d cores", runtime.NumCPU())}
	if p := processor(); p != "" {
		parts = append(parts, p)
	}
	parts = append(parts, runtime.GOOS+"/"+runtime.GOARCH, strings.Replace(runtime.Version(), "go", "Go ", 1), server,
		time.Now().UTC().Format(time.DateOnly))
	return strings.Join(parts, ", ")
}
