package flow_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"valkey-exporter/collector/queue/flow"
)

func TestCommandsCountAtTheirEnd(t *testing.T) {
	var ran flow.Commands
	for i, name := range []string{"lpush", "lpushx", "rpush", "rpushx", "lpop", "blpop", "rpop", "brpop"} {
		ran.Add(name, float64(int(1)<<i))
	}
	want := flow.Commands{PushedHead: 1 + 2, PushedTail: 4 + 8, PoppedHead: 16 + 32, PoppedTail: 64 + 128}
	if diff := cmp.Diff(want, ran); diff != "" {
		t.Error(diff)
	}
	ran = flow.Commands{}
	for i, name := range []string{"rpoplpush", "brpoplpush", "lmove", "blmove", "lmpop", "blmpop", "lrem", "ltrim", "linsert", "lset"} {
		ran.Add(name, float64(int(1)<<i))
	}
	want = flow.Commands{
		PushedHead: 1 + 2, PoppedTail: 1 + 2, Pushed: 4 + 8, Popped: 4 + 8 + 16 + 32,
		Removed: 64 + 128, Altered: 256 + 512,
	}
	if diff := cmp.Diff(want, ran); diff != "" {
		t.Error(diff)
	}
	ran = flow.Commands{}
	for _, name := range []string{"llen", "lrange", "lindex", "lpos", "get", "del"} {
		ran.Add(name, 1)
	}
	if ran != (flow.Commands{}) {
		t.Errorf("%+v of commands that do nothing to a list", ran)
	}
}

func TestEndsAndOrdersHaveNames(t *testing.T) {
	for e, name := range map[flow.End]string{flow.Neither: "neither", flow.Head: "head", flow.Tail: "tail"} {
		if e.String() != name || e.Opposite().Opposite() != e {
			t.Errorf("%v, opposite %v", e, e.Opposite())
		}
	}
	for o, name := range map[flow.Order]string{flow.Unknown: "unknown", flow.FIFO: "fifo", flow.LIFO: "lifo"} {
		if o.String() != name {
			t.Errorf("%v, want %s", o, name)
		}
	}
}
