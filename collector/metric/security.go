package metric

var security = &Topic{
	title: "Security",
	intro: "Who was refused, and when certificates run out. `ACL LOG` names the client behind a refusal.",
}

// Refusals.
var (
	DeniedAuth = security.counter("redis_acl_access_denied_auth_total", None, field("stats", "acl_access_denied_auth", number),
		"Logins refused: wrong user or password. Growth is a rotated password that a client has missed, or somebody guessing.")
	DeniedCommand = security.counter("redis_acl_access_denied_cmd_total", None, field("stats", "acl_access_denied_cmd", number),
		"Commands refused because the user may not call them.")
	DeniedKey = security.counter("redis_acl_access_denied_key_total", None, field("stats", "acl_access_denied_key", number),
		"Commands refused because the user may not touch the key.")
	DeniedChannel = security.counter("redis_acl_access_denied_channel_total", None, field("stats", "acl_access_denied_channel", number),
		"Commands refused because the user may not use the pub/sub channel.")
	DeniedDB = security.counter("redis_acl_access_denied_db_total", None, field("stats", "acl_access_denied_db", number),
		"Commands refused because the user may not use the database (Valkey 9.1 and later).")
	DeniedTLSCert = security.counter("redis_acl_access_denied_tls_cert_total", None, field("stats", "acl_access_denied_tls_cert", number),
		"Logins by client certificate that were refused (Valkey 9.1 and later).")
)

// Certificates.
var (
	TLSServerCertExpiry = security.gauge("redis_tls_server_cert_expires_in_seconds", Seconds, field("tls", "tls_server_cert_expires_in_seconds", untilExpiry),
		"Time until the server's certificate expires and clients refuse it. Absent when the server has none (Valkey 9.1 and later).")
	TLSClientCertExpiry = security.gauge("redis_tls_client_cert_expires_in_seconds", Seconds, field("tls", "tls_client_cert_expires_in_seconds", untilExpiry),
		"Time until the certificate expires with which the server connects to its primary and to cluster nodes. Absent when it has none (Valkey 9.1 and later).")
	TLSCACertExpiry = security.gauge("redis_tls_ca_cert_expires_in_seconds", Seconds, field("tls", "tls_ca_cert_expires_in_seconds", untilExpiry),
		"Time until the first certificate of the authorities that the server trusts expires. Absent when it has none (Valkey 9.1 and later).")
)
