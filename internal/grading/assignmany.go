package grading

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/ent/template"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// MaxAssignments is how many sessions one call gives to reviewers at most.
const MaxAssignments = 100

// AssignReviewsInput applies the rules of their templates to sessions that are named, or to those of one template.
type AssignReviewsInput struct {
	SessionIDs     []gid.ID
	TemplateID     *gid.ID
	IdempotencyKey *string
}

// AssignmentResult is what came of one of several sessions: what lacks somebody still, or what was wrong with it.
type AssignmentResult struct {
	SessionID  gid.ID
	Unassigned []string
	Faults     fault.List
}

// AssignReviews gives up to MaxAssignments sessions to reviewers as the rules of their templates have it: those that are
// named, or those of a template that lack somebody or wait for nobody. Each stands alone, in a transaction of its
// own: what is wrong with one is told in its result and stops no other. What has its reviewers already is left as it is, so
// that a repetition assigns nothing twice. A template that is not visible is NotFound.
func (s *Service) AssignReviews(ctx context.Context, actor policy.Actor, in AssignReviewsInput) ([]*AssignmentResult, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewAssign)
	if err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	ids := in.SessionIDs
	if in.TemplateID != nil {
		if ids, err = s.stuck(ctx, scope, *in.TemplateID); err != nil {
			return nil, err
		}
	}
	results := make([]*AssignmentResult, len(ids))
	for i, id := range ids {
		if results[i], err = s.assignRow(ctx, scope, id, i); err != nil {
			return nil, err
		}
	}
	return results, nil
}

func (in *AssignReviewsInput) check() error {
	var c fault.Checks
	n := len(in.SessionIDs)
	c.That(in.TemplateID == nil || n == 0, "give sessions or a template, not both", "templateId")
	c.That(in.TemplateID != nil || n >= 1 && n <= MaxAssignments, "from 1 to 100 sessions are possible at once", "sessionIds")
	for i, id := range in.SessionIDs {
		c.That(!slices.Contains(in.SessionIDs[:i], id), "this session is named twice", "sessionIds", strconv.Itoa(i))
	}
	if in.IdempotencyKey != nil {
		c.Text(*in.IdempotencyKey, 1, tenant.MaxKey, "idempotencyKey")
	}
	return c.Err()
}

// stuck are sessions of a template that are in review and lack somebody, or that wait for nobody and are in review all the
// same, since their rule demands less than it did; the oldest first.
func (s *Service) stuck(ctx context.Context, scope tenant.Scope, id gid.ID) ([]gid.ID, error) {
	of, err := tenant.Only[*ent.Template]("template")(scope.Templates().Where(template.ID(id)).Only(ctx))
	if err != nil {
		return nil, err
	}
	var found []gid.ID
	for after := gid.First(gid.Session, time.UnixMilli(0)); len(found) < MaxAssignments; {
		ids, err := perhapsStuck(ctx, scope, of.ID, after)
		if err != nil || len(ids) == 0 {
			return found, err
		}
		after = ids[len(ids)-1]
		rows, err := scope.Sessions().Where(tenant.In(session.FieldID, ids)).Order(session.ByID()).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("find sessions: %w", err)
		}
		all, err := s.panelsOf(ctx, scope, rows)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if p := all[row.ID]; p.idle() || len(p.lacking()) > 0 {
				found = append(found, row.ID)
			}
		}
	}
	return found[:MaxAssignments], nil
}

// idle reports whether nobody has anything of the session to score.
func (p *panel) idle() bool {
	return !slices.ContainsFunc(p.reviews, func(r *ent.Review) bool { return r.State == term.ReviewAssigned })
}

// perhapsStuck are sessions of a template, after a place, in which somebody may be lacking as far as their reviews tell by their
// number alone: some of their questions may have fewer.
func perhapsStuck(ctx context.Context, scope tenant.Scope, template, after gid.ID) ([]gid.ID, error) {
	rows, err := scope.Query(ctx, `SELECT s.id FROM sessions s
		JOIN review_rules u ON u.organization_id = s.organization_id AND u.template_id = s.template_id
		WHERE s.organization_id = @org AND s.template_id = @template AND s.state = 'IN_REVIEW' AND s.id > @after AND (
			u.reviewers > (SELECT COUNT(*) FROM reviews r WHERE r.organization_id = s.organization_id AND r.session_id = s.id
				AND r.kind = 'REGULAR' AND r.state IN ('ASSIGNED', 'SUBMITTED'))
			OR NOT EXISTS (SELECT 1 FROM reviews r WHERE r.organization_id = s.organization_id AND r.session_id = s.id AND r.state = 'ASSIGNED')
			OR EXISTS (SELECT 1 FROM reviews r WHERE r.organization_id = s.organization_id AND r.session_id = s.id
				AND r.state IN ('DECLINED', 'WITHDRAWN')))
		ORDER BY s.id LIMIT @most`, tenant.Args{"template": template, "after": after, "most": MaxAssignments})
	if err != nil {
		return nil, fmt.Errorf("find sessions: %w", err)
	}
	defer rows.Close()
	var ids []gid.ID
	for rows.Next() {
		var found gid.ID
		if err := rows.Scan(&found); err != nil {
			return nil, fmt.Errorf("read session: %w", err)
		}
		ids = append(ids, found)
	}
	return ids, rows.Err()
}

// assignRow applies the rule to one of several sessions. What its row can mend is part of the result; anything else ends
// the call.
func (s *Service) assignRow(ctx context.Context, scope tenant.Scope, id gid.ID, i int) (*AssignmentResult, error) {
	lacking, err := tenant.InTx(ctx, scope, func(tx tenant.Tx) ([]string, error) { return s.applyRule(ctx, tx, id) })
	if err == nil {
		return &AssignmentResult{SessionID: id, Unassigned: lacking}, nil
	}
	result := &AssignmentResult{SessionID: id, Unassigned: []string{}}
	for _, f := range fault.All(err) {
		moved := *f
		switch {
		case f.Code == fault.NotFound:
			moved.Code = fault.Invalid
		case !f.Payload():
			return nil, err
		}
		moved.Field = append([]string{"sessionIds", strconv.Itoa(i)}, moved.Field...)
		result.Faults = append(result.Faults, &moved)
	}
	if len(result.Faults) == 0 {
		return nil, err
	}
	return result, nil
}

// applyRule gives what a session lacks to reviewers, and tells for which questions nobody is left.
func (s *Service) applyRule(ctx context.Context, tx tenant.Tx, id gid.ID) ([]string, error) {
	w, err := s.holdReview(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if err := reviewable(w.session); err != nil {
		return nil, err
	}
	if _, err := tx.LockReviewRule(ctx, w.session.TemplateID); ent.IsNotFound(err) {
		return nil, conflict("this session's template has no review rule; assign it by hand, or set one")
	} else if err != nil {
		return nil, fmt.Errorf("lock review rule: %w", err)
	}
	if err := w.again(ctx, tx); err != nil {
		return nil, err
	}
	if err := w.shown(ctx, tx); err != nil {
		return nil, err
	}
	if len(w.panel.lacking()) > 0 {
		if err := w.panel.fill(ctx, tx, w.session, tx.Actor().ID); err != nil {
			return nil, err
		}
	}
	if err := w.settle(ctx, tx, ""); err != nil {
		return nil, err
	}
	return w.panel.lacking(), nil
}

// Lacking is for which questions of a session somebody is still to be found.
type Lacking struct {
	SessionID gid.ID
	Questions []string
}

// LackingBySession reads for which questions of several sessions a reviewer is still to be found, for those who assign.
func (s *Service) LackingBySession(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*Lacking, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewAssign)
	if err != nil {
		return nil, err
	}
	sessions, err := scope.Sessions().Where(tenant.In(session.FieldID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find sessions: %w", err)
	}
	var lacking []*Lacking
	var waiting []*ent.Session
	for _, row := range sessions {
		if row.State != term.InReview {
			lacking = append(lacking, &Lacking{SessionID: row.ID, Questions: []string{}})
			continue
		}
		waiting = append(waiting, row)
	}
	if len(waiting) == 0 {
		return lacking, nil
	}
	found, err := s.panelsOf(ctx, scope, waiting)
	if err != nil {
		return nil, err
	}
	for _, row := range waiting {
		lacking = append(lacking, &Lacking{SessionID: row.ID, Questions: found[row.ID].lacking()})
	}
	return lacking, nil
}
