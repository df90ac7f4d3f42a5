package scalar

import (
	"io"

	"github.com/99designs/gqlgen/graphql"

	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/scoring"
)

// MarshalPoints writes points as an exact decimal number.
func MarshalPoints(p scoring.Points) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, p.Decimal()) })
}

// UnmarshalPoints refuses everything: points are awarded, never given.
func UnmarshalPoints(any) (scoring.Points, error) { return 0, outputOnly() }

// MarshalPercent writes a percentage as an exact decimal number.
func MarshalPercent(p grading.Percent) graphql.Marshaler { return MarshalPoints(scoring.Points(p)) }

// UnmarshalPercent refuses everything: percentages are computed, never given.
func UnmarshalPercent(any) (grading.Percent, error) { return 0, outputOnly() }

func outputOnly() error { return refused("this value is computed and cannot be given") }
