package scoring

import (
	"math"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestWholeNumbersAreAsExactAsRationalOnes sums the same items both ways, with ordinary points and with such as do not fit.
func TestWholeNumbersAreAsExactAsRationalOnes(t *testing.T) {
	names := []string{"go", "sql", "http", "nothing"}
	rapid.Check(t, func(rt *rapid.T) {
		most := rapid.SampledFrom([]Points{3, Of(7), Of(1000), math.MaxInt64 / 200}).Draw(rt, "most")
		items := make([]Item, rapid.IntRange(0, 40).Draw(rt, "items"))
		for i := range items {
			possible := Points(rapid.Int64Range(-1, int64(most)).Draw(rt, "possible"))
			items[i] = Item{
				Section: rapid.SampledFrom([]string{"one", "two"}).Draw(rt, "section"),
				Skills:  rapid.SliceOfN(rapid.SampledFrom(names), 0, 4).Draw(rt, "skills"),
				Max:     possible, Awarded: Points(rapid.Int64Range(-1, int64(most)).Draw(rt, "awarded")),
				Status: rapid.SampledFrom([]Status{Scored, Scored, Scored, Omitted, NotReached, NotScored}).Draw(rt, "status"),
			}
		}
		config := Summary{
			Bands:        []Band{{Name: "low"}, {Name: "middle", MinPercent: 33}, {Name: "high", MinPercent: 50}},
			CutPercent:   rapid.IntRange(-1, 101).Draw(rt, "cut"),
			SkillWeights: rapid.MapOf(rapid.SampledFrom(names), rapid.IntRange(-1, 10)).Draw(rt, "weights"),
		}
		if rapid.Bool().Draw(rt, "shares") {
			config.SectionShares = map[string]int{"one": rapid.IntRange(0, 100).Draw(rt, "share"), "two": 30}
		}
		if diff := gocmp.Diff(summarise(items, config, true), summarise(items, config, false)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// BenchmarkSummarise adds up a sitting of forty questions in whole and in rational numbers.
func BenchmarkSummarise(b *testing.B) {
	items := make([]Item, 40)
	for i := range items {
		items[i] = Item{Section: "one", Skills: []string{"go", "sql"}, Max: Of(2), Awarded: Of(i % 3), Status: Scored}
	}
	config := Summary{Bands: []Band{{Name: "low"}, {Name: "high", MinPercent: 50}}, CutPercent: 50, SkillWeights: map[string]int{"go": 3}}
	for name, rational := range map[string]bool{"whole": false, "rational": true} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				summarise(items, config, rational)
			}
		})
	}
}
