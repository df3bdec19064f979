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
}
