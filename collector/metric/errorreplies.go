package metric

var errorReplies = &Topic{
	title: "Error replies",
	intro: "Errors that clients were answered with: bugs of applications more often than faults of the server.",
}

// Errors by the server's count.
var (
	ErrorsTotal = errorReplies.counter("redis_errors_total", None, Reply("INFO errorstats: count"),
		"Error replies by the first word of their text. OOM, LOADING, MISCONF and READONLY are the server's trouble, WRONGTYPE and NOPERM are an application's.", LabelErr)
	ErrorReplies = errorReplies.counter("redis_total_error_replies", None, field("stats", "total_error_replies", number),
		"Error replies of any kind, rejected and failed commands together.")
	UnexpectedErrorReplies = errorReplies.counter("redis_unexpected_error_replies", None, field("stats", "unexpected_error_replies", number),
		"Errors where there should never be one: while loading the append-only file or in the replication stream. Any growth can mean that a replica's data differs.")
	DumpPayloadSanitizations = errorReplies.counter("redis_dump_payload_sanitizations", None, field("stats", "dump_payload_sanitizations", number),
		"Deep checks of serialised values given to RESTORE (sanitize-dump-payload).")
)
