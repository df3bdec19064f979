//go:build unix

package fault

import (
	"context"
	"time"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

var watchFaults = []Fault{
	{
		Name:  "exporter-killed",
		Short: true,
		Does:  "The exporter is gone.",
		Wants: []Want{{Alert: alert.ExporterDown, Severity: config.Critical, Within: 5 * time.Minute, Resolved: time.Minute + told}},
		Break: func(_ context.Context, p Place) (Heal, error) {
			p.Service.Exporter.Kill()
			return func(ctx context.Context) error { return p.Service.Exporter.Start(ctx) }, nil
		},
	},
	{
		Name:  "target-removed",
		Short: true,
		Does:  "Prometheus has lost the targets of the job from its configuration.",
		Alone: true,
		Wants: []Want{{Alert: alert.MetricsAbsent, Severity: config.Critical, Within: 8 * time.Minute, Resolved: time.Minute + told}},
		Break: func(_ context.Context, p Place) (Heal, error) {
			return func(context.Context) error { return p.Stack.Restore(p.Service) }, p.Stack.Remove(p.Service)
		},
	},
}
