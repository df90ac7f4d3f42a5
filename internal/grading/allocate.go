package grading

import (
	"bytes"
	"slices"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
)

// portion is what one reviewer is given together: a session's questions, one of them, or those of one skill.
type portion struct {
	refs    []string
	missing map[string]int      // how many reviewers each lacks
	usual   map[gid.ID]int      // how often somebody had this portion of the version's last sessions
	taken   map[gid.ID][]string // which of the questions somebody has already
}

// portions divides a session's questions as the rule spreads them. Questions that lack nobody are left out.
func (p *panel) portions(recent []*ent.Review) []*portion {
	var all []*portion
	named := map[string]*portion{}
	for _, v := range p.open {
		n := p.missing(v)
		if n == 0 {
			continue
		}
		name := p.portionOf(v)
		if named[name] == nil {
			named[name] = &portion{missing: map[string]int{}, usual: map[gid.ID]int{}, taken: map[gid.ID][]string{}}
			all = append(all, named[name])
		}
		named[name].refs, named[name].missing[v.item.Ref] = append(named[name].refs, v.item.Ref), n
	}
	for _, part := range all {
		part.note(p, recent)
	}
	return all
}

// portionOf names what a question is given out with. A question of several skills goes with the first.
func (p *panel) portionOf(v *verdict) string {
	switch {
	case p.spread == term.SpreadQuestion:
		return v.item.Ref
	case p.spread == term.SpreadSkill && len(v.item.Skills) > 0:
		return v.item.Skills[0].ID.String()
	default:
		return ""
	}
}

// note remembers who has which of the questions, and who usually has them.
func (part *portion) note(p *panel, recent []*ent.Review) {
	for _, ref := range part.refs {
		for _, r := range p.reviews {
			if live(r) && covers(r, ref) {
				part.taken[r.ReviewerID] = append(part.taken[r.ReviewerID], ref)
			}
		}
		if p.spread == term.SpreadSession {
			continue // whoever had all of another session has nothing to keep to
		}
		for _, r := range recent {
			if covers(r, ref) {
				part.usual[r.ReviewerID]++
			}
		}
	}
}

// keeps is how many more open reviews than the least loaded a reviewer may have and still be given what they usually
// have. A reviewer who keeps to a question judges it alike for all candidates; beyond this, waiting costs more than that gains.
const keeps = 3

// allocate gives the questions of the portions to people, so that no question has one of them twice, and tells what each
// is given. What lacks somebody still lacks them because nobody is left. Loads are raised by what is given, in place.
//
// Whoever usually has a portion comes first while they have at most keeps open reviews more than the least loaded; then
// the least loaded, and of those equally loaded who was given one longest ago.
func allocate(portions []*portion, people []*tenant.Load) map[gid.ID][]string {
	given := map[gid.ID][]string{}
	for _, part := range portions {
		for {
			wanted := part.wanted()
			who := choose(part, wanted, people)
			if who == nil {
				break
			}
			refs := part.free(who.Reviewer, wanted)
			for _, ref := range refs {
				part.missing[ref]--
			}
			part.taken[who.Reviewer] = append(part.taken[who.Reviewer], refs...)
			given[who.Reviewer] = append(given[who.Reviewer], refs...)
			who.Open++
		}
	}
	return given
}

// wanted are the questions that still lack somebody.
func (part *portion) wanted() []string {
	return slices.DeleteFunc(slices.Clone(part.refs), func(ref string) bool { return part.missing[ref] == 0 })
}

// free are those of some questions that somebody does not have.
func (part *portion) free(who gid.ID, wanted []string) []string {
	return slices.DeleteFunc(slices.Clone(wanted), func(ref string) bool { return slices.Contains(part.taken[who], ref) })
}

// choose is who is given the questions next: the first in order of those who can take the most of them; nil if nobody can.
func choose(part *portion, wanted []string, people []*tenant.Load) *tenant.Load {
	least, best := 0, (*tenant.Load)(nil)
	for i, l := range people {
		if i == 0 || l.Open < least {
			least = l.Open
		}
	}
	for _, l := range people {
		if n := len(part.free(l.Reviewer, wanted)); n > 0 && (best == nil || before(part, l, best, least, n-len(part.free(best.Reviewer, wanted)))) {
			best = l
		}
	}
	return best
}

// before orders two people for a portion; more is how many more of its questions the first can take.
func before(part *portion, a, b *tenant.Load, least, more int) bool {
	if more != 0 {
		return more > 0
	}
	usual := func(l *tenant.Load) int {
		if l.Open > least+keeps {
			return 0
		}
		return part.usual[l.Reviewer]
	}
	if usual(a) != usual(b) {
		return usual(a) > usual(b)
	}
	if a.Open != b.Open {
		return a.Open < b.Open
	}
	if a.Last != b.Last {
		return bytes.Compare(a.Last[:], b.Last[:]) < 0
	}
	return bytes.Compare(a.Reviewer[:], b.Reviewer[:]) < 0
}
