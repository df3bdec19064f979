// Package audit is how a server should be set up: which of its parameters are
// looked at, what is expected of each, and what else is judged. It knows neither
// files nor servers: the configuration makes a Baseline of a file, and the
// exporter compares it with what a server answers.
package audit
