// Package latency knows of the speed of a server what needs memory: how long its
// answers take, what has been slow since the last look into the slow log, which
// commands meet their objectives lately, and which commands nobody has sent for a
// while. All but Watcher, the loop, are pure state machines.
package latency
