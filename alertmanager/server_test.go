//go:build unix

package alertmanager_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"valkey-exporter/alertmanager"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/internal/child"
)

// server is a real Alertmanager.
type server struct {
	t   *testing.T
	url string
}

// patience is how long a server may take before a test gives up.
const patience = 20 * time.Second

// start starts an Alertmanager with the files of a configuration. It only collects:
// what it is told goes out after a day at the earliest, and to nowhere.
func start(t *testing.T, program string, c config.Validated) server {
	t.Helper()
	file := written(t, c)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = regexp.MustCompile(`group_wait: \S+`).ReplaceAll(text, []byte("group_wait: 1d"))
	text = bytes.ReplaceAll(text, []byte("127.0.0.1:9095"), []byte("127.0.0.1:1"))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "--config.file="+file, "--storage.path="+dir,
		"--cluster.listen-address=", "--web.listen-address=127.0.0.1:0")
	cmd.Stderr, cmd.Stdout = log, log
	exited, err := child.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // an error means that it is gone already
		<-exited
		log.Close()
		calm(t, log.Name())
	})
	return server{t, "http://" + listening(t, log.Name(), exited)}
}

// calm wants no warning in the log: Alertmanager warns of matchers that it reads in
// another way than it used to.
func calm(t *testing.T, log string) {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil {
		t.Error(err)
	}
	for line := range strings.Lines(string(text)) {
		if level := strings.ToLower(line); strings.Contains(level, "level=warn") || strings.Contains(level, "level=error") {
			t.Errorf("Alertmanager is not content: %s", line)
		}
	}
}

var address = regexp.MustCompile(`Listening on"? address=(127\.0\.0\.1:\d+)`)

// listening waits until the server has said where it listens, and that it has read
// its file.
func listening(t *testing.T, log string, exited <-chan struct{}) string {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		text, _ := os.ReadFile(log)
		if m := address.FindSubmatch(text); m != nil {
			return string(m[1])
		}
		select {
		case <-exited:
			t.Fatalf("Alertmanager has ended:\n%s", text)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("Alertmanager does not listen:\n%s", text)
		}
	}
}

func (s server) request(method, path string, body io.Reader) []byte {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %s: %s, %v\n%s", method, path, answer.Status, err, text)
	}
	return text
}

// post sends alerts that fire, as Prometheus does.
func (s server) post(all []map[string]string) {
	s.t.Helper()
	type firing struct {
		Labels map[string]string `json:"labels"`
	}
	for batch := range slices.Chunk(all, 1000) {
		var alerts []firing
		for _, labels := range batch {
			alerts = append(alerts, firing{labels})
		}
		text, err := json.Marshal(alerts)
		if err != nil {
			s.t.Fatal(err)
		}
		s.request(http.MethodPost, "/api/v2/alerts", bytes.NewReader(text))
	}
}

// told is an alert as the server tells it.
type told struct {
	Labels      map[string]string
	Fingerprint string
	Receivers   []struct{ Name string }
	Status      struct{ InhibitedBy []string }
}

// key tells alerts apart.
func key(labels map[string]string) string { return fmt.Sprint(labels) }

// eventually asks until an answer is right: the server takes alerts at once and
// compares them a moment later.
func (s server) eventually(path string, into any, wrong func() string) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if err := json.Unmarshal(s.request(http.MethodGet, path, nil), into); err != nil {
			s.t.Fatal(err)
		}
		mistake := wrong()
		if mistake == "" {
			return
		}
		if time.Now().After(deadline) {
			s.t.Error(mistake)
			return
		}
	}
}

func TestARealAlertmanager(t *testing.T) {
	for version, program := range programs(t, "ALERTMANAGER") {
		for name, c := range configurations(t, version) {
			t.Run(version+"/"+name, func(t *testing.T) {
				routesEveryAlert(start(t, program, c), name, c)
				mutesExactlyItsList(start(t, program, c), c)
			})
		}
	}
}

// routesEveryAlert sends every alert with every severity and team.
func routesEveryAlert(s server, name string, c config.Validated) {
	var all []map[string]string
	want := map[string]string{}
	for _, a := range alert.Names() {
		for _, severity := range severities {
			for _, team := range teams(name) {
				labels := labelsOf(c, node{Name: a, Severity: severity}, func(string) string { return "x" })
				labels["team"] = team
				all = append(all, labels)
				want[key(labels)] = expected(name, a, severity, team)
			}
		}
	}
	s.post(all)
	var got []told
	s.eventually("/api/v2/alerts", &got, func() string {
		var mistakes []string
		for _, a := range got {
			if len(a.Receivers) != 1 || a.Receivers[0].Name != want[key(a.Labels)] {
				mistakes = append(mistakes, fmt.Sprintf("%v: want %s, got %v", a.Labels, want[key(a.Labels)], a.Receivers))
			}
		}
		return few(mistakes, len(got), len(want))
	})
}

// few are the mistakes that a person reads.
func few(mistakes []string, got, want int) string {
	if got != want {
		mistakes = append([]string{fmt.Sprintf("%d alerts, want %d", got, want)}, mistakes...)
	}
	if n := len(mistakes); n > 10 {
		mistakes = append(mistakes[:10], fmt.Sprintf("and %d more", n-10))
	}
	return strings.Join(mistakes, "\n")
}

// mutesExactlyItsList sends each cause together with each alert, in a job of their
// own: the alert about the same thing, about another queue of the same instance, about
// another instance, and about another cluster. All others are sent together, and are
// quiet about nothing.
func mutesExactlyItsList(s server, c config.Validated) {
	mutes := alertmanager.Mutes(c)
	var cases [][]map[string]string
	var harmless []map[string]string
	for i, cause := range nodes(c) {
		if !slices.ContainsFunc(mutes, func(m alertmanager.Mute) bool { return m.Cause == cause }) {
			harmless = append(harmless, labelsOf(c, cause, same("harmless")))
			continue
		}
		for j, other := range nodes(c) {
			cases = append(cases, pair(c, cause, other, fmt.Sprintf("case-%d-%d", i, j)))
		}
	}
	cases = append(cases, harmless)
	if len(harmless) == 0 || len(cases) < 2 {
		s.t.Fatalf("%d cases, %d alerts that are no cause", len(cases), len(harmless))
	}

	want := map[string][]string{} // the keys of what may keep each alert quiet
	for _, together := range cases {
		for _, labels := range together {
			want[key(labels)] = causes(mutes, labels, together)
		}
	}
	s.post(slices.Concat(cases...))
	var got []told
	s.eventually("/api/v2/alerts", &got, func() string { return compare(got, want) })
}

// same gives each label a value; the job is the case.
func same(job string) func(string) string {
	return func(label string) string {
		if label == "job" {
			return job
		}
		return "same"
	}
}

// pair is a cause and another alert, as near to the cause and as far as they come.
func pair(c config.Validated, cause, other node, job string) []map[string]string {
	all := []map[string]string{labelsOf(c, cause, same(job))}
	for _, far := range [][]string{
		nil,
		{"queue", "db", "worker", "role", "stream", "group"},
		{"instance"},
		{"cluster"},
	} {
		labels := labelsOf(c, other, func(label string) string {
			if slices.Contains(far, label) {
				return "other"
			}
			return same(job)(label)
		})
		if !slices.ContainsFunc(all, func(l map[string]string) bool { return key(l) == key(labels) }) {
			all = append(all, labels)
		}
	}
	return all
}

// causes are the alerts of a case that keep another one quiet by the table.
func causes(mutes []alertmanager.Mute, effect map[string]string, together []map[string]string) []string {
	var all []string
	for _, cause := range together {
		if slices.ContainsFunc(mutes, func(m alertmanager.Mute) bool {
			return is(m.Cause, cause) && is(m.Effect, effect) &&
				!slices.ContainsFunc(m.Same, func(l string) bool { return cause[l] != effect[l] })
		}) {
			all = append(all, key(cause))
		}
	}
	return all
}

func is(n node, labels map[string]string) bool {
	return string(n.Name) == labels["alertname"] && string(n.Severity) == labels["severity"]
}

// compare says where the server and the table differ.
func compare(got []told, want map[string][]string) string {
	byFingerprint := map[string]string{}
	for _, a := range got {
		byFingerprint[a.Fingerprint] = key(a.Labels)
	}
	var mistakes []string
	for _, a := range got {
		wanted := want[key(a.Labels)]
		if (len(a.Status.InhibitedBy) > 0) != (len(wanted) > 0) {
			mistakes = append(mistakes, fmt.Sprintf("%v: inhibited by %v, want %v", a.Labels, a.Status.InhibitedBy, wanted))
		}
		for _, by := range a.Status.InhibitedBy {
			if !slices.Contains(wanted, byFingerprint[by]) {
				mistakes = append(mistakes, fmt.Sprintf("%v: inhibited by %v, want one of %v", a.Labels, byFingerprint[by], wanted))
			}
		}
	}
	return few(mistakes, len(got), len(want))
}
