package grading

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/ent/member"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// part is somebody's part of a session, to be assigned.
type part struct {
	reviewer *ent.Member
	kind     term.ReviewKind
	refs     []string // none: all that wait
	blind    bool
	due      time.Time
	by       gid.ID // who assigns; the rule, if it does
}

// give assigns a part, tells of it and writes to the reviewer.
func give(ctx context.Context, tx tenant.Tx, row *ent.Session, a part) (*ent.Review, error) {
	created, err := tx.NewReview().SetSessionID(row.ID).SetJobRoleID(row.JobRoleID).SetReviewerID(a.reviewer.ID).
		SetState(term.ReviewAssigned).SetKind(a.kind).SetRefs(a.refs).SetBlind(a.blind).SetDueAt(a.due).SetAssignedBy(a.by).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("assign review: %w", err)
	}
	tx.Tell(row.ID)
	what := event.ReviewAssigned
	if a.kind == term.ReviewAdjudication {
		what = event.AdjudicationCalled
	}
	if err := tx.Announce(ctx, what, created.ID, nil); err != nil {
		return nil, err
	}
	return created, writeAssigned(ctx, tx, a.reviewer, a.due)
}

// assigner is whose doing an assignment is: the rule's, where there is one that acts by itself, else the actor's.
func (p *panel) assigner(tx tenant.Tx) gid.ID {
	if !p.id.IsZero() {
		return p.id
	}
	return tx.Actor().ID
}

// candidates for a review: who may review and sees the job role, is in the rule's pool, is not the candidate, and has not
// declined the session or had it taken back.
func (p *panel) eligible(ctx context.Context, tx tenant.Tx, row *ent.Session) (map[gid.ID]*ent.Member, error) {
	q := tx.Members().Where(member.RemovedAtIsNil())
	if len(p.pool) > 0 {
		q.Where(tenant.In(member.FieldID, p.pool))
	}
	members, err := q.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find members: %w", err)
	}
	person, err := tx.Candidates().Where(candidate.ID(row.CandidateID)).Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("find candidate: %w", err)
	}
	fit := map[gid.ID]*ent.Member{}
	for _, m := range members {
		if m.Email != person.Email && mayReview(tx, m) && seesRole(m, row) && !p.out(m.ID) {
			fit[m.ID] = m
		}
	}
	return fit, nil
}

// out reports whether somebody is given no more of the session by the rule.
func (p *panel) out(id gid.ID) bool {
	return slices.ContainsFunc(p.reviews, func(r *ent.Review) bool {
		return r.ReviewerID == id && (r.State != term.ReviewAssigned || r.Kind == term.ReviewAdjudication)
	})
}

func mayReview(tx tenant.Tx, m *ent.Member) bool {
	return slices.ContainsFunc(m.Roles, func(role string) bool { return tx.RoleAllows(policy.Role(role), policy.ReviewScore) })
}

func seesRole(m *ent.Member, row *ent.Session) bool {
	return !m.Limited || slices.Contains(m.JobRoleIds, row.JobRoleID)
}

// loads are how much the eligible have, in the order of their ids.
func loads(ctx context.Context, tx tenant.Tx, fit map[gid.ID]*ent.Member) ([]*tenant.Load, error) {
	ids := make([]gid.ID, 0, len(fit))
	for id := range fit {
		ids = append(ids, id)
	}
	found, err := tx.Loads(ctx, ids)
	if err != nil {
		return nil, err
	}
	all := make([]*tenant.Load, len(found))
	for i := range found {
		all[i] = &found[i]
	}
	return all, nil
}

// fill gives what lacks regular reviewers to people as the rule has it, as far as there are any; by is whose doing it is.
// It tells if somebody is still lacking. The panel knows of the new reviews afterwards.
func (p *panel) fill(ctx context.Context, tx tenant.Tx, row *ent.Session, by gid.ID) error {
	fit, err := p.eligible(ctx, tx, row)
	if err != nil {
		return err
	}
	people, err := loads(ctx, tx, fit)
	if err != nil {
		return err
	}
	var recent []*ent.Review
	if p.spread != term.SpreadSession {
		if recent, err = tx.RecentParts(ctx, row); err != nil {
			return err
		}
	}
	given := allocate(p.portions(recent), people)
	for _, l := range people { // in their order, so that ids tell who was given one first
		if refs := given[l.Reviewer]; len(refs) > 0 {
			if err := p.hand(ctx, tx, row, fit[l.Reviewer], refs, by); err != nil {
				return err
			}
		}
	}
	return p.tellLacking(ctx, tx, row)
}

// hand gives somebody questions, or adds them to what they have of the session and did not submit.
func (p *panel) hand(ctx context.Context, tx tenant.Tx, row *ent.Session, who *ent.Member, refs []string, by gid.ID) error {
	for _, r := range p.reviews {
		if r.ReviewerID != who.ID || r.State != term.ReviewAssigned {
			continue
		}
		r.Refs = append(slices.Clone(r.Refs), refs...)
		if _, err := tx.ChangeReview(r.ID).SetRefs(r.Refs).Save(ctx); err != nil {
			return fmt.Errorf("assign more: %w", err)
		}
		return tx.Announce(ctx, event.ReviewAssigned, r.ID, nil)
	}
	if len(refs) == len(p.open) {
		refs = nil // all that wait
	}
	created, err := give(ctx, tx, row, part{
		reviewer: who, kind: term.ReviewRegular, refs: refs, blind: p.blind, due: tx.Now.Add(p.due), by: by,
	})
	if err != nil {
		return err
	}
	p.reviews = append(p.reviews, created)
	return nil
}

// tellLacking tells those who assign that a session lacks somebody whom nobody is left to be.
func (p *panel) tellLacking(ctx context.Context, tx tenant.Tx, row *ent.Session) error {
	if len(p.lacking()) == 0 {
		return nil
	}
	return tx.Announce(ctx, event.ReviewShort, row.ID, nil)
}

// adjudicate calls a further reviewer for the questions whose reviews are far apart, and whom nobody decides yet: the
// least loaded who has had no part in the session. If nobody is left, it tells.
func (p *panel) adjudicate(ctx context.Context, tx tenant.Tx, row *ent.Session) error {
	var refs []string
	for _, v := range p.open {
		if q := p.question(v); q.disputed && !q.pending {
			refs = append(refs, v.item.Ref)
		}
	}
	if len(refs) == 0 {
		return nil
	}
	fit, err := p.eligible(ctx, tx, row)
	if err != nil {
		return err
	}
	for id := range fit {
		if slices.ContainsFunc(p.reviews, func(r *ent.Review) bool { return r.ReviewerID == id }) {
			delete(fit, id)
		}
	}
	people, err := loads(ctx, tx, fit)
	if err != nil {
		return err
	}
	who := choose(&portion{}, refs, people)
	if who == nil {
		return p.tellLacking(ctx, tx, row)
	}
	if len(refs) == len(p.open) {
		refs = nil
	}
	created, err := give(ctx, tx, row, part{
		reviewer: fit[who.Reviewer], kind: term.ReviewAdjudication, refs: refs, blind: p.blind, due: tx.Now.Add(p.due), by: p.assigner(tx),
	})
	if err != nil {
		return err
	}
	p.reviews = append(p.reviews, created)
	return nil
}

// assignAutomatically gives a session whose answers wait to reviewers, where its template's rule says so.
func assignAutomatically(ctx context.Context, tx tenant.Tx, row *ent.Session, j *judged) error {
	rule, err := tx.LockReviewRule(ctx, row.TemplateID)
	if ent.IsNotFound(err) || err == nil && !rule.Automatic {
		return nil
	}
	if err != nil {
		return fmt.Errorf("lock review rule: %w", err)
	}
	p := &panel{ruling: rulingOf(rule), open: open(j.verdicts)}
	if p.reviews, err = tx.ReviewsOf(ctx, row.ID); err != nil { // of a session that was opened again
		return fmt.Errorf("find reviews: %w", err)
	}
	if len(p.reviews) > 0 {
		if p.scores, err = awards(ctx, tx.Scope, []gid.ID{row.ID}); err != nil {
			return err
		}
	}
	return p.fill(ctx, tx, row, rule.ID)
}
