package main

import (
	"fmt"
	"strings"
	"testing"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

func TestAddresses(t *testing.T) {
	server := testserver.Valkey(t)
	port := fmt.Sprint(server.Port)
	for _, addr := range []string{
		server.Addr, "localhost:" + port, "valkey://" + server.Addr, "redis://" + server.Addr, "redis://" + server.Addr + "/",
		"redis://" + server.Addr + "/0", "unix://" + server.Socket,
	} {
		t.Run(addr, func(t *testing.T) { watching(t, addr).scrape(t).wantUp(t) })
	}
}

func TestWhichAddressCounts(t *testing.T) {
	server := testserver.Valkey(t)
	const nobody = "nobody.invalid:6379"
	for name, c := range map[string]struct {
		env  environment
		args []string
	}{
		"flag before both variables":    {environment{"VALKEY_ADDR": nobody, "REDIS_ADDR": nobody}, []string{"--valkey.addr=" + server.Addr}},
		"VALKEY_ADDR before REDIS_ADDR": {environment{"VALKEY_ADDR": server.Addr, "REDIS_ADDR": nobody}, nil},
		"REDIS_ADDR":                    {environment{"REDIS_ADDR": server.Addr}, nil},
		"empty is not set":              {environment{"VALKEY_ADDR": "", "REDIS_ADDR": server.Addr}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			start(t, c.env, append(c.args, noPatterns(t))...).scrape(t).wantUp(t)
		})
	}
}

func TestDefaultAddress(t *testing.T) {
	s := start(t, nil, noPatterns(t))
	if got := s.settings.target.String(); got != "valkey://localhost:6379" {
		t.Errorf("the server is %s", got)
	}
}

func TestTLS(t *testing.T) {
	server := testserver.ValkeyTLS(t)
	ca, cert, key := "--valkey.tls-ca-file="+server.Certs.CAFile, "--valkey.tls-cert-file="+server.Certs.CertFile, "--valkey.tls-key-file="+server.Certs.KeyFile
	for _, scheme := range []string{"valkeys", "rediss"} {
		t.Run(scheme, func(t *testing.T) {
			s := watching(t, scheme+"://"+server.Addr, ca, cert, key)
			for range 3 {
				s.scrape(t).wantUp(t)
			}
		})
	}
	t.Run("a name that the certificate carries", func(t *testing.T) {
		watching(t, "valkeys://"+server.Addr, ca, cert, key, "--valkey.tls-server-name="+testserver.ServerName).scrape(t).wantUp(t)
	})
	t.Run("any certificate", func(t *testing.T) {
		watching(t, "valkeys://"+server.Addr, cert, key, "--valkey.tls-skip-verify").scrape(t).wantUp(t)
	})
	for name, args := range map[string][]string{
		"wrong name":            {ca, cert, key, "--valkey.tls-server-name=somebody.else"},
		"unknown authority":     {cert, key},
		"no client certificate": {ca},
	} {
		t.Run(name, func(t *testing.T) {
			wantLocked(t, watching(t, "valkeys://"+server.Addr, args...), valkey.KindTLS, "--valkey.tls-")
		})
	}
}

func TestTLSWithoutClientCertificate(t *testing.T) {
	server := testserver.ValkeyTLS(t, "--tls-auth-clients", "no")
	watching(t, "valkeys://"+server.Addr, "--valkey.tls-ca-file="+server.Certs.CAFile).scrape(t).wantUp(t)
}

// A certificate that was renewed on disk is used for the next connection.
func TestTLSFilesAreReadAnew(t *testing.T) {
	server := testserver.ValkeyTLS(t, "--tls-auth-clients", "no")
	other := testserver.NewCerts(t)
	ca := file(t, "ca.crt", read(t, other.CAFile))
	s := watching(t, "valkeys://"+server.Addr, "--valkey.tls-ca-file="+ca)
	wantLocked(t, s, valkey.KindTLS, "--valkey.tls-ca-file")
	rewrite(t, ca, read(t, server.Certs.CAFile))
	wantBack(t, s)
}

func TestTLSIsNotSpokenThere(t *testing.T) {
	addr := saying(t, "-ERR Protocol error: invalid bulk length\r\n")
	wantLocked(t, watching(t, "valkeys://"+addr), valkey.KindTLS, "that the port speaks TLS")
}

func TestTLSIsWantedThere(t *testing.T) {
	server := testserver.ValkeyTLS(t)
	s := watching(t, server.Addr)
	for range 2 {
		got := s.scrape(t)
		got.want(t, "redis_up", 0)
		if left := got.ofServer(); len(left) > 0 {
			t.Errorf("there is %q", left)
		}
	}
	s.log.wantLines(t, 1, "level=WARN")
}

// A server that restarts takes its sessions with it; so does one that closes
// idle connections, which go-redis cannot see through TLS.
func TestTLSConnectionThatTheServerClosed(t *testing.T) {
	server := testserver.ValkeyTLS(t)
	s := watching(t, "valkeys://"+server.Addr, "--valkey.tls-ca-file="+server.Certs.CAFile,
		"--valkey.tls-cert-file="+server.Certs.CertFile, "--valkey.tls-key-file="+server.Certs.KeyFile)
	for range 3 {
		s.scrape(t).wantUp(t)
		server.Must(t, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
	}
	s.scrape(t).wantUp(t)
	s.log.wantLines(t, 0, "level=WARN")
}

func TestServerOfAnotherKind(t *testing.T) {
	for name, greeting := range map[string]string{
		"a mail server": "220 mail.example ESMTP\r\n",
		"TLS alert":     string([]byte{21, 3, 3, 0, 2, 2, 10}),
		"long line":     strings.Repeat("x", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			wantLocked(t, watching(t, saying(t, greeting)), valkey.KindProtocol, "Valkey or Redis port")
		})
	}
}
