// Package mail sends one mail by SMTP.
//
// It classifies nothing and retries nothing: whoever calls it does. It knows no rows.
package mail

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	gomail "github.com/wneessen/go-mail"
)

// Sender sends mail through one server.
type Sender struct {
	client *gomail.Client
	from   string
}

// NewSender makes a sender from a URL: smtp://user:password@host:587?from=name@example.com, or smtps:// for implicit
// TLS. Without encryption it speaks only to this machine.
func NewSender(text string) (*Sender, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, fmt.Errorf("mail server: the URL must be smtp://host:port or smtps://host:port")
	}
	from := u.Query().Get("from")
	if from == "" {
		return nil, fmt.Errorf("mail server: the URL must name the sender, ?from=name@example.com")
	}
	options := []gomail.Option{gomail.WithTLSPolicy(gomail.TLSMandatory)}
	if u.Scheme == "smtps" {
		options = append(options, gomail.WithSSL())
	} else if host := u.Hostname(); host == "localhost" || host == "127.0.0.1" || host == "::1" {
		options = []gomail.Option{gomail.WithTLSPolicy(gomail.TLSOpportunistic)}
	}
	if port := u.Port(); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil {
			return nil, fmt.Errorf("mail server: %w", err)
		}
		options = append(options, gomail.WithPort(n))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return &Sender{client: client, from: from}, nil
}

// Send sends a plain text to one recipient. The id, if it is given again, lets a mailbox recognize the same mail.
func (s *Sender) Send(ctx context.Context, id, to, subject, text string) error {
	m := gomail.NewMsg()
	if err := m.From(s.from); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if err := m.To(to); err != nil {
		return fmt.Errorf("recipient: %w", err)
	}
	m.SetMessageIDWithValue(id + "@assay")
	m.Subject(subject)
	m.SetBodyString(gomail.TypeTextPlain, text)
	if err := s.client.DialAndSendWithContext(ctx, m); err != nil {
		return fmt.Errorf("send mail: %w", err)
	}
	return nil
}
