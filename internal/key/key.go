// Package key is what only grading may see of a published template, frozen.
//
// Publishing makes a Key beside the paper; scores are computed from it for ever after, whatever happens to the
// questions. internal/sitting must not import it. The package is pure.
package key

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/draw"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// Key is the graders' side of a template version.
type Key struct {
	CutPercent int                 `json:"cutPercent"`
	Bands      []*content.Band     `json:"bands"`
	Feedback   term.FeedbackPolicy `json:"feedback"`
	Sections   []*Section          `json:"sections"`
	// How often a point of a question of a skill counts, beside 1 for any other.
	SkillWeights []*content.SkillWeight `json:"skillWeights,omitempty"`
	Mode         term.TemplateMode      `json:"mode,omitempty"`
	// Interview: the most follow-up questions after one answer.
	FollowUpLimit *int `json:"followUpLimit,omitempty"`
}

// Section is a part of a key, in the paper's order.
type Section struct {
	Title  string      `json:"title"`
	Weight *int        `json:"weight,omitempty"` // percent of the result; all sections have one or none
	Items  []*Item     `json:"items"`
	Draws  []draw.Pool `json:"draws,omitempty"` // as the paper has them
}

// Item is how one question is scored.
type Item struct {
	Ref        string            `json:"ref"`
	QuestionID gid.ID            `json:"questionId"`
	Revision   int               `json:"revision"`
	Title      string            `json:"title"`
	Kind       term.QuestionKind `json:"kind"`
	Points     int               `json:"points"`
	Skills     []*Skill          `json:"skills"`
	// The content is the revision's, with the partial credit that the template's rule for its kind gives it.
	Content *content.Question `json:"content"`

	// What mendings say of the item. They stand beside the frozen document and are never part of it.
	Dropped  bool `json:"-"` // it counts for nobody
	Credited bool `json:"-"` // whoever was asked has its full points
}

// Skill is a skill as it was called when the template was published.
type Skill struct {
	ID   gid.ID `json:"id"`
	Name string `json:"name"`
}

// Encode writes the key in its one canonical form.
func (k *Key) Encode() ([]byte, error) { return json.Marshal(k) }

// Decode reads what Encode wrote.
func Decode(data []byte) (*Key, error) {
	k := new(Key)
	if err := json.Unmarshal(data, k); err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return k, nil
}

// For is the key of one session: of the items that its seed draws.
func (k *Key) For(seed int64) *Key {
	own := *k
	own.Sections = make([]*Section, len(k.Sections))
	for i, s := range k.Sections {
		own.Sections[i] = s.of(seed, i)
	}
	return &own
}

func (s *Section) of(seed int64, place int) *Section {
	if len(s.Draws) == 0 {
		return s
	}
	refs := make([]string, len(s.Items))
	for i, item := range s.Items {
		refs[i] = item.Ref
	}
	asked := make(map[string]bool, len(refs))
	for _, ref := range draw.Asked(seed, place, refs, s.Draws) {
		asked[ref] = true
	}
	own := *s
	own.Draws = nil
	own.Items = slices.DeleteFunc(slices.Clone(s.Items), func(i *Item) bool { return !asked[i.Ref] })
	return &own
}

// Weighs reports whether points count differently by section or by skill.
func (k *Key) Weighs() bool {
	return slices.ContainsFunc(k.SkillWeights, func(w *content.SkillWeight) bool { return w.Weight != 1 }) ||
		slices.ContainsFunc(k.Sections, func(s *Section) bool { return s.Weight != nil })
}

// Items are all items in the paper's order.
func (k *Key) Items() []*Item {
	var all []*Item
	for _, s := range k.Sections {
		all = append(all, s.Items...)
	}
	return all
}

// Item finds an item by its place; nil if there is none.
func (k *Key) Item(ref string) *Item {
	for _, i := range k.Items() {
		if i.Ref == ref {
			return i
		}
	}
	return nil
}

// Criterion finds a point of assessment of the item; nil if there is none.
func (i *Item) Criterion(key string) *content.Criterion {
	for _, c := range i.Content.Criteria {
		if c.Key == key {
			return c
		}
	}
	return nil
}
