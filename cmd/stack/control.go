//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// control is how the other commands reach the one that runs: a socket that only its
// user may open.
type control struct{ dir string }

func (c control) socket() string { return filepath.Join(c.dir, "control") }

func (c control) listen(ctx context.Context) (net.Listener, error) {
	if err := os.RemoveAll(c.socket()); err != nil { // of one that was killed
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", c.socket())
	if err != nil {
		return nil, err
	}
	return listener, os.Chmod(c.socket(), 0o600)
}

// ask sends a request and returns what is answered.
func (c control) ask(ctx context.Context, method, path string) (string, error) {
	client := http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", c.socket())
		},
	}}
	request, err := http.NewRequestWithContext(ctx, method, "http://stack"+path, nil)
	if err != nil {
		return "", err
	}
	answer, err := client.Do(request)
	if err != nil {
		return "", fmt.Errorf("no stack runs in %s: start it with `make stack` in another terminal", c.dir)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(strings.TrimSpace(string(text)))
	}
	return string(text), err
}

// print asks and prints the answer.
func (c control) print(ctx context.Context, method, path string) error {
	text, err := c.ask(ctx, method, path)
	if err != nil {
		return err
	}
	fmt.Print(text)
	return nil
}

func (c control) breakIt(ctx context.Context, which string) error {
	if which == "" {
		fmt.Print(choice())
		return nil
	}
	return c.print(ctx, http.MethodPost, "/break/"+url.PathEscape(which))
}

func portOf(addr string) string {
	_, port, _ := net.SplitHostPort(addr) // an address that something listens on
	return port
}
