package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/assay-hq/assay/internal/sitting"
)

// requestKey is where the context carries the request's name.
type requestKey struct{}

// RequestID is the name of the request, as in the log and in errors; empty outside a request.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// named gives each request a name of our own: a caller's could hold anything.
func (s *Site) named(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := "req_" + strings.ToLower(rand.Text()[:20])
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
	})
}

// watcher remembers what was answered.
type watcher struct {
	http.ResponseWriter
	status, bytes int
}

// WriteHeader remembers the first status.
func (w *watcher) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts.
func (w *watcher) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *watcher) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// begun reports whether an answer is on its way.
func begun(w http.ResponseWriter) bool {
	seen, ok := w.(*watcher)
	return ok && seen.status != 0
}

// logged writes one line for each request, for one that was broken off too. The path's pattern stands for the path,
// which may hold a secret.
func (s *Site) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, seen := s.cfg.Now(), &watcher{ResponseWriter: w}
		defer func() { s.note(r, seen, s.cfg.Now().Sub(began)) }()
		next.ServeHTTP(seen, r)
	})
}

// note counts a request and writes its line.
func (s *Site) note(r *http.Request, seen *watcher, took time.Duration) {
	route, status := route(r), cmp.Or(seen.status, http.StatusOK)
	long := status == http.StatusSwitchingProtocols || strings.HasPrefix(seen.Header().Get("Content-Type"), "text/event-stream")
	s.seen.request(route, status, took, long)
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.cfg.Log.Log(r.Context(), level, "request", "method", r.Method, "route", route, "status", status,
		"bytes", seen.bytes, "ms", float64(took.Microseconds())/1000, "request", RequestID(r.Context()))
}

// route is the first part of a path: bounded in number, and without the secret that a link ends in.
func route(r *http.Request) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch first {
	case "", "graphql", "graphiql", "login", "logout", "take", "sittings", "reports", "shared", "static", "dev", "organization", "schema.graphql", "files", "integrations":
		return "/" + first
	default:
		return "unknown"
	}
}

// recovered answers a panic as ours and goes on serving.
func (s *Site) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.cfg.Log.ErrorContext(r.Context(), "panic", "panic", p, "request", RequestID(r.Context()), "stack", string(debug.Stack()))
			if begun(w) {
				panic(http.ErrAbortHandler) // half an answer must not look like a whole one
			}
			s.fail(w, r, http.StatusInternalServerError, "Something went wrong on our side.")
		}()
		next.ServeHTTP(w, r)
	})
}

// maxBody bounds what a request may carry; the API bounds it further.
const maxBody = 1 << 20

// bodyLimit is maxBody but for the parts of recordings.
func bodyLimit(r *http.Request) int64 {
	if strings.HasPrefix(r.URL.Path, uploadPath) {
		return sitting.MaxPart + 1 // the operation says what is too much
	}
	return maxBody
}

// guarded sets the headers that browsers keep people safe by, and refuses requests forged from other sites.
func (s *Site) guarded(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	if err := origin.AddTrustedOrigin(s.cfg.PublicURL); err != nil { // behind a proxy the Host header is not ours
		s.cfg.Log.Error("public URL is no origin", "error", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		// Not no-referrer: with it a browser sends "Origin: null" with our own forms, and one that knows no
		// Sec-Fetch-Site could then neither accept an invitation nor sign out.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		if strings.HasPrefix(s.cfg.PublicURL, "https://") {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit(r))
		if err := origin.Check(r); err != nil && !strings.HasPrefix(r.URL.Path, "/dev/idp/") {
			s.refuseForged(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuseForged answers a request that came from another site, in the form that its door speaks.
func (s *Site) refuseForged(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/graphql" {
		s.fail(w, r, http.StatusForbidden, "This request came from another site.")
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusForbidden)
	_, _ = fmt.Fprintf(w, `{"errors":[{"message":"this request came from another site","extensions":{"code":"FORBIDDEN","requestId":%q}}]}`, RequestID(r.Context()))
}

// ClientAddress tells where a request came from: the connection, or what a trusted proxy says of it.
func ClientAddress(trusted []netip.Prefix) func(*http.Request) string {
	return func(r *http.Request) string {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil {
			return ""
		}
		address := peer.Addr().Unmap()
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0 && isTrusted(trusted, address); i-- {
			next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				break
			}
			address = next.Unmap()
		}
		return address.String()
	}
}

func isTrusted(trusted []netip.Prefix, a netip.Addr) bool {
	for _, p := range trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// draining is set when the process was asked to stop.
type draining struct{ atomic.Bool }

// Drain makes the site not ready, so that no new work is sent to it.
func (s *Site) Drain() { s.draining.Store(true) }

// readyWait bounds the question to the database.
const readyWait = 500 * time.Millisecond

func (s *Site) ready(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		write(w, http.StatusServiceUnavailable, "draining\n")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyWait)
	defer cancel()
	if err := s.cfg.Ready(ctx); err != nil {
		s.cfg.Log.WarnContext(ctx, "not ready", "error", err)
		write(w, http.StatusServiceUnavailable, "not ready\n")
		return
	}
	write(w, http.StatusOK, "ready\n")
}
