package login

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/assay-hq/assay/policy"
)

// Keys in a cookie session. The values are JSON: the store's encoding then needs to know no type of ours.
const (
	personKey   = "person"
	attemptsKey = "attempts"
)

// person is all that a cookie session keeps of someone: never a role, which would outlive its removal.
type person struct {
	Issuer, Subject, Email, Name string
	EmailVerified                bool
	IDToken                      string // the provider asks for it at logout
	Organization                 string // the slug they chose, if they did
	Seen                         time.Time
}

func (p person) identity() policy.Identity {
	return policy.Identity{
		Issuer: p.Issuer, Subject: p.Subject, Email: p.Email, EmailVerified: p.EmailVerified, Name: p.Name,
	}
}

// attempt is one sign-in on its way. A browser may have several, in several tabs.
type attempt struct {
	State, Nonce, Verifier, ReturnTo string
	Began                            time.Time
}

// load reads the request's session into a context; without one it is a new, unsaved session.
func (s *Service) load(r *http.Request) (context.Context, error) {
	token := ""
	if cookie, err := r.Cookie(s.sessions.Cookie.Name); err == nil {
		token = cookie.Value
	}
	ctx, err := s.sessions.Load(r.Context(), token)
	if err != nil {
		return nil, fmt.Errorf("load session: %w", err)
	}
	return ctx, nil
}

// save commits the session and hands the browser its token.
func (s *Service) save(ctx context.Context, w http.ResponseWriter) error {
	token, expiry, err := s.sessions.Commit(ctx)
	if err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	s.sessions.WriteSessionCookie(ctx, w, token, expiry)
	return nil
}

// put and read keep a value in the session of ctx. Only our own code writes these, so decoding cannot fail but
// for a value of an older release, which reads as absent.
func (s *Service) put(ctx context.Context, key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode session: %w", err)
	}
	s.sessions.Put(ctx, key, string(text))
	return nil
}

func read[T any](ctx context.Context, s *Service, key string) (value T, ok bool) {
	err := json.Unmarshal([]byte(s.sessions.GetString(ctx, key)), &value)
	return value, err == nil
}

// touch moves the idle limit on, at most once in a touchInterval.
func (s *Service) touch(ctx context.Context, p person) error {
	now := s.cfg.Now()
	if recent(now, p.Seen, touchInterval) {
		return nil
	}
	p.Seen = now
	if err := s.put(ctx, personKey, p); err != nil {
		return err
	}
	if _, _, err := s.sessions.Commit(context.WithValue(ctx, renewingKey{}, true)); err != nil {
		return fmt.Errorf("touch session: %w", err)
	}
	return nil
}

// renewingKey marks the context of a commit that only moves a session's limits on.
type renewingKey struct{}

// renewer is a store that can write a session only if it is still there.
type renewer interface {
	RenewCtx(ctx context.Context, token string, data []byte, expiry time.Time) error
}

// keeper never brings back a session that was ended while a request was under way.
type keeper struct{ scs.CtxStore }

// CommitCtx writes a session; one that is only touched must still be there.
func (k keeper) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	if store, ok := k.CtxStore.(renewer); ok && ctx.Value(renewingKey{}) != nil {
		return store.RenewCtx(ctx, token, data, expiry)
	}
	return k.CtxStore.CommitCtx(ctx, token, data, expiry)
}
