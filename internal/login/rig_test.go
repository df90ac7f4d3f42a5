package login_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/policy"
)

const (
	clientID     = "assay"
	clientSecret = "a client secret, long enough for HS256"
	goodKey      = "ask_good"
)

var (
	ids       = gid.NewSource(rand.Reader)
	firstOrg  = ids.New(gid.Organization, time.Now())
	secondOrg = ids.New(gid.Organization, time.Now())
	keyID     = ids.New(gid.APIKey, time.Now())
)

// clock is a time that tests move.
type clock struct{ offset atomic.Int64 }

func (c *clock) Now() time.Time           { return time.Now().Add(time.Duration(c.offset.Load())) }
func (c *clock) Advance(by time.Duration) { c.offset.Add(int64(by)) }

// store is a session store that shows what was written to it.
type store struct {
	mu   sync.Mutex
	rows map[string][]byte
	ends map[string]time.Time
}

func (s *store) FindCtx(_ context.Context, token string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	row, ok := s.rows[token]
	return row, ok && time.Now().Before(s.ends[token]), nil
}

func (s *store) CommitCtx(_ context.Context, token string, row []byte, end time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[token], s.ends[token] = row, end
	return nil
}

func (s *store) DeleteCtx(_ context.Context, token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rows, token)
	return nil
}

func (s *store) Find(string) ([]byte, bool, error)      { return nil, false, errors.New("no context") }
func (s *store) Commit(string, []byte, time.Time) error { return errors.New("no context") }
func (s *store) Delete(string) error                    { return errors.New("no context") }

// directory resolves actors as the tests tell it to.
type directory struct {
	mu    sync.Mutex
	roles []policy.Role
	err   error
	left  string // the organization that nobody is a member of any more
}

func (d *directory) leave(slug string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left = slug
}

func (d *directory) set(err error, roles ...policy.Role) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err, d.roles = err, roles
}

func (d *directory) resolve(_ context.Context, who policy.Identity, slug string) (policy.Actor, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if slug != "" && slug == d.left {
		return policy.Actor{}, fault.New(fault.NotFound, "no such organization")
	}
	switch slug {
	case "", "demo":
		return policy.Actor{Identity: who, Roles: d.roles, Org: firstOrg}, d.err
	case "second":
		return policy.Actor{Identity: who, Roles: []policy.Role{policy.Analyst}, Org: secondOrg}, d.err
	case "forbidden":
		return policy.Actor{}, fault.New(fault.Denied, "your role does not allow this")
	}
	return policy.Actor{}, fault.New(fault.NotFound, "no such organization")
}

func (d *directory) resolveKey(_ context.Context, hash [32]byte) (policy.Actor, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return policy.Actor{}, d.err
	}
	if hash != sha256.Sum256([]byte(goodKey)) {
		return policy.Actor{}, fault.New(fault.NotFound, "no such key")
	}
	return policy.Actor{ID: keyID, Roles: []policy.Role{policy.Integration}}, nil
}

// rig is an application that signs in through one provider. Its /me tells who asks.
type rig struct {
	*httptest.Server
	mux       *http.ServeMux
	clock     *clock
	store     *store
	directory *directory
	service   *login.Service
	log       *slog.Logger
}

type me struct {
	Actor     policy.Actor
	ViaCookie bool
}

func newRig(t *testing.T) *rig {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return &rig{
		Server: server, mux: mux, clock: &clock{}, store: &store{rows: map[string][]byte{}, ends: map[string]time.Time{}},
		directory: &directory{roles: []policy.Role{policy.Recruiter}},
		log:       slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

func (r *rig) config(issuer, public string) login.Config {
	return login.Config{
		Issuer: issuer, ClientID: clientID, ClientSecret: clientSecret, PublicURL: public,
		Resolve: r.directory.resolve, ResolveKey: r.directory.resolveKey, Sessions: r.store,
		Log: r.log, Now: r.clock.Now,
	}
}

// trust begins to serve the application.
func (r *rig) trust(t *testing.T, issuer string) *rig {
	t.Helper()
	service, err := login.New(t.Context(), r.config(issuer, r.URL))
	if err != nil {
		t.Fatal(err)
	}
	r.service = service
	r.mux.HandleFunc("GET /login", service.Login)
	r.mux.HandleFunc("GET /login/callback", service.Callback)
	r.mux.HandleFunc("/logout", service.Logout)
	r.mux.HandleFunc("/choose", service.Choose)
	r.mux.Handle("/", service.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(me{login.Actor(r.Context()), login.ViaCookie(r.Context())})
	})))
	return r
}

// browser is a client with cookies that follows redirects.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// still is a browser that shows redirects instead.
func still(c *http.Client) *http.Client {
	return &http.Client{Jar: c.Jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func get(t *testing.T, c *http.Client, address string, headers ...string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	return do(t, c, request)
}

func do(t *testing.T, c *http.Client, request *http.Request) (*http.Response, string) {
	t.Helper()
	response, err := c.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func post(t *testing.T, c *http.Client, address string, form url.Values) (*http.Response, string) {
	t.Helper()
	response, err := c.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// whoami asks the application who a browser is.
func (r *rig) whoami(t *testing.T, c *http.Client, headers ...string) me {
	t.Helper()
	response, body := get(t, c, r.URL+"/me", headers...)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("/me: got %s %s", response.Status, body)
	}
	return decodeMe(t, body)
}

func decodeMe(t *testing.T, body string) me {
	t.Helper()
	var m me
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Fatalf("/me: got %q: %v", body, err)
	}
	return m
}

// forger is a provider that tests can make misbehave. It signs with ES256.
type forger struct {
	*httptest.Server
	clock     *clock
	key       jose.JSONWebKey
	fetches   atomic.Int64 // of the keys
	down      atomic.Bool
	sendsIss  bool
	userinfo  map[string]any
	published func() []jose.JSONWebKey

	mu        sync.Mutex
	issue     func(claims map[string]any) string // makes the next identity token
	challenge string
	nonce     string
}

func newForger(t *testing.T, clock *clock) *forger {
	t.Helper()
	f := &forger{clock: clock, key: newKey(t, "first")}
	f.issue = func(claims map[string]any) string { return f.sign(t, claims, "JWT") }
	f.published = func() []jose.JSONWebKey { return []jose.JSONWebKey{f.key.Public()} }
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		f.answer(w, map[string]any{
			"issuer": f.URL, "authorization_endpoint": f.URL + "/authorize", "token_endpoint": f.URL + "/token",
			"jwks_uri": f.URL + "/jwks", "userinfo_endpoint": f.URL + "/userinfo",
			"token_endpoint_auth_methods_supported":          []string{"client_secret_post"},
			"authorization_response_iss_parameter_supported": f.sendsIss,
		})
	})
	mux.HandleFunc("/jwks", func(w http.ResponseWriter, _ *http.Request) {
		f.fetches.Add(1)
		f.answer(w, jose.JSONWebKeySet{Keys: f.published()})
	})
	mux.HandleFunc("/userinfo", func(w http.ResponseWriter, _ *http.Request) { f.answer(w, f.userinfo) })
	mux.HandleFunc("/token", f.token)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

func (f *forger) answer(w http.ResponseWriter, body any) {
	if f.down.Load() {
		http.Error(w, "down", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func (f *forger) token(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	proof := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if base64.RawURLEncoding.EncodeToString(proof[:]) != f.challenge || r.FormValue("client_secret") != clientSecret {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	f.answer(w, map[string]any{
		"token_type": "Bearer", "access_token": "opaque", "expires_in": 3600, "id_token": f.issue(f.claims(f.nonce)),
	})
}

// claims are those of a faultless identity token.
func (f *forger) claims(nonce string) map[string]any {
	now := f.clock.Now()
	return map[string]any{
		"iss": f.URL, "sub": "42", "aud": clientID, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"nonce": nonce, "email": "ann@demo.example", "email_verified": true, "name": "Ann",
	}
}

func (f *forger) sign(t testing.TB, claims map[string]any, kind string) string {
	return sign(t, jose.SigningKey{Algorithm: jose.ES256, Key: f.key}, claims, kind)
}

func sign(t testing.TB, key jose.SigningKey, claims map[string]any, kind string) string {
	t.Helper()
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType(jose.ContentType(kind)))
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func unsigned(t testing.TB, claims map[string]any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode(payload) + "."
}

func newKey(t testing.TB, id string) jose.JSONWebKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return jose.JSONWebKey{Key: crypto.Signer(key), KeyID: id, Algorithm: "ES256", Use: "sig"}
}

// hmacOf signs with the client's secret, as a client that takes any algorithm would accept.
func hmacOf(t testing.TB, claims map[string]any) string {
	return sign(t, jose.SigningKey{Algorithm: jose.HS256, Key: []byte(clientSecret)}, claims, "JWT")
}

func with(claims map[string]any, pairs ...any) map[string]any {
	claims = maps.Clone(claims)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == nil {
			delete(claims, pairs[i].(string))
		} else {
			claims[pairs[i].(string)] = pairs[i+1]
		}
	}
	return claims
}

// start begins a sign-in in a browser and gives the answer that the forger would send.
func (f *forger) start(t *testing.T, r *rig, c *http.Client) url.Values {
	t.Helper()
	response, body := get(t, still(c), r.URL+"/login?return_to=/me")
	if response.StatusCode != http.StatusSeeOther {
		t.Fatalf("/login: got %s %s", response.Status, body)
	}
	to, err := response.Location()
	if err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.challenge, f.nonce = to.Query().Get("code_challenge"), to.Query().Get("nonce")
	if to.Query().Get("code_challenge_method") != "S256" {
		t.Errorf("the request lacks PKCE: %s", to)
	}
	return url.Values{"code": {"c"}, "state": {to.Query().Get("state")}}
}

func (f *forger) signIn(t *testing.T, r *rig, c *http.Client) {
	t.Helper()
	response, body := get(t, still(c), r.URL+"/login/callback?"+f.start(t, r, c).Encode())
	if response.StatusCode != http.StatusSeeOther {
		t.Fatalf("callback: got %s %s", response.Status, body)
	}
}
