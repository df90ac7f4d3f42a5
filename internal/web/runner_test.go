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
	if got := strings.Join(called, " "); got != "known known guessed broken" {
		t.Errorf("passed on: %s", got)
	}
	if log := r.log.String(); strings.Contains(log, "known") || strings.Contains(log, "guessed") || !strings.Contains(log, "route=/integrations") {
		t.Errorf("the log tells secrets, or not where they were: %s", log)
	}
}
