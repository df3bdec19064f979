package payload

import "time"

// Why no time was found in a message: the reasons of Finder.Time.
const (
	// Future is a time that is more than five minutes ahead of our clock.
	Future = "future"
	// Absurd is a time before 2015, or a number that is none in any unit.
	Absurd = "absurd"
	// BadValue is a configured path at which there is something else.
	BadValue = "bad_value"
	// NoTimestamp is a message that says nothing about time: JSON without a
	// field of a usual name, an id of a kind that has no time, plain text.
	NoTimestamp = "no_timestamp"
	// UnknownFormat is neither JSON nor text: MessagePack, pickled, compressed.
	UnknownFormat = "unknown_format"
	// TooBig is a message that was cut, with no time in what is left.
	TooBig = "too_big"
	// Empty is a message without a byte, or of spaces.
	Empty = "empty"
)

// Sources of a time that are not the name of a field.
const (
	SourceUUIDv7 = "uuidv7"
	SourceULID   = "ulid"
)

// Failures are all reasons, in the order of the alphabet.
func Failures() []string {
	return []string{Absurd, BadValue, Empty, Future, NoTimestamp, TooBig, UnknownFormat}
}

// Finder finds when a message was made, or when it died.
type Finder struct {
	// Path is where to look first. If there is nothing, or null, the usual
	// fields are searched; if there is something else than a time, that is a
	// failure.
	Path Path
	// DeadLetter prefers the time at which the message died.
	DeadLetter bool
}

// Time finds when a message was made. Whole is false when text is only its
// beginning. Either failure says why there is no time, or source says where it
// was found: at Path, in a field (enqueued_at), in one of an object
// (meta.enqueued_at; *.enqueued_at when the object has no usual name), or in an
// id (uuidv7, ulid). But for the path, which is configured, sources are a fixed
// set: nothing that a message contains gets into them.
func (f Finder) Time(text []byte, whole bool, now time.Time) (at time.Time, source, failure string) {
	text = trim(text)
	if len(text) == 0 {
		return time.Time{}, "", Empty
	}
	if v := f.Path.find(text); v != nil {
		return f.configured(v, now)
	}
	return f.usual(text, whole, now)
}

// configured is the time at the path.
func (f Finder) configured(v value, now time.Time) (at time.Time, source, failure string) {
	at, is := instant(v)
	if is == noTime && v.is('"') {
		if made, kind := birth(v.text(), now); kind != "" {
			at, is = made, aTime
		}
	}
	if is == noTime {
		return time.Time{}, "", BadValue
	}
	if failure = judge(at, is, now); failure != "" {
		return time.Time{}, "", failure
	}
	return at, f.Path.String(), ""
}

// usual is the time in one of the usual fields of a message.
func (f Finder) usual(text []byte, whole bool, now time.Time) (at time.Time, source, failure string) {
	switch text[0] {
	case '{', '[':
		s := search{dead: f.DeadLetter, now: now, best: nothing, failed: nothing}
		broken := s.message(text)
		return s.result(whole, broken)
	case '"':
		if stringEnd(text) == len(text) {
			return f.unquoted(value(text).text(), whole, now)
		}
	}
	return bare(text, whole, now)
}

// unquoted is the time in a message that is a JSON string: an id, or JSON that
// was encoded twice.
func (f Finder) unquoted(text []byte, whole bool, now time.Time) (at time.Time, source, failure string) {
	text = trim(text)
	if len(text) == 0 {
		return time.Time{}, "", Empty
	}
	if text[0] == '"' {
		return bare(text, whole, now)
	}
	return f.usual(text, whole, now)
}

// bare is the time in a message that is not JSON.
func bare(text []byte, whole bool, now time.Time) (at time.Time, source, failure string) {
	if whole {
		if at, kind := birth(text, now); kind != "" {
			if failure := judge(at, aTime, now); failure != "" {
				return time.Time{}, "", failure
			}
			return at, kind, ""
		}
	}
	switch {
	case !readable(text, whole):
		return time.Time{}, "", UnknownFormat
	case !whole:
		return time.Time{}, "", TooBig
	}
	return time.Time{}, "", NoTimestamp
}
