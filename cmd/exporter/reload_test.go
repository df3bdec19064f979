package main

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	"valkey-exporter/internal/testserver"
)

const (
	reloadOK   = "redis_exporter_config_last_reload_successful"
	reloadTime = "redis_exporter_config_last_reload_success_timestamp_seconds"
)

// wantReloads changes the file to a good one, a bad one, and a good one again.
func wantReloads(t *testing.T, path string, scrape func() series, reload func(good bool)) {
	t.Helper()
	first := scrape()
	first.want(t, reloadOK, 1)
	first.want(t, length("a"), 0)

	rewrite(t, path, "queues: [{key: b}]")
	reload(true)
	second := scrape()
	second.want(t, reloadOK, 1)
	second.want(t, length("b"), 0)
	second.wantNone(t, length("a"))
	if second[reloadTime] <= first[reloadTime] {
		t.Errorf("loaded at %v, and before at %v", second[reloadTime], first[reloadTime])
	}

	rewrite(t, path, "queues: [{key: c}]\nnonsense: true\nmore: 1\n")
	reload(false)
	third := scrape()
	third.want(t, reloadOK, 0)
	third.want(t, reloadTime, second[reloadTime])
	third.want(t, length("b"), 0)
	third.wantNone(t, length("c"))

	rewrite(t, path, "queues: [{key: c}]")
	reload(true)
	fourth := scrape()
	fourth.want(t, reloadOK, 1)
	fourth.want(t, length("c"), 0)
}

func TestReloadByRequest(t *testing.T) {
	server := testserver.Valkey(t)
	path := configFile(t, "queues: [{key: a}]")
	s := watching(t, server.Addr, "--config.file="+path, "--web.enable-lifecycle")
	wantReloads(t, path, func() series { return s.scrape(t) }, func(good bool) {
		r := request(t, http.MethodPost, s.url+"/-/reload")
		switch {
		case good && r.status != http.StatusOK:
			t.Errorf("status %d: %s", r.status, r.body)
		case !good && (r.status != http.StatusInternalServerError || !strings.Contains(r.body, path+":2:1: unknown field `nonsense`") ||
			!strings.Contains(r.body, path+":3:1: unknown field `more`")):
			t.Errorf("status %d: %s", r.status, r.body)
		}
	})
	s.log.wantLines(t, 2, "level=ERROR", "the old one stays in effect")
	s.log.wantLines(t, 2, "configuration reloaded")
}

func TestReloadBySignal(t *testing.T) {
	server := testserver.Valkey(t)
	path := configFile(t, "queues: [{key: a}]")
	p := run(t, environment{"VALKEY_ADDR": server.Addr}, freePort, "--config.file="+path)
	base := p.url()
	good, bad := 0, 0
	wantReloads(t, path, func() series { return scrape(t, base+"/metrics") }, func(ok bool) {
		p.signal(syscall.SIGHUP)
		if ok {
			good++
		} else {
			bad++
		}
		eventually(t, "the file was read", func() bool {
			return len(p.stderr.lines("msg=\"configuration reloaded\"")) == good &&
				len(p.stderr.lines("configuration not reloaded", path+":2:1: ")) == bad
		})
	})
	p.signal(syscall.SIGTERM)
	if code := p.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestReloadByRequestMustBeEnabled(t *testing.T) {
	s := watching(t, scripted(t, nil).Addr)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodGet} {
		if r := request(t, method, s.url+"/-/reload"); r.status != http.StatusForbidden || !strings.Contains(r.body, "--web.enable-lifecycle") {
			t.Errorf("%s: status %d, %s", method, r.status, r.body)
		}
	}
	s.log.wantLines(t, 0, "reloaded")
}

// A link or a crawler must not reload anything.
func TestReloadIsNotForGET(t *testing.T) {
	s := watching(t, scripted(t, nil).Addr, "--web.enable-lifecycle")
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodDelete} {
		r := request(t, method, s.url+"/-/reload")
		if r.status != http.StatusMethodNotAllowed || r.header.Get("Allow") != "POST, PUT" {
			t.Errorf("%s: status %d, Allow: %s", method, r.status, r.header.Get("Allow"))
		}
	}
	if r := request(t, http.MethodPut, s.url+"/-/reload"); r.status != http.StatusOK {
		t.Errorf("PUT: status %d", r.status)
	}
}

func TestReloadWithoutAFile(t *testing.T) {
	s := start(t, nil, "--valkey.addr="+scripted(t, nil).Addr)
	if err := s.reload(); err != nil {
		t.Error(err)
	}
	s.scrape(t).want(t, reloadOK, 1)
}

func TestReloadOfAFileThatIsGone(t *testing.T) {
	path := configFile(t, "queues: [{key: a}]")
	s := watching(t, scripted(t, nil).Addr, "--config.file="+path)
	s.settings.configFile = path + ".gone"
	if err := s.reload(); err == nil {
		t.Error("want an error")
	}
	got := s.scrape(t)
	got.want(t, reloadOK, 0)
	got.want(t, length("a"), 0)
}

func TestManyReloadsLeaveNothingBehind(t *testing.T) {
	server := testserver.Valkey(t)
	s := start(t, nil, "--valkey.addr="+server.Addr, "--web.enable-lifecycle")
	s.scrape(t).wantUp(t)
	check := noNewGoroutines(t)
	for range 100 {
		if r := request(t, http.MethodPost, s.url+"/-/reload"); r.status != http.StatusOK {
			t.Fatalf("status %d: %s", r.status, r.body)
		}
	}
	check()
	s.scrape(t).wantUp(t)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("clients:\n%slog:\n%s", server.Must(t, "CLIENT", "LIST"), s.log)
		}
	})
	eventually(t, "five connections: for scrapes, for looking for queues, for looking into them, for listing clients, for the speed", func() bool {
		return strings.Count(server.Must(t, "CLIENT", "LIST").(string), "name="+name+" ") == 5
	})
}

// The configuration changes while others scrape.
func TestReloadsDuringScrapes(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "SADD", "queue:processing:1", "a")
	s := start(t, nil, "--valkey.addr="+server.Addr)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range 30 {
			if err := s.reload(); err != nil {
				t.Error(err)
			}
		}
	}()
	for scraping := true; scraping; {
		select {
		case <-ended:
			scraping = false
		default:
		}
		s.scrape(t).wantUp(t)
	}
	wantFound(t, s, 1)
}

// An exporter that stops leaves nothing running.
func TestStopLeavesNothingBehind(t *testing.T) {
	server := testserver.Valkey(t)
	check := noNewGoroutines(t)
	s := start(t, nil, "--valkey.addr="+server.Addr)
	s.scrape(t).wantUp(t)
	s.close()
	check()
	eventually(t, "the connections are closed", func() bool {
		return !strings.Contains(server.Must(t, "CLIENT", "LIST").(string), "name="+name)
	})
}
