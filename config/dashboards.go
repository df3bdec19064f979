package config

import (
	"regexp"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// Dashboards says how the dashboards for Grafana are made.
type Dashboards struct {
	Folder  string         // of Grafana, in which they are
	Range   model.Duration // the time that they show at first
	Refresh model.Duration // how often they are drawn anew

	// The sidecar of Grafana's chart knows ConfigMaps with dashboards by a label,
	// and their folder by an annotation.
	SidecarLabel, SidecarAnnotation string
}

var dashboardFields = section[Dashboards]{
	named("folder", func(d *Dashboards) *string { return &d.Folder }, labelValue()),
	named("range", func(d *Dashboards) *model.Duration { return &d.Range }, spanned(5*time.Minute)),
	named("refresh", func(d *Dashboards) *model.Duration { return &d.Refresh }, spanned(5*time.Second)),
	named("sidecar_label", func(d *Dashboards) *string { return &d.SidecarLabel }, objectKey()),
	named("sidecar_annotation", func(d *Dashboards) *string { return &d.SidecarAnnotation }, objectKey()),
}

// spanned is a duration as Prometheus and Grafana both write it.
func spanned(lowest time.Duration) scalar[model.Duration] {
	return converted(duration(lowest),
		func(d time.Duration) model.Duration { return model.Duration(d) },
		func(d model.Duration) time.Duration { return time.Duration(d) })
}

var objectKeyPattern = regexp.MustCompile(`^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)

// objectKey is the key of a label or an annotation of Kubernetes.
func objectKey() scalar[string] {
	k := labelValue()
	k.wants = "the key of a label or annotation of Kubernetes, such as `grafana_dashboard`"
	parse := k.parse
	k.parse = func(n *yaml.Node) (string, bool) {
		s, ok := parse(n)
		return s, ok && objectKeyPattern.MatchString(s)
	}
	return k
}
