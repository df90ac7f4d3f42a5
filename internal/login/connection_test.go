package login_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/login"
)

// accepted is the context that a request leaves the middleware with.
func accepted(t *testing.T, r *rig, headers ...string) context.Context {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, "/graphql", nil)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	var ctx context.Context
	r.service.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() })).
		ServeHTTP(httptest.NewRecorder(), request)
	if ctx == nil {
		t.Fatal("the request was refused")
	}
	return ctx
}

func code(err error) fault.Code {
	if faults := fault.All(err); len(faults) > 0 {
		return faults[0].Code
	}
	return ""
}

func TestBegin(t *testing.T) {
	r := newRig(t)
	f := newForger(t, r.clock)
	r.trust(t, f.URL)
	c := browser(t)
	f.signIn(t, r, c)
	bearer := "Bearer " + f.sign(t, f.claims(""), "JWT")
	for _, tc := range []struct {
		name    string
		headers []string
		message map[string]any
		want    fault.Code
		cookie  bool // still known by a cookie
	}{
		{"a token in the message", nil, map[string]any{"authorization": bearer}, "", false},
		{"an API key in the message", nil, map[string]any{"authorization": "Bearer " + goodKey}, "", false},
		{"a token with the request", []string{"Authorization", bearer}, nil, "", false},
		{"a cookie with the request", []string{"Cookie", cookies(t, r, c)}, map[string]any{}, "", true},
		{"a dead cookie and a token", []string{"Cookie", "assay=x"}, map[string]any{"authorization": bearer}, "", false},
		{"what the message leaves open", []string{"Authorization", bearer}, map[string]any{"authorization": nil, "other": 1}, "", false},
		{"a token and an organization", nil, map[string]any{"authorization": bearer, "organization": "unknown"}, fault.NotFound, false},
		{"a cookie and an organization", []string{"Cookie", cookies(t, r, c)}, map[string]any{"organization": "forbidden"}, fault.Denied, false},
		{"nobody", nil, nil, fault.Unauthenticated, false},
		{"a token that does not hold", nil, map[string]any{"authorization": "Bearer garbage"}, fault.Unauthenticated, false},
		{"an empty token", nil, map[string]any{"authorization": ""}, fault.Unauthenticated, false},
		{"two tokens", []string{"Authorization", bearer}, map[string]any{"authorization": bearer}, fault.BadInput, false},
		{"a cookie and a token", []string{"Cookie", cookies(t, r, c)}, map[string]any{"authorization": bearer}, fault.BadInput, false},
		{"a number for a token", nil, map[string]any{"authorization": 5}, fault.BadInput, false},
		{"a list for an organization", []string{"Authorization", bearer}, map[string]any{"organization": []any{}}, fault.BadInput, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ctx, err := r.service.Begin(accepted(t, r, tc.headers...), tc.message)
			if code(err) != tc.want || err != nil && tc.want == "" {
				t.Fatalf("got %v, want %s", err, tc.want)
			}
			if err != nil {
				return
			}
			if login.Actor(ctx).IsNobody() || login.ViaCookie(ctx) != tc.cookie || login.Caller(ctx) == "" {
				t.Errorf("got %+v, by cookie %t", login.Actor(ctx), login.ViaCookie(ctx))
			}
		})
	}
}

func TestAgain(t *testing.T) {
	r := newRig(t)
	f := newForger(t, r.clock)
	r.trust(t, f.URL)
	ctx, err := r.service.Begin(accepted(t, r), map[string]any{"authorization": "Bearer " + f.sign(t, f.claims(""), "JWT")})
	if err != nil {
		t.Fatal(err)
	}
	first := login.Actor(ctx)
	again, err := r.service.Again(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got := login.Actor(again); got.Received.Before(first.Received) || got.Identity != first.Identity {
		t.Errorf("got %+v, want %+v, received later", got, first)
	}
	if login.Caller(ctx) != login.Caller(again) {
		t.Error("the same person has two names")
	}
	r.directory.set(fault.New(fault.Denied, "no"))
	if _, err := r.service.Again(ctx); code(err) != fault.Denied {
		t.Errorf("after the directory refuses: %v", err)
	}
	r.directory.set(nil)
	r.clock.Advance(2 * time.Hour)
	if _, err := r.service.Again(ctx); code(err) != fault.Unauthenticated {
		t.Errorf("after the token expired: %v", err)
	}
	if _, err := r.service.Again(context.Background()); code(err) != fault.Unauthenticated {
		t.Errorf("without a request: %v", err)
	}
}

func TestAgainAfterTheLogout(t *testing.T) {
	r := newRig(t)
	f := newForger(t, r.clock)
	r.trust(t, f.URL)
	c := browser(t)
	f.signIn(t, r, c)
	ctx, err := r.service.Begin(accepted(t, r, "Cookie", cookies(t, r, c)), nil)
	if err != nil {
		t.Fatal(err)
	}
	post(t, still(c), r.URL+"/logout", nil)
	if _, err := r.service.Again(ctx); code(err) != fault.Unauthenticated {
		t.Errorf("got %v", err)
	}
}
