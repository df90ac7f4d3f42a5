package grading_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func reportID(r *ent.Report) gid.ID { return r.ID }
func reviewID(r *ent.Review) gid.ID { return r.ID }

func TestEveryMutation(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.mutate(t, map[string]mutation{
			"Score": {
				action: policy.SessionScore, actor: policy.Worker(r.owner.Org), keyless: true, foreign: true,
				events: []event.Type{event.ReportComputed, event.SessionScored}, fresh: func(t testing.TB) call {
					own := r.publish(t, r.draft(t, r.role, term.FeedbackSections)) // of which no other session waits
					id, _ := r.took(t, own.ID, keyed())
					return func(ctx context.Context, a policy.Actor, _ *string, _ bool) (gid.ID, error) {
						return id, r.grading.Score(ctx, a, id)
					}
				},
			},
			"AssignReview": {
				action: policy.ReviewAssign, actor: r.owner, events: []event.Type{event.ReviewAssigned}, foreign: true, fresh: func(t testing.TB) call {
					id, _ := r.scored(t, keyed().with("2.1", words(text)))
					r.clock.pass(2 * time.Hour) // so that the reviewer is written to each time
					return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
						in := grading.AssignReviewInput{SessionID: id, ReviewerID: r.reviewer.ID, IdempotencyKey: key}
						if other {
							in.ReviewerID = r.owner.ID
						}
						row, err := r.grading.AssignReview(ctx, a, in)
						if err != nil {
							return gid.ID{}, err
						}
						return row.ID, nil
					}
				},
			},
			"SubmitReview": {
				action: policy.ReviewScore, actor: r.reviewer, foreign: true,
				events: []event.Type{event.ReviewSubmitted, event.ReportComputed, event.SessionScored}, fresh: func(t testing.TB) call {
					_, row, _ := r.assigned(t)
					return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
						in := grading.SubmitReviewInput{ID: row.ID, Scores: scores(), IdempotencyKey: key}
						if other {
							in.Scores[0].Comment = "another"
						}
						row, err := r.grading.SubmitReview(ctx, a, in)
						if err != nil {
							return gid.ID{}, err
						}
						return row.ID, nil
					}
				},
			},
			"Release": {
				action: policy.ReportRelease, actor: r.owner, events: []event.Type{event.ReportReleased}, foreign: true, fresh: func(t testing.TB) call {
					session, _ := r.scored(t, keyed())
					second, _ := r.scored(t, keyed())
					one, _ := r.report(t, session)
					two, _ := r.report(t, second)
					return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
						in := grading.ReleaseReportInput{ID: one.ID, IdempotencyKey: key}
						if other {
							in.ID = two.ID
						}
						row, err := r.grading.Release(ctx, a, in)
						if err != nil {
							return gid.ID{}, err
						}
						return row.ID, nil
					}
				},
			},
			"Withdraw": {
				action: policy.ReportRelease, actor: r.owner, events: []event.Type{event.ReportWithdrawn}, foreign: true, fresh: func(t testing.TB) call {
					id := r.released(t)
					return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
						in := grading.WithdrawReportInput{ID: id, Reason: "a wrong key", IdempotencyKey: key}
						if other {
							in.Reason = "another"
						}
						row, err := r.grading.Withdraw(ctx, a, in)
						if err != nil {
							return gid.ID{}, err
						}
						return row.ID, nil
					}
				},
			},
		})
	})
}

// TestKeyedScoring takes what the key alone decides, end to end.
func TestKeyedScoring(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		half := scoring.Point // of the two points of each question
		for name, c := range map[string]struct {
			given   answers
			awarded []scoring.Points
			status  []term.ItemStatus
			band    string
		}{
			"everything right": {keyed(), []scoring.Points{2 * half, 2 * half, 2 * half, 2 * half, 0},
				[]term.ItemStatus{term.ItemScored, term.ItemScored, term.ItemScored, term.ItemScored, term.ItemOmitted}, "High"},
			"partly": {answers{"1.1": ticked("b"), "1.2": ticked("a"), "1.3": number("3.61"), "1.4": words("")},
				[]scoring.Points{0, half, 0, 0, 0},
				[]term.ItemStatus{term.ItemScored, term.ItemScored, term.ItemScored, term.ItemOmitted, term.ItemOmitted}, "Low"},
			"everything ticked": {answers{"1.2": ticked("a", "b", "c")}, []scoring.Points{0, half, 0, 0, 0},
				[]term.ItemStatus{term.ItemOmitted, term.ItemScored, term.ItemOmitted, term.ItemOmitted, term.ItemOmitted}, "Low"},
			"nothing": {answers{}, []scoring.Points{0, 0, 0, 0, 0},
				[]term.ItemStatus{term.ItemOmitted, term.ItemOmitted, term.ItemOmitted, term.ItemOmitted, term.ItemOmitted}, "Low"},
		} {
			t.Run(name, func(t *testing.T) {
				id, _ := r.scored(t, c.given)
				row, doc := r.report(t, id)
				var awarded []scoring.Points
				var status []term.ItemStatus
				for _, q := range doc.Questions {
					awarded, status = append(awarded, q.Awarded), append(status, q.Status)
				}
				if name != "everything ticked" { // what subtracting leaves of it is the rule's affair
					if diff := gocmp.Diff(c.awarded, awarded); diff != "" {
						t.Error(diff)
					}
				}
				if diff := gocmp.Diff(c.status, status); diff != "" {
					t.Error(diff)
				}
				if row.State != term.ReportReady || doc.Provisional || doc.Band != c.band || row.Band != c.band || doc.Passed != (c.band == "High") {
					t.Errorf("got %v", row)
				}
				if s := r.session(t, id); s.State != term.Scored || s.ScoredAt == nil {
					t.Errorf("session %v", s)
				}
				r.adds(t, row, doc)
			})
		}
	})
}

// adds demands that every point has its trace, and that all sums agree.
func (r *rig) adds(t *testing.T, row *ent.Report, doc *grading.Result) {
	t.Helper()
	var questions, sections, most scoring.Points
	for _, q := range doc.Questions {
		questions, most = questions+q.Awarded, most+q.Maximum
		if q.Status == term.ItemNotScored && len(q.Trace()) == 0 {
			continue
		}
		var have, all scoring.Points
		weights := 0
		for _, e := range q.Trace() {
			weights += e.Weight
			have, all = have+scoring.Points(e.Weight)*e.Points*scoring.Points(1000)/max(1, e.Maximum), all+scoring.Points(e.Weight)*1000
			if e.Source == "" || e.Text == "" || e.Comment == "" {
				t.Errorf("question %s: a point without its source: %+v", q.Ref, e)
			}
			if (e.Source == term.SourceReviewer) != (e.AwardedBy != nil) {
				t.Errorf("question %s: awarded by %v", q.Ref, e.AwardedBy)
			}
		}
		if weights == 0 || q.Awarded*1000/q.Maximum != have*1000/all {
			t.Errorf("question %s: the trace comes to %d of %d, the points to %d of %d", q.Ref, have, all, q.Awarded, q.Maximum)
		}
	}
	for _, s := range doc.Sections {
		sections += s.Total.Awarded
	}
	if questions != sections || questions != doc.Overall.Awarded || most != doc.Overall.Maximum || row.Points != int64(questions) || row.MaxPoints != int64(most) {
		t.Errorf("sums: questions %d, sections %d, overall %d, report %d", questions, sections, doc.Overall.Awarded, row.Points)
	}
}

func TestOmittedIsNotNotReached(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, _ := r.began(t, r.template.ID, answers{"1.2": ticked("a", "b")})
		r.clock.pass(allowed + tenant.EndsAfter + time.Second)
		if err := r.sitting.Finish(t.Context(), policy.Worker(r.owner.Org), id); err != nil {
			t.Fatal(err)
		}
		r.score(t, id)
		row, doc := r.report(t, id)
		var got []term.ItemStatus
		for _, q := range doc.Questions {
			got = append(got, q.Status)
		}
		want := []term.ItemStatus{term.ItemOmitted, term.ItemScored, term.ItemNotReached, term.ItemNotReached, term.ItemNotReached}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if doc.Overall.Omitted != 1 || doc.Overall.NotReached != 3 || row.State != term.ReportReady {
			t.Errorf("got %+v", doc.Overall)
		}
		r.adds(t, row, doc)
	})
}

func TestATextWaitsForAReviewer(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.scored(t, keyed().with("1.4", words("no accepted answer")).with("2.1", words(text)))
		row, doc := r.report(t, id)
		if row.State != term.ReportProvisional || !doc.Provisional || doc.Band != "" || doc.Passed || doc.Overall.NotScored != 2 || doc.Overall.Awarded != scoring.Of(6) {
			t.Errorf("got %+v", doc)
		}
		r.adds(t, row, doc)
		if s := r.session(t, id); s.State != term.InReview || s.ScoredAt != nil {
			t.Errorf("session %v", s)
		}
		r.refused(t, "release", fault.Provisional, func() error {
			return lastErr(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: row.ID}))
		})
		if f := must(r.grading.Feedback(t.Context(), who, id))(t); f != nil {
			t.Errorf("feedback before release: %v", f)
		}
		if err := r.unchanged(t, "scoring again", func() error { return r.grading.Score(t.Context(), policy.Worker(r.owner.Org), id) }); err != nil {
			t.Error(err)
		}
	})
}

func TestScoringWhatIsNotSubmittedDoesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, _ := r.began(t, r.template.ID, keyed())
		if err := r.unchanged(t, "score", func() error { return r.grading.Score(t.Context(), policy.Worker(r.owner.Org), id) }); err != nil {
			t.Error(err)
		}
		r.refused(t, "an unknown one", fault.NotFound, func() error {
			return r.grading.Score(t.Context(), policy.Worker(r.owner.Org), r.ids.New(gid.Session, r.clock.look()))
		})
	})
}

func TestAssignReview(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		assign := func(session, reviewer gid.ID) func() error {
			return func() error {
				return lastErr(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: reviewer}))
			}
		}
		begun, _ := r.began(t, r.template.ID, keyed())
		r.refused(t, "a sitting in progress", fault.Conflict, assign(begun, r.reviewer.ID))
		ready, _ := r.scored(t, keyed())
		r.refused(t, "nothing waits", fault.NotScorable, assign(ready, r.reviewer.ID))
		waits, _ := r.scored(t, keyed().with("2.1", words(text)))
		r.refused(t, "a recruiter", fault.Invalid, assign(waits, r.member(t, policy.Recruiter).ID), "reviewerId")
		r.refused(t, "nobody", fault.NotFound, assign(waits, r.ids.New(gid.Member, r.clock.look())))
		r.refused(t, "another organization's member", fault.NotFound, assign(waits, r.stranger.ID))
		r.refused(t, "no session", fault.NotFound, assign(r.ids.New(gid.Session, r.clock.look()), r.reviewer.ID))
		if err := assign(waits, r.reviewer.ID)(); err != nil {
			t.Fatal(err)
		}
		f := r.refused(t, "twice", fault.AlreadyExists, assign(waits, r.reviewer.ID), "reviewerId")
		if held, ok := f.Current.(*ent.Review); !ok || held.SessionID != waits {
			t.Errorf("current %v", f.Current)
		}
		rows := must(r.grading.AssignmentsBySession(t.Context(), r.owner, []gid.ID{waits, ready}))(t)
		if len(rows) != 1 || rows[0].ReviewerID != r.reviewer.ID || rows[0].AssignedBy != r.owner.ID {
			t.Errorf("got %v", rows)
		}
		if rows := must(r.grading.AssignmentsBySession(t.Context(), r.stranger, []gid.ID{waits}))(t); len(rows) != 0 {
			t.Errorf("another organization sees %v", rows)
		}
		r.denied(t, policy.ReviewAssign, func(a policy.Actor) error { return lastErr(r.grading.AssignmentsBySession(t.Context(), a, nil)) })
		t.Run("at once there is one", func(t *testing.T) {
			id, _ := r.scored(t, keyed().with("2.1", words(text)))
			errs := make([]error, 8)
			var all sync.WaitGroup
			for i := range errs {
				all.Go(func() { errs[i] = assign(id, r.reviewer.ID)() })
			}
			all.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if !fault.Is(err, fault.AlreadyExists) {
					t.Errorf("got %v", err)
				}
			}
			if won != 1 {
				t.Errorf("%d assigned", won)
			}
		})
	})
}

func TestWork(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, row, who := r.assigned(t)
		work := must(r.grading.Work(t.Context(), r.reviewer, []gid.ID{row.ID}))(t)[0]
		if work.Title != "Screening" || len(work.Items) != 1 || work.Items[0].Question != "2.1" || *work.Items[0].Answer.Text != text ||
			len(work.Items[0].Criteria) != 2 || work.Items[0].ModelAnswer != "Because." || work.Items[0].Pitfalls[0] != "Guessing" {
			t.Errorf("got %+v", work)
		}
		if shown := encodedText(t, work); strings.Contains(shown, who.Identity.Email) || strings.Contains(shown, "Ann") || strings.Contains(shown, "can_") {
			t.Errorf("the candidate is shown: %s", shown)
		}
		other := r.member(t, policy.Reviewer)
		for name, a := range map[string]policy.Actor{"another reviewer": other, "the owner": r.owner, "another organization": r.stranger} {
			if got := must(r.grading.Work(t.Context(), a, []gid.ID{row.ID}))(t); len(got) != 0 {
				t.Errorf("%s: got %v", name, got)
			}
			r.refused(t, name, fault.NotFound, func() error {
				return lastErr(r.grading.SubmitReview(t.Context(), a, grading.SubmitReviewInput{ID: row.ID, Scores: scores()}))
			})
			if rows := must(r.grading.ReviewsByID(t.Context(), a, []gid.ID{row.ID}))(t); len(rows) != 0 {
				t.Errorf("%s sees %v", name, rows)
			}
			if page := must(r.grading.Reviews(t.Context(), a, nil, nil, tenant.Paging{}))(t); len(page.Nodes) != 0 {
				t.Errorf("%s lists %v", name, page.Nodes)
			}
		}
		_, second, _ := r.assigned(t)
		r.reviewed(t, row.ID)
		for state, want := range map[*term.ReviewState][]gid.ID{
			nil: {second.ID, row.ID}, new(term.ReviewAssigned): {second.ID}, new(term.ReviewSubmitted): {row.ID},
		} {
			got := pages(t, 1, reviewID, func(p tenant.Paging) (*tenant.Page[*ent.Review], error) {
				return r.grading.Reviews(t.Context(), r.reviewer, &grading.ReviewFilter{State: state}, nil, p)
			})
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
		r.denied(t, policy.ReviewScore, func(a policy.Actor) error { return lastErr(r.grading.Work(t.Context(), a, []gid.ID{row.ID})) })
		r.denied(t, policy.ReviewScore, func(a policy.Actor) error {
			return lastErr(r.grading.Reviews(t.Context(), a, nil, nil, tenant.Paging{}))
		})
		r.denied(t, policy.ReviewScore, func(a policy.Actor) error { return lastErr(r.grading.ReviewsByID(t.Context(), a, nil)) })
	})
}

func TestSubmitReview(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		session, row, _ := r.assigned(t)
		first, _ := r.report(t, session)
		submit := func(list []*grading.CriterionScoreInput) error {
			return lastErr(r.grading.SubmitReview(t.Context(), r.reviewer, grading.SubmitReviewInput{ID: row.ID, Scores: list}))
		}
		for name, c := range map[string]struct {
			change func(s []*grading.CriterionScoreInput) []*grading.CriterionScoreInput
			paths  []string
		}{
			"nothing":     {func([]*grading.CriterionScoreInput) []*grading.CriterionScoreInput { return nil }, []string{"scores", "scores"}},
			"one missing": {func(s []*grading.CriterionScoreInput) []*grading.CriterionScoreInput { return s[:1] }, []string{"scores"}},
			"one twice":   {func(s []*grading.CriterionScoreInput) []*grading.CriterionScoreInput { return append(s, s[0]) }, []string{"scores.2.criterion"}},
			"no level":    {func(s []*grading.CriterionScoreInput) []*grading.CriterionScoreInput { s[0].Points = 3; return s }, []string{"scores.0.points"}},
			"no comment":  {func(s []*grading.CriterionScoreInput) []*grading.CriterionScoreInput { s[1].Comment = " "; return s }, []string{"scores.1.comment"}},
			"no evidence": {func(s []*grading.CriterionScoreInput) []*grading.CriterionScoreInput { s[1].Evidence = nil; return s }, []string{"scores.1.evidence"}},
			"blank": {func(s []*grading.CriterionScoreInput) []*grading.CriterionScoreInput {
				s[1].Evidence = new(" ")
				return s
			}, []string{"scores.1.evidence"}},
			"not their own": {func(s []*grading.CriterionScoreInput) []*grading.CriterionScoreInput {
				s[0].Evidence = new("We write")
				return s
			}, []string{"scores.0.evidence"}},
			"a long one": {func(s []*grading.CriterionScoreInput) []*grading.CriterionScoreInput {
				s[0].Evidence = new("Then" + strings.Repeat(" ", 100_000) + "we write.")
				return s
			}, []string{"scores.0.evidence"}},
			"unknown criterion":     {func(s []*grading.CriterionScoreInput) []*grading.CriterionScoreInput { s[0].Criterion = "x"; return s }, []string{"scores.0.criterion", "scores"}},
			"a question of the key": {func(s []*grading.CriterionScoreInput) []*grading.CriterionScoreInput { s[0].Question = "1.4"; return s }, []string{"scores.0.criterion", "scores"}},
		} {
			r.refused(t, name, fault.Invalid, func() error { return submit(c.change(scores())) }, c.paths...)
		}
		r.clock.pass(time.Minute)
		r.reviewed(t, row.ID)
		r.refused(t, "twice", fault.Conflict, func() error { return submit(scores()) })
		second, doc := r.report(t, session)
		q := doc.Questions[4]
		// (3 × 2/2 + 1 × 1/2) / 4 of two points.
		if second.Number != 2 || second.State != term.ReportReady || q.Status != term.ItemScored || q.Awarded != 1_750_000 || doc.Overall.Awarded != 9_750_000 {
			t.Errorf("got %v, %+v", second, q)
		}
		if q.Trace()[0].Criterion != "why" || *q.Trace()[0].AwardedBy != r.reviewer.ID || q.Trace()[0].Evidence != "we lock the row" || q.Trace()[1].Points != scoring.Of(1) {
			t.Errorf("trace %+v, %+v", q.Trace()[0], q.Trace()[1])
		}
		if doc.Skills[0].Name != "Go" || doc.Skills[0].Total.Awarded != 3_750_000 || doc.Skills[0].Total.Maximum != scoring.Of(4) {
			t.Errorf("skill %+v", doc.Skills[0])
		}
		r.adds(t, second, doc)
		old := must(r.grading.ReportsByID(t.Context(), r.owner, []gid.ID{first.ID}))(t)
		oldDoc := must(r.results(t.Context(), r.owner, first.ID))(t)
		if old[0].SupersededAt == nil || old[0].State != term.ReportProvisional || oldDoc[0].Overall.NotScored != 1 {
			t.Errorf("the first revision: %v", old[0])
		}
		r.refused(t, "release what is superseded", fault.Conflict, func() error {
			return lastErr(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: first.ID}))
		})
		if s := r.session(t, session); s.State != term.Scored || s.ScoredAt == nil {
			t.Errorf("session %v", s)
		}
	})
}

func TestNoPointsNeedNoEvidence(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		session, row, _ := r.assigned(t)
		none := scores()
		for _, s := range none {
			s.Points, s.Evidence = 0, nil
		}
		must(r.grading.SubmitReview(t.Context(), r.reviewer, grading.SubmitReviewInput{ID: row.ID, Scores: none}))(t)
		report, doc := r.report(t, session)
		if doc.Questions[4].Status != term.ItemScored || doc.Overall.Awarded != scoring.Of(8) {
			t.Errorf("got %+v", doc.Questions[4])
		}
		r.adds(t, report, doc)
	})
}

func TestReleaseAndFeedback(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for policyOf, want := range map[term.FeedbackPolicy]*grading.Feedback{
			term.FeedbackNone:     {},
			term.FeedbackOutcome:  {Passed: new(true)},
			term.FeedbackSections: {Passed: new(true), Sections: []*grading.SectionFeedback{{Title: "Keyed", Percent: 88}, {Title: "Free"}}},
			term.FeedbackSkills:   {Passed: new(true), Sections: []*grading.SectionFeedback{{Title: "Keyed", Percent: 88}, {Title: "Free"}}}, // two questions are no evidence
		} {
			want.Sections = append([]*grading.SectionFeedback{}, want.Sections...)
			want.Areas, want.WorkOn = []*grading.AreaFeedback{}, []*grading.WorkOn{}
			tpl := r.publish(t, r.draft(t, r.role, policyOf))
			id, who := r.took(t, tpl.ID, keyed().with("1.2", ticked("a")))
			r.score(t, id)
			row, _ := r.report(t, id)
			if f := must(r.grading.Feedback(t.Context(), who, id))(t); f != nil {
				t.Errorf("%s: before release: %v", policyOf, f)
			}
			r.clock.pass(time.Hour)
			released := must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: row.ID}))(t)
			if released.State != term.ReportReleased || *released.ReleasedBy != r.owner.ID || r.session(t, id).State != term.Released {
				t.Errorf("%s: got %v", policyOf, released)
			}
			want.ReleasedAt = r.clock.look()
			got := must(r.grading.Feedback(t.Context(), who, id))(t)
			got.ReleasedAt = got.ReleasedAt.UTC()
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", policyOf, diff)
			}
			if s := must(r.sitting.Sitting(t.Context(), who, id))(t); s.State != sitting.Released {
				t.Errorf("%s: the candidate is shown %s", policyOf, s.State)
			}
			r.refused(t, "twice", fault.Conflict, func() error {
				return lastErr(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: row.ID}))
			})
			for name, a := range map[string]policy.Actor{"another candidate": person("x", "x@example.com"), "the owner": r.owner, "another organization": r.stranger} {
				r.refused(t, name, fault.NotFound, func() error { return lastErr(r.grading.Feedback(t.Context(), a, id)) })
			}
			r.refused(t, "an API key", fault.Denied, func() error { return lastErr(r.grading.Feedback(t.Context(), r.as(policy.Integration), id)) })
			r.refused(t, "nobody", fault.Unauthenticated, func() error { return lastErr(r.grading.Feedback(t.Context(), policy.Actor{}, id)) })
		}
	})
}
