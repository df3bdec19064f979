// Package promql builds the few shapes of PromQL that our rules need, out of
// entries of the catalogue and thresholds of the configuration, and nothing
// else: the text of an expression cannot be written by hand.
//
// What does not compile: a metric that does not exist, the rate of a gauge, the
// value of a counter, a threshold that the configuration does not have. What
// panics while the package rules is initialised, and so in each of its tests: a
// label that the metric does not have, and two vectors of different labels that
// are joined without saying on which.
//
// It is not a PromQL library; promtool is the parser.
package promql
