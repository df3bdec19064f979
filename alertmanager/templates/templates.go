// Package templates holds the messages that Alertmanager sends, as a file of Go templates.
package templates

import _ "embed"

// File is valkey.tmpl, written by hand. It calls valkey.action, which Actions of
// package alertmanager makes, and which has to lie beside it.
//
//go:embed valkey.tmpl
var File string
