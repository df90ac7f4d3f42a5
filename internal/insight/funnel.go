package insight

import (
	"context"
	"time"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// FunnelInput asks for the sessions of a job role that were invited from From (included) to To (excluded).
type FunnelInput struct {
	JobRoleID gid.ID
	From, To  *time.Time
}

// Funnel counts sessions by how far they came. A session counts in every step that it reached, whenever that was;
// passed are those whose current report, ready or released, says so. A session that was made void counts as handed in,
// scored, released or passed nowhere.
type Funnel struct {
	Invited   int
	Opened    int
	Started   int
	Submitted int
	Scored    int
	Released  int
	Passed    int
	Expired   int
	Cancelled int
	Declined  int
	Voided    int
}

// Funnel tells how far the candidates of a job role came: from the counters where the span is one of whole days in UTC, and
// from the rows where it is not. A job role that is not visible is NotFound.
func (s *Service) Funnel(ctx context.Context, actor policy.Actor, in FunnelInput) (*Funnel, error) {
	scope, err := s.tenant.As(ctx, actor, policy.InsightRead)
	if err != nil {
		return nil, err
	}
	if err := visibleRole(ctx, scope, in.JobRoleID); err != nil {
		return nil, err
	}
	if !wholeDays(in.From, in.To) {
		return s.exactFunnel(ctx, scope, in)
	}
	steps := map[string]int{}
	args := days(tenant.Args{"role": in.JobRoleID, "metric": tenant.StepTally}, in.From, in.To)
	err = eachRow(ctx, scope, tenant.Tallied(ofRoleByDay), args, func(scan func(...any) error) error {
		var (
			metric, label, detail string
			amount                int
		)
		err := scan(&metric, &label, &detail, &amount)
		steps[label] += amount
		return err
	})
	if err != nil {
		return nil, err
	}
	return &Funnel{
		Invited: steps["INVITED"], Opened: steps["OPENED"], Started: steps["STARTED"], Submitted: steps["SUBMITTED"], Scored: steps["SCORED"],
		Released: steps["RELEASED"], Passed: steps["PASSED"], Expired: steps["EXPIRED"], Cancelled: steps["CANCELLED"],
		Declined: steps["DECLINED"], Voided: steps["VOIDED"],
	}, nil
}

// exactFunnel counts the rows themselves, for a span that cuts through a day.
func (s *Service) exactFunnel(ctx context.Context, scope tenant.Scope, in FunnelInput) (*Funnel, error) {
	var f Funnel
	args := span(tenant.Args{"role": in.JobRoleID}, in.From, in.To)
	err := eachRow(ctx, scope, funnelStatement, args, func(scan func(...any) error) error {
		return scan(&f.Invited, &f.Opened, &f.Started, &f.Submitted, &f.Scored, &f.Released, &f.Passed, &f.Expired, &f.Cancelled, &f.Declined, &f.Voided)
	})
	if err != nil {
		return nil, err
	}
	return &f, nil
}

// A session has at most one current report, so the join adds no rows.
const funnelStatement = `SELECT COUNT(*), COUNT(s.opened_at), COUNT(s.started_at),
		COUNT(*) FILTER (WHERE s.ended_at IS NOT NULL AND s.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED')),
		COUNT(s.scored_at) FILTER (WHERE s.state <> 'VOIDED'), COUNT(s.released_at) FILTER (WHERE s.state <> 'VOIDED'),
		COUNT(*) FILTER (WHERE r.passed AND s.state <> 'VOIDED'),
		COUNT(*) FILTER (WHERE s.state = 'EXPIRED'),
		COUNT(*) FILTER (WHERE s.state = 'CANCELLED'),
		COUNT(*) FILTER (WHERE s.state = 'DECLINED'),
		COUNT(*) FILTER (WHERE s.state = 'VOIDED')
	FROM sessions s
	LEFT JOIN reports r ON r.organization_id = s.organization_id AND r.session_id = s.id
		AND r.superseded_at IS NULL AND r.state IN ('READY', 'RELEASED')
	WHERE s.organization_id = @org AND s.job_role_id = @role AND s.created_at >= @from AND s.created_at < @to`
