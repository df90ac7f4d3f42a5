package scoring_test

import (
	"math/big"
	"testing"

	"github.com/assay-hq/assay/internal/scoring"
	"pgregory.net/rapid"
)

// TestNumeric holds the vectors of the QTI operator equal: its three modes, its bounds inclusive unless said
// otherwise, and the bounds of a negative value sorted.
func TestNumeric(t *testing.T) {
	within := func(value string, mode scoring.ToleranceMode, lower, upper string) scoring.NumericKey {
		return scoring.NumericKey{Value: decimal(t, value), Mode: mode, Lower: decimal(t, lower), Upper: decimal(t, upper)}
	}
	exclusive := func(key scoring.NumericKey, lower, upper bool) scoring.NumericKey {
		key.ExclusiveLower, key.ExclusiveUpper = lower, upper
		return key
	}
	gravity := within("9.8", scoring.Absolute, "0.1", "0.1")
	positive := within("200", scoring.Relative, "5", "5")
	negative := within("-200", scoring.Relative, "5", "5")
	lopsided := within("-200", scoring.Relative, "5", "10")
	tests := []struct {
		name   string
		key    scoring.NumericKey
		answer string
		right  bool
	}{
		{"absolute, lower bound", gravity, "9.7", true},
		{"absolute, upper bound", gravity, "9.9", true},
		{"absolute, above", gravity, "9.91", false},
		{"absolute, below", gravity, "9.69", false},
		{"absolute, a hair above", gravity, "9.90000000000000000001", false},
		{"absolute, written otherwise", gravity, "99.0e-1", true},
		{"relative, lower bound", positive, "190", true},
		{"relative, upper bound", positive, "210", true},
		{"relative, below", positive, "189.99", false},
		{"relative, above", positive, "210.01", false},
		{"relative to a negative value, lesser bound", negative, "-210", true},
		{"relative to a negative value, greater bound", negative, "-190", true},
		{"relative to a negative value, the value", negative, "-200", true},
		{"relative to a negative value, below", negative, "-210.01", false},
		{"relative to a negative value, above", negative, "-189.99", false},
		{"unequal tolerances of a negative value, t0 is towards zero", lopsided, "-190", true},
		{"unequal tolerances of a negative value, t1 is away from it", lopsided, "-220", true},
		{"unequal tolerances of a negative value, beyond t0", lopsided, "-189", false},
		{"excluded lower bound", exclusive(gravity, true, false), "9.7", false},
		{"excluded lower bound, upper bound still in", exclusive(gravity, true, false), "9.9", true},
		{"excluded upper bound", exclusive(gravity, false, true), "9.9", false},
		{"excluded upper bound, lower bound still in", exclusive(gravity, false, true), "9.7", true},
		{"excluded lower bound of a negative value is the lesser", exclusive(negative, true, false), "-210", false},
		{"and its greater one stays in", exclusive(negative, true, false), "-190", true},
		{"exact, the value", within("0.1", scoring.Exact, "0", "0"), "0.10", true},
		{"exact, a hair beside", within("0.1", scoring.Exact, "0", "0"), "0.1000000000000000001", false},
		{"exact, tolerances mean nothing", within("1", scoring.Exact, "1", "1"), "1.5", false},
		{"an unknown mode is exact", within("1", "UNHEARD_OF", "1", "1"), "1.5", false},
		{"no tolerance is zero tolerance", scoring.NumericKey{Value: decimal(t, "3"), Mode: scoring.Absolute}, "3", true},
		{"no tolerance accepts nothing beside", scoring.NumericKey{Value: decimal(t, "3"), Mode: scoring.Relative}, "3.01", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want scoring.Points
			if tt.right {
				want = scoring.Of(2)
			}
			if got := scoring.Numeric(scoring.Of(2), decimal(t, tt.answer), tt.key); got != want {
				t.Errorf("%s: got %v, want %v", tt.answer, got, want)
			}
		})
	}
}

func TestNumeric_no_number_is_no_answer(t *testing.T) {
	if got := scoring.Numeric(scoring.Point, nil, scoring.NumericKey{Value: big.NewRat(0, 1)}); got != 0 {
		t.Errorf("no answer earns %v", got)
	}
	if got := scoring.Numeric(scoring.Point, big.NewRat(0, 1), scoring.NumericKey{}); got != 0 {
		t.Errorf("a key without a value gives %v", got)
	}
}

func TestNumeric_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := big.NewRat(rapid.Int64Range(-1e9, 1e9).Draw(t, "value"), 1000)
		key := scoring.NumericKey{
			Value: value,
			Lower: big.NewRat(rapid.Int64Range(0, 1e6).Draw(t, "lower"), 1000),
			Upper: big.NewRat(rapid.Int64Range(0, 1e6).Draw(t, "upper"), 1000),
			Mode:  rapid.SampledFrom([]scoring.ToleranceMode{scoring.Exact, scoring.Absolute, scoring.Relative}).Draw(t, "mode"),
		}
		before := value.String() + key.Lower.String() + key.Upper.String()
		if got := scoring.Numeric(scoring.Point, new(big.Rat).Set(value), key); got != scoring.Point {
			t.Fatalf("the value itself earns %v", got)
		}
		if after := value.String() + key.Lower.String() + key.Upper.String(); after != before {
			t.Fatalf("scoring changed the key from %s to %s", before, after)
		}
	})
}
