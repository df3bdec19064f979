package payload

import (
	"strings"
	"unicode/utf8"
)

// longestReason bounds what Reason returns, in bytes.
const longestReason = 1024

// Reason is why a dead letter died, in its own words, or empty when it does not
// say. It is what is at the path, if anything is; else the best of the usual
// fields at the top level and one level down, as "class: message" when both are
// there. It may contain secrets and ids: Normalise it before it is shown. Whether
// the text is the whole message makes no difference: what the end cuts off is
// not taken.
func Reason(text []byte, _ bool, path Path) string {
	text = trim(text)
	if len(text) > 2 && text[0] == '"' && stringEnd(text) == len(text) {
		text = trim(value(text).text())
	}
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return ""
	}
	if v := path.find(text); v != nil {
		if reason := configuredReason(v); reason != "" {
			return clip(reason)
		}
	}
	d := newDiagnosis()
	d.message(text)
	return clip(d.best.text)
}

// configuredReason is what the value at the path says.
func configuredReason(v value) string {
	switch {
	case v.is('{'):
		d := newDiagnosis()
		d.object(v, inError)
		return d.best.text
	case v.is('['):
		return firstText(v)
	}
	return words(v)
}

// clip bounds a text, and makes it valid.
func clip(text string) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\ufffd"))
	if len(text) <= longestReason {
		return text
	}
	end := longestReason
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// part is what a field tells about a death.
type part int

const (
	notPart  part = iota
	class         // of the error: a name
	sentence      // what happened
	trace         // of the stack, that says it too
	vague         // a sentence in an object that is an error, and at the top level
	kindOf        // a class in an object that is an error
)

// symptom is a field of a usual name.
type symptom struct {
	part  part
	order int
}

// symptoms are in the order of preference, with folded names.
var symptoms = ordered([]named{
	{"error_class", class}, // Sidekiq
	{"exception_class", class},
	{"exception_type", class},
	{"exc_type", class}, // Celery
	{"error_type", class},
	{"error_name", class},
	{"x-exception-fqcn", class},
	{"error_code", class},
	{"type", kindOf},
	{"class", kindOf},
	{"name", kindOf},
	{"code", kindOf},

	{"error_message", sentence}, // Sidekiq
	{"error_msg", sentence},     // asynq
	{"error", sentence},         // the specification's dead letters, Resque
	{"err", sentence},           // gocraft/work
	{"errmsg", sentence},
	{"failed_reason", sentence}, // BullMQ
	{"failure_reason", sentence},
	{"fail_reason", sentence},
	{"dead_letter_reason", sentence},
	{"death_reason", sentence},
	{"x-first-death-reason", sentence},
	{"rejection_reason", sentence},
	{"last_error", sentence},
	{"last_err", sentence},
	{"exception_message", sentence},
	{"x-exception-message", sentence},
	{"exc_message", sentence}, // Celery
	{"error_description", sentence},
	{"exception", sentence}, // Laravel
	{"failure", sentence},
	{"errors", sentence},
	{"reason", vague},
	{"cause", vague},
	{"message", vague},
	{"msg", vague},
	{"detail", vague},
	{"details", vague},
	{"description", vague},
	{"title", vague},
	{"exc_info", trace}, // RQ
	{"traceback", trace},
	{"stacktrace", trace},
	{"stack", trace},
})

type named struct {
	name string
	part part
}

func ordered(all []named) map[string]symptom {
	byName := make(map[string]symptom, len(all))
	for i, n := range all {
		byName[foldName(n.name)] = symptom{part: n.part, order: i}
	}
	return byName
}

func symptomOf(key []byte) symptom {
	var room [longestName]byte
	return symptoms[string(fold(&room, key))]
}

// scene is where a reason is found. Earlier is better.
type scene int

const (
	atTop      scene = iota
	inError          // in an object that is the error
	about            // in an object that is about the message
	atTopVague       // at the top level, in a field that may be about anything
	within           // in any other object, or the message that died
)

// heard says which parts count in a scene: the "message" of a job is not why it
// died.
func (s scene) heard(p part) bool {
	switch p {
	case notPart:
		return false
	case vague:
		return s == atTop || s == inError
	case kindOf:
		return s == inError
	default:
		return true
	}
}

// rank orders what is heard; less is better.
func (s scene) rank(of symptom) int {
	if s == atTop && of.part == vague {
		s = atTopVague
	}
	return int(s)*perScene + of.order
}

// A class alone ranks behind the sentences of its scene.
const (
	perScene   = 1 << 10
	classAlone = perScene / 2
)

// finding is the best text so far.
type finding struct {
	text string
	rank int
}

func (f *finding) take(text string, rank int) {
	if text != "" && rank < f.rank {
		f.text, f.rank = text, rank
	}
}

// diagnosis collects the reason.
type diagnosis struct{ best finding }

func newDiagnosis() diagnosis { return diagnosis{finding{rank: nothing}} }

// message searches the top level and one level down.
func (d *diagnosis) message(text value) {
	if text.is('[') {
		d.list(text, within)
		return
	}
	d.object(text, atTop)
	all := read(text)
	for {
		key, v, ok := all.next()
		switch {
		case !ok:
			return
		case v.is('{'):
			d.object(v, sceneOf(key))
		case v.embedded():
			d.object(v.text(), sceneOf(key))
		case v.is('[') && sceneOf(key) == inError:
			d.list(v, inError)
		}
	}
}

func sceneOf(key []byte) scene {
	if p := symptomOf(key).part; p == sentence || p == vague && string(key) == "cause" {
		return inError
	}
	if p := parentOf(key); p.place == envelope && !strings.HasPrefix(p.name, "original") {
		return about
	}
	return within
}

// list searches the objects in a list.
func (d *diagnosis) list(text value, at scene) {
	all := read(text)
	for {
		_, v, ok := all.next()
		if !ok {
			return
		}
		if v.is('{') {
			d.object(v, at)
		}
	}
}

// object takes what an object says, if it is better than what there is.
func (d *diagnosis) object(text value, at scene) {
	kind, said := finding{rank: nothing}, finding{rank: nothing}
	all := read(text)
	for {
		key, v, ok := all.next()
		if !ok {
			break
		}
		s := symptomOf(key)
		if !at.heard(s.part) {
			continue
		}
		words := saying(v, s.part)
		if s.part == class || s.part == kindOf || exceptionClass(key, words) {
			kind.take(words, at.rank(s))
		} else {
			said.take(words, at.rank(s))
		}
	}
	d.best.take(joined(kind.text, said.text), min(said.rank, kind.rank+classAlone))
}

// exceptionClass reports whether a field is as Resque writes it: the class of an
// exception, whose text is in "error".
func exceptionClass(key []byte, words string) bool {
	return string(key) == "exception" && !strings.ContainsAny(words, " \n")
}

// joined is "class: message", without saying the class twice.
func joined(class, message string) string {
	switch {
	case class == "" || strings.HasPrefix(message, class):
		return message
	case message == "":
		return class
	}
	return class + ": " + message
}

// saying is what a field's value says.
func saying(v value, p part) (said string) {
	switch {
	case v.embedded():
		return ""
	case v.is('['):
		said = firstText(v)
	case v.is('"'):
		said = words(v)
	}
	if p == trace {
		return lastLine(said)
	}
	return said
}

// words is a string, or a number. A traceback says it at its end.
func words(v value) string {
	if v.is('{') || v.is('[') || v.isNull() {
		return ""
	}
	text := strings.TrimSpace(string(v.text()))
	if strings.HasPrefix(text, "Traceback (most recent call last)") {
		return lastLine(text)
	}
	return text
}

// firstText is the first string in a list.
func firstText(list value) string {
	all := read(list)
	for {
		_, v, ok := all.next()
		if !ok {
			return ""
		}
		if v.is('"') && len(v) > 2 {
			return words(v)
		}
	}
}

// lastLine is what a Python traceback says at its end: the first line behind the
// last frame that is not indented, and not the last of all, which may belong to
// a long message. Of other stack traces it is the first line.
func lastLine(text string) string {
	const frame = "\n  File "
	last := strings.LastIndex(text, frame)
	if last < 0 {
		line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
		return line
	}
	_, behind, _ := strings.Cut(text[last+1:], "\n")
	for line := range strings.Lines(behind) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && line[0] != ' ' {
			return line
		}
	}
	return ""
}
