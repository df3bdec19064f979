package queue

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestTheFirstPatternOfTheDatabaseDecidesTheRole(t *testing.T) {
	all := patterns{
		{DB: 0, Glob: "queue:dead:*", Role: "dead_letter"},
		{DB: 0, Glob: "queue:*", Role: "work"},
		{DB: 1, Glob: "*", Role: "processing"},
	}
	for _, c := range []struct {
		db   int
		key  string
		role string
	}{
		{0, "queue:dead:mail", "dead_letter"},
		{0, "queue:mail", "work"},
		{0, "cache:mail", ""},
		{1, "queue:dead:mail", "processing"},
		{2, "queue:mail", ""},
	} {
		if role, ok := all.role(c.db, c.key); role != c.role || ok != (c.role != "") {
			t.Errorf("role(%d, %q) = %q, %v, want %q", c.db, c.key, role, ok, c.role)
		}
	}
}

func TestDatabasesAreNamedOnce(t *testing.T) {
	all := patterns{{DB: 5}, {DB: 0}, {DB: 5}, {DB: 1}}
	if got, want := all.databases(), []int{0, 1, 5}; !slices.Equal(got, want) {
		t.Errorf("databases() = %v, want %v", got, want)
	}
}

func TestFilterIsTheCommonPrefix(t *testing.T) {
	for _, c := range []struct {
		globs []string
		want  string
	}{
		{[]string{"queue:processing:*"}, "queue:processing:*"},
		{[]string{"queue:processing:*", "queue:dead:*"}, "queue:*"},
		{[]string{"queue:*", "que"}, "que*"},
		{[]string{`a\*b*`, `a\*c`}, `a\*` + "*"},
		{[]string{"queue:*", "jobs:*"}, ""},
		{[]string{"queue:*", "*"}, ""},
		{nil, ""},
	} {
		all := patterns{{DB: 9, Glob: "other"}}
		for _, glob := range c.globs {
			all = append(all, Pattern{Glob: glob})
		}
		if got := all.filter(0); got != c.want {
			t.Errorf("filter of %q = %q, want %q", c.globs, got, c.want)
		}
	}
}

func TestFilterLetsEveryMatchThrough(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	keys := words(random, 1000, 1, 5)
	globs := words(random, 3000, 1, 6)
	for pair := range slices.Chunk(globs, 2) { // neighbors often share a prefix
		all := patterns{{Glob: pair[0]}, {Glob: pair[1]}}
		filter := all.filter(0)
		for _, key := range keys {
			if _, wanted := all.role(0, key); wanted && filter != "" && !Match(filter, key) {
				t.Errorf("%q hides %q, which %q matches", filter, key, pair)
			}
		}
	}
}
