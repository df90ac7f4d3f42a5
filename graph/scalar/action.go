package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"github.com/assay-hq/assay/policy"
)

// MarshalAction writes a permission by its name.
func MarshalAction(a policy.Action) graphql.Marshaler { return graphql.MarshalString(string(a)) }

// UnmarshalAction reads a permission by its name; whether there is such a permission is the operation's rule.
func UnmarshalAction(v any) (policy.Action, error) {
	s, err := text(v, "a String")
	return policy.Action(s), err
}
