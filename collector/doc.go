// Package collector turns what a server said into metric families: a pure
// function of a Snapshot, without I/O or a clock.
//
// It is the only package that knows both the replies (collector/valkey) and
// the catalogue (collector/metric). Each file describes one reply.
package collector
