package draw_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/draw"
)

func places(n int) []string {
	refs := make([]string, n)
	for i := range refs {
		refs[i] = fmt.Sprintf("1.%d", i+1)
	}
	return refs
}

// TestTheSameForEver fails when a seed gives another paper than it did: sessions that began would change.
func TestTheSameForEver(t *testing.T) {
	for _, test := range []struct {
		seed  int64
		label string
		want  []string
	}{
		{0, "section 1", []string{"1.5", "1.7", "1.8"}},
		{1, "section 1", []string{"1.2", "1.8", "1.6"}},
		{1, "section 2", []string{"1.1", "1.2", "1.6"}},
		{math.MaxInt64, "section 1", []string{"1.1", "1.3", "1.2"}},
	} {
		got := draw.Pick(test.seed, test.label, draw.Pool{Count: 3, Refs: places(8)})
		if diff := cmp.Diff(got, test.want); diff != "" {
			t.Errorf("seed %d, %s: %s", test.seed, test.label, diff)
		}
	}
}

func TestPick(t *testing.T) {
	refs := places(6)
	for count, want := range map[int]int{-1: 0, 0: 0, 1: 1, 6: 6, 9: 6} {
		got := draw.Pick(7, "a", draw.Pool{Count: count, Refs: refs})
		distinct := slices.Compact(slices.Sorted(slices.Values(got)))
		if len(got) != want || len(distinct) != want {
			t.Errorf("count %d: got %v", count, got)
		}
	}
	if !slices.Equal(refs, places(6)) {
		t.Error("the pool itself was shuffled")
	}
}

// TestExposure draws 5 of 20 for 10,000 sessions: each question must come as often as it should, within three
// standard deviations of the binomial distribution.
func TestExposure(t *testing.T) {
	const sessions, pool, count = 10_000, 20, 5
	seen := map[string]int{}
	for seed := range int64(sessions) {
		for _, ref := range draw.Pick(1_000_000+seed, "section 1 slot 1", draw.Pool{Count: count, Refs: places(pool)}) {
			seen[ref]++
		}
	}
	p := float64(count) / pool
	expected, deviation := sessions*p, math.Sqrt(sessions*p*(1-p))
	for _, ref := range places(pool) {
		if math.Abs(float64(seen[ref])-expected) > 3*deviation {
			t.Errorf("%s was drawn %d times, expected %.0f ± %.0f", ref, seen[ref], expected, 3*deviation)
		}
	}
}

// TestShuffleIsFair compares how often each of the 24 orders of four comes with what chance allows.
func TestShuffleIsFair(t *testing.T) {
	const rounds = 24_000
	seen := map[string]int{}
	for seed := range int64(rounds) {
		seen[fmt.Sprint(draw.Shuffle(seed, "x", []int{1, 2, 3, 4}))]++
	}
	if len(seen) != 24 {
		t.Fatalf("got %d orders", len(seen))
	}
	square := 0.0
	for _, n := range seen {
		square += math.Pow(float64(n)-1000, 2) / 1000
	}
	if square > 49.73 { // χ² with 23 degrees of freedom, p = 0.001
		t.Errorf("χ² = %.1f", square)
	}
}

// TestAsked takes two pools of one section, between and after places that no pool holds.
func TestAsked(t *testing.T) {
	refs := places(12)
	pools := []draw.Pool{{Count: 2, Refs: refs[1:6]}, {Count: 3, Refs: refs[7:12]}}
	sets := map[string]bool{}
	for seed := range int64(50) {
		asked, picked := draw.Asked(seed, 0, refs, pools), draw.Picked(seed, 0, pools)
		sets[fmt.Sprint(asked)] = true
		inOrder := slices.IsSortedFunc(asked, func(a, b string) int { return slices.Index(refs, a) - slices.Index(refs, b) })
		if len(asked) != 7 || !inOrder || asked[0] != "1.1" || !slices.Contains(asked, "1.7") {
			t.Errorf("seed %d: got %v", seed, asked)
		}
		want := slices.DeleteFunc(slices.Clone(asked), func(ref string) bool { return ref == "1.1" || ref == "1.7" })
		slices.Sort(want)
		slices.Sort(picked)
		if diff := cmp.Diff(picked, want); diff != "" {
			t.Errorf("seed %d: %s", seed, diff)
		}
	}
	if len(sets) < 30 { // of 100 that there are
		t.Errorf("50 seeds gave %d sets", len(sets))
	}
	if diff := cmp.Diff(draw.Asked(1, 0, refs, nil), refs); diff != "" {
		t.Errorf("without pools: %s", diff)
	}
}

// TestPoolsAreDrawnApart compares equal pools of one section and of two: their draws must not go together.
func TestPoolsAreDrawnApart(t *testing.T) {
	const sessions = 2_000
	pool := draw.Pool{Count: 1, Refs: places(4)}
	twins, sections := 0, 0
	for seed := range int64(sessions) {
		first, second := draw.Picked(seed, 0, []draw.Pool{pool, pool}), draw.Picked(seed, 1, []draw.Pool{pool})
		if first[0] == first[1] {
			twins++
		}
		if first[0] == second[0] {
			sections++
		}
	}
	deviation := math.Sqrt(sessions * 0.25 * 0.75)
	for name, n := range map[string]int{"in one section": twins, "in two sections": sections} {
		if math.Abs(float64(n)-sessions*0.25) > 3*deviation {
			t.Errorf("%s: %d of %d draws were equal, expected a quarter", name, n, sessions)
		}
	}
}
