package grading

import (
	"reflect"
	"slices"
	"strconv"

	"github.com/assay-hq/assay/internal/check"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/term"
)

// maxFixes bounds what is mended at once.
const maxFixes = 50

// checkFixes judges mendings one after the other, each by the key that those before it leave, with the checks that authors'
// questions and templates stand.
func checkFixes(k *key.Key, fixes []*content.KeyFix) error {
	var c fault.Checks
	c.That(len(fixes) >= 1 && len(fixes) <= maxFixes, "1 to 50 fixes are needed", "fixes")
	for i, f := range fixes {
		c.Under([]string{"fixes", strconv.Itoa(i)}, func() { checkFix(&c, k, f) })
		if err := c.Err(); err != nil {
			return err
		}
		k = k.With([]*content.KeyFix{f})
	}
	return c.Err()
}

func checkFix(c *fault.Checks, k *key.Key, f *content.KeyFix) {
	said := said(f)
	if len(said) != 1 {
		c.That(false, "say exactly one thing: a fix mends one")
		return
	}
	if whole := slices.Contains([]string{"skillWeights", "cutPercent", "bands"}, said[0]); whole {
		c.That(f.Ref == "", "this is of the whole key, not of a question", "ref")
		checkWhole(c, k, f)
	} else {
		item := k.Item(f.Ref)
		if item == nil {
			c.That(false, "this paper has no such question", "ref")
			return
		}
		checkItem(c, item, f)
	}
	if c.Err() == nil {
		c.That(!same(k, k.With([]*content.KeyFix{f})), "this is so already; a fix changes something", said[0])
	}
}

// said names the parts of a fix that are there; an empty list is none.
func said(f *content.KeyFix) []string {
	var parts []string
	for name, there := range map[string]bool{
		"drop": f.Drop, "credit": f.Credit, "correct": len(f.Correct) > 0, "numeric": f.Numeric != nil, "accepted": len(f.Accepted) > 0,
		"points": f.Points != nil, "skillWeights": len(f.SkillWeights) > 0, "cutPercent": f.CutPercent != nil, "bands": len(f.Bands) > 0,
	} {
		if there {
			parts = append(parts, name)
		}
	}
	return parts
}

func checkWhole(c *fault.Checks, k *key.Key, f *content.KeyFix) {
	switch {
	case f.CutPercent != nil:
		c.Whole(*f.CutPercent, 0, 100, "cutPercent")
	case len(f.Bands) > 0:
		check.Bands(c, f.Bands)
	default:
		check.SkillWeights(c, f.SkillWeights)
		shown := map[gid.ID]bool{}
		for _, item := range k.Items() {
			for _, s := range item.Skills {
				shown[s.ID] = true
			}
		}
		for i, w := range f.SkillWeights {
			c.That(shown[w.SkillID], "no question of this version shows the skill", "skillWeights", strconv.Itoa(i), "skillId")
		}
	}
}

func checkItem(c *fault.Checks, item *key.Item, f *content.KeyFix) {
	mended := (&key.Key{Sections: []*key.Section{{Items: []*key.Item{item}}}}).With([]*content.KeyFix{f}).Item(item.Ref)
	switch {
	case f.Drop, f.Credit:
	case f.Points != nil:
		check.Points(c, *f.Points)
	case f.Numeric != nil:
		check.Numeric(c, item.Kind, mended.Content)
	case len(f.Accepted) > 0:
		c.That(item.Kind == term.ShortText, "only a short text has accepted answers", "accepted")
		check.Accepted(c, item.Kind, mended.Content)
	default:
		checkCorrect(c, item, mended.Content, f.Correct)
	}
}

func checkCorrect(c *fault.Checks, item *key.Item, mended *content.Question, keys []string) {
	if item.Kind == term.Ordering {
		var own fault.Checks
		check.Order(&own, item.Kind, mended)
		c.That(own.Err() == nil, "name every choice once, in the right order", "correct")
		return
	}
	if item.Kind != term.SingleChoice && item.Kind != term.MultipleChoice {
		c.That(false, "only a choice or an ordering has right choices", "correct")
		return
	}
	if rule := item.Content.PartialCredit; rule != nil && *rule == term.Mapped {
		c.That(false, "here each choice has its own points; drop the question or credit it to all", "correct")
		return
	}
	named := map[string]bool{}
	for i, text := range keys {
		c.That(slices.Contains(allChoices(mended), text) && !named[text], "this is no choice, or one that is named twice", "correct", strconv.Itoa(i))
		named[text] = true
	}
	var own fault.Checks
	check.Right(&own, item.Kind, mended)
	c.That(own.Err() == nil, "exactly one choice is right of a single choice, at least one of a multiple choice", "correct")
}

// same reports whether two keys score alike.
func same(a, b *key.Key) bool { return reflect.DeepEqual(a, b) }
