package authoring

import (
	"context"
	"fmt"
	"slices"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/jobroleskill"
	"github.com/assay-hq/assay/ent/question"
	"github.com/assay-hq/assay/ent/questionskill"
	"github.com/assay-hq/assay/ent/template"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Coverage is how a template covers a skill that its job role demands.
type Coverage struct {
	TemplateID gid.ID
	SkillID    gid.ID
	Weight     int
	Questions  int // that show the skill or one below it, each once, those of pools too
}

// Covered reports whether any question does.
func (c *Coverage) Covered() bool { return c.Questions > 0 }

// SkillCoverage tells, for several templates, how each must-have skill of their job role is covered by what stands of
// them: the open draft, or what was published last.
func (s *Service) SkillCoverage(ctx context.Context, actor policy.Actor, templates []gid.ID) ([]*Coverage, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateRead)
	if err != nil {
		return nil, err
	}
	return coverage(ctx, scope, templates)
}

// coverage reads what several templates demand and show, in a constant number of statements.
func coverage(ctx context.Context, scope tenant.Scope, ids []gid.ID) ([]*Coverage, error) {
	templates, err := scope.Templates().Where(tenant.In(template.FieldID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find templates: %w", err)
	}
	roles, drafts := make([]gid.ID, len(templates)), make([]*content.Template, len(templates))
	for i, t := range templates {
		roles[i], drafts[i] = t.JobRoleID, t.Draft
	}
	if err := settleTemplates(ctx, scope, drafts...); err != nil { // skills may have been merged since they were written
		return nil, err
	}
	demands, err := scope.JobRoleSkills().Where(tenant.In(jobroleskill.FieldJobRoleID, roles)).
		Order(jobroleskill.ByPosition(), jobroleskill.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find must-have skills: %w", err)
	}
	t, err := readTree(ctx, scope)
	if err != nil {
		return nil, err
	}
	pools, err := readPools(ctx, scope, t, templates)
	if err != nil {
		return nil, err
	}
	var list []*Coverage
	for _, row := range templates {
		shown := pools.shown(row.Draft)
		for _, d := range demands {
			if d.JobRoleID == row.JobRoleID {
				list = append(list, &Coverage{TemplateID: row.ID, SkillID: d.SkillID, Weight: d.Weight, Questions: shown[d.SkillID]})
			}
		}
	}
	return list, nil
}

// pools are what drafts can ask: the published questions, where a filter looks for some, and the skills of each with all
// above them.
type pools struct {
	published []*ent.Question
	own       map[gid.ID][]gid.ID // the skills of a question
	above     map[gid.ID][]gid.ID // and all above them
}

// readPools reads what several drafts can ask, in two statements however many filters they have.
func readPools(ctx context.Context, scope tenant.Scope, t tree, templates []*ent.Template) (*pools, error) {
	p := &pools{own: map[gid.ID][]gid.ID{}, above: map[gid.ID][]gid.ID{}}
	var ids []gid.ID
	filtered := false
	for _, row := range templates {
		ids = append(ids, usedQuestions(row.Draft)...)
		filtered = filtered || len(filters(row.Draft)) > 0
	}
	if filtered {
		rows, err := scope.Questions().Where(question.StateEQ(term.Published)).
			Select(question.FieldID, question.FieldKind, question.FieldCategory, question.FieldLevel, question.FieldLanguage).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("find pools: %w", err)
		}
		p.published, ids = rows, append(ids, questionIDs(rows)...)
	}
	rows, err := scope.QuestionSkills().Where(tenant.In(questionskill.FieldQuestionID, distinct(ids))).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find skills of questions: %w", err)
	}
	for _, row := range rows {
		p.own[row.QuestionID] = append(p.own[row.QuestionID], row.SkillID)
		p.above[row.QuestionID] = append(p.above[row.QuestionID], t.line(row.SkillID)...)
	}
	return p, nil
}

// shown counts the questions of a draft that show each skill or one below it.
func (p *pools) shown(draft *content.Template) map[gid.ID]int {
	asked := usedQuestions(draft)
	for _, f := range filters(draft) {
		for _, q := range p.published {
			if p.finds(f, q) {
				asked = append(asked, q.ID)
			}
		}
	}
	counts := map[gid.ID]int{}
	for _, id := range distinct(asked) {
		for _, skill := range distinct(p.above[id]) {
			counts[skill]++
		}
	}
	return counts
}

// finds reports whether a filter takes a question in, as filterQuestions does.
func (p *pools) finds(f *content.PoolFilter, q *ent.Question) bool { return takes(f, q, p.own[q.ID]) }

// takes reports whether a filter takes in a question with these skills.
func takes(f *content.PoolFilter, q *ent.Question, skills []gid.ID) bool {
	return (f.Kind == nil || *f.Kind == q.Kind) && (f.Category == nil || *f.Category == q.Category) &&
		(f.Level == nil || *f.Level == q.Level) && (f.Language == nil || *f.Language == q.Language) &&
		(len(f.SkillIDs) == 0 || slices.ContainsFunc(skills, func(id gid.ID) bool { return slices.Contains(f.SkillIDs, id) }))
}

func questionIDs(rows []*ent.Question) []gid.ID {
	ids := make([]gid.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return ids
}

// filters are the filters of a draft's pools.
func filters(t *content.Template) []*content.PoolFilter {
	var list []*content.PoolFilter
	for _, s := range t.Sections {
		for _, slot := range s.Slots {
			if slot.Draw != nil && slot.Draw.Filter != nil {
				list = append(list, slot.Draw.Filter)
			}
		}
	}
	return slices.Clip(list)
}
