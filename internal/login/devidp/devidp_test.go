package devidp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/assay-hq/assay/internal/login/devidp"
)

const (
	issuer   = "http://127.0.0.1:8080/dev/idp"
	back     = "http://127.0.0.1:8080/login/callback"
	farewell = "http://127.0.0.1:8080/"
	verifier = "a-verifier-that-is-long-enough-for-the-standard"
)

// stage is a provider, the time it believes in and the browser or client that talks to it.
type stage struct {
	*devidp.Provider
	now time.Time
}

func newStage(t *testing.T, change ...func(*devidp.Config)) *stage {
	t.Helper()
	s := &stage{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	cfg := devidp.Config{
		Issuer: issuer, ClientID: "assay", ClientSecret: "s3cret/+", RedirectURIs: []string{back},
		PostLogoutRedirectURIs: []string{farewell},
		Accounts: []devidp.Account{
			{Email: "ann@demo.example", Name: "Ann", Subject: "1", Password: "assay", EmailVerified: true},
		},
		Now: func() time.Time { return s.now },
	}
	for _, c := range change {
		c(&cfg)
	}
	provider, err := devidp.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.Provider = provider
	return s
}

func (s *stage) get(path string, query url.Values) *http.Response {
	return s.serve(httptest.NewRequest(http.MethodGet, "/dev/idp"+path+"?"+query.Encode(), nil))
}

func (s *stage) serve(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func (s *stage) post(path string, form url.Values, change ...func(*http.Request)) *http.Response {
	r := httptest.NewRequest(http.MethodPost, "/dev/idp"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range change {
		c(r)
	}
	return s.serve(r)
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(b.String(), "\r\n\r\n")
	return text
}

func decode(t *testing.T, r *http.Response) map[string]any {
	t.Helper()
	var answer map[string]any
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// ask is a faultless authorization request, changed by pairs of names and values.
func ask(pairs ...string) url.Values {
	challenge := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"client_id": {"assay"}, "redirect_uri": {back}, "response_type": {"code"}, "scope": {"openid email offline_access"},
		"state": {"st"}, "nonce": {"no"}, "code_challenge_method": {"S256"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])},
	}
	return changed(q, pairs)
}

func changed(q url.Values, pairs []string) url.Values {
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

func (s *stage) code(t *testing.T, pairs ...string) string {
	t.Helper()
	r := s.post("/login", ask(append([]string{"email", "ANN@demo.example", "password", "assay"}, pairs...)...))
	to, err := r.Location()
	if err != nil {
		t.Fatalf("no redirect: %s", r.Status)
	}
	if q := to.Query(); q.Get("state") != "st" || q.Get("iss") != issuer || !strings.HasPrefix(to.String(), back+"?") {
		t.Errorf("came back to %s", to)
	}
	return to.Query().Get("code")
}

func exchange(code string, pairs ...string) url.Values {
	return changed(url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {back}, "code_verifier": {verifier},
		"client_id": {"assay"}, "client_secret": {"s3cret/+"},
	}, pairs)
}

// claims reads a token with the keys that the provider publishes.
func (s *stage) claims(t *testing.T, token string) map[string]any {
	t.Helper()
	var keys jose.JSONWebKeySet
	if err := json.NewDecoder(s.get("/jwks", nil).Body).Decode(&keys); err != nil {
		t.Fatal(err)
	}
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256, jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	payload, err := signed.Verify(keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys.Keys {
		if !key.IsPublic() {
			t.Error("a private key is published")
		}
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestNew(t *testing.T) {
	for address, want := range map[string]bool{
		"http://127.0.0.1:8080/dev/idp": true, "http://localhost:1/dev/idp": true, "http://[::1]:8080/dev/idp": true,
		"http://127.9.9.9/": true, "http://assay.example/dev/idp": false, "http://10.0.0.1/dev/idp": false,
		"http://127.0.0.1.evil.example/dev/idp": false, "http://localhost.evil.example": false, "": false, "ftp://127.0.0.1": false,
	} {
		_, err := devidp.New(devidp.Config{Issuer: address, ClientID: "a", ClientSecret: "b"})
		if (err == nil) != want {
			t.Errorf("issuer %q: got %v, want accepted %t", address, err, want)
		}
	}
}

func TestAuthorize(t *testing.T) {
	s := newStage(t)
	t.Run("shows a form under a strict policy, and no secret", func(t *testing.T) {
		r := s.get("/authorize", ask("state", `"><script>`))
		page := body(t, r)
		if r.StatusCode != http.StatusOK || !strings.Contains(page, `<label for="password">`) || !strings.Contains(page, "ann@demo.example") {
			t.Errorf("got %s %s", r.Status, page)
		}
		if strings.Contains(page, "<script") || strings.Contains(page, "style=") || strings.Contains(page, "s3cret") || strings.Contains(page, ">assay<") {
			t.Errorf("the page says too much: %s", page)
		}
		policy := r.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; style-src 'self';") || !strings.Contains(policy, "form-action 'self' http://127.0.0.1:8080") {
			t.Errorf("got policy %q", policy)
		}
		if r := s.get("/style.css", nil); r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/css") {
			t.Errorf("stylesheet: got %s %s", r.Status, r.Header.Get("Content-Type"))
		}
	})
	for name, c := range map[string]struct {
		pairs []string
		want  string // the error sent back; none: shown on the spot
	}{
		"unknown client":         {[]string{"client_id", "other"}, ""},
		"unknown redirect":       {[]string{"redirect_uri", back + "/"}, ""},
		"redirect with a suffix": {[]string{"redirect_uri", back + "?x=1"}, ""},
		"implicit flow":          {[]string{"response_type", "id_token"}, "unsupported_response_type"},
		"without openid":         {[]string{"scope", "email"}, "invalid_scope"},
		"without PKCE":           {[]string{"code_challenge", "", "code_challenge_method", ""}, "invalid_request"},
		"plain PKCE":             {[]string{"code_challenge_method", "plain"}, "invalid_request"},
		"without a page":         {[]string{"prompt", "none"}, "login_required"},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.get("/authorize", ask(c.pairs...))
			if c.want == "" {
				if r.StatusCode != http.StatusBadRequest || r.Header.Get("Location") != "" {
					t.Errorf("got %s to %q, want 400", r.Status, r.Header.Get("Location"))
				}
				return
			}
			to, err := r.Location()
			if err != nil {
				t.Fatalf("got %s, want a redirect", r.Status)
			}
			if q := to.Query(); q.Get("error") != c.want || q.Get("state") != "st" || q.Get("iss") != issuer || q.Has("code") {
				t.Errorf("got %s, want error %s", to, c.want)
			}
		})
	}
	t.Run("a form without PKCE gives no code", func(t *testing.T) {
		r := s.post("/login", ask("email", "ann@demo.example", "password", "assay", "code_challenge", ""))
		if to, err := r.Location(); err != nil || to.Query().Has("code") {
			t.Errorf("got %v %v", to, err)
		}
	})
	t.Run("an unknown address and a wrong password get one answer", func(t *testing.T) {
		page := func(email, password string) string {
			r := s.post("/login", ask("email", email, "password", password))
			if r.StatusCode != http.StatusForbidden {
				t.Errorf("%s: got %s, want 403", email, r.Status)
			}
			return strings.ReplaceAll(body(t, r), `value="`+email+`"`, "")
		}
		wrong := page("ann@demo.example", "wrong")
		if !strings.Contains(wrong, `role="alert"`) || wrong != page("nobody@demo.example", "wrong") || wrong != page("nobody@demo.example", "") {
			t.Error("the answers differ, or lack an alert")
		}
	})
}

func TestToken(t *testing.T) {
	t.Run("a code gives tokens that say who signed in", func(t *testing.T) {
		s := newStage(t)
		answer := decode(t, s.post("/token", exchange(s.code(t))))
		id := s.claims(t, answer["id_token"].(string))
		hash := sha256.Sum256([]byte(answer["access_token"].(string)))
		for name, want := range map[string]any{
			"iss": issuer, "sub": "1", "aud": "assay", "azp": "assay", "nonce": "no", "email": "ann@demo.example",
			"email_verified": true, "name": "Ann", "at_hash": base64.RawURLEncoding.EncodeToString(hash[:16]),
			"iat": float64(s.now.Unix()), "exp": float64(s.now.Add(time.Hour).Unix()),
		} {
			if id[name] != want {
				t.Errorf("%s: got %v, want %v", name, id[name], want)
			}
		}
	})
	t.Run("the secret may come in the header", func(t *testing.T) {
		s := newStage(t)
		form := exchange(s.code(t))
		form.Del("client_id")
		form.Del("client_secret")
		r := s.post("/token", form, func(r *http.Request) { r.SetBasicAuth("assay", url.QueryEscape("s3cret/+")) })
		if r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("got %s", r.Status)
		}
	})
	for name, c := range map[string]struct {
		pairs []string
		wait  time.Duration
		want  string
	}{
		"another code":        {pairs: []string{"code", "other"}, want: "invalid_grant"},
		"another redirect":    {pairs: []string{"redirect_uri", back + "2"}, want: "invalid_grant"},
		"another verifier":    {pairs: []string{"code_verifier", "other"}, want: "invalid_grant"},
		"no verifier":         {pairs: []string{"code_verifier", ""}, want: "invalid_grant"},
		"a minute later":      {wait: time.Minute, want: "invalid_grant"},
		"another secret":      {pairs: []string{"client_secret", "other"}, want: "invalid_client"},
		"another client":      {pairs: []string{"client_id", "other"}, want: "invalid_client"},
		"another grant":       {pairs: []string{"grant_type", "password"}, want: "unsupported_grant_type"},
		"code as a refresh":   {pairs: []string{"grant_type", "refresh_token", "refresh_token", "x"}, want: "invalid_grant"},
		"just within minutes": {wait: time.Minute - time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			form := exchange(s.code(t), c.pairs...)
			s.now = s.now.Add(c.wait)
			answer := decode(t, s.post("/token", form))
			if got, _ := answer["error"].(string); got != c.want {
				t.Errorf("got %v, want error %q", answer, c.want)
			}
		})
	}
	t.Run("a code works once, and not at all after a wrong verifier", func(t *testing.T) {
		for _, first := range []string{verifier, "wrong"} {
			s := newStage(t)
			code := s.code(t)
			s.post("/token", exchange(code, "code_verifier", first))
			if r := s.post("/token", exchange(code)); r.StatusCode != http.StatusBadRequest {
				t.Errorf("after %q: got %s, want 400", first, r.Status)
			}
		}
	})
	t.Run("of two clients with one code, one gets tokens", func(t *testing.T) {
		s := newStage(t)
		code := s.code(t)
		statuses := make([]int, 8)
		var race sync.WaitGroup
		for i := range statuses {
			race.Go(func() { statuses[i] = s.post("/token", exchange(code)).StatusCode })
		}
		race.Wait()
		won := 0
		for _, status := range statuses {
			if status == http.StatusOK {
				won++
			}
		}
		if won != 1 {
			t.Errorf("%d got tokens, want 1", won)
		}
	})
	t.Run("a refresh token rotates", func(t *testing.T) {
		s := newStage(t)
		refresh := func(token any) map[string]any {
			return decode(t, s.post("/token", exchange("", "grant_type", "refresh_token", "refresh_token", token.(string))))
		}
		first := decode(t, s.post("/token", exchange(s.code(t))))
		second := refresh(first["refresh_token"])
		if second["access_token"] == nil || second["refresh_token"] == first["refresh_token"] {
			t.Fatalf("got %v", second)
		}
		if id := s.claims(t, second["id_token"].(string)); id["nonce"] != nil || id["sub"] != "1" {
			t.Errorf("got %v", id)
		}
		if again := refresh(first["refresh_token"]); again["error"] != "invalid_grant" {
			t.Errorf("a spent one: got %v", again)
		}
		s.now = s.now.Add(25 * time.Hour)
		if late := refresh(second["refresh_token"]); late["error"] != "invalid_grant" {
			t.Errorf("a day later: got %v", late)
		}
	})
	t.Run("no refresh token unless asked for", func(t *testing.T) {
		s := newStage(t)
		if answer := decode(t, s.post("/token", exchange(s.code(t, "scope", "openid")))); answer["refresh_token"] != nil {
			t.Errorf("got %v", answer)
		}
	})
}

func TestUserinfo(t *testing.T) {
	s := newStage(t)
	tokens := decode(t, s.post("/token", exchange(s.code(t))))
	ask := func(token any) *http.Response {
		r := httptest.NewRequest(http.MethodGet, "/dev/idp/userinfo", nil)
		r.Header.Set("Authorization", "Bearer "+token.(string))
		return s.serve(r)
	}
	if got := decode(t, ask(tokens["access_token"])); got["email"] != "ann@demo.example" || got["sub"] != "1" {
		t.Errorf("got %v", got)
	}
	for _, token := range []any{tokens["id_token"], "", "x.y.z"} {
		if r := ask(token); r.StatusCode != http.StatusUnauthorized {
			t.Errorf("%v: got %s, want 401", token, r.Status)
		}
	}
	s.now = s.now.Add(time.Hour)
	if r := ask(tokens["access_token"]); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("an hour later: got %s, want 401", r.Status)
	}
}

func TestLogout(t *testing.T) {
	s := newStage(t)
	hint := decode(t, s.post("/token", exchange(s.code(t))))["id_token"].(string)
	s.now = s.now.Add(24 * time.Hour) // the hint may have expired
	for name, c := range map[string]struct {
		query  url.Values
		status int
	}{
		"to the client":        {url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {farewell}, "state": {"x"}}, http.StatusSeeOther},
		"to an unknown place":  {url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {farewell + "x"}}, http.StatusBadRequest},
		"without a hint":       {url.Values{"post_logout_redirect_uri": {farewell}}, http.StatusBadRequest},
		"with a hint not ours": {url.Values{"id_token_hint": {hint + "x"}, "post_logout_redirect_uri": {farewell}}, http.StatusBadRequest},
		"to nowhere":           {nil, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.get("/logout", c.query)
			if r.StatusCode != c.status {
				t.Fatalf("got %s, want %d", r.Status, c.status)
			}
			if to := r.Header.Get("Location"); c.status == http.StatusSeeOther && to != farewell+"?state=x" {
				t.Errorf("got %s", to)
			}
		})
	}
}

func TestBearerToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key.pem")
	key, err := devidp.LoadOrCreateKey(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := devidp.LoadOrCreateKey(path)
	if err != nil {
		t.Fatal(err)
	}
	minter := newStage(t, func(c *devidp.Config) { c.Key = key })
	server := newStage(t, func(c *devidp.Config) { c.Key = again })
	token, err := minter.BearerToken("ann@demo.example")
	if err != nil {
		t.Fatal(err)
	}
	if claims := server.claims(t, token); claims["aud"] != "assay" || claims["exp"] != float64(minter.now.Add(time.Hour).Unix()) {
		t.Errorf("got %v", claims)
	}
	if _, err := minter.BearerToken("nobody@demo.example"); err == nil {
		t.Error("an unknown address got a token")
	}
}

func TestKey(t *testing.T) {
	t.Run("is readable by its owner alone", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "key.pem")
		if _, err := devidp.LoadOrCreateKey(path); err != nil {
			t.Fatal(err)
		}
		file, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if file.Mode().Perm() != 0o600 {
			t.Errorf("got mode %v, want 0600", file.Mode())
		}
	})
	t.Run("is one for all who start at once", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "key.pem")
		keys := make([]*ecdsa.PrivateKey, 8)
		var race sync.WaitGroup
		for i := range keys {
			race.Go(func() {
				key, err := devidp.LoadOrCreateKey(path)
				if err != nil {
					t.Error(err)
					return
				}
				keys[i] = key.(*ecdsa.PrivateKey)
			})
		}
		race.Wait()
		for _, key := range keys {
			if !key.Equal(keys[0]) {
				t.Fatal("the keys differ")
			}
		}
		left, err := os.ReadDir(filepath.Dir(path))
		if err != nil || len(left) != 1 {
			t.Errorf("left behind: %v %v", left, err)
		}
	})
	t.Run("is never replaced", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "key.pem")
		if err := os.WriteFile(path, []byte("not a key"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := devidp.LoadOrCreateKey(path); err == nil {
			t.Error("a broken file was accepted")
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != "not a key" {
			t.Errorf("got %q %v", text, err)
		}
	})
	t.Run("may be RSA, but not on another curve", func(t *testing.T) {
		big, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		s := newStage(t, func(c *devidp.Config) { c.Key = big })
		if token, err := s.BearerToken("ann@demo.example"); err != nil || s.claims(t, token)["sub"] != "1" {
			t.Errorf("RSA: %v", err)
		}
		odd, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := devidp.New(devidp.Config{Issuer: issuer, ClientID: "a", ClientSecret: "b", Key: odd}); err == nil {
			t.Error("P-384 was accepted")
		}
	})
}
