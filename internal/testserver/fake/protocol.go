package fake

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxWord is the longest word that the server takes from a client.
const maxWord = 64 << 20

// errNotACommand means that the client does not speak the protocol.
var errNotACommand = errors.New("not a command")

// OK and the following are complete replies.
var (
	OK         = Status("OK")
	Nil        = []byte("$-1\r\n")
	EmptyArray = Array()
)

// Status is a one-line reply.
func Status(text string) []byte { return []byte("+" + text + "\r\n") }

// Error is an error reply: Error("NOPERM this user has no permissions ...").
func Error(text string) []byte { return []byte("-" + text + "\r\n") }

// Int is a number.
func Int(n int64) []byte {
	return append(strconv.AppendInt([]byte(":"), n, 10), '\r', '\n')
}

// Bulk is a string of any bytes.
func Bulk(text string) []byte {
	reply := strconv.AppendInt([]byte("$"), int64(len(text)), 10)
	return append(append(append(reply, "\r\n"...), text...), "\r\n"...)
}

// Array is a list of replies.
func Array(items ...[]byte) []byte {
	reply := strconv.AppendInt([]byte("*"), int64(len(items)), 10)
	reply = append(reply, "\r\n"...)
	for _, item := range items {
		reply = append(reply, item...)
	}
	return reply
}

// subcommands have names of two words.
var subcommands = map[string]bool{
	"ACL": true, "CLIENT": true, "CLUSTER": true, "COMMAND": true,
	"COMMANDLOG": true, "CONFIG": true, "FUNCTION": true, "LATENCY": true,
	"MEMORY": true, "MODULE": true, "OBJECT": true, "PUBSUB": true,
	"SCRIPT": true, "SLOWLOG": true, "XGROUP": true, "XINFO": true,
}

func commandName(args []string) string {
	if len(args) > 1 && subcommands[args[0]] {
		return args[0] + " " + args[1]
	}
	return args[0]
}

// reader reads commands, as arrays or as a line of words. It does not allocate
// for words it has met before, so that a benchmark sees the client's cost.
type reader struct {
	buf   *bufio.Reader
	word  []byte   // reused
	args  []string // reused
	known map[string]string
}

// maxKnown bounds the words that a reader remembers.
const maxKnown = 1 << 16

func (r *reader) command() ([]string, error) {
	line, err := r.line()
	if err != nil {
		return nil, err
	}
	var args []string
	if line[0] == '*' {
		args, err = r.array(line)
	} else {
		args = strings.Fields(string(line))
	}
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return nil, fmt.Errorf("%w: no words", errNotACommand)
	}
	args[0] = strings.ToUpper(args[0])
	if len(args) > 1 && subcommands[args[0]] {
		args[1] = strings.ToUpper(args[1])
	}
	return args, nil
}

func (r *reader) array(header []byte) ([]string, error) {
	n, err := length(header, '*')
	if err != nil {
		return nil, err
	}
	args := r.args[:0]
	for range n {
		line, err := r.line()
		if err != nil {
			return nil, err
		}
		size, err := length(line, '$')
		if err != nil {
			return nil, err
		}
		word, err := r.bulk(size)
		if err != nil {
			return nil, err
		}
		args = append(args, word)
	}
	r.args = args
	return args, nil
}

func (r *reader) bulk(size int) (string, error) {
	if cap(r.word) < size+2 {
		r.word = make([]byte, size+2)
	}
	word := r.word[:size+2]
	if _, err := io.ReadFull(r.buf, word); err != nil {
		return "", err
	}
	return r.intern(word[:size]), nil
}

func (r *reader) intern(word []byte) string {
	if text, ok := r.known[string(word)]; ok {
		return text
	}
	text := string(word)
	if r.known == nil {
		r.known = map[string]string{}
	}
	if len(r.known) < maxKnown && len(text) < 256 {
		r.known[text] = text
	}
	return text
}

// line returns a line without its end; it is valid until the next read.
func (r *reader) line() ([]byte, error) {
	line, err := r.buf.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return nil, fmt.Errorf("%w: a line of more than %d bytes", errNotACommand, bufferSize)
	}
	if err != nil {
		return nil, err
	}
	if len(line) < 3 || line[len(line)-2] != '\r' {
		return nil, fmt.Errorf("%w: %q", errNotACommand, line)
	}
	return line[:len(line)-2], nil
}

func length(line []byte, kind byte) (int, error) {
	n, err := strconv.Atoi(string(line[1:]))
	if err != nil || line[0] != kind || n < 0 || n > maxWord {
		return 0, fmt.Errorf("%w: want %q and a length, got %q", errNotACommand, kind, line)
	}
	return n, nil
}
