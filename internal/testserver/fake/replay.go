package fake

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// capture holds the replies that a real server of one version once gave.
type capture struct {
	info      []byte
	config    []string // name, value, name, value, ...
	histogram []any
	latest    []any
	slowlog   []any
	clients   string
	stream    []any
	groups    []any
	keys      Keys
}

// Replay starts a server that answers as a real server did when its replies
// were captured: version is the start of the file names in dir, such as
// "valkey-8.0.1". The keyspace is the given keys, in every database.
func Replay(t testing.TB, dir, version string, keys Keys) *Server {
	t.Helper()
	return New(t, ReplayHandler(t, dir, version, keys))
}

// ReplayHandler is the handler of [Replay], for tests that wrap it.
func ReplayHandler(t testing.TB, dir, version string, keys Keys) Handler {
	t.Helper()
	c := &capture{keys: keys}
	base := filepath.Join(dir, version)
	info, err := os.ReadFile(base + ".info")
	if err != nil {
		t.Fatalf("capture: %v", err)
	}
	c.info = Bulk(string(info))
	for suffix, target := range map[string]any{
		"config": &c.config, "latency-histogram": &c.histogram, "latency-latest": &c.latest,
		"slowlog": &c.slowlog, "client-list": &c.clients, "xinfo-stream": &c.stream, "xinfo-groups": &c.groups,
	} {
		readJSON(t, base+"."+suffix+".json", target)
	}
	return c.handle
}

func readJSON(t testing.TB, file string, target any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("capture: %v", err)
	}
	if err := json.Unmarshal(text, target); err != nil {
		t.Fatalf("capture %s: %v", file, err)
	}
}

func (c *capture) handle(args []string) []byte {
	switch commandName(args) {
	case "INFO":
		return c.info
	case "CONFIG GET":
		return c.configGet(args[2:])
	case "LATENCY HISTOGRAM":
		return encode(pairs(c.histogram, args[2:]))
	case "LATENCY LATEST":
		return encode(c.latest)
	case "SLOWLOG GET":
		return c.slowlogGet(args[2:])
	case "SLOWLOG LEN":
		return Int(int64(len(c.slowlog)))
	case "ACL GETUSER":
		return everybody
	case "COMMAND INFO":
		return commandInfo(args[2:])
	case "CLIENT LIST":
		return Bulk(c.clients)
	case "XINFO STREAM":
		return c.keys.ifStream(args[2:], encode(c.stream))
	case "XINFO GROUPS":
		return c.keys.ifStream(args[2:], encode(c.groups))
	}
	return Handshake(c.keys.handle)(args)
}

// everybody is the default user that every server has until somebody changes it.
var everybody = Array(
	Bulk("flags"), Array(Bulk("on"), Bulk("nopass")), Bulk("passwords"), Array(),
	Bulk("commands"), Bulk("+@all"), Bulk("keys"), Bulk("~*"), Bulk("channels"), Bulk("&*"), Bulk("selectors"), Array(),
)

// commandInfo tells as much of each command as a server does, up to its
// categories, which are those of all commands here.
func commandInfo(names []string) []byte {
	items := make([][]byte, len(names))
	for i, name := range names {
		items[i] = Array(
			Bulk(name), Int(-1), Array(Status("admin")), Int(0), Int(0), Int(0), Array(Status("@admin"), Status("@slow"), Status("@dangerous")),
		)
	}
	return Array(items...)
}

func (c *capture) configGet(patterns []string) []byte {
	var items [][]byte
	for i := 0; i+1 < len(c.config); i += 2 {
		if matchesAny(patterns, c.config[i]) {
			items = append(items, Bulk(c.config[i]), Bulk(c.config[i+1]))
		}
	}
	return Array(items...)
}

func matchesAny(patterns []string, name string) bool {
	for _, pattern := range patterns {
		if ok, _ := path.Match(strings.ToLower(pattern), name); ok {
			return true
		}
	}
	return false
}

// slowlogGet answers with the newest entries: ten, the given number, or all.
func (c *capture) slowlogGet(args []string) []byte {
	n := 10
	if len(args) > 0 {
		n, _ = strconv.Atoi(args[0])
	}
	if n < 0 || n > len(c.slowlog) {
		n = len(c.slowlog)
	}
	return encode(c.slowlog[:n])
}

// pairs selects the named entries of a flat list of names and values.
func pairs(list []any, names []string) []any {
	if len(names) == 0 {
		return list
	}
	var selected []any
	for i := 0; i+1 < len(list); i += 2 {
		if name, ok := list[i].(string); ok && matchesAny(names, name) {
			selected = append(selected, list[i], list[i+1])
		}
	}
	return selected
}

// encode turns a captured value into a reply. In the captures a string that
// starts with a colon is a number.
func encode(value any) []byte {
	switch v := value.(type) {
	case nil:
		return Nil
	case []any:
		items := make([][]byte, len(v))
		for i, item := range v {
			items[i] = encode(item)
		}
		return Array(items...)
	case string:
		if n, err := strconv.ParseInt(strings.TrimPrefix(v, ":"), 10, 64); err == nil && v[0] == ':' {
			return Int(n)
		}
		return Bulk(v)
	default:
		return Error(fmt.Sprintf("ERR the capture has a %T", value))
	}
}
