//go:build unix

package compose

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// script is scripts/containers in a repository of its own, with an engine that
// only writes down what it is asked: there may be no other.
type script struct {
	t    *testing.T
	root string
	path string // of programs
}

// fakeEngine answers as an engine that does all it is told.
const fakeEngine = `#!/bin/sh
echo "$(basename "$0")${COMPOSE_PROFILES+ profiles=$COMPOSE_PROFILES} $*" >>"$ENGINE_LOG"
case "$*" in
"$ENGINE_FAILS"*) exit 1 ;;
"compose port "*) echo "127.0.0.1:$4" ;;
esac
`

func newScript(t *testing.T, engines ...string) *script {
	t.Helper()
	s := &script{t: t, root: t.TempDir(), path: t.TempDir()}
	for _, program := range []string{"sh", "bash", "env", "dirname", "basename", "mkdir", "chmod", "od", "tr"} {
		found, err := exec.LookPath(program)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(found, filepath.Join(s.path, program)); err != nil {
			t.Fatal(err)
		}
	}
	for _, engine := range engines {
		if err := os.WriteFile(filepath.Join(s.path, engine), []byte(fakeEngine), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := copyFile(repository+"/scripts/containers", filepath.Join(s.root, "scripts/containers")); err != nil {
		t.Fatal(err)
	}
	return s
}

// run returns what it said, and what the engine was asked.
func (s *script) run(env []string, args ...string) (said, asked string, err error) {
	log := filepath.Join(s.t.TempDir(), "log")
	cmd := exec.CommandContext(s.t.Context(), "bash", append([]string{filepath.Join(s.root, "scripts/containers")}, args...)...)
	cmd.Env = append([]string{"PATH=" + s.path, "ENGINE_LOG=" + log, "ENGINE_FAILS=nothing"}, env...)
	out, err := cmd.CombinedOutput()
	text, _ := os.ReadFile(log) // absent: nothing was asked
	return string(out), string(text), err
}

func TestUpAndDown(t *testing.T) {
	s := newScript(t, "docker", "podman")
	said, asked, err := s.run(nil, "up")
	if err != nil || !strings.Contains(asked, "docker profiles=demo compose up --detach --build --wait\n") || strings.Contains(asked, "podman") {
		t.Errorf("%v: %s\n%s", err, said, asked)
	}
	for _, link := range []string{"http://127.0.0.1:9121/metrics", "http://127.0.0.1:9090/alerts", "http://127.0.0.1:9093\n", "http://127.0.0.1:3000 "} {
		if !strings.Contains(said, link) {
			t.Errorf("%s is not shown:\n%s", link, said)
		}
	}
	if _, asked, err := s.run([]string{"PROFILES="}, "up"); err != nil || !strings.Contains(asked, "docker profiles= compose up ") {
		t.Errorf("without the demonstration: %v: %s", err, asked)
	}
	if _, asked, err := s.run(nil, "down"); err != nil || !strings.HasSuffix(asked, "compose --profile * down\n") {
		t.Errorf("%v: %s", err, asked)
	}
}

// The password is made once, is a good one, and is shown to nobody.
func TestUpMakesThePassword(t *testing.T) {
	s := newScript(t, "docker")
	file := filepath.Join(s.root, filepath.FromSlash(relative(t, load(t).Secrets["grafana_admin_password"].File)))
	said, asked, err := s.run(nil, "up")
	if err != nil {
		t.Fatal(said)
	}
	first, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(first) != 32 || strings.Trim(string(first), "0123456789abcdef") != "" || strings.Contains(said+asked, string(first)) {
		t.Errorf("password %q, or it was shown:\n%s%s", first, said, asked)
	}
	folder, err := os.Stat(filepath.Dir(file))
	if err != nil || folder.Mode().Perm() != 0o700 {
		t.Errorf("the folder of the password: %v, %v", folder.Mode(), err)
	}
	if said, _, err := s.run(nil, "up"); err != nil {
		t.Fatal(said)
	}
	if again, err := os.ReadFile(file); err != nil || string(again) != string(first) {
		t.Errorf("the password has changed: %v", err)
	}
}

func TestImage(t *testing.T) {
	const arguments = "build --file deploy/Dockerfile --target exporter --build-arg VERSION --build-arg REVISION --build-arg DATE " +
		"--tag valkey-exporter:local --tag valkey-exporter:1.2.3"
	for engine, want := range map[string]string{"docker": arguments + " .\n", "podman": arguments + " --format docker .\n"} {
		said, asked, err := newScript(t, engine).run([]string{"VERSION=1.2.3"}, "image")
		if err != nil || !strings.HasSuffix(asked, engine+" "+want) {
			t.Errorf("%v: %s\n%s", err, said, asked)
		}
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		engines []string
		fails   string
		args    []string
		want    string
	}{
		"no engine":        {nil, "nothing", []string{"up"}, "there is no container engine: install Docker or Podman."},
		"engine is down":   {[]string{"docker"}, "info", []string{"image"}, "docker is installed, but does not answer: start it"},
		"no compose":       {[]string{"podman"}, "compose version", []string{"down"}, "podman compose is missing: install the Compose plugin"},
		"something is ill": {[]string{"docker"}, "compose up", []string{"up"}, "not everything became healthy: docker compose ps shows what"},
		"unknown":          {[]string{"docker"}, "nothing", []string{"fly"}, "usage: scripts/containers up|down|image"},
	} {
		t.Run(name, func(t *testing.T) {
			said, _, err := newScript(t, c.engines...).run([]string{"ENGINE_FAILS=" + c.fails}, c.args...)
			if err == nil || !strings.HasPrefix(said, "containers: ") || !strings.Contains(said, c.want) || strings.Count(said, "\n") != 1 {
				t.Errorf("%v: %s", err, said)
			}
		})
	}
}
