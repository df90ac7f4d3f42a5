// Package oidc stands for the real one.
package oidc
