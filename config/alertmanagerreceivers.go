package config

import (
	"math"
	"net"
	"net/mail"
	"net/url"

	"go.yaml.in/yaml/v3"
)

// Receiver is somebody to tell, by one way or several. A way that is not used has
// no value. No field holds a secret, only the names of files that do.
type Receiver struct {
	Webhook   Webhook
	Email     Mailbox
	Slack     Slack
	PagerDuty PagerDuty
	Opsgenie  Opsgenie
	Telegram  Telegram
}

// Webhook is an HTTP server that takes Alertmanager's JSON.
type Webhook struct{ URL, URLFile string }

// Mailbox is who gets e-mail.
type Mailbox struct{ To string }

// Slack is a channel, written to by an incoming webhook.
type Slack struct{ Channel, APIURLFile string }

// PagerDuty is an integration of the kind Events API v2.
type PagerDuty struct{ RoutingKeyFile, URL string }

// Opsgenie is an integration of the kind API.
type Opsgenie struct{ APIKeyFile, APIURL string }

// Telegram is a chat that a bot writes to.
type Telegram struct {
	ChatID               int64
	BotTokenFile, APIURL string
}

// Pages says whether the receiver wakes people by itself.
func (r Receiver) Pages() bool { return r.PagerDuty != PagerDuty{} || r.Opsgenie != Opsgenie{} }

// Email says how e-mail is sent.
type Email struct {
	Smarthost    string // host:port
	From         string
	Username     string
	PasswordFile string
	RequireTLS   Switch
}

// receiverFields are the ways by which a receiver is told.
var receiverFields = section[Receiver]{
	named("webhook", func(r *Receiver) *Webhook { return &r.Webhook }, webhookKind),
	named("email", func(r *Receiver) *Mailbox { return &r.Email }, mailboxKind),
	named("slack", func(r *Receiver) *Slack { return &r.Slack }, slackKind),
	named("pagerduty", func(r *Receiver) *PagerDuty { return &r.PagerDuty }, pagerDutyKind),
	named("opsgenie", func(r *Receiver) *Opsgenie { return &r.Opsgenie }, opsgenieKind),
	named("telegram", func(r *Receiver) *Telegram { return &r.Telegram }, telegramKind),
}

var (
	receiverKind = way[Receiver]{checked[Receiver]{receiverFields, func(r *report, at *yaml.Node, have map[string]value, _ *Receiver) {
		if len(have) == 0 {
			r.at(at, "a receiver is told by some way; add one of %s", quoted(receiverFields.names()))
		}
	}}}
	webhookKind = way[Webhook]{checked[Webhook]{
		section[Webhook]{
			named("url", func(w *Webhook) *string { return &w.URL }, webAddress("http://127.0.0.1:9095/")),
			named("url_file", func(w *Webhook) *string { return &w.URLFile }, secretFile()),
		},
		func(r *report, at *yaml.Node, have map[string]value, _ *Webhook) {
			_, address := have["url"]
			_, file := have["url_file"]
			if address == file {
				r.at(at, "a webhook has a `url` or a `url_file`: the latter when the address is a secret; give one of the two")
			}
		},
	}}
	mailboxKind = way[Mailbox]{checked[Mailbox]{section[Mailbox]{
		named("to", func(m *Mailbox) *string { return &m.To }, mailAddresses()),
	}, needs[Mailbox]("to")}}
	slackKind = way[Slack]{checked[Slack]{section[Slack]{
		named("channel", func(s *Slack) *string { return &s.Channel }, labelValue()),
		named("api_url_file", func(s *Slack) *string { return &s.APIURLFile }, secretFile()),
	}, needs[Slack]("channel", "api_url_file")}}
	pagerDutyKind = way[PagerDuty]{checked[PagerDuty]{section[PagerDuty]{
		named("routing_key_file", func(p *PagerDuty) *string { return &p.RoutingKeyFile }, secretFile()),
		named("url", func(p *PagerDuty) *string { return &p.URL }, webAddress("https://events.eu.pagerduty.com/v2/enqueue")),
	}, needs[PagerDuty]("routing_key_file")}}
	opsgenieKind = way[Opsgenie]{checked[Opsgenie]{section[Opsgenie]{
		named("api_key_file", func(o *Opsgenie) *string { return &o.APIKeyFile }, secretFile()),
		named("api_url", func(o *Opsgenie) *string { return &o.APIURL }, webAddress("https://api.eu.opsgenie.com/")),
	}, needs[Opsgenie]("api_key_file")}}
	telegramKind = way[Telegram]{checked[Telegram]{section[Telegram]{
		named("chat_id", func(t *Telegram) *int64 { return &t.ChatID }, chatID()),
		named("bot_token_file", func(t *Telegram) *string { return &t.BotTokenFile }, secretFile()),
		named("api_url", func(t *Telegram) *string { return &t.APIURL }, webAddress("https://api.telegram.org")),
	}, needs[Telegram]("chat_id", "bot_token_file")}}
)

var emailKind = checked[Email]{
	section[Email]{
		named("smarthost", func(e *Email) *string { return &e.Smarthost }, hostAndPort()),
		named("from", func(e *Email) *string { return &e.From }, mailAddress()),
		named("username", func(e *Email) *string { return &e.Username }, labelValue()),
		named("password_file", func(e *Email) *string { return &e.PasswordFile }, secretFile()),
		named("require_tls", func(e *Email) *Switch { return &e.RequireTLS }, onOrOff()),
	},
	func(r *report, at *yaml.Node, have map[string]value, _ *Email) {
		_, name := have["username"]
		_, file := have["password_file"]
		if name != file {
			r.at(at, "email: a login is a `username` and a `password_file`; give both or neither")
		}
	},
}

// chatID is how Telegram numbers chats: groups are below zero.
func chatID() scalar[int64] {
	k := whole[int64](math.MinInt64, math.MaxInt64)
	parse := k.parse
	k.wants = "the number of a chat, which is below 0 for a group"
	k.parse = func(n *yaml.Node) (int64, bool) {
		id, ok := parse(n)
		return id, ok && id != 0
	}
	show := k.print
	k.print = func(id int64) *yaml.Node {
		if id == 0 {
			return nil
		}
		return show(id)
	}
	return k
}

func mailAddresses() scalar[string] {
	return link("an e-mail address, or several with commas between them", func(s string, _ *url.URL) (string, bool) {
		_, err := mail.ParseAddressList(s)
		return s, err == nil
	})
}

func mailAddress() scalar[string] {
	return link("an e-mail address", func(s string, _ *url.URL) (string, bool) {
		_, err := mail.ParseAddress(s)
		return s, err == nil
	})
}

func hostAndPort() scalar[string] {
	k := labelValue()
	k.wants = "a host and a port such as `smtp.example:587`"
	parse := k.parse
	k.parse = func(n *yaml.Node) (string, bool) {
		s, ok := parse(n)
		host, port, err := net.SplitHostPort(s)
		return s, ok && err == nil && host != "" && port != ""
	}
	return k
}
