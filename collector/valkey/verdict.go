package valkey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// whole is how many replies had arrived when err ended the round trip.
// go-redis marks all commands as failed.
func (c *Conn) whole(err error) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	ended := isClosed(err) || errors.Is(err, errGarbage) || c.ctx.Err() != nil
	if c.link == nil || !c.link.greeted || !ended {
		return 0 // nothing arrived, or what arrived cannot be trusted
	}
	return c.link.replies
}

// explain replaces "connection closed" by what the server said instead of a
// handshake, if it did: that it has too many clients, or is in protected mode.
// When we have closed it ourselves, it says why.
func (c *Conn) explain(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%w: %v", cause, err) //nolint:errorlint // what the interrupted read says is not why it failed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link != nil && !c.link.greeted && isClosed(err) && c.link.farewell != "" {
		return serverSaid(withoutArguments(c.link.farewell))
	}
	if isReply(err) {
		return serverSaid(withoutArguments(err.Error()))
	}
	if c.options.Target.TLS && c.link != nil && !c.link.greeted && isClosed(err) {
		// With TLS 1.3 the server judges our certificate after the handshake,
		// and its verdict may be lost when it closes at once.
		return fmt.Errorf("%w: the server ended the connection right after the handshake, as it does when it wants"+
			" another client certificate: %w", errTLS, err)
	}
	return err
}

// withoutArguments cuts what a server that does not know a command repeats of
// it: after AUTH, that is the password.
func withoutArguments(reply string) string {
	reply, _, _ = strings.Cut(reply, ", with args beginning with")
	return reply
}

// serverSaid is an error reply of the server.
type serverSaid string

func (s serverSaid) Error() string { return string(s) }

// RedisError marks the text as the server's, as go-redis does.
func (serverSaid) RedisError() {}

// replyText is the server's error reply that err is or wraps.
func replyText(err error) (text string, ok bool) {
	if err == nil {
		return "", false // the usual case costs nothing: this is asked for every queue
	}
	reply := redis.Error(nil)
	if !errors.As(err, &reply) {
		return "", false
	}
	return reply.Error(), true
}

func isReply(err error) bool {
	_, ok := replyText(err)
	return ok
}

// replyBegins reports whether err is an error reply that begins with one of the
// words.
func replyBegins(err error, words ...string) bool {
	text, ok := replyText(err)
	return ok && slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(text, word+" ") })
}
