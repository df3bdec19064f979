//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"valkey-exporter/internal/fault"
	"valkey-exporter/internal/stack"
	"valkey-exporter/internal/wait"
)

// supervisor is the one who can break and mend: it has started the programs.
type supervisor struct {
	stack *stack.Stack

	lock   sync.Mutex
	broken map[string]fault.Heal
}

// watch returns when ctx is done or a program has ended by itself.
func (s *supervisor) watch(ctx context.Context) error {
	for {
		if !wait.For(ctx, time.Second) {
			return nil
		}
		// Ctrl-C reaches the programs too, and perhaps a moment before us.
		if err := s.stack.Dead(); err != nil && wait.For(ctx, time.Second) {
			return err
		}
	}
}

// end stops everything. What is broken is mended first, so that nothing is left
// that cannot be removed.
func (s *supervisor) end() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := s.heal(ctx); err != nil {
		say("on the way out: %v", err)
	}
	s.stack.Stop()
	say("stopped; nothing is left but the logs")
}

// serve answers the other commands.
func (s *supervisor) serve(listener net.Listener) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.status(), nil) })
	mux.HandleFunc("POST /heal", func(w http.ResponseWriter, r *http.Request) {
		text, err := s.heal(r.Context())
		answer(w, text, err)
	})
	mux.HandleFunc("POST /break/{fault}", func(w http.ResponseWriter, r *http.Request) {
		text, err := s.breakIt(r.Context(), r.PathValue("fault"))
		answer(w, text, err)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	_ = server.Serve(listener) // it ends when the listener is closed
}

func answer(w http.ResponseWriter, text string, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	_, _ = w.Write([]byte(text)) // whoever asked is gone
}

// breakIt breaks something and says what to expect.
func (s *supervisor) breakIt(ctx context.Context, which string) (string, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	f, ok := fault.Named(which)
	if !ok {
		return "", fmt.Errorf("there is no fault %s.\n%s", which, choice())
	}
	if _, ok := s.broken[which]; ok {
		return "", fmt.Errorf("%s is broken already; `make heal` mends it", which)
	}
	heal, err := f.Break(context.WithoutCancel(ctx), fault.Place{Stack: s.stack, Service: s.stack.Services[0]})
	if err != nil {
		return "", fmt.Errorf("%s: %w", which, err)
	}
	if s.broken == nil {
		s.broken = map[string]fault.Heal{}
	}
	s.broken[which] = heal
	say("%s broken: %s", which, f.Does)
	return expectation(f, s.stack), nil
}

// expectation is what somebody who breaks something should see.
func expectation(f fault.Fault, s *stack.Stack) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nExpect:\n", f.Does)
	for _, w := range f.Wants {
		where := ""
		if w.Queue != "" {
			where = " of " + w.Queue
		}
		whom := "the receiver prints it"
		if w.Nobody {
			whom = "for the record: nobody is told, look at http://" + s.Alertmanager.Addr
		}
		fmt.Fprintf(&b, "  %s%s, %s, within %s; %s\n", w.Alert, where, w.Severity, s.Scaled(w.Within).Round(time.Second), whom)
	}
	if f.Uptime > 0 {
		fmt.Fprintf(&b, "  not before the server has been up for %s\n", s.Scaled(f.Uptime).Round(time.Second))
	}
	b.WriteString("Mend it with: make heal\n")
	return b.String()
}

// heal mends everything that is broken.
func (s *supervisor) heal(ctx context.Context) (string, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if len(s.broken) == 0 {
		return "Nothing is broken.\n", nil
	}
	var wrong error
	var mended []string
	for _, which := range slices.Sorted(maps.Keys(s.broken)) {
		if err := s.broken[which](ctx); err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("%s: %w", which, err))
			continue
		}
		delete(s.broken, which)
		mended = append(mended, which)
		say("%s mended", which)
	}
	return "Mended: " + strings.Join(mended, ", ") + ". Alertmanager says when the alerts are over.\n", wrong
}

// status is a table of all programs and of what is broken.
func (s *supervisor) status() string {
	s.lock.Lock()
	defer s.lock.Unlock()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PROGRAM\tADDRESS\tSTATE\tPROCESS\tREADY AFTER\tLOG")
	for _, p := range s.stack.Status() {
		pid := "-"
		if p.PID > 0 {
			pid = fmt.Sprint(p.PID)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", p.Name, p.Addr, p.State, pid, p.Took.Round(time.Millisecond), p.Log)
	}
	_ = w.Flush() // into memory
	if len(s.broken) > 0 {
		fmt.Fprintf(&b, "Broken: %s (make heal)\n", strings.Join(slices.Sorted(maps.Keys(s.broken)), ", "))
	}
	return b.String()
}

// choice lists what can be broken.
func choice() string {
	var b strings.Builder
	b.WriteString("What can be broken, with make break F=...:\n")
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, f := range fault.Faults() {
		fmt.Fprintf(w, "  %s\t%s\n", f.Name, f.Does)
	}
	_ = w.Flush() // into memory
	return b.String()
}
