//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/prometheus/common/model"

	"valkey-exporter/config"
	"valkey-exporter/dashboards"
	"valkey-exporter/rules/promql"
)

// question is what a panel or an annotation asks.
type question struct {
	board, panel, ref string
	expr              string
	instant           bool
}

func (q question) String() string { return fmt.Sprintf("%s, %q, %s", q.board, q.panel, q.ref) }

// ofPanels are the questions of a dashboard, those of folded rows included.
func ofPanels(uid string, rows []dashboard.PanelOrRowPanel) []question {
	var panels []dashboard.Panel
	for _, p := range rows {
		if p.Panel != nil {
			panels = append(panels, *p.Panel)
		} else {
			panels = append(panels, p.RowPanel.Panels...)
		}
	}
	var all []question
	for _, p := range panels {
		for _, target := range p.Targets {
			if t, ok := target.(prometheus.Dataquery); ok {
				all = append(all, question{uid, *p.Title, *t.RefId, t.Expr, t.Instant != nil && *t.Instant})
			}
		}
	}
	return all
}

// ofEvents are the questions of annotations, which all dashboards share.
func ofEvents(c config.Validated) []question {
	scope := promql.Scope{Thresholds: c.Alerts().Thresholds, Pace: c.Pace(), Panel: true}
	var all []question
	for _, e := range dashboards.Events() {
		all = append(all, question{"all dashboards", e.Name, "annotation", e.Expr.Text(scope), false})
	}
	return all
}

// asker asks as Grafana does, with everything chosen.
type asker struct {
	prometheus string
	interval   time.Duration // of scrapes
	later      time.Duration // asked as if it were so much later
	since      time.Time     // panels see nothing of what was before
}

// seen is how far back a panel looks.
const seen = time.Minute

// filled is the text with what Grafana fills in.
func (a asker) filled(expr string) string {
	return strings.NewReplacer(
		"$__rate_interval", model.Duration(4*a.interval).String(), "$__range", model.Duration(seen).String(),
		`="$queue"`, `=~".+"`, "$job", "valkey", "$instance", ".+", "$queue", ".+",
	).Replace(expr)
}

// answered says whether a question has an answer with at least one series.
func (a asker) answered(ctx context.Context, q question) (bool, error) {
	now := time.Now().Add(a.later)
	from := now.Add(-seen)
	if from.Before(a.since) {
		from = a.since
	}
	path, values := "/api/v1/query_range", url.Values{
		"query": {a.filled(q.expr)}, "start": {stamp(from)}, "end": {stamp(now)}, "step": {"1"},
	}
	if q.instant {
		path, values = "/api/v1/query", url.Values{"query": {a.filled(q.expr)}, "time": {stamp(now)}}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.prometheus+path, strings.NewReader(values.Encode()))
	if err != nil {
		return false, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	var answer struct {
		Error string
		Data  struct{ Result []json.RawMessage }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return false, fmt.Errorf("%v: %w", q, err)
	}
	if answer.Error != "" {
		return false, fmt.Errorf("%v: %s", q, answer.Error)
	}
	return len(answer.Data.Result) > 0, nil
}

func stamp(t time.Time) string { return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64) }
