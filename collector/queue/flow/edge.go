package flow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash/maphash"
	"slices"
	"time"

	"valkey-exporter/collector/valkey"
)

// edge is the marker of one end: an entry that was there at a look.
type edge struct {
	text  []byte // nil: there is none, or only its hash is known
	hash  string // of the text, after Restore; empty otherwise
	depth float64
	since time.Time // when it was first seen

	earlier []uint64 // hashes of the latest markers of this end, with this one
}

// earlierKept bounds edge.earlier.
const earlierKept = 32

// known reports whether the next look can say anything of it.
func (e *edge) known() bool { return e.text != nil || e.hash != "" }

// sum is a hash of the text, empty if there is none.
func (e *edge) sum() string {
	if e.text == nil {
		return e.hash
	}
	return hash(e.text)
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// clear forgets the marker.
func (e *edge) clear() { *e = edge{earlier: e.earlier} }

// stays keeps the marker, which is so far from its end now. If it is the entry
// that was seen there, that tells the text of a marker that was restored.
func (e *edge) stays(entry *valkey.Entry, depth float64) {
	e.depth = depth
	if e.text == nil && entry != nil {
		e.text, e.hash = bytes.Clone(entry.Text), ""
	}
}

// replace makes another entry the marker.
func (e *edge) replace(text []byte, at time.Time) {
	*e = edge{text: bytes.Clone(text), since: at, earlier: e.earlier}
	if e.text == nil {
		e.text = []byte{}
	}
	if len(e.earlier) == earlierKept {
		e.earlier = slices.Delete(e.earlier, 0, 1)
	}
	e.earlier = append(e.earlier, maphash.Bytes(seed, text))
}

// seed is that of this process: the hashes in edge.earlier are not kept.
var seed = maphash.MakeSeed()

// repeats reports whether a text was the marker earlier.
func (e *edge) repeats(text []byte) bool {
	return len(e.earlier) > 0 && slices.Contains(e.earlier, maphash.Bytes(seed, text))
}
