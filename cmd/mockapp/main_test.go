package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"valkey-exporter/internal/mockapp"
	"valkey-exporter/internal/testserver"
)

// environment is what getenv sees.
func environment(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestPlaysForItsDurationAndCleansUp(t *testing.T) {
	s := testserver.Valkey(t, "--requirepass", "secret")
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	args := []string{"--valkey.addr", s.Addr, "--duration", "1s", "--rate", "20", "--trouble", "flood,cold-cache", "--trouble", "clock-skew", "--cleanup"}
	if err := run(t.Context(), args, environment(map[string]string{"VALKEY_PASSWORD_FILE": secret}), &log); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"playing", "flood", "clock-skew", "cold-cache", "stopped"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log does not say %q:\n%s", part, log.String())
		}
	}
	if strings.Contains(log.String(), "secret") {
		t.Errorf("the log has the password:\n%s", log.String())
	}
	if played := s.Must(t, "INFO", "commandstats").(string); !strings.Contains(played, "cmdstat_lpush") {
		t.Error("nothing was played")
	}
	if left := s.Must(t, "DBSIZE"); left != int64(0) {
		t.Errorf("%v keys left", left)
	}
}

func TestAWrongPasswordIsSaidOnce(t *testing.T) {
	s := testserver.Valkey(t, "--requirepass", "secret")
	var log bytes.Buffer
	args := []string{"--valkey.addr", s.Addr, "--duration", "500ms"}
	if err := run(t.Context(), args, environment(map[string]string{"VALKEY_PASSWORD": "guess"}), &log); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "WRONGPASS"); n != 1 {
		t.Errorf("said %d times:\n%s", n, log.String())
	}
}

func TestBadFlagsEndBeforeAnythingIsDone(t *testing.T) {
	cases := []struct {
		args []string
		env  map[string]string
		want []string
	}{
		{args: []string{"--no-such-flag"}, want: []string{"no-such-flag"}},
		{args: []string{"--consume", "lpop"}, want: []string{"blpop,brpop"}},
		{args: []string{"--rate", "fast"}, want: []string{`"fast"`}},
		{args: []string{"--rate=-1"}, want: []string{"rate -1: want more than 0"}},
		{args: []string{"--rate", "NaN"}, want: []string{"rate NaN"}},
		{args: []string{"--log.level", "loud"}, want: []string{"loud"}},
		{
			args: []string{"--rate", "0", "--workers", "0", "--valkey.addr", "localhost", "--duration=-1s", "--trouble", "flud,flood"},
			want: []string{"--rate 0", "--workers 0", `--valkey.addr "localhost": want host:port`, "--duration -1s", `unknown trouble "flud" (valid: stalled-workers, `},
		},
		{env: map[string]string{"VALKEY_PASSWORD_FILE": "/no/such/file"}, want: []string{"VALKEY_PASSWORD_FILE", "/no/such/file"}},
		{env: map[string]string{"VALKEY_PASSWORD_FILE": "a", "VALKEY_PASSWORD": "b"}, want: []string{"both set"}},
	}
	for _, c := range cases {
		err := run(t.Context(), c.args, environment(c.env), &bytes.Buffer{})
		for _, part := range c.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%v: error %v does not mention %s", c.args, err, part)
			}
		}
	}
}

func TestDefaults(t *testing.T) {
	t.Setenv("VALKEY_ADDR", "")
	f, err := parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	if f.addr != "127.0.0.1:6380" || f.options.Rate != 1 || f.options.Workers != 4 || f.options.Consume != mockapp.BLPop || f.duration != 0 {
		t.Errorf("got %+v", f)
	}
	t.Setenv("VALKEY_ADDR", "example.com:1")
	if f, err = parse([]string{"--duration", "1m"}); err != nil || f.addr != "example.com:1" || f.duration != time.Minute {
		t.Errorf("got %+v, %v", f, err)
	}
}

func TestHelpAndDocumentationDescribeEveryTrouble(t *testing.T) {
	page, err := os.ReadFile("../../docs/mockapp.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, trouble := range mockapp.AllTroubles() {
		d := trouble.Describe()
		if row := "| `" + d.Name + "` | " + d.Does + " | " + d.Shows + " |\n"; !strings.Contains(string(page), row) {
			t.Errorf("docs/mockapp.md lacks this row:\n%s", row)
		}
		if !strings.Contains(help(), d.Name+": "+d.Does) {
			t.Errorf("--help does not describe %s", d.Name)
		}
	}
}
