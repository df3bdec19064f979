package checkup

import (
	"math"
	"net"
	"strconv"

	"valkey-exporter/collector"
	"valkey-exporter/collector/valkey"
	"valkey-exporter/internal/statuspage"
)

// value is a field of INFO that is a number; NaN if there is none.
func (s Seen) value(field string) float64 {
	if n, err := strconv.ParseFloat(s.Snapshot.Info.Fields[field], 64); err == nil {
		return n
	}
	return valkey.NotSent
}

func (s Seen) number(field string) *float64 { return known(s.value(field)) }

// is says whether a field of INFO has a value; nil if there is no such field.
func (s Seen) is(field, good string) *bool {
	text, told := s.Snapshot.Info.Fields[field]
	if !told {
		return nil
	}
	yes := text == good
	return &yes
}

func (s Seen) memory() *Memory {
	return &Memory{
		Used: s.number("used_memory"), Max: s.number("maxmemory"), Policy: s.Snapshot.Info.Fields["maxmemory_policy"],
		Resident: s.number("used_memory_rss"), Fragmentation: s.number("mem_fragmentation_ratio"),
	}
}

func (s Seen) clients() *Clients {
	return &Clients{Connected: s.number("connected_clients"), Max: s.number("maxclients"), Blocked: s.number("blocked_clients")}
}

func (s Seen) cache() *Cache {
	a := s.Assessment
	return &Cache{
		HitRateSinceStart: known(hitRate(a.Always)), HitRateLately: known(hitRate(a.Lately)),
		LookupsLately: known((a.Lately.Hits + a.Lately.Misses) / a.Over), Commands: known(a.Lately.Commands / a.Over),
		EvictedSinceStart: known(a.Always.Evicted), Watched: known(a.Over),
	}
}

// hitRate is NaN if nothing was looked up.
func hitRate(c statuspage.Counters) float64 {
	if c.Hits < 0 || c.Misses < 0 {
		return math.NaN() // somebody has reset the server's counters
	}
	return c.Hits / (c.Hits + c.Misses)
}

func (s Seen) persistence() *Persistence {
	return &Persistence{
		SnapshotAge: known(collector.SnapshotAge(s.Snapshot)), SnapshotOK: s.is("rdb_last_bgsave_status", "ok"), Unsaved: s.number("rdb_changes_since_last_save"),
		AOF: s.is("aof_enabled", "1"), AOFWriteOK: s.is("aof_last_write_status", "ok"), RewriteOK: s.is("aof_last_bgrewrite_status", "ok"),
	}
}

func (s Seen) replication() *Replication {
	info := s.Snapshot.Info
	r := &Replication{Replicas: []Replica{}}
	for _, other := range info.Replicas {
		r.Replicas = append(r.Replicas, Replica{
			Address: net.JoinHostPort(other.IP, other.Port), State: other.State, Lag: known(other.Lag),
			Behind: known(collector.ReplicaBehind(info, other)),
		})
	}
	if host := info.Fields["master_host"]; host != "" {
		r.Primary = net.JoinHostPort(host, info.Fields["master_port"])
		r.LinkUp = s.is("master_link_status", "up")
	}
	return r
}
