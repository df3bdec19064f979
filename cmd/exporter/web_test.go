package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"valkey-exporter/internal/testserver"
)

func TestPages(t *testing.T) {
	s := watching(t, scripted(t, nil).Addr, "--web.telemetry-path=/my/metrics")
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{http.MethodGet, "/", 200},
		{http.MethodHead, "/", 200},
		{http.MethodPost, "/", 405},
		{http.MethodGet, "/my/metrics", 200},
		{http.MethodHead, "/my/metrics", 200},
		{http.MethodPost, "/my/metrics", 405},
		{http.MethodGet, "/metrics", 404},
		{http.MethodGet, "/-/healthy", 200},
		{http.MethodGet, "/-/ready", 200},
		{http.MethodGet, "/-/other", 404},
		{http.MethodGet, "/nothing", 404},
		{http.MethodGet, "/debug/pprof/", 404},
	} {
		if r := request(t, c.method, s.url+c.path); r.status != c.status {
			t.Errorf("%s %s: status %d, want %d", c.method, c.path, r.status, c.status)
		}
	}
}

var link = regexp.MustCompile(`href="([^"]*)"`)

// withoutStatusPage is the flag that leaves a page with links.
const withoutStatusPage = "--no-web.status-page"

func TestLinksOfTheFrontPageWork(t *testing.T) {
	for name, args := range map[string][]string{"status page": nil, "links only": {withoutStatusPage}} {
		t.Run(name, func(t *testing.T) {
			s := watching(t, scripted(t, nil).Addr, append(args, "--web.telemetry-path=/my/metrics")...)
			page := request(t, http.MethodGet, s.url+"/")
			base, err := url.Parse(s.url + "/")
			if err != nil {
				t.Fatal(err)
			}
			links := 0
			for _, l := range link.FindAllStringSubmatch(page.body, -1) {
				if strings.HasPrefix(l[1], "data:") {
					continue // an icon of its own keeps browsers from asking for one
				}
				links++
				to, err := base.Parse(l[1])
				if err != nil {
					t.Fatal(err)
				}
				if r := request(t, http.MethodGet, to.String()); r.status != http.StatusOK {
					t.Errorf("%s: status %d", l[1], r.status)
				}
			}
			if links != 3 {
				t.Errorf("%d links, want 3", links)
			}
			if !strings.Contains(page.body, "valkey://127.0.0.1:") {
				t.Error("the page does not say which server is watched")
			}
		})
	}
}

// The address is typed by a person; what it holds must stay text.
func TestFrontPageEscapes(t *testing.T) {
	for name, args := range map[string][]string{"status page": nil, "links only": {withoutStatusPage}} {
		t.Run(name, func(t *testing.T) {
			s := watching(t, "unix:///run/<script>alert(1)</script>&\"'.sock", args...)
			page := request(t, http.MethodGet, s.url+"/").body
			if strings.Contains(page, "<script>alert") || !strings.Contains(page, "unix:///run/&lt;script&gt;alert(1)&lt;/script&gt;&amp;") {
				t.Errorf("the page has a script:\n%s", page)
			}
		})
	}
}

func TestReadyEndsWhenTheExporterIsToldToStop(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s := startUntil(ctx, t, nil, "--valkey.addr="+scripted(t, nil).Addr)
	if r := request(t, http.MethodGet, s.url+"/-/ready"); r.status != http.StatusOK {
		t.Errorf("status %d", r.status)
	}
	stop()
	if r := request(t, http.MethodGet, s.url+"/-/ready"); r.status != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", r.status)
	}
	if r := request(t, http.MethodGet, s.url+"/-/healthy"); r.status != http.StatusOK {
		t.Errorf("status %d, want 200: it still runs", r.status)
	}
}

func TestTimeoutHeaderThatIsNoTimeout(t *testing.T) {
	server := scripted(t, nil)
	s := watching(t, server.Addr)
	s.scrape(t).want(t, "redis_target_scrape_request_errors_total", 0)
	asked := server.Count("INFO")
	bad := []string{"soon", "-1", "0", "NaN", "Inf", "1e9", "1s"}
	for _, value := range bad {
		r := request(t, http.MethodGet, s.url+"/metrics", "X-Prometheus-Scrape-Timeout-Seconds: "+value)
		if r.status != http.StatusBadRequest || !strings.Contains(r.body, "X-Prometheus-Scrape-Timeout-Seconds: want seconds") {
			t.Errorf("%q: status %d, %s", value, r.status, r.body)
		}
	}
	if now := server.Count("INFO"); now != asked {
		t.Errorf("the server was asked %d times", now-asked)
	}
	s.scrape(t, "X-Prometheus-Scrape-Timeout-Seconds: 10.5").want(t, "redis_target_scrape_request_errors_total", float64(len(bad)))
}

func TestScrapeTimeout(t *testing.T) {
	for name, c := range map[string]struct {
		args   []string
		header string
		want   time.Duration
	}{
		"default":                        {nil, "", 9750 * time.Millisecond},
		"flag":                           {[]string{"--scrape.timeout=3s"}, "", 2750 * time.Millisecond},
		"header":                         {nil, "15.5", 15250 * time.Millisecond},
		"offset":                         {[]string{"--scrape.timeout-offset=2s"}, "5", 3 * time.Second},
		"offset of more than there is":   {[]string{"--scrape.timeout-offset=20s"}, "5", 2500 * time.Millisecond},
		"header that leaves little time": {nil, "0.1", 50 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			s := watching(t, "nobody.invalid", c.args...)
			header := http.Header{}
			if c.header != "" {
				header.Set("X-Prometheus-Scrape-Timeout-Seconds", c.header)
			}
			if got, err := s.scrapeTimeout(header); got != c.want || err != nil {
				t.Errorf("%v, %v, want %v", got, err, c.want)
			}
		})
	}
}

// An HA pair of Prometheus servers costs Valkey one round trip.
func TestScrapesAtTheSameMomentShareOneRoundTrip(t *testing.T) {
	server := scripted(t, jobs)
	s := watching(t, server.Addr)
	s.scrape(t)
	s.scrape(t)
	asked, trips := server.Count("SLOWLOG LEN"), server.RoundTrips()

	server.Delay("SLOWLOG LEN", 300*time.Millisecond)
	answers := make(chan reply, 3)
	one := func() {
		r, err := ask(t, http.MethodGet, s.url+"/metrics")
		if err != nil {
			t.Error(err)
		}
		answers <- r
	}
	go one()
	eventually(t, "the server is asked", func() bool { return server.Count("SLOWLOG LEN") == asked+1 })
	go one()
	go one()
	for range cap(answers) {
		parse(t, (<-answers).body).wantUp(t)
	}
	if n := server.Count("SLOWLOG LEN") - asked; n != 1 {
		t.Errorf("the server was asked %d times, want 1", n)
	}
	if n := server.RoundTrips() - trips; n != 1 {
		t.Errorf("%d round trips, want 1", n)
	}
	s.scrape(t).want(t, "redis_exporter_scrapes_total", 4)
}

// One who waits for a scrape that somebody else began has a deadline of his
// own, and his going away takes nothing from the others.
func TestOneOfTwoScrapersGoesAway(t *testing.T) {
	t.Parallel()
	server := scripted(t, jobs)
	s := watching(t, server.Addr)
	s.scrape(t)
	asked := server.Count("SLOWLOG LEN")
	server.Delay("SLOWLOG LEN", time.Second)
	whole := make(chan reply, 1)
	go func() {
		r, _ := ask(t, http.MethodGet, s.url+"/metrics")
		whole <- r
	}()
	eventually(t, "the server is asked", func() bool { return server.Count("SLOWLOG LEN") > asked })
	got := s.scrape(t, "X-Prometheus-Scrape-Timeout-Seconds: 0.4")
	got.want(t, "redis_up", 0)
	got.wantError(t, "timeout")
	parse(t, (<-whole).body).wantUp(t)
}

func TestTLSAndPasswordOfTheWebServer(t *testing.T) {
	certs := testserver.NewCerts(t)
	web := file(t, "web.yml", fmt.Sprintf(`
tls_server_config: {cert_file: %q, key_file: %q}
basic_auth_users: {prometheus: $2a$04$sLFJj7LMDEOoIN1AYNHaSOdBCsVm77tT6LD6URrtTEsWSKhsgFQ4q}
`, certs.ServerCertFile, certs.ServerKeyFile)) // the password is "test-password"
	p := run(t, environment{"VALKEY_ADDR": scripted(t, nil).Addr}, freePort, "--web.config.file="+web)
	base := strings.Replace(p.url(), "http:", "https:", 1)

	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(read(t, certs.CAFile)))
	client := &http.Client{Timeout: patience, Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool},
	}}
	for _, path := range []string{"/", "/metrics", "/-/healthy", "/-/ready", "/-/reload"} {
		for _, c := range []struct {
			password string
			status   int
		}{{"", 401}, {"guess", 401}, {"test-password", 200}} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			if c.password != "" {
				req.SetBasicAuth("prometheus", c.password)
			}
			r, err := answer(client, req)
			if err != nil {
				t.Fatal(err)
			}
			if path == "/-/reload" && c.status == 200 {
				c.status = 403 // it is not enabled
			}
			if path == "/" && strings.Contains(r.body, "Cache hit rate") != (c.status == 200) {
				t.Errorf("the status page with password %q: status %d:\n%s", c.password, r.status, r.body)
			}
			if r.status != c.status {
				t.Errorf("%s with password %q: status %d, want %d", path, c.password, r.status, c.status)
			}
		}
	}
	plain := strings.Replace(base, "https:", "http:", 1)
	if r := request(t, http.MethodGet, plain+"/metrics"); r.status != http.StatusBadRequest {
		t.Errorf("without TLS: status %d, want 400", r.status)
	}
}

// A scrape that has begun is finished, on the connection that it came by.
func TestStopFinishesTheScrapeUnderWay(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			server := scripted(t, nil)
			p := run(t, environment{"VALKEY_ADDR": server.Addr}, freePort)
			base := p.url()
			scrape(t, base+"/metrics").wantUp(t)
			asked := server.Count("SLOWLOG LEN")

			server.Delay("SLOWLOG LEN", time.Second)
			answers := make(chan reply, 1)
			go func() {
				r, _ := ask(t, http.MethodGet, base+"/metrics")
				answers <- r
			}()
			eventually(t, "the server is asked", func() bool { return server.Count("SLOWLOG LEN") > asked })
			p.signal(sig)
			parse(t, (<-answers).body).wantUp(t)
			if code := p.wait(); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			p.stderr.wantLines(t, 1, "msg=stopped")
			p.stderr.wantLines(t, 0, "level=ERROR")
		})
	}
}

// A server that hangs must not keep the exporter from stopping.
func TestStopDoesNotWaitForever(t *testing.T) {
	t.Parallel()
	server := scripted(t, nil)
	p := run(t, environment{"VALKEY_ADDR": server.Addr}, freePort, "--scrape.timeout=1h")
	base := p.url()
	server.Hang("SLOWLOG LEN")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = ask(t, http.MethodGet, base+"/metrics")
	}()
	eventually(t, "the server is asked", func() bool { return server.Count("SLOWLOG LEN") > 0 })
	p.signal(syscall.SIGTERM)
	if code := p.wait(); code != 0 {
		t.Errorf("exit code %d, want 0:\n%s", code, p.stderr)
	}
	<-ended
	p.stderr.wantLines(t, 1, "level=WARN", "scrapes under way were cut off")
}

// A client that never ends its request is cut off; this test does not wait for
// that, it makes sure that the limit is set.
func TestServerHasLimits(t *testing.T) {
	if readHeaderTimeout <= 0 || readHeaderTimeout > 30*time.Second {
		t.Errorf("headers may take %v", readHeaderTimeout)
	}
	if idleTimeout <= time.Minute {
		t.Errorf("connections are closed after %v, which makes Prometheus connect for each scrape", idleTimeout)
	}
}

// A client that sends a byte now and then keeps nobody else from scraping.
func TestSlowClientBlocksNobody(t *testing.T) {
	s := watching(t, scripted(t, nil).Addr)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /metrics HTTP/1.1\r\nHost:")
	s.scrape(t).wantUp(t)
	fmt.Fprint(conn, " x\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%v, %v", resp, err)
	}
}
