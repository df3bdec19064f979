//go:build unix

package testserver

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestEachStartsTheServerItNames(t *testing.T) {
	var seen []string
	Each(t, func(t *testing.T, start Start) {
		info, _ := start().Must(t, "INFO", "server").(string)
		seen = append(seen, t.Name())
		if got, want := strings.Contains(info, "valkey_version:"), strings.HasSuffix(t.Name(), "/valkey"); got != want {
			t.Errorf("is Valkey: %v, want %v", got, want)
		}
	})
	if len(seen) != 2 && os.Getenv("REDIS_SERVER") != none {
		t.Errorf("ran %v, want a Valkey and a Redis", seen)
	}
}

func TestRestartKeepsPortAndData(t *testing.T) {
	s := Valkey(t, "--appendonly", "yes")
	s.Must(t, "SET", "key", "value")
	pid, addr := s.PID, s.Addr
	s.Stop()
	s.Stop()
	if _, err := s.Do(t, "PING"); err == nil {
		t.Error("a stopped server answers")
	}
	s.Start()
	if got := s.Must(t, "GET", "key"); got != "value" {
		t.Errorf("GET after the restart: got %v, want value", got)
	}
	if s.PID == pid || s.Addr != addr {
		t.Errorf("restarted as process %d at %s, was %d at %s", s.PID, s.Addr, pid, addr)
	}
	if reply := s.Must(t, "GET", "missing"); reply != nil {
		t.Errorf("GET of a missing key: got %v, want nil", reply)
	}
}

func TestPausedServerAcceptsButDoesNotAnswer(t *testing.T) {
	s := Valkey(t)
	s.Pause()
	if err := ping(t, s.Addr); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("PING of a paused server: got %v, want a timeout", err)
	}
	s.Resume()
	if err := ping(t, s.Addr); err != nil {
		t.Errorf("PING of a resumed server: %v", err)
	}
}

func TestServerIsGoneAfterItsTest(t *testing.T) {
	var s *Server
	t.Run("test", func(t *testing.T) {
		s = Valkey(t)
		s.Pause() // a paused server must die too
	})
	if err := syscall.Kill(s.PID, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("process %d: got %v, want no such process", s.PID, err)
	}
	for _, path := range []string{s.Dir, s.Socket} {
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left behind (%v)", path, err)
		}
	}
}

func TestPasswordIsUsed(t *testing.T) {
	Each(t, func(t *testing.T, start Start) {
		if got := start("--requirepass", "secret").Must(t, "PING"); got != "PONG" {
			t.Errorf("PING: got %v, want PONG", got)
		}
	})
}

func TestReplicaIsInStep(t *testing.T) {
	primary := Valkey(t)
	primary.Must(t, "SET", "key", "value")
	if got := Replica(t, primary).Must(t, "GET", "key"); got != "value" {
		t.Errorf("GET on the replica: got %v, want value", got)
	}
}

func TestTakenPortIsRetried(t *testing.T) {
	first := Valkey(t)
	second := &Server{
		Host: loopback, Dir: t.TempDir(), Socket: socketPath(t),
		t: t, program: first.program, Port: first.Port,
	}
	if err := second.start(); err == nil || !second.portTaken() {
		t.Errorf("start on a taken port: got %v and log\n%s", err, second.Log())
	}
}

func TestTLSWantsTheClientCertificate(t *testing.T) {
	s := ValkeyTLS(t)
	pair, err := tls.LoadX509KeyPair(s.Certs.CertFile, s.Certs.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := pingTLS(t, s, pair); err != nil {
		t.Errorf("PING with the client certificate: %v", err)
	}
	if err := pingTLS(t, s); err == nil {
		t.Error("PING without a client certificate was answered")
	}
	if err := pingTLS(t, ValkeyTLS(t, "--tls-auth-clients", "no")); err != nil {
		t.Errorf("PING where no client certificate is wanted: %v", err)
	}
}

func TestDoLeavesOnlyItsOwnCommands(t *testing.T) {
	s := Valkey(t)
	s.Must(t, "DBSIZE")
	stats, _ := s.Must(t, "INFO", "commandstats", "errorstats").(string)
	var got []string
	for line := range strings.Lines(stats) {
		if name, _, ok := strings.Cut(line, ":"); ok {
			got = append(got, name)
		}
	}
	slices.Sort(got)
	want := []string{"cmdstat_dbsize", "cmdstat_hello", "cmdstat_ping"}
	if !slices.Equal(got, want) {
		t.Errorf("the server has seen %q, want %q", got, want)
	}
}

func pingTLS(t *testing.T, s *Server, certs ...tls.Certificate) error {
	t.Helper()
	ca, err := os.ReadFile(s.Certs.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	dialer := tls.Dialer{Config: &tls.Config{RootCAs: pool, ServerName: ServerName, Certificates: certs, MinVersion: tls.VersionTLS12}}
	conn, err := dialer.DialContext(t.Context(), "tcp", s.Addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	return pingConn(conn)
}

func ping(t *testing.T, addr string) error {
	t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return pingConn(conn)
}

func pingConn(conn net.Conn) error {
	if err := conn.SetDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		return err
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	_, err := conn.Read(make([]byte, 7))
	return err
}
