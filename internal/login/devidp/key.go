package devidp

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-jose/go-jose/v4"
)

// LoadOrCreateKey reads an ECDSA P-256 key from a PEM file, which it makes first (mode 0600) if there is none.
// Processes that start at once agree on one key. An unreadable file is an error and is never replaced.
func LoadOrCreateKey(path string) (crypto.Signer, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := createKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("create signing key: %w", err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("signing key %s is not PEM", path)
	}
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("parse signing key %s: %w", path, err)
	}
	return key, nil
}

// createKey links a finished file into place, so that nobody reads half a key and the first of two makers wins.
func createKey(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".key-*") // CreateTemp makes it 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	err = pem.Encode(file, &pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Link(file.Name(), path)
}

// signingKey names a key by its thumbprint, so that two processes with one key publish one name.
func signingKey(key crypto.Signer) (jose.JSONWebKey, error) {
	if key == nil {
		made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return jose.JSONWebKey{}, fmt.Errorf("make signing key: %w", err)
		}
		key = made
	}
	web := jose.JSONWebKey{Key: key, Use: "sig"}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		web.Algorithm = string(jose.RS256)
	case *ecdsa.PrivateKey:
		if k.Curve != elliptic.P256() {
			return web, errors.New("an ECDSA signing key must be on P-256")
		}
		web.Algorithm = string(jose.ES256)
	default:
		return web, fmt.Errorf("a signing key cannot be %T", key)
	}
	print, err := web.Thumbprint(crypto.SHA256)
	if err != nil {
		return web, fmt.Errorf("thumbprint: %w", err)
	}
	web.KeyID = base64.RawURLEncoding.EncodeToString(print)
	return web, nil
}
