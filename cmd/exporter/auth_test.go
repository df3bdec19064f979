package main

import (
	"net"
	"os"
	"testing"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/testserver"
)

// wantLocked checks several scrapes of a server that does not let us in: each
// says why, and one line of the log says what to do about it.
func wantLocked(t *testing.T, s *subject, kind valkey.Kind, advice string) {
	t.Helper()
	for range 4 {
		s.scrape(t).wantDown(t, kind)
	}
	s.log.wantLines(t, 1, "level=WARN", "reason="+string(kind), advice)
	s.log.wantLines(t, 1, "level=WARN")
}

// wantBack checks that the next scrape is whole.
func wantBack(t *testing.T, s *subject) {
	t.Helper()
	s.scrape(t).wantUp(t)
	s.log.wantLines(t, 1, "server answers again")
}

func TestNoPasswordForAServerThatWantsOne(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--requirepass", "secret")
		s := watching(t, server.Addr)
		wantLocked(t, s, valkey.KindNoAuth, "VALKEY_PASSWORD")
		server.Must(t, "CONFIG", "SET", "requirepass", "")
		wantBack(t, s)
	})
}

// A server without a password takes any, so that one can be set there later.
func TestPasswordForAServerThatWantsNone(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer()
		s := start(t, environment{"VALKEY_PASSWORD": "secret"}, "--valkey.addr="+server.Addr, noPatterns(t))
		s.scrape(t).wantUp(t)
		server.Must(t, "CONFIG", "SET", "requirepass", "secret")
		s.scrape(t).wantUp(t)
		s.log.wantLines(t, 0, "level=WARN")
	})
}

func TestWrongPasswordIsCorrectedInItsFile(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		server := startServer("--requirepass", "secret")
		password := file(t, "password", "guess\n")
		s := watching(t, server.Addr, "--valkey.password-file="+password)
		wantLocked(t, s, valkey.KindWrongPass, "password file")
		rewrite(t, password, "secret\n")
		wantBack(t, s)
	})
}

func TestPasswordFileThatIsGoneForAWhile(t *testing.T) {
	server := testserver.Valkey(t, "--requirepass", "secret")
	password := file(t, "password", "secret")
	s := watching(t, server.Addr, "--valkey.password-file="+password)
	if err := os.Remove(password); err != nil {
		t.Fatal(err)
	}
	wantLocked(t, s, valkey.KindPasswordFile, "--valkey.password-file")
	rewrite(t, password, "secret")
	wantBack(t, s)
}

// The server's password is changed first, then the file, as a secret store
// does it. A connection that is already there outlives the first step.
func TestPasswordIsRotated(t *testing.T) {
	server := testserver.Valkey(t, "--requirepass", "old")
	password := file(t, "password", "old")
	s := watching(t, server.Addr, "--valkey.password-file="+password)
	s.scrape(t).wantUp(t)

	admin := redis.NewClient(&redis.Options{Addr: server.Addr, Password: "old"})
	defer admin.Close()
	for _, command := range [][]any{{"CONFIG", "SET", "requirepass", "new"}, {"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}} {
		if err := admin.Do(t.Context(), command...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	wantLocked(t, s, valkey.KindWrongPass, "password file")
	rewrite(t, password, "new")
	wantBack(t, s)
}

// In protected mode a server says so and hangs up.
func TestServerInProtectedMode(t *testing.T) {
	addr := saying(t, "-DENIED Running in protected mode because protected mode is enabled and no password is set.\r\n")
	wantLocked(t, watching(t, addr), valkey.KindProtectedMode, "protected mode")
}

func TestServerWithoutAFreeConnection(t *testing.T) {
	testserver.Each(t, func(t *testing.T, startServer testserver.Start) {
		const most = 5
		server := startServer("--maxclients", "5")
		others := make([]net.Conn, most)
		for i := range others {
			conn, err := net.Dial("tcp", server.Addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			greet(t, conn)
			others[i] = conn
		}
		s := watching(t, server.Addr)
		wantLocked(t, s, valkey.KindMaxClients, "maxclients")
		for _, conn := range others {
			_ = conn.Close()
		}
		eventually(t, "a connection is free", func() bool {
			_, err := server.Do(t, "PING")
			return err == nil
		})
		wantBack(t, s)
	})
}

// greet makes sure that the server has taken the connection.
func greet(t *testing.T, conn net.Conn) {
	t.Helper()
	answer := make([]byte, len("+PONG\r\n"))
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(answer); err != nil || string(answer) != "+PONG\r\n" {
		t.Fatalf("PING is answered %q, %v", answer, err)
	}
}

func TestUserOfAnACL(t *testing.T) {
	const right = "p@ss/w:rd"
	server := testserver.Valkey(t)
	server.Must(t, "ACL", "SETUSER", "watcher", "on", ">"+right, "~*", "+@all")
	server.Must(t, "ACL", "SETUSER", "default", "off")
	password := file(t, "password", right)
	for name, c := range map[string]struct {
		env  environment
		args []string
	}{
		"flags":                         {nil, []string{"--valkey.addr=" + server.Addr, "--valkey.user=watcher", "--valkey.password-file=" + password}},
		"environment":                   {environment{"VALKEY_ADDR": server.Addr, "VALKEY_USER": "watcher", "VALKEY_PASSWORD": right}, nil},
		"file named in the environment": {environment{"VALKEY_ADDR": server.Addr, "VALKEY_USER": "watcher", "VALKEY_PASSWORD_FILE": password}, nil},
		"as redis_exporter reads it":    {environment{"REDIS_ADDR": server.Addr, "REDIS_USER": "watcher", "REDIS_PASSWORD": right}, nil},
		"address in the environment":    {environment{"VALKEY_ADDR": "valkey://watcher:p%40ss%2Fw%3Ard@" + server.Addr}, nil},
		"user of the address only":      {environment{"VALKEY_ADDR": "valkey://watcher@" + server.Addr, "VALKEY_PASSWORD": right}, nil},
		"file before variable": {
			environment{"VALKEY_ADDR": server.Addr, "VALKEY_USER": "watcher", "VALKEY_PASSWORD": "wrong"},
			[]string{"--valkey.password-file=" + password},
		},
		"Valkey before Redis": {environment{
			"VALKEY_ADDR": server.Addr, "VALKEY_USER": "watcher", "VALKEY_PASSWORD": right,
			"REDIS_ADDR": "nobody.invalid", "REDIS_USER": "nobody", "REDIS_PASSWORD": "nothing",
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			start(t, c.env, append(c.args, noPatterns(t))...).scrape(t).wantUp(t)
		})
	}
}

// noPatterns is a configuration with which nothing happens by itself.
func noPatterns(t *testing.T) string {
	t.Helper()
	return "--config.file=" + configFile(t, "queues: [{key: jobs}]")
}

func TestUnixSocket(t *testing.T) {
	server := testserver.Valkey(t, "--requirepass", "secret")
	s := start(t, environment{"VALKEY_PASSWORD": "secret"}, "--valkey.addr=unix://"+server.Socket, noPatterns(t))
	s.scrape(t).wantUp(t)
}
