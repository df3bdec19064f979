package querycheck_test

import (
	"testing"

	"valkey-exporter/internal/querycheck"
)

func TestMistakesAreSeen(t *testing.T) {
	names := querycheck.Known()
	for _, text := range []string{
		`redis_upp{job="valkey"} == 0`, `redis_up{job="valkey",queue="a"} == 0`, `redis_up == 0`,
		`sum without (colour) (redis_up{job="valkey"})`, `redis_up{job="valkey"} and on (colour) redis_up{job="valkey"}`,
		`redis_up{job="valkey"`, `ALERTS{job="valkey",colour="red"}`,
	} {
		if len(names.Mistakes(text)) == 0 {
			t.Errorf("nothing wrong with %s", text)
		}
	}
}

func TestWhatIsRightIsLeftAlone(t *testing.T) {
	for _, text := range []string{
		`sum by (le) (rate(redis_queue_processing_duration_seconds_bucket{job="valkey",queue="a"}[5m]))`,
		`valkey:memory_used:ratio{job="valkey",instance=~".+"} > 0.8`, `ALERTS{job="valkey",alertstate="firing"}`,
	} {
		if found := querycheck.Known().Mistakes(text); len(found) > 0 {
			t.Errorf("%s: %q", text, found)
		}
	}
}
