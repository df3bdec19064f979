package compose

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// The chapter "Service Details" of the specification, line by line. That the server
// keeps an AOF and writes its log there is seen in the native run.
func TestMockValkeyIsAsSpecified(t *testing.T) {
	s := service(t, "mock-valkey")
	network := load(t).Networks["mock-network"].Name
	for _, c := range []struct{ item, got, want string }{
		{"Image", s.Image, "valkey/valkey:7-alpine"},
		{"Container Name", s.ContainerName, "mock-valkey"},
		{"Network", strings.Join(append(s.NetworksByPriority(), network), " named "), "mock-network named mock-network"},
		{"User", s.User, "999:999"},
		{"Internal Port, External Port", ports(s), "[127.0.0.1:6380->6379]"},
		{"Log File", after(s.Command, "--logfile"), "/logs/valkey.log"},
		{"Data Directory", after(s.Command, "--dir"), "/data"},
		{"Volume Mounts: data", mount(t, s, "/data"), "volume valkey-data rw"},
		{"Volume Mounts: logs", mount(t, s, "/logs"), "bind logs rw"},
	} {
		t.Run(c.item, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("%s: got %q, want %q", c.item, c.got, c.want)
			}
		})
	}
}

func ports(s types.ServiceConfig) string {
	var all []string
	for _, p := range s.Ports {
		all = append(all, fmt.Sprintf("%s:%s->%d", p.HostIP, p.Published, p.Target))
	}
	return fmt.Sprint(all)
}

// after is the word that follows a flag.
func after(words []string, flag string) string {
	if i := slices.Index(words, flag); i >= 0 && i+1 < len(words) {
		return words[i+1]
	}
	return ""
}

// mount says what is at a path of the container.
func mount(t *testing.T, s types.ServiceConfig, target string) string {
	t.Helper()
	for _, v := range s.Volumes {
		if v.Target != target {
			continue
		}
		source, how := v.Source, "rw"
		if v.Type == types.VolumeTypeBind {
			source = relative(t, source)
		}
		if v.ReadOnly {
			how = "ro"
		}
		return v.Type + " " + source + " " + how
	}
	return "nothing"
}

// relative is a path as it is written in the file, without the dot.
func relative(t *testing.T, path string) string {
	t.Helper()
	root, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	rel, err := filepath.Rel(root, path)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}
