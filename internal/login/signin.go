package login

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/policy"
)

const (
	attemptLife  = 10 * time.Minute
	mostAttempts = 5 // at once, in one browser
	longestPath  = 2048
)

// Login sends the browser to the provider and remembers where to return to, which must be a path of this site.
func (s *Service) Login(w http.ResponseWriter, r *http.Request) {
	private(w)
	returnTo, ok := localPath(r.URL.Query().Get("return_to"))
	if !ok {
		s.cfg.Failed(w, r, http.StatusBadRequest, "the address to return to is not of this site")
		return
	}
	meta, err := s.provider.discover()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	a := attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), ReturnTo: returnTo, Began: s.cfg.Now()}
	if err := s.begin(w, r, a); err != nil {
		s.fail(w, r, err)
		return
	}
	to := s.client(meta).AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func private(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
}

// localPath gives a path of this site, "/" for none. What browsers read as another host is refused.
func localPath(path string) (string, bool) {
	if path == "" {
		return "/", true
	}
	odd := func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }
	if len(path) > longestPath || path[0] != '/' || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, odd) {
		return "", false
	}
	parsed, err := url.Parse(path)
	return path, err == nil && parsed.Scheme == "" && parsed.Host == ""
}

func (s *Service) client(meta *metadata) *oauth2.Config {
	endpoint := meta.oidc.Endpoint()
	endpoint.AuthStyle = meta.clientAuth(s.cfg.ClientSecret)
	return &oauth2.Config{
		ClientID: s.cfg.ClientID, ClientSecret: s.cfg.ClientSecret, Endpoint: endpoint,
		RedirectURL: s.cfg.PublicURL + "/login/callback",
		Scopes:      []string{oidc.ScopeOpenID, oidc.ScopeEmail, oidc.ScopeProfile},
	}
}

// begin binds an attempt to the browser's session. A session of nobody lives only as long as the attempt.
func (s *Service) begin(w http.ResponseWriter, r *http.Request, a attempt) error {
	ctx, err := s.load(r)
	if err != nil {
		return err
	}
	if _, known := read[person](ctx, s, personKey); !known {
		s.sessions.SetDeadline(ctx, time.Now().Add(attemptLife))
	}
	attempts := append(s.attempts(ctx), a)
	if err := s.put(ctx, attemptsKey, attempts[max(0, len(attempts)-mostAttempts):]); err != nil {
		return err
	}
	return s.save(ctx, w)
}

func (s *Service) attempts(ctx context.Context) []attempt {
	all, _ := read[[]attempt](ctx, s, attemptsKey)
	return slices.DeleteFunc(all, func(a attempt) bool { return !recent(s.cfg.Now(), a.Began, attemptLife) })
}

// errSignIn is a sign-in that the browser's side spoilt, as opposed to a failure of the provider or the store.
var errSignIn = errors.New("sign-in refused")

// Callback ends a sign-in: it takes the provider's answer, checks it and begins a new session.
func (s *Service) Callback(w http.ResponseWriter, r *http.Request) {
	private(w)
	ctx, err := s.load(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	a, err := s.end(ctx, r.URL.Query().Get("state"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	who, err := s.exchange(ctx, r.URL.Query(), a)
	if err == nil {
		err = s.enter(ctx, w, who)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	http.Redirect(w, r, a.ReturnTo, http.StatusSeeOther)
}

// end takes an attempt out of the session, before anything is done with it: a state works once.
func (s *Service) end(ctx context.Context, state string) (attempt, error) {
	attempts := s.attempts(ctx)
	at := slices.IndexFunc(attempts, func(a attempt) bool { return a.State == state })
	if at < 0 {
		return attempt{}, fmt.Errorf("%w: unknown state", errSignIn)
	}
	found := attempts[at]
	if err := s.put(ctx, attemptsKey, slices.Delete(attempts, at, at+1)); err != nil {
		return attempt{}, err
	}
	if _, _, err := s.sessions.Commit(ctx); err != nil {
		return attempt{}, fmt.Errorf("save session: %w", err)
	}
	return found, nil
}

// exchange turns the provider's answer into a person.
func (s *Service) exchange(ctx context.Context, answer url.Values, a attempt) (person, error) {
	meta, err := s.provider.discover()
	if err != nil {
		return person{}, err
	}
	if from := answer.Get("iss"); from != s.cfg.Issuer && (from != "" || meta.SendsIssuer) {
		return person{}, fmt.Errorf("%w: answered by another issuer", errSignIn)
	}
	if answer.Has("error") || answer.Get("code") == "" {
		return person{}, fmt.Errorf("%w: the provider says %.40q", errSignIn, answer.Get("error"))
	}
	tokens, err := s.client(meta).Exchange(s.provider.ctx, answer.Get("code"), oauth2.VerifierOption(a.Verifier))
	if _, refused := errors.AsType[*oauth2.RetrieveError](err); refused {
		return person{}, fmt.Errorf("%w: exchange: %w", errSignIn, err)
	} else if err != nil {
		return person{}, fmt.Errorf("%w: exchange: %w", errUnavailable, err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, c, err := s.verifyIdentity(ctx, raw, a.Nonce, tokens.AccessToken)
	if errors.Is(err, errUnavailable) {
		return person{}, err
	} else if err != nil {
		return person{}, fmt.Errorf("%w: identity token: %w", errSignIn, err)
	}
	if c, err = s.complete(meta, token, tokens, c); err != nil {
		return person{}, fmt.Errorf("%w: %w", errUnavailable, err)
	}
	who := identity(token, c)
	return person{
		Issuer: who.Issuer, Subject: who.Subject, Email: who.Email, EmailVerified: who.EmailVerified, Name: who.Name,
		IDToken: raw, Seen: s.cfg.Now(),
	}, nil
}

// enter begins the session of a person under a new token; nothing of the session before stays.
func (s *Service) enter(ctx context.Context, w http.ResponseWriter, who person) error {
	if err := s.sessions.Clear(ctx); err != nil {
		return fmt.Errorf("clear session: %w", err)
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	if err := s.put(ctx, personKey, who); err != nil {
		return err
	}
	return s.save(ctx, w)
}

// Enter begins the cookie session of somebody for whom a link vouched, in place of whoever the browser knew before. It
// is for a form of this site alone: another site must not sign a browser in as somebody of its choice. Such a session
// keeps no role and no address that was verified, and ends like any other.
func (s *Service) Enter(w http.ResponseWriter, r *http.Request, who policy.Identity) error {
	private(w)
	if err := s.origin.Check(r); err != nil {
		return fault.New(fault.Denied, "this request came from another site")
	}
	ctx, err := s.load(r)
	if err != nil {
		return err
	}
	return s.enter(ctx, w, person{Issuer: who.Issuer, Subject: who.Subject, Email: who.Email, Name: who.Name, Seen: s.cfg.Now()})
}

// fail answers a person at a browser; what went wrong goes to the log alone.
func (s *Service) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errSignIn) {
		s.cfg.Log.WarnContext(r.Context(), "sign-in refused", "error", err)
		s.cfg.Failed(w, r, http.StatusBadRequest, "signing in did not work; please try again")
		return
	}
	s.cfg.Log.ErrorContext(r.Context(), "sign-in failed", "error", err)
	s.cfg.Failed(w, r, http.StatusServiceUnavailable, "signing in is not possible just now; please try again in a minute")
}

// Logout ends the session here and, where the provider offers it, there. It takes a POST from this site only.
func (s *Service) Logout(w http.ResponseWriter, r *http.Request) {
	private(w)
	ctx, ok := s.posted(w, r)
	if !ok {
		return
	}
	who, known := read[person](ctx, s, personKey)
	if err := s.sessions.Destroy(ctx); err != nil {
		s.fail(w, r, fmt.Errorf("end session: %w", err))
		return
	}
	s.sessions.WriteSessionCookie(ctx, w, "", time.Time{})
	to := "/"
	if known && who.Issuer == s.cfg.Issuer { // a provider knows nothing of who came by a link
		to = s.farewell(who)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// farewell is where a person goes after logging out. A provider that cannot be asked does not hold them up.
func (s *Service) farewell(who person) string {
	meta, err := s.provider.discover()
	if err != nil || meta.EndSession == "" {
		return "/"
	}
	to, err := url.Parse(meta.EndSession)
	if err != nil {
		return "/"
	}
	query := to.Query()
	query.Set("id_token_hint", who.IDToken)
	query.Set("client_id", s.cfg.ClientID)
	query.Set("post_logout_redirect_uri", s.cfg.PublicURL+"/")
	to.RawQuery = query.Encode()
	return to.String()
}

// Choose makes one of a person's organizations (form field `organization`, a slug) the one they act in from now
// on. It takes a POST from this site only and returns to the field `return_to`.
func (s *Service) Choose(w http.ResponseWriter, r *http.Request) {
	private(w)
	ctx, ok := s.posted(w, r)
	if !ok {
		return
	}
	who, known := read[person](ctx, s, personKey)
	returnTo, local := localPath(r.PostFormValue("return_to"))
	who.Organization = r.PostFormValue("organization")
	if !known || !local {
		s.cfg.Failed(w, r, http.StatusBadRequest, "sign in and choose an organization on this site")
		return
	}
	if _, err := s.cfg.Resolve(ctx, who.identity(), who.Organization); len(fault.All(err)) > 0 {
		s.cfg.Failed(w, r, http.StatusNotFound, "you are not a member of this organization")
		return
	} else if err != nil {
		s.fail(w, r, err)
		return
	}
	err := s.put(ctx, personKey, who)
	if err == nil {
		err = s.save(ctx, w)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	http.Redirect(w, r, returnTo, http.StatusSeeOther)
}

// posted loads the session of a request that changes it, and answers one that another site may have made.
func (s *Service) posted(w http.ResponseWriter, r *http.Request) (context.Context, bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		s.cfg.Failed(w, r, http.StatusMethodNotAllowed, "this address takes a form only")
		return nil, false
	}
	if err := s.origin.Check(r); err != nil {
		s.cfg.Failed(w, r, http.StatusForbidden, "this request came from another site")
		return nil, false
	}
	ctx, err := s.load(r)
	if err != nil {
		s.fail(w, r, err)
		return nil, false
	}
	return ctx, true
}
