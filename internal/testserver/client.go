//go:build unix

package testserver

import (
	"bufio"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const commandTimeout = 30 * time.Second

// Do sends one command over the unix socket, on a connection of its own. It
// authenticates with the password of --requirepass, if there is one. A nil
// reply is nil without an error.
func (s *Server) Do(t testing.TB, args ...string) (any, error) {
	t.Helper()
	client := s.client()
	defer client.Close()

	// Cleanups run commands too, when the test's own context is already done.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), commandTimeout)
	defer cancel()
	words := make([]any, len(args))
	for i, arg := range args {
		words[i] = arg
	}
	reply, err := client.Do(ctx, words...).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return reply, err
}

// Must is Do for a command that is expected to succeed.
func (s *Server) Must(t testing.TB, args ...string) any {
	t.Helper()
	reply, err := s.Do(t, args...)
	if err != nil {
		t.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
	return reply
}

// WaitForInfo waits until a line of INFO starts with the given text.
func (s *Server) WaitForInfo(line string) {
	s.t.Helper()
	deadline := time.Now().Add(startTimeout)
	for time.Now().Before(deadline) {
		info, _ := s.Must(s.t, "INFO", "everything").(string)
		if strings.Contains(info, "\n"+line) {
			return
		}
		time.Sleep(10 * pollInterval)
	}
	s.t.Fatalf("INFO of %s has had no line %q for %v", s.Addr, line, startTimeout)
}

func (s *Server) client() *redis.Client {
	return redis.NewClient(&redis.Options{
		Network:         "unix",
		Addr:            s.Socket,
		Password:        s.password(),
		Protocol:        2,
		DisableIdentity: true,
		MaxRetries:      -1,
		DialerRetries:   1,
		ReadTimeout:     commandTimeout,
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled,
		},
	})
}

func (s *Server) password() string {
	if i := slices.Index(s.args, "--requirepass"); i >= 0 && i+1 < len(s.args) {
		return s.args[i+1]
	}
	return ""
}

// answers reports whether a server on the socket has finished starting: any
// answer to PING will do, except that it is still loading its data.
func answers(ctx context.Context, socket string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return false
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); !ok || conn.SetDeadline(deadline) != nil {
		return false
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && !strings.HasPrefix(line, "-LOADING")
}
