package config

import (
	"testing"

	"valkey-exporter/config/audit"
)

func TestOneSettingOfTheBaselineLeavesTheOthers(t *testing.T) {
	a := parsed(t, "audit: {baseline: {timeout: any, maxmemory: '>= 1gb'}, checks: {tls: off}}").Audit()
	before := Default().Audit()
	for _, p := range audit.Parameters() {
		same := a.Baseline[p] == before.Baseline[p]
		if changed := p == audit.Timeout || p == audit.Maxmemory; changed == same {
			t.Errorf("%s: expected is %q, by default %q", p, a.Baseline[p], before.Baseline[p])
		}
	}
	for _, c := range audit.Checks() {
		if on := a.Checks[c]; on == (c == audit.TLS) {
			t.Errorf("%s is on: %t", c, on)
		}
	}
}

// Tools that follow YAML 1.1, such as Helm, write true for yes.
func TestYesAndNoMayBeTrueAndFalse(t *testing.T) {
	rewritten := parsed(t, "audit: {baseline: {appendonly: true, no-appendfsync-on-rewrite: false, lazyfree-lazy-expire: true}}").Audit().Baseline
	for p, want := range map[audit.Parameter]string{audit.Appendonly: "yes", audit.NoAppendfsyncOnRewrite: "no", audit.LazyfreeExpire: "yes"} {
		if got := rewritten[p].String(); got != want {
			t.Errorf("%s: %q, want %q", p, got, want)
		}
	}
}
