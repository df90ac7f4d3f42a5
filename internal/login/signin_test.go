package login_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/login/devidp"
	"github.com/assay-hq/assay/policy"
)

// development serves the development provider for an application, below a path as the binary does.
func development(t *testing.T, r *rig) (issuer string, provider *devidp.Provider) {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	issuer = server.URL + "/dev/idp"
	provider, err := devidp.New(devidp.Config{
		Issuer: issuer, ClientID: clientID, ClientSecret: clientSecret,
		RedirectURIs: []string{r.URL + "/login/callback"}, PostLogoutRedirectURIs: []string{r.URL + "/"},
		Accounts: []devidp.Account{
			{Email: "recruiter@demo.example", Name: "Rita Recruiter", Subject: "dev-recruiter", Password: "assay", EmailVerified: true},
			{Email: "new@demo.example", Name: "Nora New", Subject: "dev-new", Password: "assay"},
		},
		Now: r.clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/dev/idp/", provider)
	return issuer, provider
}

var hidden = regexp.MustCompile(`type="hidden" name="([^"]*)" value="([^"]*)"`)

// fill posts the development provider's login page as a browser would.
func fill(t *testing.T, c *http.Client, page *http.Response, body, email, password string) (*http.Response, string) {
	t.Helper()
	form := url.Values{"email": {email}, "password": {password}}
	for _, field := range hidden.FindAllStringSubmatch(body, -1) {
		form.Set(field[1], field[2])
	}
	action, err := page.Request.URL.Parse("/dev/idp/login")
	if err != nil {
		t.Fatal(err)
	}
	return post(t, c, action.String(), form)
}

func TestSignIn(t *testing.T) {
	providers := map[string]func(*testing.T, *rig) (issuer, subject string, enter func(*http.Client, *http.Response, string) (*http.Response, string)){
		"development provider": func(t *testing.T, r *rig) (string, string, func(*http.Client, *http.Response, string) (*http.Response, string)) {
			issuer, _ := development(t, r)
			return issuer, "dev-recruiter", func(c *http.Client, page *http.Response, body string) (*http.Response, string) {
				return fill(t, c, page, body, " Recruiter@Demo.example", "assay")
			}
		},
		"zitadel": func(t *testing.T, r *rig) (string, string, func(*http.Client, *http.Response, string) (*http.Response, string)) {
			return zitadel(t, r.URL), "zitadel-recruiter", func(_ *http.Client, page *http.Response, body string) (*http.Response, string) {
				return page, body
			}
		},
	}
	for name, prepare := range providers {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			issuer, subject, enter := prepare(t, r)
			r.trust(t, issuer)
			c := browser(t)
			if !r.whoami(t, c).Actor.IsNobody() {
				t.Fatal("somebody before signing in")
			}

			page, body := get(t, c, r.URL+"/login?return_to=/me?tab=1")
			page, body = enter(c, page, body)
			if got, want := page.Request.URL.String(), r.URL+"/me?tab=1"; got != want {
				t.Fatalf("came back to %s, want %s: %s", got, want, body)
			}
			got, want := decodeMe(t, body), me{ViaCookie: true}
			want.Actor, _ = r.directory.resolve(t.Context(), policy.Identity{
				Issuer: issuer, Subject: subject, Email: "recruiter@demo.example", EmailVerified: true, Name: "Rita Recruiter",
			}, "")
			want.Actor.Address = "127.0.0.1"
			if age := time.Since(got.Actor.Received); age < 0 || age > time.Minute {
				t.Errorf("the request is %s old", age)
			}
			want.Actor.Received = got.Actor.Received
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("signed in (-want +got):\n%s", diff)
			}

			stolen := cookies(t, r, c)
			page, body = post(t, c, r.URL+"/logout", nil)
			if got, want := page.Request.URL.String(), r.URL+"/"; got != want {
				t.Fatalf("logging out ended at %s, want %s: %s", got, want, body)
			}
			if page.Request.Response == nil || !strings.HasPrefix(page.Request.Response.Request.URL.String(), issuer) {
				t.Error("logging out did not pass by the provider")
			}
			if !r.whoami(t, c).Actor.IsNobody() || !r.whoami(t, http.DefaultClient, "Cookie", stolen).Actor.IsNobody() {
				t.Error("the session outlived the logout")
			}
		})
	}
}

func cookies(t *testing.T, r *rig, c *http.Client) string {
	t.Helper()
	at, err := url.Parse(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, cookie := range c.Jar.Cookies(at) {
		all = append(all, cookie.String())
	}
	return strings.Join(all, "; ")
}

// TestCallbackAbuse changes one thing of a sign-in that otherwise works.
func TestCallbackAbuse(t *testing.T) {
	type scene struct {
		*rig
		*forger
		browser *http.Client
		answer  url.Values
	}
	token := func(pairs ...any) func(*testing.T, *scene) {
		return func(t *testing.T, s *scene) {
			s.issue = func(claims map[string]any) string { return s.sign(t, with(claims, pairs...), "JWT") }
		}
	}
	cases := map[string]func(*testing.T, *scene){
		"unknown state":                   func(_ *testing.T, s *scene) { s.answer.Set("state", rand.Text()) },
		"no state":                        func(_ *testing.T, s *scene) { s.answer.Del("state") },
		"another browser":                 func(t *testing.T, s *scene) { s.browser = browser(t) },
		"state too old":                   func(_ *testing.T, s *scene) { s.rig.clock.Advance(11 * time.Minute) },
		"another issuer":                  func(_ *testing.T, s *scene) { s.answer.Set("iss", "https://evil.example") },
		"no code":                         func(_ *testing.T, s *scene) { s.answer.Del("code") },
		"provider refused":                func(_ *testing.T, s *scene) { s.answer.Set("error", "access_denied") },
		"wrong verifier":                  func(_ *testing.T, s *scene) { s.challenge = "of another request" },
		"wrong nonce":                     token("nonce", "other"),
		"no nonce":                        token("nonce", nil),
		"foreign audience":                token("aud", "other"),
		"several audiences without party": token("aud", []string{clientID, "other"}),
		"another party":                   token("azp", "other"),
		"expired":                         token("exp", time.Now().Add(-2*time.Minute).Unix()),
		"not yet valid":                   token("nbf", time.Now().Add(time.Hour).Unix()),
		"issued too long ago":             token("iat", time.Now().Add(-11*time.Minute).Unix()),
		"issued in the future":            token("iat", time.Now().Add(5*time.Minute).Unix()),
		"no issue time":                   token("iat", nil),
		"issuer with a slash":             func(t *testing.T, s *scene) { token("iss", s.forger.URL+"/")(t, s) },
		"no subject":                      token("sub", nil),
		"wrong access token hash":         token("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
		"no identity token":               func(_ *testing.T, s *scene) { s.issue = func(map[string]any) string { return "" } },
		"algorithm none":                  func(t *testing.T, s *scene) { s.issue = func(c map[string]any) string { return unsigned(t, c) } },
		"HS256 with the client's secret":  func(t *testing.T, s *scene) { s.issue = func(c map[string]any) string { return hmacOf(t, c) } },
		"logout token": func(t *testing.T, s *scene) {
			s.issue = func(c map[string]any) string { return s.sign(t, c, "logout+jwt") }
		},
		"unknown key": func(t *testing.T, s *scene) {
			other := newKey(t, "other")
			s.issue = func(c map[string]any) string {
				return sign(t, jose.SigningKey{Algorithm: jose.ES256, Key: other}, c, "JWT")
			}
		},
		"another key under a known name": func(t *testing.T, s *scene) {
			other := newKey(t, "first")
			s.issue = func(c map[string]any) string {
				return sign(t, jose.SigningKey{Algorithm: jose.ES256, Key: other}, c, "JWT")
			}
		},
	}
	begin := func(t *testing.T) *scene {
		r := newRig(t)
		f := newForger(t, r.clock)
		r.trust(t, f.URL)
		c := browser(t)
		return &scene{r, f, c, f.start(t, r, c)}
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			s := begin(t)
			cases[name](t, s)
			response, body := get(t, still(s.browser), s.rig.URL+"/login/callback?"+s.answer.Encode())
			if response.StatusCode != http.StatusBadRequest {
				t.Errorf("got %s %s, want 400", response.Status, body)
			}
			if !s.whoami(t, s.browser).Actor.IsNobody() {
				t.Error("somebody signed in")
			}
		})
	}
	accepted := map[string]func(*testing.T, *scene){
		"nothing wrong":                func(*testing.T, *scene) {},
		"issuer named":                 func(_ *testing.T, s *scene) { s.answer.Set("iss", s.forger.URL) },
		"several audiences with party": token("aud", []string{"other", clientID}, "azp", clientID),
		"right access token hash":      token("at_hash", halfHash("opaque")),
		"a second tab in between": func(t *testing.T, s *scene) {
			c, n := s.challenge, s.nonce
			s.start(t, s.rig, s.browser)
			s.challenge, s.nonce = c, n
		},
	}
	for name, prepare := range accepted {
		t.Run(name, func(t *testing.T) {
			s := begin(t)
			prepare(t, s)
			response, body := get(t, still(s.browser), s.rig.URL+"/login/callback?"+s.answer.Encode())
			if response.StatusCode != http.StatusSeeOther || s.whoami(t, s.browser).Actor.IsNobody() {
				t.Errorf("got %s %s, want to be signed in", response.Status, body)
			}
		})
	}
	t.Run("issuer left out by a provider that says it sends it", func(t *testing.T) {
		r := newRig(t)
		f := newForger(t, r.clock)
		f.sendsIss = true
		r.trust(t, f.URL)
		c := browser(t)
		if response, _ := get(t, still(c), r.URL+"/login/callback?"+f.start(t, r, c).Encode()); response.StatusCode != http.StatusBadRequest {
			t.Errorf("got %s, want 400", response.Status)
		}
	})
}

func halfHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func TestReplayedState(t *testing.T) {
	r := newRig(t)
	f := newForger(t, r.clock)
	r.trust(t, f.URL)
	c := browser(t)
	answer := f.start(t, r, c)
	refused := maps.Clone(answer)
	refused.Set("iss", "https://evil.example")
	for _, query := range []url.Values{refused, answer} {
		if response, _ := get(t, still(c), r.URL+"/login/callback?"+query.Encode()); response.StatusCode != http.StatusBadRequest {
			t.Errorf("a state that a refused answer spent: got %s, want 400", response.Status)
		}
	}
	answer = f.start(t, r, c)
	for i, want := range []int{http.StatusSeeOther, http.StatusBadRequest} {
		if response, _ := get(t, still(c), r.URL+"/login/callback?"+answer.Encode()); response.StatusCode != want {
			t.Errorf("callback %d: got %s, want %d", i+1, response.Status, want)
		}
	}
	if r.whoami(t, c).Actor.IsNobody() {
		t.Error("a replay ended the session")
	}
}

func TestReturnTo(t *testing.T) {
	r := newRig(t)
	r.trust(t, newForger(t, r.clock).URL)
	for path, want := range map[string]int{
		"": http.StatusSeeOther, "/": http.StatusSeeOther, "/take/abc?x=1#here": http.StatusSeeOther,
		"https://evil.example/": http.StatusBadRequest, "//evil.example": http.StatusBadRequest, "///evil.example": http.StatusBadRequest,
		`/\evil.example`: http.StatusBadRequest, `\\evil.example`: http.StatusBadRequest,
		"/\t/evil.example": http.StatusBadRequest, "evil.example": http.StatusBadRequest,
		"javascript:alert(1)": http.StatusBadRequest, "/\r\nSet-Cookie: a=b": http.StatusBadRequest,
		"/" + strings.Repeat("a", 3000): http.StatusBadRequest,
	} {
		response, _ := get(t, still(browser(t)), r.URL+"/login?return_to="+url.QueryEscape(path))
		if response.StatusCode != want {
			t.Errorf("return_to %.40q: got %s, want %d", path, response.Status, want)
		}
	}
}

func TestAddress(t *testing.T) {
	for _, c := range []struct {
		name, email string
		verified    any
		userinfo    map[string]any
		want        string
		wantOK      bool
	}{
		{"plain", "ann@demo.example", true, nil, "ann@demo.example", true},
		{"capitals and space", "  Ann@Demo.EXAMPLE ", true, nil, "ann@demo.example", true},
		{"verified as text", "ann@demo.example", "true", nil, "ann@demo.example", true},
		{"not verified", "ann@demo.example", false, nil, "ann@demo.example", false},
		{"verification unknown", "ann@demo.example", nil, nil, "ann@demo.example", false},
		{"verified by a number", "ann@demo.example", 1, nil, "ann@demo.example", false},
		{"two at signs", "ann@evil.example@demo.example", true, nil, "", false},
		{"no domain", "ann@", true, nil, "", false},
		{"control character", "ann\x00@demo.example", true, nil, "", false},
		{"inner space", "ann lee@demo.example", true, nil, "", false},
		{"Cyrillic letter", "аnn@demo.example", true, nil, "", false},
		{"Kelvin sign, which lowers to k", "\u212aim@demo.example", true, nil, "", false},
		{"punycode", "ann@xn--dmo-bma.example", true, nil, "", false},
		{"only in userinfo", "", nil, map[string]any{"sub": "42", "email": "Ann@demo.example", "email_verified": true}, "ann@demo.example", true},
		{"nowhere", "", nil, map[string]any{"sub": "42"}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			f := newForger(t, r.clock)
			f.userinfo = c.userinfo
			f.issue = func(claims map[string]any) string {
				return f.sign(t, with(claims, "email", c.email, "email_verified", c.verified), "JWT")
			}
			r.trust(t, f.URL)
			b := browser(t)
			f.signIn(t, r, b)
			got := r.whoami(t, b).Actor.Identity
			if got.Email != c.want || got.EmailVerified != c.wantOK || got.Subject != "42" {
				t.Errorf("got %q verified %t, want %q %t", got.Email, got.EmailVerified, c.want, c.wantOK)
			}
		})
	}
	t.Run("userinfo about somebody else", func(t *testing.T) {
		r := newRig(t)
		f := newForger(t, r.clock)
		f.userinfo = map[string]any{"sub": "43", "email": "ceo@demo.example", "email_verified": true}
		f.issue = func(claims map[string]any) string { return f.sign(t, with(claims, "email", nil), "JWT") }
		r.trust(t, f.URL)
		b := browser(t)
		response, _ := get(t, still(b), r.URL+"/login/callback?"+f.start(t, r, b).Encode())
		if response.StatusCode == http.StatusSeeOther || !r.whoami(t, b).Actor.IsNobody() {
			t.Errorf("got %s, want to be refused", response.Status)
		}
	})
}

func TestSession(t *testing.T) {
	setUp := func(t *testing.T) (*rig, *forger, *http.Client) {
		r := newRig(t)
		f := newForger(t, r.clock)
		r.trust(t, f.URL)
		c := browser(t)
		f.signIn(t, r, c)
		return r, f, c
	}
	t.Run("the token changes at sign-in and the store has only its hash", func(t *testing.T) {
		r := newRig(t)
		f := newForger(t, r.clock)
		r.trust(t, f.URL)
		c := browser(t)
		answer := f.start(t, r, c)
		before := cookies(t, r, c)
		get(t, still(c), r.URL+"/login/callback?"+answer.Encode())
		after := cookies(t, r, c)
		if before == "" || before == after {
			t.Errorf("the token stayed %q", after)
		}
		if !r.whoami(t, http.DefaultClient, "Cookie", before).Actor.IsNobody() {
			t.Error("the token from before the sign-in is somebody's")
		}
		for stored := range r.store.rows {
			if strings.Contains(after, stored) {
				t.Error("the store holds the token itself")
			}
		}
		if len(r.store.rows) != 1 {
			t.Errorf("got %d sessions, want 1", len(r.store.rows))
		}
	})
	t.Run("a role taken away is gone on the next request", func(t *testing.T) {
		r, _, c := setUp(t)
		if !r.whoami(t, c).Actor.Has(policy.Recruiter) {
			t.Fatal("the recruiter has no role")
		}
		r.directory.set(nil)
		if r.whoami(t, c).Actor.Has(policy.Recruiter) {
			t.Error("the role outlived its removal")
		}
	})
	t.Run("use moves the idle limit, once a minute", func(t *testing.T) {
		r, _, c := setUp(t)
		clear(r.store.ends) // every session ended, unless a request says otherwise
		for token := range r.store.rows {
			r.store.ends[token] = time.Now().Add(time.Minute)
		}
		ends := func() time.Duration {
			for _, end := range r.store.ends {
				return time.Until(end).Round(time.Minute)
			}
			return 0
		}
		for _, step := range []struct{ after, want time.Duration }{{0, time.Minute}, {2 * time.Minute, time.Hour}} {
			r.clock.Advance(step.after)
			r.whoami(t, c)
			if got := ends(); got != step.want {
				t.Errorf("%s after the sign-in: ends in %s, want %s", step.after, got, step.want)
			}
		}
	})
	t.Run("a recheck is no use of the session", func(t *testing.T) {
		r, _, c := setUp(t)
		before := maps.Clone(r.store.ends)
		r.clock.Advance(2 * time.Minute)
		request := httptest.NewRequest(http.MethodGet, "/graphql", nil)
		request.Header.Set("Cookie", cookies(t, r, c))
		if _, err := r.service.Recheck(request); err != nil {
			t.Errorf("recheck: %v", err)
		}
		if diff := cmp.Diff(before, r.store.ends); diff != "" {
			t.Errorf("it wrote:\n%s", diff)
		}
		post(t, still(c), r.URL+"/logout", nil)
		if _, err := r.service.Recheck(request); err == nil {
			t.Error("a recheck after the logout succeeded")
		}
	})
	t.Run("logging out takes a POST of this site", func(t *testing.T) {
		r, _, c := setUp(t)
		if response, _ := get(t, still(c), r.URL+"/logout"); response.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("GET: got %s, want 405", response.Status)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.URL+"/logout", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Origin", "https://evil.example")
		request.Header.Set("Sec-Fetch-Site", "cross-site")
		if response, _ := do(t, still(c), request); response.StatusCode != http.StatusForbidden {
			t.Errorf("from another site: got %s, want 403", response.Status)
		}
		if r.whoami(t, c).Actor.IsNobody() {
			t.Error("the session ended")
		}
	})
	t.Run("a chosen organization stays until it no longer has the person", func(t *testing.T) {
		r, _, c := setUp(t)
		response, body := post(t, still(c), r.URL+"/choose", url.Values{"organization": {"second"}, "return_to": {"/me"}})
		if response.StatusCode != http.StatusSeeOther {
			t.Fatalf("choose: got %s %s", response.Status, body)
		}
		if !r.whoami(t, c).Actor.Has(policy.Analyst) {
			t.Error("the choice was not kept")
		}
		if !r.whoami(t, c, "Assay-Organization", "demo").Actor.Has(policy.Recruiter) {
			t.Error("the header did not go before the choice")
		}
		if response, _ := post(t, still(c), r.URL+"/choose", url.Values{"organization": {"unknown"}}); response.StatusCode != http.StatusNotFound {
			t.Errorf("an unknown organization: got %s, want 404", response.Status)
		}
		r.directory.leave("second")
		if !r.whoami(t, c).Actor.Has(policy.Recruiter) {
			t.Error("the choice shuts the person out")
		}
		if response, _ := get(t, c, r.URL+"/me", "Assay-Organization", "second"); response.StatusCode != http.StatusNotFound {
			t.Errorf("named in the header: got %s, want 404", response.Status)
		}
	})
}

func TestCookie(t *testing.T) {
	for public, want := range map[string]string{
		"https://assay.example": "__Host-assay Secure",
		"http://127.0.0.1:8080": "assay",
	} {
		r := newRig(t)
		service, err := login.New(t.Context(), r.config(newForger(t, r.clock).URL, public))
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		service.Login(w, httptest.NewRequest(http.MethodGet, "/login", nil))
		set := w.Result().Cookies()
		if len(set) != 1 {
			t.Fatalf("%s: got cookies %v, want one", public, set)
		}
		got := set[0].Name
		if set[0].Secure {
			got += " Secure"
		}
		if got != want || !set[0].HttpOnly || set[0].Path != "/" || set[0].SameSite != http.SameSiteLaxMode || set[0].Domain != "" {
			t.Errorf("%s: got %s, want %s", public, set[0], want)
		}
	}
}

func TestProviderDown(t *testing.T) {
	r := newRig(t)
	f := newForger(t, r.clock)
	f.down.Store(true)
	r.trust(t, f.URL)
	c := browser(t)
	if response, _ := get(t, still(c), r.URL+"/login"); response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("while down: got %s, want 503", response.Status)
	}
	f.down.Store(false)
	r.clock.Advance(2 * time.Second)
	f.signIn(t, r, c)
	f.down.Store(true)
	if r.whoami(t, c).Actor.IsNobody() {
		t.Error("a session needs the provider")
	}
}
