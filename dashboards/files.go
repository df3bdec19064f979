package dashboards

import (
	"bytes"
	"fmt"

	"valkey-exporter/config"
	"valkey-exporter/dashboards/grafana"
)

// Files are the dashboards by path: in provisioning as Grafana reads them from
// a folder, in import as its import dialog takes them, asking for the data source,
// and in kubernetes as ConfigMaps for the sidecar of Grafana's chart.
func Files(c config.Validated, k Kubernetes) (map[string][]byte, error) {
	files := map[string][]byte{}
	var maps bytes.Buffer
	p, o := grafana.For(c), grafana.Options{Refresh: c.Dashboards().Refresh.String(), Events: Events()}
	for _, d := range All(c) {
		made, err := p.Build(d, o)
		if err != nil {
			return nil, err
		}
		text, err := grafana.JSON(made)
		if err != nil {
			return nil, err
		}
		asks, err := grafana.JSON(importable(made))
		if err != nil {
			return nil, err
		}
		configMap, err := k.configMap(d.UID, text, c.Dashboards())
		if err != nil {
			return nil, err
		}
		files["provisioning/"+d.UID+".json"], files["import/"+d.UID+".json"] = text, asks
		fmt.Fprintf(&maps, "---\n%s", configMap)
	}
	files["kubernetes/valkey-dashboards.yml"] = maps.Bytes()
	var err error
	files["provisioning/valkey.yml"], err = provider(c.Dashboards())
	return files, err
}
