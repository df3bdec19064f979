package compose

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
)

// The example must name every variable, no other, and the default of each.
func TestEnvironmentExampleIsComplete(t *testing.T) {
	o := options(t, "*")
	cli.WithInterpolation(false)(o)
	model, err := o.LoadModel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]string{}
	for name, v := range template.ExtractVariables(model, nil) {
		used[name] = v.DefaultValue
	}
	example := readExample(t)
	if !maps.Equal(used, example) {
		t.Errorf(".env.example has %v, docker-compose.yml uses %v", example, used)
	}
}

func readExample(t *testing.T) map[string]string {
	t.Helper()
	example, err := dotenv.Read(repository + "/.env.example")
	if err != nil {
		t.Fatal(err)
	}
	return example
}

// Two services on one port would be found out at the start.
func TestPortsDiffer(t *testing.T) {
	var seen []string
	for name, s := range load(t, "*").Services {
		for _, p := range s.Ports {
			if slices.Contains(seen, p.Published) {
				t.Errorf("%s: port %s is taken", name, p.Published)
			}
			seen = append(seen, p.Published)
		}
	}
	if len(seen) != 5 {
		t.Errorf("published ports %v, want those of five services", seen)
	}
}

// What a person sets in .env counts, also in the links that others send him.
func TestVariablesAreUsed(t *testing.T) {
	o := options(t, "*")
	bundle := t.TempDir()
	for _, folder := range []string{"rules/generated", "alertmanager/generated"} {
		if err := os.MkdirAll(bundle+"/"+folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cli.WithEnv([]string{"PROMETHEUS_PORT=19090", "ALERTMANAGER_PORT=19093", "GRAFANA_PORT=13000", "BUNDLE=" + bundle})(o)
	project, err := o.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ service, port, link, mount string }{
		{"prometheus", "19090", "http://localhost:19090", bundle + "/rules/generated"},
		{"alertmanager", "19093", "http://localhost:19093", bundle + "/alertmanager/generated"},
		{"grafana", "13000", "http://localhost:13000/", ""},
	} {
		s := project.Services[c.service]
		if got := s.Ports[0].Published; got != c.port {
			t.Errorf("%s: port %s, want %s", c.service, got, c.port)
		}
		if root := s.Environment["GF_SERVER_ROOT_URL"]; !slices.Contains(s.Command, "--web.external-url="+c.link) && (root == nil || *root != c.link) {
			t.Errorf("%s: no link to %s", c.service, c.link)
		}
		if c.mount != "" && !slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Source == c.mount }) {
			t.Errorf("%s: %s is not mounted", c.service, c.mount)
		}
	}
}

// No password lies in the example, so that none is taken over from there.
func TestNoPasswordInTheExample(t *testing.T) {
	for name := range readExample(t) {
		if strings.Contains(strings.ToLower(name), "password") {
			t.Errorf("%s in .env.example: a password belongs into a file of its own", name)
		}
	}
}
