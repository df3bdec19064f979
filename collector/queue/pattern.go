package queue

import "slices"

// Pattern is a glob that names queues of one database.
type Pattern struct {
	DB   int
	Glob string
	Role string
}

// patterns are all that are configured, in their order.
type patterns []Pattern

// role is that of the first pattern that matches.
func (all patterns) role(db int, key string) (role string, ok bool) {
	for _, p := range all {
		if p.DB == db && Match(p.Glob, key) {
			return p.Role, true
		}
	}
	return "", false
}

// databases are those that patterns name, ascending.
func (all patterns) databases() []int {
	var dbs []int
	for _, p := range all {
		dbs = append(dbs, p.DB)
	}
	slices.Sort(dbs)
	return slices.Compact(dbs)
}

// globs are those of one database.
func (all patterns) globs(db int) []string {
	var globs []string
	for _, p := range all {
		if p.DB == db {
			globs = append(globs, p.Glob)
		}
	}
	return globs
}

// filter is a glob for the server that lets through at least what the patterns
// of db match, so that it need not send every key; empty for every key.
func (all patterns) filter(db int) string {
	globs := all.globs(db)
	if len(globs) == 0 {
		return ""
	}
	common := literalPrefix(globs[0])
	for _, glob := range globs[1:] {
		common = commonPrefix(common, literalPrefix(glob))
	}
	if common == "" {
		return ""
	}
	return escape(common) + "*"
}
