package payload

import "testing"

// What is found in the beginning of a message is what the whole message says, or
// what a field of lesser rank in front of it says; the half of a number is
// never taken for a number.
func TestAMessageMayBeCutAnywhere(t *testing.T) {
	for _, m := range messages {
		finder := Finder{DeadLetter: m.deadLetter}
		text := []byte(m.text)
		for size := range text {
			got := foundBy(finder, text[:size:size], false)
			switch {
			case got.failure != "" && got.at == "", got == m.want:
			case got.at != "" && got.at == m.earlier[got.source]:
			default:
				t.Errorf("%s: cut at %d of %d: got %+v, want %+v or a failure", m.name, size, len(text), got, m.want)
			}
			finder.Time(text[:size:size], true, now) // must not panic
		}
	}
}

func TestTheLastByteOfAMessageIsNeededForWhatItEnds(t *testing.T) {
	for _, text := range []string{`{"ts":1717243190`, `{"ts":"1717243190`, `{"ts":"1717243190\"`, `{"id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f`} {
		if got := foundBy(Finder{}, []byte(text), false); got != (found{failure: TooBig}) {
			t.Errorf("%q: got %+v, want %q", text, got, TooBig)
		}
	}
	for _, text := range []string{`{"ts":1717243190,`, `{"ts":"1717243190"`} {
		if got := foundBy(Finder{}, []byte(text), false); got.source != "ts" {
			t.Errorf("%q: got %+v, want a time", text, got)
		}
	}
}

func TestAReasonMayBeCutAnywhere(t *testing.T) {
	for _, m := range messages {
		text := []byte(m.text)
		for size := range text {
			Normalise(Reason(text[:size:size], false, Path{})) // must not panic
		}
	}
}
