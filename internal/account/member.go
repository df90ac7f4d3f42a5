package account

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/jobrole"
	"github.com/assay-hq/assay/ent/member"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// Members lists the members who were not removed, the newest first.
func (s *Service) Members(ctx context.Context, actor policy.Actor, paging tenant.Paging) (*tenant.Page[*ent.Member], error) {
	scope, err := s.tenant.As(ctx, actor, policy.MemberRead)
	if err != nil {
		return nil, err
	}
	query := func() *ent.MemberQuery { return scope.Members().Where(member.RemovedAtIsNil()) }
	at := func(row *ent.Member) tenant.Cursor { return tenant.Cursor{ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{Desc: true}, at, func(window func(*entsql.Selector)) ([]*ent.Member, error) {
		return query().Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = query().Count
	return page, nil
}

// MembersByID reads members for a batch, also those who were removed, because what they did stays; what is not
// visible is left out.
func (s *Service) MembersByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Member, error) {
	scope, err := s.tenant.As(ctx, actor, policy.MemberRead)
	if err != nil {
		return nil, err
	}
	return scope.Members().Where(tenant.In(member.FieldID, ids)).All(ctx)
}

// AddMemberInput invites a person into the organization, with roles.
type AddMemberInput struct {
	Email          string
	Name           string
	Roles          []policy.Role
	Limited        bool // only JobRoleIDs are visible
	JobRoleIDs     []gid.ID
	IdempotencyKey *string
}

// AddMember invites a person, who becomes a member by signing in with that address, verified. An address that is taken
// is AlreadyExists. Only an owner can make another owner; anybody else who tries is Denied.
func (s *Service) AddMember(ctx context.Context, actor policy.Actor, in AddMemberInput) (*ent.Member, error) {
	scope, err := s.tenant.As(ctx, actor, policy.MemberManage)
	if err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	if scope.Limited() && !in.Limited {
		return nil, fault.New(fault.Denied, "a limited member can add only limited members")
	}
	if slices.Contains(in.Roles, policy.Owner) && !actor.Has(policy.Owner) {
		return nil, fault.New(fault.Denied, "only an owner can make another owner")
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Member, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return addMember(ctx, tx, in) })
		if err != nil {
			return nil, err
		}
		return tenant.Only[*ent.Member]("member")(tx.Members().Where(member.ID(id)).Only(ctx))
	})
}

func (in *AddMemberInput) check() error {
	var c fault.Checks
	address, plain := policy.NormalAddress(in.Email)
	in.Email = address
	c.That(plain, "this is not a plain e-mail address in ASCII", "email")
	c.Line(in.Name, 1, 200, "name")
	c.That(len(in.Roles) > 0, "at least one role is needed", "roles")
	for i, role := range in.Roles {
		c.That(slices.Contains(policy.MemberRoles, role), "there is no such role", "roles", strconv.Itoa(i))
		c.That(!slices.Contains(in.Roles[:i], role), "this role is named twice", "roles", strconv.Itoa(i))
	}
	for i, id := range in.JobRoleIDs {
		c.That(!slices.Contains(in.JobRoleIDs[:i], id), "this job role is named twice", "jobRoleIds", strconv.Itoa(i))
	}
	c.That(len(in.JobRoleIDs) <= 100, "at most 100 are allowed", "jobRoleIds")
	c.That(in.Limited || len(in.JobRoleIDs) == 0, "only a limited member has job roles", "jobRoleIds")
	return c.Err()
}

func addMember(ctx context.Context, tx tenant.Tx, in AddMemberInput) (gid.ID, error) {
	if err := visibleRoles(ctx, tx, in.JobRoleIDs); err != nil {
		return gid.ID{}, err
	}
	existing, err := tx.Members().Where(member.Email(in.Email)).Only(ctx)
	if err == nil {
		return gid.ID{}, addressTaken(existing)
	}
	if !ent.IsNotFound(err) {
		return gid.ID{}, fmt.Errorf("find member: %w", err)
	}
	names := make([]string, len(in.Roles))
	for i, role := range in.Roles {
		names[i] = string(role)
	}
	row, err := tx.NewMember().SetEmail(in.Email).SetName(in.Name).SetRoles(names).SetLimited(in.Limited).
		SetJobRoleIds(in.JobRoleIDs).Save(ctx)
	if ent.IsConstraintError(err) {
		return gid.ID{}, addressTaken(nil)
	}
	if err != nil {
		return gid.ID{}, fmt.Errorf("add member: %w", err)
	}
	return row.ID, tx.Announce(ctx, event.MemberAdded, row.ID, map[string]string{"roles": strings.Join(names, " ")})
}

// visibleRoles demands that every job role is the organization's; any other is NotFound.
func visibleRoles(ctx context.Context, tx tenant.Tx, ids []gid.ID) error {
	n, err := tx.JobRoles().Where(tenant.In(jobrole.FieldID, ids)).Count(ctx)
	if err != nil {
		return fmt.Errorf("count job roles: %w", err)
	}
	if n != len(ids) {
		return tenant.NotFound("job role")
	}
	return nil
}

func addressTaken(existing any) error {
	return fault.Taken("there is already a member with this address", existing, "email")
}
