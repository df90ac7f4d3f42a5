package login

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/policy"
)

const (
	organizationHeader = "Assay-Organization"
	keyPrefix          = "ask_"
)

// Middleware puts the actor of each request in its context. A request without credentials passes as nobody's;
// one with credentials that do not hold is answered here, in the shape of a GraphQL error.
func (s *Service) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		actor, viaCookie, err := s.authenticate(r, true)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		who := caller{actor: actor, viaCookie: viaCookie, request: r}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, who)))
	})
}

// Recheck resolves a request's actor anew, for a connection that outlives its request. It does not count as
// activity of the session. Credentials that no longer hold, a session that ended among them, are an
// Unauthenticated fault.
func (s *Service) Recheck(r *http.Request) (policy.Actor, error) {
	actor, _, err := s.authenticate(r, false)
	if err == nil && actor.IsNobody() {
		return actor, fault.New(fault.Unauthenticated, "the session ended; sign in again")
	}
	return actor, err
}

func (s *Service) authenticate(r *http.Request, active bool) (actor policy.Actor, viaCookie bool, err error) {
	received := s.cfg.Now()
	headers := r.Header.Values("Authorization")
	_, err = r.Cookie(s.sessions.Cookie.Name)
	hasCookie := err == nil
	switch {
	case len(headers) > 1 || len(headers) == 1 && hasCookie:
		return actor, false, fault.New(fault.BadInput, "send one credential: either a session cookie or one bearer token")
	case len(headers) == 1:
		actor, err = s.Bearer(r.Context(), headers[0], r.Header.Get(organizationHeader))
	case hasCookie:
		actor, err = s.cookie(r, active)
		viaCookie = true
	default:
		return policy.Actor{Address: s.cfg.ClientAddress(r), Received: received}, false, nil // nobody, from somewhere
	}
	if err != nil || actor.IsNobody() {
		return policy.Actor{}, false, err
	}
	actor.Address = s.cfg.ClientAddress(r)
	actor.Received = received
	return actor, viaCookie, nil
}

// Bearer resolves an Authorization header's value, `Bearer` and a JWT or an API key, as a WebSocket's first
// message also carries it. One that does not hold is an Unauthenticated fault. The slug does not apply to an API
// key, which belongs to one organization.
func (s *Service) Bearer(ctx context.Context, authorization, organizationSlug string) (policy.Actor, error) {
	scheme, secret, _ := strings.Cut(authorization, " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return policy.Actor{}, invalidToken()
	}
	if strings.HasPrefix(secret, keyPrefix) {
		actor, err := s.cfg.ResolveKey(ctx, sha256.Sum256([]byte(secret)))
		if refused(err) {
			return policy.Actor{}, invalidToken()
		}
		return actor, err
	}
	token, c, err := s.verify(ctx, secret, s.cfg.Audience)
	if errors.Is(err, errUnavailable) {
		return policy.Actor{}, err
	} else if err != nil {
		s.cfg.Log.WarnContext(ctx, "bearer token refused", "error", err)
		return policy.Actor{}, invalidToken()
	}
	if token.Nonce != "" { // it ended a sign-in here, and went through logout addresses: it is no credential for the API
		return policy.Actor{}, invalidToken()
	}
	return s.cfg.Resolve(ctx, identity(token, c), organizationSlug)
}

func invalidToken() error { return fault.New(fault.Unauthenticated, "the token is invalid or expired") }

// refused reports whether the directory answered, and answered no.
func refused(err error) bool {
	return fault.Is(err, fault.NotFound) || fault.Is(err, fault.Denied) || fault.Is(err, fault.Unauthenticated)
}

// cookie resolves the person of a cookie session. A chosen organization that no longer has them is let go of,
// for they could not choose another otherwise; one that the request itself names is not.
func (s *Service) cookie(r *http.Request, active bool) (policy.Actor, error) {
	ctx, err := s.load(r)
	if err != nil {
		return policy.Actor{}, err
	}
	who, known := read[person](ctx, s, personKey)
	if !known {
		return policy.Actor{}, nil
	}
	if active {
		if err := s.touch(ctx, who); err != nil {
			return policy.Actor{}, err
		}
	}
	named := r.Header.Get(organizationHeader)
	actor, err := s.cfg.Resolve(r.Context(), who.identity(), cmp.Or(named, who.Organization))
	if err == nil && actor.IsNobody() && active { // their organization signs nobody in by links any more
		return actor, s.sessions.Destroy(ctx)
	}
	if named == "" && who.Organization != "" && refused(err) {
		return s.cfg.Resolve(r.Context(), who.identity(), "")
	}
	return actor, err
}

// refuse answers a request that goes no further. What is not a fault is ours, and shown to nobody.
func (s *Service) refuse(w http.ResponseWriter, r *http.Request, err error) {
	answer := fault.New(fault.Unavailable, "signing in cannot be checked just now; please repeat the request")
	if faults := fault.All(err); len(faults) > 0 {
		answer = faults[0]
	} else {
		s.cfg.Log.ErrorContext(r.Context(), "caller not resolved", "error", err)
	}
	status := http.StatusServiceUnavailable
	switch answer.Code {
	case fault.BadInput, fault.Invalid:
		status = http.StatusBadRequest
	case fault.Unauthenticated:
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	case fault.Denied:
		status = http.StatusForbidden
	case fault.NotFound:
		status = http.StatusNotFound
	default:
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	more := map[string]any{"code": answer.Code}
	if id := w.Header().Get("X-Request-Id"); id != "" { // whoever named the request said so in the answer's header
		more["requestId"] = id
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{ // a reader that went away is no fault of ours
		"message": answer.Message, "extensions": more,
	}}})
}
