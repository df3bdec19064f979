package valkey

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxInfoProblems bounds the text of an error about a broken reply.
const maxInfoProblems = 5

// ParseInfo reads an INFO reply in one pass. A line that cannot be understood
// is left out and reported; the rest is returned with the error.
func ParseInfo(reply string) (Info, error) {
	p := infoParser{info: Info{Fields: make(map[string]string, 256)}}
	if !strings.HasPrefix(reply, "#") && !strings.HasPrefix(reply, "\r\n#") {
		p.problem(reply, errors.New("want a section heading first"))
	}
	for rest := reply; rest != ""; {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		line = strings.TrimSuffix(line, "\r")
		if line != "" && line[0] != '#' {
			p.line(line)
		}
	}
	p.sort()
	return p.info, p.err()
}

type infoParser struct {
	info     Info
	problems []error
	more     int
}

func (p *infoParser) line(line string) {
	key, value, found := strings.Cut(line, ":")
	if !found {
		p.problem(line, errors.New("want key:value"))
		return
	}
	if err := p.structured(key, value); err != nil {
		p.problem(line, err)
	}
}

// structured recognises the lines that repeat; whatever it does not
// recognise is a scalar.
func (p *infoParser) structured(key, value string) error {
	switch {
	case strings.HasPrefix(key, "cmdstat_"):
		return p.command(key[len("cmdstat_"):], value)
	case strings.HasPrefix(key, "latency_percentiles_usec_"):
		return p.latency(key[len("latency_percentiles_usec_"):], value)
	case strings.HasPrefix(key, "errorstat_"):
		return p.errorCount(key[len("errorstat_"):], value)
	case numbered(key, "db"):
		return p.keyspace(key, value)
	case numbered(key, "slave"):
		return p.replica(value)
	case numbered(key, "io_thread_"):
		return p.thread(key[len("io_thread_"):], value)
	case numbered(key, activeThread):
		return p.activeThread(key[len(activeThread):], value)
	case numbered(key, "engine_"):
		return p.engine(value)
	case key == "module":
		return p.module(value)
	}
	p.info.Fields[key] = value
	return nil
}

func (p *infoParser) command(name, value string) error {
	c := Command{Name: name, Calls: NotSent, Micros: NotSent, Rejected: NotSent, Failed: NotSent}
	err := numbers(value, wanted{"calls", &c.Calls}, wanted{"usec", &c.Micros},
		wanted{"rejected_calls", &c.Rejected}, wanted{"failed_calls", &c.Failed})
	if err == nil {
		p.info.Commands = append(p.info.Commands, c)
	}
	return err
}

func (p *infoParser) latency(name, value string) error {
	l := Latency{Command: name, Quantiles: make([]Quantile, 0, 3)}
	for key, text := range pairs(value) {
		percentile, err := number(strings.TrimPrefix(key, "p"))
		if err != nil {
			return fmt.Errorf("want a percentile like p99, got %s", excerpt(key))
		}
		micros, err := number(text)
		if err != nil {
			return fmt.Errorf("%s: %w", excerpt(key), err)
		}
		l.Quantiles = append(l.Quantiles, Quantile{percentile, micros})
	}
	p.info.Latencies = append(p.info.Latencies, l)
	return nil
}

func (p *infoParser) errorCount(prefix, value string) error {
	e := ErrorCount{Prefix: prefix, Count: NotSent}
	err := numbers(value, wanted{"count", &e.Count})
	if err == nil {
		p.info.Errors = append(p.info.Errors, e)
	}
	return err
}

func (p *infoParser) keyspace(db, value string) error {
	k := Keyspace{DB: db, Keys: NotSent, Expires: NotSent, AvgTTL: NotSent, ExpiringItems: NotSent}
	err := numbers(value, wanted{"keys", &k.Keys}, wanted{"expires", &k.Expires}, wanted{"avg_ttl", &k.AvgTTL},
		wanted{"subexpiry", &k.ExpiringItems}, wanted{"keys_with_volatile_items", &k.ExpiringItems})
	if err == nil {
		p.info.Keyspaces = append(p.info.Keyspaces, k)
	}
	return err
}

func (p *infoParser) replica(value string) error {
	r := Replica{Offset: NotSent, Lag: NotSent}
	if err := numbers(value, wanted{"offset", &r.Offset}, wanted{"lag", &r.Lag}); err != nil {
		return err
	}
	texts(value, named{"ip", &r.IP}, named{"port", &r.Port}, named{"state", &r.State})
	p.info.Replicas = append(p.info.Replicas, r)
	return nil
}

func (p *infoParser) thread(id, value string) error {
	t := IOThread{ID: id, Clients: NotSent, Reads: NotSent, Writes: NotSent, ActiveSeconds: NotSent}
	err := numbers(value, wanted{"clients", &t.Clients}, wanted{"reads", &t.Reads}, wanted{"writes", &t.Writes})
	if err == nil {
		p.info.Threads = append(p.info.Threads, t)
	}
	return err
}

// activeThread is how the line of Valkey 9.1 begins that tells for how long an
// I/O thread was busy.
const activeThread = "used_active_time_io_thread_"

func (p *infoParser) activeThread(id, value string) error {
	seconds, err := number(value)
	if err != nil {
		return err
	}
	t := IOThread{ID: id, Clients: NotSent, Reads: NotSent, Writes: NotSent, ActiveSeconds: seconds}
	p.info.Threads = append(p.info.Threads, t)
	return nil
}

func (p *infoParser) engine(value string) error {
	e := Engine{Memory: NotSent, Overhead: NotSent}
	if err := numbers(value, wanted{"used_memory", &e.Memory}, wanted{"memory_overhead", &e.Overhead}); err != nil {
		return err
	}
	texts(value, named{"name", &e.Name})
	p.info.Engines = append(p.info.Engines, e)
	return nil
}

func (p *infoParser) module(value string) error {
	var m Module
	texts(value, named{"name", &m.Name}, named{"ver", &m.Version}, named{"api", &m.API},
		named{"filters", &m.Filters}, named{"usedby", &m.UsedBy}, named{"using", &m.Using})
	p.info.Modules = append(p.info.Modules, m)
	return nil
}

// sort gives the repeating lines an order of their own: the server's is that
// of a hash table and changes with its contents.
func (p *infoParser) sort() {
	slices.SortFunc(p.info.Commands, func(a, b Command) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(p.info.Latencies, func(a, b Latency) int { return cmp.Compare(a.Command, b.Command) })
	slices.SortFunc(p.info.Errors, func(a, b ErrorCount) int { return cmp.Compare(a.Prefix, b.Prefix) })
}

func (p *infoParser) problem(line string, err error) {
	if len(p.problems) == maxInfoProblems {
		p.more++
		return
	}
	p.problems = append(p.problems, fmt.Errorf("line %s: %w", excerpt(line), err))
}

func (p *infoParser) err() error {
	if p.more > 0 {
		p.problems = append(p.problems, fmt.Errorf("and %d lines more", p.more))
	}
	return errors.Join(p.problems...)
}
