package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/web"
)

// TestTheCallOfARunner passes on the secret alone, from whoever knows it.
func TestTheCallOfARunner(t *testing.T) {
	var called []string
	r := newRig(t, func(c *web.Config) {
		c.RunnerCalled = func(_ context.Context, secret string) error {
			called = append(called, secret)
			switch secret {
			case "known":
				return nil
			case "broken":
				return errors.New("the database: secret of ours")
			default:
				return fault.New(fault.NotFound, "no run has this secret")
			}
		}
	})
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"PUT", "known", http.StatusNoContent}, {"POST", "known", http.StatusNoContent}, {"PUT", "guessed", http.StatusNotFound},
		{"PUT", "broken", http.StatusServiceUnavailable}, {"GET", "known", http.StatusNotFound}, {"PUT", "known/more", http.StatusNotFound},
	} {
		got := r.ask(t, c.method, web.RunnerPath+c.path, "")
		if got.status != c.status || strings.Contains(got.text, "ours") {
			t.Errorf("%s %s: %d %q, want %d", c.method, c.path, got.status, got.text, c.status)
		}
	}
	passed := strings.Join(called, " ")
	t.Run("and not as often as it likes", func(t *testing.T) {
		called = nil
		statuses := map[int]int{}
		for range 200 {
			statuses[r.ask(t, "PUT", web.RunnerPath+"known", "").status]++
		}
		if len(called) > 60 || statuses[http.StatusNoContent] != len(called) || statuses[http.StatusTooManyRequests] != 200-len(called) {
			t.Errorf("%d calls were passed on: %v", len(called), statuses)
		}
		if got := r.ask(t, "PUT", web.RunnerPath+"broken", ""); got.status != http.StatusServiceUnavailable {
			t.Errorf("the call for another run: %d", got.status)
		}
	})
	if got := passed; got != "known known guessed broken" {
		t.Errorf("passed on: %s", got)
	}
	if log := r.log.String(); strings.Contains(log, "known") || strings.Contains(log, "guessed") || !strings.Contains(log, "route=/integrations") {
		t.Errorf("the log tells secrets, or not where they were: %s", log)
	}
}
