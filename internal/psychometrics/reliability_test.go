package psychometrics_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/psychometrics"
)

func TestReliability_LSAT6(t *testing.T) {
	scores := lsat6Scores(t)
	r := scores.Reliability(.95)
	if r.N != 1000 || r.Items != 5 {
		t.Errorf("%d persons, %d items", r.N, r.Items)
	}
	close(t, "mean", r.Mean, "3.819")
	close(t, "variance", r.SD*r.SD, "1.0713103")
	close(t, "SD", r.SD, "1.035041")
	close(t, "alpha", r.Alpha, "0.2949971922")
	spans(t, "Feldt's interval", r.Interval, "0.223474", "0.361803")
	has(t, "KR-21", r.KR21, "0.1964412")
	has(t, "SEM", r.SEM, "0.869067")
	has(t, "SED", r.SED, "1.229046")
	has(t, "alpha alone", scores.Alpha(), "0.2949971922")
}

// TestReliability_KR20: alpha of right-or-wrong items is Kuder and Richardson's formula 20, with one kind of variance
// throughout. With Σpq dividing by n and the total by n−1 it would come out as .2959522.
func TestReliability_KR20(t *testing.T) {
	scores := lsat6Scores(t)
	pq, n := 0.0, 1000.0
	for _, item := range scores.Items() {
		pq += *item.Difficulty * (1 - *item.Difficulty)
	}
	r := scores.Reliability(.95)
	if kr20 := 5. / 4 * (1 - pq*n/(n-1)/(r.SD*r.SD)); math.Abs(kr20-r.Alpha) > 1e-12 {
		t.Errorf("alpha %.12f, KR-20 %.12f", r.Alpha, kr20)
	}
	close(t, "with two kinds of variance", 5./4*(1-pq/(r.SD*r.SD)), "0.2959522")
}

// TestReliability_LSAT6_covariances: Σ of all covariances, each twice, and of the variances is the variance of the sum.
func TestReliability_LSAT6_covariances(t *testing.T) {
	above := strings.Fields(`.0088928929 .0130410410 .0049929930 .0021221221 .0259489489 .0120450450 .0131831832 .0230840841 .0088988989 .0142042042`)
	var covariances [][]float64
	scores, next := lsat6Scores(t), 0
	for range 5 {
		covariances = append(covariances, make([]float64, 5))
	}
	for i := range 5 {
		p := *scores.Items()[i].Difficulty
		covariances[i][i] = p * (1 - p) * 1000 / 999
		for j := i + 1; j < 5; j++ {
			covariances[i][j] = numbers(t, above[next])[0][0]
			covariances[j][i] = covariances[i][j]
			next++
		}
	}
	ones := []float64{1, 1, 1, 1, 1}
	composite := psychometrics.Compose(ones, ones, covariances)
	close(t, "variance of the sum", composite.SD*composite.SD, "1.0713103")
	close(t, "reliability of a sum without errors", composite.Reliability, "1")
}

func TestReliability_attitude(t *testing.T) {
	r := attitudeScores(t).Reliability(.95)
	close(t, "alpha", r.Alpha, ".84314277")
	has(t, "standardized alpha", r.Standardized, ".8390838")
	has(t, "mean correlation", r.MeanCorrelation, ".42690664")
	spans(t, "Feldt's interval", r.Interval, ".7393757", ".9157731")
	close(t, "SD of the mean of items", r.SD/7, "8.2497891")
	if r.KR21 != nil {
		t.Error("continuous items have a KR-21")
	}
}

func TestReliability_quiz(t *testing.T) {
	r := quizScores().Reliability(.95)
	close(t, "alpha", r.Alpha, ".583982")
	has(t, "SEM", r.SEM, ".992074")
	pq := 0.0
	for _, item := range quizScores().Items() {
		pq += *item.Difficulty * (1 - *item.Difficulty)
	}
	close(t, "with two kinds of variance", 5./4*(1-pq/(r.SD*r.SD)), ".617283")
}

func TestReliability_that_cannot_be_computed(t *testing.T) {
	for name, rows := range map[string]string{
		"one person":                   "1 0 1",
		"one item":                     "1 / 0",
		"sums that do not vary":        "1 0 / 0 1",
		"nor if of uneven decimals":    ".1 .9 / .3 .7 / .6 .4",
		"a number that is none":        "1 0 / NaN 1 / 1 1",
		"a number that is beyond size": "1 0 / Inf 1 / 1 1",
	} {
		t.Run(name, func(t *testing.T) {
			if r := full(numbers(t, rows), 1).Reliability(.95); r != nil {
				t.Errorf("got %+v", *r)
			}
		})
	}
	t.Run("an item that does not vary leaves alpha and takes the standardized one", func(t *testing.T) {
		r := full(numbers(t, "1 1 1 / 1 1 1 / 1 0 0 / 1 0 1"), 1).Reliability(.95)
		if r.Standardized != nil || r.MeanCorrelation != nil || !(r.Alpha > 0) {
			t.Errorf("got %+v", *r)
		}
	})
	t.Run("an alpha below zero has no error of measurement", func(t *testing.T) {
		r := full(numbers(t, "1 0 / 0 1 / 1 0 / 0 1 / 1 1"), 1).Reliability(.95)
		if !(r.Alpha < 0) || r.SEM != nil || r.SED != nil {
			t.Errorf("got %+v", *r)
		}
	})
	t.Run("no level, no interval", func(t *testing.T) {
		for _, level := range []float64{0, 1, -1, 2, math.NaN()} {
			if r := quizScores().Reliability(level); r.Interval != nil {
				t.Errorf("level %v: got %v", level, *r.Interval)
			}
		}
	})
}

// TestOmega_attitude holds factanal's loadings and McDonald's ω of both metrics.
func TestOmega_attitude(t *testing.T) {
	omega := attitudeScores(t).Omega()
	for j, want := range strings.Fields(".85247824 .90224144 .59270515 .73069595 .76499390 .24609279 .37784408") {
		// factanal stops its search at about the fifth digit.
		if got := omega.Loadings[j]; math.Abs(got-numbers(t, want)[0][0]) > 2e-6 {
			t.Errorf("loading %d: got %.8f, want %s", j+1, got, want)
		}
	}
	close(t, "ω of standardized items", omega.Standardized, ".84054467")
	close(t, "ω of the sum of points", omega.Raw, ".85632694")
}

func TestLambda6(t *testing.T) {
	has(t, "attitude", attitudeScores(t).Lambda6(), ".87521514")
	for name, rows := range map[string]string{
		"one item":                      "1 / 2 / 3",
		"nobody":                        "1 NaN",
		"an item that does not vary":    "1 2 / 1 3 / 1 1",
		"items that predict each other": "1 2 / 2 4 / 3 6",
	} {
		if got := full(numbers(t, rows), 5).Lambda6(); got != nil {
			t.Errorf("%s: got %v", name, *got)
		}
	}
}

func TestOmega_that_cannot_be_computed(t *testing.T) {
	for name, rows := range map[string]string{
		"two items":                   "1 2 / 2 3 / 3 5 / 4 1",
		"no more persons than that":   "1 2 3 / 2 3 1 / 3 1 2",
		"an item that does not vary":  "1 2 3 / 1 3 1 / 1 1 2 / 1 3 3",
		"items without a correlation": "1 1 1 / -1 1 -1 / 1 -1 -1 / -1 -1 1",
	} {
		t.Run(name, func(t *testing.T) {
			if omega := full(numbers(t, rows), 5).Omega(); omega != nil {
				t.Errorf("got %+v", *omega)
			}
		})
	}
}

// TestOmega_of_one_factor: correlations that are products of loadings give those loadings back.
func TestOmega_of_one_factor(t *testing.T) {
	// Rows of a Hadamard matrix of order 8 are uncorrelated; one is the factor, the others are the errors.
	plus := numbers(t, "1 1 1 1 / -1 1 -1 1 / 1 -1 -1 1 / -1 -1 1 1 / 1 1 1 -1 / -1 1 -1 -1 / 1 -1 -1 -1 / -1 -1 1 -1")
	var rows [][]float64
	for _, h := range plus {
		factor := h[3]
		rows = append(rows, []float64{.8*factor + .6*h[0], .6*factor + .8*h[1], .8*factor + .6*h[2]})
	}
	omega := full(rows, 5).Omega()
	for j, want := range []string{"0.80", "0.60", "0.80"} {
		if math.Abs(omega.Loadings[j]-numbers(t, want)[0][0]) > 1e-9 {
			t.Errorf("loading %d: got %v, want %s", j+1, omega.Loadings[j], want)
		}
	}
	close(t, "ω", omega.Standardized, fmt.Sprintf("%.8f", 2.2*2.2/(2.2*2.2+.36+.64+.36)))
}
