package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestPlay(t *testing.T) {
	token := func(context.Context, string) (string, error) { return "token", nil }
	t.Run("a page without a sign-in form ends it and names the step", func(t *testing.T) {
		server := httptest.NewServer(http.NotFoundHandler())
		defer server.Close()
		var story strings.Builder
		played, err := Play(t.Context(), PlayConfig{BaseURL: server.URL, Token: token, Out: &story, Run: "x"})
		if played != nil || err == nil || !strings.HasPrefix(err.Error(), `step 1, "The recruiter signs in": `) {
			t.Errorf("got %v, %v", played, err)
		}
		if !strings.Contains(story.String(), "\n1. The recruiter signs in\n") {
			t.Errorf("got the story %q", story.String())
		}
	})
	t.Run("a cancelled context ends it", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := playWait(ctx, func() (bool, error) { return false, nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestPlayPageForm(t *testing.T) {
	page := playPage{
		at: &url.URL{Scheme: "http", Host: "127.0.0.1:1", Path: "/dev/idp/authorize"},
		text: `<form method="post" action="/dev/idp/login?a=1&amp;b=2"><input type="hidden" name="state" value="&#34;x&#43;">` +
			`<input type="hidden" name="nonce" value=""><input name="email" value="no">`,
	}
	action, fields, err := page.form()
	if err != nil || action.String() != "http://127.0.0.1:1/dev/idp/login?a=1&b=2" {
		t.Fatalf("got %v, %v", action, err)
	}
	if got, want := fields.Encode(), "nonce=&state=%22x%2B"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPlayRefused(t *testing.T) {
	wrapped := fmt.Errorf("inviteCandidate: %w", &playFault{Code: "CONFLICT", Message: "no", Field: []string{"a", "b"}})
	for name, c := range map[string]struct {
		err  error
		code string
		ok   bool
	}{
		"with the code":       {wrapped, "CONFLICT", true},
		"with another code":   {wrapped, "STALE", false},
		"not at all":          {nil, "CONFLICT", false},
		"by something broken": {errors.New("broken"), "CONFLICT", false},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := playRefused(c.err, c.code); (err == nil) != c.ok {
				t.Errorf("got %v, want accepted %t", err, c.ok)
			}
		})
	}
	if got, want := wrapped.Error(), "inviteCandidate: CONFLICT at a.b: no"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestPlayTemplate holds the told numbers to the content.
func TestPlayTemplate(t *testing.T) {
	points, drawn, answers := 0, 0, playAnswers()
	for _, d := range playDrafts() {
		if d.pooled {
			drawn = d.points // one of the pool is asked
		} else {
			points += d.points
		}
		if answers[d.key] == nil {
			t.Errorf("nobody answers %s", d.key)
		}
		for _, field := range []string{"prompt", "criteria", "modelAnswer", "pitfalls", "followUps"} {
			if d.content[field] == nil {
				t.Errorf("%s has no %s", d.key, field)
			}
		}
	}
	if points+drawn != 30 {
		t.Errorf("got %d points, want 30", points+drawn)
	}
	for criterion, j := range playJudgements() {
		if j.evidence == "" || !strings.Contains(playStory+fmt.Sprint(answers["lock"]["text"]), j.evidence) {
			t.Errorf("the evidence of %s is not in the answers", criterion)
		}
	}
}
