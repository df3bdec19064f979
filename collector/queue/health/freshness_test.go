package health

import (
	"testing"
	"time"
)

func TestEachLookAtWorkWithATargetIsAProbe(t *testing.T) {
	target := Settings{MaxAge: 30 * time.Second}
	cases := map[string]struct {
		settings Settings
		role     string
		messages []string
		before   bool // they were there before the first look
		want     Freshness
	}{
		"young":                          {target, "work", []string{job("a", noon)}, true, Freshness{3, 3}},
		"becomes too old":                {target, "work", []string{job("a", after(-18))}, true, Freshness{3, 2}},
		"exactly as old as it may":       {target, "work", []string{job("a", after(-15))}, true, Freshness{3, 3}},
		"empty":                          {target, "work", nil, true, Freshness{3, 3}},
		"no target":                      {Settings{}, "work", []string{job("a", noon)}, true, Freshness{}},
		"no work":                        {target, "dead_letter", []string{job("a", noon)}, true, Freshness{}},
		"not seen to arrive, no time":    {target, "work", []string{"a"}, true, Freshness{}},
		"seen to arrive, no time":        {target, "work", []string{"a"}, false, Freshness{4, 4}},
		"not seen to arrive, but is old": {Settings{MaxAge: 9 * time.Second}, "work", []string{"a"}, true, Freshness{1, 0}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			s := play(t, test.settings, test.role+" q")
			if !test.before {
				s.look()
			}
			if test.messages != nil {
				s.lpush("q", test.messages...)
			}
			s.look().look().look()
			s.scrape() // is no probe
			if got := s.report("q").Freshness; got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}
