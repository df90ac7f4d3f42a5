package authoring

import (
	"context"
	"fmt"
	"slices"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/question"
	"github.com/assay-hq/assay/ent/questionrevision"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
)

// bank is what a draft draws on: its questions with the revision of each that would be frozen, the pools that its
// filters find, and the names of skills.
type bank struct {
	questions map[gid.ID]*ent.Question
	revisions map[gid.ID]*ent.QuestionRevision // the published one of each
	pinned    map[pin]*ent.QuestionRevision    // others that slots ask for
	pools     map[*content.PoolFilter][]gid.ID
	skills    map[gid.ID]*ent.Skill // by the id that a revision names
}

// pin names a revision of a question.
type pin struct {
	question gid.ID
	number   int
}

// openBank reads the bank of a draft: a few statements, and one for each filter.
func openBank(ctx context.Context, scope tenant.Scope, draft *content.Template) (*bank, error) {
	b := &bank{
		questions: map[gid.ID]*ent.Question{}, revisions: map[gid.ID]*ent.QuestionRevision{},
		pinned: map[pin]*ent.QuestionRevision{}, pools: map[*content.PoolFilter][]gid.ID{},
	}
	if err := settleTemplates(ctx, scope, draft); err != nil { // skills may have been merged since it was written
		return nil, err
	}
	if err := b.fillPools(ctx, scope, draft); err != nil {
		return nil, err
	}
	ids := b.ids(draft)
	rows, err := scope.Questions().Where(tenant.In(question.FieldID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find questions: %w", err)
	}
	for _, q := range rows {
		b.questions[q.ID] = q
	}
	if err := b.readRevisions(ctx, scope, draft, ids); err != nil {
		return nil, err
	}
	return b, b.readSkills(ctx, scope)
}

// fillPools finds what each filter takes in: published questions, in the order of their ids.
func (b *bank) fillPools(ctx context.Context, scope tenant.Scope, draft *content.Template) error {
	for _, f := range filters(draft) {
		rows, err := filterQuestions(scope, f).Where(question.StateEQ(term.Published)).
			Order(question.ByID()).Limit(maxPool + 1).Select(question.FieldID).All(ctx)
		if err != nil {
			return fmt.Errorf("find pool: %w", err)
		}
		b.pools[f] = questionIDs(rows)
	}
	return nil
}

// ids are the distinct questions of a draft with those of its filters.
func (b *bank) ids(draft *content.Template) []gid.ID {
	ids := usedQuestions(draft)
	for _, f := range filters(draft) {
		ids = append(ids, b.pools[f]...)
	}
	return distinct(ids)
}

func (b *bank) readRevisions(ctx context.Context, scope tenant.Scope, draft *content.Template, ids []gid.ID) error {
	revisions, err := scope.QuestionRevisions().Where(tenant.In(questionrevision.FieldQuestionID, ids), published).All(ctx)
	if err != nil {
		return fmt.Errorf("find revisions: %w", err)
	}
	for _, r := range revisions {
		b.revisions[r.QuestionID] = r
	}
	older := pins(draft)
	if len(older) == 0 {
		return nil
	}
	questions := make([]gid.ID, len(older))
	for i, p := range older {
		questions[i] = p.question
	}
	all, err := scope.QuestionRevisions().Where(tenant.In(questionrevision.FieldQuestionID, questions), questionrevision.PublishedAtNotNil()).All(ctx)
	if err != nil {
		return fmt.Errorf("find pinned revisions: %w", err)
	}
	for _, r := range all {
		if slices.Contains(older, pin{r.QuestionID, r.Number}) {
			b.pinned[pin{r.QuestionID, r.Number}] = r
		}
	}
	return nil
}

// published keeps the revision that a question's row names as published.
func published(q *entsql.Selector) {
	t := entsql.Table(question.Table)
	q.Join(t).On(q.C(questionrevision.FieldQuestionID), t.C(question.FieldID)).
		Where(entsql.ColumnsEQ(q.C(questionrevision.FieldNumber), t.C(question.FieldPublishedNumber)))
}

// pins are the revisions that a draft's slots ask for by number.
func pins(draft *content.Template) []pin {
	var list []pin
	for _, s := range draft.Sections {
		for _, slot := range s.Slots {
			if slot.QuestionID != nil && slot.Revision != nil {
				list = append(list, pin{*slot.QuestionID, *slot.Revision})
			}
		}
	}
	return list
}

func (b *bank) readSkills(ctx context.Context, scope tenant.Scope) (err error) {
	var ids []gid.ID
	for _, r := range b.revisions {
		ids = append(ids, r.Content.SkillIDs...)
	}
	for _, r := range b.pinned {
		ids = append(ids, r.Content.SkillIDs...)
	}
	slices.SortFunc(ids, func(x, y gid.ID) int { return slices.Compare(x[:], y[:]) })
	b.skills, err = standing(ctx, scope, slices.Compact(ids))
	return err
}

// revisionOf is the revision that a slot would freeze of one of its questions; nil if there is none.
func (b *bank) revisionOf(slot *content.Slot, id gid.ID) *ent.QuestionRevision {
	if slot.Revision != nil {
		return b.pinned[pin{id, *slot.Revision}]
	}
	return b.revisions[id]
}

// pool are the questions that a slot takes from: its own, the list of its draw, or what its filter found.
func (b *bank) pool(slot *content.Slot) []gid.ID {
	switch {
	case slot.Draw == nil:
		return []gid.ID{*slot.QuestionID}
	case slot.Draw.Filter != nil:
		return b.pools[slot.Draw.Filter]
	default:
		return slices.SortedFunc(slices.Values(slot.Draw.QuestionIDs), func(x, y gid.ID) int { return slices.Compare(x[:], y[:]) })
	}
}

// count is how many questions a slot asks.
func count(slot *content.Slot) int {
	if slot.Draw == nil {
		return 1
	}
	return slot.Draw.Count
}

// check lists everything that keeps a draft from being published, each at its place.
func (b *bank) check(draft *content.Template) error {
	var c fault.Checks
	c.Under([]string{"content"}, func() {
		c.That(len(draft.Sections) >= 1, "at least one section is needed", "sections")
		b.checkWeights(&c, draft)
		weights := map[gid.ID]int{}
		for _, w := range draft.SkillWeights {
			weights[w.SkillID] = w.Weight
		}
		seen := map[gid.ID]bool{}
		for i, s := range draft.Sections {
			weighs := s.Weight != nil && *s.Weight == 0 || len(s.Slots) == 0 || b.weighs(s, weights)
			c.That(weighs, "with the skills' weights nothing in this section counts; give a skill that it asks a weight above 0", "sections", index(i))
			c.Under([]string{"sections", index(i)}, func() { b.checkSection(&c, s, seen) })
		}
		projected := b.projected(draft)
		c.That(draft.TotalLimit == nil || projected <= *draft.TotalLimit,
			"its questions take about "+minutes(projected)+", more than the limit", "totalLimit")
		c.That(len(b.ids(draft)) <= maxFrozen, "with all its pools it has more than 1000 questions; narrow a filter", "sections")
	})
	return c.Err()
}

// weighs reports whether a section has a slot of which every question counts.
func (b *bank) weighs(s *content.Section, weights map[gid.ID]int) bool {
	return slices.ContainsFunc(s.Slots, func(slot *content.Slot) bool {
		return !slices.ContainsFunc(b.pool(slot), func(id gid.ID) bool { return !b.counts(b.revisionOf(slot, id), weights) })
	})
}

// counts reports whether a point of a question counts: one of its skills has a weight above 0, or it names none.
func (b *bank) counts(r *ent.QuestionRevision, weights map[gid.ID]int) bool {
	if r == nil || len(r.Content.SkillIDs) == 0 {
		return true
	}
	return slices.ContainsFunc(r.Content.SkillIDs, func(id gid.ID) bool {
		skill := b.skills[id]
		if skill == nil {
			return true
		}
		weight, named := weights[skill.ID]
		return !named || weight > 0
	})
}

func (b *bank) checkWeights(c *fault.Checks, draft *content.Template) {
	weighed, sum := 0, 0
	for _, s := range draft.Sections {
		if s.Weight != nil {
			weighed, sum = weighed+1, sum+*s.Weight
		}
	}
	c.That(weighed == 0 || weighed == len(draft.Sections), "give every section a weight, or none", "sections")
	c.That(weighed == 0 || sum == 100, "the weights of the sections sum to "+index(sum)+", not to 100", "sections")
}

func (b *bank) checkSection(c *fault.Checks, s *content.Section, seen map[gid.ID]bool) {
	c.That(s.TimeLimit >= 60, "this section has no time; give it a minute at least", "timeLimit")
	c.That(len(s.Slots) >= 1, "this section asks nothing", "slots")
	for j, slot := range s.Slots {
		c.Under([]string{"slots", index(j)}, func() { b.checkSlot(c, slot, seen) })
	}
	needed := b.sectionTime(s)
	c.That(s.TimeLimit < 60 || needed <= s.TimeLimit, "its questions take about "+minutes(needed)+", more than its time", "timeLimit")
}

func (b *bank) checkSlot(c *fault.Checks, slot *content.Slot, seen map[gid.ID]bool) {
	place := []string{"questionId"}
	if slot.Draw != nil {
		place = []string{"draw"}
	}
	pool := b.pool(slot)
	c.That(len(pool) >= count(slot), "the pool has "+index(len(pool))+" questions, fewer than are drawn", place...)
	c.That(len(pool) <= maxPool, "the filter finds more than 500 questions; narrow it", place...)
	for i, id := range pool {
		at := place
		if slot.Draw != nil && slot.Draw.Filter == nil {
			at = []string{"draw", "questionIds", index(slices.Index(slot.Draw.QuestionIDs, id))}
		}
		c.That(!seen[id], "this question is asked elsewhere in the template already: "+b.title(id), at...)
		seen[id] = true
		b.checkAsked(c, slot, pool[i], at)
	}
}

// checkAsked demands that one question of a slot can be asked.
func (b *bank) checkAsked(c *fault.Checks, slot *content.Slot, id gid.ID, at []string) {
	q, r := b.questions[id], b.revisionOf(slot, id)
	switch {
	case q == nil:
		c.That(false, "there is no such question", at...)
	case q.State == term.Retired:
		c.That(false, "this question is retired: "+q.Title, at...)
	case r == nil && slot.Revision != nil:
		c.That(false, "this question has no such published revision: "+q.Title, "revision")
	case r == nil:
		c.That(false, "publish this question first: "+q.Title, at...)
	default:
		c.That(q.Kind.Keyed() || len(r.Content.Criteria) > 0, "this question has no rubric: "+q.Title, at...)
	}
}

func (b *bank) title(id gid.ID) string {
	if q := b.questions[id]; q != nil {
		return q.Title
	}
	return "?"
}

// projected is how many seconds the questions of a draft take by their time hints.
func (b *bank) projected(draft *content.Template) int {
	total := 0
	for _, s := range draft.Sections {
		total += b.sectionTime(s)
	}
	return total
}

// sectionTime adds the time hints; what is drawn counts with the mean of its pool, rounded up.
func (b *bank) sectionTime(s *content.Section) int {
	total := 0
	for _, slot := range s.Slots {
		pool, sum := b.pool(slot), 0
		for _, id := range pool {
			if r := b.revisionOf(slot, id); r != nil {
				sum += r.Content.TimeHint
			}
		}
		if len(pool) > 0 {
			total += (sum*min(count(slot), len(pool)) + len(pool) - 1) / len(pool)
		}
	}
	return total
}

// minutes renders seconds for a person, rounded up.
func minutes(seconds int) string { return index((seconds+59)/60) + " minutes" }
