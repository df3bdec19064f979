//go:build unix

package fault

import (
	"context"
	"errors"
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
	{
		Name:  "aof-never-rewritten",
		Does:  "The append-only file is not rewritten any more, and an import writes 300 MB.",
		Wants: []Want{{Alert: alert.AOFRewriteOverdue, Severity: config.Warning, Within: 33 * time.Minute, Resolved: time.Minute + told}},
		Break: growAOF,
	},
	{
		Name:  "snapshot-never-due",
		Does:  "The append-only file is off, and a snapshot is due only after more changes than ever come.",
		Wants: []Want{{Alert: alert.SnapshotStale, Severity: config.Warning, Within: 37 * time.Minute, Resolved: time.Minute + told}},
		Break: func(ctx context.Context, p Place) (Heal, error) {
			return changed(ctx, p, map[string]string{"appendonly": "no", "save": "3600 1000000000"})
		},
	},
}

// growAOF writes over one key as often as makes the file larger than it may be before
// its rewrite is overdue: 256 MiB, and thrice what all of the memory holds. Once
// rewrites are on again the server begins one by itself.
func growAOF(ctx context.Context, p Place) (Heal, error) {
	const key, most = "import:batch", 300 << 20
	restore, err := changed(ctx, p, map[string]string{"auto-aof-rewrite-percentage": "0"})
	if err != nil {
		return nil, err
	}
	db := p.Service.Primary.Client()
	defer db.Close()
	for written := 0; err == nil && written < most; written += portion {
		err = db.Set(ctx, key, make([]byte, portion), time.Hour).Err()
	}
	return restore, errors.Join(err, db.Del(ctx, key).Err())
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
