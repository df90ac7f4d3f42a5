// Package web puts everything behind one address: the API, sign-in, and the few pages that people see.
//
// It names requests, logs each once, bounds them, sets security headers and recovers. It holds no rule: what a page
// shows comes from an operation that was asked for it.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/sitting"
)

// Config is what the pages and the API are served from.
type Config struct {
	Login     *login.Service
	GraphQL   http.Handler
	Schema    string // as it is published at /schema.graphql
	Account   *account.Service
	Sittings  *sitting.Service
	Grading   *grading.Service
	Ready     func(context.Context) error
	PublicURL string
	Issuer    string // the identity provider, which a sign-out may lead to
	Proxies   []netip.Prefix
	Log       *slog.Logger
	Metrics   *prometheus.Registry
	Now       func() time.Time

	// SignInLink mails who was invited with an address a link to come back by, if anybody was.
	SignInLink func(ctx context.Context, address string) error

	// RunnerCalled has the run asked for whose code runner called with its secret. An unknown one is NotFound.
	RunnerCalled func(ctx context.Context, secret string) error

	Dev      bool
	Provider http.Handler                          // the development identity provider, below /dev/idp/; nil in production
	Mails    func(context.Context) ([]Mail, error) // the development mailbox; nil in production
	Accounts []string                              // addresses to show on the start page in development
}

// Mail is a mail as the development mailbox shows it.
type Mail struct {
	At                       time.Time
	Recipient, Subject, Text string
}

// Site serves the public and the administrative address.
type Site struct {
	cfg      Config
	pages    pages
	words    map[string]*words // by language
	assets   *assets
	draining draining
	seen     *seen
	errands  chan struct{} // one for each that is under way
	asks     *quota[netip.Prefix]
	calls    *quota[string] // of code runners, by their secrets
}

// New makes a site. Templates that do not parse are an error.
func New(cfg Config) (*Site, error) {
	p, err := parsePages(strings.TrimSuffix(cfg.PublicURL, "/"))
	if err != nil {
		return nil, err
	}
	a, err := packAssets()
	if err != nil {
		return nil, err
	}
	said, err := readWords()
	if err != nil {
		return nil, err
	}
	return &Site{
		cfg: cfg, pages: p, words: said, assets: a, seen: newSeen(cfg.Metrics), errands: make(chan struct{}, mostErrands),
		asks:  &quota[netip.Prefix]{most: mostAsks, span: askSpan},
		calls: &quota[string]{most: mostCalls, span: callSpan},
	}, nil
}

// Public is everything that the outside may reach.
func (s *Site) Public() http.Handler {
	signedIn := http.NewServeMux()
	signedIn.Handle("/graphql", s.cfg.GraphQL)
	signedIn.HandleFunc("GET /{$}", s.start)
	signedIn.HandleFunc("GET /login", s.cfg.Login.Login)
	signedIn.HandleFunc("GET /login/callback", s.cfg.Login.Callback)
	signedIn.HandleFunc("POST /logout", s.cfg.Login.Logout)
	signedIn.HandleFunc("POST /organization", s.cfg.Login.Choose)
	signedIn.HandleFunc("GET /take/{token}", discreet(s.take))
	signedIn.HandleFunc("POST /take/{token}", discreet(s.accept))
	signedIn.HandleFunc("GET /sittings/{id}", s.sitting)
	signedIn.HandleFunc("GET /take", discreet(s.lost))
	signedIn.HandleFunc("POST /take", discreet(s.askLink))
	signedIn.HandleFunc("GET /take/in/{token}", discreet(s.comeBack))
	signedIn.HandleFunc("POST /take/in/{token}", discreet(s.enterAgain))
	signedIn.HandleFunc("GET /reports/{id}", s.report)
	signedIn.HandleFunc("GET /shared/{token}", discreet(s.shared))
	signedIn.HandleFunc("HEAD "+uploadPath+"{secret}", s.uploadOffset)
	signedIn.HandleFunc("PATCH "+uploadPath+"{secret}", s.uploadPart)
	signedIn.HandleFunc("/", s.missing)

	mux := http.NewServeMux()
	mux.Handle("/", s.cfg.Login.Middleware(signedIn))
	mux.HandleFunc("GET /files/{secret}", s.recording)
	mux.HandleFunc("POST "+RunnerPath+"{secret}", s.runnerCalls)
	mux.HandleFunc("PUT "+RunnerPath+"{secret}", s.runnerCalls)
	mux.HandleFunc("GET /schema.graphql", s.schema)
	mux.HandleFunc("GET /static/", s.static)
	if s.cfg.Dev {
		mux.Handle("GET /graphiql", s.cfg.Login.Middleware(http.HandlerFunc(s.graphiql)))
		mux.Handle("GET /dev/mail", s.cfg.Login.Middleware(http.HandlerFunc(s.mailbox)))
	}
	if s.cfg.Provider != nil {
		mux.Handle("/dev/idp/", s.cfg.Provider)
	}
	return s.named(s.logged(s.recovered(s.guarded(mux))))
}

// Admin is health, metrics and profiles; it is never served on the public address.
func (s *Site) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { write(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", s.ready)
	s.seen.mount(mux, s.cfg.Metrics)
	profiles(mux)
	return s.recovered(mux)
}
