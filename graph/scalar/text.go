package scalar

import (
	"net/mail"
	"net/url"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

const (
	maxURL    = 2048
	maxEmail  = 254 // RFC 5321
	maxLocale = 35  // RFC 5646, 4.4.1
)

// MarshalMarkdown writes Markdown source.
func MarshalMarkdown(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalMarkdown reads Markdown source; every text is Markdown, and rendering makes it safe.
func UnmarshalMarkdown(v any) (string, error) { return text(v, "Markdown") }

// MarshalURL writes a URL.
func MarshalURL(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalURL reads an absolute http or https URL without user name or password.
func UnmarshalURL(v any) (string, error) {
	s, err := text(v, "a URL")
	if err != nil {
		return "", err
	}
	u, err := url.Parse(s)
	if err != nil || len(s) > maxURL || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		return "", refused("a URL must be absolute, http or https, and without credentials")
	}
	return s, nil
}

// MarshalEmailAddress writes an e-mail address.
func MarshalEmailAddress(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalEmailAddress reads one bare address: no display name, no quoted part, one @.
func UnmarshalEmailAddress(v any) (string, error) {
	s, err := text(v, "an EmailAddress")
	if err != nil {
		return "", err
	}
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s || len(s) > maxEmail || strings.Count(s, "@") != 1 || strings.ContainsAny(s, "\"[] ") {
		return "", refused("an EmailAddress must be written like ada@example.org")
	}
	return s, nil
}

// MarshalLocale writes a language tag.
func MarshalLocale(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalLocale reads a language tag in the form of BCP 47, such as en or pt-BR.
func UnmarshalLocale(v any) (string, error) {
	s, err := text(v, "a Locale")
	if err != nil {
		return "", err
	}
	tags := strings.Split(s, "-")
	ok := len(s) <= maxLocale && len(tags[0]) >= 2 && len(tags[0]) <= 3 && strings.Trim(tags[0], letters) == ""
	for _, tag := range tags[1:] {
		ok = ok && len(tag) >= 1 && len(tag) <= 8 && strings.Trim(tag, letters+"0123456789") == ""
	}
	if !ok {
		return "", refused("a Locale must be a language tag such as en or pt-BR")
	}
	return s, nil
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
