package valkey

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// dangerous are commands that nobody should be able to run who has not logged in:
// they delete everything, change the server or hold it up.
var dangerous = []string{"flushall", "flushdb", "config|set", "keys", "debug"}

// Access is what the default user may do: the one that everybody is who connects
// and does not log in.
type Access struct {
	User     *User           // nil: the server does not tell
	Commands []ServerCommand // the dangerous ones; nil: the server does not tell
}

// User is what ACL GETUSER tells of a user. Hashes of passwords are not kept.
type User struct {
	On     bool       // it can log in
	NoPass bool       // with any password, or none
	Rules  [][]string // which commands it may run: its own rules, then those of each selector
}

// ServerCommand is what COMMAND INFO tells of a command.
type ServerCommand struct {
	Name       string // in lower case: "config|set"
	Exists     bool   // false: it was renamed or disabled
	Categories []string
}

// May says whether the user may run a command that exists, as the server decides
// it: by any one set of its rules, of which the last that is about the command
// counts.
func (u User) May(c ServerCommand) bool {
	for _, rules := range u.Rules {
		if allow(rules, c) {
			return true
		}
	}
	return false
}

func allow(rules []string, c ServerCommand) bool {
	allowed := false
	for _, rule := range rules {
		if rule == "" {
			continue
		}
		plus, about := rule[0] == '+', rule[1:]
		switch {
		case c.is(about):
			allowed = plus
		case plus && strings.HasPrefix(about, c.Name+"|"):
			allowed = true // with some first arguments: enough to do harm
		}
	}
	return allowed
}

// is says whether a rule about a command, a container of commands or a category
// is about this one.
func (c ServerCommand) is(about string) bool {
	category, ok := strings.CutPrefix(about, "@")
	if !ok {
		return about == c.Name || strings.HasPrefix(c.Name, about+"|")
	}
	return category == "all" || slices.Contains(c.Categories, about)
}

// parseUser reads [flags, [...], passwords, [...], commands, "+@all -keys", ...,
// selectors, [[commands, "...", ...], ...]].
func parseUser(reply any) (*User, error) {
	u := &User{}
	err := eachPair(reply, func(name string, value any) error {
		switch name {
		case "flags":
			return u.readFlags(value)
		case "commands":
			return u.readRules(value)
		case "selectors":
			return u.readSelectors(value)
		}
		return nil
	})
	if err == nil && len(u.Rules) == 0 {
		err = fmt.Errorf("want the commands of the user, got none")
	}
	if err != nil {
		return nil, err
	}
	return u, nil
}

func (u *User) readFlags(reply any) error {
	flags, err := textList(reply)
	for _, flag := range flags {
		u.On = u.On || flag == "on"
		u.NoPass = u.NoPass || flag == "nopass"
	}
	return err
}

func (u *User) readRules(reply any) error {
	rules, err := text(reply)
	u.Rules = append(u.Rules, strings.Fields(strings.ToLower(rules)))
	return err
}

func (u *User) readSelectors(reply any) error {
	selectors, ok := reply.([]any)
	if !ok {
		return fmt.Errorf("want a list of selectors, got %T", reply)
	}
	for _, selector := range selectors {
		err := eachPair(selector, func(name string, value any) error {
			if name == "commands" {
				return u.readRules(value)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// parseCommands reads [[name, arity, [flags], first key, last key, step,
// [categories], ...], nil, ...], in the order in which they were asked for.
func parseCommands(reply any) ([]ServerCommand, error) {
	list, ok := reply.([]any)
	if !ok || len(list) != len(dangerous) {
		return nil, fmt.Errorf("want %d commands, got %d in %T", len(dangerous), len(list), reply)
	}
	commands := make([]ServerCommand, len(list))
	for i, item := range list {
		commands[i].Name = dangerous[i]
		if item == nil {
			continue
		}
		const categories = 6
		parts, ok := item.([]any)
		if !ok || len(parts) <= categories {
			return nil, fmt.Errorf("want a command of more than %d parts, got %T", categories, item)
		}
		var err error
		if commands[i].Categories, err = textList(parts[categories]); err != nil {
			return nil, err
		}
		commands[i].Exists = true
	}
	return commands, nil
}

func textList(reply any) ([]string, error) {
	list, ok := reply.([]any)
	if !ok {
		return nil, fmt.Errorf("want a list, got %T", reply)
	}
	texts := make([]string, len(list))
	for i, item := range list {
		var err error
		if texts[i], err = text(item); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// paced is the part of a scrape that is asked now and then, and what it said the
// last time: rights change rarely, and asking for them costs more than a setting.
type paced struct {
	due     time.Time
	access  Access
	outcome Outcome
}

// isDue says whether it is time to ask again.
func (p *paced) isDue(every time.Duration, now time.Time) bool {
	return every > 0 && !now.Before(p.due)
}

// keep takes note of what was just asked, or repeats what is known. Of a server
// that cannot answer nothing is repeated. What failed is asked at the next scrape,
// unless the server refuses it.
func (p *paced) keep(snap *Snapshot, r *round, every time.Duration) {
	if every <= 0 {
		*p = paced{}
		return
	}
	if !snap.Up || KindOf(snap.Err) == KindBusy {
		*p = paced{}
		snap.Access = Access{}
		snap.outcome(SourceACL, snap.Err, 0)
		return
	}
	if !r.due {
		snap.Access, snap.Sources[SourceACL] = p.access, p.outcome
		return
	}
	*p = paced{access: snap.Access, outcome: snap.Sources[SourceACL]}
	if p.outcome.Err == nil || Refused(p.outcome.Err) != "" {
		p.due = r.now.Add(every)
	}
}
