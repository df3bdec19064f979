package statuspage

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"valkey-exporter/collector/queue/health"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules"
)

func (s *scene) get(method string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.page.ServeHTTP(w, httptest.NewRequest(method, "/", http.NoBody))
	return w
}

// The browser runs what the policy has the hash of, and nothing else.
func TestPolicyAllowsTheStyleAndTheScriptOfThePage(t *testing.T) {
	w := troubled(t).get(http.MethodGet)
	csp, page := w.Header().Get("Content-Security-Policy"), w.Body.String()
	for tag, directive := range map[string]string{"style": "style-src", "script": "script-src"} {
		all := regexp.MustCompile(`(?s)<`+tag+`>(.*?)</`+tag+`>`).FindAllStringSubmatch(page, -1)
		if len(all) != 1 {
			t.Fatalf("%d elements %s", len(all), tag)
		}
		sum := sha256.Sum256([]byte(all[0][1]))
		want := directive + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		if !strings.Contains(csp, want) {
			t.Errorf("the policy is %s, want %s in it", csp, want)
		}
	}
	for _, want := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the policy is %s, want %s in it", csp, want)
		}
	}
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
		t.Errorf("the policy is %s", csp)
	}
	for name, want := range map[string]string{"Content-Type": "text/html; charset=utf-8", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// All that a browser would fetch is the page itself.
func TestPageNeedsNothingElse(t *testing.T) {
	page := troubled(t).get(http.MethodGet).Body.String()
	for _, never := range []string{"http://", "https://", "src=", "@import", "url(", " style=", " onclick=", "innerHTML", "eval("} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %q", never)
		}
	}
}

// A runbook is a link only where it has an address, which the configuration says.
func TestProblemsLinkToRunbooks(t *testing.T) {
	s := play(t, "alerts: {runbook_url: 'https://wiki.example/{name}'}")
	s.queue("queue:high", 1001, 1)
	if page := s.html(); !strings.Contains(page, `<a href="https://wiki.example/QueueBackup" rel="noreferrer">QueueBackup</a>`) {
		t.Error(page)
	}
}

var hostileKeys = []string{
	`<script>document.title="ran"</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, "a\x00b", "\xff\xfe\xc0", "job\u202etxt.exe\u2066",
	"", "\n\r\t", "javascript:alert(1)", "{{.Target}}", "<!--", "]]>", "&lt;b&gt;", strings.Repeat("\u0301", 300), strings.Repeat("x", 10_000), strings.Repeat("<\"'&>", 2000),
	strings.Repeat("\xff", 10_000), "日本語のキュー", "a b", `back\x00slash`,
}

func TestHostileNamesStayText(t *testing.T) {
	s := play(t, `queues: [{pattern: "*"}]`)
	for i, key := range hostileKeys {
		r := s.queue(key, float64(2000+i), 5)
		r.Stream = &valkey.StreamSight{Groups: []valkey.Group{{Name: key, Lag: 2000, OldestPendingIdle: time.Hour}}}
		r.DeadLetters = []health.Reason{{Text: key, Count: 1}}
		s.unlooked(key+"2", valkey.ReasonWrongType, none)
	}
	for _, field := range []string{"valkey_version", "server_name", "role", "server_mode", "maxmemory_policy", "run_id"} {
		s.info[field] = hostileKeys[0] + hostileKeys[1] + "\u202e\x00\xff"
	}
	s.pass(time.Minute, nil)
	page := s.html()
	for _, never := range []string{"<script>document", "<img", "onerror=alert(1)>", "' onmouseover", "\x00", "\xff", "\u202e", "\u2066", strings.Repeat("x", nameTold+1)} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %q", never)
		}
	}
	for _, want := range []string{"&lt;script&gt;", `a\x00b`, `\xff\xfe\xc0`, `job\u202etxt.exe\u2066`, "(empty name)", `\x0a\x0d\x09`, "日本語のキュー", "… (10,000 bytes)", `back\x5cx00slash`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// However many queues there are, and whatever they are called, the page is no
// longer than that.
const longestPage = 200_000

func TestPageIsBounded(t *testing.T) {
	s := play(t, `{queues: [{pattern: "w*", max_age: 1s}, {pattern: "p*", role: processing}, {pattern: "d*", role: dead_letter}], discovery: {max_queues: 10000}}`)
	name := strings.Repeat("\"", 5000) // five bytes each in a page
	const each = 340
	for i := range each {
		for _, role := range []string{"w", "p", "d"} {
			r := s.queue(fmt.Sprintf("%s%d%s", role, i, name), 1e15, 1e6)
			r.Evictable, r.Vanished = 1, float64(i)
			if role == "d" {
				r.DeadLetters = []health.Reason{{Text: name, Count: 1e12}, {Text: name + "2", Count: 1}}
			}
		}
		s.unlooked(fmt.Sprintf("w%d unreadable %s", i, name), valkey.ReasonDenied, none)
	}
	s.info["used_memory"] = "1073741824"
	s.fail[valkey.SourceQueues] = reply("NOPERM")
	s.pass(span, func(i int) {
		if i%20 != 0 {
			return // all of them move, now and then
		}
		for j := range s.state.Exporter.Health.Reports {
			r := &s.state.Exporter.Health.Reports[j]
			r.Length = float64((i*j)%7919 + 2000)
			r.Flow.Enqueued += 1e9
		}
	})
	page := s.get(http.MethodGet).Body.Len()
	t.Logf("%d bytes", page)
	if page > longestPage {
		t.Errorf("the page is %d bytes long, want at most %d", page, longestPage)
	}
	v := s.view()
	if len(v.Tables[0].Lines) != rowsShown || len(v.Problems) != problemsShown || len(v.Unreadable) != reasonsShown || v.MoreUnreadable != each-reasonsShown {
		t.Errorf("%d rows, %d problems, %d unreadable and %d more", len(v.Tables[0].Lines), len(v.Problems), len(v.Unreadable), v.MoreUnreadable)
	}
	if want := "and 316 more, "; !strings.HasPrefix(v.Tables[0].Notes[0], want) {
		t.Errorf("%q, want %q", v.Tables[0].Notes, want)
	}
}

// A queue in trouble is shown, however late it comes in the list.
func TestQueuesThatNeedAttentionComeFirst(t *testing.T) {
	s := play(t, `queues: [{pattern: "q*", max_length: 10}, {key: bad, severity: critical}]`)
	for i := range 100 {
		s.queue(fmt.Sprintf("q%d", i), 1, 1)
	}
	s.queue("q late", 11, 1)
	s.queue("bad", 1001, 1)
	lines := s.view().Tables[0].Lines
	if got := []string{lines[0].Cells[0].Name.Text, lines[1].Cells[0].Name.Text, lines[2].Cells[0].Name.Text}; !slices.Equal(got, []string{"bad", "q late", "q0"}) {
		t.Errorf("%q", got)
	}
}

// The history of as many queues as there may be takes no more than is said of it.
func TestHistoryIsBounded(t *testing.T) {
	for name, test := range map[string]struct {
		counters totals
		most     float64
	}{
		"looked into":  {totals{}, 3.2e6},
		"lengths only": {totals{none, none, none}, 1.4e6},
	} {
		t.Run(name, func(t *testing.T) { fullHistory(t, test.counters, test.most) })
	}
}

func fullHistory(t *testing.T, counters totals, most float64) {
	h := newHistory()
	depths := make([]depth, mostQueues+500)
	for i := range depths {
		depths[i] = depth{queue: valkey.NewQueue(0, strconv.Itoa(i), "work"), counters: counters}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	now := noon
	for range pointsKept + 20 {
		now = now.Add(spacing)
		for i := range depths {
			depths[i].at = now
		}
		h.observed(now, depths)
		h.scraped(now, nil)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	used := float64(after.HeapAlloc) - float64(before.HeapAlloc)
	t.Logf("%.0f bytes", used)
	if used > most {
		t.Errorf("the history takes %.0f bytes, want at most %.0f", used, most)
	}
	if !h.keeps(depths[0].queue) || h.keeps(depths[mostQueues+1].queue) {
		t.Error("which queues have a history is not told")
	}
	if len(h.queues) != mostQueues || len(h.server) != pointsKept || len(h.depths(depths[0].queue)) != pointsKept {
		t.Errorf("%d queues, %d and %d points", len(h.queues), len(h.server), len(h.depths(depths[0].queue)))
	}
	if reach := now.Sub(h.server[0].at); reach < 29*time.Minute {
		t.Errorf("it reaches back %v", reach)
	}
	h.observed(now, depths[:3])
	if len(h.queues) != 3 {
		t.Errorf("%d queues are remembered, of 3", len(h.queues))
	}
	runtime.KeepAlive(h)
}

// The exporter does not link the rules; so what it says of them is compared here.
func TestSeveritiesAreThoseOfTheRules(t *testing.T) {
	all := map[alert.Name]config.Severity{}
	for _, a := range rules.Alerts() {
		all[a.Name] = a.Severity
	}
	for name, severity := range usual {
		if all[name] != severity {
			t.Errorf("%s: %q, the rule has %q", name, severity, all[name])
		}
	}
}

func TestEveryReasonHasASentence(t *testing.T) {
	for _, reason := range []string{
		valkey.ReasonDenied, valkey.ReasonUnknown, valkey.ReasonWrongType, valkey.ReasonNoDB, valkey.ReasonMoved, valkey.ReasonUnavailable,
	} {
		if whys[reason] == "" {
			t.Errorf("no sentence for %s", reason)
		}
	}
	for _, kind := range valkey.Kinds() {
		if !strings.HasSuffix(advice(kind), ".") || len(advice(kind)) < 15 {
			t.Errorf("%s: %q", kind, advice(kind))
		}
	}
}

// Many look while one scrapes; the race detector looks on.
func TestViewsAndScrapesAtTheSameTime(t *testing.T) {
	s := healthy(t)
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { s.page.Run(ctx) })
	for range 4 {
		all.Go(func() {
			for range 20 {
				if w := s.get(http.MethodGet); w.Code != http.StatusOK {
					t.Error(w.Code)
				}
				if _, err := s.page.compose().render(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 50 {
		s.page.Scraped(valkey.Snapshot{Up: true, At: time.Now(), Info: valkey.Info{Fields: s.info}})
		s.page.Observe()
	}
	stop()
	all.Wait()
}

// A page serves all who ask within a second.
func TestManyViewersCostAsMuchAsOne(t *testing.T) {
	s := healthy(t)
	first := s.get(http.MethodGet).Body.String()
	s.report("queue:high").Length = 999
	if s.get(http.MethodGet).Body.String() != first {
		t.Error("the page was made anew at once")
	}
	s.page.rendered = time.Now().Add(-freshFor)
	if s.get(http.MethodGet).Body.String() == first {
		t.Error("the page is the old one after a second")
	}
	s.info["used_memory"] = "1000"
	s.scrape()
	if !strings.Contains(s.get(http.MethodGet).Body.String(), "0.98 KiB") {
		t.Error("the page does not show the latest scrape")
	}
}

var colour = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{3,6});`)

// Text can be read in both schemes: 4.5 to 1, as level AA of WCAG has it.
func TestContrast(t *testing.T) {
	light, dark, _ := strings.Cut(styleText, "@media (prefers-color-scheme: dark)")
	for scheme, css := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]float64{}
		for _, c := range colour.FindAllStringSubmatch(css, -1) {
			colours[c[1]] = luminance(t, c[2])
		}
		pairs := [][2]string{{"ink", "page"}, {"ink", "card"}, {"ink", "blind-back"}, {"quiet", "page"}, {"quiet", "card"}, {"note", "page"}}
		for _, l := range []string{"good", "note", "warning", "critical"} {
			pairs = append(pairs, [2]string{l, "card"}, [2]string{l, l + "-back"})
		}
		for _, p := range pairs {
			a, okA := colours[p[0]]
			b, okB := colours[p[1]]
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); !okA || !okB || ratio < 4.5 {
				t.Errorf("%s: %s on %s: %.2f", scheme, p[0], p[1], ratio)
			}
		}
	}
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = hex[:1] + hex[:1] + hex[1:2] + hex[1:2] + hex[2:] + hex[2:]
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}
