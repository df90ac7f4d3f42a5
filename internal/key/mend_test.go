package key_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/term"
)

// mendable is a key with a question of every keyed kind and one for people.
func mendable() *key.Key {
	choices := []*content.Choice{{Key: "a", Correct: true}, {Key: "b"}, {Key: "c"}}
	items := []*key.Item{
		{Ref: "1.1", Kind: term.SingleChoice, Points: 2, Content: &content.Question{Choices: choices}},
		{Ref: "1.2", Kind: term.MultipleChoice, Points: 2, Content: &content.Question{Choices: choices}},
		{Ref: "1.3", Kind: term.Ordering, Points: 2, Content: &content.Question{Choices: choices, CorrectOrder: []string{"b", "a", "c"}}},
		{Ref: "1.4", Kind: term.Numeric, Points: 2, Content: &content.Question{Numeric: &content.NumericKey{Value: "3"}}},
		{Ref: "1.5", Kind: term.ShortText, Points: 2, Content: &content.Question{Accepted: []string{"locks"}}},
		{Ref: "1.6", Kind: term.LongText, Points: 2, Content: &content.Question{}},
	}
	return &key.Key{CutPercent: 50, Bands: []*content.Band{{Name: "Low"}}, Sections: []*key.Section{{Title: "One", Items: items[:3]}, {Title: "Two", Items: items[3:]}}}
}

// anyFix mends any part of the key.
func anyFix(rt *rapid.T) *content.KeyFix {
	ref := fmt.Sprintf("1.%d", rapid.IntRange(1, 7).Draw(rt, "question"))
	return rapid.SampledFrom([]*content.KeyFix{
		{Ref: ref, Drop: true}, {Ref: ref, Credit: true}, {Ref: ref, Points: new(rapid.IntRange(1, 9).Draw(rt, "points"))},
		{Ref: "1.1", Correct: []string{"b"}}, {Ref: "1.2", Correct: []string{"a", "c"}}, {Ref: "1.3", Correct: []string{"c", "b", "a"}},
		{Ref: "1.4", Numeric: &content.NumericKey{Value: "4"}}, {Ref: "1.5", Accepted: []string{"leases", "locks"}},
		{CutPercent: new(70)}, {Bands: []*content.Band{{Name: "All"}}}, {SkillWeights: []*content.SkillWeight{{SkillID: gid.ID{1}, Weight: 3}}},
	}).Draw(rt, "fix")
}

// TestAMendedKeyLeavesTheFrozenOneAlone mends at random and demands that the published bytes stay, that mendings one by one
// come to what they come to at once, and that a mended key is encoded as if nothing stood beside it.
func TestAMendedKeyLeavesTheFrozenOneAlone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := mendable()
		before, err := k.Encode()
		if err != nil {
			rt.Fatal(err)
		}
		var fixes []*content.KeyFix
		step := k
		for range rapid.IntRange(0, 8).Draw(rt, "fixes") {
			f := anyFix(rt)
			fixes = append(fixes, f)
			step = step.With([]*content.KeyFix{f})
		}
		if diff := gocmp.Diff(k.With(fixes), step); diff != "" {
			rt.Fatal(diff)
		}
		after, err := k.Encode()
		if err != nil {
			rt.Fatal(err)
		}
		if !bytes.Equal(before, after) {
			rt.Fatalf("the frozen key became %s", after)
		}
		flags := slices.DeleteFunc(slices.Clone(fixes), func(f *content.KeyFix) bool { return !f.Drop && !f.Credit })
		if text, err := k.With(flags).Encode(); err != nil || !bytes.Equal(before, text) {
			rt.Fatalf("what stands beside the key was encoded: %s, %v", text, err)
		}
	})
}

// TestTheLastWordOnAQuestionCounts mends one question twice.
func TestTheLastWordOnAQuestionCounts(t *testing.T) {
	drop, credit := &content.KeyFix{Ref: "1.1", Drop: true}, &content.KeyFix{Ref: "1.1", Credit: true}
	right, points := &content.KeyFix{Ref: "1.1", Correct: []string{"c"}}, &content.KeyFix{Ref: "1.1", Points: new(5)}
	for name, c := range map[string]struct {
		fixes             []*content.KeyFix
		dropped, credited bool
		points            int
	}{
		"dropped":                          {[]*content.KeyFix{drop}, true, false, 2},
		"credited":                         {[]*content.KeyFix{credit}, false, true, 2},
		"dropped, then credited":           {[]*content.KeyFix{drop, credit}, false, true, 2},
		"credited, then dropped":           {[]*content.KeyFix{credit, drop}, true, true, 2},
		"dropped, then with another key":   {[]*content.KeyFix{drop, right}, false, false, 2},
		"credited, then with another key":  {[]*content.KeyFix{credit, right}, false, false, 2},
		"credited, then with other points": {[]*content.KeyFix{credit, points}, false, true, 5},
		"dropped, then with other points":  {[]*content.KeyFix{drop, points}, false, false, 5},
	} {
		item := mendable().With(c.fixes).Item("1.1")
		if item.Dropped != c.dropped || item.Credited != c.credited || item.Points != c.points {
			t.Errorf("%s: dropped %v, credited %v, %d points", name, item.Dropped, item.Credited, item.Points)
		}
	}
}
