package statuspage

import (
	"strings"
	"testing"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/class"
	"valkey-exporter/collector/valkey"
)

// sessions is a class of keys, some of which never expire.
func sessions(keys, without float64) class.Report {
	return class.Report{
		Class: "session:*", Keys: keys, MaxTTL: time.Hour, Samples: 2000,
		Expiry:  &class.Expiry{Without: without, Within: [7]float64{100, 400, 900, keys - without, keys - without, keys - without, keys - without}},
		Memory:  &class.Memory{Bytes: keys * 200, Error: 0.02},
		Largest: &valkey.Extent{Bytes: 5000, Elements: 4000},
	}
}

// counted is a scene with some classes.
func counted(t *testing.T, reports ...class.Report) *scene {
	t.Helper()
	s := play(t, defaults)
	s.state.Exporter.Classes = &collector.Classes{MaxShare: 0.01, Status: class.Status{
		Walks: []class.Walked{{DB: 0, Ended: noon, Complete: true}}, Reports: reports,
	}}
	s.pass(time.Minute, s.busy)
	return s
}

func TestClassesAreShownByWhatTheyTake(t *testing.T) {
	v := counted(t, class.Report{Class: "api:*", Keys: 10, Expiry: &class.Expiry{}, Memory: &class.Memory{Bytes: 1000}},
		sessions(4000, 0), class.Report{Class: "empty:*", Expiry: &class.Expiry{}, Memory: &class.Memory{}}).view()
	if len(v.Problems) > 0 || len(v.Classes.Lines) != 2 {
		t.Fatalf("problems %+v, lines %+v", v.Problems, v.Classes.Lines)
	}
	first := v.Classes.Lines[0]
	var texts []string
	for _, c := range first.Cells {
		texts = append(texts, c.Text)
	}
	if first.Cells[0].Name.Text != "session:*" || first.Level != good || strings.Join(texts[1:4], " ") != "4,000 0 4,000" {
		t.Errorf("got %+v", first)
	}
}

// A name can be a secret, as that of a session is: it is shown to those who asked.
func TestTheLargestKeyIsNamedOnRequest(t *testing.T) {
	report := sessions(4000, 0)
	report.LargestIs = "session:<b>\u202e" + strings.Repeat("x", 100)
	s := counted(t, report)
	if page := s.html(); strings.Contains(page, "session:&lt;b") || strings.Contains(page, "xxx") {
		t.Error("the page names the largest key, and was not asked to")
	}
	s.state.Exporter.Classes.ShowNames = true
	if page := s.html(); !strings.Contains(page, `session:&lt;b&gt;\u202exxx`) || strings.Contains(page, "<b>") {
		t.Errorf("the largest key is not on the page, or not as text:\n%s", page)
	}
}

func TestWhatIsWrongWithClasses(t *testing.T) {
	untrimmed := 11.0
	for name, c := range map[string]struct {
		report class.Report
		wants  string
		level  level
	}{
		"a leak":      {sessions(1000, 200), "20 % of the keys session:* (db0) never expire.", warning},
		"not yet one": {sessions(1000, 100), "", good},
		"of few keys": {sessions(100, 20), "", good},
		"no limit":    {class.Report{Class: "ranking:*", Keys: 100, Expiry: &class.Expiry{Without: 100}}, "", good},
		"a lock": {
			class.Report{Class: "lock:*", Kind: class.Lock, Keys: 3, MaxTTL: time.Minute, Expiry: &class.Expiry{Without: 1, Overlong: 1}},
			"Locks lock:* (db0) are not released: 2.", warning,
		},
		"many good locks": {class.Report{Class: "lock:*", Kind: class.Lock, Keys: 3, MaxTTL: time.Minute, Expiry: &class.Expiry{}}, "", good},
		"rate limits": {
			class.Report{Class: "rate:*", Kind: class.RateLimit, Keys: 50, Expiry: &class.Expiry{}, Untrimmed: &untrimmed},
			"Rate limits rate:* (db0) keep entries that count no more: 11 sets.", warning,
		},
		"tags": {
			class.Report{Class: "tags:*", Kind: class.Tags, Keys: 50, Expiry: &class.Expiry{}, Dead: &class.DeadMembers{Share: 0.6}},
			"60 % of what the tags tags:* (db0) name does not exist.", note,
		},
		"unseen": {class.Report{Class: "secret:*", Keys: 50, Denied: true}, "", blind},
	} {
		t.Run(name, func(t *testing.T) {
			s := counted(t, c.report)
			v := s.view()
			told := ""
			for _, p := range v.Problems {
				told += strings.ReplaceAll(p.Text, "\u00a0", " ")
			}
			if told != c.wants || v.Classes.Lines[0].Level != c.level {
				t.Errorf("told %q at level %v, want %q at %v", told, v.Classes.Lines[0].Level.Word(), c.wants, c.level.Word())
			}
			s.info["role"] = "slave"
			s.scrape()
			if v := s.view(); len(v.Problems) > 0 {
				t.Errorf("a replica: %+v", v.Problems)
			}
		})
	}
}

func TestClassesThatAreNotCounted(t *testing.T) {
	s := counted(t, sessions(1000, 1000))
	if html := s.html(); !strings.Contains(html, `<h2 id="classes">Key classes</h2>`) || !strings.Contains(html, "leaks") {
		t.Error("the page has no classes")
	}
	s.err, s.up = reply("LOADING"), false
	s.scrape()
	if v := s.view(); v.Classes != nil {
		t.Error("keys of a server that is down")
	}
	s.err, s.up, s.state.Exporter.Classes = nil, true, nil
	s.scrape()
	if html := s.html(); strings.Contains(html, "Key classes") {
		t.Error("classes are off")
	}
}

func TestClassesThatAreTooOldAreNotTold(t *testing.T) {
	s := counted(t)
	s.state.Exporter.Classes.Walks[0].Old = true
	v := s.view()
	if len(v.Classes.Lines) > 0 || len(v.Classes.Notes) != 1 || !strings.Contains(v.Classes.Notes[0], "says nothing about now") {
		t.Errorf("%d lines, notes %q", len(v.Classes.Lines), v.Classes.Notes)
	}
}
