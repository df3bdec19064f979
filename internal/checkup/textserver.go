package checkup

import (
	"fmt"
	"strings"

	"valkey-exporter/internal/humanize"
)

// server is what INFO says, a line each.
func (w *writer) server(r Report) {
	if r.Memory == nil {
		return
	}
	w.title("Server")
	for _, fact := range []struct{ name, text string }{
		{"Memory", memoryLine(r.Memory)},
		{"Hit rate", hitRateLine(r.Cache)},
		{"Load", loadLine(r.Cache)},
		{"Clients", clientsLine(r.Clients)},
		{"Snapshot", snapshotLine(r.Persistence)},
		{"AOF", aofLine(r.Persistence)},
		{"Replication", replicationLine(r.Replication)},
	} {
		w.say(indent+fit(fact.name, len("Replication"))+gap, fact.text)
	}
}

func memoryLine(m *Memory) string {
	text := number(m.Used, humanize.Size)
	switch {
	case m.Max == nil:
		text += " used, limit unknown"
	case *m.Max == 0:
		text += " used, without a limit"
	case m.Used != nil:
		text += fmt.Sprintf(" of %s (%s)", humanize.Size(*m.Max), humanize.Percent(*m.Used / *m.Max))
	}
	text += ", policy " + safe(m.Policy) + ", resident " + number(m.Resident, humanize.Size)
	if m.Fragmentation != nil {
		text += fmt.Sprintf(", fragmentation %.2f", *m.Fragmentation)
	}
	return text
}

func hitRateLine(c *Cache) string {
	always, lately := "no look-ups", "no look-ups"
	if c.HitRateSinceStart != nil {
		always = humanize.Percent(*c.HitRateSinceStart)
	}
	switch {
	case c.Watched == nil:
		return always + " since the start of its statistics"
	case c.HitRateLately != nil:
		lately = fmt.Sprintf("%s of %s look-ups/s", humanize.Percent(*c.HitRateLately), number(c.LookupsLately, humanize.Rate))
	}
	return fmt.Sprintf("%s since the start of its statistics; %s in the %s of this check", always, lately, humanize.Seconds(*c.Watched))
}

func loadLine(c *Cache) string {
	return fmt.Sprintf("%s commands/s in this check; %s keys evicted since the start", number(c.Commands, humanize.Rate), number(c.EvictedSinceStart, humanize.Count))
}

func clientsLine(c *Clients) string {
	return fmt.Sprintf("%s of %s connections, %s blocked, as workers are that wait", number(c.Connected, humanize.Count), number(c.Max, humanize.Count), number(c.Blocked, humanize.Count))
}

// went is how the last attempt went.
func went(ok *bool) string {
	switch {
	case ok == nil:
		return humanize.Unknown
	case *ok:
		return "ok"
	}
	return "FAILED"
}

func snapshotLine(p *Persistence) string {
	text := "none since the server started"
	if p.SnapshotAge != nil {
		text = humanize.Seconds(*p.SnapshotAge) + " ago"
	}
	if p.SnapshotAge != nil || p.SnapshotOK == nil || !*p.SnapshotOK {
		text += ", last attempt " + went(p.SnapshotOK) // else it is ok because there was none
	}
	return fmt.Sprintf("%s, changes since: %s", text, number(p.Unsaved, humanize.Count))
}

func aofLine(p *Persistence) string {
	if p.AOF == nil || !*p.AOF {
		return "off"
	}
	return fmt.Sprintf("on, last write %s, last rewrite %s", went(p.AOFWriteOK), went(p.RewriteOK))
}

func replicationLine(r *Replication) string {
	if r.Primary != "" {
		link := "unknown"
		if r.LinkUp != nil {
			link = map[bool]string{true: "up", false: "DOWN"}[*r.LinkUp]
		}
		return fmt.Sprintf("replica of %s, link %s", safe(r.Primary), link)
	}
	if len(r.Replicas) == 0 {
		return "no replicas"
	}
	var parts []string
	for _, other := range r.Replicas {
		part := safe(other.Address) + " " + safe(other.State)
		if other.Behind != nil {
			part += ", " + humanize.Size(*other.Behind) + " behind"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}
