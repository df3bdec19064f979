package statuspage

import (
	"fmt"
	"strconv"

	"valkey-exporter/collector/latency"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

// missed judges the commands that have an objective and enough calls, as the rules do.
func (c *composer) missed(server *facts) {
	l := c.Exporter.Latency
	if l == nil || server == nil || l.Over <= 0 {
		return
	}
	for _, calls := range l.Calls {
		if float64(calls.Calls)/l.Over.Seconds() <= c.limit(config.LatencyCalls) {
			continue
		}
		times := float64(calls.Exceeded) / float64(calls.Calls) / calls.Percentile.Allowed()
		c.tell(c.above(times, config.LatencyObjective, alert.LatencyObjective), alert.LatencyObjective,
			fmt.Sprintf("%s of the calls of %s took longer than %s, and %s may.", percent(float64(calls.Exceeded)/float64(calls.Calls)),
				shown(calls.Command, nameShown), calls.Limit.String(), percent(calls.Percentile.Allowed())),
			"See which keys are large, and whether all commands are slow.")
	}
}

// slow lists the newest slow commands; nil when nobody looks for them.
func (c *composer) slow() *table {
	l := c.Exporter.Latency
	if l == nil || l.Watched == nil || !l.Watched.Slowlog.Known {
		return nil
	}
	log := &l.Watched.Slowlog
	t := &table{
		ID: "slow", Title: "Slow commands", Empty: "None since the exporter looks into the slow log.",
		Heads: []string{"Command", "State", "Ended", "Took"},
	}
	for _, e := range log.Recent {
		t.Lines = append(t.Lines, slowLine(e))
	}
	if log.Took.Count > 0 {
		t.Notes = append(t.Notes, fmt.Sprintf("The newest of %s since the exporter began to look.", strconv.FormatUint(log.Took.Count, 10)))
	}
	if log.Lost > 0 {
		t.Notes = append(t.Notes, fmt.Sprintf("%s more had left the slow log before anybody looked.", strconv.FormatUint(log.Lost, 10)))
	}
	return t
}

func slowLine(e latency.SlowCommand) line {
	name, at := nameOf(e.Command), clock(e.Ended)
	return line{Level: neutral, Words: []string{"slow"}, Cells: []cell{{Name: &name}, {When: &at}, {Text: took(e.Took)}}}
}
