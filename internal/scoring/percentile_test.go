package scoring_test

import (
	"testing"

	"github.com/assay-hq/assay/internal/scoring"
	"pgregory.net/rapid"
)

// TestStanding holds the examples of SciPy's percentileofscore, in whole and half percent, and two groups with
// longer ties.
func TestStanding(t *testing.T) {
	tests := []struct {
		name                    string
		standing                scoring.Standing
		rank, weak, strict, mid string
	}{
		{"3 in 1 2 3 4", scoring.Standing{Below: 2, Equal: 1, Of: 4}, "75", "75", "50", "62.5"},
		{"3 in 1 2 3 3 4", scoring.Standing{Below: 2, Equal: 2, Of: 5}, "70", "80", "40", "60"},
		{"2.5 in 1 2 3 3 4", scoring.Standing{Below: 2, Equal: 0, Of: 5}, "40", "40", "40", "40"},
		{"20 in 10 20 20 20 30…80", scoring.Standing{Below: 1, Equal: 3, Of: 10}, "30", "40", "10", "25"},
		{"70 in 55 60 60 65 70 70 70 80 90 95", scoring.Standing{Below: 4, Equal: 3, Of: 10}, "60", "70", "40", "55"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, c := range []struct {
				convention string
				got        int64
				want       string
			}{
				{"rank", tt.standing.Rank(), tt.rank},
				{"weak", tt.standing.Weak(), tt.weak},
				{"strict", tt.standing.Strict(), tt.strict},
				{"mid", tt.standing.Mid(), tt.mid},
			} {
				if want := int64(points(t, c.want)); c.got != want {
					t.Errorf("%s: got %d, want %d micro-percent", c.convention, c.got, want)
				}
			}
		})
	}
}

// TestStanding_LSAT6 holds the strict, mid and weak percentile ranks of the raw scores 0 to 5 of section 6 of the
// Law School Admission Test (Bock & Lieberman 1970), n = 1000.
func TestStanding_LSAT6(t *testing.T) {
	tests := []struct {
		below, equal      int
		strict, mid, weak string
	}{
		{0, 3, "0", "0.15", "0.30"},
		{3, 20, "0.30", "1.30", "2.30"},
		{23, 85, "2.30", "6.55", "10.80"},
		{108, 237, "10.80", "22.65", "34.50"},
		{345, 357, "34.50", "52.35", "70.20"},
		{702, 298, "70.20", "85.10", "100"},
	}
	for score, tt := range tests {
		s := scoring.Standing{Below: tt.below, Equal: tt.equal, Of: 1000}
		got := [3]int64{s.Strict(), s.Mid(), s.Weak()}
		want := [3]int64{int64(points(t, tt.strict)), int64(points(t, tt.mid)), int64(points(t, tt.weak))}
		if got != want {
			t.Errorf("raw score %d: got %v, want %v", score, got, want)
		}
	}
}

func TestStanding_shown(t *testing.T) {
	tests := []struct {
		name     string
		standing scoring.Standing
		want     int
	}{
		{"a half goes to the even percent", scoring.Standing{Below: 2, Equal: 1, Of: 4}, 62},
		{"nobody is above all", scoring.Standing{Below: 999, Equal: 1, Of: 1000}, 99},
		{"nobody is below all", scoring.Standing{Below: 0, Equal: 1, Of: 1000}, 1},
		{"an empty group shows the least", scoring.Standing{}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.standing.Shown(); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
	if got := (scoring.Standing{}).Mid(); got != 0 {
		t.Errorf("an empty group has the mid-percentile %d", got)
	}
}

func TestStanding_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		below, equal, above := rapid.IntRange(0, 500).Draw(t, "below"), rapid.IntRange(0, 500).Draw(t, "equal"), rapid.IntRange(1, 500).Draw(t, "above")
		s := scoring.Standing{Below: below, Equal: equal, Of: below + equal + above}
		if s.Strict() > s.Mid() || s.Mid() > s.Weak() || s.Mid() > s.Rank() || s.Rank() > s.Weak() {
			t.Fatalf("strict %d, mid %d, rank %d, weak %d are out of order", s.Strict(), s.Mid(), s.Rank(), s.Weak())
		}
	})
}
