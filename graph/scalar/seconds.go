package scalar

import (
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/assay-hq/assay/internal/fault"
)

// MarshalSeconds writes a whole number of seconds as an ISO 8601 duration.
func MarshalSeconds(n int) graphql.Marshaler { return MarshalDuration(time.Duration(n) * time.Second) }

// UnmarshalSeconds reads an ISO 8601 duration of whole seconds; anything else is BadInput.
func UnmarshalSeconds(v any) (int, error) {
	d, err := UnmarshalDuration(v)
	if err != nil {
		return 0, err
	}
	if d%time.Second != 0 {
		return 0, fault.New(fault.BadInput, "a duration here has whole seconds")
	}
	return int(d / time.Second), nil
}
