package healthyday

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recordings is where they are kept.
const recordings = "../../" + Dir

func load(t *testing.T, dir string, s Scenario) Recording {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, s.Name+Extension))
	if err != nil {
		t.Fatalf("%v: run make record", err)
	}
	r, err := Read(text)
	if err != nil {
		t.Fatalf("%s: %v", s.Name, err)
	}
	return r
}

func TestEveryScenarioHasAConfiguration(t *testing.T) {
	for _, s := range Scenarios() {
		if _, err := s.Config(); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
}

func TestTheDocumentationListsEveryScenario(t *testing.T) {
	page, err := os.ReadFile("../../docs/healthy-days.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Scenarios() {
		if row := fmt.Sprintf("| `%s` | %s |\n", s.Name, s.About); !strings.Contains(string(page), row) {
			t.Errorf("docs/healthy-days.md lacks this row:\n%s", row)
		}
	}
}

func TestEveryRecordingBelongsToAScenario(t *testing.T) {
	files, err := filepath.Glob(recordings + "/*")
	if err != nil || len(files) != len(Scenarios()) {
		t.Errorf("%d files (%v) in %s, want %d", len(files), err, Dir, len(Scenarios()))
	}
}
