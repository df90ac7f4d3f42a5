package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/web"
)

var requestName = regexp.MustCompile(`^req_[a-z0-9]{20}$`)

// routes are one request for everything that the public address serves.
var routes = []struct{ method, path string }{
	{"GET", "/"}, {"POST", "/graphql"}, {"GET", "/graphiql"}, {"GET", "/login"}, {"GET", "/login/callback"},
	{"POST", "/logout"}, {"POST", "/organization"}, {"GET", "/take/secret"}, {"POST", "/take/secret"},
	{"GET", "/reports/rep_1"}, {"GET", "/shared/secret"}, {"GET", "/schema.graphql"}, {"GET", "/static/assay.css"}, {"GET", "/static/nothing"},
	{"GET", "/dev/mail"}, {"POST", "/integrations/runner/secret"}, {"PUT", "/integrations/runner/secret"}, {"GET", "/dev/idp/authorize"}, {"GET", "/nothing"}, {"DELETE", "/dev/mail"},
}

func TestEveryRouteIsNamedAndGuarded(t *testing.T) {
	r := newRig(t)
	names := map[string]bool{}
	for _, route := range routes {
		got := r.ask(t, route.method, route.path, "", with("X-Request-Id", "forged"))
		name := got.header.Get("X-Request-Id")
		if !requestName.MatchString(name) || names[name] {
			t.Errorf("%s %s: named %q", route.method, route.path, name)
		}
		names[name] = true
		for header, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
			"Strict-Transport-Security": "",
		} {
			if value := got.header.Get(header); value != want {
				t.Errorf("%s %s: %s is %q, want %q", route.method, route.path, header, value, want)
			}
		}
		csp := got.header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") ||
			strings.Contains(csp, "script-src 'self' 'unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s %s: policy %q", route.method, route.path, csp)
		}
		if p := got.header.Get("Referrer-Policy"); p != "same-origin" && p != "no-referrer" {
			t.Errorf("%s %s: referrer policy %q", route.method, route.path, p)
		}
		if strings.HasPrefix(route.path, "/static/assay") == (got.header.Get("Cache-Control") == "no-store") {
			t.Errorf("%s %s: cache control %q", route.method, route.path, got.header.Get("Cache-Control"))
		}
	}
}

// TestARefusedTokenIsNamed demands the request's name also in the answer to a token that does not hold, which no operation sees.
func TestARefusedTokenIsNamed(t *testing.T) {
	got := newRig(t).ask(t, "POST", "/graphql", "", with("Authorization", "Bearer made.up.token"), with("Content-Type", "application/json"))
	want := `"requestId":"` + got.header.Get("X-Request-Id") + `"`
	if got.status != http.StatusUnauthorized || !strings.Contains(got.text, want) {
		t.Errorf("got %d %s, want %s", got.status, got.text, want)
	}
}

func TestInlineStylesAreForGraphiQLAlone(t *testing.T) {
	r := newRig(t)
	for _, route := range routes {
		csp := r.ask(t, route.method, route.path, "").header.Get("Content-Security-Policy")
		if got, want := strings.Contains(csp, "unsafe-inline"), route.path == "/graphiql"; got != want {
			t.Errorf("%s %s: unsafe-inline %v, want %v", route.method, route.path, got, want)
		}
		if html := route.path == "/" || route.path == "/graphiql"; html && !strings.Contains(csp, "form-action 'self' "+strings.TrimSuffix(r.Issuer, "/dev/idp")+";") {
			t.Errorf("%s: forms may lead anywhere, or not to the provider: %q", route.path, csp)
		}
	}
}

func TestTransportSecurityIsForHTTPSAlone(t *testing.T) {
	r := newRig(t, func(c *web.Config) { c.PublicURL = "https://assay.example" })
	if got := r.ask(t, "GET", "/", "").header.Get("Strict-Transport-Security"); !strings.Contains(got, "max-age=63072000") {
		t.Errorf("got %q", got)
	}
}

func TestProductionServesNothingOfDevelopment(t *testing.T) {
	r := newRig(t, func(c *web.Config) { c.Dev, c.Mails, c.Provider = false, nil, nil })
	for _, path := range []string{"/graphiql", "/dev/mail", "/dev/idp/authorize"} {
		if got := r.ask(t, "GET", path, ""); got.status != http.StatusNotFound {
			t.Errorf("%s: got %d", path, got.status)
		}
	}
}

func TestPostFromAnotherSiteIsRefused(t *testing.T) {
	reached := 0
	r := newRig(t, func(c *web.Config) {
		c.GraphQL = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ })
	})
	forged := map[string]func(*http.Request){
		"cross-site": with("Sec-Fetch-Site", "cross-site"),
		"same-site":  with("Sec-Fetch-Site", "same-site"), // a sibling domain
		"origin":     with("Origin", "https://evil.example"),
		"null":       with("Origin", "null"),
	}
	for _, path := range []string{"/graphql", "/logout", "/organization", "/take/secret", "/nothing"} {
		for name, forge := range forged {
			if got := r.ask(t, "POST", path, "", forge); got.status != http.StatusForbidden || !strings.Contains(got.text, "another site") {
				t.Errorf("%s, %s: got %d", path, name, got.status)
			}
		}
		for name, own := range map[string]func(*http.Request){
			"same-origin": with("Sec-Fetch-Site", "same-origin"), "origin": with("Origin", public), "no browser": with("Accept", "*/*"),
		} {
			if got := r.ask(t, "POST", path, "", own); got.status == http.StatusForbidden {
				t.Errorf("%s, %s: refused", path, name)
			}
		}
	}
	if reached != 3 {
		t.Errorf("the API was reached %d times, want 3", reached)
	}
}

func TestClientAddress(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, c := range map[string]struct {
		peer string
		said []string
		want string
	}{
		"nobody between":                     {"203.0.113.9:1", nil, "203.0.113.9"},
		"a stranger says nothing":            {"203.0.113.9:1", []string{"198.51.100.1"}, "203.0.113.9"},
		"a proxy of ours":                    {"10.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		"a proxy that says nothing":          {"10.0.0.1:1", nil, "10.0.0.1"},
		"two proxies":                        {"10.0.0.1:1", []string{"198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		"forged before what the proxy saw":   {"10.0.0.1:1", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},
		"forged as one of ours":              {"10.0.0.1:1", []string{"10.9.9.9, 198.51.100.1"}, "198.51.100.1"},
		"forged in a header of its own":      {"10.0.0.1:1", []string{"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
		"rubbish before what the proxy saw":  {"10.0.0.1:1", []string{"<script>, 198.51.100.1"}, "198.51.100.1"},
		"rubbish from the proxy":             {"10.0.0.1:1", []string{"198.51.100.1, unknown"}, "10.0.0.1"},
		"IPv6":                               {"[fd00::1]:1", []string{"2001:db8::7"}, "2001:db8::7"},
		"IPv4 in IPv6":                       {"[::ffff:10.0.0.1]:1", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		"all are ours":                       {"10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"a connection without an address":    {"@", []string{"198.51.100.1"}, ""},
		"spaces and an empty hop at the end": {"10.0.0.1:1", []string{"198.51.100.1,  "}, "10.0.0.1"},
	} {
		q := httptest.NewRequest("GET", "/", nil)
		q.RemoteAddr = c.peer
		q.Header["X-Forwarded-For"] = c.said
		if got := web.ClientAddress(trusted)(q); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestPanic(t *testing.T) {
	explode := func(before func(http.ResponseWriter), with any) func(*web.Config) {
		return func(c *web.Config) {
			c.GraphQL = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				before(w)
				panic(with)
			})
		}
	}
	nothing := func(http.ResponseWriter) {}

	t.Run("becomes a page with the request's name", func(t *testing.T) {
		r := newRig(t, explode(nothing, "pq: secret internals"))
		got := r.ask(t, "POST", "/graphql", "")
		name := got.header.Get("X-Request-Id")
		if got.status != http.StatusInternalServerError || !strings.Contains(got.text, name) || strings.Contains(got.text, "internals") {
			t.Errorf("got %d: %s", got.status, got.text)
		}
		if log := r.log.String(); strings.Count(log, "request="+name) != 2 || !strings.Contains(log, "status=500") || !strings.Contains(log, "internals") {
			t.Errorf("the log says %s", log)
		}
	})
	for name, c := range map[string]struct {
		before func(http.ResponseWriter)
		with   any
	}{
		"after half an answer breaks it off": {func(w http.ResponseWriter) { _, _ = w.Write([]byte("half")) }, "late"},
		"that aborts is passed on":           {nothing, http.ErrAbortHandler},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, explode(c.before, c.with))
			defer func() {
				if p := recover(); p != http.ErrAbortHandler {
					t.Errorf("passed on %v", p)
				}
				if !strings.Contains(r.log.String(), "route=/graphql") {
					t.Errorf("no line for the request: %s", r.log)
				}
			}()
			r.ask(t, "POST", "/graphql", "")
		})
	}
}

func TestLogNeverHoldsALink(t *testing.T) {
	r := newRig(t)
	_, secret := r.invited(t, r.found(t, "one"), "Ann")
	for _, q := range []struct{ method, path, who string }{
		{"GET", "/take/" + secret, ""}, {"POST", "/take/" + secret, ""}, {"POST", "/take/" + secret, "owner@one.example"},
		{"POST", "/take/" + secret, "candidate@one.example"}, {"GET", "/take/" + secret + "/more", ""}, {"GET", "/" + secret, ""},
		{"GET", "/login?return_to=/take/" + secret, ""}, {"PUT", "/take/" + secret, ""}, {"GET", "/static/" + secret, ""},
	} {
		r.ask(t, q.method, q.path, q.who, with("Referer", public+"/take/"+secret))
	}
	log := r.log.String()
	if strings.Contains(log, secret) || strings.Contains(log, "candidate@one") {
		t.Errorf("the log holds the link or an address: %s", log)
	}
	if got := strings.Count(log, "msg=request "); got != 9 {
		t.Errorf("%d lines, want one for each of 9 requests: %s", got, log)
	}
	if !strings.Contains(log, "route=/take") || !strings.Contains(log, "route=unknown") {
		t.Errorf("the log does not tell routes: %s", log)
	}
}

func TestReadiness(t *testing.T) {
	var fault error
	r := newRig(t, func(c *web.Config) { c.Ready = func(context.Context) error { return fault } })
	look := func(path string) answer { return send(t, r.Admin(), httptest.NewRequest("GET", path, nil)) }
	if got := look("/readyz"); got.status != http.StatusOK || got.text != "ready\n" {
		t.Errorf("at first: got %d %q", got.status, got.text)
	}
	fault = errors.New("pq: no route")
	if got := look("/readyz"); got.status != http.StatusServiceUnavailable || strings.Contains(got.text, "pq") {
		t.Errorf("without a database: got %d %q", got.status, got.text)
	}
	fault = nil
	r.Drain()
	if got := look("/readyz"); got.status != http.StatusServiceUnavailable || got.text != "draining\n" {
		t.Errorf("while draining: got %d %q", got.status, got.text)
	}
	if got := look("/livez"); got.status != http.StatusOK {
		t.Errorf("a draining process lives: got %d", got.status)
	}
	for _, path := range []string{"/readyz", "/livez", "/metrics", "/debug/pprof/"} {
		if got := r.ask(t, "GET", path, ""); got.status != http.StatusNotFound {
			t.Errorf("%s is public: got %d", path, got.status)
		}
	}
}

func TestRequestsAreCounted(t *testing.T) {
	r := newRig(t)
	r.ask(t, "GET", "/nothing", "")
	r.ask(t, "POST", "/graphql", "") // answered with nothing, which is 200
	text := send(t, r.Admin(), httptest.NewRequest("GET", "/metrics", nil)).text
	for _, line := range []string{
		`assay_http_requests_total{route="unknown",status="404"} 1`, `assay_http_requests_total{route="/graphql",status="200"} 1`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("%s is missing", line)
		}
	}
}
