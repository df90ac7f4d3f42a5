package login

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"

	"github.com/assay-hq/assay/policy"
)

const (
	skew           = time.Minute      // how far the provider's clock may be from ours
	signInAge      = 10 * time.Minute // how old an identity token may be when a sign-in ends
	longestAddress = 254              // RFC 5321
)

// claims are what we read of a token beyond what go-oidc reads.
type claims struct {
	Email           string   `json:"email"`
	EmailVerified   flexible `json:"email_verified"`
	Name            string   `json:"name"`
	AuthorizedParty string   `json:"azp"`
}

// flexible is a boolean that some providers send as text. Whatever else they send is false.
type flexible bool

// UnmarshalJSON never fails.
func (f *flexible) UnmarshalJSON(text []byte) error {
	*f = string(text) == "true" || string(text) == `"true"`
	return nil
}

// verify checks a token of the provider: signature, algorithm, kind, issuer, audience and times.
func (s *Service) verify(ctx context.Context, raw, audience string) (*oidc.IDToken, claims, error) {
	var c claims
	meta, err := s.provider.discover()
	if err != nil {
		return nil, c, err
	}
	if err := kindAllowed(raw); err != nil {
		return nil, c, err
	}
	if err := meta.keys.ready(); err != nil {
		return nil, c, err
	}
	verifier := oidc.NewVerifier(s.cfg.Issuer, meta.keys, &oidc.Config{
		ClientID:             audience,
		SupportedSigningAlgs: algorithmNames(),
		Now:                  func() time.Time { return s.cfg.Now().Add(-skew) }, // go-oidc allows none itself
	})
	token, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, c, err
	}
	if token.Issuer != s.cfg.Issuer || token.Subject == "" { // go-oidc lets one provider leave out its scheme
		return nil, c, errors.New("token lacks its subject or exact issuer")
	}
	return token, c, token.Claims(&c)
}

func algorithmNames() []string {
	names := make([]string, len(algorithms))
	for i, algorithm := range algorithms {
		names[i] = string(algorithm)
	}
	return names
}

// kindAllowed refuses what a provider signs for other ends, a logout token above all.
func kindAllowed(raw string) error {
	signed, err := jose.ParseSignedCompact(raw, algorithms)
	if err != nil {
		return fmt.Errorf("parse: %w", err)
	}
	kind, _ := signed.Signatures[0].Header.ExtraHeaders[jose.HeaderType].(string)
	switch strings.TrimPrefix(strings.ToLower(kind), "application/") {
	case "", "jwt", "at+jwt":
		return nil
	}
	return fmt.Errorf("a token of kind %q is no credential", kind)
}

// verifyIdentity checks the identity token that ends a sign-in, beyond what holds for every token.
func (s *Service) verifyIdentity(ctx context.Context, raw, nonce, accessToken string) (*oidc.IDToken, claims, error) {
	token, c, err := s.verify(ctx, raw, s.cfg.ClientID)
	if err != nil {
		return nil, c, err
	}
	now := s.cfg.Now()
	switch {
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1:
		return nil, c, errors.New("nonce differs")
	case c.AuthorizedParty != s.cfg.ClientID && (c.AuthorizedParty != "" || len(token.Audience) > 1):
		return nil, c, errors.New("issued to another party")
	case token.IssuedAt.Before(now.Add(-signInAge)) || token.IssuedAt.After(now.Add(skew)):
		return nil, c, errors.New("issued too long ago or in the future")
	case token.AccessTokenHash != "":
		return token, c, token.VerifyAccessToken(accessToken)
	}
	return token, c, nil
}

// complete asks the provider's userinfo for an address that the identity token left out, as it may.
func (s *Service) complete(meta *metadata, token *oidc.IDToken, tokens *oauth2.Token, c claims) (claims, error) {
	if c.Email != "" || meta.oidc.UserInfoEndpoint() == "" {
		return c, nil
	}
	told, err := meta.oidc.UserInfo(s.provider.ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return c, fmt.Errorf("userinfo: %w", err)
	}
	if told.Subject != token.Subject {
		return c, errors.New("userinfo is about another subject")
	}
	return c, told.Claims(&c)
}

// identity is the person a token vouches for. An address that is not plain enough to compare is left out.
func identity(token *oidc.IDToken, c claims) policy.Identity {
	who := policy.Identity{Issuer: token.Issuer, Subject: token.Subject, Name: c.Name}
	if email, ok := policy.NormalAddress(c.Email); ok {
		who.Email = email
		who.EmailVerified = bool(c.EmailVerified)
	}
	return who
}
