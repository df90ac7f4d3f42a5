// Package graph is the GraphQL face of the rooms: schema, resolvers of one line, errors, batch loaders.
//
// It holds no rule, no SQL and no permission: each resolver calls one operation, which asks the policy by itself.
package graph

import (
	"time"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/insight"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/policy"
)

// Resolver holds the rooms that fields are resolved by.
type Resolver struct {
	Account   *account.Service
	Authoring *authoring.Service
	Sittings  *sitting.Service
	Grading   *grading.Service
	Insight   *insight.Service
	Policy    *policy.Policy
	Version   string        // the product and its version
	Gather    time.Duration // how long a loader waits for more ids before it reads them all; a millisecond if zero
	Hash      string        // the schema's
}
