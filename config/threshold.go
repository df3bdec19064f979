package config

import (
	"math"
	"time"

	"github.com/prometheus/common/model"
)

// Threshold is a number that alert rules compare with. Its value comes from the
// configuration, in the base unit of the metrics: seconds, bytes, shares of 1.
type Threshold int

// The thresholds, by what they are about; docs/configuration.md explains each.
const (
	// Memory.
	MemoryHigh Threshold = iota
	MemoryCritical
	MemoryOfHost
	MemoryFullWithin
	MemoryFullFloor
	Fragmentation
	FragmentationWaste
	SwappedOut
	EvictableMemory

	// The cache.
	EvictionRate
	EvictionSpike
	EvictionSpikeRate
	HitRateLow
	HitRateLookups
	ExpirySpike
	ExpirySpikeRate
	StaleKeys
	KeysWithoutTTL
	KeysWithoutTTLKeys
	ClassLeak
	ClassLeakKeys
	DeadMembers
	UntrimmedSets

	// Speed and clients.
	CommandRate
	TrafficLeft
	TrafficBefore
	MainThread
	SlowCommands
	CommandLatency
	LatencyObjective
	LatencyCalls
	ErrorReplies
	ClientsOfLimit

	// Durability and replication.
	Restarts
	FsyncDelays
	SnapshotAge
	AOFGrowth
	AOFGrowthSize
	ReplicationLag
	ReplicaBacklog
	FullResyncs

	// Queues.
	BacklogGrowth
	BacklogLength
	DrainTime
	FreshnessObjective
	Stalled
	Starved
	OutOfOrder
	StreamPending
	DeadLettersNew
	DeadLettersUsual
	ProcessingTime
	ProcessingTTL
	WorkerIdle

	// The exporter.
	ScrapeDuration
	LookAge

	// Security.
	AccessDenied

	numThresholds // not one, but how many there are
)

// Measure is how the value of a threshold is written and said.
type Measure int

// The measures.
const (
	Number    Measure = iota // a plain number, or one per second
	Share                    // of the whole: 0.8 is 80 %
	Multiple                 // of what is usual
	TimeSpan                 // in seconds; 5m in the file
	ByteCount                // in bytes; 128MiB in the file
)

// limit declares a threshold that turns its alert off with `off`.
type limit struct {
	name    string
	measure Measure
	least   float64
	most    float64
	// guard is a condition beside the one that names the alert, such as a minimum
	// of traffic: without it the alert would misfire, so it cannot be off.
	guard bool
}

var limits = [numThresholds]limit{
	MemoryHigh:         {name: "memory_high", measure: Share, most: 1},
	MemoryCritical:     {name: "memory_critical", measure: Share, most: 1},
	MemoryOfHost:       {name: "memory_of_host", measure: Share, most: 1},
	MemoryFullWithin:   {name: "memory_full_within", measure: TimeSpan, least: 60},
	MemoryFullFloor:    {name: "memory_full_floor", measure: Share, most: 1, guard: true},
	Fragmentation:      {name: "fragmentation", measure: Number, least: 1},
	FragmentationWaste: {name: "fragmentation_waste", measure: ByteCount, guard: true},
	SwappedOut:         {name: "swapped_out", measure: Number, most: 1},
	EvictableMemory:    {name: "evictable_memory", measure: Share, most: 1},

	EvictionRate:       {name: "eviction_rate", measure: Number},
	EvictionSpike:      {name: "eviction_spike", measure: Multiple, least: 1},
	EvictionSpikeRate:  {name: "eviction_spike_rate", measure: Number, guard: true},
	HitRateLow:         {name: "hit_rate_low", measure: Share, most: 1},
	HitRateLookups:     {name: "hit_rate_lookups", measure: Number, guard: true},
	ExpirySpike:        {name: "expiry_spike", measure: Multiple, least: 1},
	ExpirySpikeRate:    {name: "expiry_spike_rate", measure: Number, guard: true},
	StaleKeys:          {name: "stale_keys", measure: Share, most: 1},
	KeysWithoutTTL:     {name: "keys_without_ttl", measure: Share, most: 1},
	KeysWithoutTTLKeys: {name: "keys_without_ttl_keys", measure: Number, guard: true},
	ClassLeak:          {name: "class_leak", measure: Share, most: 1},
	ClassLeakKeys:      {name: "class_leak_keys", measure: Number, guard: true},
	DeadMembers:        {name: "dead_members", measure: Share, most: 1},
	UntrimmedSets:      {name: "untrimmed_sets", measure: Number},

	CommandRate:    {name: "command_rate", measure: Number},
	TrafficLeft:    {name: "traffic_left", measure: Share, most: 1},
	TrafficBefore:  {name: "traffic_before", measure: Number, guard: true},
	MainThread:     {name: "main_thread", measure: Share, most: 1},
	SlowCommands:   {name: "slow_commands", measure: Number},
	CommandLatency: {name: "command_latency", measure: TimeSpan, least: 0.001},
	ErrorReplies:   {name: "error_replies", measure: Number},
	ClientsOfLimit: {name: "clients_of_limit", measure: Share, most: 1},

	LatencyObjective: {name: "latency_objective", measure: Multiple, least: 1},
	LatencyCalls:     {name: "latency_calls", measure: Number, guard: true},

	Restarts:       {name: "restarts", measure: Number, least: 1},
	FsyncDelays:    {name: "fsync_delays", measure: Number},
	SnapshotAge:    {name: "snapshot_age", measure: TimeSpan, least: 60},
	AOFGrowth:      {name: "aof_growth", measure: Multiple, least: 1},
	AOFGrowthSize:  {name: "aof_growth_size", measure: ByteCount, guard: true},
	ReplicationLag: {name: "replication_lag", measure: TimeSpan, least: 1},
	ReplicaBacklog: {name: "replica_backlog", measure: Share, most: 1},
	FullResyncs:    {name: "full_resyncs", measure: Number, least: 1},

	BacklogGrowth:      {name: "backlog_growth", measure: Multiple, least: 1},
	BacklogLength:      {name: "backlog_length", measure: Number, guard: true},
	DrainTime:          {name: "drain_time", measure: TimeSpan, least: 60},
	FreshnessObjective: {name: "freshness_objective", measure: Share, least: 0.5, most: 0.99999},
	Stalled:            {name: "stalled", measure: TimeSpan, least: 60},
	Starved:            {name: "starved", measure: TimeSpan, least: 60},
	OutOfOrder:         {name: "out_of_order", measure: TimeSpan, least: 60},
	StreamPending:      {name: "stream_pending", measure: TimeSpan, least: 60},
	DeadLettersNew:     {name: "dead_letters_new", measure: Number},
	DeadLettersUsual:   {name: "dead_letters_usual", measure: Multiple, least: 1, guard: true},
	ProcessingTime:     {name: "processing_time", measure: TimeSpan, least: 1},
	ProcessingTTL:      {name: "processing_ttl", measure: TimeSpan, least: 10},
	WorkerIdle:         {name: "worker_idle", measure: TimeSpan, least: 60},

	ScrapeDuration: {name: "scrape_duration", measure: TimeSpan, least: 0.1},
	LookAge:        {name: "look_age", measure: TimeSpan, least: 10},

	AccessDenied: {name: "access_denied", measure: Number},
}

// String is the name of the threshold in the file.
func (t Threshold) String() string { return limits[t].name }

// Measure is how its value is written and said.
func (t Threshold) Measure() Measure { return limits[t].measure }

// Guard says that the threshold is a condition beside the one that names the
// alert, and cannot be off.
func (t Threshold) Guard() bool { return limits[t].guard }

// Thresholds are the values of all thresholds.
type Thresholds [numThresholds]Limit[float64]

// Get is the value of a threshold, and whether it is on.
func (v Thresholds) Get(t Threshold) (float64, bool) { return v[t].Get() }

// thresholdFields are the fields of the section alerts.thresholds.
var thresholdFields = func() section[Thresholds] {
	var fields section[Thresholds]
	for t := range numThresholds {
		place := func(v *Thresholds) *Limit[float64] { return &v[t] }
		if limits[t].guard {
			fields = append(fields, named(t.String(), place, alwaysOn(limits[t].kind())))
		} else {
			fields = append(fields, named(t.String(), place, orOff(limits[t].kind())))
		}
	}
	return fields
}()

// kind is how the value is written.
func (l limit) kind() scalar[float64] {
	switch l.measure {
	case Share:
		return share(l.least, l.most)
	case TimeSpan:
		return converted(duration(time.Duration(l.least*float64(time.Second))), time.Duration.Seconds,
			func(s float64) time.Duration { return time.Duration(math.Round(s*1e3)) * time.Millisecond })
	case ByteCount:
		return converted(size(mib, maxBytes), func(b int) float64 { return float64(b) }, func(b float64) int { return int(b) })
	case Number, Multiple:
	}
	if l.most == 0 {
		return numberFrom(l.least)
	}
	return share(l.least, l.most)
}

// maxBytes bounds thresholds of bytes: a tebibyte.
const maxBytes = 1 << 40

// HumanDuration is a number of seconds as Prometheus writes durations.
func HumanDuration(seconds float64) string {
	return model.Duration(time.Duration(math.Round(seconds*1e3)) * time.Millisecond).String()
}

// AllThresholds are all thresholds in the order of the file.
func AllThresholds() []Threshold {
	all := make([]Threshold, numThresholds)
	for i := range all {
		all[i] = Threshold(i)
	}
	return all
}
