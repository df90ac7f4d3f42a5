package sitting

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
)

// secretBytes is how much randomness a link carries: 256 bits.
const secretBytes = 32

// newSecret makes the secret part of a link. Only its hash is kept.
func (s *Service) newSecret() (secret string, hash []byte, err error) {
	raw := make([]byte, secretBytes)
	if _, err := io.ReadFull(s.cfg.Random, raw); err != nil {
		return "", nil, fmt.Errorf("random source: %w", err)
	}
	secret = base64.RawURLEncoding.EncodeToString(raw)
	return secret, linkHash(secret), nil
}

// linkHash is what the database knows of a link.
func linkHash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// link is the address that an invitation mail carries.
func (s *Service) link(secret string) string { return s.cfg.PublicURL + "/take/" + secret }
