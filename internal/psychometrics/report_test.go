package psychometrics_test

import (
	"math"
	"testing"

	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestBand(t *testing.T) {
	spans(t, "two in three", psychometrics.Band(70, 4, psychometrics.Z68), "66", "74")
	spans(t, "nineteen in twenty", psychometrics.Band(70, 4, psychometrics.Z95), "62.16", "77.84")
	if band := psychometrics.Band(70, -1, psychometrics.Z68); band != nil {
		t.Errorf("an error below zero has the band %v", *band)
	}
}

func TestBorderline(t *testing.T) {
	for score, want := range map[float64]bool{55: false, 56: true, 60: true, 64: true, 65: false} {
		if got := psychometrics.Borderline(score, 60, 4); got != want {
			t.Errorf("%v beside a cut of 60 with an SEM of 4: got %v", score, got)
		}
	}
}

func TestSufficient(t *testing.T) {
	low, high := .59, .60
	for _, tt := range []struct {
		points      float64
		reliability *float64
		want        bool
	}{{5, nil, true}, {4, nil, false}, {4, &low, false}, {4, &high, true}, {5, &low, true}} {
		if got := psychometrics.Sufficient(tt.points, tt.reliability); got != tt.want {
			t.Errorf("%v points, reliability %v: got %v", tt.points, tt.reliability, got)
		}
	}
}

func TestContrastOf(t *testing.T) {
	// Errors of 3 and 4 make one of 5 for the difference: 9.8 for a contrast, 8.25 for a flag.
	for _, tt := range []struct {
		competency, multiple float64
		want                 psychometrics.Contrast
	}{
		{60, psychometrics.Z95, psychometrics.Strength},
		{59, psychometrics.Z95, psychometrics.Even},
		{59, psychometrics.Z90, psychometrics.Strength},
		{41, psychometrics.Z95, psychometrics.Even},
		{41, psychometrics.Z90, psychometrics.Weakness},
		{40, psychometrics.Z95, psychometrics.Weakness},
		{math.NaN(), psychometrics.Z95, psychometrics.Even},
	} {
		if got := psychometrics.ContrastOf(tt.competency, 50, 3, 4, tt.multiple); got != tt.want {
			t.Errorf("%v beside 50: got %s, want %s", tt.competency, got, tt.want)
		}
	}
	if got := psychometrics.ContrastOf(99, 50, math.NaN(), 4, psychometrics.Z95); got != psychometrics.Even {
		t.Errorf("without an error: got %s", got)
	}
}

func TestStep(t *testing.T) {
	for sem, want := range map[float64]float64{0: 1, 2: 1, 2.1: 2, 4: 2, 5: 5, 10: 5, 10.5: 10, 40: 20, 41: 50, 150: 100} {
		if got := psychometrics.Step(sem); got != want {
			t.Errorf("SEM %v: got %v, want %v", sem, got, want)
		}
	}
	if got := psychometrics.Step(math.NaN()); got != 1 {
		t.Errorf("without an SEM: got %v", got)
	}
}

func TestTie(t *testing.T) {
	// 80 reaches down to 74; 71 is the highest of the next band, which reaches to 65.
	if diff := cmp.Diff([]int{2, 1, 1, 1, 2, 3}, psychometrics.Tie([]float64{71, 80, 76, 74, 70, 60}, 6)); diff != "" {
		t.Errorf("bands (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{2, 1, 1}, psychometrics.Tie([]float64{1, 2, 2}, math.NaN())); diff != "" {
		t.Errorf("without an SED (-want +got):\n%s", diff)
	}
}

func TestTie_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.Float64Range(0, 100), 0, 20).Draw(t, "scores")
		sed := rapid.Float64Range(0, 30).Draw(t, "sed")
		bands := psychometrics.Tie(scores, sed)
		for i := range scores {
			for j := range scores {
				if bands[i] == bands[j] && math.Abs(scores[i]-scores[j]) > sed {
					t.Fatalf("%v and %v share a band of %v", scores[i], scores[j], sed)
				}
				if scores[i] > scores[j] && bands[i] > bands[j] {
					t.Fatalf("%v is in a lower band than %v", scores[i], scores[j])
				}
			}
		}
	})
}

// TestAngoffCut: sums of 6, 7 and 8 points have mean 7 and SD 1.
func TestAngoffCut(t *testing.T) {
	got := psychometrics.AngoffCut(numbers(t, "2 4 / 3 4 / 3 5"))
	close(t, "cut", got.Cut, "7")
	close(t, "its standard error", got.SE, "0.5773502692")
	if got.Judges != 3 || got.Ratings != 6 {
		t.Errorf("%d judges, %d ratings", got.Judges, got.Ratings)
	}
	for _, rows := range []string{"", "2 4", "2 4 / 3", "2 4 / 3 NaN"} {
		if cut := psychometrics.AngoffCut(numbers(t, rows)); cut != nil {
			t.Errorf("%s: got %+v", rows, *cut)
		}
	}
}
