package dashboards_test

import (
	"slices"
	"strings"
	"testing"

	"valkey-exporter/config"
	"valkey-exporter/dashboards"
	"valkey-exporter/dashboards/grafana"
	"valkey-exporter/rules"
)

// The links of alerts lead to these addresses, see rules/link.go.
func TestTheAddressesAreStable(t *testing.T) {
	var uids, titles []string
	for _, b := range built(t, config.Default()) {
		uids, titles = append(uids, b.UID), append(titles, b.Title)
	}
	want := []string{"valkey-overview", "valkey-server", "valkey-cache", "valkey-queues", "valkey-queue", "valkey-exporter"}
	if !slices.Equal(uids, want) {
		t.Errorf("uids %q, want %q", uids, want)
	}
	slices.Sort(titles)
	if len(slices.Compact(titles)) != len(want) {
		t.Errorf("two dashboards have the same title: %q", titles)
	}
	for _, g := range rules.Build(config.Default()) {
		for _, r := range g.Rules {
			uid, _, _ := strings.Cut(r.GrafanaURL[strings.LastIndex(r.GrafanaURL, "/")+1:], "?")
			if r.Record == "" && !slices.Contains(want, uid) {
				t.Errorf("%s leads to the dashboard %q, which does not exist", r.Alert, uid)
			}
		}
	}
}

func TestPanelsFillTheirLinesAndDoNotOverlap(t *testing.T) {
	everywhere(t, func(t *testing.T, b board) {
		taken := map[[2]uint32]string{}
		for _, p := range b.Panels {
			if p.Type == "row" && p.Collapsed != (len(p.Panels) > 0) {
				t.Errorf("row %q: collapsed %t with %d panels in it", p.Title, p.Collapsed, len(p.Panels))
			}
			occupy(t, taken, p)
		}
		full(t, b.UID, taken)
		for _, row := range b.Panels {
			inside := map[[2]uint32]string{}
			for _, p := range row.Panels {
				occupy(t, inside, p)
			}
			full(t, row.Title, inside)
		}
	})
}

func occupy(t *testing.T, taken map[[2]uint32]string, p boardPanel) {
	t.Helper()
	g := p.GridPos
	if g.H == 0 || g.W == 0 || g.X+g.W > 24 {
		t.Errorf("%q does not fit: %+v", p.Title, g)
	}
	for x := g.X; x < g.X+g.W; x++ {
		for y := g.Y; y < g.Y+g.H; y++ {
			if other, ok := taken[[2]uint32{x, y}]; ok {
				t.Fatalf("%q and %q overlap", p.Title, other)
			}
			taken[[2]uint32{x, y}] = p.Title
		}
	}
}

// full wants no gaps: each line is 24 wide, and none is missing.
func full(t *testing.T, where string, taken map[[2]uint32]string) {
	t.Helper()
	perLine := map[uint32]int{}
	for at := range taken {
		perLine[at[1]]++
	}
	for y, n := range perLine {
		if n != 24 {
			t.Errorf("%s: line %d is %d wide", where, y, n)
		}
	}
}

func TestIdsAndReferencesAreUnique(t *testing.T) {
	everywhere(t, func(t *testing.T, b board) {
		ids := map[int]string{}
		take := func(p boardPanel) {
			if other, ok := ids[p.ID]; ok || p.ID == 0 {
				t.Errorf("%q has the id %d, as %q", p.Title, p.ID, other)
			}
			ids[p.ID] = p.Title
			for i, target := range p.Targets {
				if want := string(rune('A' + i)); target.RefID != want {
					t.Errorf("%q: query %d is called %q", p.Title, i, target.RefID)
				}
			}
		}
		for _, p := range b.Panels {
			take(p)
			for _, inside := range p.Panels {
				take(inside)
			}
		}
	})
}

// A panel keeps its id when others come and go: people link to panels.
func TestIdsComeFromTheTitle(t *testing.T) {
	c := config.Default()
	d := dashboards.All(c)[1]
	before := idOf(t, c, d, "Average time of a command")
	d.Rows[0].Lines[0].Panels = slices.Clone(d.Rows[0].Lines[0].Panels)
	slices.Reverse(d.Rows[0].Lines[0].Panels)
	if after := idOf(t, c, d, "Average time of a command"); after != before {
		t.Errorf("the id was %d and is %d", before, after)
	}
}

func idOf(t *testing.T, c config.Validated, d grafana.Dashboard, title string) uint32 {
	t.Helper()
	made, err := grafana.For(c).Build(d, grafana.Options{Refresh: "30s"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range made.Panels {
		if p.Panel != nil && *p.Panel.Title == title {
			return *p.Panel.Id
		}
	}
	t.Fatalf("no panel %q", title)
	return 0
}
