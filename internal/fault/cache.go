//go:build unix

package fault

import (
	"time"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

var cacheFaults = []Fault{
	{
		Name:   "cold-cache",
		Does:   "An over-eager invalidation deletes entries just before they are read.",
		Wants:  []Want{{Alert: alert.HitRateLow, Severity: config.Warning, Within: 22 * time.Minute, Resolved: 11*time.Minute + told}},
		Uptime: 30 * time.Minute,
		Break:  trouble("cold-cache"),
	},
	{
		Name:  "missing-ttl",
		Does:  "Sessions and user entries are written without a TTL.",
		Wants: []Want{{Alert: alert.ClassLeaking, Severity: config.Warning, Within: 55 * time.Minute, Resolved: 20*time.Minute + told}},
		Break: trouble("missing-ttl"),
	},
	{
		Name:  "stuck-lock",
		Short: true,
		Does:  "A lock is taken without a TTL and never released.",
		Wants: []Want{{Alert: alert.LockStuck, Severity: config.Warning, Within: 25 * time.Minute, Resolved: 12*time.Minute + told}},
		Break: trouble("stuck-lock"),
	},
}
