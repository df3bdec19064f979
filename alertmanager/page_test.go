package alertmanager_test

import (
	"regexp"
	"strings"
	"testing"

	"valkey-exporter/alertmanager"
	"valkey-exporter/config"
)

func TestThePageSaysWhomAlertsReach(t *testing.T) {
	c, err := config.Load("testdata/full.yml")
	if err != nil {
		t.Fatal(err)
	}
	page := pageOf(t, c)
	for _, want := range []string{
		"| severity | team `jobs` | team `the \"backend\" {b\\|c} \\ people, ü` | everybody else | when | `group_wait` | `group_interval` | `repeat_interval` |\n|---|---|---|---|---|---|---|---|\n",
		"\n| `critical` | `jobs-duty` | `duty` | `duty` | at any hour | 10s | 1m | 1h |\n",
		"\n| `warning` | `jobs-chat` | `jobs-chat` | `mail` | in working hours | 30s | 5m | 1d |\n",
		"\n| `info` | `record` | `nobody` | `record` | in working hours | 30s | 5m | 1d |\n",
		"\n| `none` | `nobody` | `nobody` | `nobody` |  |  |  |  |\n",
		"(sunday to thursday, saturday, 07:30 to 24:00, Asia/Dubai)",
		"goes to `heartbeat` every 1m: a dead man's switch",
		"go to `mail`.",
		"| a queue | `cluster`, `job`, `instance`, `db`, `queue` |",
		"\n| [ValkeyMemoryCritical](runbooks/ValkeyMemoryCritical.md) | `ValkeyHighMemory`, `ValkeyMemoryFullSoon` | `cluster`, `job`, `instance` | What is full is high, and will not first be full soon. |\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestThePageOfAConfigurationNamesNothingThatIsOff(t *testing.T) {
	c, err := config.Load("testdata/odd.yml")
	if err != nil {
		t.Fatal(err)
	}
	page := pageOf(t, c)
	table, _, _ := strings.Cut(page, "on purpose:")
	if strings.Contains(table, "[ValkeyDown]") || strings.Contains(page, "working hours**") || !strings.Contains(page, "goes to `nobody`.") {
		t.Errorf("got\n%s", page)
	}
}

func TestTheExampleOfThePageWorks(t *testing.T) {
	example := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(pageOf(t, config.Default()))
	if example == nil {
		t.Fatal("no example")
	}
	c, err := config.Parse("example.yml", []byte(example[1]))
	if err != nil {
		t.Fatal(err)
	}
	if to := c.Alertmanager().Teams["jobs"]; to.Critical != "jobs-phone" {
		t.Errorf("got %+v", to)
	}
}

func pageOf(t *testing.T, c config.Validated) string {
	t.Helper()
	page, err := alertmanager.Page(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}
