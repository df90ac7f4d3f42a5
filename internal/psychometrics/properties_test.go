package psychometrics_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// drawMarks draws a table of marks from 1 to 5, a share of them missing.
func drawMarks(t *rapid.T, missing bool) psychometrics.Marks {
	units, raters := rapid.IntRange(1, 12).Draw(t, "units"), rapid.IntRange(1, 5).Draw(t, "raters")
	mark := rapid.Custom(func(t *rapid.T) *float64 {
		if missing && rapid.IntRange(0, 4).Draw(t, "missing") == 0 {
			return nil
		}
		value := float64(rapid.IntRange(1, 5).Draw(t, "mark"))
		return &value
	})
	m := make(psychometrics.Marks, units)
	for i := range m {
		m[i] = rapid.SliceOfN(mark, raters, raters).Draw(t, "row")
	}
	return m
}

// measured is all that is said about agreement on one table.
type measured struct {
	ICC         *psychometrics.ICC
	Components  *psychometrics.Components
	Concordance *psychometrics.Concordance
	Agreement   *psychometrics.Agreement
	Alphas      []*psychometrics.Krippendorff
	Severities  []*psychometrics.Severity
	Spreads     []*psychometrics.Spread
	Halo        *psychometrics.Halo
}

func measure(m psychometrics.Marks) measured {
	out := measured{
		ICC: m.ICCs(.95), Components: m.Components(), Concordance: m.Concordance(), Agreement: m.Agreement(1), Halo: m.Halo(),
	}
	for _, scale := range scales {
		out.Alphas = append(out.Alphas, m.Krippendorff(scale))
	}
	if len(m) > 0 {
		for rater := range m[0] {
			out.Severities, out.Spreads = append(out.Severities, m.Severity(rater, .95)), append(out.Spreads, m.Spread(rater))
		}
	}
	return out
}

// forgetting leaves out what is about single raters and columns.
func (m measured) forgetting() measured {
	m.Severities, m.Spreads = nil, nil
	if m.ICC != nil {
		icc := *m.ICC
		slices.Sort(icc.Flat)
		icc.Flat = make([]int, len(icc.Flat))
		m.ICC = &icc
	}
	return m
}

// agreements lists every coefficient of agreement there is.
func (m measured) agreements() []float64 {
	var out []float64
	if m.ICC != nil {
		for _, c := range coefficients(m.ICC) {
			if c != nil {
				out = append(out, c.Value)
				if c.Interval != nil {
					out = append(out, c.Interval.Upper)
				}
			}
		}
	}
	if m.Concordance != nil {
		out = append(out, m.Concordance.W)
	}
	for _, alpha := range m.Alphas {
		if alpha != nil {
			out = append(out, alpha.Value)
		}
	}
	if m.Components != nil {
		for _, c := range []*float64{m.Components.Generalizability(2), m.Components.Dependability(2)} {
			if c != nil {
				out = append(out, *c)
			}
		}
	}
	if m.Agreement != nil {
		out = append(out, m.Agreement.Exact+m.Agreement.Adjacent)
	}
	return out
}

func coefficients(icc *psychometrics.ICC) []*psychometrics.Coefficient {
	return []*psychometrics.Coefficient{icc.OneWay, icc.TwoWay, icc.Fixed, icc.OneWayAverage, icc.TwoWayAverage, icc.FixedAverage}
}

// nearly tells apart what order of addition cannot explain. Far below zero, where limits of agreement run off to minus
// infinity, it compares how far that is from there.
var nearly = cmp.Comparer(func(a, b float64) bool {
	if a < 0 && b < 0 && math.Abs(1/(1-a)-1/(1-b)) < 1e-9 {
		return true
	}
	return math.Abs(a-b) <= 1e-9+1e-7*max(math.Abs(a), math.Abs(b))
})

func TestAgreements_are_finite_and_at_most_one(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := measure(drawMarks(t, true))
		if path := unreal(reflect.ValueOf(all)); path != "" {
			t.Fatal(path)
		}
		for _, value := range all.agreements() {
			if value > 1 {
				t.Fatalf("an agreement of %v", value)
			}
		}
	})
}

func TestAgreements_do_not_depend_on_order(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMarks(t, true)
		order := rapid.Permutation(indices(len(m[0]))).Draw(t, "raters")
		var other psychometrics.Marks
		for _, i := range rapid.Permutation(indices(len(m))).Draw(t, "units") {
			var row []*float64
			for _, j := range order {
				row = append(row, m[i][j])
			}
			other = append(other, row)
		}
		before, after := measure(m), measure(other)
		if diff := cmp.Diff(before.forgetting(), after.forgetting(), nearly); diff != "" {
			t.Fatalf("in another order:\n%s", diff)
		}
		for place, j := range order {
			if diff := cmp.Diff(before.Severities[j], after.Severities[place], nearly); diff != "" {
				t.Fatalf("severity in another order:\n%s", diff)
			}
			if diff := cmp.Diff(before.Spreads[j], after.Spreads[place], nearly); diff != "" {
				t.Fatalf("spread in another order:\n%s", diff)
			}
		}
	})
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// TestKrippendorff_does_not_depend_on_who_marked: within a unit marks may change hands, unit by unit.
func TestKrippendorff_does_not_depend_on_who_marked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMarks(t, true)
		var other psychometrics.Marks
		for _, row := range m {
			other = append(other, rapid.Permutation(row).Draw(t, "row"))
		}
		if diff := cmp.Diff(measure(m).Alphas, measure(other).Alphas, nearly); diff != "" {
			t.Fatalf("with marks in other hands:\n%s", diff)
		}
	})
}

// TestICCs_and_a_lenient_rater: who adds a constant to all marks still ranks units alike, and agrees less.
func TestICCs_and_a_lenient_rater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMarks(t, false)
		before := m.ICCs(.95)
		if before == nil || before.TwoWay == nil {
			t.Skip("no ICC(2) to move")
		}
		after := shifted(m, mostLenient(m), float64(rapid.IntRange(1, 5).Draw(t, "constant"))).ICCs(.95)
		for _, pair := range [][2]*psychometrics.Coefficient{{before.Fixed, after.Fixed}, {before.FixedAverage, after.FixedAverage}} {
			if diff := cmp.Diff(pair[0], pair[1], cmpopts.EquateApprox(1e-6, 1e-6)); diff != "" {
				t.Fatalf("ICC(3) moved:\n%s", diff)
			}
		}
		if math.Abs(before.TwoWay.Value) < 1e-9 {
			t.Skip("an ICC(2) of zero stays")
		}
		if moved := math.Abs(after.TwoWay.Value) < math.Abs(before.TwoWay.Value)-1e-9; !moved {
			t.Fatalf("ICC(2) went from %v to %v", before.TwoWay.Value, after.TwoWay.Value)
		}
		if before.TwoWay.Value > 0 && after.TwoWayAverage.Value >= before.TwoWayAverage.Value {
			t.Fatalf("ICC(2,k) went from %v to %v", before.TwoWayAverage.Value, after.TwoWayAverage.Value)
		}
	})
}

func mostLenient(m psychometrics.Marks) int {
	best, most := 0, math.Inf(-1)
	for j := range m[0] {
		total := 0.0
		for _, row := range m {
			total += *row[j]
		}
		if total > most {
			best, most = j, total
		}
	}
	return best
}

func shifted(m psychometrics.Marks, rater int, by float64) psychometrics.Marks {
	var out psychometrics.Marks
	for _, row := range m {
		next := slices.Clone(row)
		value := *row[rater] + by
		next[rater] = &value
		out = append(out, next)
	}
	return out
}

func TestA_rater_without_variance_has_no_agreement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMarks(t, false)
		rater := rapid.IntRange(0, len(m[0])-1).Draw(t, "rater")
		always := rapid.Float64Range(-1e6, 1e6).Draw(t, "always")
		for _, row := range m {
			row[rater] = &always
		}
		all := measure(m)
		if path := unreal(reflect.ValueOf(all)); path != "" {
			t.Fatal(path)
		}
		if all.Components != nil || all.Concordance != nil {
			t.Fatalf("components %v, concordance %v", all.Components, all.Concordance)
		}
		if all.ICC != nil {
			if !slices.Contains(all.ICC.Flat, rater) {
				t.Fatalf("flat raters are %v", all.ICC.Flat)
			}
			for _, c := range coefficients(all.ICC) {
				if c != nil {
					t.Fatalf("an ICC of %v", c.Value)
				}
			}
		}
	})
}

func TestKappa_properties(t *testing.T) {
	weights := []psychometrics.Disagreement{psychometrics.Unweighted, psychometrics.Linear, psychometrics.Quadratic}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 20).Draw(t, "units")
		first := rapid.SliceOfN(rapid.IntRange(1, 4), n, n).Draw(t, "first")
		second := rapid.SliceOfN(rapid.IntRange(1, 4), n, n).Draw(t, "second")
		disagreement := rapid.SampledFrom(weights).Draw(t, "weights")
		kappa := func(a, b []int) *psychometrics.Kappa {
			return psychometrics.Tabulate(a, b, 1, 4).Kappa(disagreement, .95)
		}
		k := kappa(first, second)
		if path := unreal(reflect.ValueOf(k)); path != "" {
			t.Fatal(path)
		}
		if varies := spread(first) && spread(second); varies != (k != nil) {
			t.Fatalf("both vary: %v, and kappa is %v", varies, k)
		}
		if k != nil && (k.Value > 1 || k.Value < -1 || k.SE < 0) {
			t.Fatalf("%+v", *k)
		}
		if diff := cmp.Diff(k, kappa(second, first), nearly); diff != "" {
			t.Fatalf("the other way round:\n%s", diff)
		}
		if same := kappa(first, first); spread(first) && (same.Value != 1 || same.SE != 0) {
			t.Fatalf("identical marks have %+v", *same)
		}
	})
}

func spread(marks []int) bool { return len(marks) > 0 && slices.Min(marks) < slices.Max(marks) }

func drawScores(t *rapid.T) psychometrics.Scores {
	items := rapid.IntRange(1, 6).Draw(t, "items")
	cell := rapid.Custom(func(t *rapid.T) psychometrics.Cell {
		switch rapid.IntRange(0, 9).Draw(t, "state") {
		case 0:
			return psychometrics.NotReached()
		case 1:
			return psychometrics.Omitted()
		default:
			return psychometrics.Answered(float64(rapid.IntRange(0, 3).Draw(t, "points")))
		}
	})
	return psychometrics.Scores{
		Max:     slices.Repeat([]float64{3}, items),
		Persons: rapid.SliceOfN(rapid.SliceOfN(cell, items, items), 0, 30).Draw(t, "persons"),
	}
}

func TestScores_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := drawScores(t)
		items, reliability, omega := scores.Items(), scores.Reliability(.95), scores.Omega()
		if path := unreal(reflect.ValueOf(items)) + unreal(reflect.ValueOf(reliability)) + unreal(reflect.ValueOf(omega)); path != "" {
			t.Fatal(path)
		}
		if reliability != nil && reliability.Alpha > 1 {
			t.Fatalf("alpha is %v", reliability.Alpha)
		}
		if omega != nil && omega.Raw > 1 {
			t.Fatalf("omega is %v", omega.Raw)
		}
		other := psychometrics.Scores{Max: scores.Max, Persons: rapid.Permutation(scores.Persons).Draw(t, "order")}
		again := other.Items()
		for j := range items {
			items[j].Extremes, again[j].Extremes = nil, nil // ties go by the order that is given
		}
		if diff := cmp.Diff(items, again, nearly); diff != "" {
			t.Fatalf("items in another order of persons:\n%s", diff)
		}
		if diff := cmp.Diff(reliability, other.Reliability(.95), nearly); diff != "" {
			t.Fatalf("reliability in another order of persons:\n%s", diff)
		}
	})
}

func TestAlpha_does_not_move_with_a_constant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.IntRange(2, 6).Draw(t, "items")
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 5), func(n int) float64 { return float64(n) }), items, items), 2, 30).Draw(t, "rows")
		before := full(rows, 5).Alpha()
		item, constant := rapid.IntRange(0, items-1).Draw(t, "item"), rapid.Float64Range(-100, 100).Draw(t, "constant")
		for _, row := range rows {
			row[item] += constant
		}
		if diff := cmp.Diff(before, full(rows, 5).Alpha(), cmpopts.EquateApprox(1e-6, 1e-6)); diff != "" {
			t.Fatalf("alpha moved:\n%s", diff)
		}
	})
}

// FuzzMeasure feeds any numbers in any shape to everything that takes a table: no panic, and no number that is none.
func FuzzMeasure(f *testing.F) {
	seed := func(raters byte, xs ...float64) {
		data := []byte{raters}
		for _, x := range xs {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(x))
		}
		f.Add(data)
	}
	seed(4, 9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8)
	seed(2, math.NaN(), 1, math.MaxFloat64, -math.MaxFloat64, math.Inf(1), 5e-324)
	seed(3, .1, .1, .1, .1, .1, .2, 1e300, -1e300, 0, 1e-300, 1, -1)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 600 {
			return
		}
		rows := fuzzRows(data)
		m, scores := marks(rows), psychometrics.Scores{}
		if len(rows) > 0 {
			scores = full(rows, 1)
		}
		results := []any{
			measure(m), scores.Items(), scores.Reliability(.95), scores.Omega(), scores.Lambda6(), psychometrics.AngoffCut(rows),
			psychometrics.Crosstab(rows).Kappa(psychometrics.Quadratic, .95),
			m.KrippendorffInterval(psychometrics.Ratio, .95, 20, rand.New(rand.NewPCG(1, 1))),
		}
		for _, row := range rows {
			results = append(results, psychometrics.StandardizedDifference(row, rows[0]), psychometrics.Correlation(row, rows[0]))
		}
		for _, result := range results {
			if path := unreal(reflect.ValueOf(result)); path != "" {
				t.Fatalf("%T%s", result, path)
			}
		}
	})
}

// fuzzRows cuts bytes into numbers and numbers into rows; the last row may be short.
func fuzzRows(data []byte) [][]float64 {
	if len(data) == 0 {
		return nil
	}
	width := int(data[0]%6) + 1
	var numbers []float64
	for chunk := range slices.Chunk(data[1:], 8) {
		if len(chunk) == 8 {
			numbers = append(numbers, math.Float64frombits(binary.LittleEndian.Uint64(chunk)))
		}
	}
	return slices.Collect(slices.Chunk(numbers, width))
}
