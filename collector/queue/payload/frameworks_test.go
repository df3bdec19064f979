package payload

import "testing"

// message is a message as a framework writes it.
type message struct {
	name       string
	text       string
	deadLetter bool
	want       found
	// earlier are sources of lesser rank that stand before the best in the text:
	// they are found when the text is cut between them
	earlier map[string]string
	reason  string
}

var messages = []message{
	{
		name: "specification: job without a time",
		text: `{"id":"6f1c1f1e-2c67-4c0b-9d3e-0d5d5a9b7a11","type":"critical","payload":{"user_id":7}}`,
		want: found{failure: NoTimestamp},
	},
	{
		name: "specification: job with a UUID that has one",
		text: `{"id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","type":"critical","payload":{"created_at":"2019-01-01T00:00:00Z"}}`,
		want: found{"2022-02-22T19:22:22Z", "uuidv7", ""},
	},
	{
		name:       "specification: dead letter",
		text:       `{"id":"6f1c1f1e-2c67-4c0b-9d3e-0d5d5a9b7a11","error":"timeout","original":{"id":"x","type":"critical","timestamp":1717243100000}}`,
		deadLetter: true,
		want:       found{"2024-06-01T11:58:20Z", "original.timestamp", ""},
		reason:     "timeout",
	},
	{
		name: "mock application: job",
		text: `{"id":"6f1c1f1e-2c67-4c0b-9d3e-0d5d5a9b7a11","type":"normal","timestamp":1717243199123,"payload":{"user_id":12,"action":"notify"}}`,
		want: found{"2024-06-01T11:59:59.123Z", "timestamp", ""},
	},
	{
		name: "mock application: dead letter",
		text: `{"id":"6f1c1f1e-2c67-4c0b-9d3e-0d5d5a9b7a11","error":"poison: payload cannot be processed","failed_at":1717243199500,` +
			`"original":{"id":"6f1c1f1e-2c67-4c0b-9d3e-0d5d5a9b7a11","type":"normal","timestamp":1717243199123,"payload":{"user_id":12}}}`,
		deadLetter: true,
		want:       found{"2024-06-01T11:59:59.5Z", "failed_at", ""},
		reason:     "poison: payload cannot be processed",
	},
	{
		name:       "mock application: dead letter of a job that was no JSON",
		text:       `{"id":"a","error":"timeout","failed_at":1717243199500,"original":"{\"id\":"}`,
		deadLetter: true,
		want:       found{"2024-06-01T11:59:59.5Z", "failed_at", ""},
		reason:     "timeout",
	},
	{
		name: "Sidekiq 7: seconds with a fraction",
		text: `{"retry":true,"queue":"default","class":"HardJob","args":["bob",5],"jid":"b4a577edbccf1d805744efa9",` +
			`"created_at":1717243100.1234567,"enqueued_at":1717243190.654321}`,
		want:    found{"2024-06-01T11:59:50.654321Z", "enqueued_at", ""},
		earlier: map[string]string{"created_at": "2024-06-01T11:58:20.1234567Z"},
	},
	{
		name: "Sidekiq 8: whole milliseconds",
		text: `{"retry":true,"queue":"default","class":"HardJob","args":[],"jid":"b4a577edbccf1d805744efa9",` +
			`"created_at":1717243100123,"enqueued_at":1717243190654}`,
		want:    found{"2024-06-01T11:59:50.654Z", "enqueued_at", ""},
		earlier: map[string]string{"created_at": "2024-06-01T11:58:20.123Z"},
	},
	{
		name: "Sidekiq with Active Job, not yet failed",
		text: `{"class":"Sidekiq::ActiveJob::Wrapper","wrapped":"GuestsJob","queue":"default","args":[{"job_class":"GuestsJob",` +
			`"job_id":"b1f3e0a2-0d5c-4f0e-8a53-1f0c5e0f8f11","arguments":[1],"enqueued_at":"2024-06-01T11:59:49.000000000Z"}],` +
			`"jid":"d774900367dc8b2962b2479c","created_at":1717243190.1,"enqueued_at":1717243190.2,"failed_at":null,"error_message":null}`,
		want:    found{"2024-06-01T11:59:50.2Z", "enqueued_at", ""},
		earlier: map[string]string{"args.enqueued_at": "2024-06-01T11:59:49Z", "created_at": "2024-06-01T11:59:50.1Z"},
	},
	{
		name: "Sidekiq 7: dead",
		text: `{"retry":0,"queue":"default","class":"HardJob","args":[1],"jid":"b4a577edbccf1d805744efa9","created_at":1717240000.5,` +
			`"enqueued_at":1717241000.5,"error_message":"Couldn't find User with 'id'=123","error_class":"ActiveRecord::RecordNotFound",` +
			`"failed_at":1717240001.25,"retry_count":3,"retried_at":1717241001.75}`,
		deadLetter: true,
		want:       found{"2024-06-01T11:23:21.75Z", "retried_at", ""},
		earlier:    map[string]string{"created_at": "2024-06-01T11:06:40.5Z", "enqueued_at": "2024-06-01T11:23:20.5Z", "failed_at": "2024-06-01T11:06:41.25Z"},
		reason:     "ActiveRecord::RecordNotFound: Couldn't find User with 'id'=123",
	},
	{
		name: "Sidekiq 2: Ruby's own format",
		text: `{"class":"HardWorker","jid":"b4a577edbccf1d805744efa9","args":[],"failed_at":"2024-06-01 11:26:41 UTC","retry_count":1,` +
			`"error_message":"wrong number of arguments (2 for 3)","error_class":"ArgumentError"}`,
		deadLetter: true,
		want:       found{"2024-06-01T11:26:41Z", "failed_at", ""},
		reason:     "ArgumentError: wrong number of arguments (2 for 3)",
	},
	{
		name: "Resque: job of Active Job",
		text: `{"class":"ActiveJob::QueueAdapters::ResqueAdapter::JobWrapper","args":[{"job_class":"GuestsJob","job_id":"x",` +
			`"created_at":"2001-01-01T00:00:00Z","enqueued_at":"2024-06-01T11:59:49.123456789Z"}]}`,
		want: found{"2024-06-01T11:59:49.123456789Z", "args.enqueued_at", ""},
	},
	{
		name: "Resque: failure",
		text: `{"failed_at":"2024/06/01 11:26:41 UTC","payload":{"class":"Archive","args":[35]},"exception":"Net::ReadTimeout",` +
			`"error":"Net::ReadTimeout with #<TCPSocket:(closed)>","backtrace":["/app/a.rb:1:in x"],"worker":"web-1:123:archive","queue":"archive"}`,
		deadLetter: true,
		want:       found{"2024-06-01T11:26:41Z", "failed_at", ""},
		reason:     "Net::ReadTimeout with #<TCPSocket:(closed)>",
	},
	{name: "BullMQ: bare number", text: `4711`, want: found{failure: NoTimestamp}},
	{name: "BullMQ: own id", text: `order-4711`, want: found{failure: NoTimestamp}},
	{
		name: "BullMQ: job, milliseconds",
		text: `{"name":"paint","data":"{\"color\":\"red\",\"timestamp\":1500000000000}","opts":"{\"attempts\":3,\"timestamp\":1717243100000}",` +
			`"timestamp":1717243190654,"delay":0,"priority":0,"processedOn":1717243191000}`,
		want:    found{"2024-06-01T11:59:50.654Z", "timestamp", ""},
		earlier: map[string]string{"opts.timestamp": "2024-06-01T11:58:20Z"},
	},
	{
		name: "BullMQ: failed job",
		text: `{"name":"paint","timestamp":1717243190654,"processedOn":1717243191000,"finishedOn":1717243192000,"attemptsMade":3,` +
			`"failedReason":"connect ECONNREFUSED 10.0.0.1:6379","stacktrace":["Error: connect ECONNREFUSED\n    at x"]}`,
		deadLetter: true,
		want:       found{"2024-06-01T11:59:52Z", "finished_on", ""},
		earlier:    map[string]string{"timestamp": "2024-06-01T11:59:50.654Z"},
		reason:     "connect ECONNREFUSED 10.0.0.1:6379",
	},
	{
		name: "Celery: no time",
		text: `{"body":"W1syLCAyXSwge30sIHsiY2FsbGJhY2tzIjogbnVsbCwgImVycmJhY2tzIjogbnVsbCwgImNoYWluIjogbnVsbCwgImNob3JkIjogbnVsbH1d",` +
			`"content-encoding":"utf-8","content-type":"application/json","headers":{"lang":"py","task":"tasks.add",` +
			`"id":"8a6d9e7c-8d1f-4f43-9c3d-b7a5b4f0a001","shadow":null,"eta":"2024-06-01T13:00:00+00:00","expires":null,"retries":0,` +
			`"timelimit":[null,null],"root_id":"8a6d9e7c-8d1f-4f43-9c3d-b7a5b4f0a001","origin":"gen1@host"},"properties":{` +
			`"correlation_id":"8a6d9e7c-8d1f-4f43-9c3d-b7a5b4f0a001","delivery_mode":2,"delivery_info":{"exchange":"","routing_key":"celery"},` +
			`"priority":0,"body_encoding":"base64","delivery_tag":"c1f6a1a0-6d9c-4d7e-8f0a-aaaaaaaaaaaa"}}`,
		want: found{failure: NoTimestamp},
	},
	{
		name: "Celery: time in a header, put there before publishing",
		text: `{"body":"W10=","headers":{"lang":"py","task":"tasks.add","id":"8a6d9e7c-8d1f-4f43-9c3d-b7a5b4f0a001",` +
			`"published_at":1717243190.654321},"properties":{"priority":0}}`,
		want: found{"2024-06-01T11:59:50.654321Z", "headers.published_at", ""},
	},
	{
		name:       "Celery: result of a failure",
		text:       `{"status":"FAILURE","result":{"exc_type":"ValueError","exc_message":["bad value 3"],"exc_module":"builtins"},"date_done":"2024-06-01T11:00:00","task_id":"x"}`,
		deadLetter: true,
		want:       found{failure: NoTimestamp},
		reason:     "ValueError: bad value 3",
	},
	{name: "RQ: bare UUID", text: `8a6d9e7c-8d1f-4f43-9c3d-b7a5b4f0a001`, want: found{failure: NoTimestamp}},
	{
		name:    "RQ: job",
		text:    `{"created_at":"2024-06-01T11:59:48.123456Z","enqueued_at":"2024-06-01T11:59:49.678901Z","origin":"default","ended_at":""}`,
		want:    found{"2024-06-01T11:59:49.678901Z", "enqueued_at", ""},
		earlier: map[string]string{"created_at": "2024-06-01T11:59:48.123456Z"},
	},
	{
		name: "RQ: failed job",
		text: `{"enqueued_at":"2024-06-01T11:59:49.678901Z","ended_at":"2024-06-01T11:59:50Z","exc_info":"Traceback (most recent call last):\n` +
			`  File \"/app/worker.py\", line 12, in perform\n    run()\n  File \"/app/jobs.py\", line 3, in run\n    raise ValueError(\n` +
			`sqlalchemy.exc.DataError: value too long\n[SQL: INSERT INTO t]\n(Background on this error at: https://x)\n"}`,
		deadLetter: true,
		want:       found{"2024-06-01T11:59:50Z", "ended_at", ""},
		earlier:    map[string]string{"enqueued_at": "2024-06-01T11:59:49.678901Z"},
		reason:     "sqlalchemy.exc.DataError: value too long",
	},
	{name: "asynq: bare UUID", text: `1f7a3b1e-55a4-4b8e-9d4c-3f9f0e5d2c11`, want: found{failure: NoTimestamp}},
	{
		name:       "asynq: task as JSON, nanoseconds",
		text:       `{"msg":{"Type":"email:send"},"state":"pending","pending_since":1717243190654321987,"error_msg":"smtp: 421"}`,
		deadLetter: true,
		want:       found{"2024-06-01T11:59:50.654321987Z", "pending_since", ""},
		reason:     "smtp: 421",
	},
	{
		name: "Laravel 10: no time",
		text: `{"uuid":"9c2f4b9e-6b59-4b0d-a9b5-90f3b2b8a111","displayName":"App\\Jobs\\SendMail","job":"Illuminate\\Queue\\CallQueuedHandler@call",` +
			`"maxTries":null,"backoff":null,"timeout":null,"data":{"commandName":"App\\Jobs\\SendMail",` +
			`"command":"O:17:\"App\\Jobs\\SendMail\":0:{}"},"id":"Yb2nRk2dUO8P2vQvGZ0qWmTt1aXcVbNm","attempts":0}`,
		want: found{failure: NoTimestamp},
	},
	{
		name: "Laravel 12: seconds",
		text: `{"uuid":"9c2f4b9e-6b59-4b0d-a9b5-90f3b2b8a111","displayName":"App\\Jobs\\SendMail","data":{"command":"O:17:\"App\\Jobs\\SendMail\":0:{}"},` +
			`"createdAt":1717243190,"delay":null,"id":"Yb2nRk2dUO8P2vQvGZ0qWmTt1aXcVbNm","attempts":0}`,
		want: found{"2024-06-01T11:59:50Z", "created_at", ""},
	},
	{
		name: "Laravel Horizon: seconds in a string",
		text: `{"uuid":"9c2f4b9e-6b59-4b0d-a9b5-90f3b2b8a111","createdAt":1717243100,"id":"9c2f4b9e","attempts":0,"type":"job","tags":[],` +
			`"silenced":false,"pushedAt":"1717243190.6543"}`,
		want:    found{"2024-06-01T11:59:50.6543Z", "pushed_at", ""},
		earlier: map[string]string{"created_at": "2024-06-01T11:58:20Z"},
	},
	{
		name: "Dramatiq",
		text: `{"queue_name":"default","actor_name":"add","args":[1,2],"kwargs":{},"options":{"redis_message_id":"x"},` +
			`"message_id":"8a6d9e7c-8d1f-4f43-9c3d-b7a5b4f0a001","message_timestamp":1717243190654}`,
		want: found{"2024-06-01T11:59:50.654Z", "message_timestamp", ""},
	},
	{
		name: "gocraft/work",
		text: `{"name":"send","id":"9f8e7d6c5b4a39281706f5e4","t":1717243190,"args":{"a":1}}`,
		want: found{"2024-06-01T11:59:50Z", "t", ""},
	},
	{
		name:       "gocraft/work: dead",
		text:       `{"name":"send","id":"9f8e7d6c5b4a39281706f5e4","t":1717243190,"args":null,"fails":4,"err":"no such host","failed_at":1717243195}`,
		deadLetter: true,
		want:       found{"2024-06-01T11:59:55Z", "failed_at", ""},
		earlier:    map[string]string{"t": "2024-06-01T11:59:50Z"},
		reason:     "no such host",
	},
	{
		name:   "Beats and Logstash",
		text:   `{"@timestamp":"2024-06-01T11:59:50.654Z","@metadata":{"beat":"filebeat"},"message":"GET / 200"}`,
		want:   found{"2024-06-01T11:59:50.654Z", "timestamp", ""},
		reason: "GET / 200", // for want of anything better
	},
	{
		name:       "Spring and RabbitMQ headers",
		text:       `{"headers":{"x-exception-fqcn":"java.lang.IllegalStateException","x-exception-message":"no stock"},"payload":{}}`,
		deadLetter: true,
		want:       found{failure: NoTimestamp},
		reason:     "java.lang.IllegalStateException: no stock",
	},
}

func TestTheTimeIsFoundInTheMessagesOfFrameworks(t *testing.T) {
	for _, m := range messages {
		t.Run(m.name, func(t *testing.T) {
			wantFound(t, Finder{DeadLetter: m.deadLetter}, m.text, m.want)
		})
	}
}

func TestTheReasonIsFoundInTheDeadLettersOfFrameworks(t *testing.T) {
	for _, m := range messages {
		if got := Reason([]byte(m.text), true, Path{}); got != m.reason {
			t.Errorf("%s:\n got %q\nwant %q", m.name, got, m.reason)
		}
	}
}
