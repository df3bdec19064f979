//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"valkey-exporter/collector/valkey"
)

// rawTimeout bounds one round trip of the raw client.
const rawTimeout = 30 * time.Second

// rawClient is what the exporter is compared with: one kept connection, all
// commands in one write, replies read just far enough to know that all have
// arrived.
type rawClient struct {
	conn net.Conn
	in   *bufio.Reader
}

// request is commands in the server's protocol.
type request struct {
	bytes    []byte
	commands int
}

func (r *request) add(words ...string) {
	r.bytes = fmt.Appendf(r.bytes, "*%d\r\n", len(words))
	for _, w := range words {
		r.bytes = fmt.Appendf(r.bytes, "$%d\r\n%s\r\n", len(w), w)
	}
	r.commands++
}

// scrapeRequest is what the exporter asks in one scrape when the queues exist
// and are lists.
func scrapeRequest(queues []string) request {
	var r request
	r.add("info", "all")
	r.add(append([]string{"config", "get"}, valkey.ConfigParameters...)...)
	r.add("latency", "histogram")
	r.add("latency", "latest")
	r.add("slowlog", "len")
	r.add("slowlog", "get", "1")
	for _, q := range queues {
		r.add("llen", q)
	}
	return r
}

func (l *lab) dial(ctx context.Context, addr string) (*rawClient, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	l.later(func() { _ = conn.Close() })
	return &rawClient{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// send writes the request and skips all its replies.
func (c *rawClient) send(r request) error {
	if err := c.conn.SetDeadline(time.Now().Add(rawTimeout)); err != nil {
		return err
	}
	if _, err := c.conn.Write(r.bytes); err != nil {
		return err
	}
	return c.skip(r.commands)
}

// skip reads past n values.
func (c *rawClient) skip(n int) error {
	for ; n > 0; n-- {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		size := 0
		if line[0] == '$' || line[0] == '*' {
			if size, err = strconv.Atoi(string(line[1 : len(line)-2])); err != nil {
				return err
			}
		}
		switch {
		case line[0] == '*':
			n += max(size, 0)
		case line[0] == '$' && size >= 0:
			if _, err := c.in.Discard(size + 2); err != nil {
				return err
			}
		}
	}
	return nil
}

// text is the reply to a command that is answered by one string.
func (c *rawClient) text(words ...string) (string, error) {
	header, err := c.ask('$', words)
	if err != nil {
		return "", err
	}
	size, err := strconv.Atoi(header)
	if err != nil {
		return "", fmt.Errorf("%v: %w", words, err)
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(c.in, text); err != nil {
		return "", err
	}
	_, err = c.in.Discard(2)
	return string(text), err
}

// number is the reply to a command that is answered by one.
func (c *rawClient) number(words ...string) (float64, error) {
	text, err := c.ask(':', words)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(text, 64)
}

// ask sends one command and returns the first line of a reply of this kind,
// without the character that tells it.
func (c *rawClient) ask(kind byte, words []string) (string, error) {
	var r request
	r.add(words...)
	if err := c.conn.SetDeadline(time.Now().Add(rawTimeout)); err != nil {
		return "", err
	}
	if _, err := c.conn.Write(r.bytes); err != nil {
		return "", err
	}
	line, err := c.in.ReadString('\n')
	if err != nil {
		return "", err
	}
	if line[0] != kind {
		return "", fmt.Errorf("%v: %s", words, line)
	}
	return strings.TrimSpace(line[1:]), nil
}
