package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"valkey-exporter/internal/checkup"
	"valkey-exporter/internal/testserver"
)

// quick lets the walk take half of the server's time.
const quick = "discovery: {max_server_share: 0.5}\nobserve: {max_server_share: 0.5}\n"

// checked is a check that has ended.
type checked struct {
	code           int
	stdout, stderr string
}

// checking runs `exporter check` to its end.
func checking(t *testing.T, env environment, args ...string) checked {
	t.Helper()
	p := run(t, env, append([]string{checkCommand}, args...)...)
	code := p.wait()
	return checked{code, p.out.String(), p.stderr.String()}
}

// checkOf checks a server in a second or two.
func checkOf(t *testing.T, server *testserver.Server, env environment, args ...string) checked {
	t.Helper()
	args = append([]string{"--valkey.addr=" + server.Addr, "--watch=300ms"}, args...)
	if !slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--config.file") }) {
		args = append(args, "--config.file="+configFile(t, quick))
	}
	return checking(t, env, args...)
}

func (c checked) want(t *testing.T, code int, parts ...string) {
	t.Helper()
	if c.code != code {
		t.Errorf("it ended with %d, want %d", c.code, code)
	}
	for _, part := range parts {
		if !strings.Contains(strings.Join(strings.Fields(c.stdout), " "), part) {
			t.Errorf("the report does not say %q", part)
		}
	}
	if c.stderr != "" {
		t.Errorf("it complains: %s", c.stderr)
	}
	if strings.Contains(c.stdout, "\x1b") {
		t.Error("there are escape sequences in what is no terminal's")
	}
	if t.Failed() {
		t.Logf("the report:\n%s", c.stdout)
	}
}

// report reads the JSON.
func (c checked) report(t *testing.T) checkup.Report {
	t.Helper()
	var r checkup.Report
	if err := json.Unmarshal([]byte(c.stdout), &r); err != nil {
		t.Fatalf("%v in\n%s", err, c.stdout)
	}
	return r
}

// aged is a job that was made some time ago.
func aged(field string, ago time.Duration) string {
	return fmt.Sprintf(`{"id":"1","error":"no such user","%s":%d}`, field, time.Now().Add(-ago).UnixMilli())
}

// A server as the built-in configuration wants it, with young jobs and keys that
// expire.
func TestCheckOfAHealthyServer(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--requirepass", "hunter2", "--appendonly", "yes", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
		server.Must(t, "RPUSH", "queue:high", aged("created_at", time.Second))
		server.Must(t, "SET", "session:1", "x", "EX", "600")
		got := checkOf(t, server, environment{"VALKEY_PASSWORD": "hunter2"})
		got.want(t, 0, server.Addr+": ", "primary, standalone", "queue:high work ok 1", "session:* ok 1", "no replicas", "AOF on, last write ok")
		if strings.Contains(got.stdout, "WARNING") || strings.Contains(got.stdout, "CRITICAL") || strings.Contains(got.stdout, "hunter2") {
			t.Errorf("want nothing worse than a note, and no password:\n%s", got.stdout)
		}
	})
}

// Without anything set, what the server has is not safe, and the report says what to
// do.
func TestCheckOfANewServer(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--save", "", "--appendonly", "no")
		server.Must(t, "RPUSH", "queue:high", aged("created_at", time.Second))
		checkOf(t, server, nil).want(t, 1, "WARNING A restart loses all jobs", "-> CONFIG SET appendonly yes", "QueuesNotPersisted: docs/runbooks/QueuesNotPersisted.md",
			"NOTE", "settings are not as expected", "checks failed: default_user_password", "The server listens on loopback only")
	})
}

// What to do is about the checks that were not passed, and about no others.
func TestCheckSaysHowToCloseTheServer(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--bind", "0.0.0.0", "--requirepass", "hunter2")
		server.Must(t, "ACL", "SETUSER", "looker", "on", ">hunter2", "+@all", "~*", "&*")
		server.Must(t, "ACL", "SETUSER", "default", "-@dangerous", "+info")
		env := environment{"VALKEY_USER": "looker", "VALKEY_PASSWORD": "hunter2"}
		checkOf(t, server, env).want(t, 0, "1 check is not passed: tls.", "-> Set tls-port with certificates")
	})
}

// What is critical comes first, and both outputs say the same.
func TestCheckFindsWhatIsWrong(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--appendonly", "yes")
		server.Must(t, "RPUSH", "queue:high", aged("created_at", 2*time.Hour))
		server.Must(t, "EVAL", "for i=1,150 do redis.call('RPUSH','queue:dead-letter',ARGV[1]) end", "0", aged("failed_at", time.Hour))
		server.Must(t, "EVAL", "for i=1,2000 do redis.call('SET','session:'..i,'x') end redis.call('SET','lock:1','x')", "0")
		text := checkOf(t, server, nil)
		text.want(t, 2, "CRITICAL The oldest job in queue:high has waited for 2 h", "-> No workers: start them.", "queue:dead-letter holds 150 dead letters, more than 100",
			"Locks lock:* (db0) are not released: 1.", "100 % of the keys session:* (db0) never expire", "Died in queue:dead-letter, of those that were read: 100 x no such user")
		got := checkOf(t, server, nil, "--output=json")
		if got.code != 2 {
			t.Errorf("as JSON it ends with %d", got.code)
		}
		r, rank, at := got.report(t), 3, 0
		if r.Result != checkup.Critical || !r.Server.Up || len(r.Incomplete) > 0 || len(r.Findings) < 4 {
			t.Errorf("%+v", r)
		}
		flat := strings.Join(strings.Fields(text.stdout), " ")
		for _, f := range r.Findings {
			now := map[checkup.Result]int{checkup.Critical: 2, checkup.Warning: 1, checkup.Info: 0}[f.Severity]
			if now > rank {
				t.Errorf("%s comes after what is less severe", f.Alert)
			}
			rank = now
			next := strings.Index(flat[at:], f.Text)
			if next < 0 {
				t.Errorf("the text does not say, or not in this place: %s", f.Text)
			} else {
				at += next
			}
			if len(f.Do) == 0 || !strings.HasSuffix(f.Runbook, f.Alert+".md") {
				t.Errorf("of %s: what to do is %q, the runbook %q", f.Alert, f.Do, f.Runbook)
			}
		}
	})
}

// A user with few rights is told which it lacks; with these nothing is missing.
func TestCheckSaysWhatToGrant(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := withQueues(t, startServer)
		server.Must(t, "SET", "session:1", "x", "EX", "600")
		server.Must(t, "ZADD", "rate:1", "1700000000", "a")
		server.Must(t, "SADD", "cache:tags:1", "gone")
		config := "--config.file=" + configFile(t, `
queues: [{key: queue:list}, {key: queue:set}, {key: queue:zset}, {key: queue:stream}, {key: queue:inhand, role: processing},
  {key: queue:dead, role: dead_letter}, {pattern: 'queue:found*'}, {pattern: 'queue:*', db: 3}]
`+quick)
		for name, user := range map[string][]string{
			"nothing but INFO":  {"+info"},
			"half of it":        {"+info", "+config|get", "+slowlog", "+scan", "+ping", "+type", "+llen", "%R~queue:list"},
			"no keys":           {"+@all"},
			"no INFO":           {"+@all", "-info", "%R~*"},
			"no look into keys": {"+@all", "-@scripting", "%R~*"},
		} {
			server.Must(t, append([]string{"ACL", "SETUSER", "exporter", "reset", "on", ">PASSWORD"}, user...)...)
			before := checkOf(t, server, asExporter, config, "--output=json")
			if before.code != 1 && before.code != 0 {
				t.Errorf("%s: it ends with %d", name, before.code)
			}
			grant := before.report(t).Access.Grant
			if len(grant) == 0 {
				t.Fatalf("%s: nothing is proposed", name)
			}
			for _, line := range grant {
				server.Must(t, strings.Fields(line)...)
			}
			after := checkOf(t, server, asExporter, config, "--output=json").report(t)
			if len(after.Access.Grant) > 0 || len(after.Access.Refused) > 0 || len(after.Queues) != 8 {
				t.Errorf("%s: after %q it still lacks %q, %v, and sees %d queues", name, grant, after.Access.Grant, after.Access.Refused, len(after.Queues))
			}
			for _, s := range after.Access.Sources {
				if !s.OK {
					t.Errorf("%s: after %q, %s is %s", name, grant, s.Source, s.Reason)
				}
			}
		}
	})
}

// A user that only the address names is the one who is told what it lacks: rights for
// another would open the server to everybody.
func TestCheckNamesTheUserOfTheAddress(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "ACL", "SETUSER", "looker", "on", ">hunter2", "+@all", "-config", "%R~*")
	env := environment{"VALKEY_ADDR": "valkey://looker:hunter2@" + server.Addr}
	got := checking(t, env, "--watch=300ms", "--config.file="+configFile(t, quick), "--output=json")
	if a := got.report(t).Access; a.User != "looker" || !slices.Equal(a.Grant, []string{"ACL SETUSER looker +config|get"}) {
		t.Errorf("as user %q it proposes %q", a.User, a.Grant)
	}
}

// Of a server that cannot be asked there is one line, and no secret.
func TestCheckOfAServerThatCannotBeAsked(t *testing.T) {
	server := testserver.Valkey(t, "--requirepass", "hunter2")
	stopped := testserver.Valkey(t)
	stopped.Stop()
	hanging := testserver.Valkey(t)
	hanging.Pause()
	for _, c := range []struct {
		name, addr, password, says string
	}{
		{"down", stopped.Addr, "", "(refused): Check that the server runs"},
		{"no such host", "no-such-host.invalid:6379", "", "(unknown host): Check the host name"},
		{"wrong password", server.Addr, "letmein", "(wrongpass): Check VALKEY_PASSWORD"},
		{"no password", server.Addr, "", "(noauth): The server wants a password"},
		{"hangs", hanging.Addr, "", "(timeout): The server accepts connections but does not answer"},
	} {
		env := environment{}
		if c.password != "" {
			env["VALKEY_PASSWORD"] = c.password
		}
		got := checking(t, env, "--valkey.addr="+c.addr, "--timeout=1s", "--watch=0s")
		got.want(t, 2, "CRITICAL ", c.addr)
		if strings.Count(got.stdout, "\n") != 1 || c.password != "" && strings.Contains(got.stdout, c.password) {
			t.Errorf("%s: want one line without the password: %s", c.name, got.stdout)
		}
		if !strings.Contains(got.stdout, c.says) {
			t.Errorf("%s: it does not say %q: %s", c.name, c.says, got.stdout)
		}
		asJSON := checking(t, env, "--valkey.addr="+c.addr, "--timeout=1s", "--watch=0s", "--output=json")
		if r := asJSON.report(t); asJSON.code != 2 || r.Server.Up || len(r.Findings) != 1 || r.Findings[0].Alert != "ValkeyDown" || strings.Contains(asJSON.stdout, "letmein") {
			t.Errorf("%s: as JSON, with %d: %s", c.name, asJSON.code, asJSON.stdout)
		}
	}
}

// A server that a script blocks answers, and serves nobody. What ends it comes first.
func TestCheckOfAServerThatAScriptBlocks(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--busy-reply-threshold", "1")
		defer block(t, server)()
		checkOf(t, server, nil, "--timeout=2s").want(t, 2, "CRITICAL The server answers, and serves nobody (busy).", "-> SCRIPT KILL, or FUNCTION KILL", "ValkeyBlocked: docs/runbooks/ValkeyBlocked.md")
	})
}

func TestCheckWithMistakes(t *testing.T) {
	bad := configFile(t, "queues: [{key: jobs, lengthy: 5}]")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"flag":       {[]string{"--adr=x"}, "unknown long flag '--adr', try check --help"},
		"a server's": {[]string{"--web.listen-address=:1"}, "unknown long flag '--web.listen-address'"},
		"argument":   {[]string{"localhost"}, "unexpected localhost"},
		"output":     {[]string{"--output=yaml"}, "enum value must be one of text,json"},
		"timeout":    {[]string{"--timeout=0s"}, "--timeout: want 1s or more"},
		"watch":      {[]string{"--watch=1m"}, "--watch: want 0s or more, and less than --timeout (1m0s), got 1m0s"},
		"share":      {[]string{"--max-server-share=5"}, "--max-server-share: want a share from 0.0001 to 0.5"},
		"file":       {[]string{"--config.file=" + bad}, bad + ":1:"},
		"password":   {[]string{"--valkey.addr=valkey://:hunter2@localhost"}, "the address holds a password"},
	} {
		got := checking(t, nil, c.args...)
		if got.code != 3 || got.stdout != "" || !strings.Contains(got.stderr, c.want) || strings.Contains(got.stderr, "hunter2") {
			t.Errorf("%s: code %d, want 3 and %q: %s%s", name, got.code, c.want, got.stdout, got.stderr)
		}
	}
	if help := checking(t, nil, "--help"); help.code != 0 || !strings.Contains(help.stdout, "--output") || strings.Contains(help.stdout, "--web.") {
		t.Errorf("--help, code %d: %s%s", help.code, help.stdout, help.stderr)
	}
}

// Keys are counted exactly, nothing is written, and nothing is left behind.
func TestCheckOfAHundredThousandKeys(t *testing.T) {
	server := testserver.Valkey(t)
	fillSessions(t, server, 100_000)
	server.Must(t, "SET", "api:1", "x", "EX", "7200")
	changes := infoLine(t, server, "rdb_changes_since_last_save")
	got := checkOf(t, server, nil, "--output=json")
	r := got.report(t)
	for _, c := range r.Classes {
		if c.Class != "session:*" {
			continue
		}
		if c.Keys < 100_000 || c.Keys > 101_000 || c.WithoutTTL == nil || *c.WithoutTTL != 0 || c.TTLError == nil || !(*c.TTLError > 0 && *c.TTLError < 0.1) {
			t.Errorf("%+v", c)
		}
	}
	if len(r.Classes) != 2 || len(r.Walks) != 1 || !r.Walks[0].Complete || len(r.Incomplete) > 0 {
		t.Errorf("classes %+v, walks %+v, incomplete %q", r.Classes, r.Walks, r.Incomplete)
	}
	if r.Cache == nil || r.Cache.LookupsLately == nil || *r.Cache.LookupsLately != 0 || r.Cache.HitRateSinceStart != nil {
		t.Errorf("nobody but the check has looked anything up, and yet %+v", r.Cache)
	}
	if after := infoLine(t, server, "rdb_changes_since_last_save"); after != changes {
		t.Errorf("%s changes, before %s", after, changes)
	}
}

func fillSessions(t *testing.T, server *testserver.Server, n int) {
	t.Helper()
	server.Must(t, "EVAL", fmt.Sprintf("for i=1,%d do redis.call('SET','session:'..i,'x','EX',3000) end", n), "0")
}

// infoLine is a field of INFO.
func infoLine(t *testing.T, server *testserver.Server, field string) string {
	t.Helper()
	_, after, found := strings.Cut(server.Must(t, "INFO").(string), field+":")
	if !found {
		t.Fatalf("INFO has no %s", field)
	}
	line, _, _ := strings.Cut(after, "\r\n")
	return line
}

// slow is a walk over a hundred thousand keys that takes many seconds.
const slow = "discovery: {max_server_share: 0.005}\n"

// When there is no more time, what was seen is told, and that it is not all.
func TestCheckRunsOutOfTime(t *testing.T) {
	server := testserver.Valkey(t)
	fillSessions(t, server, 100_000)
	got := checkOf(t, server, nil, "--timeout=1500ms", "--output=json", "--config.file="+configFile(t, slow))
	r := got.report(t)
	if r.Took > 3 || len(r.Incomplete) != 1 || !strings.Contains(r.Incomplete[0], "--timeout (1.5s) is over before all keys were counted: of 100,000 keys it has met") {
		t.Errorf("it took %v s, incomplete: %q", r.Took, r.Incomplete)
	}
	if len(r.Walks) != 1 || r.Walks[0].Complete || len(r.Classes) != 1 || !(r.Classes[0].Keys > 0 && r.Classes[0].Keys < 100_000) {
		t.Errorf("walks %+v, classes %+v", r.Walks, r.Classes)
	}
	checkOf(t, server, nil, "--timeout=1500ms", "--config.file="+configFile(t, slow)).want(t, got.code, "Unknown - --timeout (1.5s) is over", "session:* ok >= ")
	r = checkOf(t, server, nil, "--max-server-share=0.5", "--output=json", "--config.file="+configFile(t, slow)).report(t)
	if len(r.Incomplete) > 0 || !r.Walks[0].Complete {
		t.Errorf("at a faster pace it is not done either: %q", r.Incomplete)
	}
}

// Ctrl-C ends it at once, with what there is.
func TestCheckIsInterrupted(t *testing.T) {
	server := testserver.Valkey(t)
	fillSessions(t, server, 100_000)
	p := run(t, nil, checkCommand, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, slow))
	eventually(t, "the walk is under way", func() bool { return calls(t, server, "pttl") > 1 }) // the first scrape is long over
	p.signal(syscall.SIGINT)
	code := p.wait()
	checked{code, p.out.String(), p.stderr.String()}.want(t, 3, "UNKNOWN ", "The check was interrupted before all keys were counted")
}

// A server that does not answer does not keep it either.
func TestCheckOfAHangingServerIsInterrupted(t *testing.T) {
	server := testserver.Valkey(t)
	server.Pause()
	p := run(t, nil, checkCommand, "--valkey.addr="+server.Addr)
	time.Sleep(300 * time.Millisecond) // it waits for its first answer
	p.signal(syscall.SIGTERM)
	code := p.wait()
	checked{code, p.out.String(), p.stderr.String()}.want(t, 3, "the check was interrupted before the server had answered")
}

// Nor does one that stops answering while it is looked at.
func TestCheckOfAServerThatBeginsToHang(t *testing.T) {
	server := testserver.Valkey(t)
	fillSessions(t, server, 100_000)
	p := run(t, nil, checkCommand, "--valkey.addr="+server.Addr, "--config.file="+configFile(t, slow))
	eventually(t, "the walk is under way", func() bool { return calls(t, server, "pttl") > 1 })
	server.Pause()
	p.signal(syscall.SIGINT)
	code := p.wait()
	checked{code, p.out.String(), p.stderr.String()}.want(t, 3, "UNKNOWN ", "The check was interrupted before all keys were counted")
	server.Resume()

	before := calls(t, server, "pttl")
	p = run(t, nil, checkCommand, "--valkey.addr="+server.Addr, "--timeout=6s", "--watch=5s", "--config.file="+configFile(t, slow))
	eventually(t, "the walk is under way again", func() bool { return calls(t, server, "pttl") > before+1 })
	server.Pause()
	code = p.wait()
	checked{code, p.out.String(), p.stderr.String()}.want(t, 2, "CRITICAL ", "(timeout)")
}

// What the configuration turns off is not asked, and not missed.
func TestCheckAsksNoMoreThanIsWanted(t *testing.T) {
	server := testserver.Valkey(t)
	server.Must(t, "RPUSH", "jobs", "1")
	server.Must(t, "CONFIG", "RESETSTAT")
	config := configFile(t, "queues: [{key: jobs}]\nobserve: {interval: off}\nclasses: {interval: off}\naudit: {interval: off}")
	r := checkOf(t, server, nil, "--output=json", "--config.file="+config).report(t)
	if len(r.Classes) > 0 || len(r.Walks) > 0 || len(r.Incomplete) > 0 || len(r.Queues) != 1 || *r.Queues[0].Depth != 1 {
		t.Errorf("%+v", r)
	}
	for _, command := range []string{"scan", "eval_ro", "acl|getuser", "memory|usage"} {
		if n := calls(t, server, command); n > 0 {
			t.Errorf("%s was asked %d times", command, n)
		}
	}
}
