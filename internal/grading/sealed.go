package grading

import (
	"slices"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/term"
)

// sealedRefs tells of the reviews of one session which places of its paper are sealed: nobody reads what one regular reviewer
// awarded there while another still has to. A review without places covers all; of those, the empty place stands for all.
func sealedRefs(reviews []*ent.Review) map[string]bool {
	sealed := map[string]bool{}
	for _, r := range reviews {
		if r.Kind != term.ReviewRegular || r.State != term.ReviewAssigned {
			continue
		}
		if len(r.Refs) == 0 {
			sealed[""] = true
		}
		for _, ref := range r.Refs {
			sealed[ref] = true
		}
	}
	return sealed
}

// sealedFrom reports whether what a regular review awarded at a place is kept back.
func sealedFrom(sealed map[string]bool, of *ent.Review, ref string) bool {
	return of != nil && of.Kind == term.ReviewRegular && (sealed[ref] || sealed[""])
}

// reviewOf finds a review by its id; nil if it is none of them.
func reviewOf(reviews []*ent.Review, s *ent.Score) *ent.Review {
	i := slices.IndexFunc(reviews, func(r *ent.Review) bool { return s.ReviewID != nil && r.ID == *s.ReviewID })
	if i < 0 {
		return nil
	}
	return reviews[i]
}
