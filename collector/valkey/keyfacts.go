package valkey

import "time"

// Closer says what is asked about a key besides its size and its expiry.
type Closer int

// What can be asked.
const (
	NoCloser   Closer = iota
	ItsSpan           // of a sorted set: from its lowest to its highest score
	ItsMembers        // of a set of names of keys: whether these keys exist
)

// KeyQuestion is what a Sampler is to find out about one key.
type KeyQuestion struct {
	Key    string
	Closer Closer
}

// KeyFacts are what is known of one key. What the server did not tell, or was not
// asked, is absent, which is not zero.
type KeyFacts struct {
	Gone  bool          // the key does not exist any more; nothing else is known
	Sized bool          // Bytes is known
	Bytes float64       // of memory, by the server's own estimate
	Aged  bool          // TTL is known
	TTL   time.Duration // until it expires; None: never

	Trim    *Span         // of a sorted set
	Members *MemberSample // of a set

	// Err is an answer that is about this key: we may not see it, or another node
	// of the cluster has it.
	Err error
}

// Span is the lowest and the highest score of a sorted set.
type Span struct{ Lowest, Highest float64 }

// MemberSample is what became of the keys that some members of a set name.
type MemberSample struct {
	Size    float64 // members of the set
	Checked int
	Dead    int // of the checked: there is no such key
}

// DeniedKey reports whether the facts are missing because our user may not see
// the key.
func (f KeyFacts) DeniedKey() bool { return deniedKey(f.Err) }

// MovedKey reports whether the facts are missing because another node of the
// cluster has the key.
func (f KeyFacts) MovedKey() bool { return movedKey(f.Err) }

// Extent is how large a key is: its memory, and what it is made of.
type Extent struct {
	Bytes    float64
	Elements float64 // NotSent if the server does not tell
}
