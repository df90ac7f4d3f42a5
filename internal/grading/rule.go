package grading

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/member"
	"github.com/assay-hq/assay/ent/reviewrule"
	"github.com/assay-hq/assay/ent/template"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// The bounds of a rule.
const (
	maxReviewers = 5
	maxPool      = 100
	maxGap       = 100
	maxDueDays   = 90
)

// SetReviewRuleInput says how a template's sessions are given to reviewers. What is absent is as without a rule.
type SetReviewRuleInput struct {
	TemplateID     gid.ID
	Reviewers      int
	Spread         term.ReviewSpread
	Pool           []gid.ID
	Blind          *bool
	Automatic      *bool
	Gap            *int
	DueDays        *int
	IdempotencyKey *string
}

// SetReviewRule says from now on how a template's sessions are given to reviewers, in place of any rule before; what was
// assigned stays. A pool with somebody who may not review, and numbers outside their bounds, are Invalid.
func (s *Service) SetReviewRule(ctx context.Context, actor policy.Actor, in SetReviewRuleInput) (*ent.ReviewRule, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewAssign)
	if err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return setRule(ctx, tx, in) },
		func(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.ReviewRule, error) {
			return tenant.Only[*ent.ReviewRule]("review rule")(scope.ReviewRules().Where(reviewrule.ID(id)).Only(ctx))
		})
}

func (in *SetReviewRuleInput) check() error {
	var c fault.Checks
	c.Whole(in.Reviewers, 1, maxReviewers, "reviewers")
	c.That(len(in.Pool) <= maxPool, "at most 100 are allowed", "pool")
	c.That(len(in.Pool) == 0 || len(in.Pool) >= in.Reviewers, "these are fewer than review each answer", "pool")
	for i, id := range in.Pool {
		c.That(!slices.Contains(in.Pool[:i], id), "this member is named twice", "pool", strconv.Itoa(i))
	}
	c.Whole(or(in.Gap, defaultGap), 1, maxGap, "gap")
	c.Whole(or(in.DueDays, defaultDueDays), 1, maxDueDays, "dueDays")
	return c.Err()
}

// or is a value that may be absent, or what it is then.
func or[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

func setRule(ctx context.Context, tx tenant.Tx, in SetReviewRuleInput) (gid.ID, error) {
	of, err := tenant.Only[*ent.Template]("template")(tx.LockTemplate(ctx, in.TemplateID))
	if err != nil {
		return gid.ID{}, err
	}
	if err := checkPool(ctx, tx, in.Pool); err != nil {
		return gid.ID{}, err
	}
	if in.Pool == nil {
		in.Pool = []gid.ID{}
	}
	existing, err := tx.LockReviewRule(ctx, of.ID)
	if err != nil && !ent.IsNotFound(err) {
		return gid.ID{}, fmt.Errorf("find review rule: %w", err)
	}
	var id gid.ID
	if existing == nil {
		created, err := tx.NewReviewRule().SetTemplateID(of.ID).SetJobRoleID(of.JobRoleID).SetReviewers(in.Reviewers).SetSpread(in.Spread).
			SetPool(in.Pool).SetBlind(or(in.Blind, true)).SetAutomatic(or(in.Automatic, false)).SetGap(or(in.Gap, defaultGap)).
			SetDueDays(or(in.DueDays, defaultDueDays)).SetUpdatedAt(tx.Now).SetUpdatedBy(tx.Actor().Label()).Save(ctx)
		if err != nil {
			return gid.ID{}, fmt.Errorf("set review rule: %w", err)
		}
		id = created.ID
	} else {
		id = existing.ID
		_, err := tx.ChangeReviewRule(id).SetReviewers(in.Reviewers).SetSpread(in.Spread).
			SetPool(in.Pool).SetBlind(or(in.Blind, true)).SetAutomatic(or(in.Automatic, false)).SetGap(or(in.Gap, defaultGap)).
			SetDueDays(or(in.DueDays, defaultDueDays)).SetUpdatedAt(tx.Now).SetUpdatedBy(tx.Actor().Label()).Save(ctx)
		if err != nil {
			return gid.ID{}, fmt.Errorf("change review rule: %w", err)
		}
	}
	return id, tx.Announce(ctx, event.ReviewRuleSet, of.ID, nil)
}

// checkPool demands members who may review.
func checkPool(ctx context.Context, tx tenant.Tx, pool []gid.ID) error {
	if len(pool) == 0 {
		return nil
	}
	members, err := tx.Members().Where(tenant.In(member.FieldID, pool), member.RemovedAtIsNil()).All(ctx)
	if err != nil {
		return fmt.Errorf("find members: %w", err)
	}
	fit := map[gid.ID]bool{}
	for _, m := range members {
		fit[m.ID] = mayReview(tx, m)
	}
	var c fault.Checks
	for i, id := range pool {
		c.That(fit[id], "this is no member who may review", "pool", strconv.Itoa(i))
	}
	return c.Err()
}

// RemoveReviewRuleInput names the template whose sessions are given to reviewers by hand alone.
type RemoveReviewRuleInput struct {
	TemplateID     gid.ID
	IdempotencyKey *string
}

// RemoveReviewRule removes a template's rule; what was assigned stays. A template without one is Conflict.
func (s *Service) RemoveReviewRule(ctx context.Context, actor policy.Actor, in RemoveReviewRuleInput) (*ent.Template, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewAssign)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in, func(tx tenant.Tx) (gid.ID, error) {
		of, err := tenant.Only[*ent.Template]("template")(tx.LockTemplate(ctx, in.TemplateID))
		if err != nil {
			return gid.ID{}, err
		}
		n, err := tx.DropReviewRule(of.ID).Exec(ctx)
		switch {
		case err != nil:
			return gid.ID{}, fmt.Errorf("remove review rule: %w", err)
		case n == 0:
			return gid.ID{}, conflict("this template has no review rule")
		}
		return of.ID, tx.Announce(ctx, event.ReviewRuleRemoved, of.ID, nil)
	}, func(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Template, error) {
		return tenant.Only[*ent.Template]("template")(scope.Templates().Where(template.ID(id)).Only(ctx))
	})
}

// RulesByTemplate reads the review rules of several templates, for those who assign.
func (s *Service) RulesByTemplate(ctx context.Context, actor policy.Actor, templates []gid.ID) ([]*ent.ReviewRule, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewAssign)
	if err != nil {
		return nil, err
	}
	return scope.ReviewRules().Where(tenant.In(reviewrule.FieldTemplateID, templates)).All(ctx)
}
