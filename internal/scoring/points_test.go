package scoring_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/assay-hq/assay/internal/scoring"
	"pgregory.net/rapid"
)

// decimal reads a number that a test is sure of.
func decimal(t testing.TB, text string) *big.Rat {
	t.Helper()
	number, err := scoring.ParseDecimal(text)
	if err != nil {
		t.Fatalf("ParseDecimal(%q): %v", text, err)
	}
	return number
}

// points reads an amount of points; more than six decimals would be lost, so they fail.
func points(t testing.TB, text string) scoring.Points {
	t.Helper()
	micro := new(big.Rat).Mul(decimal(t, text), big.NewRat(int64(scoring.Point), 1))
	if !micro.IsInt() {
		t.Fatalf("%s is finer than a micro-point", text)
	}
	return scoring.Points(micro.Num().Int64())
}

func TestDecimal(t *testing.T) {
	tests := []struct {
		points scoring.Points
		want   string
	}{
		{0, "0"},
		{scoring.Of(10), "10"},
		{scoring.Of(-10), "-10"},
		{7_500_000, "7.5"},
		{666_667, "0.666667"},
		{1, "0.000001"},
		{-1, "-0.000001"},
		{100_000, "0.1"},
		{1_000_010, "1.00001"},
		{math.MaxInt64, "9223372036854.775807"},
		{math.MinInt64, "-9223372036854.775808"},
	}
	for _, tt := range tests {
		if got := tt.points.Decimal(); got != tt.want {
			t.Errorf("Points(%d).Decimal() = %q, want %q", int64(tt.points), got, tt.want)
		}
		if got := tt.points.String(); got != tt.want {
			t.Errorf("Points(%d).String() = %q, want %q", int64(tt.points), got, tt.want)
		}
	}
}

func TestDecimal_is_exact_and_reads_back(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := big.NewRat(rapid.Int64().Draw(t, "micro"), 1_000_000)
		text := scoring.Points(new(big.Rat).Mul(want, big.NewRat(1_000_000, 1)).Num().Int64()).Decimal()
		got, err := scoring.ParseDecimal(text)
		if err != nil || got.Cmp(want) != 0 {
			t.Fatalf("%s reads back as %v (%v), want %v", text, got, err, want)
		}
	})
}

func TestWithin(t *testing.T) {
	tests := []struct{ points, maximum, want scoring.Points }{
		{5, 10, 5}, {0, 10, 0}, {10, 10, 10}, {11, 10, 10}, {-1, 10, 0}, {1, -10, 0}, {-20, -10, 0},
	}
	for _, tt := range tests {
		if got := tt.points.Within(tt.maximum); got != tt.want {
			t.Errorf("%d.Within(%d) = %d, want %d", int64(tt.points), int64(tt.maximum), int64(got), int64(tt.want))
		}
	}
}

// TestRounding shows through one option of n that a share is rounded once, half to even.
func TestRounding(t *testing.T) {
	tests := []struct {
		name    string
		maximum scoring.Points
		share   *big.Rat
		want    scoring.Points
	}{
		{"half of one micro-point goes down to the even zero", 1, big.NewRat(1, 2), 0},
		{"half of three goes up to the even two", 3, big.NewRat(1, 2), 2},
		{"half of five goes down to the even two", 5, big.NewRat(1, 2), 2},
		{"a third rounds down", scoring.Point, big.NewRat(1, 3), 333_333},
		{"two thirds round up", scoring.Point, big.NewRat(2, 3), 666_667},
		{"just above a half rounds up", 1, big.NewRat(500_001, 1_000_000), 1},
		{"a share above the whole is the whole", scoring.Point, big.NewRat(3, 2), scoring.Point},
		{"beyond any amount of points it is still the whole", math.MaxInt64, big.NewRat(5, 1), math.MaxInt64},
		{"a share below nothing is nothing", scoring.Point, big.NewRat(-1, 2), 0},
		{"a maximum below zero gives nothing", -scoring.Point, big.NewRat(1, 2), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			accepted := []scoring.Accepted{{Text: "x", Share: tt.share}}
			if got := scoring.ShortText(tt.maximum, "x", accepted); got != tt.want {
				t.Errorf("got %d micro-points, want %d", int64(got), int64(tt.want))
			}
		})
	}
}
