package scalar

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"github.com/assay-hq/assay/internal/event"
)

// MarshalEventType writes a type of event by its name.
func MarshalEventType(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalEventType reads a type of event by its name. One that is misspelt is refused, for nothing would ever come.
func UnmarshalEventType(v any) (string, error) {
	s, err := text(v, "an EventType")
	if err != nil {
		return "", err
	}
	if !slices.Contains(event.Types(), event.Type(s)) {
		return "", refused("an EventType must be the name of an event, such as session.invited")
	}
	return s, nil
}
