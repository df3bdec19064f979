package valkey

import "time"

// Question is what a look is to find out about one queue, besides its type,
// length and time to live.
type Question struct {
	Queue *Queue

	// Head and Tail are entries that were at the ends of a list when it was
	// last looked at. The answer says where they are now. Nil: not asked.
	Head, Tail []byte
	// Span is how many entries from its end each of them is looked for.
	Span int
	// Ends asks for the entries at the ends of a list, or those with the lowest
	// and the highest score of a sorted set.
	Ends bool
	// Newest asks for at most so many entries of a list from its head, or from
	// its tail if NewestAtTail; of a sorted set from the highest score.
	Newest       int
	NewestAtTail bool
	// Members asks for at most so many members of a set, sorted set or list.
	Members int
	// Groups asks for at most so many consumer groups of a stream.
	Groups int
	// Idle asks for how long the application has not touched the key.
	Idle bool
	// Bytes bounds what the entries in the answer may take together.
	Bytes int
}

// Sight is what a look showed of one queue.
type Sight struct {
	Queue *Queue
	// Err is why there is no answer; nothing else means anything then.
	Err error
	// Type is TypeUnknown when the key does not exist; Other is true when it
	// exists and is not a queue.
	Type   Type
	Other  bool
	Length float64
	TTL    time.Duration // None when the key does not expire
	Idle   time.Duration // None when it was not asked, or the server does not tell

	// Biggest is the size in bytes of the biggest entry that the server had to copy
	// for this answer, sent or not. What a stream holds is not in it.
	Biggest int
	// Heard is of a Listener, not of the look; nil: nothing.
	Heard *Heard

	Head, Tail     *Entry // nil when not asked or there is none
	HeadAt, TailAt Place
	Newest         []Entry // newest first
	Members        []Member
	AllMembers     bool // Members are all that there are
	Stream         *StreamSight
}

// None is a duration that does not exist.
const None = time.Duration(-1)

// Entry is a message, or its beginning.
type Entry struct {
	Text  []byte
	Size  int     // of the whole message in bytes; Text is shorter if it was cut
	Score float64 // in a sorted set; NotSent elsewhere
}

// Whole reports whether Text is the whole message.
func (e *Entry) Whole() bool { return len(e.Text) == e.Size }

// Place is where an entry that used to be at an end of a list is now.
type Place struct {
	Asked bool
	Found bool // within the span
	// Before is the number of entries between the entry and its end.
	Before int
	// Twice is true when an equal entry is close by, so that Before may be that
	// of another one.
	Twice bool
}

// Member is a member of a set or sorted set, or an entry of a list.
type Member struct {
	ID    string  // the member, or the hex SHA-1 of one that is longer than 64 bytes
	Score float64 // in a sorted set; NotSent elsewhere
}

// StreamSight is what a look showed of a stream.
type StreamSight struct {
	Added  float64   // entries added since the stream was made
	First  time.Time // by the ID of the first entry; zero when there is none
	Groups []Group
	// GroupsInAll counts those beyond the limit of the question too.
	GroupsInAll int
}

// Group is a consumer group of a stream. NotSent and None stand for what the
// server does not know: it loses count of a group's lag after XDEL.
type Group struct {
	Name      string
	Consumers float64
	Pending   float64 // delivered and not acknowledged
	Read      float64 // entries delivered since the group was made
	Lag       float64 // entries not yet delivered
	// OldestPending and Next are by the IDs of the oldest entry that is not
	// acknowledged, and of the first that is not delivered; zero: there is none.
	// Next is also zero when Lag says that there is one, but many groups before
	// had to look at big entries: an ID cannot be had without its entry.
	OldestPending, Next time.Time
	OldestPendingIdle   time.Duration // since it was last delivered
}

// Look is what one round trip of the observation loop showed.
type Look struct {
	// Err is why the server could not be asked.
	Err error
	// At is when the round trip ended.
	At   time.Time
	Took time.Duration
	// Before and After are INFO (server, stats, commandstats, and after also
	// clients and memory) on either side of the queues' answers: what the server
	// did between two looks lies between the first's Before and the second's
	// After.
	Before, After Info
	Sights        []Sight // one per question, in their order
}
