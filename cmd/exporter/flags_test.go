package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"valkey-exporter/config"
	"valkey-exporter/internal/testserver"
)

// What is wrong is said before anything is served, all of it, one mistake a
// line, with file and line where there is one.
func TestMistakesEndTheExporterBeforeItServes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		rewrite(t, path, text)
		return path
	}
	empty := write("empty", "\n")
	notPEM := write("not.pem", "hello")
	twice := write("twice.yml", "queues:\n  - key: jobs\n  - key: jobs\n")
	unknown := write("unknown.yml", "queues:\n  - key: jobs\n    lengthy: 5\nspeed: fast\n")
	several := write("several.yml", "queues:\n  - key: jobs\n    role: boss\n  - pattern: x\ndiscovery:\n  interval: 5\n")
	notYAML := write("not.yml", "queues: [\n")
	badWeb := write("web.yml", "tls_server_config:\n  cert_file: missing.crt\n")
	unknownWeb := write("unknown-web.yml", "basic_auth: {}\n")
	missing := filepath.Join(dir, "missing")
	for name, c := range map[string]struct {
		args []string
		env  environment
		want []string // a part of each line that is expected, in order
	}{
		"flag that does not exist":     {[]string{"--valkey.adr=x"}, nil, []string{"unknown long flag '--valkey.adr'"}},
		"argument":                     {[]string{"localhost"}, nil, []string{"unexpected localhost"}},
		"duration":                     {[]string{"--scrape.timeout=10"}, nil, []string{"missing unit in duration"}},
		"level":                        {[]string{"--log.level=loud"}, nil, []string{"loud"}},
		"scrape timeout":               {[]string{"--scrape.timeout=0s"}, nil, []string{"--scrape.timeout: want more than 0"}},
		"timeout offset":               {[]string{"--scrape.timeout-offset=-1s"}, nil, []string{"--scrape.timeout-offset: want 0 or more"}},
		"metrics on the landing page":  {[]string{"--web.telemetry-path=/"}, nil, []string{"--web.telemetry-path: want a path"}},
		"metrics without a slash":      {[]string{"--web.telemetry-path=metrics"}, nil, []string{"--web.telemetry-path: want a path"}},
		"metrics among our own":        {[]string{"--web.telemetry-path=/-/metrics"}, nil, []string{"--web.telemetry-path: want a path"}},
		"metrics on a pattern":         {[]string{"--web.telemetry-path=/{$}"}, nil, []string{"--web.telemetry-path: want a path"}},
		"metrics on a script":          {[]string{`--web.telemetry-path=/a"><script>`}, nil, []string{"--web.telemetry-path: want a path"}},
		"metrics on two paths":         {[]string{"--web.telemetry-path=/a//b"}, nil, []string{"--web.telemetry-path: want a path"}},
		"configuration file missing":   {[]string{"--config.file=" + missing}, nil, []string{missing + ": no such file"}},
		"configuration not YAML":       {[]string{"--config.file=" + notYAML}, nil, []string{notYAML + ":"}},
		"unknown fields":               {[]string{"--config.file=" + unknown}, nil, []string{unknown + ":3:5: unknown field `lengthy`", unknown + ":4:1: unknown field `speed`"}},
		"queue listed twice":           {[]string{"--config.file=" + twice}, nil, []string{twice + `:3:5: key "jobs" in database 0 is already listed on line 2`}},
		"several mistakes":             {[]string{"--config.file=" + several}, nil, []string{several + ":3:", several + ":4:", several + ":6:"}},
		"configuration check":          {[]string{"--config.check", "--config.file=" + twice}, nil, []string{twice + ":3:5:"}},
		"configuration print":          {[]string{"--config.print", "--config.file=" + twice}, nil, []string{twice + ":3:5:"}},
		"password file missing":        {[]string{"--valkey.password-file=" + missing}, nil, []string{"--valkey.password-file: password file: open " + missing}},
		"password file is a folder":    {[]string{"--valkey.password-file=" + dir}, nil, []string{"--valkey.password-file: password file: read " + dir}},
		"password file empty":          {nil, environment{"VALKEY_PASSWORD_FILE": empty}, []string{"VALKEY_PASSWORD_FILE: password file " + empty + " is empty"}},
		"password in the address":      {[]string{"--valkey.addr=valkey://:hunter2@localhost"}, nil, []string{"--valkey.addr: the address holds a password"}},
		"address":                      {[]string{"--valkey.addr=http://localhost"}, nil, []string{`--valkey.addr: unknown scheme "http"`}},
		"address of the environment":   {nil, environment{"REDIS_ADDR": "valkey://localhost/3"}, []string{"REDIS_ADDR: the address "}},
		"authority missing":            {[]string{"--valkey.addr=valkeys://localhost", "--valkey.tls-ca-file=" + missing}, nil, []string{"TLS: authority: open " + missing}},
		"authority not PEM":            {[]string{"--valkey.addr=valkeys://localhost", "--valkey.tls-ca-file=" + notPEM}, nil, []string{notPEM + " holds no PEM certificate"}},
		"certificate without its key":  {[]string{"--valkey.addr=valkeys://localhost", "--valkey.tls-cert-file=" + notPEM}, nil, []string{"needs both its certificate file and its key file"}},
		"certificate not PEM":          {[]string{"--valkey.addr=valkeys://localhost", "--valkey.tls-cert-file=" + notPEM, "--valkey.tls-key-file=" + notPEM}, nil, []string{"TLS: client certificate: "}},
		"TLS flags without TLS":        {[]string{"--valkey.tls-skip-verify"}, nil, []string{"--valkey.tls-*: the address does not ask for TLS: write valkeys://localhost:6379"}},
		"port out of range":            {[]string{"--valkey.addr=localhost:99999"}, nil, []string{`--valkey.addr: the address has port "99999": want 1 to 65535`}},
		"web configuration missing":    {[]string{"--web.config.file=" + missing}, nil, []string{"--web.config.file: " + missing + ": "}},
		"web configuration incomplete": {[]string{"--web.config.file=" + badWeb}, nil, []string{"missing"}},
		"web configuration unknown":    {[]string{"--web.config.file=" + unknownWeb}, nil, []string{"--web.config.file: " + unknownWeb + ": line 1: field basic_auth not found"}},
		"many at once": {
			[]string{"--valkey.addr=http://x", "--valkey.password-file=" + missing, "--valkey.tls-ca-file=" + missing, "--config.file=" + twice, "--scrape.timeout=0s"},
			nil,
			[]string{"--valkey.addr: ", "--valkey.password-file: ", "TLS: authority: ", twice + ":3:5: ", "--scrape.timeout: "},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := run(t, c.env, append([]string{freePort}, c.args...)...)
			if code := p.wait(); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			lines := slices.Collect(strings.Lines(p.stderr.String()))
			if len(lines) != len(c.want) {
				t.Fatalf("%d lines, want %d:\n%s", len(lines), len(c.want), p.stderr)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(lines[i], "valkey_exporter: error: ") || !strings.Contains(lines[i], want) {
					t.Errorf("line %d is\n%s\nwant\n%s", i+1, lines[i], want)
				}
			}
			for _, never := range []string{"hunter2", "Listening on", "goroutine "} {
				if strings.Contains(p.stderr.String()+p.out.String(), never) {
					t.Errorf("it said %q:\n%s", never, p.stderr)
				}
			}
		})
	}
}

func TestPasswordFileThatMayNotBeRead(t *testing.T) {
	if os.Geteuid() == 0 {
		// The superuser may read everything; a path through a file cannot be
		// read by anybody.
		path := filepath.Join(file(t, "file", "x"), "password")
		p := run(t, nil, freePort, "--valkey.password-file="+path)
		if code := p.wait(); code != 1 || len(p.stderr.lines("--valkey.password-file: ", path)) != 1 {
			t.Errorf("exit code %d:\n%s", code, p.stderr)
		}
		return
	}
	path := file(t, "password", "secret")
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	p := run(t, nil, freePort, "--valkey.password-file="+path)
	if code := p.wait(); code != 1 || len(p.stderr.lines("--valkey.password-file: ", path, "permission denied")) != 1 {
		t.Errorf("exit code %d:\n%s", code, p.stderr)
	}
}

func TestPortThatIsTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := run(t, nil, "--web.listen-address="+l.Addr().String())
	if code := p.wait(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	p.stderr.wantLines(t, 1, "valkey_exporter: error: --web.listen-address: cannot listen on "+l.Addr().String(), "address already in use")
}

func TestListenAddressThatIsNone(t *testing.T) {
	p := run(t, nil, "--web.listen-address=nonsense")
	if code := p.wait(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	p.stderr.wantLines(t, 1, "valkey_exporter: error: --web.listen-address: cannot listen on nonsense", "missing port")
	p.stderr.wantLines(t, 0, "%!")
}

func TestConfigCheck(t *testing.T) {
	path := configFile(t, "queues: [{key: a}, {pattern: 'b*'}]")
	for want, args := range map[string][]string{
		path + " is valid; queues and patterns: 2\n":                    {"--config.file=" + path},
		"the built-in configuration is valid; queues and patterns: 6\n": nil,
	} {
		p := run(t, nil, append(args, "--config.check")...)
		if code := p.wait(); code != 0 || p.out.String() != want || p.stderr.String() != "" {
			t.Errorf("exit code %d, %q, want %q; %s", code, p.out.String(), want, p.stderr)
		}
	}
}

func TestConfigPrintIsTheConfigurationInFull(t *testing.T) {
	for _, text := range []string{"", "queues: [{key: a, db: 3, max_age: off}, {key: !!binary /w==}, {pattern: 'b*'}]\ndiscovery: {interval: 5m}\n", "queues: []"} {
		path := configFile(t, text)
		p := run(t, nil, "--config.print", "--config.file="+path)
		if code := p.wait(); code != 0 {
			t.Fatalf("exit code %d: %s", code, p.stderr)
		}
		want, err := config.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := config.Parse("printed", p.out.Bytes())
		if err != nil {
			t.Fatalf("%v in\n%s", err, &p.out)
		}
		if !got.Equal(want) {
			t.Errorf("%q is printed as another configuration:\n%s", text, &p.out)
		}
	}
}

func TestVersion(t *testing.T) {
	p := run(t, nil, "--version")
	if code := p.wait(); code != 0 || !regexp.MustCompile(`^valkey_exporter, version `).MatchString(p.out.String()+p.stderr.String()) {
		t.Errorf("exit code %d: %s%s", code, p.out.String(), p.stderr)
	}
}

func TestHelpNamesEveryFlag(t *testing.T) {
	p := run(t, nil, "--help")
	if code := p.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for _, flag := range []string{
		"valkey.addr", "valkey.user", "valkey.password-file", "valkey.tls-ca-file", "config.file", "config.check", "config.print",
		"web.listen-address", "web.config.file", "web.telemetry-path", "web.enable-lifecycle", "web.healthcheck", "scrape.timeout", "log.level", "log.format", "version",
	} {
		if !strings.Contains(p.out.String(), "--"+flag) && !strings.Contains(p.out.String(), "--[no-]"+flag) {
			t.Errorf("--%s is not explained", flag)
		}
	}
}

// The server need not be there when the exporter starts.
func TestExporterStartsBeforeItsServer(t *testing.T) {
	server := testserver.Valkey(t)
	server.Stop()
	p := run(t, environment{"VALKEY_ADDR": server.Addr}, freePort)
	base := p.url()
	scrape(t, base+"/metrics").wantDown(t, "refused")
	server.Start()
	scrape(t, base+"/metrics").wantUp(t)
}

func TestLogFormatIsJSONOnRequest(t *testing.T) {
	p := run(t, nil, freePort, "--log.format=json")
	eventually(t, "it listens", func() bool { return len(p.stderr.lines(`"msg":"Listening on"`)) == 1 })
	for line := range strings.Lines(p.stderr.String()) {
		if !strings.HasPrefix(line, "{") {
			t.Errorf("not JSON: %s", line)
		}
	}
}

func TestSeveralListenAddresses(t *testing.T) {
	p := run(t, nil, freePort, freePort)
	eventually(t, "it listens twice", func() bool { return len(p.stderr.lines("Listening on")) == 2 })
	for _, found := range listening.FindAllStringSubmatch(p.stderr.String(), -1) {
		resp, err := http.Get("http://" + found[1] + "/-/healthy")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if fmt.Sprint(resp.StatusCode, string(body)) != "200healthy\n" {
			t.Errorf("%s: %s", found[1], resp.Status)
		}
	}
}
