//go:build unix

package fault

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/redis/go-redis/v9"

	"valkey-exporter/config"
	"valkey-exporter/config/alert"
)

var durabilityFaults = []Fault{
	{
		Name:  "aof-folder-readonly",
		Does:  "The folder of the append-only file is read-only when it is to be rewritten.",
		Wants: []Want{{Alert: alert.AOFRewriteFailed, Severity: config.Warning, Within: 18 * time.Minute, Resolved: time.Minute + told}},
		Break: func(ctx context.Context, p Place) (Heal, error) {
			return readonly(ctx, p, filepath.Join(p.Service.Primary.Dir, "appendonlydir"),
				func(ctx context.Context, db *redis.Client) { db.BgRewriteAOF(ctx) })
		},
	},
	{
		Name:  "bgsave-failed",
		Does:  "A snapshot cannot be written, because the folder is read-only.",
		Wants: []Want{{Alert: alert.SnapshotFailed, Severity: config.Warning, Within: 7 * time.Minute, Resolved: time.Minute + told}},
		Break: func(ctx context.Context, p Place) (Heal, error) {
			return readonly(ctx, p, p.Service.Primary.Dir,
				func(ctx context.Context, db *redis.Client) { db.BgSave(ctx) })
		},
	},
}

// readonly takes away the right to write to a folder and asks the server to.
// Whether it could is not in the reply but in INFO, which is what is tested.
func readonly(ctx context.Context, p Place, dir string, write func(context.Context, *redis.Client)) (Heal, error) {
	ask := func(ctx context.Context, mode os.FileMode) error {
		if err := os.Chmod(dir, mode); err != nil {
			return err
		}
		db := p.Service.Primary.Client()
		defer db.Close()
		write(ctx, db)
		return nil
	}
	return func(ctx context.Context) error { return ask(ctx, 0o755) }, ask(ctx, 0o555)
}
