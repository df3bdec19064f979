package statuspage

import (
	"fmt"
	"math"
	"net"
	"time"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

// replica is what a primary tells of one of its replicas.
type replica struct {
	at     string // its address
	state  string // online, or a step of a synchronisation
	silent float64
	behind float64 // bytes; NaN until it is online
}

func replicasOf(info valkey.Info) []replica {
	var all []replica
	for _, r := range info.Replicas {
		all = append(all, replica{net.JoinHostPort(r.IP, r.Port), r.State, r.Lag, collector.ReplicaBehind(info, r)})
	}
	return all
}

// behindFor is how long a replica must be behind to be told of, as in the alert: the
// writes of one second, which a healthy one has yet to acknowledge, may be many.
const behindFor = 3 * time.Minute

// replicas judges the replicas of a primary; nil when it has none.
func (c *composer) replicas(server *facts) *table {
	if server == nil || len(server.replicas) == 0 {
		return nil
	}
	t := &table{ID: "replicas", Title: "Replicas", Heads: []string{"Replica", "State", "Link", "Silent for", "Behind by", "Backlog"}}
	for i, r := range server.replicas {
		if i == rowsShown {
			t.Notes = append(t.Notes, fmt.Sprintf("and %s more; the metrics have all.", count(float64(len(server.replicas)-i))))
			break
		}
		t.Lines = append(t.Lines, c.replica(r, server.backlog))
	}
	return t
}

// replica judges one. A silent one is not told to be behind as well, as with the alerts.
func (c *composer) replica(r replica, backlog float64) line {
	at := nameOf(r.at)
	l := line{Level: good, Cells: []cell{{Name: &at}, {Text: shown(r.state, nameShown)}, {Text: seconds(r.silent)}, {Text: size(r.behind)}, {Text: size(backlog)}}}
	if r.state != "online" {
		l.Level, l.Cells[2].Text, l.Cells[3].Text = neutral, "–", "–"
		return l
	}
	silent := c.above(r.silent, config.ReplicationLag, alert.ReplicationLag)
	lowest := c.lowest(r.at)
	behind := c.above(share(lowest, backlog), config.ReplicaBacklog, alert.ReplicaBehind)
	switch {
	case silent >= note:
		l.Level, l.Words = silent, []string{"silent"}
		c.tell(silent, alert.ReplicationLag, fmt.Sprintf("Replica %s has acknowledged nothing for %s.", shown(r.at, nameShown), seconds(r.silent)), "It hangs, or the network between the two does.")
	case behind >= note:
		l.Level, l.Words = behind, []string{"behind"}
		c.tell(behind, alert.ReplicaBehind, fmt.Sprintf("Replica %s is behind by %s, of a backlog of %s.", shown(r.at, nameShown), size(lowest), size(backlog)), "A failover loses that. See what writes so much, and what holds the replica up.")
	case silent != good && behind != good: // nothing to judge by
		l.Level = max(silent, behind)
	}
	return l
}

// lowest is by how much a replica has been behind at least, for some minutes; NaN if
// there were fewer than two scrapes.
func (c *composer) lowest(at string) float64 {
	least, times := math.Inf(1), 0
	for _, s := range c.all {
		if s.facts == nil || c.Exporter.Now.Sub(s.at) > behindFor {
			continue
		}
		for _, r := range s.facts.replicas {
			if r.at == at && !math.IsNaN(r.behind) {
				least, times = min(least, r.behind), times+1
			}
		}
	}
	if times < 2 {
		return nan
	}
	return least
}
