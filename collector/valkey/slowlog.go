package valkey

import (
	"fmt"
	"strings"
	"time"
)

// OtherCommand stands for a command that the server does not name in INFO
// commandstats: one that was renamed, which may be a secret, or all where INFO is
// refused.
const OtherCommand = "other"

// SlowlogLook is what one look into the slow log has shown.
type SlowlogLook struct {
	At      time.Time
	Run     string        // random ID of this run of the server; empty: not told
	Uptime  float64       // of this run, in seconds; NotSent: not told
	Entries []SlowCommand // the newest, newest first
}

// SlowCommand is an entry of the slow log. Its arguments, and who sent it, are never
// kept: they are the application's data.
type SlowCommand struct {
	ID      int64     // grows by one with each entry, until the server restarts
	Ended   time.Time // by the server's clock, in seconds
	Took    time.Duration
	Command string // as in INFO commandstats, or OtherCommand
	Own     bool   // an exporter sent it
}

// parseSlowlog reads [[id, unix time, usec, [argument, ...], address, client name],
// ...]; known are the commands that may be named.
func parseSlowlog(reply any, own string, known map[string]bool) ([]SlowCommand, error) {
	list, ok := reply.([]any)
	if !ok {
		return nil, fmt.Errorf("want a list, got %T", reply)
	}
	entries := make([]SlowCommand, 0, len(list))
	for _, item := range list {
		e, err := parseSlowCommand(item, own, known)
		if err != nil {
			return nil, err
		}
		if n := len(entries); n > 0 {
			if e.ID >= entries[n-1].ID {
				return nil, fmt.Errorf("entries do not descend at %d", e.ID)
			}
			e.Own = e.Own || entries[n-1].Own && inScript(item)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// inScript reports whether a command was called by a script, of which some versions do
// not tell who ran it: it has no address. What ran it comes next in the log, as it took
// longer.
func inScript(entry any) bool {
	parts, _ := entry.([]any)
	return len(parts) > 4 && parts[4] == "?:0"
}

func parseSlowCommand(item any, own string, known map[string]bool) (e SlowCommand, err error) {
	parts, ok := item.([]any)
	if !ok || len(parts) < 4 {
		return e, fmt.Errorf("want an entry of at least 4 parts, got %T", item)
	}
	var numbers [3]int64
	for i := range numbers {
		if numbers[i], err = integer(parts[i]); err != nil {
			return e, err
		}
	}
	if numbers[0] < 0 || numbers[2] < 0 {
		return e, fmt.Errorf("want a number and a duration, got %d and %d", numbers[0], numbers[2])
	}
	args, ok := parts[3].([]any)
	if !ok {
		return e, fmt.Errorf("want a list of arguments, got %T", parts[3])
	}
	if len(parts) > 5 {
		name, _ := parts[5].(string)
		e.Own = name != "" && name == own
	}
	e.ID, e.Ended, e.Took = numbers[0], time.Unix(numbers[1], 0), time.Duration(numbers[2])*time.Microsecond
	e.Command = commandOf(args, known)
	return e, nil
}

// commandOf is the name of a command as the server counts it: with its subcommand,
// if it has one. What the server does not know is not repeated.
func commandOf(args []any, known map[string]bool) string {
	var words [2]string
	for i := range min(len(args), len(words)) {
		word, _ := args[i].(string)
		words[i] = strings.ToLower(word)
	}
	for _, name := range []string{words[0] + "|" + words[1], words[0]} {
		if known[name] {
			return strings.Clone(name) // not the whole of what was received
		}
	}
	return OtherCommand
}
