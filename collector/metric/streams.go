package metric

var streams = &Topic{
	title: "Streams",
	intro: "Streams that are used as queues, and their consumer groups, under the names that redis_exporter has for them (`--check-streams`). " +
		"Entries stay in a stream after they were read, so its length is no backlog: the lag and what is pending are.",
}

// The stream.
var (
	StreamLength = streams.gauge("redis_stream_length", None, Reply("XLEN"),
		"Entries in the stream, read or not. If it only grows, nobody trims: set MAXLEN or MINID in XADD before memory runs out.",
		LabelDB, LabelStream)
	StreamGroups = streams.gauge("redis_stream_groups", None, Reply("XINFO GROUPS: number of groups"),
		"Consumer groups of the stream, those included that are too many to be described each.",
		LabelDB, LabelStream)
)

// Its groups.
var (
	StreamGroupConsumers = streams.gauge("redis_stream_group_consumers", None, Reply("XINFO GROUPS: consumers"),
		"Consumers that the group knows. They are never removed by themselves: many more than there are workers are leftovers, which may still own pending entries.",
		LabelDB, LabelGroup, LabelStream)
	StreamGroupPending = streams.gauge("redis_stream_group_messages_pending", None, Reply("XINFO GROUPS: pending"),
		"Entries that were delivered to a consumer and not acknowledged yet. Steady growth means that consumers fail, or forget XACK.",
		LabelDB, LabelGroup, LabelStream)
	StreamGroupLag = streams.gauge("redis_stream_group_lag", None, Reply("XINFO GROUPS: lag"),
		"Entries that the group has yet to be given: its backlog. Absent when the server does not know it, as after XDEL or XGROUP SETID, which is not 0.",
		LabelDB, LabelGroup, LabelStream)
	StreamGroupRead = streams.gauge("redis_stream_group_entries_read", None, Reply("XINFO GROUPS: entries-read"),
		"Position of the group, as the number of entries up to the last one that it was given. If it stands still while there is a lag, no consumer reads. Absent when the server does not know it.",
		LabelDB, LabelGroup, LabelStream)
	StreamGroupPendingIdle = streams.gauge("redis_stream_group_oldest_pending_idle_seconds", Seconds, Reply("XPENDING: idle time of the first entry"),
		"Time since the entry that has been unacknowledged for longest was last delivered; 0 when none is pending. Longer than a job may take means that its consumer is gone: XAUTOCLAIM gives the entry to another one.",
		LabelDB, LabelGroup, LabelStream)
)
