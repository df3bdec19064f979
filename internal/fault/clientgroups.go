//go:build unix

package fault

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

var groupFaults = []Fault{
	{
		Name:  "connection-leak",
		Does:  "An instance of the backend opens connections and never closes them: fifteen, where ten are right.",
		Wants: []Want{{Alert: alert.ClientGroupOverLimit, Severity: config.Warning, Within: 14 * time.Minute, Resolved: 10*time.Minute + told}},
		Break: leakPool,
	},
	{
		Name:  "slow-subscriber",
		Does:  "A subscriber hangs and reads nothing, while megabytes are published.",
		Wants: []Want{{Alert: alert.SlowSubscriber, Severity: config.Warning, Within: 6 * time.Minute, Resolved: 10*time.Minute + told}},
		Break: hangSubscriber,
	},
	{
		Name:  "deaf-subscribers",
		Does:  "Subscribers connect anew and forget to subscribe: what is published reaches nobody.",
		Wants: []Want{{Alert: alert.ChannelUnheard, Severity: config.Warning, Within: 9 * time.Minute, Resolved: 7*time.Minute + told}},
		Break: trouble("deaf-subscribers"),
	},
}

// leakPool opens connections under the name of the backend.
func leakPool(ctx context.Context, p Place) (Heal, error) {
	const leaked = 15
	var open []net.Conn
	heal := func(context.Context) error {
		var err error
		for _, c := range open {
			err = errors.Join(err, c.Close())
		}
		return err
	}
	for range leaked {
		c, err := saying(ctx, p, "CLIENT SETNAME mockapp-backend")
		if err != nil {
			return nil, errors.Join(err, heal(ctx))
		}
		open = append(open, c)
	}
	return heal, nil
}

// saying is a connection on which something has been said, and the answer read.
func saying(ctx context.Context, p Place, command string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.Service.Primary.Addr)
	if err != nil {
		return nil, err
	}
	answer := make([]byte, 64)
	_ = c.SetDeadline(time.Now().Add(time.Second)) // a socket takes it
	if _, err = fmt.Fprintf(c, "%s\r\n", command); err == nil {
		_, err = c.Read(answer)
	}
	if err == nil && answer[0] == '-' {
		err = fmt.Errorf("%s: %s", command, answer)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

const (
	// A subscriber may leave 8 MiB unread: from half of it on it counts as slow, and
	// at the whole it would be cut off.
	enough, tooMuch = 5 << 20, 8 << 20
	// mostPublished bounds what is published until then; what the network holds does
	// not count.
	mostPublished = 64 << 20
)

// hangSubscriber publishes until enough waits for a subscriber that does not read.
func hangSubscriber(ctx context.Context, p Place) (Heal, error) {
	const channel = "fault:hanging"
	hanging, err := saying(ctx, p, "SUBSCRIBE "+channel)
	if err != nil {
		return nil, err
	}
	db := p.Service.Primary.Client()
	defer db.Close()
	message := strings.Repeat("x", 128<<10)
	for published := 0; published < mostPublished; published += len(message) {
		if err := db.Publish(ctx, channel, message).Err(); err != nil {
			return nil, errors.Join(err, hanging.Close())
		}
		waits, err := unread(ctx, db)
		if err != nil || waits >= tooMuch {
			return nil, errors.Join(fmt.Errorf("%d bytes wait for the subscriber", waits), err, hanging.Close())
		}
		if waits >= enough {
			return func(context.Context) error { return hanging.Close() }, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("%d bytes were published, and hardly any wait", mostPublished), hanging.Close())
}

// unread is the longest output buffer of a subscriber.
func unread(ctx context.Context, db *redis.Client) (longest int, err error) {
	list, err := db.Do(ctx, "CLIENT", "LIST", "TYPE", "pubsub").Text()
	for field := range strings.FieldsSeq(list) {
		var n int
		if _, bad := fmt.Sscanf(field, "omem=%d", &n); bad == nil {
			longest = max(longest, n)
		}
	}
	return longest, err
}
