package valkey

import (
	"bytes"
	"fmt"
	"strconv"
)

// ClientClass is what a limit of output buffers is about.
type ClientClass int

// The classes.
const (
	NormalClient ClientClass = iota
	PubSubClient             // has subscribed
	ReplicaClient

	NumClientClasses = int(iota)
)

// String is the name of the class in client-output-buffer-limit.
func (c ClientClass) String() string {
	return [NumClientClasses]string{"normal", "pubsub", "slave"}[c]
}

// Client is a connection, as CLIENT LIST tells of it. A text is empty when it was not
// given, or when the server is too old to tell it.
type Client struct {
	Name, User, Library string

	Class    ClientClass
	Server   bool    // a replica, or the primary, and no client of anybody
	Blocked  bool    // waits in a command such as BLPOP
	Idle     float64 // seconds since it last sent something
	Buffered float64 // bytes of answers that it has not read yet

	known bool // there was a line
}

// maxClientField is how much of one field is kept. A name may be as long as its
// client likes.
const maxClientField = 1 << 10

// clientReader reads the reply to CLIENT LIST as it arrives and keeps one field of
// one client at a time. Go-redis hands it the bytes of the protocol: a line with the
// length or the error, then the text.
type clientReader struct {
	meet   func(*Client)
	inText bool
	field  []byte
	client Client
	err    error // instead of the text
}

// Write never fails: a reply that is no list must be read to its end all the same.
func (r *clientReader) Write(p []byte) (int, error) {
	all := len(p)
	for len(p) > 0 {
		end := r.endOfField(p)
		part := p[:max(end, 0)]
		if end < 0 {
			part = p
		}
		r.field = append(r.field, part[:min(len(part), maxClientField-len(r.field))]...)
		if end < 0 {
			break
		}
		r.finish(p[end])
		p = p[end+1:]
	}
	return all, nil
}

// endOfField is where the field ends that p is part of, or -1.
func (r *clientReader) endOfField(p []byte) int {
	if !r.inText {
		return bytes.IndexByte(p, '\n')
	}
	for i, c := range p {
		if c == ' ' || c == '\n' {
			return i
		}
	}
	return -1
}

// finish understands a field, and perhaps the client that ends with it.
func (r *clientReader) finish(end byte) {
	defer func() { r.field = r.field[:0] }()
	switch {
	case r.err != nil:
	case !r.inText:
		r.begin(string(trimEOL(r.field)))
	default:
		r.client.take(r.field)
		if end == '\n' && r.client.known {
			r.meet(&r.client)
		}
		if end == '\n' {
			r.client = Client{}
		}
	}
}

// begin understands the first line.
func (r *clientReader) begin(line string) {
	switch {
	case line != "" && line[0] == '-':
		r.err = serverSaid(withoutArguments(line[1:]))
	case line != "" && line[0] == '$':
		r.inText = true
	default:
		r.err = parseError(fmt.Errorf("want the list of clients, got %s", excerpt(line)))
	}
}

// take understands one field, such as "name=worker". Names hold no space and no end
// of a line, which the server sees to, but anything else.
func (c *Client) take(field []byte) {
	name, value, ok := bytes.Cut(field, []byte{'='})
	if !ok {
		return
	}
	switch string(name) {
	case "id":
		c.known = true
	case "name":
		c.Name = string(value)
	case "user":
		c.User = string(value)
	case "lib-name":
		c.Library = string(value)
	case "idle":
		c.Idle = size(value)
	case "omem":
		c.Buffered = size(value)
	case "flags":
		c.readFlags(value)
	}
}

// readFlags reads letters. MONITOR is a client like any other to the limits.
func (c *Client) readFlags(flags []byte) {
	for _, flag := range flags {
		switch flag {
		case 'P':
			c.Class = PubSubClient
		case 'S':
			c.Class, c.Server = ReplicaClient, true
		case 'M':
			c.Server = true
		case 'b':
			c.Blocked = true
		}
	}
}

// size is 0 for what is no number.
func size(text []byte) float64 {
	n, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return 0
	}
	return float64(n)
}
