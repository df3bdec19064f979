// Package valkey asks a server and understands its answers: go-redis in,
// Snapshot out. It knows commands, replies and their failures, and nothing
// about metrics.
//
// A Scraper asks everything in one pipelined write on one kept connection.
// Every reply is judged by itself: one that fails costs its own source, never
// the others.
package valkey
