package compose

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// once are services that do one thing and end.
var once = []string{"valkey-logs"}

// ours are made by our Dockerfile.
var ours = []string{"exporter", "mockapp", "receiver"}

// Each is asked of each service, so that a new one cannot forget it.
func TestEveryService(t *testing.T) {
	for name, s := range load(t, "*").Services {
		t.Run(name, func(t *testing.T) {
			for what, ok := range map[string]bool{
				"is not privileged":         !s.Privileged && len(s.Devices) == 0 && s.Pid == "" && s.Ipc == "",
				"has no capabilities":       slices.Equal(s.CapDrop, []string{"ALL"}) && (len(s.CapAdd) == 0 || slices.Contains(once, name)),
				"gains no privileges":       slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}),
				"does not use the host's":   s.NetworkMode != "host",
				"cannot write to its image": s.ReadOnly || name == "grafana", // whose start script and plugins may write beside its volume
				"limits its log":            s.Logging != nil && s.Logging.Options["max-size"] != "" && s.Logging.Options["max-file"] != "",
				"limits what it uses":       limited(s),
				"comes back":                s.Restart == types.RestartPolicyUnlessStopped || slices.Contains(once, name) && s.Restart == types.RestartPolicyNo,
				"is checked":                checked(s) || slices.Contains(once, name),
				"listens on loopback":       onLoopback(s),
			} {
				if !ok {
					t.Errorf("not so: %s", what)
				}
			}
		})
	}
}

func limited(s types.ServiceConfig) bool {
	if s.Deploy == nil || s.Deploy.Resources.Limits == nil {
		return false
	}
	l := s.Deploy.Resources.Limits
	return l.MemoryBytes > 0 && l.NanoCPUs > 0 && l.Pids > 0
}

func checked(s types.ServiceConfig) bool {
	h := s.HealthCheck
	return h != nil && !h.Disable && len(h.Test) > 1 && h.Interval != nil && h.Timeout != nil && h.Retries != nil && h.StartPeriod != nil
}

func onLoopback(s types.ServiceConfig) bool {
	return !slices.ContainsFunc(s.Ports, func(p types.ServicePortConfig) bool { return p.HostIP != "127.0.0.1" })
}

// fullVersion is a tag that names one release, perhaps with its digest.
var fullVersion = regexp.MustCompile(`^[a-z]+/[a-z]+:v?\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$`)

func TestImagesArePinned(t *testing.T) {
	for name, s := range load(t, "*").Services {
		switch {
		case slices.Contains(ours, name):
			if s.Build == nil || !strings.HasSuffix(s.Image, ":local") {
				t.Errorf("%s: image %s: want it built here and tagged local", name, s.Image)
			}
		case s.Image == "valkey/valkey:7-alpine": // the specification has this tag
		case !fullVersion.MatchString(s.Image):
			t.Errorf("%s: image %s: want a tag with the full version", name, s.Image)
		}
	}
}

// A dependency that is waited for must have something to wait for.
func TestDependenciesCanBeWaitedFor(t *testing.T) {
	project := load(t, "*")
	for name, s := range project.Services {
		for other, d := range s.DependsOn {
			want := types.ServiceConditionHealthy
			if slices.Contains(once, other) {
				want = types.ServiceConditionCompletedSuccessfully
			}
			if d.Condition != want && d.Condition != types.ServiceConditionStarted {
				t.Errorf("%s waits for %s with %s, want %s", name, other, d.Condition, want)
			}
		}
	}
}

// Docker makes what is missing as a folder of root's, and the service fails in a
// way that nobody understands.
func TestMountedFilesAreInTheRepository(t *testing.T) {
	for name, s := range load(t, "*").Services {
		for _, v := range s.Volumes {
			if v.Type != types.VolumeTypeBind {
				continue
			}
			if _, err := os.Stat(v.Source); err != nil {
				t.Errorf("%s mounts what is not there: %v", name, err)
			}
			if !v.ReadOnly && v.Target != "/logs" {
				t.Errorf("%s may write to %s", name, v.Source)
			}
		}
	}
}

// A secret is a file of one's own, never a value in the file or the environment.
func TestSecretsAreFiles(t *testing.T) {
	project := load(t, "*")
	ignored, err := os.ReadFile(repository + "/.gitignore")
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range project.Secrets {
		folder, _, _ := strings.Cut(relative(t, s.File), "/")
		if s.File == "" || s.Environment != "" || !strings.Contains(string(ignored), "\n/"+folder+"/\n") {
			t.Errorf("secret %s: want a file in a folder that git ignores, got %q", name, s.File)
		}
	}
	for name, s := range project.Services {
		for variable, value := range s.Environment {
			if regexp.MustCompile(`(?i)password|secret|token`).MatchString(variable) && !strings.HasPrefix(*value, "/run/secrets/") {
				t.Errorf("%s: %s is not a file in /run/secrets", name, variable)
			}
		}
	}
}
