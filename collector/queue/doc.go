// Package queue keeps what must be remembered about queues between
// observations: which keys are queues, and since when one that was found by a
// pattern has been empty.
//
// Watchlist is a pure state machine with the clock passed in. Discoverer is
// the loop around it that walks the keyspace in the background.
package queue
