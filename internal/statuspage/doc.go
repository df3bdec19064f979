// Package statuspage is the page at /: for machines without Grafana, one look
// says what is the case, and what of it needs attention.
//
// It asks the server nothing. It shows what the last scrape brought, whoever
// scraped, what the loop that looks into queues knows, and half an hour of both,
// which a Page keeps in memory. What it judges, it judges by the thresholds of
// the alert rules, and names the alert.
//
//	page.go                    what it is told, and who is given it
//	facts.go, history.go       what is kept of scrapes, and of the last half hour
//	judge.go, queuejudge.go    levels, thresholds, problems
//	server.go, queues.go, exporter.go   a part of the page each
//	view.go, render.go         the whole, as page.html shows it
//	assess.go                  the same judgement, for who looks once
//	graph.go, units.go         how a number is drawn and written
package statuspage
