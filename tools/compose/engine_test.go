//go:build linux

package compose

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
)

// engine starts services as processes of this machine. It does what a container
// engine would do with files, users and addresses, and nothing else:
//
//   - a mounted file is copied, a volume is an empty folder, at the same path below
//     a root of the service's own;
//   - a port that services listen on is another one, of loopback, wherever it
//     stands: in commands and in copied files;
//   - a user that is a number is that user, if the test may become him.
type engine struct {
	root    string
	project *types.Project
	ports   map[uint32]string // of the service in a container: host:port here
	address *strings.Replacer
	exited  map[string]<-chan struct{}
}

// receiverPort is loopback of the network that the receiver shares with
// Alertmanager, and so no published one.
const receiverPort = 9095

func newEngine(t *testing.T, project *types.Project) *engine {
	t.Helper()
	e := &engine{root: filepath.Join(temporary, "run"), project: project, ports: map[uint32]string{receiverPort: freeAddress(t)}}
	e.exited = map[string]<-chan struct{}{}
	replace := []string{"127.0.0.1:" + strconv.Itoa(receiverPort), e.ports[receiverPort]}
	for name, s := range project.Services {
		for _, p := range s.Ports {
			e.ports[p.Target] = freeAddress(t)
			for _, host := range []string{name, "127.0.0.1"} {
				replace = append(replace, fmt.Sprintf("%s:%d", host, p.Target), e.ports[p.Target])
			}
		}
	}
	e.address = strings.NewReplacer(replace...)
	e.installPrograms(t)
	for name, s := range project.Services {
		for _, v := range s.Volumes {
			if err := e.mount(s, v); err != nil {
				t.Fatalf("%s: mount %s: %v", name, v.Target, err)
			}
		}
	}
	return e
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// bin is a folder with the programs of all images.
func (e *engine) bin() string { return filepath.Join(e.root, "bin") }

func (e *engine) installPrograms(t *testing.T) {
	t.Helper()
	if err := os.MkdirAll(e.bin(), 0o755); err != nil {
		t.Fatal(err)
	}
	out, server := programs(t), tool(t, "VALKEY_SERVER")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"exporter": filepath.Join(out, "exporter"), "mockapp": filepath.Join(out, "mockapp"), "receiver": filepath.Join(out, "receiver"),
		"valkey-server": server, "valkey-cli": filepath.Join(filepath.Dir(server), "valkey-cli"),
		"prometheus": tool(t, "PROMETHEUS"), "promtool": tool(t, "PROMTOOL"), "alertmanager": tool(t, "ALERTMANAGER"),
		"wget": self,
	} {
		if _, err := os.Stat(path); err != nil {
			t.Fatalf("%v: run make test", err)
		}
		if err := os.Symlink(path, filepath.Join(e.bin(), name)); err != nil {
			t.Fatal(err)
		}
	}
}

// tool is a program that make test has installed.
func tool(t *testing.T, variable string) string {
	t.Helper()
	path, err := exec.LookPath(os.Getenv(variable))
	if err != nil {
		t.Fatalf("%s=%q is not a program: run make test", variable, os.Getenv(variable))
	}
	if path, err = filepath.Abs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// ---- Files -------------------------------------------------------------------

// inside is a path of a service's container.
func (e *engine) inside(s types.ServiceConfig, path string) string {
	return filepath.Join(e.root, s.Name, path)
}

// mount makes the files there are at a path of the container.
func (e *engine) mount(s types.ServiceConfig, v types.ServiceVolumeConfig) error {
	to := e.inside(s, v.Target)
	if v.ReadOnly {
		return e.copyTree(v.Source, to)
	}
	shared := filepath.Join(e.root, "volumes", filepath.Base(v.Source))
	if err := os.MkdirAll(shared, 0o755); err != nil {
		return err
	}
	if user := credential(s.User); v.Type == types.VolumeTypeVolume && user != nil {
		if err := os.Chown(shared, int(user.Uid), int(user.Gid)); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.Symlink(shared, to)
}

// copyTree copies a file, or all below a folder, with the addresses of this run.
func (e *engine) copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, below)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.WriteFile(target, []byte(e.address.Replace(string(text))), 0o644)
	})
}

// ---- Commands ----------------------------------------------------------------

// absolutePath is one in a word of a command line, at its beginning or after = or
// a space.
var absolutePath = regexp.MustCompile(`(^|[=\s])(/[^\s]*)`)

// words are those of a command in the container, for this machine.
func (e *engine) words(s types.ServiceConfig, command []string) []string {
	words := make([]string, len(command))
	for i, w := range command {
		words[i] = absolutePath.ReplaceAllStringFunc(e.address.Replace(w), func(found string) string {
			at := strings.IndexByte(found, '/')
			return found[:at] + e.path(s, found[at:])
		})
	}
	return words
}

// path is where a path of the container is here, if something is mounted there.
func (e *engine) path(s types.ServiceConfig, path string) string {
	for _, v := range s.Volumes {
		if path == v.Target || strings.HasPrefix(path, v.Target+"/") {
			return e.inside(s, path)
		}
	}
	return path
}

// imageProgram is what images run whose entry point docker-compose.yml leaves as
// it is.
var imageProgram = map[string]string{"exporter": "/bin/exporter", "prometheus": "/bin/prometheus", "alertmanager": "/bin/alertmanager"}

// command is what the service runs.
func (e *engine) command(s types.ServiceConfig) []string {
	if len(s.Entrypoint) == 0 {
		return append([]string{imageProgram[s.Name]}, e.words(s, s.Command)...)
	}
	return e.words(s, slices.Concat(s.Entrypoint, s.Command))
}

// alone is what a container's own network says, as flags: where to listen.
func (e *engine) alone(program string) []string {
	switch program {
	case "valkey-server":
		host, port, _ := net.SplitHostPort(e.ports[6379])
		return []string{"--bind", host, "--port", port}
	case "exporter":
		return []string{"--web.listen-address=" + e.ports[9121]}
	case "prometheus":
		return []string{"--web.listen-address=" + e.ports[9090]}
	case "alertmanager":
		return []string{"--web.listen-address=" + e.ports[9093]}
	}
	return nil
}

// process prepares a command of the service.
func (e *engine) process(ctx context.Context, s types.ServiceConfig, words []string) *exec.Cmd {
	program := filepath.Base(words[0])
	if path := filepath.Join(e.bin(), program); exists(path) {
		words[0] = path
	}
	cmd := exec.CommandContext(ctx, words[0], append(words[1:], e.alone(program)...)...)
	cmd.Dir = e.root
	cmd.Env = []string{"PATH=" + e.bin() + ":" + os.Getenv("PATH")}
	for name, value := range s.Environment {
		cmd.Env = append(cmd.Env, name+"="+e.address.Replace(*value))
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential(s.User), Pdeathsig: syscall.SIGKILL}
	return cmd
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// credential is that of a user such as 999:999, nil if there is none or the test may
// not become another user.
func credential(user string) *syscall.Credential {
	uid, gid, _ := strings.Cut(user, ":")
	u, err := strconv.ParseUint(uid, 10, 32)
	if err != nil || os.Geteuid() != 0 {
		return nil
	}
	g, err := strconv.ParseUint(gid, 10, 32)
	if err != nil {
		return nil
	}
	return &syscall.Credential{Uid: uint32(u), Gid: uint32(g)}
}

// ---- Life --------------------------------------------------------------------

// start runs a service until the test ends.
func (e *engine) start(t *testing.T, s types.ServiceConfig) error {
	log, err := os.Create(e.log(s))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := e.process(t.Context(), s, e.command(s))
	cmd.Stdout, cmd.Stderr = log, log
	exited, err := launch(cmd)
	if err != nil {
		return err
	}
	e.exited[s.Name] = exited
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-exited
	})
	return nil
}

func (e *engine) log(s types.ServiceConfig) string { return filepath.Join(e.root, s.Name+".log") }

// complete runs a service that ends by itself.
func (e *engine) complete(ctx context.Context, s types.ServiceConfig) error {
	out, err := e.process(ctx, s, e.command(s)).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// patience is how long something may take that must happen.
const patience = 60 * time.Second

// healthy waits until the service's own health check succeeds.
func (e *engine) healthy(ctx context.Context, s types.ServiceConfig) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		out, err := e.check(ctx, s)
		if err == nil {
			return nil
		}
		select {
		case <-e.exited[s.Name]:
			return fmt.Errorf("it has ended")
		case <-ctx.Done():
			return fmt.Errorf("its health check fails: %w: %s", err, out)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// check runs the health check once.
func (e *engine) check(ctx context.Context, s types.ServiceConfig) ([]byte, error) {
	test := e.words(s, s.HealthCheck.Test[1:])
	if s.HealthCheck.Test[0] == "CMD-SHELL" {
		test = append([]string{"sh", "-c"}, test...)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(*s.HealthCheck.Timeout))
	defer cancel()
	return e.process(ctx, s, test).CombinedOutput()
}
