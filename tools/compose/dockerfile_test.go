package compose

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	digest "github.com/opencontainers/go-digest"
)

// dockerfile is what the images are built by.
const dockerfile = repository + "/deploy/Dockerfile"

func readDockerfile(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(dockerfile)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// parsedStages are those of the Dockerfile.
func parsedStages() ([]instructions.Stage, error) {
	text, err := os.Open(dockerfile)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	file, err := parser.Parse(text)
	if err != nil {
		return nil, err
	}
	all, _, err := instructions.Parse(file.AST, nil)
	return all, err
}

func stages(t *testing.T) []instructions.Stage {
	t.Helper()
	all, err := parsedStages()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func stage(t *testing.T, name string) instructions.Stage {
	t.Helper()
	all := stages(t)
	i := slices.IndexFunc(all, func(s instructions.Stage) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("%s has no stage %s", dockerfile, name)
	}
	return all[i]
}

// The checks are those of docker build --check.
func TestDockerfileIsClean(t *testing.T) {
	text := readDockerfile(t)
	for _, problem := range lint(t, text) {
		t.Error(problem)
	}
	spoilt := bytes.Replace(text, []byte(`ENTRYPOINT ["/bin/exporter"]`), []byte(`ENTRYPOINT /bin/exporter`), 1)
	if found := lint(t, spoilt); len(found) != 1 || !strings.HasPrefix(found[0], "JSONArgsRecommended: ") {
		t.Errorf("an entry point that needs a shell: found %q", found)
	}
}

func lint(t *testing.T, text []byte) []string {
	t.Helper()
	source := llb.NewSourceMap(nil, filepath.Base(dockerfile), "Dockerfile", text)
	source.Definition = &llb.Definition{} // there is no source to fetch
	result, err := dockerfile2llb.DockerfileLint(t.Context(), text, dockerfile2llb.ConvertOpt{MetaResolver: anyImage{}, SourceMap: source})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	if result.Error != nil {
		found = append(found, result.Error.Message)
	}
	for _, w := range result.Warnings {
		found = append(found, w.RuleName+": "+w.Detail)
	}
	return found
}

// anyImage stands in for a registry: every image exists, and says nothing of
// itself but for what it was made.
type anyImage struct{}

func (anyImage) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config := []byte(`{"architecture": "amd64", "os": "linux", "config": {}}`)
	return ref, digest.FromBytes(config), config, nil
}

func TestImageOfTheExporter(t *testing.T) {
	all := stages(t)
	last := all[len(all)-1]
	if last.Name != "exporter" || last.BaseName != "scratch" {
		t.Errorf("the last stage, which docker build makes, is %s from %s: want exporter from scratch", last.Name, last.BaseName)
	}
	compose := service(t, "exporter")
	for _, c := range last.Commands {
		switch c := c.(type) {
		case *instructions.UserCommand:
			if !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(c.User) || c.User != compose.User {
				t.Errorf("user %s: want a number that is not 0, and the one of docker-compose.yml", c.User)
			}
		case *instructions.HealthCheckCommand:
			if !slices.Equal(c.Health.Test, compose.HealthCheck.Test) {
				t.Errorf("health check %q, docker-compose.yml has %q", c.Health.Test, compose.HealthCheck.Test)
			}
		case *instructions.EntrypointCommand:
			if c.PrependShell {
				t.Error("the entry point needs a shell")
			}
		case *instructions.RunCommand:
			t.Error("there is nothing in it that could run a command")
		}
	}
	for _, wanted := range []string{"user", "healthcheck", "entrypoint", "expose", "label"} {
		if !slices.ContainsFunc(last.Commands, func(c instructions.Command) bool { return strings.EqualFold(c.Name(), wanted) }) {
			t.Errorf("no %s", strings.ToUpper(wanted))
		}
	}
}

// The compiler's tag has the full version, and can build what go.mod asks for.
func TestCompilerIsPinned(t *testing.T) {
	tag := regexp.MustCompile(`^golang:(1\.\d+)\.\d+$`).FindStringSubmatch(stage(t, "build").BaseName)
	module, err := os.ReadFile(repository + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if tag == nil || !strings.Contains(string(module), "\ngo "+tag[1]+".") {
		t.Errorf("the compiler is %s: want golang: with the full version, of the Go in go.mod", stage(t, "build").BaseName)
	}
}
