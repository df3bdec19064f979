package valkey

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// defaultPort is the port of an address that names none.
const defaultPort = "6379"

// Target is a parsed server address. Its fields hold no password, so it can be
// printed.
type Target struct {
	Network string // tcp or unix
	Address string // host:port, or the path of a socket
	TLS     bool
	User    string // from the address, empty if it names none

	password string
}

// String is the address as a person writes it, without user and password.
func (t Target) String() string {
	switch {
	case t.Network == "unix":
		return "unix://" + t.Address
	case t.TLS:
		return "valkeys://" + t.Address
	}
	return "valkey://" + t.Address
}

// HasPassword reports whether the address came with a password.
func (t Target) HasPassword() bool { return t.password != "" }

// ParseTarget reads valkey://, valkeys://, redis://, rediss:// and unix://
// addresses, and a bare host or host:port. No error repeats the address: it
// may hold a password.
func ParseTarget(address string) (Target, error) {
	if address == "" {
		return Target{}, errors.New("the address is empty: want host:port, or valkey://, valkeys://, redis://, rediss:// or unix://")
	}
	if !strings.Contains(address, "://") {
		address = "valkey://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		// url.Error quotes the whole address, and so may its cause.
		return Target{}, errors.New("the address is not a valid URL: percent-encode special characters, or pass the password by VALKEY_PASSWORD")
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return Target{}, errors.New("the address has a ? or # part, which is not supported: see the --valkey.* flags")
	}
	t := Target{User: u.User.Username()}
	t.password, _ = u.User.Password()
	if u.Scheme == "unix" {
		return t.unix(u)
	}
	return t.tcp(u)
}

func (t Target) unix(u *url.URL) (Target, error) {
	if u.Host != "" || u.Path == "" {
		return Target{}, errors.New("a unix address wants an absolute path: unix:///run/valkey/valkey.sock")
	}
	t.Network, t.Address = "unix", u.Path
	return t, nil
}

func (t Target) tcp(u *url.URL) (Target, error) {
	switch u.Scheme {
	case "valkey", "redis":
	case "valkeys", "rediss":
		t.TLS = true
	default:
		return Target{}, fmt.Errorf("unknown scheme %s: want valkey, valkeys, redis, rediss or unix", excerpt(u.Scheme))
	}
	if err := checkHost(u); err != nil {
		return Target{}, err
	}
	if db := strings.Trim(u.Path, "/"); db != "" && db != "0" {
		// The path is not quoted: a password with a slash ends up in it.
		return Target{}, errors.New("the address has a path: databases are set per queue, with db: in the configuration file; a / in a password is written %2F")
	}
	port := u.Port()
	if port == "" {
		port = defaultPort
	}
	t.Network, t.Address = "tcp", net.JoinHostPort(u.Hostname(), port)
	return t, nil
}

func checkHost(u *url.URL) error {
	switch port, err := strconv.Atoi(u.Port()); {
	case u.Host == "" && u.Path != "":
		return errors.New("the address names no host: write a socket as unix:///run/valkey/valkey.sock")
	case u.Hostname() == "":
		return errors.New("the address names no host")
	case strings.Contains(u.Hostname(), ":") && !strings.HasPrefix(u.Host, "["):
		return errors.New("the address has more than one port: write an IPv6 address in brackets, as in [::1]:6379")
	case u.Port() != "" && (err != nil || port < 1 || port > 65535):
		return fmt.Errorf("the address has port %s: want 1 to 65535", excerpt(u.Port()))
	}
	return nil
}

// serverName is the name that the server's certificate must carry.
func (t Target) serverName() string {
	host, _, err := net.SplitHostPort(t.Address)
	if err != nil {
		return ""
	}
	return host
}

// clientConfig is the TLS configuration for this target; nil without TLS.
func (t Target) clientConfig(files TLSFiles) (*tls.Config, error) {
	if !t.TLS {
		return nil, nil
	}
	config, err := files.load()
	if err != nil {
		return nil, err
	}
	if config.ServerName == "" {
		config.ServerName = t.serverName()
	}
	return config, nil
}
