package metric

var cpu = &Topic{
	title: "CPU",
	intro: "Processor time. Commands run on one main thread: when its user and system time together grow by 1 second per second, the server is at its limit, however many cores are idle.",
}

// Processor time by who used it.
var (
	CPUUserMain = cpu.counter("redis_cpu_user_main_thread_seconds_total", Seconds, field("cpu", "used_cpu_user_main_thread", number),
		"User time of the main thread, which executes commands.")
	CPUSysMain = cpu.counter("redis_cpu_sys_main_thread_seconds_total", Seconds, field("cpu", "used_cpu_sys_main_thread", number),
		"System time of the main thread, mostly network input and output.")
	ActiveTimeMain = cpu.counter("redis_active_time_main_thread_seconds_total", Seconds, field("cpu", "used_active_time_main_thread", number),
		"Time in which the main thread did real work. With I/O threads it is the better measure of load, because waiting in a loop uses processor time too (Valkey 9.1 and later).")
	IOThreadActiveTime = cpu.counter("redis_active_time_io_thread_seconds_total", Seconds, Reply("INFO cpu: used_active_time_io_thread_N"),
		"Time in which an I/O thread did real work. Near 1 second per second on all of them, add threads (Valkey 9.1 and later).", LabelThread)
	CPUUser = cpu.counter("redis_cpu_user_seconds_total", Seconds, field("cpu", "used_cpu_user", number),
		"User time of the whole server process, all threads.")
	CPUSys = cpu.counter("redis_cpu_sys_seconds_total", Seconds, field("cpu", "used_cpu_sys", number),
		"System time of the whole server process, all threads.")
	CPUUserChildren = cpu.counter("redis_cpu_user_children_seconds_total", Seconds, field("cpu", "used_cpu_user_children", number),
		"User time of background processes that have ended: snapshots and rewrites.")
	CPUSysChildren = cpu.counter("redis_cpu_sys_children_seconds_total", Seconds, field("cpu", "used_cpu_sys_children", number),
		"System time of background processes that have ended.")
)
