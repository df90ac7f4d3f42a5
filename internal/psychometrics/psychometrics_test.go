package psychometrics_test

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/psychometrics"
)

// close compares with a number as a reference prints it: to half a unit of its last digit, or to a millionth of it if that
// is more.
func close(t *testing.T, what string, got float64, want string) {
	t.Helper()
	number, err := strconv.ParseFloat(want, 64)
	if err != nil {
		t.Fatal(err)
	}
	_, decimals, _ := strings.Cut(want, ".")
	tolerance := max(.5001*math.Pow10(-len(decimals)), 1e-6*math.Abs(number))
	if !(math.Abs(got-number) <= tolerance) {
		t.Errorf("%s: got %.10f, want %s", what, got, want)
	}
}

// has compares what a pointer points at, which must be there.
func has(t *testing.T, what string, got *float64, want string) {
	t.Helper()
	if got == nil {
		t.Errorf("%s: got nil, want %s", what, want)
		return
	}
	close(t, what, *got, want)
}

// spans compares an interval, which must be there.
func spans(t *testing.T, what string, got *psychometrics.Limits, lower, upper string) {
	t.Helper()
	if got == nil {
		t.Errorf("%s: got nil, want %s to %s", what, lower, upper)
		return
	}
	close(t, what+", lower limit", got.Lower, lower)
	close(t, what+", upper limit", got.Upper, upper)
}

// numbers reads a table: rows are divided by slashes or lines, numbers by spaces.
func numbers(t *testing.T, table string) [][]float64 {
	t.Helper()
	var rows [][]float64
	for _, line := range strings.FieldsFunc(table, func(r rune) bool { return strings.ContainsRune("/|\n", r) }) {
		var row []float64
		for _, word := range strings.Fields(line) {
			x, err := strconv.ParseFloat(word, 64)
			if err != nil {
				t.Fatal(err)
			}
			row = append(row, x)
		}
		if row != nil {
			rows = append(rows, row)
		}
	}
	return rows
}

// marks makes a table without gaps, but for NaN.
func marks(rows [][]float64) psychometrics.Marks {
	var m psychometrics.Marks
	for _, row := range rows {
		out := make([]*float64, len(row))
		for j := range row {
			if !math.IsNaN(row[j]) {
				out[j] = &row[j]
			}
		}
		m = append(m, out)
	}
	return m
}

// unreal finds the path of a number that is none in a result of any shape; it is empty if all are finite.
func unreal(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Float64:
		if math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0) {
			return " is " + strconv.FormatFloat(v.Float(), 'g', -1, 64)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return unreal(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if path := unreal(v.Field(i)); path != "" {
				return "." + v.Type().Field(i).Name + path
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if path := unreal(v.Index(i)); path != "" {
				return "[" + strconv.Itoa(i) + "]" + path
			}
		}
	}
	return ""
}

func TestCorrelation(t *testing.T) {
	has(t, "a straight line", psychometrics.Correlation([]float64{1, 2, 3}, []float64{2, 4, 6}), "1")
	has(t, "its reverse", psychometrics.Correlation([]float64{1, 2, 3}, []float64{.3, .2, .1}), "-1")
	for name, lists := range map[string][2][]float64{
		"nothing":                         {},
		"one pair":                        {{1}, {2}},
		"unequal length":                  {{1, 2, 3}, {1, 2}},
		"one list does not vary":          {{1, 2, 3}, {4, 4, 4}},
		"nor does one of uneven decimals": {{1, 2, 3}, {.1, .1, .1}},
		"a number that is none":           {{1, 2, math.NaN()}, {1, 2, 3}},
		"an infinity":                     {{1, 2, math.Inf(1)}, {1, 2, 3}},
	} {
		if r := psychometrics.Correlation(lists[0], lists[1]); r != nil {
			t.Errorf("%s: got %v, want nil", name, *r)
		}
	}
}
