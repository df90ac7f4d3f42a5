package authoring

import (
	"context"
	"fmt"
	"strings"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/skill"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// CreateSkillInput is a skill to be added to the taxonomy.
type CreateSkillInput struct {
	Name           string
	Description    string
	IdempotencyKey *string
}

// CreateSkill adds a skill. A name that is taken, whatever its case and spacing, is AlreadyExists.
func (s *Service) CreateSkill(ctx context.Context, actor policy.Actor, in CreateSkillInput) (*ent.Skill, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SkillWrite)
	if err != nil {
		return nil, err
	}
	var check fault.Checks
	check.Line(in.Name, 1, 120, "name")
	check.Text(in.Description, 0, 2000, "description")
	if err := check.Err(); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Skill, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return addSkill(ctx, tx, in) })
		if err != nil {
			return nil, err
		}
		return tenant.Only[*ent.Skill]("skill")(tx.Skills().Where(skill.ID(id)).Only(ctx))
	})
}

func addSkill(ctx context.Context, tx tenant.Tx, in CreateSkillInput) (gid.ID, error) {
	key := nameKey(in.Name)
	existing, err := tx.Skills().Where(skill.NameKey(key)).Only(ctx)
	if err == nil {
		return gid.ID{}, fault.Taken("there is already a skill of this name", existing, "name")
	}
	if !ent.IsNotFound(err) {
		return gid.ID{}, fmt.Errorf("find skill: %w", err)
	}
	row, err := tx.NewSkill().SetName(strings.TrimSpace(in.Name)).SetNameKey(key).SetDescription(in.Description).Save(ctx)
	if ent.IsConstraintError(err) {
		return gid.ID{}, fault.Taken("there is already a skill of this name", nil, "name")
	}
	if err != nil {
		return gid.ID{}, fmt.Errorf("create skill: %w", err)
	}
	return row.ID, tx.Announce(ctx, event.SkillCreated, row.ID, nil)
}

// nameKey is what two spellings of one name have in common.
func nameKey(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// Skills lists the skills by name.
func (s *Service) Skills(ctx context.Context, actor policy.Actor, paging tenant.Paging) (*tenant.Page[*ent.Skill], error) {
	scope, err := s.tenant.As(ctx, actor, policy.SkillRead)
	if err != nil {
		return nil, err
	}
	at := func(row *ent.Skill) tenant.Cursor { return tenant.Cursor{Key: row.Name, ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{Column: skill.FieldName}, at, func(window func(*entsql.Selector)) ([]*ent.Skill, error) {
		return scope.Skills().Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = scope.Skills().Count
	return page, nil
}

// SkillsByID reads skills for a batch; what is not visible is left out.
func (s *Service) SkillsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Skill, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SkillRead)
	if err != nil {
		return nil, err
	}
	return scope.Skills().Where(tenant.In(skill.FieldID, ids)).All(ctx)
}
