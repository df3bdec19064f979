package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// healthTimeout is how long the exporter gets to say that it is healthy. It asks
// nobody for that: an answer takes a millisecond.
const healthTimeout = 3 * time.Second

// showHealth is --web.healthcheck: what a container without a shell asks itself.
func showHealth(f *flags) {
	ctx, cancel := context.WithTimeout(context.Background(), healthTimeout)
	defer cancel()
	var errs []error
	for _, address := range *f.web.WebListenAddresses {
		if err := askHealth(ctx, address); err != nil {
			errs = append(errs, fmt.Errorf("--web.healthcheck: %s: %w", address, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		fatal(err)
	}
}

// askHealth is nil when the program that listens on address answers. Whoever asks
// has neither its password nor its certificate: being asked for them is an answer.
func askHealth(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/-/healthy", http.NoBody)
	if err != nil {
		return err
	}
	resp, err := clientOf(address).Do(req)
	if err != nil {
		return fmt.Errorf("no answer: %w", withoutURL(err))
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK, http.StatusUnauthorized:
		return nil
	case http.StatusBadRequest:
		if wantsTLS(resp.Body) {
			return nil
		}
	}
	return fmt.Errorf("GET /-/healthy is answered with %s", resp.Status)
}

// clientOf connects to a listen address, which may name no host (the machine's own
// address then), and follows nobody elsewhere.
func clientOf(address string) *http.Client {
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	return &http.Client{
		Transport:     &http.Transport{DialContext: dial, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// wantsTLS recognises how a Go server with TLS answers a request without.
func wantsTLS(body io.Reader) bool {
	text, _ := io.ReadAll(io.LimitReader(body, 1<<10))
	return strings.Contains(string(text), "HTTP request to an HTTPS server")
}

// withoutURL leaves out the address that was made up for the request.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
