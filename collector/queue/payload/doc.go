// Package payload reads what a message of a queue says about itself: when it
// was made, and why it died. It takes the bytes of any message, also of one that
// was cut, and knows nothing of servers and clocks.
//
// Nothing of a message leaves the package but a time, a name out of a fixed set,
// and the text of an error, which Normalise makes fit for a label.
//
// A message that was delayed on purpose counts from when it was made, not from
// when it was due: frameworks that keep a field up to date when the delay is
// over (Sidekiq's enqueued_at) are right, others look older than they are.
package payload
