// Command receiver is the end of a webhook of Alertmanager that prints what
// arrives: whom it would wake, of what, and how to begin. For demonstrations and
// for a first look at one's own alerts.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/version"

	"valkey-exporter/internal/notification"
)

const name = "receiver"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	address := listenAddress(os.Args[1:])
	err := serve(ctx, address, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

func listenAddress(args []string) string {
	app := kingpin.New(name, "Prints the notifications that Alertmanager sends to http://ADDRESS/.")
	app.Version(version.Print(name))
	address := app.Flag("web.listen-address", "Where to listen.").Default("127.0.0.1:9095").String()
	kingpin.MustParse(app.Parse(args))
	return *address
}

// serve prints until ctx is done.
func serve(ctx context.Context, address string, out io.Writer) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("%w; another --web.listen-address helps when it is taken", err)
	}
	server := &http.Server{Handler: notification.Handler((&printer{out: out}).take), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		shut, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = server.Shutdown(shut) // what hangs ends with the program
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// printer writes notifications one after the other.
type printer struct {
	lock  sync.Mutex
	out   io.Writer
	alive bool // a heartbeat has come
}

// heartbeat is the alert that always fires. It comes every minute, and says
// nothing new after the first time.
const heartbeat = "Watchdog"

func (p *printer) take(_ string, n notification.Notification) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if len(n.Alerts) > 0 && n.Alerts[0].Labels["alertname"] == heartbeat {
		if p.alive {
			return
		}
		p.alive = true
	}
	fmt.Fprintf(p.out, "%s\n%s\n", time.Now().Format(time.TimeOnly), n)
}
