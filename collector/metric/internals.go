package metric

var internals = &Topic{
	title: "Scripts, defragmentation and other internals",
	intro: "What the server does on the side. Rarely worth an alert, often the answer to where memory and time went.",
}

// Scripts and functions.
var (
	CachedScripts = internals.gauge("redis_number_of_cached_scripts", None, field("memory", "number_of_cached_scripts", number),
		"Scripts that EVAL and SCRIPT LOAD have left in the cache. Steady growth is an application that writes values into the script text instead of passing arguments.")
	EvictedScripts = internals.counter("redis_evicted_scripts_total", None, field("stats", "evicted_scripts", number),
		"Scripts dropped from the cache to make room. Growth is an application that generates script texts.")
	Functions = internals.gauge("redis_number_of_functions", None, field("memory", "number_of_functions", number),
		"Functions that FUNCTION LOAD has made available.")
	Libraries = internals.gauge("redis_number_of_libraries", None, field("memory", "number_of_libraries", number),
		"Libraries that FUNCTION LOAD has made available.")
	MemoryLua = internals.gauge("redis_memory_used_lua_bytes", Bytes, field("memory", "used_memory_lua", number),
		"Memory of the Lua interpreter for EVAL, under its old name.")
	MemoryVMEval = internals.gauge("redis_memory_used_vm_eval_bytes", Bytes, field("memory", "used_memory_vm_eval", number),
		"Memory of the interpreters that run scripts; not part of used memory.")
	MemoryVMFunctions = internals.gauge("redis_memory_used_vm_functions_bytes", Bytes, field("memory", "used_memory_vm_functions", number),
		"Memory of the interpreters that run functions; not part of used memory.")
	MemoryVM = internals.gauge("redis_memory_used_vm_total", Bytes, field("memory", "used_memory_vm_total", number),
		"Memory of all interpreters, for scripts and for functions.")
	MemoryScriptsEval = internals.gauge("redis_memory_used_scripts_eval_bytes", Bytes, field("memory", "used_memory_scripts_eval", number),
		"Memory of the texts and tables of cached scripts.")
	MemoryFunctions = internals.gauge("redis_memory_used_functions_bytes", Bytes, field("memory", "used_memory_functions", number),
		"Memory of the texts and tables of functions.")
	MemoryScripts = internals.gauge("redis_memory_used_scripts_bytes", Bytes, field("memory", "used_memory_scripts", number),
		"Memory of the texts and tables of scripts and functions together.")
	Engines = internals.gauge("redis_scripting_engines", None, field("scripting engines", "engines_count", number),
		"Scripting engines that are loaded (Valkey 9 and later).")
	EnginesMemory = internals.gauge("redis_scripting_engines_memory_used_bytes", Bytes, field("scripting engines", "engines_total_used_memory", number),
		"Memory of all scripting engines (Valkey 9 and later).")
	EnginesOverhead = internals.gauge("redis_scripting_engines_memory_overhead_bytes", Bytes, field("scripting engines", "engines_total_memory_overhead", number),
		"Memory that the server needs to manage all scripting engines (Valkey 9 and later).")
	ScriptingEngineMemory = internals.gauge("redis_scripting_engine_memory_used_bytes", Bytes, Reply("INFO scripting engines: engine_N used_memory"),
		"Memory of one scripting engine (Valkey 9 and later).", LabelEngine)
	ScriptingEngineOverhead = internals.gauge("redis_scripting_engine_memory_overhead_bytes", Bytes, Reply("INFO scripting engines: engine_N memory_overhead"),
		"Memory that the server needs to manage one scripting engine (Valkey 9 and later).", LabelEngine)
)

// Defragmentation.
var (
	DefragRunning = internals.gauge("redis_active_defrag_running", Percent, field("memory", "active_defrag_running", number),
		"Share of processor time that active defragmentation is allowed right now; 0 when it rests.")
	DefragTime = internals.counter("redis_active_defrag_seconds_total", Seconds, field("stats", "total_active_defrag_time", millis),
		"Time during which memory was above the threshold for active defragmentation.")
	CurrentDefragTime = internals.gauge("redis_current_active_defrag_seconds", Seconds, field("stats", "current_active_defrag_time", millis),
		"How long memory has been above the threshold for active defragmentation now; 0 when it is not.")
	DefragHits = internals.gauge("redis_defrag_hits", None, field("stats", "active_defrag_hits", number),
		"Values that active defragmentation has moved, since the server started.")
	DefragMisses = internals.gauge("redis_defrag_misses", None, field("stats", "active_defrag_misses", number),
		"Values that active defragmentation has looked at and left where they were, since the server started.")
	DefragKeyHits = internals.gauge("redis_defrag_key_hits", None, field("stats", "active_defrag_key_hits", number),
		"Keys of which active defragmentation has moved something, since the server started.")
	DefragKeyMisses = internals.gauge("redis_defrag_key_misses", None, field("stats", "active_defrag_key_misses", number),
		"Keys that active defragmentation has skipped, since the server started.")
)

// Deferred work.
var (
	LazyfreePending = internals.gauge("redis_lazyfree_pending_objects", None, field("memory", "lazyfree_pending_objects", number),
		"Objects deleted and not yet freed by the background thread. If they pile up, used memory stays high after a mass deletion.")
	LazyfreeFreed = internals.gauge("redis_lazyfreed_objects", None, field("memory", "lazyfreed_objects", number),
		"Objects freed by the background thread since the server started.")
	MigrateSockets = internals.gauge("redis_migrate_cached_sockets_total", None, field("stats", "migrate_cached_sockets", number),
		"Open connections to other servers kept for MIGRATE.")
)
