package compose

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// repository is the root of the sources.
const repository = "../.."

// composeFile is what docker compose reads.
var composeFile = filepath.Join(repository, "docker-compose.yml")

// options are those of docker compose in a fresh clone: no .env, and nothing of
// ours in the environment.
func options(t *testing.T, profiles ...string) *cli.ProjectOptions {
	t.Helper()
	o, err := cli.NewProjectOptions([]string{composeFile}, cli.WithWorkingDirectory(repository), cli.WithProfiles(profiles))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// load reads the file as docker compose does: against the schema, with variables,
// profiles and references resolved.
func load(t *testing.T, profiles ...string) *types.Project {
	t.Helper()
	project, err := options(t, profiles...).LoadProject(t.Context())
	if err != nil {
		t.Fatalf("%s: %v", composeFile, err)
	}
	return project
}

// service is one of them, whatever its profile.
func service(t *testing.T, name string) types.ServiceConfig {
	t.Helper()
	s, err := load(t, "*").GetService(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestProfiles(t *testing.T) {
	always := []string{"alertmanager", "exporter", "grafana", "mock-valkey", "prometheus", "valkey-logs"}
	demo := []string{"mockapp", "receiver"}
	for name, c := range map[string]struct{ profiles, want []string }{
		"none": {nil, always},
		"demo": {[]string{"demo"}, slices.Sorted(slices.Values(slices.Concat(always, demo)))},
	} {
		t.Run(name, func(t *testing.T) {
			if got := slices.Sorted(slices.Values(load(t, c.profiles...).ServiceNames())); !slices.Equal(got, c.want) {
				t.Errorf("services %v, want %v", got, c.want)
			}
		})
	}
}
