package authoring

import (
	"slices"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// demote makes drafts of the published templates of a document that nobody could publish as everything stands now: their
// questions or what their filters find has changed since, and elsewhere the whole document would be refused for them. It
// says which and why, of 100 at most. Questions that are retired elsewhere after their templates stand may still be asked; a template that
// has become a draft keeps none of them, so that all are looked at again.
func (st *stock) demote(d *catalogue.Document) (notes []string) {
	rows := make(map[string]*ent.Template, len(st.templates))
	for _, row := range st.templates {
		rows[keyOf(row.Handle, row.ID)] = row
	}
	for again := true; again; {
		again = false
		bank := st.elsewhere(askedIn(d))
		for _, t := range d.Templates {
			if t.State != term.Published {
				continue
			}
			draft := st.travelled(rows[t.Key].Draft)
			for _, f := range filters(draft) {
				bank.pools[f] = st.found(bank, f)
			}
			if err := bank.check(draft); err != nil {
				t.State, again = term.Draft, true
				if len(notes) == mostFaults {
					continue
				}
				notes = append(notes, "the template "+t.Key+" travels as a draft, because it could not be published today: "+fault.All(err)[0].Message)
			}
		}
	}
	return notes
}

// elsewhere is the bank of an organization into which the stock is brought, before what published templates ask is
// retired there.
func (st *stock) elsewhere(asked map[string]bool) *bank {
	b := &bank{
		questions: make(map[gid.ID]*ent.Question, len(st.questions)), revisions: st.published, pinned: map[pin]*ent.QuestionRevision{},
		pools: map[*content.PoolFilter][]gid.ID{}, skills: make(map[gid.ID]*ent.Skill, len(st.skills)),
	}
	for id, q := range st.questions {
		if q.State == term.Retired && asked[keyOf(q.Handle, id)] {
			q = &ent.Question{ID: id, Title: q.Title, State: term.Published, Kind: q.Kind, Category: q.Category, Level: q.Level, Language: q.Language}
		}
		b.questions[id] = q
	}
	for id := range st.skills {
		b.skills[id] = st.skills[st.stands(id)]
	}
	return b
}

// stands is the skill that an id means now.
func (st *stock) stands(id gid.ID) gid.ID {
	if row := st.skills[id]; row != nil {
		return standingID(row)
	}
	return id
}

// travelled is a template's content as it arrives elsewhere: without pinned revisions, and with the skills that stand.
func (st *stock) travelled(t *content.Template) *content.Template {
	own := *t
	own.SkillWeights, own.Sections = nil, nil
	for _, w := range t.SkillWeights {
		own.SkillWeights = append(own.SkillWeights, &content.SkillWeight{SkillID: st.stands(w.SkillID), Weight: w.Weight})
	}
	own.SkillWeights = greatest(own.SkillWeights)
	for _, s := range t.Sections {
		section := *s
		section.Slots = nil
		for _, slot := range s.Slots {
			section.Slots = append(section.Slots, st.travelledSlot(*slot))
		}
		own.Sections = append(own.Sections, &section)
	}
	return &own
}

func (st *stock) travelledSlot(slot content.Slot) *content.Slot {
	slot.Revision = nil
	if slot.Draw != nil && slot.Draw.Filter != nil {
		draw, filter := *slot.Draw, *slot.Draw.Filter
		filter.SkillIDs = nil
		for _, id := range slot.Draw.Filter.SkillIDs {
			filter.SkillIDs = append(filter.SkillIDs, st.stands(id))
		}
		draw.Filter, slot.Draw = &filter, &draw
	}
	return &slot
}

// found is what a filter finds in a bank, in the order of ids.
func (st *stock) found(b *bank, f *content.PoolFilter) []gid.ID {
	var ids []gid.ID
	for id, q := range b.questions {
		if q.State == term.Published && b.revisions[id] != nil && takes(f, q, st.shownSkills(b.revisions[id])) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(x, y gid.ID) int { return slices.Compare(x[:], y[:]) })
	return ids
}

// shownSkills are the skills of a revision that stand.
func (st *stock) shownSkills(r *ent.QuestionRevision) []gid.ID {
	ids := make([]gid.ID, len(r.Content.SkillIDs))
	for i, id := range r.Content.SkillIDs {
		ids[i] = st.stands(id)
	}
	return ids
}
