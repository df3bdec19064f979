package statuspage

import (
	"fmt"
	"math"
	"strings"
	"time"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

// tile is a number of the server, with what it is compared with.
type tile struct {
	Title string
	Value string
	Level level
	Notes []string
	Graph *graph
}

// scrapeOld is when a scrape says nothing about now any more: as long as
// Prometheus believes a value.
const scrapeOld = 5 * time.Minute

// server is the part of the page that comes from scrapes.
type server struct {
	*judge
	now     time.Time
	facts   *facts // of the latest scrape, nil if it failed, is old or was none
	known   *facts // of the latest scrape that succeeded
	axis    axis
	points  []serverPoint
	grew    counters // in the last minutes
	seconds float64
	queues  bool // a queue with something in it may be evicted
}

// reach says whether there is a scrape that says how the server is.
func (s *server) reach(last *scraped, metrics string) {
	switch {
	case last == nil:
		s.cannot(fmt.Sprintf("how the server is: nobody has scraped this exporter yet. Open %s once, or let Prometheus scrape it.", metrics))
		return
	case s.now.Sub(last.at) > scrapeOld:
		s.cannot(fmt.Sprintf("how the server is now: nobody has scraped this exporter for %s. Look at Prometheus, or open %s once.", seconds(s.now.Sub(last.at).Seconds()), metrics))
		return
	}
	if last.kind == valkey.KindNone {
		return
	}
	name, text := alert.Down, "The server cannot be asked (%s)."
	switch {
	case last.kind == valkey.KindLoading:
		name, text = alert.LoadingDataset, "The server answers, but not yet what it is asked (%s)."
	case last.kind == valkey.KindBusy:
		name, text = alert.Blocked, "The server answers, and serves nobody (%s)."
	case last.up:
		name, text = alert.ScrapeIncomplete, "The server answers, but not what it is asked (%s)."
	}
	s.tell(s.severity(name), name, fmt.Sprintf(text, plainKind(last.kind)), advice(last.kind))
	s.cannot("how the server is: the last scrape did not bring its numbers.")
}

// plainKind is a kind of errors as words.
func plainKind(k valkey.Kind) string { return strings.ReplaceAll(string(k), "_", " ") }

// advice is what a person can do about a kind of errors, as a sentence.
func advice(k valkey.Kind) string {
	hint := k.Hint()
	if hint == "" {
		return LogSays
	}
	return strings.ToUpper(hint[:1]) + hint[1:] + "."
}

// tiles judges what INFO told.
func (s *server) tiles() []tile {
	return []tile{s.memory(), s.hitRate(), s.evictions(), s.commands(), s.clients(), s.crash()}
}

// missing is the tile of a number that is not known now.
func (s *server) missing(title string, was func(*facts) string, g *graph) tile {
	t := tile{Title: title, Value: unknown, Level: blind, Graph: g}
	if s.known != nil && was != nil {
		t.Notes = []string{fmt.Sprintf("was %s %s ago", was(s.known), seconds(s.now.Sub(s.known.at).Seconds()))}
	}
	return t
}

func (s *server) memory() tile {
	used := make([]point, len(s.points))
	for i, p := range s.points {
		used[i] = point{p.at, p.memory}
	}
	g := newGraph("memory used", used, s.axis, size)
	if s.facts == nil {
		return s.missing("Memory", func(f *facts) string { return size(f.memoryUsed) }, g)
	}
	f := s.facts
	t := tile{Title: "Memory", Value: size(f.memoryUsed), Graph: g}
	switch {
	case math.IsNaN(f.memoryUsed):
		t.Level = blind
	case f.memoryMax == 0:
		t.Level = s.unbounded()
		t.Notes = append(t.Notes, "no limit: maxmemory is 0")
		if host := share(f.memoryRSS, f.hostMemory); !math.IsNaN(host) {
			t.Notes = append(t.Notes, fmt.Sprintf("occupies %s of the host", percent(host)))
		}
	case math.IsNaN(f.memoryMax):
		t.Notes = append(t.Notes, "limit unknown")
	default:
		g.limit(f.memoryMax)
		t.Level = s.bounded()
		t.Notes = append(t.Notes, fmt.Sprintf("%s of %s", percent(f.memoryShare()), size(f.memoryMax)))
	}
	if f.policy != "" {
		t.Notes = append(t.Notes, "policy "+shown(f.policy, nameShown))
	}
	return t
}

// bounded judges a server with a limit. One that may evict any key and has no
// queues is meant to be full.
func (s *server) bounded() level {
	ratio := s.facts.memoryShare()
	l := s.above(ratio, config.MemoryHigh, alert.HighMemory)
	if !s.facts.evictsAll() || s.queues {
		full := s.above(ratio, config.MemoryCritical, alert.MemoryCritical)
		if full >= note {
			s.tell(full, alert.MemoryCritical, fmt.Sprintf("Memory is full: %s of maxmemory, more than %s.", percent(ratio), percent(s.limit(config.MemoryCritical))),
				"At the limit writes fail, or queues may be evicted. Raise maxmemory now, look for the cause then.")
			return full
		}
		l = max(l, full)
	}
	if l >= note {
		s.tell(l, alert.HighMemory, fmt.Sprintf("Memory is at %s of maxmemory, more than %s.", percent(ratio), percent(s.limit(config.MemoryHigh))), "")
	}
	return l
}

func (s *server) unbounded() level {
	ratio := share(s.facts.memoryRSS, s.facts.hostMemory)
	l := s.above(ratio, config.MemoryOfHost, alert.MemoryUnbounded)
	s.tell(l, alert.MemoryUnbounded, fmt.Sprintf("There is no memory limit, and the server occupies %s of its host.", percent(ratio)), "Set maxmemory below what the host has.")
	return l
}

// warmUp is how long a server that has just started is not judged by its hit
// rate: its cache is empty. The alert waits as long.
const warmUp = 30 * time.Minute

func (s *server) hitRate() tile {
	hits := func(c counters, _ float64) float64 { return hitRate(c) }
	g := newGraph("hit rate", rates(s.points, hits), s.axis, percent)
	g.top(1)
	if s.facts == nil {
		return s.missing("Cache hit rate", nil, g)
	}
	ratio := hitRate(s.grew)
	t := tile{Title: "Cache hit rate", Value: percent(ratio), Graph: g}
	lookups := (s.grew.hits + s.grew.misses) / s.seconds
	switch {
	case lookups <= 0:
		t.Value = "no look-ups"
		t.Notes = []string{"in " + s.window()}
		return t
	case math.IsNaN(ratio):
		t.Level = blind
		t.Notes = []string{"two scrapes are needed"}
		return t
	}
	t.Notes = append(t.Notes, fmt.Sprintf("%s look-ups/s in %s", rate(lookups), s.window()))
	shown := s.now.Sub(s.points[0].at).Truncate(time.Minute).Seconds()
	if all := s.wholeHitRate(); shown > s.seconds && !math.IsNaN(all) {
		t.Notes = append(t.Notes, fmt.Sprintf("%s in the last %s", percent(all), seconds(shown)))
	}
	limit, on := s.alerts.Thresholds.Get(config.HitRateLow)
	bad := s.severity(alert.HitRateLow)
	if !on || bad == neutral {
		return t
	}
	switch {
	case lookups <= s.limit(config.HitRateLookups):
		t.Notes = append(t.Notes, "too few to be judged")
	case s.facts.uptime <= warmUp.Seconds():
		t.Notes = append(t.Notes, "not judged yet: the server has just started")
	case ratio < limit:
		t.Level = bad
		s.tell(bad, alert.HitRateLow, fmt.Sprintf("Only %s of the look-ups hit the cache, less than %s.", percent(ratio), percent(limit)), "The rest goes to the database.")
	default:
		t.Level = good
	}
	return t
}

// hitRate is NaN if nothing was looked up.
func hitRate(c counters) float64 {
	if hits := c.hits; hits < 0 || c.misses < 0 {
		return math.NaN() // more own look-ups than there were: a reset
	}
	return share(c.hits, c.hits+c.misses)
}

// wholeHitRate is that of all points since the server's last restart.
func (s *server) wholeHitRate() float64 {
	var sum counters
	for i := 1; i < len(s.points); i++ {
		grew, _ := s.points[i-1].until(s.points[i])
		if s.points[i-1].run == s.points[i].run && grew.hits >= 0 && grew.misses >= 0 {
			sum.hits += grew.hits
			sum.misses += grew.misses
		}
	}
	return hitRate(sum)
}

// window is the time that rates are of.
func (s *server) window() string { return "the last " + seconds(s.seconds) }

func (s *server) evictions() tile {
	g := newGraph("evictions a second", rates(s.points, func(c counters, over float64) float64 { return c.evicted / over }), s.axis, rate)
	if s.facts == nil {
		return s.missing("Evictions", nil, g)
	}
	v := s.grew.evicted / s.seconds
	t := tile{Title: "Evictions", Value: perSecond(v), Graph: g}
	t.Level = s.above(v, config.EvictionRate, alert.HighEviction)
	s.tell(t.Level, alert.HighEviction, fmt.Sprintf("%s keys a second are evicted, more than %s.", rate(v), rate(s.limit(config.EvictionRate))), "")
	if t.Level == blind {
		t.Notes = []string{"two scrapes are needed"}
		return t
	}
	t.Notes = []string{"keys that made room, in " + s.window()}
	return t
}

func perSecond(v float64) string {
	if math.IsNaN(v) {
		return unknown
	}
	return rate(v) + "/s"
}

func (s *server) commands() tile {
	g := newGraph("commands a second", rates(s.points, func(c counters, over float64) float64 { return c.commands / over }), s.axis, rate)
	if s.facts == nil {
		return s.missing("Commands", nil, g)
	}
	v := s.grew.commands / s.seconds
	t := tile{Title: "Commands", Value: perSecond(v), Graph: g}
	t.Level = s.above(v, config.CommandRate, alert.CommandRateHigh)
	s.tell(t.Level, alert.CommandRateHigh, fmt.Sprintf("%s commands a second are more than %s.", rate(v), rate(s.limit(config.CommandRate))), "")
	if math.IsNaN(v) {
		t.Notes = []string{"two scrapes are needed"}
		return t
	}
	t.Notes = []string{"in " + s.window()}
	return t
}

func (s *server) clients() tile {
	if s.facts == nil {
		return s.missing("Clients", func(f *facts) string { return count(f.clients) }, nil)
	}
	f := s.facts
	t := tile{Title: "Clients", Value: count(f.clients)}
	ratio := share(f.clients, f.maxClients)
	if f.maxClients > 0 {
		t.Value += " of " + count(f.maxClients)
	}
	t.Level = s.above(ratio, config.ClientsOfLimit, alert.ClientsNearLimit)
	s.tell(t.Level, alert.ClientsNearLimit, fmt.Sprintf("%s of the connections that the server allows are in use.", percent(ratio)), "")
	if f.blocked >= 0 {
		t.Notes = append(t.Notes, count(f.blocked)+" blocked, as workers are that wait for jobs")
	}
	if rejected := s.grew.rejected; rejected > 0 {
		l := s.severity(alert.ConnectionsRejected)
		t.Level = max(t.Level, l)
		s.tell(l, alert.ConnectionsRejected, fmt.Sprintf("%s connections were refused in %s: maxclients is reached.", count(rejected), s.window()), "")
	}
	return t
}

// states judges what is either right or wrong.
func (s *server) states() {
	f := s.facts
	if f == nil {
		return
	}
	for _, c := range []struct {
		wrong    bool
		name     alert.Name
		text, do string
	}{
		{f.loading == 1, alert.LoadingDataset, "The server is loading its dataset.", "Wait: until then it serves nobody."},
		{f.replica() && f.linkUp == 0, alert.ReplicaLinkDown, "The replica is cut off from its primary.", "Who reads here gets data that grows stale."},
		{f.snapshotOK == 0, alert.SnapshotFailed, "The last snapshot (RDB) failed.", "The server's log says why."},
		{f.appendOn == 1 && f.appendOK == 0, alert.AOFWriteFailed, "Writing to the append-only file fails.", "The server's log says why; a full disk is the usual reason."},
		{f.appendOn == 1 && f.saved.rewriteOK == 0, alert.AOFRewriteFailed, "The last rewrite of the append-only file failed.", "The file grows until one succeeds; the server's log says why."},
	} {
		if c.wrong {
			s.tell(s.severity(c.name), c.name, c.text, c.do)
		}
	}
}
