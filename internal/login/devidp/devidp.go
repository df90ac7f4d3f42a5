// Package devidp is a small OpenID provider for development.
//
// It signs in a fixed list of accounts so that `assay serve --dev` needs nothing installed. It speaks OpenID
// Connect as any provider does: discovery, authorization code with PKCE, refresh with rotation, userinfo,
// logout. It keeps everything but its signing key in memory, serves one client, and will never be part of a
// deployment: New refuses an issuer that is not on loopback.
package devidp

import (
	"crypto"
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

//go:embed page.html style.css
var files embed.FS

// Account is someone who can sign in.
type Account struct {
	Email, Name   string
	Subject       string // stable and never shown; the identity is (issuer, subject)
	Password      string
	EmailVerified bool
}

// Config is what a Provider needs.
type Config struct {
	Issuer                 string // with the path it is mounted at, such as http://127.0.0.1:8080/dev/idp
	ClientID, ClientSecret string
	RedirectURIs           []string // compared exactly
	PostLogoutRedirectURIs []string // compared exactly
	Accounts               []Account
	Key                    crypto.Signer    // ECDSA P-256 or RSA; a fresh one if nil
	Now                    func() time.Time // time.Now if nil
	Random                 io.Reader        // crypto/rand if nil
}

// Provider is the identity provider, an http.Handler for every path below its issuer's.
type Provider struct {
	cfg   Config
	base  string // the issuer's path, without a trailing slash
	key   jose.JSONWebKey
	page  *template.Template
	mux   *http.ServeMux
	mu    sync.Mutex
	codes map[string]grant
	fresh map[string]grant // by refresh token
}

// New makes a Provider. An issuer beyond loopback, an account without a subject and an unknown kind of key are errors.
func New(cfg Config) (*Provider, error) {
	issuer, err := url.Parse(cfg.Issuer)
	if err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	if !loopback(issuer) {
		return nil, fmt.Errorf("issuer %q is not on loopback: this provider is for development only", cfg.Issuer)
	}
	if cfg.ClientID == "" || cfg.ClientSecret == "" {
		return nil, errors.New("a client id and a client secret are required")
	}
	if slices.ContainsFunc(cfg.Accounts, func(a Account) bool { return a.Subject == "" || a.Password == "" }) {
		return nil, errors.New("an account lacks a subject or a password")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	key, err := signingKey(cfg.Key)
	if err != nil {
		return nil, err
	}
	page, err := template.ParseFS(files, "page.html")
	if err != nil {
		return nil, fmt.Errorf("parse page: %w", err)
	}
	p := &Provider{
		cfg: cfg, base: strings.TrimSuffix(issuer.Path, "/"), key: key, page: page,
		codes: map[string]grant{}, fresh: map[string]grant{},
	}
	p.routes()
	return p, nil
}

func loopback(u *url.URL) bool {
	if u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	address, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && address.IsLoopback()
}

func (p *Provider) routes() {
	p.mux = http.NewServeMux()
	for pattern, handle := range map[string]http.HandlerFunc{
		"GET /.well-known/openid-configuration": p.discovery,
		"GET /jwks":                             p.jwks,
		"GET /authorize":                        p.authorize,
		"POST /login":                           p.login,
		"POST /token":                           p.token,
		"GET /userinfo":                         p.userinfo,
		"POST /userinfo":                        p.userinfo,
		"GET /logout":                           p.logout,
		"POST /logout":                          p.logout,
		"GET /style.css":                        p.style,
	} {
		method, path, _ := strings.Cut(pattern, " ")
		p.mux.HandleFunc(method+" "+p.base+path, handle)
	}
}

// ServeHTTP answers below the issuer's path; nothing it says may be cached or framed.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	p.mux.ServeHTTP(w, r)
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]any{
		"issuer":                                         p.cfg.Issuer,
		"authorization_endpoint":                         p.cfg.Issuer + "/authorize",
		"token_endpoint":                                 p.cfg.Issuer + "/token",
		"jwks_uri":                                       p.cfg.Issuer + "/jwks",
		"userinfo_endpoint":                              p.cfg.Issuer + "/userinfo",
		"end_session_endpoint":                           p.cfg.Issuer + "/logout",
		"scopes_supported":                               []string{"openid", "email", "profile", "offline_access"},
		"response_types_supported":                       []string{"code"},
		"response_modes_supported":                       []string{"query"},
		"grant_types_supported":                          []string{"authorization_code", "refresh_token"},
		"subject_types_supported":                        []string{"public"},
		"id_token_signing_alg_values_supported":          []string{p.key.Algorithm},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_basic", "client_secret_post"},
		"code_challenge_methods_supported":               []string{"S256"},
		"claims_supported":                               []string{"sub", "email", "email_verified", "name"},
		"authorization_response_iss_parameter_supported": true,
	})
}

func (p *Provider) jwks(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{p.key.Public()}})
}

func (p *Provider) style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "style.css")
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a reader that went away is no fault of ours
}
