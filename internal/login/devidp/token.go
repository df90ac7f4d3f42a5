package devidp

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	tokenLife   = time.Hour
	refreshLife = 24 * time.Hour
)

// BearerToken mints an access token for an account, good for an hour. An unknown address is an error.
func (p *Provider) BearerToken(email string) (string, error) {
	account, ok := p.account(email)
	if !ok {
		return "", fmt.Errorf("no development account has the address %q", email)
	}
	return p.accessToken(account, []string{"openid", "email", "profile"})
}

func (p *Provider) accessToken(account Account, scope []string) (string, error) {
	id, err := p.secret()
	if err != nil {
		return "", err
	}
	claims := p.claims(account)
	claims["jti"] = id
	claims["client_id"] = p.cfg.ClientID
	claims["scope"] = strings.Join(scope, " ")
	return p.sign("at+jwt", claims)
}

func (p *Provider) idToken(g grant, accessToken string) (string, error) {
	claims := p.claims(g.account)
	hash := sha256.Sum256([]byte(accessToken))
	claims["at_hash"] = base64.RawURLEncoding.EncodeToString(hash[:len(hash)/2])
	claims["auth_time"] = g.signedIn.Unix()
	claims["azp"] = p.cfg.ClientID
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	return p.sign("JWT", claims)
}

func (p *Provider) claims(account Account) map[string]any {
	now := p.cfg.Now()
	claims := person(account)
	claims["iss"] = p.cfg.Issuer
	claims["aud"] = p.cfg.ClientID
	claims["iat"] = now.Unix()
	claims["exp"] = now.Add(tokenLife).Unix()
	return claims
}

func person(a Account) map[string]any {
	return map[string]any{"sub": a.Subject, "email": a.Email, "email_verified": a.EmailVerified, "name": a.Name}
}

func (p *Provider) sign(kind string, claims map[string]any) (string, error) {
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.SignatureAlgorithm(p.key.Algorithm), Key: p.key},
		(&jose.SignerOptions{}).WithType(jose.ContentType(kind)))
	if err != nil {
		return "", fmt.Errorf("signer: %w", err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("encode claims: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return signed.CompactSerialize()
}

// token exchanges a code or a refresh token; either is spent by the attempt, whatever comes of it.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		refuse(w, http.StatusBadRequest, "invalid_request")
		return
	}
	if !p.isClient(r) {
		w.Header().Set("WWW-Authenticate", "Basic")
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	ask := r.PostForm
	switch ask.Get("grant_type") {
	case "authorization_code":
		g, ok := p.take(p.codes, ask.Get("code"))
		if !ok || g.redirectURI != ask.Get("redirect_uri") || !proves(ask.Get("code_verifier"), g.challenge) {
			refuse(w, http.StatusBadRequest, "invalid_grant")
			return
		}
		p.hand(w, g)
	case "refresh_token":
		g, ok := p.take(p.fresh, ask.Get("refresh_token"))
		if !ok {
			refuse(w, http.StatusBadRequest, "invalid_grant")
			return
		}
		g.nonce = "" // it belonged to the browser's request
		p.hand(w, g)
	default:
		refuse(w, http.StatusBadRequest, "unsupported_grant_type")
	}
}

// isClient accepts the secret in the header (form-encoded, RFC 6749 2.3.1) or in the body.
func (p *Provider) isClient(r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	} else {
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	}
	return same(id, p.cfg.ClientID) && same(secret, p.cfg.ClientSecret)
}

func proves(verifier, challenge string) bool {
	hash := sha256.Sum256([]byte(verifier))
	return same(base64.RawURLEncoding.EncodeToString(hash[:]), challenge)
}

// hand gives out the tokens of a grant.
func (p *Provider) hand(w http.ResponseWriter, g grant) {
	answer, err := p.tokens(g)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "server_error")
		return
	}
	reply(w, http.StatusOK, answer)
}

func (p *Provider) tokens(g grant) (map[string]any, error) {
	access, err := p.accessToken(g.account, g.scope)
	if err != nil {
		return nil, err
	}
	id, err := p.idToken(g, access)
	if err != nil {
		return nil, err
	}
	answer := map[string]any{
		"token_type": "Bearer", "access_token": access, "id_token": id,
		"expires_in": int(tokenLife.Seconds()), "scope": strings.Join(g.scope, " "),
	}
	if !g.refreshToken {
		return answer, nil
	}
	refresh, err := p.secret()
	if err != nil {
		return nil, err
	}
	g.expires = p.cfg.Now().Add(refreshLife)
	p.keep(p.fresh, refresh, g)
	answer["refresh_token"] = refresh
	return answer, nil
}

// own reads the claims of a token that this provider signed, expired or not.
func (p *Provider) own(token string) (map[string]any, bool) {
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(p.key.Algorithm)})
	if err != nil {
		return nil, false
	}
	payload, err := signed.Verify(p.key.Public())
	if err != nil {
		return nil, false
	}
	var claims map[string]any
	err = json.Unmarshal(payload, &claims)
	return claims, err == nil && claims["iss"] == p.cfg.Issuer
}

func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	claims, ok := p.own(token)
	expires, _ := claims["exp"].(float64)
	at := slices.IndexFunc(p.cfg.Accounts, func(a Account) bool { return a.Subject == claims["sub"] })
	if !ok || claims["jti"] == nil || !p.cfg.Now().Before(time.Unix(int64(expires), 0)) || at < 0 {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		refuse(w, http.StatusUnauthorized, "invalid_token")
		return
	}
	reply(w, http.StatusOK, person(p.cfg.Accounts[at]))
}

// logout has no session of its own to end: it sends the browser back to where the client says.
func (p *Provider) logout(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		refuse(w, http.StatusBadRequest, "invalid_request")
		return
	}
	to := r.Form.Get("post_logout_redirect_uri")
	if to == "" {
		p.show(w, http.StatusOK, view{Title: "Signed out", Message: "You can close this page."}, "")
		return
	}
	claims, ours := p.own(r.Form.Get("id_token_hint"))
	known := ours && claims["aud"] == p.cfg.ClientID && slices.Contains(p.cfg.PostLogoutRedirectURIs, to)
	target, err := url.Parse(to)
	if !known || err != nil {
		p.show(w, http.StatusBadRequest, view{Title: "Not signed out", Message: "The request to sign out names no known client or address."}, "")
		return
	}
	if state := r.Form.Get("state"); state != "" {
		query := target.Query()
		query.Set("state", state)
		target.RawQuery = query.Encode()
	}
	http.Redirect(w, r, target.String(), http.StatusSeeOther)
}

func refuse(w http.ResponseWriter, status int, fault string) {
	reply(w, status, map[string]string{"error": fault})
}
