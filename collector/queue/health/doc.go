// Package health says how the observed queues are: how long messages wait,
// whether anything is taken out, what is stuck, and what vanished. It keeps what
// must be remembered between two observations, and nothing else: what a look and
// a scrape show goes in, reports come out. It asks nobody and reads no clock.
package health
