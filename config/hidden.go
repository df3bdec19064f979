package config

import (
	"net/url"
	"strings"

	"go.yaml.in/yaml/v3"
)

// hidden is a value that no problem repeats: it may be a secret that was written in
// the wrong place.
type hidden struct{ scalar[string] }

func (h hidden) read(r *report, name string, n *yaml.Node, into *string) bool {
	s, ok := h.parse(n)
	if n.Kind != yaml.ScalarNode || !ok {
		r.at(n, "%s: want %s; what is there is not shown, for it may be a secret", name, h.wants)
		return false
	}
	*into = s
	return true
}

// secretFile is the name of a file that Alertmanager reads a secret from. It looks for
// one that does not begin with / where it was started, which is anywhere.
func secretFile() kind[string] {
	return hidden{link("the path of a file, from `/` on", func(s string, _ *url.URL) (string, bool) {
		return s, strings.HasPrefix(s, "/")
	})}
}

// webAddress is where something is sent by HTTP.
func webAddress(example string) kind[string] {
	return address{hidden{link("an address such as `"+example+"`", func(s string, u *url.URL) (string, bool) {
		return s, u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
	})}}
}

// address has no place for a password.
type address struct{ hidden }

func (a address) read(r *report, name string, n *yaml.Node, into *string) bool {
	var s string
	if !a.hidden.read(r, name, n, &s) {
		return false
	}
	if u, err := url.Parse(s); err != nil || u.User != nil {
		r.at(n, "%s: there is a password in the address, and this file is no place for one; a webhook can have its whole address in another file, `url_file`", name)
		return false
	}
	*into = s
	return true
}
