package rules

import (
	"time"

	"valkey-exporter/collector/metric"
	"valkey-exporter/config"
	"valkey-exporter/config/alert"
	"valkey-exporter/rules/promql"
)

// failing are the checks of that name which a server does not pass.
func failing(check string) promql.Expr {
	return promql.Recent(metric.SecurityCheck, promql.Eq(metric.LabelCheck, check)).Is(0)
}

// exposed are the servers that strangers can reach.
var exposed = promql.Recent(metric.SecurityExposed).Is(1)

var unprotected = &Alert{
	Name: alert.Unprotected, Component: alert.Server, Severity: config.Warning,
	Expr:        exposed.And(failing("default_user_password"), promql.OnInstance()).And(failing("protected_mode"), promql.OnInstance()),
	For:         15 * time.Minute,
	Summary:     `Anybody who reaches Valkey {{ $labels.instance }} may use it: there is no password`,
	Description: `For {for} the server has listened to other machines without a password, and protected mode is off. Whoever reaches its port reads and changes all that the default user may.`,
	Runbook: Runbook{
		Meaning: "Three things together: the server listens on an address that is not loopback, the default user needs no password, and protected mode, which would turn strangers away, is off.",
		Impact:  "Only the network decides who reads and deletes data. On the internet such servers are found and taken over within hours: `CONFIG SET` and `REPLICAOF` are enough to run programs on the host.",
		Diagnosis: []Step{
			{"valkey-cli CONFIG GET bind", "The addresses; `*` and `0.0.0.0` are all of the host."},
			{"valkey-cli ACL GETUSER default", "`nopass` among the flags, and what it may do in `commands`."},
			{"valkey-cli CLIENT LIST", "`addr` and `user`: who is connected. Addresses that nobody knows are strangers."},
			{"valkey-cli CONFIG GET dir", "A folder that nobody has chosen, such as that of keys for ssh, is the trace of a break-in."},
			{"", "Of the host: which firewall, security group or network of containers stands before the port?"},
		},
		Mitigation: []string{
			"Close the port to strangers: a firewall, or `bind` with the addresses that are needed.",
			"`CONFIG SET requirepass`, and the same in the file; then give each application a user of its own. Clients that are connected stay so, new ones need the password: change the applications first.",
			"Where only trusted containers share a network, say so: `audit: {checks: {default_user_password: off}}`.",
		},
		Why:   "Each of the three alone is usual in some place, all of them together is an open door. {for}, so that a server that is being set up is left alone. It wakes nobody, because it has mostly been so for long; make it critical where strangers are near.",
		Blind: "Firewalls: a port that nobody can reach fires all the same. A password that everybody knows. The rights of other users. A server that does not let the exporter look: see `redis_security_check_unknown`.",
	},
}

var insecure = &Alert{
	Name: alert.Insecure, Component: alert.Server, Severity: config.Info,
	Expr:        promql.Recent(metric.SecurityCheck).Is(0).And(exposed, promql.OnInstance()),
	For:         time.Hour,
	Summary:     `Valkey {{ $labels.instance }} listens to other machines and does not pass {{ $labels.check }}`,
	Description: `For {for} a check of the security has failed on a server that other machines can reach. The runbook says what each check is about.`,
	Runbook: Runbook{
		Meaning: "The server listens on an address that is not loopback. The label `check` says what is wrong: `default_user_password`, nobody needs a password; `protected_mode`, it is off; `tls`, passwords and data can be read on the way; `command_...`, the default user may delete everything, change the server or hold it up.",
		Impact:  "None by itself. It decides how much a stranger, or a mistake in an application, can do.",
		Diagnosis: []Step{
			{"valkey-cli ACL GETUSER default", "`flags` and `commands` of the user that everybody is who has not logged in as another."},
			{"valkey-cli ACL DRYRUN default CONFIG SET timeout 0", "Whether it may run a command, without running it: try so what applications need, before it is taken away."},
			{"valkey-cli CONFIG GET *port", "`port` is without TLS, `tls-port` with it; 0 is closed."},
			{"valkey-cli CONFIG GET protected-mode", "Where the default user needs no password, `yes` turns away everybody but this host."},
		},
		Mitigation: []string{
			"`default_user_password`: give the applications a password, then `CONFIG SET requirepass` with it, and the same in the file.",
			"`protected_mode`: `CONFIG SET protected-mode yes`, and in the file. As long as there is no password it turns away everybody but this host.",
			"`command_flushall`, `command_flushdb`, `command_config`, `command_keys` and `command_debug`: `ACL SETUSER default -@dangerous +info` and `+` what applications need; keep it with `ACL SAVE` or `CONFIG REWRITE`.",
			"`tls`: set `tls-port` with certificates and `port 0`, and write `valkeys://` into the address that the exporter has.",
			"A check that is not meant for this server: `audit: {checks: {tls: off}}` in the configuration of the exporter.",
		},
		Why:   "The specification wants dangerous commands restricted in production, and knows networks without TLS: so it is for the record. A server on loopback is left out, because who reaches it is on the host already. {for}, because nothing of it passes by itself.",
		Blind: "Checks that the exporter cannot make are absent here, not passed: `redis_security_check_unknown`. Users other than the default one. Whether a firewall stands before the server.",
	},
}

// deniedWindow holds fifteen scrapes at an interval of a minute.
const deniedWindow = 15 * time.Minute

var accessDenied = &Alert{
	Name: alert.AccessDenied, Component: alert.Server, Severity: config.Warning,
	Expr: promql.Increase(metric.DeniedAuth, deniedWindow).
		Plus(promql.Increase(metric.DeniedCommand, deniedWindow)).
		Plus(promql.Increase(metric.DeniedKey, deniedWindow)).
		Plus(promql.Increase(metric.DeniedChannel, deniedWindow)).
		Above(config.AccessDenied),
	For:         5 * time.Minute,
	KeepFiring:  10 * time.Minute,
	Summary:     `Valkey {{ $labels.instance }} refuses logins, commands or keys again and again`,
	Description: `More than {access_denied} logins, commands, keys or channels were refused within 15 minutes, for {for}. Somebody has the wrong password or too few rights, or is trying out what works.`,
	Runbook: Runbook{
		Meaning: "The server refuses users something more than {access_denied} times in a quarter of an hour: a login, a command, a key or a channel.",
		Impact:  "An application with a wrong password or too few rights does not work, or does only half of what it should. If nobody has changed an application, somebody is guessing.",
		Diagnosis: []Step{
			{"valkey-cli ACL LOG 20", "`reason` and `object` are what was refused, `username` and `client-info` to whom, `count` how often."},
			{"valkey-cli INFO stats", "`acl_access_denied_auth` are logins, `_cmd` commands, `_key` keys, `_channel` channels: which grows?"},
			{"valkey-cli CLIENT LIST", "`addr` in the log of refusals against those that are connected."},
			{"valkey-cli ACL LIST", "What the user of the log may do."},
		},
		Mitigation: []string{
			"Logins of one application: it has missed a new password. Give it that, or give the old one back to the user for a while: a user can have two.",
			"Commands or keys after a deployment: grant them with `ACL SETUSER`, or undo the deployment.",
			"An address that nobody knows: close the port to it, then change the passwords.",
		},
		Why:   "The exporter itself is refused each command once in ten minutes and no more, some dozens at worst; an application that does not work asks again and again. {access_denied} lie between. {for} more, because a client that reconnects is refused some times in a row.",
		Blind: "Slow guessing: fewer than {access_denied} in 15 minutes. Clients without a login on a server that wants one: they get `NOAUTH`, which counts as an error reply. Redis 7.0 counts none of this. Refusals of databases and certificates, which only late versions count: `redis_acl_access_denied_db_total`, `redis_acl_access_denied_tls_cert_total`.",
	},
}
