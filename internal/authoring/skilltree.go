package authoring

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/skill"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// maxLevels is how deep the taxonomy may be.
const maxLevels = 3

// tree is the taxonomy: the parent of each skill that was not merged, zero for a root.
type tree map[gid.ID]gid.ID

// readTree reads the taxonomy in one statement.
func readTree(ctx context.Context, scope tenant.Scope) (tree, error) {
	rows, err := scope.Skills().Where(skill.MergedIntoIDIsNil()).Select(skill.FieldID, skill.FieldParentID).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read taxonomy: %w", err)
	}
	t := make(tree, len(rows))
	for _, row := range rows {
		t[row.ID] = gid.ID{}
		if row.ParentID != nil {
			t[row.ID] = *row.ParentID
		}
	}
	return t, nil
}

// line is a skill with all above it, from itself upwards.
func (t tree) line(id gid.ID) []gid.ID {
	var up []gid.ID
	for !id.IsZero() && len(up) <= maxLevels {
		up = append(up, id)
		id = t[id]
	}
	return up
}

// height is how many levels a skill has from itself downwards.
func (t tree) height(id gid.ID) int {
	most := 1
	for other := range t {
		for i, above := range t.line(other) {
			if above == id {
				most = max(most, i+1)
			}
		}
	}
	return most
}

// fits demands that a branch of a height can hang below a parent.
func (t tree) fits(parent gid.ID, height int) error {
	if _, ok := t[parent]; !ok {
		return tenant.NotFound("skill")
	}
	if len(t.line(parent))+height > maxLevels {
		return fault.At("this would make a fourth level; a taxonomy has three", "parentId")
	}
	return nil
}

// moves demands that a skill with everything below it can hang below a parent.
func (t tree) moves(id, parent gid.ID) error {
	for _, above := range t.line(parent) {
		if above == id {
			return fault.At("a skill cannot be below itself", "parentId")
		}
	}
	return t.fits(parent, t.height(id))
}

// MergeSkillsInput names a duplicate and the skill that it goes into.
type MergeSkillsInput struct {
	FromID         gid.ID
	IntoID         gid.ID
	IdempotencyKey *string
}

// MergeSkills makes one skill of two and gives the one that stays. Job roles, questions and skills below the duplicate
// are its from now on; the duplicate stays as a name for it, so that drafts, published revisions and reports that name
// it find the other. A skill that was merged already is Conflict, as is one above the duplicate's own branch.
func (s *Service) MergeSkills(ctx context.Context, actor policy.Actor, in MergeSkillsInput) (*ent.Skill, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SkillWrite)
	if err != nil {
		return nil, err
	}
	if err := wholeTaxonomy(scope); err != nil {
		return nil, err
	}
	if in.FromID == in.IntoID {
		return nil, fault.At("a skill cannot be merged into itself", "intoId")
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.IntoID, mergeSkills(ctx, tx, in) }, visibleSkill)
}

func mergeSkills(ctx context.Context, tx tenant.Tx, in MergeSkillsInput) error {
	if _, err := tx.LockOrganization(ctx); err != nil {
		return fmt.Errorf("lock organization: %w", err)
	}
	// Whoever writes a reference to one of them at this moment is done before, or sees the merge.
	if _, err := tx.LockSkills(ctx, []gid.ID{in.FromID, in.IntoID}); err != nil {
		return fmt.Errorf("lock skills: %w", err)
	}
	t, err := readTree(ctx, tx.Scope)
	if err != nil {
		return err
	}
	if err := t.merges(ctx, tx.Scope, in); err != nil {
		return err
	}
	args := tenant.Args{"from": in.FromID, "into": in.IntoID}
	for _, text := range mergeStatements {
		if _, err := tx.Exec(ctx, text, args); err != nil {
			return fmt.Errorf("merge skills: %w", err)
		}
	}
	return tx.Announce(ctx, event.SkillMerged, in.FromID, map[string]string{"into": in.IntoID.String()})
}

// merges demands that both skills stand and that the taxonomy stays one.
func (t tree) merges(ctx context.Context, scope tenant.Scope, in MergeSkillsInput) error {
	rows, err := scope.Skills().Where(tenant.In(skill.FieldID, []gid.ID{in.FromID, in.IntoID})).All(ctx)
	if err != nil {
		return fmt.Errorf("find skills: %w", err)
	}
	if len(rows) != 2 {
		return tenant.NotFound("skill")
	}
	for _, row := range rows {
		if row.MergedIntoID != nil {
			return conflict("the skill " + row.Name + " was merged already")
		}
	}
	for _, above := range t.line(in.IntoID) {
		if above == in.FromID {
			return conflict("the skill that stays is below the one that goes; merge the other way round")
		}
	}
	if len(t.line(in.IntoID))+t.height(in.FromID)-1 > maxLevels {
		return conflict("what is below the skill that goes would make a fourth level")
	}
	return nil
}

// mergeStatements move what refers to a skill. A role that demands both keeps the greater weight.
var mergeStatements = []string{
	`UPDATE job_role_skills SET weight = (SELECT max(b.weight) FROM job_role_skills b
		WHERE b.organization_id = @org AND b.job_role_id = job_role_skills.job_role_id AND b.skill_id IN (@from, @into))
		WHERE organization_id = @org AND skill_id = @into`,
	`DELETE FROM job_role_skills WHERE organization_id = @org AND skill_id = @from
		AND job_role_id IN (SELECT b.job_role_id FROM job_role_skills b WHERE b.organization_id = @org AND b.skill_id = @into)`,
	`UPDATE job_role_skills SET skill_id = @into WHERE organization_id = @org AND skill_id = @from`,
	`DELETE FROM question_skills WHERE organization_id = @org AND skill_id = @from
		AND question_id IN (SELECT b.question_id FROM question_skills b WHERE b.organization_id = @org AND b.skill_id = @into)`,
	`UPDATE question_skills SET skill_id = @into WHERE organization_id = @org AND skill_id = @from`,
	`UPDATE skills SET parent_id = @into WHERE organization_id = @org AND parent_id = @from`,
	`UPDATE skills SET merged_into_id = @into WHERE organization_id = @org AND merged_into_id = @from`,
	`UPDATE skills SET merged_into_id = @into, parent_id = NULL, revision = revision + 1 WHERE organization_id = @org AND id = @from`,
}
