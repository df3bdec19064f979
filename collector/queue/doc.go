// Package queue keeps what must be remembered about queues between
// observations: which keys are queues, since when one that was found by a
// pattern has been empty, and, in its subpackages, how they are.
//
// Watchlist is a pure state machine with the clock passed in. Three loops run
// beside the scrapes, each with a connection of its own: Discoverer walks the
// keyspace for keys that match the patterns, Observer looks into the queues every
// few seconds, and Hearer listens to keyspace notifications where that is wanted.
//
// Of what Observer sees, health follows all queues, flow measures one list, and
// payload reads one message; none of them asks a server or a clock.
package queue
