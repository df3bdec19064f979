//go:build unix

// Package stack runs the whole of it on loopback, without containers: Valkey,
// the mock application, the exporter, Prometheus with our rules, Alertmanager with
// our routes, and a receiver that hears what Alertmanager says. The demonstration
// (cmd/stack) and the proof (e2e) are made of it.
//
// Every process ends with the one that started it. What it writes is in one
// folder.
package stack
