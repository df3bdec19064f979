package doc

import (
	"bytes"
	"strings"

	"valkey-exporter/collector/metric"
)

const (
	labelsTitle        = "Labels"
	circumstancesTitle = "Fields that come and go"
	infoLinesTitle     = "INFO lines with structure"
	leftOutTitle       = "INFO fields that are no metric"
)

func labels(b *bytes.Buffer) {
	heading(b, labelsTitle, "What the labels of the metrics above mean.")
	row(b, "label", "meaning")
	rule(b, 2)
	for _, l := range metric.Labels() {
		row(b, code(string(l.Label)), escape(l.Meaning))
	}
}

func circumstances(b *bytes.Buffer) {
	heading(b, circumstancesTitle, "A healthy standalone server does not send these; their metrics are absent until then.")
	row(b, "sent", "INFO fields")
	rule(b, 2)
	for _, c := range metric.Circumstances() {
		row(b, escape(c.When), keyList(c.Keys))
	}
}

func infoLines(b *bytes.Buffer) {
	heading(b, infoLinesTitle, "Lines of INFO that are more than one number, and the metrics that carry what they say. `N` is a number, `*` any text.")
	row(b, "INFO section", "field", "metrics")
	rule(b, 3)
	for _, l := range metric.InfoLines() {
		row(b, l.Section, code(string(l.Key)), familyList(l.Metrics))
	}
}

func leftOut(b *bytes.Buffer) {
	heading(b, leftOutTitle, "Everything else that a server sends, with the reason why it is left out.")
	row(b, "INFO section", "fields", "reason")
	rule(b, 3)
	for _, l := range metric.LeftOut() {
		row(b, l.Section, keyList(l.Keys), escape(l.Reason))
	}
}

func keyList(keys []metric.InfoKey) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = code(string(k))
	}
	return strings.Join(names, ", ")
}

func familyList(families []metric.Family) string {
	names := make([]string, len(families))
	for i, f := range families {
		names[i] = code(f.Base().Name())
	}
	return strings.Join(names, ", ")
}
