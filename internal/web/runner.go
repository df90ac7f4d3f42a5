package web

import (
	"net/http"
	"time"

	"github.com/assay-hq/assay/internal/fault"
)

// RunnerPath is below which a code runner calls, with the secret of the run.
const RunnerPath = "/integrations/runner/"

// How often a runner may call for one answer in callSpan: it does once for each of at most 20 tests, and again for each that is
// handed over anew. Each call is a job, and the runner is asked in any case.
const (
	mostCalls = 60
	callSpan  = time.Minute
)

// runnerCalls takes the call of a code runner. The secret says which run is meant; what the call says of it is not read: the
// runner is asked.
func (s *Site) runnerCalls(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if !s.calls.admit(r.PathValue("secret"), s.cfg.Now()) {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	switch err := s.cfg.RunnerCalled(r.Context(), r.PathValue("secret")); {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case fault.Is(err, fault.NotFound):
		w.WriteHeader(http.StatusNotFound)
	default:
		s.cfg.Log.ErrorContext(r.Context(), "runner's call", "error", err, "request", RequestID(r.Context()))
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}
