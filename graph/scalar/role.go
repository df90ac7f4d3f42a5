package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"github.com/assay-hq/assay/policy"
)

// MarshalRole writes a role by its name.
func MarshalRole(r policy.Role) graphql.Marshaler { return graphql.MarshalString(string(r)) }

// UnmarshalRole reads a role by its name; whether there is such a role is the operation's rule.
func UnmarshalRole(v any) (policy.Role, error) {
	s, err := text(v, "a String")
	return policy.Role(s), err
}
