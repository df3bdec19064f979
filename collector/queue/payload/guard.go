package payload

import (
	"slices"
	"strings"
)

// guard watches for words that announce a secret, which is what follows: always
// behind a colon or =, else unless it is one of the words with which such a
// sentence goes on ("password authentication failed", "token expired").
type guard struct {
	armed      bool // the next word is a secret
	strict     bool // whatever it is
	unexpected bool // as in "unexpected token u": the word is no secret, but differs
	last       string
}

// name looks at a name that was written.
func (g *guard) name(name string) {
	word := lettersOf(name)
	was := *g
	*g = guard{last: word}
	switch {
	case announces(word), announces(was.last + word), was.armed && schemes[word]:
		g.armed = true
		g.unexpected = was.last == "unexpected"
	case was.armed && links[word]:
		g.armed = true
	}
}

// separator looks at anything else that was written, and at what follows it.
func (g *guard) separator(text, next string) {
	sentenceEnds := next == "" || next[0] == ' '
	switch text {
	case " ":
		return
	case ":":
		if strings.HasPrefix(next, ":") { // a name such as Token::Expired
			*g = guard{}
		}
		g.strict = g.armed
	case "=":
		g.strict = g.armed
	case ".", ",", ";", "!", "?", ")":
		if sentenceEnds {
			*g = guard{}
		}
	}
	g.last = ""
}

// harmless reports whether a name may follow without being the secret.
func (g *guard) harmless(name string) bool {
	word := strings.ToLower(name)
	if g.strict {
		return schemes[word]
	}
	return schemes[word] || links[word] || common[word] || slices.Contains(secretWords, word)
}

// lettersOf is a name in lower case without placeholders and what joins words.
func lettersOf(name string) string {
	var room [64]byte
	letters := room[:0]
	for name != "" {
		if p := placeholderAt(name); p != "" {
			name = name[len(p):]
			continue
		}
		if isLetter(name[0]) {
			letters = append(letters, name[0]|0x20)
		}
		name = name[1:]
	}
	return string(letters)
}

// announces reports whether a secret may follow a word, or one that ends with
// it: client_secret, X-Api-Key, dbPassword.
func announces(word string) bool {
	switch word {
	case "auth", "pass", "pin", "otp":
		return true
	}
	for _, end := range secretWords {
		if strings.HasSuffix(word, end) {
			return true
		}
	}
	return false
}

var secretWords = []string{
	"password", "passwd", "passphrase", "passcode", "pwd", "secret", "secrets", "token", "bearer", "authorization",
	"apikey", "accesskey", "accesskeyid", "privatekey", "secretkey", "signingkey", "encryptionkey", "authkey",
	"credential", "credentials", "cookie", "sessionid",
}

// schemes stand between "Authorization:" and the secret.
var schemes = set("bearer", "basic", "digest", "negotiate")

// links stand between the word and the secret.
var links = set("is", "was", "value", "header", "key", "id", "string")

// common are words that go on about a password or token instead of naming it.
var common = set(
	"a", "an", "and", "are", "as", "at", "authentication", "be", "been", "by", "can", "cannot", "check", "could", "denied",
	"did", "does", "endpoint", "error", "exceeded", "exchange", "expired", "expires", "failed", "failure", "field", "for",
	"format", "found", "from", "given", "has", "have", "in", "incorrect", "invalid", "length", "limit", "malformed", "may",
	"mismatch", "missing", "must", "no", "not", "of", "on", "or", "provided", "refresh", "rejected", "request", "required",
	"reset", "revoked", "should", "signature", "store", "supplied", "than", "that", "the", "to", "too", "type",
	"unauthorized", "unknown", "used", "validation", "verification", "were", "when", "which", "while", "will", "with",
	"without", "wrong",
)

func set(words ...string) map[string]bool {
	all := make(map[string]bool, len(words))
	for _, word := range words {
		all[word] = true
	}
	return all
}
