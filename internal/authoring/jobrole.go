package authoring

import (
	"context"
	"fmt"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/jobrole"
	"github.com/assay-hq/assay/ent/jobroleskill"
	"github.com/assay-hq/assay/ent/skill"
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
	if err := in.Fields.check(); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.JobRole, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return addJobRole(ctx, tx, in.Fields) })
		if err != nil {
			return nil, err
		}
		return visibleJobRole(ctx, tx.Scope, id)
	})
}

func addJobRole(ctx context.Context, tx tenant.Tx, f JobRoleFields) (gid.ID, error) {
	row, err := tx.NewJobRole().SetStatus(term.Open).
		SetTitle(f.Title).SetSummary(f.Summary).SetLevel(f.Level).SetDepartment(f.Department).SetLocation(f.Location).
		SetResponsibilities(orEmpty(f.Responsibilities)).SetPreferredQualifications(orEmpty(f.PreferredQualifications)).
		SetNillableExternalJobID(f.ExternalJobID).Save(ctx)
	if ent.IsConstraintError(err) {
		return gid.ID{}, fault.Taken("another job role has this external id", nil, "fields", "externalJobId")
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
	if err := in.Fields.check(); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.JobRole, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, changeJobRole(ctx, tx, in) })
		if err != nil {
			return nil, err
		}
		return visibleJobRole(ctx, tx.Scope, id)
	})
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
	change := tx.ChangeJobRole(row.ID).SetRevision(row.Revision + 1).SetNillableStatus(in.Status).
		SetTitle(f.Title).SetSummary(f.Summary).SetLevel(f.Level).SetDepartment(f.Department).SetLocation(f.Location).
		SetResponsibilities(orEmpty(f.Responsibilities)).SetPreferredQualifications(orEmpty(f.PreferredQualifications)).
		SetNillableExternalJobID(f.ExternalJobID)
	if f.ExternalJobID == nil {
		change.ClearExternalJobID()
	}
	_, err = change.Save(ctx)
	if ent.IsConstraintError(err) {
		return fault.Taken("another job role has this external id", nil, "fields", "externalJobId")
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

func (f *JobRoleFields) check() error {
	var c fault.Checks
	c.Under([]string{"fields"}, func() {
		c.Line(f.Title, 1, 200, "title")
		c.Text(f.Summary, 0, 10_000, "summary")
		c.Line(f.Department, 0, 200, "department")
		c.Line(f.Location, 0, 200, "location")
		c.Texts(f.Responsibilities, 50, 2000, "responsibilities")
		c.Texts(f.PreferredQualifications, 50, 2000, "preferredQualifications")
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
	if err := knownSkills(ctx, tx.Scope, ids); err != nil {
		return err
	}
	for i, m := range skills {
		err := tx.NewJobRoleSkill().SetJobRoleID(role).SetSkillID(m.SkillID).SetWeight(m.Weight).
			SetDescription(m.Description).SetPosition(i).Exec(ctx)
		if err != nil {
			return fmt.Errorf("write must-have skill: %w", err)
		}
	}
	return nil
}

// knownSkills demands that every skill is the organization's; any other is NotFound.
func knownSkills(ctx context.Context, scope tenant.Scope, ids []gid.ID) error {
	if len(ids) == 0 {
		return nil
	}
	n, err := scope.Skills().Where(tenant.In(skill.FieldID, ids)).Count(ctx)
	if err != nil {
		return fmt.Errorf("count skills: %w", err)
	}
	distinct := map[gid.ID]bool{}
	for _, id := range ids {
		distinct[id] = true
	}
	if n != len(distinct) {
		return tenant.NotFound("skill")
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
	Status *term.JobRoleStatus
	Level  *term.Level
}

// JobRoles lists the visible job roles by title.
func (s *Service) JobRoles(ctx context.Context, actor policy.Actor, filter *JobRoleFilter, paging tenant.Paging) (*tenant.Page[*ent.JobRole], error) {
	scope, err := s.tenant.As(ctx, actor, policy.JobRoleRead)
	if err != nil {
		return nil, err
	}
	query := func() *ent.JobRoleQuery {
		q := scope.JobRoles()
		if filter != nil && filter.Status != nil {
			q.Where(jobrole.StatusEQ(*filter.Status))
		}
		if filter != nil && filter.Level != nil {
			q.Where(jobrole.LevelEQ(*filter.Level))
		}
		return q
	}
	at := func(row *ent.JobRole) tenant.Cursor { return tenant.Cursor{Key: row.Title, ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{Column: jobrole.FieldTitle}, at, func(window func(*entsql.Selector)) ([]*ent.JobRole, error) {
		return query().Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = query().Count
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
