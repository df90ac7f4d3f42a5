package key

import (
	"slices"

	"github.com/assay-hq/assay/internal/content"
)

// With is the key with mendings, applied in their order. The key itself and all that it shares stay as they are, and a
// mended one is never encoded: what was published is frozen. A mending of a question that is not there changes nothing.
//
// The last word on a question counts: one that was dropped counts again with whatever else is mended of it later, and a
// right answer that is given later takes the place of credit to all.
func (k *Key) With(fixes []*content.KeyFix) *Key {
	mended := *k
	mended.Sections = slices.Clone(k.Sections)
	for _, f := range fixes {
		mended.apply(f)
	}
	return &mended
}

func (k *Key) apply(f *content.KeyFix) {
	switch {
	case f.CutPercent != nil:
		k.CutPercent = *f.CutPercent
	case len(f.Bands) > 0:
		k.Bands = f.Bands
	case len(f.SkillWeights) > 0:
		k.SkillWeights = f.SkillWeights
	default:
		k.change(f.Ref, func(i *Item) { i.mend(f) })
	}
}

// change replaces one item by a changed copy, in a copy of its section.
func (k *Key) change(ref string, change func(*Item)) {
	for at, s := range k.Sections {
		j := slices.IndexFunc(s.Items, func(i *Item) bool { return i.Ref == ref })
		if j < 0 {
			continue
		}
		section, item := *s, *s.Items[j]
		text := *item.Content
		item.Content = &text
		change(&item)
		section.Items = slices.Clone(s.Items)
		section.Items[j] = &item
		k.Sections[at] = &section
		return
	}
}

func (i *Item) mend(f *content.KeyFix) {
	i.Dropped = f.Drop
	switch {
	case f.Drop:
	case f.Credit:
		i.Credited = true
	case f.Points != nil:
		i.Points = *f.Points
	case f.Numeric != nil:
		i.Content.Numeric, i.Credited = f.Numeric, false
	case len(f.Accepted) > 0:
		i.Content.Accepted, i.Credited = f.Accepted, false
	case len(i.Content.CorrectOrder) > 0:
		i.Content.CorrectOrder, i.Credited = f.Correct, false
	default:
		i.Content.Choices, i.Credited = withRight(i.Content.Choices, f.Correct), false
	}
}

// withRight are the choices of which those with the given keys are right.
func withRight(choices []*content.Choice, right []string) []*content.Choice {
	changed := make([]*content.Choice, len(choices))
	for i, c := range choices {
		own := *c
		own.Correct = slices.Contains(right, c.Key)
		changed[i] = &own
	}
	return changed
}
