package alertmanager_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/alertmanager"
	"valkey-exporter/config"
)

var update = flag.Bool("update", false, "rewrite testdata/full.alertmanager.yml")

// What a reader of a change wants to see whole: the file of the configuration that
// has everything.
func TestTheFileOfEverything(t *testing.T) {
	const golden = "testdata/full.alertmanager.yml"
	c, err := config.Load("testdata/full.yml")
	if err != nil {
		t.Fatal(err)
	}
	got, err := alertmanager.File(c)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v: run make golden", err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got); if it is better so, run make golden:\n%s", golden, d)
	}
}
