// Package doc renders the catalogue of metrics as Markdown. Importing it costs
// the exporter nothing: only the command that writes documentation does.
package doc

import (
	"bytes"
	"fmt"
	"strings"

	"valkey-exporter/collector/metric"
)

// Alerts names the alerts that read a metric.
type Alerts func(*metric.Metric) []string

// Metrics is docs/metrics.md below its marker: every topic with its metrics and
// their alerts, the labels, and the fields of INFO that are no metric.
func Metrics(alerts Alerts) []byte {
	var b bytes.Buffer
	introduction(&b)
	for _, t := range metric.Topics() {
		topic(&b, t, alerts)
	}
	labels(&b)
	circumstances(&b)
	infoLines(&b)
	leftOut(&b)
	return b.Bytes()
}

func introduction(b *bytes.Buffer) {
	fmt.Fprintf(b, "# Metrics\n\n"+
		"The %d metric families that the exporter can expose, by topic, and one of Prometheus itself. A server that does not send a field yields no sample: absent is not zero.\n"+
		"All names that redis_exporter exposes by default are kept, with type and labels.\n"+
		"[Cardinality](cardinality.md) says how many series a queue can have. The alerts named with a metric are those that [read it](alerts.md).\n\n", len(metric.All())-1)
	for _, t := range metric.Topics() {
		fmt.Fprintf(b, "- [%s](#%s)\n", t.Title(), anchor(t.Title()))
	}
	for _, title := range []string{labelsTitle, circumstancesTitle, infoLinesTitle, leftOutTitle} {
		fmt.Fprintf(b, "- [%s](#%s)\n", title, anchor(title))
	}
}

func topic(b *bytes.Buffer, t *metric.Topic, alerts Alerts) {
	heading(b, t.Title(), t.Intro())
	row(b, "metric", "type", "unit", "labels", "source", "meaning", "alerts")
	rule(b, 7)
	for _, m := range t.Metrics() {
		row(b, code(m.Name()), strings.ToLower(m.Type().String()), string(m.Unit()), labelList(m), escape(m.Source().String()), escape(m.Help()), alertLinks(alerts(m)))
	}
}

func alertLinks(names []string) string {
	links := make([]string, len(names))
	for i, name := range names {
		links[i] = "[" + name + "](runbooks/" + name + ".md)"
	}
	return strings.Join(links, ", ")
}

func labelList(m *metric.Metric) string {
	names := make([]string, len(m.Labels()))
	for i, l := range m.Labels() {
		names[i] = code(string(l))
	}
	return strings.Join(names, ", ")
}
