package valkey

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
)

// Credentials say who we are. Both may be empty: then we do not authenticate.
type Credentials struct {
	User         string
	PasswordFile string // read anew for each connection, so that a rotated password is picked up

	password string
}

// Password keeps a password that came from the environment.
func (c Credentials) Password(password string) Credentials {
	c.password = password
	return c
}

// String is who we are, without the password.
func (c Credentials) String() string { return c.User }

// Check reads the password file once, so that an unreadable one is noticed
// at the start.
func (c Credentials) Check() error {
	_, err := c.read()
	return err
}

func (c Credentials) read() (string, error) {
	if c.PasswordFile == "" {
		return c.password, nil
	}
	content, err := os.ReadFile(c.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errPasswordFile, err)
	}
	password := strings.TrimRight(string(content), "\r\n")
	if password == "" {
		return "", fmt.Errorf("%w %s is empty", errPasswordFile, c.PasswordFile)
	}
	return password, nil
}

// TLSFiles are the parts of a TLS client configuration that a person gives.
// The files are read anew for each connection, so that renewed certificates
// are picked up.
type TLSFiles struct {
	CA         string // PEM file of the authorities to trust instead of the system's
	Cert, Key  string // PEM files of the client certificate
	ServerName string // the name that the server's certificate must carry, if not the host's
	SkipVerify bool   // accept any certificate
}

// Check reads the files once, so that a mistake is noticed at the start.
func (f TLSFiles) Check() error {
	_, err := f.load()
	return err
}

func (f TLSFiles) load() (*tls.Config, error) {
	config := &tls.Config{ServerName: f.ServerName, InsecureSkipVerify: f.SkipVerify, MinVersion: tls.VersionTLS12}
	if f.CA != "" {
		pem, err := os.ReadFile(f.CA)
		if err != nil {
			return nil, fmt.Errorf("%w: authority: %w", errTLS, err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%w: authority: %s holds no PEM certificate", errTLS, f.CA)
		}
	}
	if (f.Cert == "") != (f.Key == "") {
		return nil, fmt.Errorf("%w: a client certificate needs both its certificate file and its key file", errTLS)
	}
	if f.Cert != "" {
		pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
		if err != nil {
			return nil, fmt.Errorf("%w: client certificate: %w", errTLS, err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}
