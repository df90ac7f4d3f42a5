package scoring_test

import (
	"testing"

	"github.com/assay-hq/assay/internal/scoring"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func scored(section string, maximum, awarded int, skills ...string) scoring.Item {
	return scoring.Item{Section: section, Skills: skills, Max: scoring.Of(maximum), Awarded: scoring.Of(awarded), Status: scoring.Scored}
}

func with(item scoring.Item, status scoring.Status) scoring.Item {
	item.Status = status
	return item
}

func TestSummarise(t *testing.T) {
	config := scoring.Summary{
		Bands:      []scoring.Band{{Name: "strong", MinPercent: 80}, {Name: "weak", MinPercent: 0}, {Name: "fair", MinPercent: 50}},
		CutPercent: 50,
	}
	got := scoring.Summarise([]scoring.Item{
		scored("SQL", 4, 4, "joins", "indexes"),
		scored("Go", 4, 2, "channels"),
		with(scored("SQL", 1, 1, "indexes"), scoring.Omitted),
		with(scored("Go", 3, 3), scoring.NotReached),
	}, config)
	want := scoring.Result{
		Overall: scoring.Total{Awarded: scoring.Of(6), Max: scoring.Of(12), PercentMicro: 50_000_000, Scored: 2, Omitted: 1, NotReached: 1},
		Sections: []scoring.Group{
			{Name: "SQL", Total: scoring.Total{Awarded: scoring.Of(4), Max: scoring.Of(5), PercentMicro: 80_000_000, Scored: 1, Omitted: 1}},
			{Name: "Go", Total: scoring.Total{Awarded: scoring.Of(2), Max: scoring.Of(7), PercentMicro: 28_571_429, Scored: 1, NotReached: 1}},
		},
		Skills: []scoring.Group{
			{Name: "joins", Total: scoring.Total{Awarded: scoring.Of(4), Max: scoring.Of(4), PercentMicro: 100_000_000, Scored: 1}},
			{Name: "indexes", Total: scoring.Total{Awarded: scoring.Of(4), Max: scoring.Of(5), PercentMicro: 80_000_000, Scored: 1, Omitted: 1}},
			{Name: "channels", Total: scoring.Total{Awarded: scoring.Of(2), Max: scoring.Of(4), PercentMicro: 50_000_000, Scored: 1}},
		},
		Band:   "fair",
		Passed: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

func TestSummarise_what_is_pending_is_not_a_zero(t *testing.T) {
	config := scoring.Summary{Bands: []scoring.Band{{Name: "any", MinPercent: 0}}}
	items := []scoring.Item{scored("A", 4, 3), with(scored("A", 6, 6), scoring.NotScored), with(scored("A", 2, 2), "UNHEARD_OF")}
	got := scoring.Summarise(items, config)
	want := scoring.Total{Awarded: scoring.Of(3), Max: scoring.Of(12), Pending: scoring.Of(8), PercentMicro: 75_000_000, Scored: 1, NotScored: 2}
	if diff := cmp.Diff(want, got.Overall); diff != "" {
		t.Errorf("overall (-want +got):\n%s", diff)
	}
	if !got.Provisional || got.Passed || got.Band != "" {
		t.Errorf("provisional %v, passed %v, band %q; want a provisional result without a verdict", got.Provisional, got.Passed, got.Band)
	}
}

func TestSummarise_compares_exactly(t *testing.T) {
	bands := []scoring.Band{{Name: "below", MinPercent: 0}, {Name: "above", MinPercent: 50}}
	tests := []struct {
		name    string
		awarded scoring.Points
		passed  bool
		band    string
	}{
		{"at the cut", 500_000_000_000, true, "above"},
		{"a hair below, though it reads 50 %", 499_999_999_999, false, "below"},
		{"a hair above", 500_000_000_001, true, "above"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			item := scoring.Item{Max: scoring.Of(1_000_000), Awarded: tt.awarded, Status: scoring.Scored}
			got := scoring.Summarise([]scoring.Item{item}, scoring.Summary{Bands: bands, CutPercent: 50})
			if got.Overall.PercentMicro != 50_000_000 {
				t.Errorf("percentage %d, want it to read 50 %%", got.Overall.PercentMicro)
			}
			if got.Passed != tt.passed || got.Band != tt.band {
				t.Errorf("passed %v in band %q, want %v in %q", got.Passed, got.Band, tt.passed, tt.band)
			}
		})
	}
}

func TestSummarise_weights(t *testing.T) {
	tests := []struct {
		name    string
		config  scoring.Summary
		percent int64
	}{
		{"none: 2 of 8 points", scoring.Summary{}, 25_000_000},
		{"section A makes up 30 of 100", scoring.Summary{SectionShares: map[string]int{"A": 30, "B": 70}}, 30_000_000},
		{"shares need not sum to 100", scoring.Summary{SectionShares: map[string]int{"A": 1, "B": 1}}, 50_000_000},
		{"a section without a share has none", scoring.Summary{SectionShares: map[string]int{"A": 5}}, 100_000_000},
		{"a share below zero is zero", scoring.Summary{SectionShares: map[string]int{"A": 5, "B": -5}}, 100_000_000},
		{"nothing counts", scoring.Summary{SectionShares: map[string]int{"A": 0, "B": 0}}, 0},
		{"the mean of two skills, 3 and 0: 3 of 9", scoring.Summary{SkillWeights: map[string]int{"x": 3, "y": 0}}, 33_333_333},
		{"skills weigh inside a share: 30 of 100 still", scoring.Summary{
			SectionShares: map[string]int{"A": 30, "B": 70}, SkillWeights: map[string]int{"x": 3, "y": 0}}, 30_000_000},
	}
	items := []scoring.Item{scored("A", 2, 2, "x", "y", "x"), scored("B", 6, 0)}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := scoring.Summarise(items, tt.config)
			if got.Overall.PercentMicro != tt.percent {
				t.Errorf("got %d micro-percent, want %d", got.Overall.PercentMicro, tt.percent)
			}
			if got.Overall.Awarded != scoring.Of(2) || got.Overall.Max != scoring.Of(8) {
				t.Errorf("weights changed the points to %v of %v", got.Overall.Awarded, got.Overall.Max)
			}
		})
	}
}

func TestSummarise_skills_weigh_inside_a_section(t *testing.T) {
	items := []scoring.Item{scored("A", 2, 2, "x"), scored("A", 2, 0, "y"), scored("B", 4, 0)}
	config := scoring.Summary{SectionShares: map[string]int{"A": 50, "B": 50}, SkillWeights: map[string]int{"x": 3}}
	if got := scoring.Summarise(items, config); got.Overall.PercentMicro != 37_500_000 {
		t.Errorf("got %d micro-percent, want half of 6/8", got.Overall.PercentMicro)
	}
}

func TestSummarise_edges(t *testing.T) {
	everybody := scoring.Summary{Bands: []scoring.Band{{Name: "all", MinPercent: 0}}}
	t.Run("a paper on which nothing can be earned is not passed", func(t *testing.T) {
		for _, items := range [][]scoring.Item{nil, {scored("A", 0, 0)}} {
			got := scoring.Summarise(items, everybody)
			if got.Passed || got.Band != "" || got.Provisional || got.Overall.PercentMicro != 0 {
				t.Errorf("%d items: %+v", len(items), got)
			}
		}
	})
	t.Run("no band is reached below the lowest", func(t *testing.T) {
		got := scoring.Summarise([]scoring.Item{scored("A", 2, 1)}, scoring.Summary{Bands: []scoring.Band{{Name: "high", MinPercent: 51}}})
		if got.Band != "" {
			t.Errorf("got band %q", got.Band)
		}
	})
	t.Run("of two bands with one minimum the first has it", func(t *testing.T) {
		got := scoring.Summarise([]scoring.Item{scored("A", 2, 1)}, scoring.Summary{Bands: []scoring.Band{{"first", 50}, {"second", 50}}})
		if got.Band != "first" {
			t.Errorf("got band %q", got.Band)
		}
	})
	t.Run("an item that names a skill twice counts once for it", func(t *testing.T) {
		got := scoring.Summarise([]scoring.Item{scored("A", 2, 1, "x", "y", "x")}, everybody).Skills
		total := scoring.Total{Awarded: scoring.Of(1), Max: scoring.Of(2), PercentMicro: 50_000_000, Scored: 1}
		if diff := cmp.Diff([]scoring.Group{{Name: "x", Total: total}, {Name: "y", Total: total}}, got); diff != "" {
			t.Errorf("skills (-want +got):\n%s", diff)
		}
	})
	t.Run("awarded points stay within the item", func(t *testing.T) {
		got := scoring.Summarise([]scoring.Item{scored("A", 2, 3), scored("A", 2, -3), scored("A", -2, 1)}, everybody)
		if got.Overall.Awarded != scoring.Of(2) || got.Overall.Max != scoring.Of(4) {
			t.Errorf("got %v of %v, want 2 of 4", got.Overall.Awarded, got.Overall.Max)
		}
	})
	t.Run("a percentage is rounded half to even", func(t *testing.T) {
		item := scoring.Item{Max: 200_000_000, Awarded: 1, Status: scoring.Scored} // half a micro-percent
		if got := scoring.Summarise([]scoring.Item{item}, everybody).Overall.PercentMicro; got != 0 {
			t.Errorf("0.5 micro-percent is %d, want 0", got)
		}
		item.Awarded = 3
		if got := scoring.Summarise([]scoring.Item{item}, everybody).Overall.PercentMicro; got != 2 {
			t.Errorf("1.5 micro-percent is %d, want 2", got)
		}
	})
}

func TestSummarise_properties(t *testing.T) {
	statuses := []scoring.Status{scoring.Scored, scoring.Omitted, scoring.NotReached, scoring.NotScored}
	draw := rapid.Custom(func(t *rapid.T) scoring.Item {
		return scoring.Item{
			Section: rapid.SampledFrom([]string{"", "A", "B"}).Draw(t, "section"),
			Skills:  rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y"}), 0, 3).Draw(t, "skills"),
			Max:     scoring.Points(rapid.Int64Range(0, 10_000_000).Draw(t, "max")),
			Awarded: scoring.Points(rapid.Int64Range(-1, 11_000_000).Draw(t, "awarded")),
			Status:  rapid.SampledFrom(statuses).Draw(t, "status"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(draw, 0, 20).Draw(t, "items")
		result := scoring.Summarise(items, scoring.Summary{CutPercent: rapid.IntRange(0, 100).Draw(t, "cut")})
		var sum scoring.Total
		for _, section := range result.Sections {
			sum.Awarded += section.Awarded
			sum.Max += section.Max
			sum.Pending += section.Pending
			sum.Scored += section.Scored
			sum.Omitted += section.Omitted
			sum.NotReached += section.NotReached
			sum.NotScored += section.NotScored
		}
		sum.PercentMicro = result.Overall.PercentMicro
		if diff := cmp.Diff(result.Overall, sum); diff != "" {
			t.Fatalf("the sections do not add up (-overall +sum):\n%s", diff)
		}
		if n := sum.Scored + sum.Omitted + sum.NotReached + sum.NotScored; n != len(items) {
			t.Fatalf("%d of %d items are counted", n, len(items))
		}
		if sum.Awarded < 0 || sum.Awarded > sum.Max-sum.Pending || sum.PercentMicro < 0 || sum.PercentMicro > 100_000_000 {
			t.Fatalf("%+v is out of range", sum)
		}
		shuffled := scoring.Summarise(rapid.Permutation(items).Draw(t, "order"), scoring.Summary{})
		if shuffled.Overall != result.Overall {
			t.Fatalf("in another order %+v, not %+v", shuffled.Overall, result.Overall)
		}
	})
}
