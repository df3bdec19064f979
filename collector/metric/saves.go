package metric

var saves = &Topic{
	title: "Saved to disk",
	intro: "What would a crash lose now, and does saving work? What the server says of the last attempt only is followed from scrape to scrape.",
}

// What the exporter concludes from INFO persistence, beside what the server says.
var (
	UnsavedSeconds = saves.gauge("redis_unsaved_seconds", Seconds, Reply("INFO persistence, CONFIG GET appendonly, appendfsync, save"),
		"A crash of the host loses the writes of so many seconds at most: with an append-only file by its appendfsync, otherwise since the last snapshot, or since the start. "+
			"0 when nothing has changed. Absent when nothing is to be saved at all, and when nobody can tell.")
	SaveLastSuccess = saves.gauge("redis_save_last_success_timestamp_seconds", Timestamp, Own("INFO persistence, from scrape to scrape"),
		"When saving last succeeded. A snapshot: by the server's word, absent until one was saved since it started, for until then the server tells its start. "+
			"A rewrite of the append-only file: when a scrape found it done, absent until then.",
		LabelSave)
	SaveFailures = saves.counter("redis_save_failures_total", None, Own("INFO persistence, from scrape to scrape"),
		"Attempts to save that failed, since the exporter started. Those between two scrapes are a lower bound if others succeeded there.",
		LabelSave)
)
