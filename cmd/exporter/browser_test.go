package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"valkey-exporter/internal/testserver"
)

// chromium is the browser that the page is tried in.
func chromium(t *testing.T) string {
	t.Helper()
	path := os.Getenv("CHROMIUM")
	switch {
	case path == "none" && os.Getenv("CI") == "":
		t.Skip("CHROMIUM=none: this platform has no package of it")
	case path == "" || path == "none":
		t.Fatal("CHROMIUM is not set: run make test, or set it to the path of a Chromium")
	}
	return path
}

// visit is what a browser made of a page.
type visit struct {
	dom      string
	console  []string
	requests []string // that the page caused, and itself
}

// browse opens a page, lets virtual time pass, and returns what is there then.
func browse(t *testing.T, url string, passes time.Duration) visit {
	t.Helper()
	program := chromium(t)
	dir := t.TempDir()
	t.Cleanup(func() { // the last of its processes may still write there
		eventually(t, "the browser's folder is gone", func() bool { return os.RemoveAll(dir) == nil })
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	netLog := filepath.Join(dir, "net.json")
	cmd := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--user-data-dir="+dir, "--enable-logging=stderr", "--log-net-log="+netLog,
		"--window-size=1600,1000", fmt.Sprintf("--virtual-time-budget=%d", passes.Milliseconds()), "--dump-dom", url)
	var dom, said bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &dom, &said, 5*time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, said.String())
	}
	v := visit{dom: dom.String(), requests: requestsOf(t, netLog, url)}
	for line := range strings.Lines(said.String()) {
		if strings.Contains(line, "CONSOLE") {
			v.console = append(v.console, line)
		}
	}
	return v
}

// requestsOf are those in a network log that have to do with an address. The
// browser also asks for things of its own, and reaches nobody.
func requestsOf(t *testing.T, path, address string) []string {
	t.Helper()
	var log struct {
		Constants struct{ LogEventTypes map[string]int }
		Events    []struct {
			Type   int
			Params struct{ URL, Initiator string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, path)), &log); err != nil {
		t.Fatal(err)
	}
	origin := strings.Join(strings.SplitN(address, "/", 4)[:3], "/")
	var all []string
	for _, e := range log.Events {
		if e.Type == log.Constants.LogEventTypes["URL_REQUEST_START_JOB"] && (e.Params.URL == address || e.Params.Initiator == origin) {
			all = append(all, e.Params.URL)
		}
	}
	return all
}

// stage is an exporter that the browser finds at another address, where the test
// sees what it asks for.
type stage struct {
	*subject
	at     string
	asked  atomic.Int64 // for the page
	broken atomic.Bool
}

// onStage calls before, unless it is nil, before the page is given for the nth
// time.
func onStage(t *testing.T, s *subject, before func(n int64)) *stage {
	t.Helper()
	st := &stage{subject: s}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		n := int64(0)
		if r.URL.Path == "/" {
			n = st.asked.Add(1)
		}
		if before != nil && n > 0 {
			before(n)
		}
		if st.broken.Load() {
			http.Error(w, "stopping", http.StatusServiceUnavailable)
			return
		}
		s.handler().ServeHTTP(&framable{w}, r)
	})
	mux.HandleFunc("/test/asked", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, st.asked.Load()) })
	mux.HandleFunc("/test/break", func(http.ResponseWriter, *http.Request) { st.broken.Store(true) })
	mux.HandleFunc("/test/mend", func(http.ResponseWriter, *http.Request) { st.broken.Store(false) })
	mux.HandleFunc("/test/frame", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, actor) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	st.at = server.URL
	return st
}

// framable lets the page be shown in a frame, which is how the test gives it a
// width and plays its reader. All else of its policy stays.
type framable struct{ http.ResponseWriter }

func (f *framable) WriteHeader(status int) {
	const policy = "Content-Security-Policy"
	h := f.Header()
	h.Set(policy, strings.Replace(h.Get(policy), "frame-ancestors 'none'", "frame-ancestors 'self'", 1))
	f.ResponseWriter.WriteHeader(status)
}

func (f *framable) Write(b []byte) (int, error) {
	if strings.Contains(f.Header().Get("Content-Security-Policy"), "'none'; frame-ancestors 'none'") {
		f.WriteHeader(http.StatusOK)
	}
	return f.ResponseWriter.Write(b)
}

// hostile are keys that would run if they were not text.
var hostile = []string{
	`<script>document.title="ran"</script>`, `"><img src=x onerror="document.title='ran'">`, `<svg onload=document.title="ran">`,
	"' onfocus='document.title=1' autofocus='", "{{7*7}}", "\x00\xff\u202e", strings.Repeat("long ", 2000), strings.Repeat("x", 10_000),
}

// hostileServer watches a real server with such keys, some of them in trouble.
func hostileServer(t *testing.T) (*subject, *testserver.Server) {
	t.Helper()
	server := testserver.Valkey(t)
	for _, key := range hostile {
		for range 3 {
			server.Must(t, "LPUSH", key, "job")
		}
		server.Must(t, "LPUSH", "dead:"+key, fmt.Sprintf(`{"error":%q}`, key))
		server.Must(t, "SADD", "hand:"+key, "job")
	}
	config := configFile(t, `
queues:
  - {pattern: "dead:*", role: dead_letter, max_length: 0}
  - {pattern: "hand:*", role: processing}
  - {pattern: "*", max_length: 2}
discovery: {interval: 1s}
observe: {interval: 1s}
alerts: {runbook_url: "https://wiki.example/{name}"}
`)
	s := start(t, nil, "--valkey.addr="+server.Addr, "--config.file="+config)
	s.scrape(t).wantUp(t)
	s.wantSeen(t, "{{7*7}} holds 3 jobs", `\x00\xff\u202e|over limit|3|`, "dead:{{7*7}}|over limit|1|", "hand:{{7*7}}|ok|", "(10,000 bytes)")
	return s, server
}

// The page refreshes itself, asks for nothing else and has nothing to complain
// of, and what keys are called does not run.
func TestStatusPageInABrowser(t *testing.T) {
	t.Parallel()
	chromium(t)
	watching, server := hostileServer(t)
	s := onStage(t, watching, func(n int64) {
		if n == 2 {
			server.Must(t, "LPUSH", "late", "1", "2", "3", "4", "5", "6", "7")
			watching.wantSeen(t, "late|over limit|7|")
		}
	})
	v := browse(t, s.at+"/", 20*time.Second)
	for _, request := range v.requests {
		if request != s.at+"/" {
			t.Errorf("the page asks for %s", request)
		}
	}
	if len(v.requests) != 2 || s.asked.Load() != 2 {
		t.Errorf("the page was asked for %d times (%q), want 2: at once and after 15 s", s.asked.Load(), v.requests)
	}
	if len(v.console) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(v.console, ""))
	}
	for _, want := range []string{"late holds 7 jobs", "<title>", `<p id="live" role="status" class=""></p>`} {
		if !strings.Contains(v.dom, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if title := between(v.dom, "<title>", "</title>"); !strings.Contains(title, "valkey://") {
		t.Errorf("the title is %q: a key has run", title)
	}
}

func between(text, from, to string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return text
}

// actor reads the page in a frame as a person would, and writes down what
// happens.
const actor = `<!DOCTYPE html><link rel="icon" href="data:,"><iframe id="frame" src="/" width="1600" height="500"></iframe><pre id="result"></pre>
<script>
var frame = document.getElementById("frame"), seen = {};
function wait(s) { return new Promise(function (done) { setTimeout(done, s * 1000); }); }
function ask(path) { return fetch("/test/" + path).then(function (r) { return r.text(); }); }
function page() { return frame.contentDocument; }
function live() { return page().getElementById("live").textContent + "|" + page().querySelector("main").className; }
frame.onload = async function () {
  frame.onload = null;
  seen.overflow = [];
  for (var width of [320, 390, 600, 900, 1119, 1121, 1343, 1345, 1600]) {
    frame.width = width;
    await wait(0.1);
    var root = page().documentElement;
    if (root.scrollWidth > root.clientWidth) { seen.overflow.push(width + ": " + root.scrollWidth); }
  }
  var links = page().querySelectorAll("main a");
  links[1].focus();
  frame.contentWindow.scrollTo(0, 123);
  var main = page().querySelector("main"), to = links[1].href;
  await wait(16);
  seen.replaced = page().querySelector("main") !== main;
  seen.focus = page().activeElement.href === to;
  seen.scroll = frame.contentWindow.scrollY;
  var hidden = true;
  Object.defineProperty(page(), "hidden", { configurable: true, get: function () { return hidden; } });
  await wait(15);
  var before = await ask("asked");
  await wait(60);
  seen.whileHidden = await ask("asked") - before;
  hidden = false;
  page().dispatchEvent(new Event("visibilitychange"));
  await wait(2);
  seen.whenShown = await ask("asked") - before;
  await ask("break");
  await wait(16);
  seen.lost = live();
  await ask("mend");
  await wait(16);
  seen.found = live();
  document.getElementById("result").textContent = JSON.stringify(seen);
};
</script>`

// It fits the screen of a phone, leaves focus and place alone, rests while nobody
// looks, and says when the exporter no longer answers.
func TestStatusPageIsReadByAPerson(t *testing.T) {
	t.Parallel()
	chromium(t)
	watching, _ := hostileServer(t)
	s := onStage(t, watching, nil)
	v := browse(t, s.at+"/test/frame", 150*time.Second)
	var seen struct {
		Overflow               []string
		Replaced, Focus        bool
		Scroll                 float64
		WhileHidden, WhenShown int
		Lost, Found            string
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(between(v.dom, `<pre id="result">`, "</pre>"))), &seen); err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(v.console, ""))
	}
	if len(seen.Overflow) > 0 {
		t.Errorf("at these widths it has to be scrolled sideways: %q", seen.Overflow)
	}
	if !seen.Replaced || !seen.Focus || seen.Scroll != 123 {
		t.Errorf("after a refresh: %+v", seen)
	}
	if seen.WhileHidden != 0 || seen.WhenShown != 1 {
		t.Errorf("%d requests while hidden, %d when shown again; want 0 and 1", seen.WhileHidden, seen.WhenShown)
	}
	if !regexp.MustCompile(`^The exporter answers 503\. What you see is of .+\|old$`).MatchString(seen.Lost) || seen.Found != "|" {
		t.Errorf("without an answer it says %q, afterwards %q", seen.Lost, seen.Found)
	}
	if slices.ContainsFunc(v.console, func(line string) bool { return !strings.Contains(line, "503") }) {
		t.Errorf("the browser complains:\n%s", strings.Join(v.console, ""))
	}
}
