package login_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// shelf keeps what zitadel's provider asks it to, for one client and one user. It gives the address in userinfo
// alone, as the standard allows, and its tokens are JWTs signed with RS256.
type shelf struct {
	app string
	key *rsa.PrivateKey

	mu       sync.Mutex
	requests map[string]*request
	codes    map[string]string
	subjects map[string]string // by id of access token
}

type request struct {
	*oidc.AuthRequest
	id, subject string
	done        bool
}

func (r *request) GetID() string          { return r.id }
func (r *request) GetACR() string         { return "" }
func (r *request) GetAMR() []string       { return []string{"pwd"} }
func (r *request) GetAudience() []string  { return []string{clientID} }
func (r *request) GetAuthTime() time.Time { return time.Now() }
func (r *request) GetClientID() string    { return r.ClientID }
func (r *request) GetNonce() string       { return r.Nonce }
func (r *request) GetScopes() []string    { return r.Scopes }
func (r *request) GetSubject() string     { return r.subject }
func (r *request) GetState() string       { return r.State }
func (r *request) GetRedirectURI() string { return r.RedirectURI }
func (r *request) Done() bool             { return r.done }
func (r *request) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: r.CodeChallenge, Method: r.CodeChallengeMethod}
}
func (r *request) GetResponseType() oidc.ResponseType { return r.ResponseType }
func (r *request) GetResponseMode() oidc.ResponseMode { return r.ResponseMode }

type client struct{ app string }

func (c client) GetID() string                       { return clientID }
func (c client) RedirectURIs() []string              { return []string{c.app + "/login/callback"} }
func (c client) PostLogoutRedirectURIs() []string    { return []string{c.app + "/"} }
func (c client) ApplicationType() op.ApplicationType { return op.ApplicationTypeWeb }
func (c client) AuthMethod() oidc.AuthMethod         { return oidc.AuthMethodBasic }
func (c client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (c client) GrantTypes() []oidc.GrantType                                 { return []oidc.GrantType{oidc.GrantTypeCode} }
func (c client) LoginURL(id string) string                                    { return "/signin?id=" + id }
func (c client) AccessTokenType() op.AccessTokenType                          { return op.AccessTokenTypeJWT }
func (c client) IDTokenLifetime() time.Duration                               { return time.Hour }
func (c client) DevMode() bool                                                { return true }
func (c client) IsScopeAllowed(string) bool                                   { return false }
func (c client) IDTokenUserinfoClaimsAssertion() bool                         { return false }
func (c client) ClockSkew() time.Duration                                     { return 0 }
func (c client) RestrictAdditionalIdTokenScopes() func([]string) []string     { return slices.Clone }
func (c client) RestrictAdditionalAccessTokenScopes() func([]string) []string { return slices.Clone }

func (s *shelf) ID() string                                  { return "first" }
func (s *shelf) Algorithm() jose.SignatureAlgorithm          { return jose.RS256 }
func (s *shelf) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (s *shelf) Use() string                                 { return "sig" }
func (s *shelf) Key() any                                    { return &s.key.PublicKey }

type private struct{ *shelf }

func (p private) Key() any { return p.key }

func (s *shelf) SigningKey(context.Context) (op.SigningKey, error) { return private{s}, nil }
func (s *shelf) KeySet(context.Context) ([]op.Key, error)          { return []op.Key{s}, nil }
func (s *shelf) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

var errNotHere = errors.New("not here")

func (s *shelf) CreateAuthRequest(_ context.Context, ask *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &request{AuthRequest: ask, id: rand.Text()}
	s.requests[r.id] = r
	return r, nil
}

func (s *shelf) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.requests[id]; ok {
		return r, nil
	}
	return nil, errNotHere
}

func (s *shelf) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	s.mu.Lock()
	id := s.codes[code]
	s.mu.Unlock()
	return s.AuthRequestByID(ctx, id)
}

func (s *shelf) SaveAuthCode(_ context.Context, id, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code] = id
	return nil
}

func (s *shelf) DeleteAuthRequest(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.requests, id)
	return nil
}

func (s *shelf) CreateAccessToken(_ context.Context, r op.TokenRequest) (string, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := rand.Text()
	s.subjects[id] = r.GetSubject()
	return id, time.Now().Add(time.Hour), nil
}

func (s *shelf) SetUserinfoFromToken(_ context.Context, u *oidc.UserInfo, id, subject, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.subjects[id] != subject {
		return errNotHere
	}
	u.Subject, u.Email, u.EmailVerified, u.Name = subject, "Recruiter@Demo.example", true, "Rita Recruiter"
	return nil
}

func (s *shelf) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != clientID {
		return nil, errNotHere
	}
	return client{s.app}, nil
}

func (s *shelf) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if id != clientID || secret != clientSecret {
		return errNotHere
	}
	return nil
}

func (s *shelf) TerminateSession(context.Context, string, string) error { return nil }
func (s *shelf) Health(context.Context) error                           { return nil }

func (s *shelf) CreateAccessAndRefreshTokens(context.Context, op.TokenRequest, string) (string, string, time.Time, error) {
	return "", "", time.Time{}, errNotHere
}

func (s *shelf) TokenRequestByRefreshToken(context.Context, string) (op.RefreshTokenRequest, error) {
	return nil, errNotHere
}

func (s *shelf) RevokeToken(context.Context, string, string, string) *oidc.Error {
	return oidc.ErrServerError()
}

func (s *shelf) GetRefreshTokenInfo(context.Context, string, string) (string, string, error) {
	return "", "", op.ErrInvalidRefreshToken
}

func (s *shelf) SetUserinfoFromScopes(_ context.Context, u *oidc.UserInfo, subject, _ string, _ []string) error {
	u.Subject = subject
	return nil
}

func (s *shelf) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errNotHere
}

func (s *shelf) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}

func (s *shelf) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errNotHere
}

func (s *shelf) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errNotHere
}

// zitadel serves zitadel/oidc's provider for an application. Whoever comes to its login page is signed in.
func zitadel(t *testing.T, app string) (issuer string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	store := &shelf{app: app, key: key, requests: map[string]*request{}, codes: map[string]string{}, subjects: map[string]string{}}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	provider, err := op.NewProvider(&op.Config{CryptoKey: [32]byte{1}, CodeMethodS256: true}, store, op.StaticIssuer(server.URL),
		op.WithAllowInsecure(), op.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/", provider)
	mux.Handle("/signin", op.NewIssuerInterceptor(provider.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		store.mu.Lock()
		store.requests[r.FormValue("id")].subject = "zitadel-recruiter"
		store.requests[r.FormValue("id")].done = true
		store.mu.Unlock()
		http.Redirect(w, r, op.AuthCallbackURL(provider)(r.Context(), r.FormValue("id")), http.StatusFound)
	}))
	return server.URL
}
