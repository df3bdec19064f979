package mockapp

import (
	"encoding/json"
	"errors"
	"time"
)

// job is an entry of a work queue. The specification's example carries no timestamp; its health check wants one.
type job struct {
	ID        string  `json:"id"`
	Type      string  `json:"type"`
	Timestamp int64   `json:"timestamp"` // Unix milliseconds
	Payload   payload `json:"payload"`
}

type payload struct {
	UserID int    `json:"user_id"`
	Action string `json:"action"`
	Poison bool   `json:"poison,omitempty"` // no worker can process it
}

func newJob(k kit, kind string) string {
	at := time.Now()
	if k.trouble.Has(ClockSkew) {
		at = at.Add(time.Hour)
	}
	return encode(job{
		ID: k.dice.uuid(), Type: kind, Timestamp: at.UnixMilli(),
		Payload: payload{UserID: someUser(k.dice), Action: "notify", Poison: k.trouble.Has(PoisonJobs) && k.dice.chance(0.5)},
	})
}

var (
	errTimeout = errors.New("timeout")
	errPoison  = errors.New("poison: payload cannot be processed")
)

// outcome is how the work on a job ends: one in a hundred times out, as real ones do, but not when hurried. Clearing the
// backlog of one trouble must not look like another.
func (j job) outcome(d dice, hurried bool) error {
	switch {
	case j.Payload.Poison:
		return errPoison
	case !hurried && d.chance(0.01):
		return errTimeout
	}
	return nil
}

// letter is an entry of the dead-letter queue.
type letter struct {
	ID       string          `json:"id"`
	Error    string          `json:"error"`
	FailedAt int64           `json:"failed_at"` // Unix milliseconds
	Original json.RawMessage `json:"original"`
}
