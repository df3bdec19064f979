package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestServePrintsAndEnds(t *testing.T) {
	address := freeAddress(t)
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	done := make(chan error, 1)
	go func() { done <- serve(ctx, address, &out) }()

	for _, name := range []string{"Watchdog", "QueueBackup", "Watchdog"} {
		post(t, "http://"+address+"/", `{"version":"4","receiver":"default","alerts":[{"status":"firing","labels":{"alertname":"`+name+`"}}]}`)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Count(got, "Watchdog") != 1 || strings.Count(got, "QueueBackup") != 1 {
		t.Errorf("printed:\n%s", got)
	}
}

func TestServeSaysThatTheAddressIsTaken(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	err = serve(t.Context(), listener.Addr().String(), &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "--web.listen-address") {
		t.Errorf("got %v, want a hint at the flag", err)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// post waits for the server to be there.
func post(t *testing.T, url, body string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				t.Fatalf("POST: %s", answer.Status)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
