package devidp

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const codeLife = time.Minute

// parameters of an authorization request that the login form carries on.
var parameters = []string{
	"client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
}

// grant is what a code or a refresh token stands for.
type grant struct {
	account      Account
	redirectURI  string
	challenge    string
	nonce        string
	scope        []string
	signedIn     time.Time
	expires      time.Time
	refreshToken bool // whether offline_access was asked for
}

// view is what the page shows: a login form if there are Fields, otherwise a message.
type view struct {
	Base, Title, Message string
	Email                string
	Fields               map[string]string
	Accounts             []Account
}

func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	ask := r.URL.Query()
	if !p.acceptable(w, r, ask) {
		return
	}
	if slices.Contains(strings.Fields(ask.Get("prompt")), "none") {
		p.sendBack(w, r, ask, url.Values{"error": {"login_required"}})
		return
	}
	p.form(w, http.StatusOK, ask, "")
}

// login takes the form. The password is compared even for an unknown account, and the answer is the same.
func (p *Provider) login(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || !p.acceptable(w, r, r.PostForm) {
		return
	}
	ask := r.PostForm
	account, ok := p.account(ask.Get("email"))
	if !same(ask.Get("password"), account.Password) || !ok {
		p.form(w, http.StatusForbidden, ask, "The e-mail address or the password is wrong.")
		return
	}
	code, err := p.secret()
	if err != nil {
		http.Error(w, "no randomness", http.StatusInternalServerError)
		return
	}
	scope := strings.Fields(ask.Get("scope"))
	now := p.cfg.Now()
	p.keep(p.codes, code, grant{
		account: account, redirectURI: ask.Get("redirect_uri"), challenge: ask.Get("code_challenge"),
		nonce: ask.Get("nonce"), scope: scope, signedIn: now, expires: now.Add(codeLife),
		refreshToken: slices.Contains(scope, "offline_access"),
	})
	p.sendBack(w, r, ask, url.Values{"code": {code}})
}

// acceptable answers a request that cannot go on. One whose client or redirect URI is unknown is never redirected.
func (p *Provider) acceptable(w http.ResponseWriter, r *http.Request, ask url.Values) bool {
	if ask.Get("client_id") != p.cfg.ClientID || !slices.Contains(p.cfg.RedirectURIs, ask.Get("redirect_uri")) {
		p.show(w, http.StatusBadRequest, view{Title: "This request cannot be answered", Message: "The client or its redirect address is unknown."}, "")
		return false
	}
	fault := ""
	switch {
	case ask.Get("response_type") != "code":
		fault = "unsupported_response_type"
	case !slices.Contains(strings.Fields(ask.Get("scope")), "openid"):
		fault = "invalid_scope"
	case ask.Get("code_challenge_method") != "S256" || len(ask.Get("code_challenge")) != 43:
		fault = "invalid_request"
	default:
		return true
	}
	p.sendBack(w, r, ask, url.Values{"error": {fault}})
	return false
}

// sendBack redirects to the client with the answer, the state and who answers (RFC 9207).
func (p *Provider) sendBack(w http.ResponseWriter, r *http.Request, ask, answer url.Values) {
	to, err := url.Parse(ask.Get("redirect_uri"))
	if err != nil {
		http.Error(w, "malformed redirect address", http.StatusBadRequest)
		return
	}
	query := to.Query()
	maps.Copy(query, answer)
	query.Set("iss", p.cfg.Issuer)
	if state := ask.Get("state"); state != "" {
		query.Set("state", state)
	}
	to.RawQuery = query.Encode()
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
}

func (p *Provider) form(w http.ResponseWriter, status int, ask url.Values, message string) {
	fields := make(map[string]string, len(parameters))
	for _, name := range parameters {
		fields[name] = ask.Get(name)
	}
	email := ask.Get("email")
	if email == "" {
		email = ask.Get("login_hint")
	}
	back := ""
	if to, err := url.Parse(ask.Get("redirect_uri")); err == nil {
		back = to.Scheme + "://" + to.Host
	}
	p.show(w, status, view{Title: "Sign in", Message: message, Email: email, Fields: fields, Accounts: p.cfg.Accounts}, back)
}

// show renders the page. Browsers hold a form's redirects to form-action too, hence the client's origin in it.
func (p *Provider) show(w http.ResponseWriter, status int, v view, formTarget string) {
	v.Base = p.base
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", strings.TrimSpace(
		"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' "+formTarget))
	w.WriteHeader(status)
	_ = p.page.Execute(w, v) // a reader that went away is no fault of ours
}

func (p *Provider) account(email string) (Account, bool) {
	email = strings.TrimSpace(email)
	at := slices.IndexFunc(p.cfg.Accounts, func(a Account) bool { return strings.EqualFold(a.Email, email) })
	if at < 0 {
		return Account{}, false
	}
	return p.cfg.Accounts[at], true
}

// same compares hashes, so that neither content nor length shows in the time it takes.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

func (p *Provider) secret() (string, error) {
	raw := make([]byte, 32)
	if _, err := io.ReadFull(p.cfg.Random, raw); err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// keep remembers a grant and forgets the expired ones.
func (p *Provider) keep(in map[string]grant, secret string, g grant) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Now()
	maps.DeleteFunc(in, func(_ string, g grant) bool { return !now.Before(g.expires) })
	in[secret] = g
}

// take gives a grant at most once.
func (p *Provider) take(from map[string]grant, secret string) (grant, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, ok := from[secret]
	delete(from, secret)
	return g, ok && p.cfg.Now().Before(g.expires)
}
