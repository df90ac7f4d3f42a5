// Package login finds out who is behind a request.
//
// A person signs in through an OpenID provider and keeps a cookie session; a program sends a bearer JWT of that
// provider or an API key. Each becomes a policy.Actor, resolved anew at every request, so that a role that was
// taken away is refused on the next one. The package never decides what an actor may do. It alone knows go-oidc.
package login

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/assay-hq/assay/policy"
)

// How long a cookie session lives. ASVS 5.0 7.3.1 and 7.3.2 ask for both limits and leave the figures to the
// risk; these stay within NIST SP 800-63B for its second level (1 hour idle, 24 hours in all) and, for the
// absolute limit, within the 12 hours of ASVS 4. A working day needs one sign-in, and a candidate who writes is
// never idle, because every save is a request.
const (
	idleLimit     = time.Hour
	absoluteLimit = 12 * time.Hour
	touchInterval = time.Minute // how exactly idleness is measured; each touch is a write
)

// Config is what a Service needs. A nil Now is time.Now; an empty Audience is the client id.
type Config struct {
	Issuer, ClientID, ClientSecret string
	Audience                       string // of bearer tokens
	PublicURL                      string // base of our own addresses; never taken from a request

	// Resolve finds the actor of someone who signed in, in the organization with the slug, or in their only
	// one if it is empty. A fault is theirs to see; any other error means that the directory failed.
	Resolve func(ctx context.Context, identity policy.Identity, organizationSlug string) (policy.Actor, error)
	// ResolveKey finds the actor of an API key by the SHA-256 of the whole key.
	ResolveKey func(ctx context.Context, secretHash [32]byte) (policy.Actor, error)
	// ClientAddress tells where a request came from, for the audit; nil takes the connection's address.
	ClientAddress func(*http.Request) string
	// Failed shows a sign-in that failed to the person at the browser; nil writes plain text.
	Failed func(w http.ResponseWriter, r *http.Request, status int, message string)

	Sessions scs.CtxStore
	Log      *slog.Logger
	Now      func() time.Time
}

// Service signs people in and tells who asks. It is safe for concurrent use.
type Service struct {
	cfg      Config
	provider *provider
	sessions *scs.SessionManager
	origin   *http.CrossOriginProtection
}

// New makes a Service without asking the provider anything yet: it may be served by this same process. Once
// ctx is done, no request to the provider begins. A missing or malformed setting is an error.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if cfg.Issuer == "" || cfg.ClientID == "" || cfg.Resolve == nil || cfg.ResolveKey == nil || cfg.Sessions == nil || cfg.Log == nil {
		return nil, errors.New("issuer, client id, resolvers, session store and log are required")
	}
	cfg.PublicURL = strings.TrimSuffix(cfg.PublicURL, "/")
	if cfg.Audience == "" {
		cfg.Audience = cfg.ClientID
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.ClientAddress == nil {
		cfg.ClientAddress = remoteHost
	}
	if cfg.Failed == nil {
		cfg.Failed = func(w http.ResponseWriter, _ *http.Request, status int, message string) {
			http.Error(w, message, status)
		}
	}
	origin := http.NewCrossOriginProtection()
	if err := origin.AddTrustedOrigin(cfg.PublicURL); err != nil {
		return nil, fmt.Errorf("public URL: %w", err)
	}
	return &Service{
		cfg: cfg, provider: newProvider(ctx, cfg.Issuer, cfg.Now), sessions: cookieSessions(cfg), origin: origin,
	}, nil
}

// cookieSessions keeps only a hash of the token in the store. Over plain HTTP, as in development, browsers
// refuse a __Host- cookie, hence the second name.
func cookieSessions(cfg Config) *scs.SessionManager {
	m := scs.New()
	m.Store = keeper{cfg.Sessions}
	m.HashTokenInStore = true
	m.IdleTimeout = idleLimit
	m.Lifetime = absoluteLimit
	m.Cookie.Name = "assay"
	m.Cookie.HttpOnly = true
	m.Cookie.Path = "/"
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Persist = false // the store knows when it ends; the browser forgets it when it closes
	if strings.HasPrefix(cfg.PublicURL, "https://") {
		m.Cookie.Name = "__Host-assay"
		m.Cookie.Secure = true
	}
	return m
}

func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

type contextKey struct{}

type caller struct {
	actor     policy.Actor
	viaCookie bool
	request   *http.Request // with the credentials; nil if there are none to ask again
}

// Actor is who asks, or nobody.
func Actor(ctx context.Context) policy.Actor {
	c, _ := ctx.Value(contextKey{}).(caller)
	return c.actor
}

// ViaCookie reports whether the actor is known by a cookie, which a browser also sends for other sites.
func ViaCookie(ctx context.Context) bool {
	c, _ := ctx.Value(contextKey{}).(caller)
	return c.viaCookie
}

// WithActor is a context in which actor asks, as if by a bearer token.
func WithActor(ctx context.Context, actor policy.Actor) context.Context {
	return context.WithValue(ctx, contextKey{}, caller{actor: actor})
}
