//go:build unix

package testserver

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// ServerName is in the server certificate, next to localhost and 127.0.0.1.
const ServerName = "valkey.test"

// Certs are the PEM files of a certificate authority that exists for one test,
// of a server that it vouches for, and of a client.
type Certs struct {
	CAFile         string
	ServerCertFile string
	ServerKeyFile  string
	CertFile       string // the client's
	KeyFile        string
}

// NewCerts makes a certificate authority, a server and a client certificate.
func NewCerts(t testing.TB) *Certs {
	t.Helper()
	w := certWriter{t: t, dir: t.TempDir()}
	ca, caKey := w.authority()
	c := &Certs{CAFile: w.file("ca.crt", "CERTIFICATE", ca.Raw)}
	c.ServerCertFile, c.ServerKeyFile = w.leaf("server", ca, caKey, &x509.Certificate{
		Subject:     pkix.Name{CommonName: ServerName},
		DNSNames:    []string{ServerName, "localhost"},
		IPAddresses: []net.IP{net.ParseIP(loopback), net.IPv6loopback},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	c.CertFile, c.KeyFile = w.leaf("client", ca, caKey, &x509.Certificate{
		Subject:     pkix.Name{CommonName: "exporter"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return c
}

type certWriter struct {
	t      testing.TB
	dir    string
	serial int64
}

func (w *certWriter) authority() (*x509.Certificate, crypto.Signer) {
	w.t.Helper()
	key := w.key()
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "test authority"},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	return w.sign(template, template, key.Public(), key), key
}

// leaf signs a certificate and writes NAME.crt and NAME.key.
func (w *certWriter) leaf(name string, ca *x509.Certificate, caKey crypto.Signer, template *x509.Certificate) (certFile, keyFile string) {
	w.t.Helper()
	key := w.key()
	template.KeyUsage = x509.KeyUsageDigitalSignature
	cert := w.sign(template, ca, key.Public(), caKey)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		w.t.Fatalf("key of %s: %v", name, err)
	}
	return w.file(name+".crt", "CERTIFICATE", cert.Raw), w.file(name+".key", "PRIVATE KEY", der)
}

func (w *certWriter) key() crypto.Signer {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatalf("make a key: %v", err)
	}
	return key
}

func (w *certWriter) sign(template, parent *x509.Certificate, public crypto.PublicKey, key crypto.Signer) *x509.Certificate {
	w.t.Helper()
	w.serial++
	template.SerialNumber = big.NewInt(w.serial)
	template.NotBefore = time.Now().Add(-time.Hour)
	template.NotAfter = time.Now().Add(24 * time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		w.t.Fatalf("sign %s: %v", template.Subject, err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		w.t.Fatalf("read back %s: %v", template.Subject, err)
	}
	return cert
}

func (w *certWriter) file(name, kind string, der []byte) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		w.t.Fatalf("write %s: %v", path, err)
	}
	return path
}
