package collector

import "strings"

// FieldErrors are INFO fields whose text the catalogue does not understand,
// because the server has learned a new word. Their metrics are missing.
type FieldErrors []FieldError

// FieldError is one such field.
type FieldError struct {
	Field string // "INFO persistence: aof_last_write_status"
	Err   error
}

// Error lists all of them.
func (e FieldErrors) Error() string {
	texts := make([]string, len(e))
	for i, f := range e {
		texts[i] = f.Field + ": " + f.Err.Error()
	}
	return strings.Join(texts, "; ")
}

// Fields names them, without their values.
func (e FieldErrors) Fields() string {
	names := make([]string, len(e))
	for i, f := range e {
		names[i] = f.Field
	}
	return strings.Join(names, ", ")
}
