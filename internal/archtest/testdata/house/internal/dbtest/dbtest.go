// Package dbtest makes databases for tests; it may hold the client.
package dbtest

import (
	"github.com/assay-hq/assay/ent"
	_ "github.com/assay-hq/assay/internal/tenant"
)

// Fresh is a client.
func Fresh() *ent.Client { return ent.NewClient() }

var kept []string

// Keep keeps one for the process.
func Keep(s string) { kept = append(kept, s) }
