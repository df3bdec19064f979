package collector_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"valkey-exporter/collector/metric"
)

// elsewhere are metrics of redis_exporter that the page says are not here.
var elsewhere = regexp.MustCompile(`^redis_(exporter|cluster_.*|sentinel_.*|key_.*)$`)

func TestPageOnSwitchingNamesMetricsOfTheCatalogue(t *testing.T) {
	page, err := os.ReadFile("../docs/switching-from-redis_exporter.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"redis_mode": true} // a label
	for _, m := range metric.All() {
		known[m.Name()] = true
	}
	for _, name := range regexp.MustCompile(`redis_[a-z_0-9]+`).FindAllString(string(page), -1) {
		if !known[strings.TrimSuffix(name, "_")] && !elsewhere.MatchString(name) {
			t.Errorf("%s: neither in the catalogue nor known to be missing", name)
		}
	}
}
