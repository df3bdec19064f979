package compose

import (
	"debug/buildinfo"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The tag of an image is the version of the program that the native run starts. A
// program of a distribution does not tell its module, and is taken as it is.
func TestImagesAreTheTestedVersions(t *testing.T) {
	for name, c := range map[string]struct {
		variable, module string
		tag              func(string) string
	}{
		"prometheus":   {"PROMETHEUS", "github.com/prometheus/prometheus", prometheusTag},
		"alertmanager": {"ALERTMANAGER", "github.com/prometheus/alertmanager", strings.Clone},
	} {
		version := moduleOf(t, c.variable, c.module)
		if version == "" {
			t.Logf("%s was not built from its module", c.variable)
			continue
		}
		image, _, _ := strings.Cut(service(t, name).Image, "@")
		if _, got, _ := strings.Cut(image, ":"); got != c.tag(version) {
			t.Errorf("%s: the image is %s, the tests run %s", name, got, c.tag(version))
		}
	}
}

// prometheusTag is the version that Prometheus gives itself: its module v0.316.0 is
// version 3.16.0, and v0.305.1 is 3.5.1.
func prometheusTag(module string) string {
	return "v3." + strings.TrimPrefix(strings.TrimPrefix(module, "v0.3"), "0")
}

// moduleOf is the version of a program's own module, empty if it does not tell.
func moduleOf(t *testing.T, variable, module string) string {
	t.Helper()
	path, err := exec.LookPath(os.Getenv(variable))
	if err != nil {
		t.Fatalf("%s=%q is not a program: run make test", variable, os.Getenv(variable))
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(info.Path, module+"/") {
		for _, m := range append(info.Deps, &info.Main) {
			if m.Path == module && m.Version != "(devel)" {
				return m.Version
			}
		}
	}
	return ""
}
