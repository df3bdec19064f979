// Package clients counts the clients of a server by groups that the configuration
// names, and the subscribers of channels. Roster asks now and then, and keeps sums
// only: no name, user or address of a client leaves the package.
package clients
