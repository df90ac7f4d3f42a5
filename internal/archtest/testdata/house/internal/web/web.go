// Package web is the door.
package web

import (
	_ "github.com/assay-hq/assay/graph"
	_ "github.com/assay-hq/assay/internal/demo" // breaks: floors; sole importers
	_ "github.com/casbin/casbin/v2"             // breaks: sole importers
	_ "github.com/coreos/go-oidc/v3/oidc"       // breaks: sole importers
)
