package login_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/policy"
)

func TestBearer(t *testing.T) {
	r := newRig(t)
	f := newForger(t, r.clock)
	r.trust(t, f.URL)
	good := f.claims("")
	bearer := func(token string) []string { return []string{"Authorization", "Bearer " + token} }
	other := newKey(t, "first")
	for _, c := range []struct {
		name    string
		headers []string
		status  int
		code    fault.Code
	}{
		{"no credentials", nil, 200, ""},
		{"identity token", bearer(f.sign(t, good, "JWT")), 200, ""},
		{"access token", bearer(f.sign(t, good, "at+jwt")), 200, ""},
		{"access token, long name", bearer(f.sign(t, good, "application/at+jwt")), 200, ""},
		{"several audiences", bearer(f.sign(t, with(good, "aud", []string{"x", clientID}), "JWT")), 200, ""},
		{"expired within the skew", bearer(f.sign(t, with(good, "exp", time.Now().Add(-30*time.Second).Unix()), "JWT")), 200, ""},
		{"scheme in lower case", []string{"Authorization", "bearer " + f.sign(t, good, "JWT")}, 200, ""},
		{"API key", bearer(goodKey), 200, ""},
		{"unknown API key", bearer("ask_bad"), 401, fault.Unauthenticated},
		{"expired", bearer(f.sign(t, with(good, "exp", time.Now().Add(-2*time.Minute).Unix()), "JWT")), 401, fault.Unauthenticated},
		{"no expiry", bearer(f.sign(t, with(good, "exp", nil), "JWT")), 401, fault.Unauthenticated},
		{"foreign audience", bearer(f.sign(t, with(good, "aud", "other"), "JWT")), 401, fault.Unauthenticated},
		{"no audience", bearer(f.sign(t, with(good, "aud", nil), "JWT")), 401, fault.Unauthenticated},
		{"foreign issuer", bearer(f.sign(t, with(good, "iss", "https://evil.example"), "JWT")), 401, fault.Unauthenticated},
		{"no subject", bearer(f.sign(t, with(good, "sub", nil), "JWT")), 401, fault.Unauthenticated},
		{"logout token", bearer(f.sign(t, good, "logout+jwt")), 401, fault.Unauthenticated},
		{"algorithm none", bearer(unsigned(t, good)), 401, fault.Unauthenticated},
		{"HS256 with the client's secret", bearer(hmacOf(t, good)), 401, fault.Unauthenticated},
		{"another key under a known name", bearer(sign(t, jose.SigningKey{Algorithm: jose.ES256, Key: other}, good, "JWT")), 401, fault.Unauthenticated},
		{"garbage", bearer("garbage"), 401, fault.Unauthenticated},
		{"nothing after the scheme", []string{"Authorization", "Bearer "}, 401, fault.Unauthenticated},
		{"another scheme", []string{"Authorization", "Basic YTpi"}, 401, fault.Unauthenticated},
		{"two tokens", append(bearer("a"), bearer("b")...), 400, fault.BadInput},
		{"token and cookie", append(bearer(f.sign(t, good, "JWT")), "Cookie", "assay=x"), 400, fault.BadInput},
		{"API key and cookie", append(bearer(goodKey), "Cookie", "assay=x"), 400, fault.BadInput},
		{"token and a cookie of somebody else's", append(bearer(goodKey), "Cookie", "theme=dark"), 200, ""},
		{"unknown cookie", []string{"Cookie", "assay=x"}, 200, ""},
		{"unknown organization", append(bearer(f.sign(t, good, "JWT")), "Assay-Organization", "unknown"), 404, fault.NotFound},
		{"forbidden organization", append(bearer(f.sign(t, good, "JWT")), "Assay-Organization", "forbidden"), 403, fault.Denied},
	} {
		t.Run(c.name, func(t *testing.T) {
			response, body := get(t, http.DefaultClient, r.URL+"/me", c.headers...)
			if response.StatusCode != c.status {
				t.Fatalf("got %s %s, want %d", response.Status, body, c.status)
			}
			if response.Header.Get("Set-Cookie") != "" {
				t.Error("the answer sets a cookie")
			}
			if c.status == http.StatusOK {
				m := decodeMe(t, body)
				anonymous := c.headers == nil || c.headers[0] == "Cookie"
				if m.ViaCookie || m.Actor.IsNobody() != anonymous {
					t.Errorf("got %+v", m)
				}
				return
			}
			if got := refusal(t, body); got != c.code {
				t.Errorf("got code %s, want %s", got, c.code)
			}
			if challenged := response.Header.Get("WWW-Authenticate") == `Bearer error="invalid_token"`; challenged != (c.status == 401) {
				t.Errorf("WWW-Authenticate: got %q", response.Header.Get("WWW-Authenticate"))
			}
		})
	}
	t.Run("the organization is the one named", func(t *testing.T) {
		got := r.whoami(t, http.DefaultClient, append(bearer(f.sign(t, good, "JWT")), "Assay-Organization", "second")...)
		if !got.Actor.Has(policy.Analyst) || got.Actor.Address != "127.0.0.1" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("a directory that fails is no verdict", func(t *testing.T) {
		r.directory.set(errors.New("database: password=hunter2"))
		defer r.directory.set(nil)
		for _, token := range []string{f.sign(t, good, "JWT"), goodKey} {
			response, body := get(t, http.DefaultClient, r.URL+"/me", bearer(token)...)
			if response.StatusCode != 503 || refusal(t, body) != fault.Unavailable || strings.Contains(body, "hunter2") {
				t.Errorf("got %s %s, want 503", response.Status, body)
			}
		}
	})
}

func refusal(t *testing.T, body string) fault.Code {
	t.Helper()
	var answer struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code fault.Code }
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || len(answer.Errors) != 1 || answer.Errors[0].Message == "" {
		t.Fatalf("got %q, want one error: %v", body, err)
	}
	return answer.Errors[0].Extensions.Code
}

func TestDevelopmentToken(t *testing.T) {
	r := newRig(t)
	issuer, provider := development(t, r)
	r.trust(t, issuer)
	token, err := provider.BearerToken("new@demo.example")
	if err != nil {
		t.Fatal(err)
	}
	who := r.whoami(t, http.DefaultClient, "Authorization", "Bearer "+token).Actor.Identity
	if who.Email != "new@demo.example" || who.EmailVerified || who.Subject != "dev-new" || who.Name != "Nora New" {
		t.Errorf("got %+v", who)
	}
}

func TestKeys(t *testing.T) {
	setUp := func(t *testing.T) (*rig, *forger, func(jose.JSONWebKey) int) {
		r := newRig(t)
		f := newForger(t, r.clock)
		r.trust(t, f.URL)
		return r, f, func(key jose.JSONWebKey) int {
			token := sign(t, jose.SigningKey{Algorithm: jose.ES256, Key: key}, f.claims(""), "JWT")
			response, _ := get(t, http.DefaultClient, r.URL+"/me", "Authorization", "Bearer "+token)
			return response.StatusCode
		}
	}
	t.Run("a thousand unknown keys cost two fetches at most", func(t *testing.T) {
		_, f, ask := setUp(t)
		var crowd sync.WaitGroup
		for range 4 {
			crowd.Go(func() {
				key := newKey(t, "")
				for range 250 {
					key.KeyID = time.Now().String()
					if got := ask(key); got != http.StatusUnauthorized {
						t.Errorf("got %d, want 401", got)
					}
				}
			})
		}
		crowd.Wait()
		if got := f.fetches.Load(); got < 1 || got > 2 {
			t.Errorf("got %d fetches, want 1 or 2", got)
		}
	})
	t.Run("a new key is found after half a minute", func(t *testing.T) {
		r, f, ask := setUp(t)
		if got := ask(f.key); got != http.StatusOK {
			t.Fatalf("got %d, want 200", got)
		}
		second := newKey(t, "second")
		f.published = func() []jose.JSONWebKey { return []jose.JSONWebKey{f.key.Public(), second.Public()} }
		r.clock.Advance(31 * time.Second)
		if got := ask(second); got != http.StatusOK {
			t.Errorf("got %d, want 200", got)
		}
	})
	t.Run("the keys at hand survive the provider", func(t *testing.T) {
		r, f, ask := setUp(t)
		ask(f.key)
		f.down.Store(true)
		r.clock.Advance(31 * time.Second)
		if got := ask(newKey(t, "second")); got != http.StatusUnauthorized {
			t.Errorf("an unknown key: got %d, want 401", got)
		}
		if got := ask(f.key); got != http.StatusOK || f.fetches.Load() != 2 {
			t.Errorf("a known key: got %d after %d fetches, want 200 after 2", got, f.fetches.Load())
		}
	})
	t.Run("a key taken away is refused after the next fetch", func(t *testing.T) {
		r, f, ask := setUp(t)
		ask(f.key)
		second := newKey(t, "second")
		f.published = func() []jose.JSONWebKey { return []jose.JSONWebKey{second.Public()} }
		r.clock.Advance(31 * time.Second)
		if got := ask(second); got != http.StatusOK {
			t.Fatalf("the new key: got %d, want 200", got)
		}
		if got := ask(f.key); got != http.StatusUnauthorized {
			t.Errorf("the old key: got %d, want 401", got)
		}
	})
	for name, end := range map[string]func(r *rig, f *forger, ask func(jose.JSONWebKey) int){
		"its key is taken away": func(r *rig, f *forger, ask func(jose.JSONWebKey) int) {
			second := newKey(t, "second")
			f.published = func() []jose.JSONWebKey { return []jose.JSONWebKey{second.Public()} }
			r.clock.Advance(31 * time.Second)
			ask(second)
		},
		"it expires": func(r *rig, _ *forger, _ func(jose.JSONWebKey) int) { r.clock.Advance(2 * time.Hour) },
	} {
		t.Run("a token that was verified before is refused when "+name, func(t *testing.T) {
			r, f, ask := setUp(t)
			token := f.sign(t, f.claims(""), "JWT")
			use := func() int {
				response, _ := get(t, http.DefaultClient, r.URL+"/me", "Authorization", "Bearer "+token)
				return response.StatusCode
			}
			if first, again := use(), use(); first != http.StatusOK || again != http.StatusOK {
				t.Fatalf("got %d and %d, want 200", first, again)
			}
			end(r, f, ask)
			if got := use(); got != http.StatusUnauthorized {
				t.Errorf("got %d, want 401", got)
			}
		})
	}
	t.Run("a key for encryption signs nothing", func(t *testing.T) {
		_, f, ask := setUp(t)
		f.key.Use = "enc"
		if got := ask(f.key); got != http.StatusUnauthorized {
			t.Errorf("got %d, want 401", got)
		}
	})
	t.Run("no verdict while the provider was never reached", func(t *testing.T) {
		r, f, ask := setUp(t)
		f.down.Store(true)
		if got := ask(f.key); got != http.StatusServiceUnavailable {
			t.Errorf("got %d, want 503", got)
		}
		f.down.Store(false)
		r.clock.Advance(2 * time.Second)
		if got := ask(f.key); got != http.StatusOK {
			t.Errorf("once it is there: got %d, want 200", got)
		}
	})
}

func TestDiscoveryNamesAnotherIssuer(t *testing.T) {
	r := newRig(t)
	f := newForger(t, r.clock)
	r.trust(t, f.URL+"/") // the document says it without the slash
	if response, _ := get(t, still(browser(t)), r.URL+"/login"); response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("got %s, want 503", response.Status)
	}
}

func TestContext(t *testing.T) {
	ctx := httptest.NewRequest(http.MethodGet, "/", nil).Context()
	if !login.Actor(ctx).IsNobody() || login.ViaCookie(ctx) {
		t.Error("a bare context has somebody")
	}
	ctx = login.WithActor(ctx, policy.Actor{Roles: []policy.Role{policy.Owner}})
	if !login.Actor(ctx).Has(policy.Owner) || login.ViaCookie(ctx) {
		t.Error("the actor put in does not come out")
	}
}
