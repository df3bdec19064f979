package valkey

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAUserIsReadWithItsSelectorsAndWithoutItsPasswords(t *testing.T) {
	reply := list{
		"flags",
		list{"on", "nopass", "sanitize-payload"},
		"passwords",
		list{"2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"},
		"commands", "+@all -@dangerous +INFO", "keys", "~*", "channels", "&*",
		"selectors",
		list{list{"commands", "-@all +flushall", "keys", "~a", "channels", ""}},
	}
	got, err := parseUser(reply)
	want := &User{On: true, NoPass: true, Rules: [][]string{{"+@all", "-@dangerous", "+info"}, {"-@all", "+flushall"}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
}

func TestWhatIsNoUserIsAnError(t *testing.T) {
	for _, reply := range []any{
		nil, "default",
		list{"flags"},
		list{"flags", "on"},
		list{"flags", list{int64(1)}},
		list{"flags", list{"on"}},
		list{"commands", int64(1)},
		list{"commands", "+@all", "selectors", "none"},
		list{"commands", "+@all", "selectors", list{"none"}},
		list{"commands", "+@all", "selectors", list{list{"commands", int64(1)}}},
	} {
		if u, err := parseUser(reply); err == nil || u != nil {
			t.Errorf("%v is taken for %+v", reply, u)
		}
	}
}

func TestCommandsAreReadInTheirOrder(t *testing.T) {
	info := list{"x", int64(-1), list{"write"}, int64(0), int64(0), int64(0), list{"@write", "@dangerous"}, list{}, list{}, list{}}
	got, err := parseCommands(list{info, nil, info, nil, info})
	known := func(name string) ServerCommand { return ServerCommand{name, true, []string{"@write", "@dangerous"}} }
	want := []ServerCommand{known("flushall"), {Name: "flushdb"}, known("config|set"), {Name: "keys"}, known("debug")}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	for _, reply := range []any{
		nil,
		list{},
		list{nil},
		list{nil, nil, nil, nil, "debug"},
		list{nil, nil, nil, nil, info[:6]},
		list{nil, nil, nil, nil, list{"x", "", "", "", "", "", "@write"}},
		list{nil, nil, nil, nil, list{"x", "", "", "", "", "", list{int64(1)}}},
	} {
		if got, err := parseCommands(reply); err == nil {
			t.Errorf("%v is taken for %v", reply, got)
		}
	}
}

func TestTheLastRuleAboutACommandCounts(t *testing.T) {
	flushall := ServerCommand{"flushall", true, []string{"@keyspace", "@write", "@slow", "@dangerous"}}
	set := ServerCommand{"config|set", true, []string{"@admin", "@slow", "@dangerous"}}
	for rules, want := range map[string][2]bool{
		"":                                      {false, false},
		"+@all":                                 {true, true},
		"-@all":                                 {false, false},
		"+@all -@dangerous":                     {false, false},
		"+@all -@dangerous +flushall":           {true, false},
		"+@all -flushall":                       {false, true},
		"+@all -config":                         {true, false},
		"+@all -config|set":                     {true, false},
		"+@all -config|get":                     {true, true},
		"-@all +config|get":                     {false, false},
		"-@all +config -config|set":             {false, false},
		"-@all +config|set":                     {false, true},
		"-@all +@write -@admin":                 {true, false},
		"-@all +flushall|async":                 {true, false},
		"+@all -@all":                           {false, false},
		"-@all +@read +@hash +get +flushallnot": {false, false},
	} {
		u := User{Rules: [][]string{strings.Fields(rules)}}
		if got := [2]bool{u.May(flushall), u.May(set)}; got != want {
			t.Errorf("%q: FLUSHALL and CONFIG SET %v, want %v", rules, got, want)
		}
	}
	either := User{Rules: [][]string{{"-@all"}, {"+flushall"}}}
	if !either.May(flushall) || either.May(set) {
		t.Error("what a selector allows is not allowed, or more")
	}
}
