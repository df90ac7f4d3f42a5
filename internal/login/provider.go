package login

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"
)

const (
	providerTimeout = 5 * time.Second
	retryPause      = time.Second      // between attempts while nothing is known of the provider
	refreshPause    = 30 * time.Second // between fetches of keys for tokens with an unknown one
	keyDocumentSize = 1 << 20
)

// algorithms are those a signature may use: asymmetric ones only, so that a public key is never taken for a secret.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.ES256, jose.PS256, jose.EdDSA}

// errUnavailable says that the provider could not be asked; nothing is known about the token in question.
var errUnavailable = errors.New("identity provider unavailable")

// provider is what discovery tells, found when it is first needed.
type provider struct {
	ctx    context.Context // carries the HTTP client, which is how go-oidc and oauth2 take it
	issuer string
	now    func() time.Time

	mu    sync.Mutex
	tried time.Time
	last  error
	found *metadata
}

// metadata is a discovered provider.
type metadata struct {
	oidc           *oidc.Provider
	keys           *keySet
	KeysURL        string   `json:"jwks_uri"`
	EndSession     string   `json:"end_session_endpoint"`
	SendsIssuer    bool     `json:"authorization_response_iss_parameter_supported"`
	ClientAuthWays []string `json:"token_endpoint_auth_methods_supported"`
}

func newProvider(ctx context.Context, issuer string, now func() time.Time) *provider {
	client := &http.Client{
		Timeout:       providerTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &provider{ctx: oidc.ClientContext(ctx, client), issuer: issuer, now: now}
}

// discover asks the provider once and remembers the answer; a failure is remembered for a second.
func (p *provider) discover() (*metadata, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if p.last != nil && recent(p.now(), p.tried, retryPause) {
		return nil, p.last
	}
	found, err := p.ask()
	p.tried = p.now()
	if err != nil {
		p.last = fmt.Errorf("%w: discovery: %w", errUnavailable, err)
		return nil, p.last
	}
	p.found = found
	return found, nil
}

func (p *provider) ask() (*metadata, error) {
	discovered, err := oidc.NewProvider(p.ctx, p.issuer) // refuses a document that names another issuer
	if err != nil {
		return nil, err
	}
	m := &metadata{oidc: discovered}
	if err := discovered.Claims(m); err != nil {
		return nil, err
	}
	m.keys = &keySet{ctx: p.ctx, url: m.KeysURL, now: p.now}
	return m, nil
}

// clientAuth chooses how the client's secret is sent, rather than try both ways and spend the code on the first.
func (m *metadata) clientAuth(secret string) oauth2.AuthStyle {
	basic := len(m.ClientAuthWays) == 0 || slices.Contains(m.ClientAuthWays, "client_secret_basic")
	if secret != "" && basic {
		return oauth2.AuthStyleInHeader
	}
	return oauth2.AuthStyleInParams
}

func recent(now, then time.Time, pause time.Duration) bool {
	since := now.Sub(then)
	return since >= 0 && since < pause
}

// keySet holds the provider's public keys. Unlike go-oidc's own, it cannot be made to ask the provider more
// often than every refreshPause by tokens that name unknown keys. It keeps the keys it has while the provider
// is down.
type keySet struct {
	ctx context.Context
	url string
	now func() time.Time

	mu       sync.RWMutex
	keys     []jose.JSONWebKey
	verified map[[sha256.Size]byte][]byte // payloads of tokens that one of these keys signed, by the token's hash

	fetching sync.Mutex // held during a fetch: only tokens with an unknown key wait for it
	tried    time.Time
}

// ready fetches the first keys. It fails with errUnavailable while there are none.
func (k *keySet) ready() error {
	if len(k.known()) > 0 {
		return nil
	}
	if err := k.refresh(); err != nil {
		return fmt.Errorf("%w: keys: %w", errUnavailable, err)
	}
	if len(k.known()) == 0 {
		return fmt.Errorf("%w: no keys", errUnavailable)
	}
	return nil
}

// mostVerified bounds how many payloads are kept.
const mostVerified = 1000

// VerifySignature is oidc.KeySet's: it gives the payload of a token that one of the keys signed. What they were found to
// have signed once stays so as long as they are the keys, and a subscription asks every two seconds; whether a token has
// expired, and for whom it is, is the caller's question each time.
func (k *keySet) VerifySignature(_ context.Context, token string) ([]byte, error) {
	hash := sha256.Sum256([]byte(token))
	k.mu.RLock()
	payload, known := k.verified[hash]
	k.mu.RUnlock()
	if known {
		return payload, nil
	}
	signed, err := jose.ParseSignedCompact(token, algorithms)
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	if payload, ok := k.try(signed, hash); ok {
		return payload, nil
	}
	if err := k.refresh(); err != nil {
		return nil, fmt.Errorf("refresh keys: %w", err)
	}
	if payload, ok := k.try(signed, hash); ok {
		return payload, nil
	}
	return nil, errors.New("no key of the provider verifies the signature")
}

func (k *keySet) try(signed *jose.JSONWebSignature, hash [sha256.Size]byte) ([]byte, bool) {
	keys := k.known()
	payload, ok := verify(signed, keys)
	if !ok {
		return nil, false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.keys) == len(keys) && &k.keys[0] == &keys[0] { // else they were replaced meanwhile
		if len(k.verified) >= mostVerified {
			clear(k.verified)
		}
		k.verified[hash] = payload
	}
	return payload, true
}

// verify gives the payload if one of the keys signed it.
func verify(signed *jose.JSONWebSignature, keys []jose.JSONWebKey) ([]byte, bool) {
	header := signed.Signatures[0].Header
	for _, key := range keys {
		fits := (header.KeyID == "" || key.KeyID == header.KeyID) && (key.Algorithm == "" || key.Algorithm == header.Algorithm)
		if !fits || key.Use == "enc" {
			continue
		}
		if payload, err := signed.Verify(key); err == nil {
			return payload, true
		}
	}
	return nil, false
}

func (k *keySet) known() []jose.JSONWebKey {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.keys
}

// refresh fetches the keys unless that was tried a moment ago.
func (k *keySet) refresh() error {
	k.fetching.Lock()
	defer k.fetching.Unlock()
	pause := refreshPause
	if len(k.known()) == 0 {
		pause = retryPause
	}
	if recent(k.now(), k.tried, pause) {
		return nil
	}
	k.tried = k.now()
	keys, err := k.fetch()
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys, k.verified = keys, map[[sha256.Size]byte][]byte{}
	return nil
}

// fetch skips keys of kinds that are not known here, as RFC 7517 asks. A document without any usable key is an
// error, so that it does not replace the keys at hand.
func (k *keySet) fetch() ([]jose.JSONWebKey, error) {
	request, err := http.NewRequestWithContext(k.ctx, http.MethodGet, k.url, nil)
	if err != nil {
		return nil, err
	}
	response, err := k.ctx.Value(oauth2.HTTPClient).(*http.Client).Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("keys answered %s", response.Status)
	}
	var document struct{ Keys []json.RawMessage }
	if err := json.NewDecoder(io.LimitReader(response.Body, keyDocumentSize)).Decode(&document); err != nil {
		return nil, fmt.Errorf("decode keys: %w", err)
	}
	var keys []jose.JSONWebKey
	for _, raw := range document.Keys {
		var key jose.JSONWebKey
		if err := key.UnmarshalJSON(raw); err == nil && key.Valid() && key.IsPublic() {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("no usable key")
	}
	return keys, nil
}
