//go:build unix

package alertmanager_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

// incident is what fires at the same time, and the notifications that come of it:
// receiver, severity, and the number of alerts that are not muted.
type incident struct {
	name   string
	alerts []map[string]string
	want   []string
}

func TestOneIncidentIsOneNotification(t *testing.T) {
	for version, program := range programs(t, "ALERTMANAGER") {
		t.Run(version, func(t *testing.T) {
			s := start(t, program, config.Default())
			incidents := incidents()
			for _, i := range incidents {
				s.post(i.alerts)
			}
			var got []group
			s.eventually("/api/v2/alerts/groups", &got, func() string { return notifications(got, incidents) })
		})
	}
}

// group is what becomes one notification.
type group struct {
	Labels   map[string]string
	Receiver struct{ Name string }
	Alerts   []told
}

// notifications says which incidents have others than are wanted. Of a group that is
// muted as a whole there is none.
func notifications(got []group, incidents []incident) string {
	of := map[string][]string{}
	for _, g := range got {
		loud, severity := 0, ""
		for _, a := range g.Alerts {
			severity = a.Labels["severity"]
			if len(a.Status.InhibitedBy) == 0 {
				loud++
			}
		}
		if job := g.Labels["job"]; loud > 0 {
			of[job] = append(of[job], fmt.Sprintf("%s %s %d", g.Receiver.Name, severity, loud))
		}
	}
	var mistakes []string
	for _, i := range incidents {
		slices.Sort(of[i.name])
		if !slices.Equal(of[i.name], i.want) {
			mistakes = append(mistakes, fmt.Sprintf("%s: want %q, got %q", i.name, i.want, of[i.name]))
		}
	}
	return strings.Join(mistakes, "\n")
}

func incidents() []incident {
	critical, warning := config.Critical, config.Warning
	fire := func(job, instance, queue string, s config.Severity, names ...alert.Name) []map[string]string {
		var all []map[string]string
		for _, name := range names {
			all = append(all, labelsOf(config.Default(), node{Name: name, Severity: s}, func(label string) string {
				role := "work"
				if strings.HasPrefix(queue, "running") {
					role = "processing"
				}
				return map[string]string{"job": job, "instance": instance, "queue": queue, "db": "db0", "role": role, "worker": queue}[label]
			}))
		}
		return all
	}
	var workers []map[string]string
	for i := range 20 {
		workers = append(workers, fire("workers", "a", fmt.Sprintf("running:%d", i), warning, alert.QueueProcessingStuck)...)
	}
	return []incident{
		{"server down", slices.Concat(
			fire("server down", "a", "", critical, alert.Down),
			fire("server down", "a", "high", critical, alert.QueueNotBeingProcessed, alert.QueueOldestMessageOld, alert.QueueBackup),
			fire("server down", "a", "low", warning, alert.QueueNotBeingProcessed, alert.QueueBacklogGrowing),
			fire("server down", "a", "", warning, alert.TrafficStopped, alert.QueueLooksFailing, alert.ScrapeIncomplete),
		), []string{"default critical 1"}},
		{"server full", slices.Concat(
			fire("server full", "a", "", critical, alert.MemoryCritical, alert.WritesRejected),
			fire("server full", "a", "", warning, alert.HighMemory, alert.MemoryFullSoon),
		), []string{"default critical 2"}},
		{"two servers", slices.Concat(
			fire("two servers", "a", "", critical, alert.Down),
			fire("two servers", "b", "", critical, alert.Down),
		), []string{"default critical 1", "default critical 1"}},
		{"queue stuck", slices.Concat(
			fire("queue stuck", "a", "high", critical, alert.QueueNotBeingProcessed, alert.QueueOldestMessageOld, alert.QueueBackup, alert.QueueLatencySLOBurn),
			fire("queue stuck", "a", "high", warning, alert.QueueBacklogGrowing, alert.QueueLatencySLOBurn),
		), []string{"default critical 1"}},
		{"queue late", fire("queue late", "a", "high", critical, alert.QueueOldestMessageOld, alert.QueueBackup), []string{"default critical 2"}},
		{"two queues", slices.Concat(
			fire("two queues", "a", "high", critical, alert.QueueNotBeingProcessed),
			fire("two queues", "a", "urgent", critical, alert.QueueNotBeingProcessed),
		), []string{"default critical 1", "default critical 1"}},
		{"workers", workers, []string{"default warning 20"}},
		{"job gone", slices.Concat(
			fire("job gone", "", "", critical, alert.MetricsAbsent),
			fire("job gone", "a", "", warning, alert.TargetMissing),
			fire("job gone", "b", "", warning, alert.TargetMissing),
		), []string{"default critical 1"}},
	}
}
