//go:build unix

package healthyday

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var record = flag.Bool("record", false, "rewrite testdata/healthy, which takes a quarter of an hour")

// pace is how often and how long is recorded.
type pace struct {
	interval time.Duration
	scrapes  int
	restart  int           // the scrape that finds a restarted server down
	margin   time.Duration // before that scrape it is shut down, and after it started again
}

var (
	// full is what the tests of the rules play back.
	full = pace{interval: 15 * time.Second, scrapes: 49, restart: 24, margin: 3 * time.Second}
	// short shows that recording works.
	short = pace{interval: 500 * time.Millisecond, scrapes: 8, restart: 4, margin: 100 * time.Millisecond}
)

func TestRecord(t *testing.T) {
	p, dir := short, t.TempDir()
	if *record {
		p, dir = full, recordings
	}
	lab := newLab(t)
	for name, text := range lab.record(p) {
		if err := os.WriteFile(filepath.Join(dir, name+Extension), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if *record {
		lab.wantHealthy()
	}
	for _, s := range Scenarios() {
		fresh := load(t, dir, s)
		kept := families(load(t, recordings, s))
		for family := range families(fresh) {
			if !kept[family] {
				t.Errorf("%s: the recording has no %s: run make record", s.Name, family)
			}
		}
		for i := range s.servers {
			wantReached(t, s, fresh, fmt.Sprintf("valkey-%d:9121", i+1))
		}
	}
}

// wantHealthy checks that the applications could do their work: on a busy machine
// commands run into time-outs, and jobs are left behind in the hands of workers.
func (l *lab) wantHealthy() {
	l.t.Helper()
	for _, st := range l.stages {
		if lines := st.log.complaints(); len(lines) > 0 && !st.restart {
			l.t.Errorf("%s was not healthy: record again on an idle machine. The application said:\n%s", st.Name, strings.Join(lines, ""))
		}
	}
}

// wantReached checks that the server of an instance answered all scrapes, apart
// from those of a restart.
func wantReached(t *testing.T, s Scenario, r Recording, instance string) {
	t.Helper()
	name := `redis_up{instance="` + instance + `",job="valkey"}`
	i := slices.IndexFunc(r.Series, func(s Series) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("%s: no %s", s.Name, name)
	}
	down := 0
	for _, v := range r.Series[i].Values {
		if v != 1 {
			down++
		}
	}
	if s.restart != (down > 0) || down > 2 {
		t.Errorf("%s: %s is down in %d scrapes", s.Name, name, down)
	}
}

func families(r Recording) map[string]bool {
	names := map[string]bool{}
	for _, s := range r.Series {
		names[s.Family()] = true
	}
	return names
}

// record scrapes all exporters at the same moments, and returns the recording of
// each scenario.
func (l *lab) record(p pace) map[string][]byte {
	l.t.Helper()
	tapes := map[string]*tape{}
	for i, st := range l.stages {
		tapes[st.Name] = &tape{scrapes: p.scrapes, values: map[string][]float64{}, all: i == 0}
	}
	start := time.Now().Truncate(time.Second).Add(time.Second) // the file has whole seconds
	for n := range p.scrapes {
		due := start.Add(time.Duration(n) * p.interval)
		if n == p.restart {
			time.Sleep(time.Until(due.Add(-p.margin)))
			l.each((*stage).shutDown)
		}
		time.Sleep(time.Until(due))
		l.scrape(tapes, n)
		if n == p.restart {
			time.Sleep(time.Until(due.Add(p.margin)))
			l.each((*stage).start)
		}
	}
	texts := map[string][]byte{}
	for _, st := range l.stages {
		r := Recording{Start: start, Interval: p.interval, Scrapes: p.scrapes, Series: tapes[st.Name].series()}
		if st.restart {
			r.Restart = p.restart
		}
		texts[st.Name] = r.Write(st.About)
	}
	return texts
}

// each does something to the scenarios in which a server is restarted.
func (l *lab) each(do func(*stage, *testing.T)) {
	l.t.Helper()
	for _, st := range l.stages {
		if st.restart {
			do(st, l.t)
		}
	}
}

// scrape scrapes all targets side by side.
func (l *lab) scrape(tapes map[string]*tape, n int) {
	l.t.Helper()
	var done sync.WaitGroup
	for _, st := range l.stages {
		for _, target := range st.targets {
			done.Go(func() {
				if err := tapes[st.Name].scrape(l.t, target, n); err != nil {
					l.t.Errorf("%s: %s: %v", st.Name, target.instance, err)
				}
			})
		}
	}
	done.Wait()
}
