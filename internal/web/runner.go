package web

import (
	"net/http"

	"github.com/assay-hq/assay/internal/fault"
)

// RunnerPath is below which a code runner calls, with the secret of the run.
const RunnerPath = "/integrations/runner/"

// runnerCalls takes the call of a code runner. The secret says which run is meant; what the call says of it is not read: the
// runner is asked.
func (s *Site) runnerCalls(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
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
