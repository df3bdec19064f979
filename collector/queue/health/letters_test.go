package health

import (
	"fmt"
	"slices"
	"testing"

	"valkey-exporter/collector/queue/payload"
	"valkey-exporter/collector/valkey"
)

// died is a dead letter.
func died(id int, reason string) string {
	return fmt.Sprintf(`{"id":%d,"error":%q}`, id, reason)
}

func TestDeadLettersAreCountedByReason(t *testing.T) {
	s := play(t, Settings{}, "dead_letter d")
	s.lpush("d", died(1, "out of memory"), died(2, "no route"), died(3, "out of memory"), `{"id":4}`, "\x80\x04", died(6, "zebra"))
	s.look()
	want := []Reason{{"out of memory", 2}, {"unknown", 2}, {"no route", 1}, {"zebra", 1}}
	if got := s.report("d").DeadLetters; !slices.Equal(got, want) {
		t.Errorf("reasons %v, want %v", got, want)
	}
}

func TestRareReasonsAreOneReason(t *testing.T) {
	var sample []valkey.Entry
	for i := range 13 {
		for range 13 - i {
			text := died(i, fmt.Sprintf("reason %c", 'a'+i))
			sample = append(sample, valkey.Entry{Text: []byte(text), Size: len(text)})
		}
	}
	got := reasons(sample, payload.Path{})
	if len(got) != reasonsShown+1 || got[0] != (Reason{"reason a", 13}) || got[reasonsShown] != (Reason{"other", 3 + 2 + 1}) {
		t.Errorf("reasons %v, want ten and six others", got)
	}
}

func TestOtherIsThereOnce(t *testing.T) {
	got := withOther([]Reason{{"other", 5}, {"a", 1}})
	if want := []Reason{{"a", 1}, {"other", 5}}; !slices.Equal(got, want) {
		t.Errorf("reasons %v, want %v", got, want)
	}
}

func TestAConfiguredPathHasTheReason(t *testing.T) {
	path, err := payload.ParsePath("meta.why")
	if err != nil {
		t.Fatal(err)
	}
	s := play(t, Settings{Error: path}, "dead_letter d")
	s.lpush("d", `{"error":"wrong","meta":{"why":"right"}}`)
	s.look()
	if got, want := s.report("d").DeadLetters, []Reason{{"right", 1}}; !slices.Equal(got, want) {
		t.Errorf("reasons %v, want %v", got, want)
	}
}

func TestDeadLettersAreSampledWhenSomethingChanged(t *testing.T) {
	s := play(t, Settings{}, "dead_letter d", "work q")
	samples := func(looks int) (n int) {
		for range looks {
			if s.look(); s.asked[0].Newest > 0 {
				n++
			}
			if s.asked[1].Newest > 0 {
				t.Error("work is asked for its newest messages")
			}
		}
		return n
	}
	s.lpush("d", died(1, "a"))
	if got := samples(100); got != 1 {
		t.Errorf("nothing changed, and it was sampled %d times, want once", got)
	}
	s.lpush("d", died(2, "b"))
	if got := samples(100); got != 1 {
		t.Errorf("one came, and it was sampled %d times, want once", got)
	}
	got := 0
	for i := range 120 {
		s.lpush("d", died(i, "b"))
		got += samples(1)
	}
	if times := int(120 * interval / lettersEvery); got < times-1 || got > times {
		t.Errorf("sampled %d times in ten minutes, want %d", got, times)
	}
}

func TestTheNewestDeadLettersAreSampled(t *testing.T) {
	for name, push := range map[string]func(*story, ...string){
		"lpush": func(s *story, m ...string) { s.lpush("d", m...) },
		"rpush": func(s *story, m ...string) { s.rpush("d", m...) },
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t, Settings{}, "dead_letter d")
			for i := range 200 {
				push(s, died(i, "old"))
			}
			s.look()
			for i := range 5 {
				push(s, died(1000+i, "new"))
				s.look()
			}
			for range 20 {
				s.look()
			}
			want := []Reason{{"old", 95}, {"new", 5}}
			if got := s.report("d").DeadLetters; !slices.Equal(got, want) {
				t.Errorf("reasons %v, want %v", got, want)
			}
		})
	}
}

func TestNoDeadLettersHaveNoReasons(t *testing.T) {
	s := play(t, Settings{}, "dead_letter d")
	s.lpush("d", died(1, "a"))
	s.look()
	s.rpop("d", 1)
	s.look()
	if got := s.report("d").DeadLetters; len(got) != 0 {
		t.Errorf("reasons %v, want none", got)
	}
}

func TestSamplingCanBeOff(t *testing.T) {
	s := play(t, Settings{}, "dead_letter d")
	o := s.options
	o.DeadLetters = 0
	s.Reconfigure(o)
	s.lpush("d", died(1, "a"))
	s.look()
	if s.asked[0].Newest != 0 || s.report("d").DeadLetters != nil {
		t.Error("dead letters were sampled")
	}
}

func TestTheTimeOfDeathIsThatOfADeadLetter(t *testing.T) {
	s := play(t, Settings{}, "dead_letter d")
	s.lpush("d", `{"created_at":1735730000,"failed_at":1735732790}`)
	s.look()
	s.wantAge("d", 15, "failed_at")
}
