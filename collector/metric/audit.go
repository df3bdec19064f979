package metric

var audit = &Topic{
	title: "Audit",
	intro: "Is the server set up as intended, and is it closed to strangers? What is expected is in the section `audit` of the configuration.",
}

// What CONFIG GET answers, compared with what is expected.
var (
	ConfigCompliant = audit.gauge("redis_config_compliant", Bool, Reply("CONFIG GET: the parameter, compared with audit.baseline"),
		"1 when a setting of the server is as the configuration of the exporter expects it. At 0 somebody has changed it, or it was never set. Absent when the server does not know the parameter, or does not tell.",
		LabelParameter)
	ConfigParameterInfo = audit.gauge("redis_config_parameter_info", Info, Reply("CONFIG GET: the parameter"),
		"What is expected of a setting, and what it is. Only settings that cannot hold a secret are among them.",
		LabelActual, LabelExpected, LabelParameter)
	ConfigFinding = audit.gauge("redis_config_finding", Bool, Reply("CONFIG GET: maxmemory, maxmemory-policy, appendonly and save, with the lengths of the queues"),
		"1 when settings are wrong together, or wrong for what the server is used for. 0 when they were looked at and are not. Absent when the server does not tell.",
		LabelFinding)
)

// Who could do what.
var (
	SecurityCheck = audit.gauge("redis_security_check", Bool, Reply("ACL GETUSER default, COMMAND INFO; CONFIG GET: bind, port, protected-mode, tls-port and enable-debug-command"),
		"1 when the server passes a check of its security, 0 when it does not. Absent when the server does not tell: see the checks that are unknown. Never take the absence for a pass.",
		LabelCheck)
	SecurityCheckUnknown = audit.gauge("redis_security_check_unknown", Bool, Own("error replies to ACL GETUSER, COMMAND INFO and CONFIG GET"),
		"1 for a check of the security that cannot be made, and why. Grant the exporter the command, or look yourself.",
		LabelCheck, LabelReason)
	SecurityExposed = audit.gauge("redis_security_exposed", Bool, Reply("CONFIG GET: bind, port and tls-port"),
		"1 when the server listens on an address that other machines can reach, or the other containers of a network. A firewall may still stop them. Absent when the server does not tell.")
)
