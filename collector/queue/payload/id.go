package payload

import (
	"bytes"
	"strings"
	"time"
)

// Lengths of ids as text.
const (
	uuidLength = 36
	ulidLength = 26
)

// jobPrefixes are what ids of jobs have in front. Behind any other prefix is the
// id of a thing that the job is about, and that may be years older than the job.
var jobPrefixes = []string{"job", "jobs", "task", "msg", "message", "evt", "event"}

// birth is when an id was made, with the kind of the id. Only UUIDv7 and ULID
// tell. A ULID has no mark but its 26 characters, so one with a time that cannot
// be right is none.
func birth(id []byte, now time.Time) (at time.Time, kind string) {
	id = withoutPrefix(id)
	switch len(id) {
	case uuidLength:
		if at, ok := uuidv7(id); ok {
			return at, SourceUUIDv7
		}
	case ulidLength:
		if at, ok := ulid(id); ok && judge(at, aTime, now) == "" {
			return at, SourceULID
		}
	}
	return time.Time{}, ""
}

func withoutPrefix(id []byte) []byte {
	end := bytes.LastIndexAny(id, "_:")
	if end < 0 {
		return id
	}
	for _, prefix := range jobPrefixes {
		if strings.EqualFold(string(id[:end]), prefix) {
			return id[end+1:]
		}
	}
	return id
}

// uuidv7 is the time in a UUID of version 7 and the variant of RFC 9562.
func uuidv7(id []byte) (time.Time, bool) {
	millis := int64(0)
	for i, c := range id {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return time.Time{}, false
			}
			continue
		}
		digit, ok := hexDigit(c)
		if !ok || i == 14 && digit != 7 || i == 19 && digit>>2 != 0b10 {
			return time.Time{}, false
		}
		if i < 13 { // 48 bits
			millis = millis<<4 | int64(digit)
		}
	}
	return time.UnixMilli(millis).UTC(), true
}

// crockford are the digits of base 32 in their order: no I, L, O, U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ulid is the time in a ULID, all in upper or all in lower case. TypeIDs, which
// are UUIDv7 in the same digits, are read the same way.
func ulid(id []byte) (time.Time, bool) {
	millis := int64(0)
	upper, lower := false, false
	for i, c := range id {
		if 'a' <= c && c <= 'z' {
			lower = true
			c -= 'a' - 'A'
		} else if c > '9' {
			upper = true
		}
		digit := strings.IndexByte(crockford, c)
		if digit < 0 || i == 0 && digit > 7 || upper && lower {
			return time.Time{}, false
		}
		if i < 10 { // 48 bits, and two more that are 0
			millis = millis<<5 | int64(digit)
		}
	}
	return time.UnixMilli(millis).UTC(), true
}
