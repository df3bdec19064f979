//go:build unix

package testserver

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// none, as the value of REDIS_SERVER, says that this platform has no Redis.
// It is the only way to leave a server out, and CI does not accept it.
const none = "none"

func valkeyProgram(t testing.TB) string {
	t.Helper()
	return program(t, "VALKEY_SERVER", "valkey-server")
}

func redisProgram(t testing.TB) string {
	t.Helper()
	if os.Getenv("REDIS_SERVER") == none && os.Getenv("CI") == "" {
		t.Skip("REDIS_SERVER=none: this platform has no Redis package")
	}
	path := program(t, "REDIS_SERVER", "redis-server")
	version, err := exec.CommandContext(t.Context(), path, "--version").Output()
	if err != nil || !strings.HasPrefix(string(version), "Redis server") {
		t.Fatalf("%s is not Redis (it says %.40q, %v): set REDIS_SERVER to one that is, or run make test", path, version, err)
	}
	return path
}

// program finds a server by environment variable or on the PATH.
func program(t testing.TB, variable, name string) string {
	t.Helper()
	if path := os.Getenv(variable); path != "" {
		name = path
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s not found: run make test, or install it or set %s", name, variable)
	}
	return path
}
