package authoring

import (
	"context"
	"fmt"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/jobrole"
	"github.com/assay-hq/assay/ent/jobroleskill"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// JobRoleFields is what a job role says of itself.
type JobRoleFields struct {
	Title                   string
	Summary                 string
	Level                   term.Level
	Department              string
	Location                string
	Responsibilities        []string
	MustHaveSkills          []*MustHaveSkillInput
	PreferredQualifications []string
	PreparationTips         []string
	ExternalJobID           *string
}

// MustHaveSkillInput is a skill that a job role demands, with its weight from 1 to 100.
type MustHaveSkillInput struct {
	SkillID     gid.ID
	Weight      int
	Description string
}

// CreateJobRoleInput is a new job role.
type CreateJobRoleInput struct {
	Fields         JobRoleFields
	Key            *string
	IdempotencyKey *string
}

// UpdateJobRoleInput changes a job role that stands at a revision.
type UpdateJobRoleInput struct {
	ID             gid.ID
	Revision       int
	Fields         JobRoleFields
	Status         *term.JobRoleStatus
	IdempotencyKey *string
}

// CreateJobRole adds an open job role. A skill that is not the organization's is NotFound.
func (s *Service) CreateJobRole(ctx context.Context, actor policy.Actor, in CreateJobRoleInput) (*ent.JobRole, error) {
	scope, err := s.tenant.As(ctx, actor, policy.JobRoleWrite)
	if err != nil {
		return nil, err
	}
	if scope.Limited() {
		return nil, fault.New(fault.Denied, "a limited member cannot add job roles, which they would not see")
	}
	if err := in.Fields.check(in.Key); err != nil {
		return nil, err
	}
	if err := ownKey(in.Key); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return addJobRole(ctx, tx, in) }, visibleJobRole)
}

func addJobRole(ctx context.Context, tx tenant.Tx, in CreateJobRoleInput) (gid.ID, error) {
	f := in.Fields
	if err := roleIsNew(ctx, tx.Scope, f.ExternalJobID, in.Key, gid.ID{}); err != nil {
		return gid.ID{}, err
	}
	row, err := tx.NewJobRole().SetStatus(term.Open).SetNillableHandle(in.Key).SetPreparationTips(orEmpty(f.PreparationTips)).
		SetTitle(f.Title).SetSummary(f.Summary).SetLevel(f.Level).SetDepartment(f.Department).SetLocation(f.Location).
		SetResponsibilities(orEmpty(f.Responsibilities)).SetPreferredQualifications(orEmpty(f.PreferredQualifications)).
		SetNillableExternalJobID(f.ExternalJobID).Save(ctx)
	if ent.IsConstraintError(err) {
		return gid.ID{}, roleTaken(f.ExternalJobID, nil)
	}
	if err != nil {
		return gid.ID{}, fmt.Errorf("create job role: %w", err)
	}
	if err := writeMustHaves(ctx, tx, row.ID, f.MustHaveSkills); err != nil {
		return gid.ID{}, err
	}
	return row.ID, tx.Announce(ctx, event.JobRoleCreated, row.ID, nil)
}

// UpdateJobRole replaces what a job role says. An older revision is Stale.
func (s *Service) UpdateJobRole(ctx context.Context, actor policy.Actor, in UpdateJobRoleInput) (*ent.JobRole, error) {
	scope, err := s.tenant.As(ctx, actor, policy.JobRoleWrite)
	if err != nil {
		return nil, err
	}
	if err := in.Fields.check(nil); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, changeJobRole(ctx, tx, in) }, visibleJobRole)
}

// roleTaken is the fault of an external id that another job role has or, without one, of a key: of a race that another
// one won, nobody asks which of the two it was.
func roleTaken(external *string, existing any) error {
	if external == nil {
		return keyTaken("job role", existing)
	}
	return fault.Taken("another job role has this external id", existing, "fields", "externalJobId")
}

// roleIsNew demands that no other job role has the external id or the key.
func roleIsNew(ctx context.Context, scope tenant.Scope, external, key *string, but gid.ID) error {
	if external != nil {
		existing, err := scope.JobRoles().Where(jobrole.ExternalJobID(*external)).First(ctx)
		if err == nil && existing.ID != but {
			return roleTaken(external, existing)
		}
		if err != nil && !ent.IsNotFound(err) {
			return fmt.Errorf("find external id: %w", err)
		}
	}
	if key == nil {
		return nil
	}
	existing, err := scope.JobRoles().Where(jobrole.Handle(*key)).First(ctx)
	return keyIsFree("job role", existing, err)
}

func changeJobRole(ctx context.Context, tx tenant.Tx, in UpdateJobRoleInput) error {
	row, err := tenant.Only[*ent.JobRole]("job role")(tx.LockJobRole(ctx, in.ID))
	if err != nil {
		return err
	}
	if row.Revision != in.Revision {
		return stale(row)
	}
	f := in.Fields
	if err := roleIsNew(ctx, tx.Scope, f.ExternalJobID, nil, row.ID); err != nil {
		return err
	}
	change := tx.ChangeJobRole(row.ID).SetPreparationTips(orEmpty(f.PreparationTips)).SetRevision(row.Revision + 1).SetNillableStatus(in.Status).
		SetTitle(f.Title).SetSummary(f.Summary).SetLevel(f.Level).SetDepartment(f.Department).SetLocation(f.Location).
		SetResponsibilities(orEmpty(f.Responsibilities)).SetPreferredQualifications(orEmpty(f.PreferredQualifications)).
		SetNillableExternalJobID(f.ExternalJobID)
	if f.ExternalJobID == nil {
		change.ClearExternalJobID()
	}
	_, err = change.Save(ctx)
	if ent.IsConstraintError(err) {
		return roleTaken(f.ExternalJobID, nil)
	}
	if err != nil {
		return fmt.Errorf("update job role: %w", err)
	}
	if _, err := tx.DropJobRoleSkills(row.ID).Exec(ctx); err != nil {
		return fmt.Errorf("update must-have skills: %w", err)
	}
	if err := writeMustHaves(ctx, tx, row.ID, f.MustHaveSkills); err != nil {
		return err
	}
	return tx.Announce(ctx, event.JobRoleUpdated, row.ID, nil)
}

func (f *JobRoleFields) check(key *string) error {
	var c fault.Checks
	checkKey(&c, key)
	c.Under([]string{"fields"}, func() {
		c.Line(f.Title, 1, 200, "title")
		c.Text(f.Summary, 0, 10_000, "summary")
		c.Line(f.Department, 0, 200, "department")
		c.Line(f.Location, 0, 200, "location")
		c.Texts(f.Responsibilities, 50, 2000, "responsibilities")
		c.Texts(f.PreferredQualifications, 50, 2000, "preferredQualifications")
		c.Texts(f.PreparationTips, 50, 2000, "preparationTips")
		if f.ExternalJobID != nil {
			c.Line(*f.ExternalJobID, 1, 200, "externalJobId")
		}
		f.checkSkills(&c)
	})
	return c.Err()
}

func (f *JobRoleFields) checkSkills(c *fault.Checks) {
	c.That(len(f.MustHaveSkills) <= 50, "at most 50 are allowed", "mustHaveSkills")
	seen := map[gid.ID]bool{}
	for i, m := range f.MustHaveSkills {
		c.Whole(m.Weight, 1, 100, "mustHaveSkills", index(i), "weight")
		c.Text(m.Description, 0, 2000, "mustHaveSkills", index(i), "description")
		c.That(!seen[m.SkillID], "this skill is named twice", "mustHaveSkills", index(i), "skillId")
		seen[m.SkillID] = true
	}
}

func writeMustHaves(ctx context.Context, tx tenant.Tx, role gid.ID, skills []*MustHaveSkillInput) error {
	ids := make([]gid.ID, len(skills))
	for i, m := range skills {
		ids[i] = m.SkillID
	}
	stands, err := held(ctx, tx, ids)
	if err != nil {
		return err
	}
	seen, rows := map[gid.ID]bool{}, make([]*ent.JobRoleSkillCreate, len(skills))
	for i, m := range skills {
		named := stands[m.SkillID]
		if named == nil {
			return tenant.NotFound("skill")
		}
		if seen[named.ID] {
			return fault.At("this skill was merged with another one that is named already", "fields", "mustHaveSkills", index(i), "skillId")
		}
		seen[named.ID] = true
		rows[i] = tx.NewJobRoleSkill().SetJobRoleID(role).SetSkillID(named.ID).SetWeight(m.Weight).
			SetDescription(m.Description).SetPosition(i)
	}
	if err := tx.AddJobRoleSkills(ctx, rows); err != nil {
		return fmt.Errorf("write must-have skills: %w", err)
	}
	return nil
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func visibleJobRole(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.JobRole, error) {
	return tenant.Only[*ent.JobRole]("job role")(scope.JobRoles().Where(jobrole.ID(id)).Only(ctx))
}

// JobRoleFilter narrows a list of job roles.
type JobRoleFilter struct {
	Status        *term.JobRoleStatus
	Level         *term.Level
	Key           *string
	ExternalJobID *string
}

func (f *JobRoleFilter) apply(q *ent.JobRoleQuery) *ent.JobRoleQuery {
	if f != nil && f.Status != nil {
		q.Where(jobrole.StatusEQ(*f.Status))
	}
	if f != nil && f.Level != nil {
		q.Where(jobrole.LevelEQ(*f.Level))
	}
	if f != nil && f.Key != nil {
		q.Where(jobrole.Handle(*f.Key))
	}
	if f != nil && f.ExternalJobID != nil {
		q.Where(jobrole.ExternalJobID(*f.ExternalJobID))
	}
	return q
}

// JobRoles lists the visible job roles by title.
func (s *Service) JobRoles(ctx context.Context, actor policy.Actor, filter *JobRoleFilter, paging tenant.Paging) (*tenant.Page[*ent.JobRole], error) {
	scope, err := s.tenant.As(ctx, actor, policy.JobRoleRead)
	if err != nil {
		return nil, err
	}
	at := func(row *ent.JobRole) tenant.Cursor { return tenant.Cursor{Key: row.Title, ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{Column: jobrole.FieldTitle}, at, func(window func(*entsql.Selector)) ([]*ent.JobRole, error) {
		return filter.apply(scope.JobRoles()).Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = filter.apply(scope.JobRoles()).Count
	return page, nil
}

// JobRolesByID reads job roles for a batch; what is not visible is left out.
func (s *Service) JobRolesByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.JobRole, error) {
	scope, err := s.tenant.As(ctx, actor, policy.JobRoleRead)
	if err != nil {
		return nil, err
	}
	return scope.JobRoles().Where(tenant.In(jobrole.FieldID, ids)).All(ctx)
}

// MustHaveSkills reads the must-have skills of several job roles, each role's in the order in which they were given.
func (s *Service) MustHaveSkills(ctx context.Context, actor policy.Actor, roles []gid.ID) ([]*ent.JobRoleSkill, error) {
	scope, err := s.tenant.As(ctx, actor, policy.JobRoleRead)
	if err != nil {
		return nil, err
	}
	return scope.JobRoleSkills().Where(tenant.In(jobroleskill.FieldJobRoleID, roles)).
		Order(jobroleskill.ByPosition(), jobroleskill.ByID()).All(ctx)
}
