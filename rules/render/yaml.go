// Package render writes rules and their runbooks: YAML for Prometheus and for
// the Prometheus operator, Markdown for people. The same configuration always
// gives the same bytes.
package render

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"valkey-exporter/rules"
)

// Prometheus is a rule file. Mimir, Thanos and vmalert read it as well.
func Prometheus(groups []rules.RuleGroup) ([]byte, error) {
	return encode(mapping("groups", groupNodes(groups)))
}

// Operator says how the PrometheusRule of the operator is to be found.
type Operator struct {
	Name      string
	Namespace string            // empty: none, so that kubectl chooses
	Labels    map[string]string // which the operator's ruleSelector wants
}

// PrometheusRule is the custom resource that the Prometheus operator loads.
func PrometheusRule(groups []rules.RuleGroup, o Operator) ([]byte, error) {
	meta := mapping("name", text(o.Name))
	if o.Namespace != "" {
		add(meta, "namespace", text(o.Namespace))
	}
	if len(o.Labels) > 0 {
		add(meta, "labels", texts(o.Labels))
	}
	resource := mapping("apiVersion", text("monitoring.coreos.com/v1"))
	add(resource, "kind", text("PrometheusRule"))
	add(resource, "metadata", meta)
	add(resource, "spec", mapping("groups", groupNodes(groups)))
	return encode(resource)
}

func encode(n *yaml.Node) ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(n); err != nil {
		return nil, fmt.Errorf("write rules: %w", err)
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("write rules: %w", err)
	}
	return b.Bytes(), nil
}

func groupNodes(groups []rules.RuleGroup) *yaml.Node {
	all := &yaml.Node{Kind: yaml.SequenceNode}
	for _, g := range groups {
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, r := range g.Rules {
			list.Content = append(list.Content, ruleNode(r))
		}
		group := mapping("name", text(g.Name))
		add(group, "rules", list)
		all.Content = append(all.Content, group)
	}
	return all
}

func ruleNode(r rules.Rule) *yaml.Node {
	if r.Record != "" {
		n := mapping("record", text(r.Record))
		add(n, "expr", text(r.Expr))
		return n
	}
	n := mapping("alert", text(string(r.Alert)))
	add(n, "expr", text(r.Expr))
	addDuration(n, "for", r.For)
	addDuration(n, "keep_firing_for", r.KeepFiring)
	add(n, "labels", texts(r.Labels))
	annotations := mapping("summary", text(r.Summary))
	add(annotations, "description", text(r.Description))
	add(annotations, "runbook_url", text(r.RunbookURL))
	add(annotations, "dashboard_url", text(r.GrafanaURL))
	add(n, "annotations", annotations)
	return n
}

func mapping(name string, value *yaml.Node) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	add(n, name, value)
	return n
}

func add(n *yaml.Node, name string, value *yaml.Node) {
	n.Content = append(n.Content, text(name), value)
}

func addDuration(n *yaml.Node, name string, d time.Duration) {
	if d > 0 {
		add(n, name, text(model.Duration(d).String()))
	}
}

// text is a string, in a block when it has several lines.
func text(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	if strings.Contains(s, "\n") {
		n.Style = yaml.LiteralStyle
	}
	return n
}

func texts(m map[string]string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		add(n, k, text(m[k]))
	}
	return n
}
