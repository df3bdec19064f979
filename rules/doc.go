// Package rules declares the recording and alerting rules: what is computed,
// when somebody is told, why the threshold lies where it does, and what the one
// who is told should do. Each alert is one literal, with its runbook in it.
//
// Expressions are built from the catalogue (package promql), thresholds come
// from the configuration, names from package alert. Package render makes files
// of them.
package rules
