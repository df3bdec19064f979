// Package alertmanager makes the configuration of Alertmanager from that of the
// exporter: whom each alert reaches, what becomes one notification, which alerts keep
// quiet because another one says it better, and what a message says.
//
// Routes follow from the severities, components and teams that the rules put on
// their alerts; inhibitions name alerts by the identifiers of package alert. So a
// label or a name that no alert has cannot be routed on.
package alertmanager
