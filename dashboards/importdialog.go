package dashboards

import "github.com/grafana/grafana-foundation-sdk/go/dashboard"

// importDialog is a dashboard that asks for the data source when it is imported.
type importDialog struct {
	Inputs   []input       `json:"__inputs"`
	Requires []requirement `json:"__requires"`
	dashboard.Dashboard
}

type input struct {
	Name        string `json:"name"`
	Label       string `json:"label"`
	Description string `json:"description"`
	Type        string `json:"type"`
	PluginID    string `json:"pluginId"`
	PluginName  string `json:"pluginName"`
}

type requirement struct {
	Type    string `json:"type"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version string `json:"version"`
}

// asked stands for the data source that is chosen in the dialog.
const asked = "DS_PROMETHEUS"

// oldest is the first version of Grafana that reads the dashboards.
const oldest = "10.0.0"

func importable(d dashboard.Dashboard) importDialog {
	variables := make([]dashboard.VariableModel, len(d.Templating.List))
	copy(variables, d.Templating.List)
	chosen := dashboard.StringOrArrayOfString{String: new("${" + asked + "}")}
	variables[0].Current = &dashboard.VariableOption{Selected: new(true), Text: chosen, Value: chosen}
	d.Templating.List = variables
	return importDialog{
		Inputs: []input{{
			Name: asked, Label: "Prometheus", Description: "The Prometheus that scrapes the exporter",
			Type: "datasource", PluginID: "prometheus", PluginName: "Prometheus",
		}},
		Requires: []requirement{
			{Type: "grafana", ID: "grafana", Name: "Grafana", Version: oldest},
			{Type: "datasource", ID: "prometheus", Name: "Prometheus", Version: "1.0.0"},
		},
		Dashboard: d,
	}
}
