//go:build unix

package rules_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"valkey-exporter/config"
	"valkey-exporter/internal/testserver"
	"valkey-exporter/rules"
	"valkey-exporter/rules/render"
)

// patience is what a command of a runbook may take: who runs it is in a hurry.
const patience = 20 * time.Second

// shell runs commands as a runbook has them, on a server of its own.
type shell struct {
	cli    string
	server *testserver.Server
}

func newShell(t *testing.T) shell {
	t.Helper()
	return shell{cliProgram(t), testserver.Valkey(t, "--appendonly", "yes")}
}

// cliProgram is the valkey-cli that came with the server.
func cliProgram(t *testing.T) string {
	t.Helper()
	beside := filepath.Join(filepath.Dir(os.Getenv("VALKEY_SERVER")), "valkey-cli")
	for _, name := range []string{beside, "valkey-cli"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("valkey-cli not found: it comes with the packages of valkey-server; install it")
	return ""
}

// run returns what a command prints. As in a runbook, valkey-cli knows which
// server is meant.
func (s shell) run(t *testing.T, command string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	script := fmt.Sprintf("valkey-cli() { '%s' -e -h %s -p %d \"$@\"; }\n%s", s.cli, s.server.Host, s.server.Port, command)
	cmd := exec.CommandContext(ctx, "bash", "-c", script)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// fill makes the keys of the specification, as the runbooks name them.
func (s shell) fill(t *testing.T) {
	t.Helper()
	for _, command := range []string{
		`LPUSH queue:high {"id":"1","timestamp":1700000000000,"payload":{}} {"id":"2"}`,
		`LPUSH queue:medium {"id":"3"}`, `LPUSH queue:low {"id":"4"}`,
		`LPUSH queue:dead-letter {"id":"5","error":"timeout","original":{"id":"1"}}`,
		`LPUSH queue:processing {"id":"6"}`, `SADD queue:processing:worker1 6`,
		`XADD queue:stream * job 1`, `XGROUP CREATE queue:stream workers 0`, `XREADGROUP GROUP workers worker1 COUNT 1 STREAMS queue:stream >`,
		`SET user:1 x EX 300`,
	} {
		s.server.Must(t, strings.Fields(command)...)
	}
}

func TestEveryCommandOfARunbookWorks(t *testing.T) {
	s := newShell(t)
	s.fill(t)
	tried := map[string]bool{}
	for _, a := range rules.Alerts() {
		for _, step := range a.Runbook.Diagnosis {
			if step.Run == "" || tried[step.Run] {
				continue
			}
			tried[step.Run] = true
			if out, err := s.run(t, step.Run); err != nil || complaint.MatchString(out) {
				t.Errorf("%s: %s: %v\n%s", a.Name, step.Run, err, out)
			}
		}
	}
	if len(tried) < 20 {
		t.Errorf("only %d commands were tried", len(tried))
	}
}

// complaint is how valkey-cli and the server say that something is wrong.
var complaint = regexp.MustCompile(`(?m)^(\(error\)|ERR|WRONGTYPE|NOPERM|Unrecognized option|Error:|AUTH failed)`)

func TestABrokenCommandIsNoticed(t *testing.T) {
	s := newShell(t)
	for _, command := range []string{"valkey-cli NOSUCH", "valkey-cli --nosuch", "valkey-cli LLEN", "valkey-cli SET a b && valkey-cli LLEN a"} {
		if out, err := s.run(t, command); err == nil && !complaint.MatchString(out) {
			t.Errorf("%s: nothing was wrong:\n%s", command, out)
		}
	}
}

// harmful commands stop the server for everybody, or change it. Mitigations may
// name CONFIG SET; a diagnosis may not.
var (
	harmful  = regexp.MustCompile(`(?i)\b(MONITOR|FLUSHALL|FLUSHDB|DEBUG|SHUTDOWN)\b|\bKEYS [^a-z]`)
	changing = regexp.MustCompile(`(?i)valkey-cli (?:-\S+ )*(CONFIG SET|CONFIG RESETSTAT|CONFIG REWRITE|DEL|UNLINK|LTRIM|[LR]POP|[LR]PUSH|SREM|EXPIRE|PERSIST|SET|CLIENT KILL|EVAL|BGSAVE|BGREWRITEAOF|MEMORY PURGE|SLOWLOG RESET|XACK|XCLAIM|XAUTOCLAIM|ACL LOG RESET)\b`)
)

func TestNoDiagnosisDoesHarm(t *testing.T) {
	for _, a := range rules.Alerts() {
		for _, step := range a.Runbook.Diagnosis {
			if step.Run != "" && !strings.HasPrefix(step.Run, "valkey-cli ") {
				t.Errorf("%s: %q is no command of valkey-cli", a.Name, step.Run)
			}
			if harmful.MatchString(step.Run) || changing.MatchString(step.Run) {
				t.Errorf("%s: %q changes the server or stops it", a.Name, step.Run)
			}
		}
	}
}

var codeBlock = regexp.MustCompile("(?s)```.*?```")

func TestEveryRunbookHasItsChapters(t *testing.T) {
	pages, err := render.Runbooks(config.Default())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range rules.Alerts() {
		page := string(pages[a.Name])
		at := 0
		for _, chapter := range []string{"Meaning", "Impact", "Diagnosis", "Mitigation", "Thresholds and why", "What it does not tell you"} {
			i := strings.Index(page, "\n## "+chapter+"\n\n")
			if i < at || page == "" {
				t.Errorf("%s: the chapter %s is missing or out of order", a.Name, chapter)
			}
			at = i
		}
		if left := regexp.MustCompile(`\{[a-z_]+\}|\{\{`).FindString(codeBlock.ReplaceAllString(page, "")); left != "" {
			t.Errorf("%s: %s was not replaced", a.Name, left)
		}
		if strings.Contains(page, "\n\n\n") || strings.HasSuffix(page, "\n\n") || strings.Contains(page, " \n") {
			t.Errorf("%s: stray white space", a.Name)
		}
	}
}
