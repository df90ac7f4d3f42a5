// Package scalar reads and writes the API's scalar types, strictly.
//
// gqlgen binds each pair of functions by name: `Int: {model: …/graph/scalar.Int}` uses MarshalInt and
// UnmarshalInt. A value that is almost of its type is refused, never bent: "10" is no Int, 2^31 is no Int, 1 is
// no Boolean. Every refusal is a fault with the code BAD_USER_INPUT and never quotes the value.
package scalar

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"github.com/assay-hq/assay/internal/fault"
)

func refused(message string) error { return fault.New(fault.BadInput, message) }

// MarshalInt writes an Int.
func MarshalInt(i int) graphql.Marshaler { return graphql.MarshalInt(i) }

// UnmarshalInt reads an integer of 32 bits.
func UnmarshalInt(v any) (int, error) {
	n, err := integer(v)
	if err != nil || n < math.MinInt32 || n > math.MaxInt32 {
		return 0, refused("an Int must be a whole number of 32 bits")
	}
	return int(n), nil
}

// integer reads what a literal, a coerced variable or a nested JSON number may be.
func integer(v any) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case int:
		return int64(v), nil
	case json.Number:
		return strconv.ParseInt(v.String(), 10, 64)
	default:
		return 0, fmt.Errorf("unexpected %T", v)
	}
}

// MarshalFloat writes a Float; one that is not finite is an error.
func MarshalFloat(f float64) graphql.ContextMarshaler { return graphql.MarshalFloatContext(f) }

// UnmarshalFloat reads a finite number.
func UnmarshalFloat(_ context.Context, v any) (float64, error) {
	var f float64
	var err error
	switch v := v.(type) {
	case float64:
		f = v
	case int64:
		f = float64(v)
	case int:
		f = float64(v)
	case json.Number:
		f, err = v.Float64()
	default:
		err = fmt.Errorf("unexpected %T", v)
	}
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return 0, refused("a Float must be a finite number")
	}
	return f, nil
}

// MarshalBoolean writes a Boolean.
func MarshalBoolean(b bool) graphql.Marshaler { return graphql.MarshalBoolean(b) }

// UnmarshalBoolean reads true or false.
func UnmarshalBoolean(v any) (bool, error) {
	b, ok := v.(bool)
	if !ok {
		return false, refused("a Boolean must be true or false")
	}
	return b, nil
}

// MarshalString writes a String.
func MarshalString(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalString reads text in UTF-8 without the character NUL, which PostgreSQL cannot keep.
func UnmarshalString(v any) (string, error) { return text(v, "a String") }

func text(v any, what string) (string, error) {
	s, ok := v.(string)
	if !ok || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", refused(what + " must be text without the character NUL")
	}
	return s, nil
}

// MarshalDateTime writes a time in RFC 3339 and UTC; the zero time is null.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	if t.IsZero() {
		return graphql.Null
	}
	return graphql.MarshalString(t.UTC().Format(time.RFC3339Nano))
}

// UnmarshalDateTime reads a time in RFC 3339 with any offset, as UTC truncated to microseconds, which is what
// both databases keep.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	// The standard library also takes hours of one digit and a comma before the fraction.
	if err != nil || s[len("2026-01-31T09")] != ':' || strings.Contains(s, ",") {
		return time.Time{}, refused("a DateTime must be written like 2026-01-31T09:30:00Z")
	}
	t = t.UTC().Truncate(time.Microsecond)
	if t.Year() < 1 || t.Year() > 9999 || t.IsZero() {
		return time.Time{}, refused("a DateTime must lie within the years 1 to 9999")
	}
	return t, nil
}
