package tenant

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
)

// secretBytes is how much randomness a link carries: 256 bits, which nobody guesses.
const secretBytes = 32

// NewSecret makes the secret part of a link and the hash of it, which alone is kept.
func NewSecret(random io.Reader) (secret string, hash []byte, err error) {
	raw := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", nil, fmt.Errorf("random source: %w", err)
	}
	secret = base64.RawURLEncoding.EncodeToString(raw)
	return secret, SecretHash(secret), nil
}

// SecretHash is what the database knows of a link.
func SecretHash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
