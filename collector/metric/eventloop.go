package metric

var eventLoop = &Topic{
	title: "Event loop and I/O threads",
	intro: "How busy the server's main loop is, and what helper threads take off it.",
}

// The main loop.
var (
	EventLoopCycles = eventLoop.counter("redis_eventloop_cycles_total", None, field("stats", "eventloop_cycles", number),
		"Turns of the main loop. The more work there is, the more of it is done in each turn.")
	EventLoopDuration = eventLoop.counter("redis_eventloop_duration_sum_usec_total", Microseconds, field("stats", "eventloop_duration_sum", number),
		"Time the main loop was not waiting for something to do. Growth of a million per second is saturation.")
	EventLoopCommandDuration = eventLoop.counter("redis_eventloop_duration_cmd_sum_usec_total", Microseconds, field("stats", "eventloop_duration_cmd_sum", number),
		"Time the main loop spent executing commands. The rest of its busy time goes to the network and to background work.")
	EventLoopCyclesPerSecond = eventLoop.gauge("redis_instantaneous_eventloop_cycles_per_sec", PerSecond, field("stats", "instantaneous_eventloop_cycles_per_sec", number),
		"Turns of the main loop per second right now.")
	EventLoopInstantDuration = eventLoop.gauge("redis_instantaneous_eventloop_duration_usec", Microseconds, field("stats", "instantaneous_eventloop_duration_usec", number),
		"Average length of a turn of the main loop right now. A client waits about that long before its command even starts.")
)

// I/O threads.
var (
	IOThreadsActive = eventLoop.gauge("redis_io_threads_active", None, field("server", "io_threads_active", number),
		"Above 0 while I/O threads help the main thread; the server puts them to sleep when there is little to do.")
	IOThreadedReads = eventLoop.counter("redis_io_threaded_reads_processed", None, field("stats", "io_threaded_reads_processed", number),
		"Reads from client sockets done by I/O threads.")
	IOThreadedWrites = eventLoop.counter("redis_io_threaded_writes_processed", None, field("stats", "io_threaded_writes_processed", number),
		"Writes to client sockets done by I/O threads.")
	IOThreadedAccepts = eventLoop.counter("redis_io_threaded_accept_processed_total", None, field("stats", "io_threaded_accept_processed", number),
		"TLS handshakes and other work on new connections done by I/O threads (Valkey 8.1 and later).")
	IOThreadedPolls = eventLoop.counter("redis_io_threaded_poll_processed_total", None, field("stats", "io_threaded_poll_processed", number),
		"Times that an I/O thread waited for sockets in place of the main thread (Valkey 8 and later).")
	IOThreadedFreed = eventLoop.counter("redis_io_threaded_freed_objects_total", None, field("stats", "io_threaded_freed_objects", number),
		"Objects whose memory was freed by I/O threads (Valkey 8 and later).")
	PrefetchBatches = eventLoop.counter("redis_io_threaded_prefetch_batches_total", None, field("stats", "io_threaded_total_prefetch_batches", number),
		"Batches of commands whose keys were fetched into the processor's cache ahead of execution (Valkey 8 and later).")
	PrefetchEntries = eventLoop.counter("redis_io_threaded_prefetch_entries_total", None, field("stats", "io_threaded_total_prefetch_entries", number),
		"Keys fetched into the processor's cache ahead of execution. Divided by the batches it is the size of a batch (Valkey 8 and later).")
	IOThreadClients = eventLoop.gauge("redis_io_thread_clients", None, Reply("INFO threads: io_thread_N clients"),
		"Clients that an I/O thread looks after (Redis 8 and later).", LabelThread)
	IOThreadReads = eventLoop.counter("redis_io_thread_reads_total", None, Reply("INFO threads: io_thread_N reads"),
		"Reads from client sockets by one I/O thread; thread 0 is the main thread. Uneven rates are clients of uneven weight (Redis 8 and later).", LabelThread)
	IOThreadWrites = eventLoop.counter("redis_io_thread_writes_total", None, Reply("INFO threads: io_thread_N writes"),
		"Writes to client sockets by one I/O thread; thread 0 is the main thread (Redis 8 and later).", LabelThread)
)
