package psychometrics_test

import (
	"math"
	"testing"

	"github.com/assay-hq/assay/internal/psychometrics"
)

// TestKelley_LSAT6, like TestLivingston_LSAT6, continues TestReliability_LSAT6.
func TestKelley_LSAT6(t *testing.T) {
	r := lsat6Scores(t).Reliability(.95)
	for score, want := range map[float64]string{0: "2.69241", 3: "3.57740", 5: "4.16739"} {
		got := psychometrics.Kelley(score, r.Mean, r.SD, r.Alpha)
		close(t, "true score", got.Estimate, want)
		close(t, "its standard error", got.SE, ".47202")
	}
}

func TestLivingston_LSAT6(t *testing.T) {
	r := lsat6Scores(t).Reliability(.95)
	has(t, "cut at 3", psychometrics.Livingston(r.Alpha, r.Mean, r.SD, 3), ".566449")
	has(t, "cut at 4", psychometrics.Livingston(r.Alpha, r.Mean, r.SD, 4), ".315917")
	has(t, "cut at the mean", psychometrics.Livingston(r.Alpha, r.Mean, r.SD, r.Mean), "0.2949971922")
}

func TestErrorsOfMeasurement(t *testing.T) {
	has(t, "SEM", psychometrics.SEM(10, .84), "4")
	has(t, "SED", psychometrics.SED(4), "5.6568542495")
	has(t, "at one score", psychometrics.LordCSEM(30, 40), "2.7735009811")
	has(t, "at none right", psychometrics.LordCSEM(0, 40), "0")
	has(t, "at all right", psychometrics.LordCSEM(40, 40), "0")
}

func TestSpearmanBrown(t *testing.T) {
	has(t, "twice as long", psychometrics.SpearmanBrown(.6, 2), "0.75")
	has(t, "half as long", psychometrics.SpearmanBrown(.75, .5), "0.6")
	has(t, "length for .75", psychometrics.LengthFor(.6, .75), "2")
	has(t, "length for .6", psychometrics.LengthFor(.75, .6), "0.5")
}

// TestCompose: two sections of weight 2 and 1, with variances 4 and 9, a covariance of 3 and reliabilities .75 and .9:
// the sum has variance 16 + 9 + 12 = 37, and errors of 16·.25 + 9·.1 = 4.9.
func TestCompose(t *testing.T) {
	got := psychometrics.Compose([]float64{2, 1}, []float64{.75, .9}, numbers(t, "4 3 / 3 9"))
	close(t, "SD", got.SD, "6.0827625303")
	close(t, "reliability", got.Reliability, "0.8675675676")
	close(t, "SEM", got.SEM, "2.2135943621")
}

func TestTrueScores_that_cannot_be_computed(t *testing.T) {
	nan := math.NaN()
	for name, got := range map[string]*float64{
		"SEM of a reliability below zero":        psychometrics.SEM(1, -.1),
		"SEM of a reliability above one":         psychometrics.SEM(1, 1.1),
		"SEM of an SD below zero":                psychometrics.SEM(-1, .5),
		"SEM of no number":                       psychometrics.SEM(nan, .5),
		"SED of less than nothing":               psychometrics.SED(-1),
		"Lord's of one item":                     psychometrics.LordCSEM(1, 1),
		"Lord's of a score above all":            psychometrics.LordCSEM(6, 5),
		"Spearman-Brown of no length":            psychometrics.SpearmanBrown(.5, 0),
		"Spearman-Brown beyond its pole":         psychometrics.SpearmanBrown(-.9, 3),
		"a length for full reliability":          psychometrics.LengthFor(.5, 1),
		"a length of what measures nothing":      psychometrics.LengthFor(0, .5),
		"Livingston without variance":            psychometrics.Livingston(.5, 3, 0, 3),
		"Livingston with an odd reliability":     psychometrics.Livingston(1.5, 3, 1, 2),
		"Livingston of a mean that is no number": psychometrics.Livingston(.5, nan, 1, 2),
	} {
		if got != nil {
			t.Errorf("%s: got %v, want nil", name, *got)
		}
	}
	if got := psychometrics.Kelley(1, 1, 1, 2); got != nil {
		t.Errorf("Kelley with a reliability above one: got %v", *got)
	}
	for name, got := range map[string]*psychometrics.Composite{
		"a reliability short":            psychometrics.Compose([]float64{1, 1}, []float64{1}, numbers(t, "1 0 / 0 1")),
		"a covariance short":             psychometrics.Compose([]float64{1, 1}, []float64{1, 1}, numbers(t, "1 0 / 0")),
		"a reliability that is none":     psychometrics.Compose([]float64{1, 1}, []float64{1, 2}, numbers(t, "1 0 / 0 1")),
		"a sum without variance":         psychometrics.Compose([]float64{1, 1}, []float64{1, 1}, numbers(t, "1 -1 / -1 1")),
		"a covariance that is no number": psychometrics.Compose([]float64{1, 1}, []float64{1, 1}, numbers(t, "1 NaN / 0 1")),
		"no section":                     psychometrics.Compose(nil, nil, nil),
	} {
		if got != nil {
			t.Errorf("%s: got %+v, want nil", name, *got)
		}
	}
}
