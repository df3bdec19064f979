package alertmanager

import "valkey-exporter/config"

// workingHours is the name of the interval.
const workingHours = "working-hours"

type timeInterval struct {
	Name          string
	TimeIntervals []hours `yaml:"time_intervals"`
}

type hours struct {
	Weekdays []string `yaml:",flow"`
	Times    []span   `yaml:",flow"`
	Location string
}

type span struct {
	StartTime string `yaml:"start_time"`
	EndTime   string `yaml:"end_time"`
}

// timeIntervals are the working hours, if there are any.
func timeIntervals(a config.Alertmanager) []timeInterval {
	h := a.WorkingHours
	if h == nil {
		return nil
	}
	return []timeInterval{{workingHours, []hours{{h.Days, []span{{h.From, h.To}}, h.TimeZone}}}}
}

// inWorkingHours lets a route and all below it tell what there is in working hours
// only. What has begun before is told when they begin, if it is still so.
func inWorkingHours(r *Route) {
	r.ActiveTimeIntervals = []string{workingHours}
	for i := range r.Routes {
		inWorkingHours(&r.Routes[i])
	}
}
