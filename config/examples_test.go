package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const layoutsPath = "../docs/queue-layouts.md"

func TestTheExampleOfEachFrameworkIsValidAndOnThePage(t *testing.T) {
	page, err := os.ReadFile(layoutsPath)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range exampleFiles(t) {
		v, err := Load(file)
		if err != nil {
			t.Error(err)
			continue
		}
		roundTrip(t, v)
		if link := "(examples/" + filepath.Base(file) + ")"; !strings.Contains(string(page), link) {
			t.Errorf("%s has no link to %s", layoutsPath, link)
		}
		if _, ok := frameworkKeys[filepath.Base(file)]; !ok {
			t.Errorf("%s: no keys to try it on; add them to frameworkKeys", file)
		}
	}
}

func TestTheExamplesOfThePageWork(t *testing.T) {
	page, err := os.ReadFile(layoutsPath)
	if err != nil {
		t.Fatal(err)
	}
	examples := blocks(string(page), "yaml")
	if len(examples) == 0 {
		t.Fatal("no examples")
	}
	for _, text := range examples {
		roundTrip(t, parsed(t, text))
	}
}

// watched is what a configuration makes of a key.
type watched struct {
	role             Role // empty: not watched
	timestamp, error string
}

// frameworkKeys are keys as each framework names them, those that are no queues
// included.
var frameworkKeys = map[string]map[string]watched{
	"sidekiq.yml": {
		"queue:default":                      {role: Work, timestamp: "enqueued_at"},
		"queue:mail_low":                     {role: Work, timestamp: "enqueued_at"},
		"queue:sq|web-1:4711:9f3ac0de|mail":  {role: Processing},
		"schedule":                           {role: Work, timestamp: "created_at"},
		"retry":                              {role: Work, timestamp: "failed_at"},
		"dead":                               {role: DeadLetter, timestamp: Score, error: "error_class"},
		"queues":                             {},
		"processes":                          {},
		"stat:processed:2026-01-31":          {},
		"web-1:4711:9f3ac0de:work":           {},
		"it:metrics:sidekiq:2026-01-31|12:1": {},
	},
	"bullmq.yml": {
		"bull:mail:wait":                {role: Work},
		"bull:mail:paused":              {role: Work},
		"bull:mail:prioritized":         {role: Work},
		"bull:mail:delayed":             {role: Work},
		"bull:mail:active":              {role: Processing},
		"bull:mail:failed":              {role: DeadLetter, timestamp: Score},
		"bull:mail:completed":           {},
		"bull:mail:stalled":             {},
		"bull:mail:stalled-check":       {},
		"bull:mail:waiting-children":    {},
		"bull:mail:marker":              {},
		"bull:mail:meta":                {},
		"bull:mail:id":                  {},
		"bull:mail:pc":                  {},
		"bull:mail:events":              {},
		"bull:mail:limiter":             {},
		"bull:mail:repeat":              {},
		"bull:mail:4711":                {},
		"bull:mail:4711:lock":           {},
		"bull:mail:4711:logs":           {},
		"bull:mail:4711:dependencies":   {},
		"bull:mail:4711:unsuccessful":   {},
		"bull:mail:metrics:completed":   {},
		"bull:mail:metrics:failed:data": {},
	},
	"celery.yml": {
		"celery":                {role: Work, timestamp: "headers.enqueued_at"},
		"celery\x06\x163":       {role: Work, timestamp: "headers.enqueued_at"},
		"celery\x06\x166":       {role: Work, timestamp: "headers.enqueued_at"},
		"celery\x06\x169":       {role: Work, timestamp: "headers.enqueued_at"},
		"unacked_index":         {role: Processing, timestamp: Score},
		"unacked":               {},
		"unacked_mutex":         {},
		"_kombu.binding.celery": {},
		"celery-task-meta-0b7c1c5e-1f5d-4c0e-9a57-2f1f8f1b5a11": {},
	},
	"rq.yml": {
		"rq:queue:default":                                {role: Work},
		"rq:queue:default:intermediate":                   {role: Processing},
		"rq:wip:default":                                  {role: Processing},
		"rq:scheduled:default":                            {role: Work},
		"rq:deferred:default":                             {role: Work, timestamp: Score},
		"rq:failed:default":                               {role: DeadLetter},
		"rq:finished:default":                             {},
		"rq:canceled:default":                             {},
		"rq:queues":                                       {},
		"rq:workers":                                      {},
		"rq:workers:default":                              {},
		"rq:worker:7d1c":                                  {},
		"rq:job:0b7c1c5e-1f5d-4c0e-9a57-2f1f8f1b5a11":     {},
		"rq:results:0b7c1c5e-1f5d-4c0e-9a57-2f1f8f1b5a11": {},
	},
	"asynq.yml": {
		"asynq:{default}:pending":                                {role: Work},
		"asynq:{default}:scheduled":                              {role: Work},
		"asynq:{default}:retry":                                  {role: Work},
		"asynq:{default}:active":                                 {role: Processing},
		"asynq:{default}:archived":                               {role: DeadLetter, timestamp: Score},
		"asynq:{default}:lease":                                  {},
		"asynq:{default}:completed":                              {},
		"asynq:{default}:paused":                                 {},
		"asynq:{default}:processed":                              {},
		"asynq:{default}:processed:2026-01-31":                   {},
		"asynq:{default}:failed":                                 {},
		"asynq:{default}:t:0b7c1c5e-1f5d-4c0e-9a57-2f1f8f1b5a11": {},
		"asynq:{default}:unique:email:900150983cd24fb0":          {},
		"asynq:queues":                                           {},
		"asynq:servers":                                          {},
		"asynq:workers:{web-1:4711:6f2}":                         {},
	},
	"laravel.yml": {
		"laravel_database_queues:default":          {role: Work, timestamp: "createdAt"},
		"laravel_database_queues:default:reserved": {role: Processing},
		"laravel_database_queues:default:delayed":  {role: Work, timestamp: "createdAt"},
		"laravel_database_queues:mail:reserved":    {role: Processing},
		"laravel_database_queues:default:notify":   {},
		"laravel_database_laravel_cache_:users":    {},
		"laravel_horizon:failed_jobs":              {},
	},
}

func TestTheExamplesWatchTheQueuesOfTheirFrameworksAndNothingElse(t *testing.T) {
	for _, file := range exampleFiles(t) {
		v, err := Load(file)
		if err != nil {
			t.Fatal(err)
		}
		for key, want := range frameworkKeys[filepath.Base(file)] {
			if got := watch(t, v.Queues(), key); got != want {
				t.Errorf("%s: key %q: want %+v, got %+v", file, key, want, got)
			}
		}
	}
}

// A line without an effect in an example misleads who copies it.
func TestEveryEntryOfTheExamplesIsNeeded(t *testing.T) {
	for _, file := range exampleFiles(t) {
		v, err := Load(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, q := range v.Queues() {
			others := slices.Delete(v.Queues(), i, i+1)
			needed := false
			for key, want := range frameworkKeys[filepath.Base(file)] {
				needed = needed || watch(t, others, key) != want
			}
			if !needed {
				t.Errorf("%s: %v: without it the keys are watched all the same", file, q)
			}
		}
	}
}

// watch is what the exporter does with a key: one that is listed counts before
// the patterns, and of them the first that matches. No key here has a slash, so
// that this Match is as good as the server's.
func watch(t *testing.T, queues []Queue, key string) watched {
	t.Helper()
	found := watched{}
	for _, q := range queues {
		ok, err := filepath.Match(q.Pattern, key)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case q.Key == key:
			return watched{q.Role, q.Timestamp, q.Error}
		case ok && found.role == "":
			found = watched{q.Role, q.Timestamp, q.Error}
		}
	}
	return found
}

func exampleFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../docs/examples/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	return files
}
