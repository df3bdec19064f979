package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"valkey-exporter/internal/testserver"
)

// healthOf asks the exporter at a base address, as a process of its own.
func healthOf(t *testing.T, base string) *program {
	t.Helper()
	_, address, _ := strings.Cut(base, "://")
	return run(t, nil, "--web.healthcheck", "--web.listen-address="+address)
}

// What listens may want TLS, a certificate or a password, of which the health check
// has none.
func TestHealthcheckOfAnExporter(t *testing.T) {
	certs := testserver.NewCerts(t)
	tls := fmt.Sprintf("cert_file: %q, key_file: %q", certs.ServerCertFile, certs.ServerKeyFile)
	for name, web := range map[string]string{
		"plain":              "",
		"password":           "basic_auth_users: {prometheus: $2a$04$sLFJj7LMDEOoIN1AYNHaSOdBCsVm77tT6LD6URrtTEsWSKhsgFQ4q}",
		"TLS":                "tls_server_config: {" + tls + "}",
		"client certificate": fmt.Sprintf("tls_server_config: {%s, client_auth_type: RequireAndVerifyClientCert, client_ca_file: %q}", tls, certs.CAFile),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := run(t, environment{"VALKEY_ADDR": "nobody.invalid"}, freePort, "--web.config.file="+file(t, "web.yml", web))
			check := healthOf(t, p.url())
			if code := check.wait(); code != 0 || check.out.String()+check.stderr.String() != "" {
				t.Errorf("exit code %d: %s%s", code, check.out.String(), check.stderr)
			}
		})
	}
}

func TestHealthcheckOfWhatIsNotThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	check := run(t, nil, "--web.healthcheck", "--web.listen-address="+address)
	if code := check.wait(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	check.stderr.wantLines(t, 1)
	check.stderr.wantLines(t, 1, "valkey_exporter: error: --web.healthcheck: "+address+": no answer: ", "connection refused")
}

// Each address that the exporter was told to listen on must answer.
func TestHealthcheckOfSeveralAddresses(t *testing.T) {
	p := run(t, environment{"VALKEY_ADDR": "nobody.invalid"}, freePort)
	check := run(t, nil, "--web.healthcheck", "--web.listen-address="+strings.TrimPrefix(p.url(), "http://"), "--web.listen-address=127.0.0.1:1")
	if code := check.wait(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	check.stderr.wantLines(t, 1, "--web.healthcheck: 127.0.0.1:1: ")
}

func TestHealthcheckJudgesTheAnswer(t *testing.T) {
	for status, healthy := range map[int]bool{200: true, 401: true, 302: false, 400: false, 404: false, 503: false} {
		var path string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			path = r.URL.Path
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		}))
		err := askHealth(t.Context(), server.Listener.Addr().String())
		server.Close()
		if (err == nil) != healthy || path != "/-/healthy" {
			t.Errorf("%s with status %d: %v", path, status, err)
		}
		if err != nil && !strings.Contains(err.Error(), fmt.Sprint(status)) {
			t.Errorf("status %d: the error does not say so: %v", status, err)
		}
	}
}

// The default is an address without a host.
func TestHealthcheckOfAnAddressWithoutHost(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := askHealth(t.Context(), ":"+port); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("%v, want the answer of the server", err)
	}
}

// A program that hangs is not healthy.
func TestHealthcheckDoesNotWaitForever(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // the kernel accepts, nobody answers
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := askHealth(ctx, l.Addr().String()); err == nil || !strings.Contains(err.Error(), "no answer: context deadline exceeded") {
		t.Errorf("%v, want that there was no answer", err)
	}
}
