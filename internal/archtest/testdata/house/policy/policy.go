// Package policy decides.
package policy

import (
	"os" // breaks: floors

	_ "github.com/casbin/casbin/v2"

	"github.com/assay-hq/assay/internal/gid"
)

// Actor is who asks.
type Actor struct {
	ID   gid.ID
	Name string
}

// Action is what is done.
type Action string

// Read is an action.
const Read Action = "read"

// Home reads the environment.
func Home() string { return os.Getenv("HOME") }
