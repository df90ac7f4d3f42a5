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
	ParentID       *gid.ID
	Key            *string
	IdempotencyKey *string
}

// UpdateSkillInput changes a skill that stands at a revision; without a parent it becomes a root.
type UpdateSkillInput struct {
	ID             gid.ID
	Revision       int
	Name           string
	Description    string
	ParentID       *gid.ID
	IdempotencyKey *string
}

// CreateSkill adds a skill. A name that is taken, whatever its case and spacing, is AlreadyExists, also where the
// skill of that name was merged into another. A parent that would make a fourth level is Invalid.
func (s *Service) CreateSkill(ctx context.Context, actor policy.Actor, in CreateSkillInput) (*ent.Skill, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SkillWrite)
	if err != nil {
		return nil, err
	}
	if err := checkSkill(in.Name, in.Description, in.Key); err != nil {
		return nil, err
	}
	if err := ownKey(in.Key); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return addSkill(ctx, tx, in) }, visibleSkill)
}

func checkSkill(name, description string, key *string) error {
	var c fault.Checks
	c.Line(name, 1, 120, "name")
	c.Text(description, 0, 2000, "description")
	checkKey(&c, key)
	return c.Err()
}

func visibleSkill(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Skill, error) {
	return tenant.Only[*ent.Skill]("skill")(scope.Skills().Where(skill.ID(id)).Only(ctx))
}

func addSkill(ctx context.Context, tx tenant.Tx, in CreateSkillInput) (gid.ID, error) {
	if err := nameIsFree(ctx, tx.Scope, in.Name, gid.ID{}); err != nil {
		return gid.ID{}, err
	}
	if in.Key != nil {
		existing, err := tx.Skills().Where(skill.Handle(*in.Key)).First(ctx)
		if err := keyIsFree("skill", existing, err); err != nil {
			return gid.ID{}, err
		}
	}
	if in.ParentID != nil {
		if _, err := tx.LockOrganization(ctx); err != nil {
			return gid.ID{}, fmt.Errorf("lock organization: %w", err)
		}
		tree, err := readTree(ctx, tx.Scope)
		if err != nil {
			return gid.ID{}, err
		}
		if err := tree.fits(*in.ParentID, 1); err != nil {
			return gid.ID{}, err
		}
	}
	row, err := tx.NewSkill().SetName(strings.TrimSpace(in.Name)).SetNameKey(nameKey(in.Name)).SetDescription(in.Description).
		SetNillableParentID(in.ParentID).SetNillableHandle(in.Key).Save(ctx)
	if ent.IsConstraintError(err) {
		return gid.ID{}, skillTaken(in.Key)
	}
	if err != nil {
		return gid.ID{}, fmt.Errorf("create skill: %w", err)
	}
	return row.ID, tx.Announce(ctx, event.SkillCreated, row.ID, nil)
}

// skillTaken is the fault of a race that another skill won: which of the two constraints it was, nobody asks.
func skillTaken(key *string) error {
	if key != nil {
		return keyTaken("skill", nil)
	}
	return fault.Taken("there is already a skill of this name", nil, "name")
}

// nameIsFree demands that no other skill has the name. One that was merged gives its name to the one it went into.
func nameIsFree(ctx context.Context, scope tenant.Scope, name string, but gid.ID) error {
	existing, err := scope.Skills().Where(skill.NameKey(nameKey(name))).WithMergedInto().Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("find skill: %w", err)
	case existing.ID == but:
		return nil
	case existing.Edges.MergedInto != nil:
		return fault.Taken("a skill of this name was merged into another one", existing.Edges.MergedInto, "name")
	}
	return fault.Taken("there is already a skill of this name", existing, "name")
}

// UpdateSkill renames, describes or moves a skill. An older revision is Stale; a merged skill is Conflict; a place
// below itself or on a fourth level is Invalid.
func (s *Service) UpdateSkill(ctx context.Context, actor policy.Actor, in UpdateSkillInput) (*ent.Skill, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SkillWrite)
	if err != nil {
		return nil, err
	}
	if err := wholeTaxonomy(scope); err != nil {
		return nil, err
	}
	if err := checkSkill(in.Name, in.Description, nil); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, updateSkill(ctx, tx, in) }, visibleSkill)
}

// wholeTaxonomy refuses limited members: what they change means something to job roles that they do not see.
func wholeTaxonomy(scope tenant.Scope) error {
	if scope.Limited() {
		return fault.New(fault.Denied, "a limited member cannot change skills, which belong to job roles that they do not see")
	}
	return nil
}

func updateSkill(ctx context.Context, tx tenant.Tx, in UpdateSkillInput) error {
	if _, err := tx.LockOrganization(ctx); err != nil {
		return fmt.Errorf("lock organization: %w", err)
	}
	var t tree
	if in.ParentID != nil {
		var err error
		if t, err = readTree(ctx, tx.Scope); err != nil {
			return err
		}
	}
	return t.change(ctx, tx, in)
}

// change changes a skill. The tree was read while the organization is locked, for a skill that gets a parent, and does
// not learn of the change.
func (t tree) change(ctx context.Context, tx tenant.Tx, in UpdateSkillInput) error {
	row, err := visibleSkill(ctx, tx.Scope, in.ID)
	switch {
	case err != nil:
		return err
	case row.MergedIntoID != nil:
		return conflict("this skill was merged into another one")
	case row.Revision != in.Revision:
		return stale(row)
	}
	if err := nameIsFree(ctx, tx.Scope, in.Name, row.ID); err != nil {
		return err
	}
	change := tx.ChangeSkill(row.ID).SetName(strings.TrimSpace(in.Name)).SetNameKey(nameKey(in.Name)).
		SetDescription(in.Description).SetRevision(row.Revision + 1).ClearParentID()
	if in.ParentID != nil {
		if err := t.moves(row.ID, *in.ParentID); err != nil {
			return err
		}
		change.SetParentID(*in.ParentID)
	}
	_, err = change.Save(ctx)
	if ent.IsConstraintError(err) {
		return skillTaken(nil)
	}
	if err != nil {
		return fmt.Errorf("update skill: %w", err)
	}
	return tx.Announce(ctx, event.SkillUpdated, row.ID, nil)
}

// nameKey is what two spellings of one name have in common.
func nameKey(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// SkillFilter narrows a list of skills.
type SkillFilter struct {
	ParentID *gid.ID
	Roots    *bool // only those without a parent, or only those with one
	Key      *string
}

func (f *SkillFilter) apply(q *ent.SkillQuery) *ent.SkillQuery {
	q.Where(skill.MergedIntoIDIsNil())
	if f != nil && f.ParentID != nil {
		q.Where(skill.ParentID(*f.ParentID))
	}
	if f != nil && f.Roots != nil && *f.Roots {
		q.Where(skill.ParentIDIsNil())
	}
	if f != nil && f.Roots != nil && !*f.Roots {
		q.Where(skill.ParentIDNotNil())
	}
	if f != nil && f.Key != nil {
		q.Where(skill.Handle(*f.Key))
	}
	return q
}

// Skills lists the skills by name, without those that were merged.
func (s *Service) Skills(ctx context.Context, actor policy.Actor, filter *SkillFilter, paging tenant.Paging) (*tenant.Page[*ent.Skill], error) {
	scope, err := s.tenant.As(ctx, actor, policy.SkillRead)
	if err != nil {
		return nil, err
	}
	at := func(row *ent.Skill) tenant.Cursor { return tenant.Cursor{Key: row.Name, ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{Column: skill.FieldName}, at, func(window func(*entsql.Selector)) ([]*ent.Skill, error) {
		return filter.apply(scope.Skills()).Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = filter.apply(scope.Skills()).Count
	return page, nil
}

// SkillsByID reads skills for a batch, merged ones too; what is not visible is left out.
func (s *Service) SkillsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Skill, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SkillRead)
	if err != nil {
		return nil, err
	}
	return scope.Skills().Where(tenant.In(skill.FieldID, ids)).All(ctx)
}

// StandingSkill is what an id that was written once stands for now: the skill itself, or what it was merged into.
type StandingSkill struct {
	ID    gid.ID
	Skill *ent.Skill
}

// StandingSkills reads what skills stand for now; what is not visible is left out.
func (s *Service) StandingSkills(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*StandingSkill, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SkillRead)
	if err != nil {
		return nil, err
	}
	rows, err := standing(ctx, scope, ids)
	if err != nil {
		return nil, err
	}
	list := make([]*StandingSkill, 0, len(rows))
	for id, row := range rows {
		list = append(list, &StandingSkill{ID: id, Skill: row})
	}
	return list, nil
}

// standing finds what each id stands for. Merging keeps the way short: what a skill was merged into is never merged.
func standing(ctx context.Context, scope tenant.Scope, ids []gid.ID) (map[gid.ID]*ent.Skill, error) {
	found := make(map[gid.ID]*ent.Skill, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := scope.Skills().Where(tenant.In(skill.FieldID, ids)).WithMergedInto().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find skills: %w", err)
	}
	for _, row := range rows {
		found[row.ID] = row
		if row.Edges.MergedInto != nil {
			found[row.ID] = row.Edges.MergedInto
		}
	}
	return found, nil
}

// held finds what ids stand for and keeps it so until the commit: a merge waits, or was seen.
func held(ctx context.Context, tx tenant.Tx, ids []gid.ID) (map[gid.ID]*ent.Skill, error) {
	if len(ids) > 0 {
		if err := tx.HoldSkills(ctx, ids); err != nil {
			return nil, fmt.Errorf("hold skills: %w", err)
		}
	}
	return standing(ctx, tx.Scope, ids)
}

// knownSkills gives the skills that ids stand for, each once, in their order, and keeps them so until the commit; one
// that is not the organization's is NotFound.
func knownSkills(ctx context.Context, tx tenant.Tx, ids []gid.ID) ([]gid.ID, error) {
	found, err := held(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	known := make([]gid.ID, len(ids))
	for i, id := range ids {
		if found[id] == nil {
			return nil, tenant.NotFound("skill")
		}
		known[i] = found[id].ID
	}
	return distinct(known), nil
}
