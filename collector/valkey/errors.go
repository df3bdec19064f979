package valkey

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
)

// Kind is why a scrape failed, as one of a fixed set of words. It is the value
// of the err label, so it never holds text of the server.
type Kind string

// The kinds.
const (
	KindNone          Kind = ""               // nothing failed
	KindRefused       Kind = "refused"        // nobody listens there
	KindUnreachable   Kind = "unreachable"    // no route to the host
	KindUnknownHost   Kind = "unknown_host"   // the name does not resolve
	KindNoSocket      Kind = "no_socket"      // the unix socket does not exist or may not be opened
	KindTimeout       Kind = "timeout"        // no answer before the deadline
	KindCanceled      Kind = "canceled"       // the client that asked us has gone away
	KindClosed        Kind = "closed"         // the server ended the connection, perhaps inside a reply
	KindTLS           Kind = "tls"            // the TLS handshake failed
	KindProtocol      Kind = "protocol"       // the peer does not speak the Redis protocol
	KindTooLong       Kind = "too_long"       // a reply is over our limit
	KindNoAuth        Kind = "noauth"         // the server wants a password and we have none
	KindWrongPass     Kind = "wrongpass"      // user name or password is wrong
	KindPasswordFile  Kind = "password_file"  // the password file cannot be read
	KindProtectedMode Kind = "protected_mode" // the server takes only loopback connections
	KindMaxClients    Kind = "max_clients"    // the server has no connection left
	KindDenied        Kind = "denied"         // our user may not run the command
	KindUnknown       Kind = "unknown"        // the server has no such command (it was renamed)
	KindLoading       Kind = "loading"        // the server is loading its dataset
	KindBusy          Kind = "busy"           // a script blocks the server
	KindParse         Kind = "parse"          // a reply holds something that we do not understand
	KindOther         Kind = "other"          // none of the above: see the log
)

// Kinds lists every kind but KindNone, so that a metric can be complete.
func Kinds() []Kind {
	return []Kind{
		KindRefused, KindUnreachable, KindUnknownHost, KindNoSocket, KindTimeout, KindCanceled, KindClosed,
		KindTLS, KindProtocol, KindTooLong, KindNoAuth, KindWrongPass, KindPasswordFile, KindProtectedMode,
		KindMaxClients, KindDenied, KindUnknown, KindLoading, KindBusy, KindParse, KindOther,
	}
}

// Hint says what a person can do about a failure of this kind.
func (k Kind) Hint() string {
	switch k {
	case KindRefused, KindUnreachable:
		return "check that the server runs and that --valkey.addr is right"
	case KindUnknownHost:
		return "check the host name in --valkey.addr"
	case KindNoSocket:
		return "check the socket's path in --valkey.addr, unixsocket in the server's configuration and the file's permissions"
	case KindTimeout:
		return "the server accepts connections but does not answer: look for a blocked or stopped process, or a firewall; with valkeys://, whether the port speaks TLS"
	case KindClosed:
		return "the server ended the connection: look into its log, and check whether --valkey.addr is the port of something else, or wants TLS (valkeys://)"
	case KindTLS:
		return "check --valkey.tls-ca-file, --valkey.tls-server-name and the client certificate, and that the port speaks TLS"
	case KindProtocol:
		return "check that --valkey.addr is a Valkey or Redis port and whether it wants TLS (valkeys://)"
	case KindNoAuth:
		return "the server wants a password: set VALKEY_PASSWORD or --valkey.password-file (and --valkey.user for an ACL user)"
	case KindWrongPass:
		return "check VALKEY_PASSWORD or the password file, and --valkey.user; a corrected file is read at the next scrape"
	case KindPasswordFile:
		return "check --valkey.password-file and its permissions"
	case KindProtectedMode:
		return "the server is in protected mode: set a password or bind address there, or run the exporter on the same host"
	case KindMaxClients:
		return "the server has reached maxclients: raise it, or find who leaks connections with CLIENT LIST"
	case KindDenied:
		return "the exporter's user may not run this command: docs/acl.md has the rights it needs"
	case KindUnknown:
		return "the command was renamed or disabled on the server: what it tells is missing"
	case KindLoading:
		return "the server is loading its dataset: wait, and watch redis_loading_loaded_bytes"
	case KindBusy:
		return "a script blocks the server: SCRIPT KILL, or FUNCTION KILL, ends it if it has not written"
	case KindCanceled, KindTooLong, KindParse, KindOther, KindNone:
	}
	return ""
}

// WithHint adds to the attributes of a log line what to do about a failure of
// this kind, if there is anything.
func (k Kind) WithHint(attributes ...any) []any {
	if k.Hint() == "" {
		return attributes
	}
	return append(attributes, "hint", k.Hint())
}

// replyKinds maps the first words of error replies to kinds.
var replyKinds = []struct {
	prefix string
	kind   Kind
}{
	{"NOAUTH", KindNoAuth},
	{"WRONGPASS", KindWrongPass},
	{"ERR invalid password", KindWrongPass},
	{"ERR AUTH <password> called without any password", KindWrongPass},
	{"ERR Client sent AUTH, but no password is set", KindWrongPass},
	{"DENIED", KindProtectedMode},
	{"ERR max number of clients reached", KindMaxClients},
	{"NOPERM", KindDenied},
	{"ERR ACL failure in script", KindDenied},
	{"ERR The user executing the script can't", KindDenied}, // Redis 7.0
	{"ERR unknown command", KindUnknown},
	{"ERR unknown subcommand", KindUnknown},
	{"ERR Unknown subcommand", KindUnknown},
	{"ERR Unknown command called from script", KindUnknown},
	{"ERR Unknown Redis command called from script", KindUnknown},
	{"LOADING", KindLoading},
	{"BUSY", KindBusy},
	{"TOOLONG", KindTooLong},
}

// KindOf classifies an error of a scrape.
func KindOf(err error) Kind {
	if err == nil {
		return KindNone
	}
	if reply, ok := replyText(err); ok {
		return replyKind(reply)
	}
	return transportKind(err)
}

// Word is what is lasting about an error, empty for nil: its kind, or the first
// word of a server's reply that is of no kind. The rest of the text may differ
// at every scrape.
func Word(err error) string {
	kind := KindOf(err)
	if kind != KindOther {
		return string(kind)
	}
	reply, _ := replyText(err)
	word, _, _ := strings.Cut(reply, " ")
	return cmp.Or(word, string(kind))
}

func replyKind(reply string) Kind {
	for _, k := range replyKinds {
		if strings.Contains(reply, k.prefix) {
			return k.kind
		}
	}
	return KindOther
}

func transportKind(err error) Kind {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.Is(err, errPasswordFile):
		return KindPasswordFile
	case errors.Is(err, errParse):
		return KindParse
	case errors.Is(err, errGarbage), strings.HasPrefix(err.Error(), "redis: can't parse"), strings.HasPrefix(err.Error(), "redis: invalid reply"):
		return KindProtocol
	case isTLS(err):
		return KindTLS
	case errors.Is(err, context.Canceled):
		return KindCanceled
	case errors.As(err, &dns) && !dns.IsTimeout:
		return KindUnknownHost
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return KindTimeout
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return KindNoSocket
	case errors.Is(err, syscall.ECONNREFUSED):
		return KindRefused
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return KindUnreachable
	case isClosed(err):
		return KindClosed
	}
	return KindOther
}

func isTLS(err error) bool {
	var alert tls.AlertError
	var record tls.RecordHeaderError
	var verification *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var remote *net.OpError // an alert of the server has no exported type
	if errors.As(err, &remote) && remote.Op == "remote error" {
		return true
	}
	return errors.As(err, &alert) || errors.As(err, &record) || errors.As(err, &verification) ||
		errors.As(err, &unknown) || errors.Is(err, errTLS)
}

// isClosed reports whether the peer ended the connection.
func isClosed(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrClosed)
}

// reached reports whether an error means that the server is there and knows
// us: it answered something other than "go away".
func reached(err error) bool {
	switch KindOf(err) {
	case KindNone, KindDenied, KindUnknown, KindLoading, KindBusy, KindTooLong, KindParse:
		return true
	case KindOther:
		return isReply(err)
	default:
		return false
	}
}

var (
	errPasswordFile = errors.New("password file")
	errParse        = errors.New("reply not understood")
	errTLS          = errors.New("TLS")
	errRefused      = errors.New("the server refuses the command; it is asked again later")
)

// parseError marks err as a reply that came whole but was not understood.
func parseError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errParse, err)
}
