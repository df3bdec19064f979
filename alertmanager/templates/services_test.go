//go:build unix

package templates_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// patience is how long to wait for what comes at once on an idle machine.
const patience = 30 * time.Second

// services stand for Slack, Telegram, PagerDuty, Opsgenie and a mail server. They
// are on loopback, and keep what they are sent.
type services struct {
	url  string // of those that speak HTTP
	smtp string // address of the mail server
	sent chan received
}

// received is a message as the golden file of a kind has it.
type received struct{ kind, text string }

func newServices(t *testing.T) *services {
	t.Helper()
	s := &services{sent: make(chan received, 1000)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /slack", s.slack)
	mux.HandleFunc("POST /botsecret/sendMessage", s.telegram)
	mux.HandleFunc("POST /pagerduty", s.pagerduty)
	mux.HandleFunc("POST /opsgenie/v2/alerts", s.opsgenie)
	mux.HandleFunc("POST /opsgenie/v2/alerts/{alias}/close", func(http.ResponseWriter, *http.Request) {})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	mailServer, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mailServer.Close() })
	s.smtp = mailServer.Addr().String()
	go s.serveMail(mailServer)
	return s
}

// expect waits until each service was sent each of the notifications. It goes on
// telling of the alerts, as Prometheus does: a first notification may go out
// before all alerts of its group have come in.
func (s *services) expect(t *testing.T, tell func(), names ...string) {
	t.Helper()
	tell()
	again := time.NewTicker(3 * time.Second)
	defer again.Stop()
	deadline := time.After(patience)
	missing, others := goldens(t, names), []received{}
	for len(missing) > 0 {
		select {
		case got := <-s.sent:
			if _, wanted := missing[got]; !wanted {
				others = append(others, got)
			}
			delete(missing, got)
		case <-again.C:
			tell()
		case <-deadline:
			for want, golden := range missing {
				t.Errorf("%s has not arrived within %v", golden, patience)
				for _, o := range others {
					if o.kind == want.kind {
						t.Logf("this has (-want +got):\n%s", cmp.Diff(want.text, o.text))
					}
				}
			}
			return
		}
	}
}

// goldens are the messages that are to come, with the path of the file of each.
func goldens(t *testing.T, names []string) map[received]string {
	t.Helper()
	all := map[received]string{}
	for _, name := range names {
		for _, kind := range []string{"subject.txt", "text.txt", "html", "slack.txt", "telegram.txt", "pagerduty.txt", "opsgenie.txt"} {
			if kind == "opsgenie.txt" && name == "resolved" {
				continue // Opsgenie is told to close the alert, without a text
			}
			golden := "testdata/" + name + "." + kind
			all[received{kind, string(read(t, golden))}] = golden
		}
	}
	return all
}

func (s *services) slack(w http.ResponseWriter, r *http.Request) {
	var m struct {
		Attachments []struct{ Color, Title, Text string }
	}
	if json.NewDecoder(r.Body).Decode(&m) == nil && len(m.Attachments) == 1 {
		a := m.Attachments[0]
		s.sent <- received{"slack.txt", a.Color + "\n" + a.Title + "\n" + a.Text}
	}
	_, _ = io.WriteString(w, "ok")
}

func (s *services) telegram(w http.ResponseWriter, r *http.Request) {
	var m struct {
		Text string
		Mode string `json:"parse_mode"`
	}
	if json.NewDecoder(r.Body).Decode(&m) == nil && m.Mode == "HTML" {
		s.sent <- received{"telegram.txt", m.Text}
	}
	_, _ = io.WriteString(w, `{"ok": true, "result": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}}`)
}

func (s *services) pagerduty(w http.ResponseWriter, r *http.Request) {
	var m struct {
		Payload struct{ Summary, Severity string }
		Links   []struct{ HRef string }
	}
	if json.NewDecoder(r.Body).Decode(&m) == nil && len(m.Links) > 0 {
		s.sent <- received{"pagerduty.txt", m.Payload.Severity + "\n" + m.Payload.Summary}
	}
	w.WriteHeader(http.StatusAccepted)
}

func (s *services) opsgenie(w http.ResponseWriter, r *http.Request) {
	var m struct{ Priority, Message, Description string }
	if json.NewDecoder(r.Body).Decode(&m) == nil {
		s.sent <- received{"opsgenie.txt", m.Priority + "\n" + m.Message + "\n" + m.Description}
	}
	w.WriteHeader(http.StatusAccepted)
}

// serveMail speaks as much SMTP as Alertmanager does, until the listener is closed.
func (s *services) serveMail(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			letter, err := receiveMail(textproto.NewConn(conn))
			if err == nil && letter != "" {
				err = s.mail(letter)
			}
			if err != nil { // shown beside the message that is missed
				s.sent <- received{"text.txt", "mail server: " + err.Error()}
			}
		}()
	}
}

// receiveMail has the conversation of one letter.
func receiveMail(c *textproto.Conn) (string, error) {
	letter, reply := "", "220 ready"
	for {
		if err := c.PrintfLine("%s", reply); err != nil {
			return letter, nil //nolint:nilerr // the other side need not say goodbye
		}
		line, err := c.ReadLine()
		if err != nil {
			return letter, nil //nolint:nilerr // likewise
		}
		switch verb, _, _ := strings.Cut(line, " "); strings.ToUpper(verb) {
		case "DATA":
			if err := c.PrintfLine("354 go on"); err != nil {
				return "", err
			}
			data, err := c.ReadDotBytes()
			if err != nil {
				return "", err
			}
			letter, reply = string(data), "250 ok"
		case "EHLO", "HELO", "MAIL", "RCPT":
			reply = "250 ok"
		case "QUIT":
			return letter, c.PrintfLine("221 bye")
		default:
			reply = "502 " + verb + " is unknown"
		}
	}
}

// mail takes a letter apart.
func (s *services) mail(letter string) error {
	m, err := mail.ReadMessage(bufio.NewReader(strings.NewReader(letter)))
	if err != nil {
		return err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return err
	}
	s.sent <- received{"subject.txt", subject}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return ignoreEnd(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return err
		}
		kind := map[bool]string{true: "html", false: "text.txt"}[strings.HasPrefix(part.Header.Get("Content-Type"), "text/html")]
		s.sent <- received{kind, strings.ReplaceAll(string(text), "\r\n", "\n")}
	}
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("letter: %w", err)
}
