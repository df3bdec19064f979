package compose

import (
	"debug/elf"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// outside are sources that the build stage takes from its image.
var outside = []string{"/etc/ssl/certs/ca-certificates.crt"}

// builder carries out a stage of the Dockerfile in a folder that stands for the
// root of the image.
type builder struct {
	root   string
	work   string
	env    []string
	args   map[string]string // as of docker build --build-arg
	output strings.Builder
}

// built is the folder /out of the build stages, made once for all tests.
var built = sync.OnceValues(func() (string, error) {
	b := &builder{root: temporary, args: map[string]string{"TARGETOS": runtime.GOOS, "TARGETARCH": runtime.GOARCH, "VERSION": "1.2.3-test"}}
	for _, name := range []string{"build", "build-demo"} {
		if err := b.stage(name); err != nil {
			return "", fmt.Errorf("stage %s: %w\n%s", name, err, b.output.String())
		}
	}
	return filepath.Join(b.root, "out"), nil
})

// temporary is a folder that is removed when all tests have run.
var temporary string

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "wget" {
		os.Exit(wget(os.Args[len(os.Args)-1]))
	}
	os.Exit(inTemporaryFolder(m.Run))
}

func inTemporaryFolder(run func() int) int {
	var err error
	temporary, err = os.MkdirTemp("", "valkey-exporter-image")
	if err == nil {
		err = os.Chmod(temporary, 0o755) // its programs are for other users too
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(temporary)
	return run()
}

func (b *builder) stage(name string) error {
	all, err := parsedStages()
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Name != name {
			continue
		}
		for _, c := range s.Commands {
			if err := b.do(c); err != nil {
				return fmt.Errorf("%s: %w", c, err)
			}
		}
		return nil
	}
	return fmt.Errorf("%s has no such stage", dockerfile)
}

// do carries out one instruction.
func (b *builder) do(c instructions.Command) error {
	if e, ok := c.(instructions.SupportsSingleWordExpansion); ok {
		if err := e.Expand(b.expand); err != nil {
			return err
		}
	}
	switch c := c.(type) {
	case *instructions.ArgCommand:
		for _, a := range c.Args {
			b.env = append(b.env, a.Key+"="+b.argument(a))
		}
	case *instructions.EnvCommand:
		for _, e := range c.Env {
			b.env = append(b.env, e.Key+"="+e.Value)
		}
	case *instructions.WorkdirCommand:
		b.work = filepath.Join(b.root, c.Path)
		return os.MkdirAll(b.work, 0o755)
	case *instructions.CopyCommand:
		return b.copy(c.SourcePaths, filepath.Join(b.work, c.DestPath))
	case *instructions.RunCommand:
		return b.run(strings.Join(c.CmdLine, " "))
	default:
		return fmt.Errorf("the test cannot do %s: teach it", c.Name())
	}
	return nil
}

func (b *builder) expand(word string) (string, error) {
	text, _, err := shell.NewLex('\\').ProcessWord(word, shell.EnvsFromSlice(b.env))
	return text, err
}

func (b *builder) argument(a instructions.KeyValuePairOptional) string {
	if value, ok := b.args[a.Key]; ok {
		return value
	}
	return a.ValueString()
}

// absolute is a path of the image in a command.
var absolute = regexp.MustCompile(`(^|\s)/`)

func (b *builder) run(command string) error {
	cmd := exec.Command("sh", "-c", absolute.ReplaceAllString(command, "${1}"+b.root+"/"))
	cmd.Dir, cmd.Env = b.work, append(os.Environ(), b.env...)
	cmd.Stdout, cmd.Stderr = &b.output, &b.output
	return cmd.Run()
}

// copy takes files over from the context, as far as .dockerignore lets them in.
func (b *builder) copy(sources []string, to string) error {
	allowed, err := contextFiles()
	if err != nil {
		return err
	}
	for _, source := range sources {
		source = filepath.Clean(source)
		n := 0
		for _, path := range allowed {
			if path != source && source != "." && !strings.HasPrefix(path, source+"/") {
				continue
			}
			if err := copyFile(filepath.Join(repository, path), filepath.Join(to, path)); err != nil {
				return err
			}
			n++
		}
		if n == 0 {
			return fmt.Errorf("%s is not there, or .dockerignore leaves it out", source)
		}
	}
	return nil
}

// contextFiles are what .dockerignore lets into the context, by path.
func contextFiles() ([]string, error) {
	list, err := os.Open(filepath.Join(repository, ".dockerignore"))
	if err != nil {
		return nil, err
	}
	defer list.Close()
	patterns, err := ignorefile.ReadAll(list)
	if err != nil {
		return nil, err
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return nil, err
	}
	var all []string
	err = fs.WalkDir(os.DirFS(repository), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		left, err := matcher.MatchesOrParentMatches(path)
		if !left {
			all = append(all, path)
		}
		return err
	})
	return all, err
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}

// What is sent to the builder holds no history, no secret and no data.
func TestContextIsSources(t *testing.T) {
	all, err := contextFiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		embedded := []string{".go", ".yml", ".lua", ".html", ".css", ".js", ".json"}
		if path != "go.mod" && path != "go.sum" && !slices.Contains(embedded, filepath.Ext(path)) || strings.HasSuffix(path, "_test.go") {
			t.Errorf("%s is in the context: is it needed? .dockerignore lets it in", path)
		}
	}
}

// The commands of the Dockerfile build static programs that know their version,
// from no more than the context.
func TestDockerfileBuilds(t *testing.T) {
	out := programs(t)
	for _, name := range []string{"exporter", "mockapp", "receiver"} {
		path := filepath.Join(out, name)
		if _, err := os.Stat(path); err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS == "linux" && dynamic(t, path) {
			t.Errorf("%s needs a dynamic linker: there is none in the image", name)
		}
	}
	version, err := exec.CommandContext(t.Context(), filepath.Join(out, "exporter"), "--version").CombinedOutput()
	if err != nil || !strings.Contains(string(version), "version 1.2.3-test") {
		t.Errorf("the version that was given is not told: %v\n%s", err, version)
	}
}

// programs is the folder of what the Dockerfile builds.
func programs(t *testing.T) string {
	t.Helper()
	out, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func dynamic(t *testing.T, path string) bool {
	t.Helper()
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP })
}

// What the images take from the build stages is made there.
func TestImagesTakeWhatIsBuilt(t *testing.T) {
	root := filepath.Dir(programs(t))
	for _, name := range []string{"exporter", "demo"} {
		for _, c := range stage(t, name).Commands {
			from, ok := c.(*instructions.CopyCommand)
			if !ok {
				continue
			}
			for _, source := range from.SourcePaths {
				if slices.Contains(outside, source) {
					continue
				}
				if _, err := os.Stat(filepath.Join(root, source)); err != nil {
					t.Errorf("%s copies %s, which no stage makes: %v", name, source, err)
				}
			}
		}
	}
}
