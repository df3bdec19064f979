package payload

// kind is what a field of a usual name tells.
type kind int

const (
	unknown  kind = iota
	death         // when the message died
	queueing      // when it was put into a queue
	creation      // when something was made or happened; at the top most likely the message
	stamp         // the same, in a name that things have only if they are messages or events
	anyID         // an id of whatever the object is
	jobID         // an id that can only be that of a message
	kinds
)

// place is where in a message a field is.
type place int

const (
	top      place = iota
	envelope       // in an object that is about the message, or is the message
	content        // in any other object, such as the arguments of the job
	listed         // in an object in a list
	places
)

// nowhere is a tier that does not count.
const nowhere = 0

// tiers order the fields by how likely they tell when the message was made; the
// least is best. The top level comes before one level down, and the time at
// which something was queued before that at which something was made. In the
// content the latter does not count: a payload's created_at is that of a customer
// or an order, years before the job. Only a stamp does, because events have one,
// but even the id of the message goes before it; and not in a list.
var tiers = [kinds][places]int{
	queueing: {top: 4, envelope: 6, content: 8, listed: 8},
	creation: {top: 5, envelope: 7},
	stamp:    {top: 5, envelope: 7, content: lastResort},
	anyID:    {top: 9, envelope: 10},
	jobID:    {top: 9, envelope: 10, content: 11},
}

// lastResort is a tier that is not believed while something better may come, as
// in a text that was cut.
const lastResort = 12

// deathTiers are those of times of death in a dead letter. In other messages
// they do not count: Sidekiq keeps failed_at in a job that it tries again.
var deathTiers = [places]int{top: 1, envelope: 2, content: 3}

// field is a field of a usual name.
type field struct {
	name  string // as it is published
	kind  kind
	order int // among the fields of its tier
}

// fields have their usual names without case, underscores and the like: see
// fold. They are in the order of preference.
var fields = numbered([]field{
	{name: "died_at", kind: death},
	{name: "dead_at", kind: death},
	{name: "dead_lettered_at", kind: death},
	{name: "dead_letter_at", kind: death},
	{name: "buried_at", kind: death},
	{name: "discarded_at", kind: death},
	{name: "rejected_at", kind: death},
	{name: "retried_at", kind: death}, // Sidekiq's last failure; failed_at is its first
	{name: "failed_at", kind: death},
	{name: "failed_on", kind: death},
	{name: "failure_time", kind: death},
	{name: "errored_at", kind: death},
	{name: "error_at", kind: death},
	{name: "finished_on", kind: death}, // BullMQ
	{name: "finished_at", kind: death},
	{name: "ended_at", kind: death}, // RQ

	{name: "enqueued_at", kind: queueing}, // Sidekiq, Faktory, RQ, Active Job
	{name: "enqueued", kind: queueing},
	{name: "enqueue_time", kind: queueing},
	{name: "queued_at", kind: queueing},
	{name: "pushed_at", kind: queueing}, // Laravel Horizon
	{name: "published_at", kind: queueing},
	{name: "publish_time", kind: queueing},
	{name: "pending_since", kind: queueing}, // asynq
	{name: "sent_at", kind: queueing},
	{name: "sent_timestamp", kind: queueing},
	{name: "submitted_at", kind: queueing},
	{name: "message_timestamp", kind: queueing}, // Dramatiq

	{name: "created_at", kind: creation}, // Laravel, Sidekiq, RQ
	{name: "created", kind: creation},
	{name: "created_on", kind: creation},
	{name: "timestamp", kind: stamp}, // BullMQ, and as @timestamp Logstash and Beats
	{name: "ts", kind: stamp},
	{name: "emitted_at", kind: creation},
	{name: "occurred_at", kind: creation},
	{name: "time", kind: creation},
	{name: "datetime", kind: creation},
	{name: "date", kind: creation},
	{name: "t", kind: creation}, // gocraft/work

	{name: "jid", kind: jobID},
	{name: "job_id", kind: jobID},
	{name: "message_id", kind: jobID},
	{name: "msg_id", kind: jobID},
	{name: "task_id", kind: jobID},
	{name: "event_id", kind: jobID},
	{name: "id", kind: anyID}, // also _id
	{name: "uuid", kind: anyID},
	{name: "ulid", kind: anyID},
	{name: "guid", kind: anyID},
})

// parent is an object in a message.
type parent struct {
	name  string // as it is published, before the name of a field
	place place
}

// other stands for any parent without a usual name, and for a list that is the
// whole message.
var other = parent{name: "*", place: content}

// parents have their usual names, folded as those of fields are.
var parents = folded([]parent{
	{"original", envelope}, // the specification's dead letters
	{"original_message", envelope},
	{"original_job", envelope},
	{"meta", envelope},
	{"metadata", envelope},
	{"headers", envelope}, // Celery
	{"header", envelope},
	{"properties", envelope},
	{"attributes", envelope},
	{"envelope", envelope},
	{"context", envelope},
	{"options", envelope},
	{"opts", envelope}, // BullMQ
	{"job", envelope},
	{"task", envelope},
	{"message", envelope},
	{"msg", envelope},
	{"payload", content}, // what the job is about, in the specification's jobs
	{"data", content},
	{"body", content},
	{"event", content},
	{"content", content},
	{"args", content},
	{"params", content},
	{"kwargs", content},
	{"error", content},
	{"failure", content},
})

func numbered(all []field) map[string]field {
	byName := make(map[string]field, len(all))
	for i, f := range all {
		f.order = i
		byName[foldName(f.name)] = f
	}
	return byName
}

func folded(all []parent) map[string]parent {
	byName := make(map[string]parent, len(all))
	for _, p := range all {
		byName[foldName(p.name)] = p
	}
	return byName
}

// longestName is longer than any usual name.
const longestName = 32

// fold is a key without case, and without what joins words: enqueued_at,
// enqueuedAt, Enqueued-At and @enqueued_at are the same. Of a key that is longer
// than any usual name nothing is left. It is kept in room.
func fold(room *[longestName]byte, key []byte) []byte {
	size := 0
	for _, c := range key {
		switch {
		case c == '_' || c == '-' || c == '@' || c == ' ':
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		if size == longestName {
			return nil
		}
		room[size] = c
		size++
	}
	return room[:size]
}

func foldName(name string) string {
	var room [longestName]byte
	return string(fold(&room, []byte(name)))
}
