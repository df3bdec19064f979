package valkey

import (
	"cmp"
	"fmt"
	"slices"
)

// Histogram is the latency histogram of one command, from LATENCY HISTOGRAM.
type Histogram struct {
	Command string
	Calls   uint64
	Buckets []Bucket // ascending
}

// Bucket counts the calls that took at most Micros microseconds.
type Bucket struct {
	Micros float64
	Calls  uint64 // cumulative
}

// Spike is one event class of LATENCY LATEST.
type Spike struct {
	Event      string
	UnixTime   float64 // seconds since 1970, when it was last seen
	LastMillis float64
}

// Slowlog is what SLOWLOG LEN and SLOWLOG GET 1 tell.
type Slowlog struct {
	Length float64
	Last   *SlowEntry // nil: the log is empty
}

// SlowEntry is an entry of the slow log. Its arguments are never kept: they
// are the application's data.
type SlowEntry struct {
	ID     float64 // grows by one with each entry, until the server restarts
	Micros float64
}

// parseHistograms reads [name, [calls, n, histogram_usec, [le, count, ...]], ...].
func parseHistograms(reply any) ([]Histogram, error) {
	var histograms []Histogram
	err := eachPair(reply, func(name string, value any) error {
		h, err := parseHistogram(name, value)
		if err != nil {
			return fmt.Errorf("%s: %w", excerpt(name), err)
		}
		histograms = append(histograms, h)
		return nil
	})
	slices.SortFunc(histograms, func(a, b Histogram) int { return cmp.Compare(a.Command, b.Command) })
	return histograms, err
}

func parseHistogram(name string, reply any) (Histogram, error) {
	h := Histogram{Command: name}
	err := eachPair(reply, func(key string, value any) error {
		switch key {
		case "calls":
			var err error
			h.Calls, err = count(value)
			return err
		case "histogram_usec":
			var err error
			h.Buckets, err = parseBuckets(value)
			return err
		}
		return nil
	})
	if n := len(h.Buckets); err == nil && n > 0 && h.Buckets[n-1].Calls > h.Calls {
		err = fmt.Errorf("the buckets hold %d of %d calls", h.Buckets[n-1].Calls, h.Calls)
	}
	return h, err
}

func parseBuckets(reply any) ([]Bucket, error) {
	list, ok := reply.([]any)
	if !ok || len(list)%2 != 0 {
		return nil, fmt.Errorf("want pairs of bound and count, got %T", reply)
	}
	buckets := make([]Bucket, 0, len(list)/2)
	for i := 0; i < len(list); i += 2 {
		micros, err := integer(list[i])
		if err != nil {
			return nil, err
		}
		calls, err := count(list[i+1])
		if err != nil {
			return nil, err
		}
		if n := len(buckets); n > 0 && (float64(micros) <= buckets[n-1].Micros || calls < buckets[n-1].Calls) {
			return nil, fmt.Errorf("buckets do not ascend at %d", micros)
		}
		buckets = append(buckets, Bucket{Micros: float64(micros), Calls: calls})
	}
	return buckets, nil
}

// parseSpikes reads [[event, unix time, latest ms, highest ms], ...].
func parseSpikes(reply any) ([]Spike, error) {
	list, ok := reply.([]any)
	if !ok {
		return nil, fmt.Errorf("want a list, got %T", reply)
	}
	spikes := make([]Spike, 0, len(list))
	for _, item := range list {
		entry, ok := item.([]any)
		if !ok || len(entry) < 3 {
			return nil, fmt.Errorf("want an event of at least 3 parts, got %T", item)
		}
		event, err := text(entry[0])
		if err != nil {
			return nil, err
		}
		at, err := integer(entry[1])
		if err != nil {
			return nil, err
		}
		millis, err := integer(entry[2])
		if err != nil {
			return nil, err
		}
		spikes = append(spikes, Spike{Event: event, UnixTime: float64(at), LastMillis: float64(millis)})
	}
	return spikes, nil
}

// parseSlowEntry reads the first of [[id, unix time, usec, [argument, ...], ...], ...].
func parseSlowEntry(reply any) (*SlowEntry, error) {
	list, ok := reply.([]any)
	if !ok {
		return nil, fmt.Errorf("want a list, got %T", reply)
	}
	if len(list) == 0 {
		return nil, nil
	}
	entry, ok := list[0].([]any)
	if !ok || len(entry) < 3 {
		return nil, fmt.Errorf("want an entry of at least 3 parts, got %T", list[0])
	}
	id, err := integer(entry[0])
	if err != nil {
		return nil, err
	}
	micros, err := integer(entry[2])
	if err != nil {
		return nil, err
	}
	return &SlowEntry{ID: float64(id), Micros: float64(micros)}, nil
}

// parseConfig reads [name, value, ...].
func parseConfig(reply any) (map[string]string, error) {
	config := make(map[string]string)
	err := eachPair(reply, func(name string, value any) error {
		s, err := text(value)
		config[name] = s
		return err
	})
	return config, err
}

// eachPair calls f for each name and value of a flat list.
func eachPair(reply any, f func(name string, value any) error) error {
	list, ok := reply.([]any)
	if !ok || len(list)%2 != 0 {
		return fmt.Errorf("want names and values, got %T", reply)
	}
	for i := 0; i < len(list); i += 2 {
		name, err := text(list[i])
		if err != nil {
			return err
		}
		if err := f(name, list[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func text(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("want text, got %T", v)
	}
	return s, nil
}

func integer(v any) (int64, error) {
	n, ok := v.(int64)
	if !ok {
		return 0, fmt.Errorf("want an integer, got %T", v)
	}
	return n, nil
}

func count(v any) (uint64, error) {
	n, err := integer(v)
	if err == nil && n < 0 {
		err = fmt.Errorf("want a count, got %d", n)
	}
	return uint64(max(n, 0)), err
}
