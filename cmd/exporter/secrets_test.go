package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"valkey-exporter/internal/testserver"
	"valkey-exporter/internal/testserver/fake"
)

// secret has characters that are written in other ways here and there.
const secret = "hunter2/\"öé%<&"

// forms are how the secret may appear: as it is, in a URL, quoted, in HTML.
var forms = []string{secret, "hunter2"}

func TestSecretsAreNowhere(t *testing.T) {
	open := testserver.Valkey(t, "--requirepass", secret)
	closed := testserver.Valkey(t, "--requirepass", "another")
	// A server that does not know HELLO and AUTH repeats their arguments.
	old := fake.New(t, func(args []string) []byte {
		return fake.Error(fmt.Sprintf("ERR unknown command '%s', with args beginning with: '%s' ", args[0], strings.Join(args[1:], "' '")))
	})
	encoded := "hunter2%2F%22%C3%B6%C3%A9%25%3C%26"
	passwordFile := file(t, "password", secret+"\n")
	// What is for the bundle alone is shown by nobody else.
	config := configFile(t, `
alertmanager:
  receivers: {default: {webhook: {url: "http://127.0.0.1/hunter2"}}, heartbeat: {webhook: {url_file: /run/hunter2}}}
`)
	for server, addr := range map[string]string{"right": open.Addr, "wrong": closed.Addr, "old": old.Addr, "down": refused(t)} {
		for source, env := range map[string]environment{
			"VALKEY_PASSWORD": {"VALKEY_ADDR": addr, "VALKEY_PASSWORD": secret},
			"REDIS_PASSWORD":  {"REDIS_ADDR": addr, "REDIS_USER": "default", "REDIS_PASSWORD": secret},
			"file":            {"VALKEY_ADDR": addr, "VALKEY_PASSWORD_FILE": passwordFile},
			"address":         {"VALKEY_ADDR": "redis://default:" + encoded + "@" + addr},
		} {
			t.Run(server+" by "+source, func(t *testing.T) {
				p := run(t, env, freePort, "--log.level=debug", "--web.enable-lifecycle", "--config.file="+config)
				base := p.url()
				for range 2 {
					got := scrape(t, base+"/metrics")
					switch server {
					case "right":
						got.wantUp(t)
					case "wrong", "down":
						got.want(t, "redis_up", 0)
					}
				}
				for _, path := range []string{"/", "/metrics", "/-/healthy", "/-/ready", "/nothing"} {
					r := request(t, http.MethodGet, base+path)
					wantNoSecret(t, path, r.body+fmt.Sprint(r.header))
				}
				wantNoSecret(t, "reload", request(t, http.MethodPost, base+"/-/reload").body)
				wantNoSecret(t, "command line", commandLine(t, p.cmd.Process.Pid))
				p.signal(syscall.SIGTERM)
				p.wait()
				wantNoSecret(t, "log", p.stderr.String()+p.out.String())
				if p.stderr.String() == "" {
					t.Error("no log")
				}
			})
		}
	}
}

func wantNoSecret(t *testing.T, where, text string) {
	t.Helper()
	for _, form := range forms {
		if i := strings.Index(text, form); i >= 0 {
			t.Errorf("%s: ...%s...", where, text[max(0, i-100):min(len(text), i+40)])
		}
	}
}

// commandLine is what every user of the machine can see.
func commandLine(t *testing.T, pid int) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		return ""
	}
	line, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(pid), "cmdline"))
	if err != nil || len(line) == 0 {
		t.Fatalf("%q, %v", line, err)
	}
	return string(line)
}

func TestMessagesDoNotRepeatSecretsOfTheEnvironment(t *testing.T) {
	env := environment{
		"VALKEY_PASSWORD": secret, "REDIS_PASSWORD": secret, "VALKEY_ADDR": "valkey://default:hunter2@localhost:1",
	}
	for _, args := range [][]string{{"--help"}, {"--version"}, {"--config.print"}, {"--config.check"}, {"--nonsense"}, {"--help-long"}, {"--help-man"}} {
		p := run(t, env, args...)
		p.wait()
		wantNoSecret(t, args[0], p.out.String()+p.stderr.String())
	}
}

// An address that is wrong is not repeated: nobody knows which part of it is
// the password.
func TestAddressThatIsWrongIsNotRepeated(t *testing.T) {
	for _, addr := range []string{
		"valkey://default:hunter2@host:port", "valkey://default:hunter2@[::1", "ftp://default:hunter2@host", "valkey://default:hunter2@",
		"valkey://default:hunter2@host/3", "valkey://default:/hunter2@host", "valkey://default:12/hunter2@host", "valkey://:pass#hunter2@host",
		"valkey://:pass?hunter2@host", "valkey://default:hunter2%zz@host", "valkey://default:hunter2@host\n",
		"unix://default:hunter2@host/path", "unix:///path?password=hunter2", "hunter2://host",
	} {
		p := run(t, environment{"VALKEY_ADDR": addr}, freePort)
		if code := p.wait(); code != 1 {
			t.Errorf("%q: exit code %d", addr, code)
		}
		p.stderr.wantLines(t, 1, "valkey_exporter: error: VALKEY_ADDR: ")
		if !strings.HasPrefix(addr, "hunter2:") {
			wantNoSecret(t, addr, p.stderr.String())
		}
	}
}
