package checkup

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"valkey-exporter/collector"
	"valkey-exporter/collector/queue"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
)

// What is asked about queues. Who may not do one of a group is given all: the rest is
// not tried before. They are those of docs/acl.md, which a test compares.
var (
	lengthRights = []string{"+type", "+llen", "+scard", "+zcard", "+xlen", "+exists", "+select"}
	lookRights   = []string{
		"+eval_ro", "+evalsha_ro", "+pttl", "+object|idletime", "+lindex", "+lpos", "+lrange", "+sscan", "+zrange",
		"+xinfo|stream", "+xinfo|groups", "+xpending", "+xrange",
	}
	clientRights = []string{"+client|list", "+pubsub|numsub", "+pubsub|shardnumsub"}
	classRights  = "(%R~* +pttl +memory|usage +type +exists +strlen +llen +scard +zcard +hlen +xlen)"
)

// grantedKeys bounds the keys of queues in the rule that is proposed.
const grantedKeys = 20

// access is what may be asked, and how to get the rest.
func (s Seen) access() Access {
	a := Access{User: s.User, Sources: s.sources(), Refused: []Refused{}, Grant: []string{}}
	if a.User == "" {
		a.User = "default"
	}
	for _, u := range collector.Unavailable(s.Snapshot, s.State) {
		a.Refused = append(a.Refused, Refused{u.Command, u.Reason})
	}
	for _, rights := range [][]string{s.lacking(), s.lackingForClasses()} {
		if len(rights) > 0 {
			a.Grant = append(a.Grant, "ACL SETUSER "+word(a.User)+" "+strings.Join(rights, " "))
		}
	}
	return a
}

// sources are the parts of a scrape, and the loops beside it.
func (s Seen) sources() []Source {
	all := []Source{}
	add := func(name string, reason string) { all = append(all, Source{name, reason == "", reason}) }
	for i, o := range s.Snapshot.Sources {
		if o.Asked {
			add(valkey.Source(i).String(), string(valkey.KindOf(o.Err)))
		}
	}
	loop := func(name, reason string) { add(name, cmp.Or(reason, s.silent())) }
	if h := s.State.Health; h != nil {
		switch {
		case h.Looks.Last.IsZero() && refusedFor(h.Unavailable) != "":
			add("queue_looks", refusedFor(h.Unavailable))
		case h.Looks.Last.IsZero():
			add("queue_looks", valkey.ReasonUnavailable)
		default:
			add("queue_looks", refusedFor(h.Unavailable))
		}
	}
	if c := s.State.Classes; c != nil {
		reason := refusedFor(c.Unavailable)
		for _, r := range c.Reports {
			if r.Denied {
				reason = valkey.ReasonDenied
			}
		}
		if d := s.State.Discovery; d != nil && d.Refused != "" {
			reason = d.Refused
		}
		loop("key_classes", cmp.Or(reason, string(s.WalkFailed)))
	}
	if c := s.State.Clients; c != nil {
		loop("clients", refusedFor(c.Unavailable))
	}
	if l := s.State.Latency; l != nil && l.Watched != nil {
		loop("latency", refusedFor(l.Watched.Unavailable))
	}
	return all
}

// silent is why the loops beside the scrapes were told nothing either; empty if the
// server answers, or does not want to tell INFO only.
func (s Seen) silent() string {
	if err := s.Snapshot.Sources[valkey.SourceInfo].Err; err == nil || valkey.Refused(err) != "" {
		return ""
	}
	return valkey.ReasonUnavailable
}

// refusedFor is why something is refused; empty if nothing is.
func refusedFor(list []valkey.Unavailable) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].Reason
}

// lacking are the rights that the user does not have, as rules of an ACL: for all but
// the keys of classes.
func (s Seen) lacking() []string {
	var commands, rights []string
	denied := func(list []valkey.Unavailable) {
		for _, u := range list {
			if right := rightTo(u.Command); u.Reason == valkey.ReasonDenied && !slices.Contains(commands, right) {
				commands = append(commands, right)
			}
		}
	}
	denied(s.Snapshot.Unavailable)
	refusedLooks, _, refusedOthers := s.State.Refused() // the rights of the walk are for keys of classes only
	denied(refusedLooks)
	denied(refusedOthers)
	keys := s.deniedKeys()
	if s.scanDenied() {
		denied([]valkey.Unavailable{{Command: "SCAN", Reason: valkey.ReasonDenied}, {Command: "PING", Reason: valkey.ReasonDenied}})
		for _, q := range s.Settings.Queues() { // what they would find was not asked for
			if right := word("%R~" + q.Pattern); q.Pattern != "" && !slices.Contains(keys, right) {
				keys = append(keys, right)
			}
		}
	}
	looks := s.State.Health != nil
	if len(keys) > 0 || overlap(commands, lengthRights) {
		rights = append(rights, lengthRights...)
	}
	if looks && (len(keys) > 0 || overlap(commands, lookRights)) {
		rights = append(rights, lookRights...)
	}
	if overlap(commands, clientRights) {
		rights = append(rights, clientRights...)
	}
	for _, c := range commands {
		if !slices.Contains(rights, c) {
			rights = append(rights, c)
		}
	}
	return append(rights, keys...)
}

func (s Seen) scanDenied() bool {
	return s.State.Discovery != nil && s.State.Discovery.Refused == valkey.ReasonDenied
}

// rightTo is the right to a command: +config|get.
func rightTo(command string) string {
	return "+" + strings.ToLower(strings.ReplaceAll(command, " ", "|"))
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// deniedKeys are rights to the queues that may not be read: to the pattern that has
// found one, or the key that is named.
func (s Seen) deniedKeys() []string {
	var rights []string
	for _, r := range s.Snapshot.Queues {
		if r.Reason != valkey.ReasonDenied {
			continue
		}
		right := "%R~" + globSafe.Replace(r.Queue.Key)
		if pattern := s.patternOf(r.Queue); !r.Queue.Named && pattern != "" {
			right = "%R~" + pattern
		}
		if right = word(right); !slices.Contains(rights, right) && len(rights) < grantedKeys {
			rights = append(rights, right)
		}
	}
	return rights
}

// globSafe makes a pattern of a key that matches nothing else.
var globSafe = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `\`, `\\`)

func (s Seen) patternOf(q *valkey.Queue) string {
	for _, entry := range s.Settings.Queues() {
		if entry.Pattern != "" && entry.DB == q.DB && queue.Match(entry.Pattern, q.Key) {
			return entry.Pattern
		}
	}
	return ""
}

// lackingForClasses are selectors: the rights to ask about keys that are no queues,
// and to nothing else of them.
func (s Seen) lackingForClasses() []string {
	c := s.State.Classes
	if c == nil {
		return nil
	}
	denied := s.scanDenied() || slices.ContainsFunc(c.Unavailable, func(u valkey.Unavailable) bool { return u.Reason == valkey.ReasonDenied })
	for _, r := range c.Reports {
		denied = denied || r.Denied
	}
	if !denied {
		return nil
	}
	rights := []string{classRights}
	for _, p := range s.Settings.Classes().Patterns {
		switch p.Kind {
		case config.RateLimit:
			rights = append(rights, "("+word("%R~"+p.Pattern)+" +zrange)")
		case config.Tags:
			rights = append(rights, "("+word("%R~"+p.Pattern)+" +srandmember)")
		case config.Lock, config.Data:
		}
	}
	return rights
}

// plainWord needs no quotation marks in the prompt of valkey-cli.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_.:*?%~+|{}@/\[\]-]+$`)

// word is an argument as valkey-cli reads it.
func word(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(text) {
		switch {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(c))
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
