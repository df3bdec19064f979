package metric

var runtimeTopic = &Topic{
	title: "Exporter process",
	intro: "The exporter's own process, not the server's. The client library exposes these, and the `go_*` metrics of the Go runtime with them (memory, goroutines, garbage collection), which its own documentation describes.",
}

// processCollector is what exposes them; the collector of this project emits
// none.
const processCollector Library = "process collector of client_golang, Linux only"

// The exporter's process.
var (
	ProcessCPU = runtimeTopic.counter("process_cpu_seconds_total", Seconds, processCollector,
		"Processor time that the exporter has used.")
	ProcessResidentMemory = runtimeTopic.gauge("process_resident_memory_bytes", Bytes, processCollector,
		"Physical memory of the exporter. It should stay level: growth over days is a leak.")
	ProcessVirtualMemory = runtimeTopic.gauge("process_virtual_memory_bytes", Bytes, processCollector,
		"Address space of the exporter; large and harmless in Go programs.")
	ProcessVirtualMemoryMax = runtimeTopic.gauge("process_virtual_memory_max_bytes", Bytes, processCollector,
		"Address space that the exporter may have at most.")
	ProcessOpenFDs = runtimeTopic.gauge("process_open_fds", None, processCollector,
		"Files and sockets that the exporter has open.")
	ProcessMaxFDs = runtimeTopic.gauge("process_max_fds", None, processCollector,
		"Files and sockets that the exporter may have open at most.")
	ProcessStartTime = runtimeTopic.gauge("process_start_time_seconds", Timestamp, processCollector,
		"When the exporter started. A recent time without a deployment is a crash.")
	ProcessNetworkReceive = runtimeTopic.counter("process_network_receive_bytes_total", Bytes, processCollector,
		"Bytes received in the exporter's network namespace, other programs in it included.")
	ProcessNetworkTransmit = runtimeTopic.counter("process_network_transmit_bytes_total", Bytes, processCollector,
		"Bytes sent in the exporter's network namespace, other programs in it included.")
)

var targetTopic = &Topic{
	title: "Target",
	intro: "What Prometheus itself says of each target that it scrapes.",
}

// TargetUp is Prometheus' own.
var TargetUp = targetTopic.gauge("up", Bool, Library("Prometheus, for each target"),
	"1 when Prometheus could scrape the exporter. At 0 nothing is known of the server: look at the exporter's process, its port and the network.")
