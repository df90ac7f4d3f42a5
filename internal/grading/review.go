package grading

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/ent/member"
	"github.com/assay-hq/assay/ent/review"
	entscore "github.com/assay-hq/assay/ent/score"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// AssignReviewInput gives a session's open answers to a reviewer, or some of them.
type AssignReviewInput struct {
	SessionID      gid.ID
	ReviewerID     gid.ID
	Questions      []string   // places; none: all that still lack somebody, or are reviewed
	DueAt          *time.Time // as the rule says, or in a week
	Blind          *bool      // as the rule says, or blind
	IdempotencyKey *string
}

// AssignReview gives answers that wait for a person to a reviewer, beside others who review them, or as the further
// reviewer where those are far apart. A session or a question without such answers is NotScorable; one that the reviewer
// has already is AlreadyExists; a reviewer who declined the session Conflict; a member who may not review, a question that
// is none of the session's and a date that is past are Invalid.
func (s *Service) AssignReview(ctx context.Context, actor policy.Actor, in AssignReviewInput) (*ent.Review, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewAssign)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return s.assign(ctx, tx, in) }, readReview)
}

func readReview(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Review, error) {
	return tenant.Only[*ent.Review]("review")(scope.Reviews().Where(review.ID(id)).Only(ctx))
}

func (s *Service) assign(ctx context.Context, tx tenant.Tx, in AssignReviewInput) (gid.ID, error) {
	w, err := s.holdReview(ctx, tx, in.SessionID)
	if err != nil {
		return gid.ID{}, err
	}
	if err := reviewable(w.session); err != nil {
		return gid.ID{}, err
	}
	who, err := reviewer(ctx, tx, in.ReviewerID, w)
	if err != nil {
		return gid.ID{}, err
	}
	p := part{reviewer: who, blind: w.panel.blind, due: tx.Now.Add(w.panel.due), by: tx.Actor().ID}
	if p.kind, p.refs, err = w.panel.toAssign(in.Questions); err != nil {
		return gid.ID{}, err
	}
	if in.Blind != nil {
		p.blind = *in.Blind
	}
	if in.DueAt != nil {
		if !in.DueAt.After(tx.Now) || in.DueAt.After(tx.Now.Add(days(maxDueDays))) {
			return gid.ID{}, fault.At("this must be within the next 90 days", "dueAt")
		}
		p.due = in.DueAt.UTC()
	}
	created, err := give(ctx, tx, w.session, p)
	if err != nil {
		return gid.ID{}, err
	}
	return created.ID, nil
}

// reviewable demands a session that is in review.
func reviewable(row *ent.Session) error {
	switch row.State {
	case term.InReview:
		return nil
	case term.Scored, term.Released:
		return fault.New(fault.NotScorable, "nothing in this session waits for a reviewer")
	default:
		return conflict("this session is not ready for review")
	}
}

// toAssign tells what somebody may be given of the questions that are asked for, or of all: those on which regular reviews
// are not all in, or else those that a further reviewer is to decide. One review is of one kind.
func (p *panel) toAssign(asked []string) (term.ReviewKind, []string, error) {
	var c fault.Checks
	standing := p.standings()
	for i, ref := range asked {
		c.That(standing[ref] != nil, "no answer waits for a person there", "questions", strconv.Itoa(i))
		c.That(!slices.Contains(asked[:i], ref), "this question is named twice", "questions", strconv.Itoa(i))
	}
	if err := c.Err(); err != nil {
		return "", nil, err
	}
	waiting, disputed := []string{}, []string{}
	for _, v := range p.open {
		ref := v.item.Ref
		if len(asked) > 0 && !slices.Contains(asked, ref) {
			continue
		}
		switch q := standing[ref]; {
		case q.waiting:
			waiting = append(waiting, ref)
		case q.disputed:
			disputed = append(disputed, ref)
		case len(asked) > 0:
			return "", nil, fault.New(fault.NotScorable, "question "+ref+" waits for nobody: its reviews are in")
		}
	}
	kind, refs := term.ReviewRegular, waiting
	if len(waiting) == 0 {
		kind, refs = term.ReviewAdjudication, disputed
	}
	switch {
	case len(refs) == 0:
		return "", nil, fault.New(fault.NotScorable, "nothing in this session waits for a reviewer")
	case len(asked) > 0 && len(refs) < len(asked):
		return "", nil, fault.At("some of these questions wait for a first review, others for a decision; name them apart", "questions")
	case len(refs) == len(p.open):
		refs = nil
	}
	return kind, refs, nil
}

// reviewer demands a member who may review, who would see the review, who is not the candidate, and who has no part in
// the session.
func reviewer(ctx context.Context, tx tenant.Tx, id gid.ID, w *reviewing) (*ent.Member, error) {
	m, err := tenant.Only[*ent.Member]("member")(tx.Members().Where(member.ID(id), member.RemovedAtIsNil()).Only(ctx))
	if err != nil {
		return nil, err
	}
	if !seesRole(m, w.session) {
		return nil, fault.At("this member does not see the session's job role", "reviewerId")
	}
	own, err := tx.Candidates().Where(candidate.ID(w.session.CandidateID), candidate.Email(m.Email)).Exist(ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("find candidate: %w", err)
	case own:
		return nil, fault.At("nobody reviews their own sitting", "reviewerId")
	case !mayReview(tx, m):
		return nil, fault.At("this member has no role that reviews", "reviewerId")
	}
	for _, r := range w.panel.reviews {
		switch {
		case r.ReviewerID != id:
		case live(r):
			return nil, fault.Taken("this session is assigned to this reviewer already", r, "reviewerId")
		case r.State == term.ReviewDeclined:
			return nil, conflict("this reviewer declined the session; choose another")
		}
	}
	return m, nil
}

// ReviewFilter narrows a reviewer's list.
type ReviewFilter struct {
	State     *term.ReviewState
	DueBefore *time.Time
}

// Standing is the filter for a state, unless it names one itself.
func (f *ReviewFilter) Standing(state *term.ReviewState) *ReviewFilter {
	if f == nil {
		return &ReviewFilter{State: state}
	}
	narrowed := *f
	if narrowed.State == nil {
		narrowed.State = state
	}
	return &narrowed
}

// apply keeps what fits; due dates are compared in UTC, in which SQLite keeps its times as text.
func (f *ReviewFilter) apply(q *ent.ReviewQuery) *ent.ReviewQuery {
	if f != nil && f.State != nil {
		q.Where(review.StateEQ(*f.State))
	}
	if f != nil && f.DueBefore != nil {
		q.Where(review.DueAtLT(f.DueBefore.UTC()))
	}
	return q
}

// ReviewOrder is what a list of reviews is ordered by.
type ReviewOrder string

// The orders of reviews: the newest first, or what is due first.
const (
	ByAssigned ReviewOrder = "ASSIGNED_AT"
	ByDue      ReviewOrder = "DUE_AT"
)

// Values lists every order.
func (ReviewOrder) Values() []string { return []string{string(ByAssigned), string(ByDue)} }

// Reviews lists the reviews that are assigned to the actor, the newest first, or what is due first. By due date, those are
// left out that were assigned before there were due dates.
func (s *Service) Reviews(ctx context.Context, actor policy.Actor, filter *ReviewFilter, by *ReviewOrder, paging tenant.Paging) (*tenant.Page[*ent.Review], error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	query := func() *ent.ReviewQuery { return filter.apply(scope.Reviews()) }
	order, at := tenant.Order{Desc: true}, func(row *ent.Review) tenant.Cursor { return tenant.Cursor{ID: row.ID} }
	if by != nil && *by == ByDue {
		query = func() *ent.ReviewQuery { return filter.apply(scope.Reviews()).Where(review.DueAtNotNil()) }
		order = tenant.Order{Column: review.FieldDueAt, Time: true}
		at = func(row *ent.Review) tenant.Cursor { return tenant.Cursor{Key: row.DueAt.UTC(), ID: row.ID} }
	}
	page, err := tenant.List(paging, order, at, func(window func(*entsql.Selector)) ([]*ent.Review, error) {
		return query().Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = query().Count
	return page, nil
}

// ReviewsByID reads the actor's own reviews for a batch; what is not theirs is left out.
func (s *Service) ReviewsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Review, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	return scope.Reviews().Where(tenant.In(review.FieldID, ids)).All(ctx)
}

// AssignmentsBySession reads who reviews which of several sessions, for those who assign.
func (s *Service) AssignmentsBySession(ctx context.Context, actor policy.Actor, sessions []gid.ID) ([]*ent.Review, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewAssign)
	if err != nil {
		return nil, err
	}
	return scope.Reviews().Where(tenant.In(review.FieldSessionID, sessions)).Order(review.ByID()).All(ctx)
}

// ReviewItem is one answer to be scored, with the rubric to score it by and nothing of the candidate.
type ReviewItem struct {
	Question    string
	Kind        term.QuestionKind
	Prompt      string
	Points      int
	Answer      *content.Answer
	Criteria    []*content.Criterion
	ModelAnswer string
	Pitfalls    []string
	FollowUps   []*content.FollowUp
	Execution   *Execution // of code, what running it came to; nil of any other kind
}

// ReviewWork is what a reviewer works on: the assessment's title and those of the answers that wait for a person that are theirs.
type ReviewWork struct {
	ReviewID gid.ID
	Title    string
	Items    []*ReviewItem
}

// Work reads what there is to score in several of the actor's own reviews; what is not theirs is left out.
func (s *Service) Work(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ReviewWork, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	own, err := scope.Reviews().Where(tenant.In(review.FieldID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find reviews: %w", err)
	}
	sessions := make([]gid.ID, len(own))
	for i, r := range own {
		sessions[i] = r.SessionID
	}
	all, err := s.judgeAll(ctx, scope, sessions)
	if err != nil {
		return nil, err
	}
	works := make([]*ReviewWork, 0, len(own))
	for _, r := range own {
		if j := all[r.SessionID]; j != nil {
			works = append(works, workOf(r, j))
		}
	}
	return works, nil
}

func workOf(r *ent.Review, j *judged) *ReviewWork {
	work := &ReviewWork{ReviewID: r.ID, Title: j.frozen.paper.Title, Items: []*ReviewItem{}}
	if !live(r) {
		return work // it is theirs no longer
	}
	for _, v := range ofReview(r, open(j.verdicts)) {
		c := v.item.Content
		work.Items = append(work.Items, &ReviewItem{
			Question: v.item.Ref, Kind: v.item.Kind, Prompt: c.Prompt, Points: v.item.Points, Answer: v.answer,
			Criteria: c.Criteria, ModelAnswer: c.ModelAnswer, Pitfalls: c.Pitfalls, FollowUps: c.FollowUps, Execution: v.run,
		})
	}
	return work
}

// ofReview are those of some questions that a review is of and that count: nobody scores what was dropped.
func ofReview(r *ent.Review, verdicts []*verdict) []*verdict {
	return slices.DeleteFunc(slices.Clone(verdicts), func(v *verdict) bool { return v.item.Dropped || !covers(r, v.item.Ref) })
}

// judged are the verdicts on one session, computed anew: they follow from what is frozen and stored.
type judged struct {
	frozen   *frozen
	verdicts []*verdict
}

// judgeAll gives the verdicts on several visible sessions, in four statements at most; in six, where code was run.
func (s *Service) judgeAll(ctx context.Context, scope tenant.Scope, ids []gid.ID) (map[gid.ID]*judged, error) {
	sessions, err := scope.Sessions().Where(tenant.In(session.FieldID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find sessions: %w", err)
	}
	return s.judgeSeen(ctx, scope, sessions)
}

// judgeSeen gives the verdicts on sessions that were read.
func (s *Service) judgeSeen(ctx context.Context, scope tenant.Scope, rows []*ent.Session) (map[gid.ID]*judged, error) {
	documents, err := s.pinned(ctx, scope, versionsOf(rows))
	if err != nil {
		return nil, err
	}
	return judgeRows(ctx, scope, rows, documents)
}

// versionsOf are the versions that sessions pin.
func versionsOf(rows []*ent.Session) []gid.ID {
	versions := make([]gid.ID, len(rows))
	for i, row := range rows {
		versions[i] = row.TemplateVersionID
	}
	return versions
}

// judgeOne gives the verdicts on one session that the transaction holds, by a key that is not mended until the commit.
func (s *Service) judgeOne(ctx context.Context, tx tenant.Tx, row *ent.Session) (*judged, error) {
	f, err := s.held(ctx, tx, row.TemplateVersionID)
	if err != nil {
		return nil, err
	}
	all, err := judgeRows(ctx, tx.Scope, []*ent.Session{row}, map[gid.ID]*frozen{row.TemplateVersionID: f})
	return all[row.ID], err
}

// judgeRows gives the verdicts on sessions by the documents of their versions.
func judgeRows(ctx context.Context, scope tenant.Scope, rows []*ent.Session, documents map[gid.ID]*frozen) (map[gid.ID]*judged, error) {
	ids := idsOf(rows)
	answers, err := scope.LatestAnswers(ctx, ids, nil)
	if err != nil {
		return nil, err
	}
	runs, err := runsOf(ctx, scope, ids, documents)
	if err != nil {
		return nil, err
	}
	all := make(map[gid.ID]*judged, len(rows))
	for _, row := range rows {
		if documents[row.TemplateVersionID] == nil {
			return nil, tenant.NotFound("template version")
		}
		all[row.ID] = new(judged)
	}
	inParallel(len(rows), func(i int) {
		row, j := rows[i], all[rows[i].ID]
		j.frozen = documents[row.TemplateVersionID].of(row)
		j.verdicts = j.frozen.judge(answers[row.ID], ranOut(row))
		runs[row.ID].overlay(j.verdicts)
	})
	return all, nil
}

// open are the verdicts that wait for a person.
func open(verdicts []*verdict) []*verdict {
	return slices.DeleteFunc(slices.Clone(verdicts), func(v *verdict) bool { return v.status != term.ItemNotScored })
}

// ReviewAwards is what a reviewer awarded in one of their own reviews.
type ReviewAwards struct {
	ReviewID gid.ID
	Scores   []*ent.Score
}

// AwardsByReview reads what the actor awarded in several of their own reviews; what is not theirs is left out.
func (s *Service) AwardsByReview(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ReviewAwards, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	own, err := scope.Reviews().Where(tenant.In(review.FieldID, ids)).IDs(ctx)
	if err != nil {
		return nil, fmt.Errorf("find reviews: %w", err)
	}
	rows, err := scope.Scores().Where(tenant.In(entscore.FieldReviewID, own)).Order(entscore.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find scores: %w", err)
	}
	found := make([]*ReviewAwards, len(own))
	for i, id := range own {
		found[i] = &ReviewAwards{ReviewID: id, Scores: []*ent.Score{}}
		for _, row := range rows {
			if *row.ReviewID == id {
				found[i].Scores = append(found[i].Scores, row)
			}
		}
	}
	return found, nil
}

// ReviewCandidate is whose answers an open review is of.
type ReviewCandidate struct {
	ReviewID  gid.ID
	Candidate *ent.Candidate // nil where the review is blind
}

// CandidatesByReview reads whose answers several reviews are of, for those who may read candidates. Of a blind review
// nobody is named, whoever asks: it is what its reviewer reads.
func (s *Service) CandidatesByReview(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ReviewCandidate, error) {
	scope, err := s.tenant.As(ctx, actor, policy.CandidateRead)
	if err != nil {
		return nil, err
	}
	rows, err := scope.Reviews().Where(tenant.In(review.FieldID, ids)).
		WithSession(func(q *ent.SessionQuery) { q.WithCandidate() }).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find reviews: %w", err)
	}
	found := make([]*ReviewCandidate, len(rows))
	for i, r := range rows {
		found[i] = &ReviewCandidate{ReviewID: r.ID}
		if !r.Blind {
			found[i].Candidate = r.Edges.Session.Edges.Candidate
		}
	}
	return found, nil
}
