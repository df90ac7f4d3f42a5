package grading_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/reporting"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// quiz is a template of single choices of a point each, six of one skill and then six of another, with follow-ups, pitfalls
// and feedback on every option.
func (r *rig) quiz(t *testing.T, feedback term.FeedbackPolicy) *ent.Template {
	t.Helper()
	other := must(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: "SQL"}))(t).ID
	var slots []*content.Slot
	for i := range 12 {
		skill := r.skill
		if i >= 6 {
			skill = other
		}
		q := must(r.authoring.CreateQuestion(t.Context(), r.owner, authoring.CreateQuestionInput{
			Title: fmt.Sprintf("quiz %d", i+1), Kind: term.SingleChoice, Category: term.Technical, Level: term.Entry, Content: &content.Question{
				Prompt: fmt.Sprintf("Which, %d?", i+1), ModelAnswer: "secret-model", Pitfalls: []string{"secret-pitfall"}, SkillIDs: []gid.ID{skill},
				FollowUps: []*content.FollowUp{{When: "secret-when", Prompt: "secret-follow-up"}},
				Choices: []*content.Choice{
					{Key: "a", Text: "right", Correct: true, Feedback: "secret-right"}, {Key: "b", Text: "wrong", Feedback: "Read about indexes"},
					{Key: "c", Text: "other", Feedback: "secret-other"},
				},
			},
		}))(t)
		must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))(t)
		slots = append(slots, &content.Slot{QuestionID: &q.ID, Points: 1})
	}
	row := must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
		JobRoleID: r.role, Name: "Quiz", Mode: term.Assessment, Content: &content.Template{
			Instructions: "Choose", CutPercent: 50, Feedback: feedback, Bands: []*content.Band{{Name: "All"}},
			Sections: []*content.Section{{Title: "Quiz", TimeLimit: 600, Slots: slots}},
		},
	}))(t)
	return r.publish(t, row.ID)
}

// quizzed answers the first questions of a quiz right and the others wrong.
func (r *rig) quizzed(t *testing.T, template gid.ID, right int) (gid.ID, policy.Actor) {
	t.Helper()
	given := answers{}
	for i := range 12 {
		given[fmt.Sprintf("1.%d", i+1)] = ticked(map[bool]string{true: "a", false: "b"}[i < right])
	}
	id, who := r.took(t, template, given)
	r.score(t, id)
	return id, who
}

// norm writes a norm group of a report's version as a larger organization would have it.
func (r *rig) norm(t *testing.T, row *ent.Report, size int, sem, tally string) {
	t.Helper()
	for _, text := range []string{
		"DELETE FROM norms",
		fmt.Sprintf(`INSERT INTO norms (id, organization_id, template_version_id, job_role_id, size, mean, spread, sem, alpha, tally, computed_at)
			SELECT '%s', organization_id, template_version_id, job_role_id, %d, 50000000, 20000000, %s, 900000, '%s', created_at FROM reports WHERE id = '%s'`,
			r.ids.New(gid.Norm, r.clock.look()).UUID(), size, sem, tally, row.ID.UUID()),
	} {
		if _, err := r.db.ExecContext(context.WithoutCancel(t.Context()), text); err != nil {
			t.Fatal(err)
		}
	}
}

// stands is where a result stands, and how exactly it is known.
type stands struct {
	Standing    *grading.Standing
	Uncertainty *grading.Uncertainty
}

func (r *rig) stands(t *testing.T, id gid.ID) stands {
	t.Helper()
	found := must(r.grading.Readings(t.Context(), r.owner, []gid.ID{id}))(t)[0]
	return stands{found.Standing(), found.Uncertainty()}
}

func TestStanding(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		session, _ := r.quizzed(t, r.quiz(t, term.FeedbackNone).ID, 6)
		row, _ := r.report(t, session)

		t.Run("has no norm group at first, and goes by the number of questions", func(t *testing.T) {
			s := r.stands(t, row.ID)
			if p := s.Standing; p.Percentile != nil || *p.HiddenBecause != grading.HiddenNoGroup || p.NormGroup != "Quiz, version 1" || p.N != 0 {
				t.Errorf("got %+v", p)
			}
			// √(6·6/11) of 12 points
			if u := s.Uncertainty; *u.Method != grading.ErrorOfBinomial || *u.SEM != 15_075_567 || *u.Low != 20_451_888 || *u.High != 79_548_112 || !u.Borderline || u.Level != 95 {
				t.Errorf("got %+v: %d, %d to %d", u, *u.SEM, *u.Low, *u.High)
			}
		})
		r.norm(t, row, 99, "4000000", "[[40000000, 60], [50000000, 10], [60000000, 29]]")
		t.Run("hides a percentile among 99, and goes by the norm group's error", func(t *testing.T) {
			s := r.stands(t, row.ID)
			if p := s.Standing; p.Percentile != nil || *p.HiddenBecause != grading.HiddenTooFew || p.N != 99 || p.ComputedAt == nil {
				t.Errorf("got %+v", p)
			}
			if u := s.Uncertainty; *u.Method != grading.ErrorOfNorm || *u.SEM != 4_000_000 || *u.Low != 42_160_000 || *u.High != 57_840_000 || !u.Borderline {
				t.Errorf("got %+v", u)
			}
		})
		r.norm(t, row, 100, "4000000", "[[40000000, 60], [50000000, 10], [60000000, 30]]")
		t.Run("shows the mid-percentile among 100", func(t *testing.T) {
			if p := r.stands(t, row.ID).Standing; p.Percentile == nil || *p.Percentile != 65 || p.HiddenBecause != nil || p.N != 100 {
				t.Errorf("got %+v", p)
			}
			sheet := r.sheet(t, r.owner, session)
			if sheet.Standing.Histogram[8] != 60 || sheet.Standing.Histogram[12] != 30 || sheet.Uncertainty.Method != reporting.FromReliability || *sheet.Standing.Percentile != 65 {
				t.Errorf("got %+v and %+v", sheet.Standing, sheet.Uncertainty)
			}
		})
		all, _ := r.quizzed(t, r.sameTemplate(t, row), 12)
		best, _ := r.report(t, all)
		r.norm(t, row, 29, "4000000", "[[50000000, 29]]")
		t.Run("does not take everything right for certain", func(t *testing.T) {
			if u := r.stands(t, best.ID).Uncertainty; u.SEM != nil || *u.HiddenBecause != grading.HiddenTooFew || u.Borderline {
				t.Errorf("got %+v", u)
			}
		})
		t.Run("is not told of questions that are partly right, nor before a person has scored", func(t *testing.T) {
			mixed, _ := r.scored(t, keyed())
			open, _ := r.scored(t, keyed().with("2.1", words(text)))
			one, _ := r.report(t, mixed)
			two, _ := r.report(t, open)
			if u := r.stands(t, one.ID).Uncertainty; u.SEM != nil || *u.HiddenBecause != grading.HiddenNoGroup {
				t.Errorf("got %+v", u)
			}
			if s := r.stands(t, two.ID); *s.Uncertainty.HiddenBecause != grading.HiddenProvisional || *s.Standing.HiddenBecause != grading.HiddenProvisional {
				t.Errorf("got %+v", s)
			}
		})
		t.Run("is for who reads reports", func(t *testing.T) {
			r.denied(t, policy.ReportRead, func(a policy.Actor) error { return lastErr(r.grading.Readings(t.Context(), a, nil)) })
			for name, a := range map[string]policy.Actor{"another organization": r.stranger, "a manager of another role": r.limited(r.jobRole(t))} {
				if got := must(r.grading.Readings(t.Context(), a, []gid.ID{row.ID}))(t); len(got) != 0 {
					t.Errorf("%s sees %v", name, got)
				}
			}
		})
	})
}

// TestACreditedQuestionMeasuresNothing gives a question's points to everybody: the error is that of the others.
func TestACreditedQuestionMeasuresNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		session, _ := r.quizzed(t, r.quiz(t, term.FeedbackNone).ID, 6)
		r.rescored(t, r.versionOf(t, session), []*content.KeyFix{{Ref: "1.1", Credit: true}})
		row, _ := r.report(t, session)
		// √(5·6/10) of 12 points
		if u := r.stands(t, row.ID).Uncertainty; u.Method == nil || *u.Method != grading.ErrorOfBinomial || *u.SEM != 14_433_757 {
			t.Errorf("got %+v", u)
		}
	})
}

// sameTemplate is the template of a report.
func (r *rig) sameTemplate(t *testing.T, row *ent.Report) gid.ID {
	t.Helper()
	return r.session(t, row.SessionID).TemplateID
}

func TestFindings(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		template := r.quiz(t, term.FeedbackNone).ID
		session, _ := r.quizzed(t, template, 6)
		_, doc := r.report(t, session)
		if s := doc.Skills[0]; s.Items != 6 || !s.Sufficient || s.Low == nil || *s.High != 100_000_000 {
			t.Errorf("got %+v", s)
		}
		if len(doc.Strengths) != 1 || len(doc.WeakSpots) != 1 {
			t.Fatalf("got %v and %v", doc.Strengths, doc.WeakSpots)
		}
		good, bad := doc.Strengths[0], doc.WeakSpots[0]
		if good.Name != "Go" || good.NextStep != nil || len(good.Evidence) != 3 || good.Evidence[0].Ref != "1.1" || good.Evidence[0].Quote != "right" {
			t.Errorf("got %+v", good)
		}
		if bad.Name != "SQL" || *bad.NextStep != "secret-follow-up" || bad.Evidence[0].Ref != "1.7" || bad.Evidence[0].Quote != "wrong" || bad.Evidence[0].Title != "quiz 7" {
			t.Errorf("got %+v", bad)
		}
		if share := doc.Sections[0].TimeShare; share == nil || *share != 0 {
			t.Errorf("the time of a sitting without a pause: %v", share)
		}
		if f := r.sheet(t, r.owner, session).Findings; len(f.Strengths) != 1 || f.WeakSpots[0].NextStep != "secret-follow-up" || f.WeakSpots[0].Evidence[0].Text != "wrong" || f.Absent != "" {
			t.Errorf("got %+v", f)
		}
		even, _ := r.quizzed(t, template, 12)
		if _, doc := r.report(t, even); len(doc.Strengths)+len(doc.WeakSpots) != 0 {
			t.Errorf("all alike, and yet %v and %v", doc.Strengths, doc.WeakSpots)
		}
		if f := r.sheet(t, r.owner, even).Findings; f.Absent != reporting.NoneFound {
			t.Errorf("got %+v", f)
		}
		few, _ := r.scored(t, keyed())
		if _, doc := r.report(t, few); doc.Skills[0].Sufficient || len(doc.Strengths)+len(doc.WeakSpots) != 0 {
			t.Errorf("two questions are evidence: %+v", doc.Skills[0])
		}
	})
}

// TestTimeOfSections tells the share of each section's time, and the same one of who was given half as much again.
func TestTimeOfSections(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for name, extra := range map[string]int{"as planned": 0, "with half as much again": 50} {
			email := r.email()
			row, who := must(r.sitting.Invite(t.Context(), r.owner, r.invitation(email)))(t), person(email, email)
			must(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: r.token(t, email)}))(t)
			if extra > 0 {
				must(r.sitting.GrantAccommodation(t.Context(), r.member(t, policy.Admin), sitting.GrantAccommodationInput{SessionID: row.ID, ExtraPercent: &extra, Reason: "fair"}))(t)
			}
			must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: row.ID}))(t)
			r.clock.pass(time.Duration(150*(100+extra)/100) * time.Second) // of 600
			must(r.sitting.EnterSection(t.Context(), who, sitting.EnterSectionInput{SittingID: row.ID, Section: 2}))(t)
			r.clock.pass(time.Duration(60*(100+extra)/100) * time.Second) // of 300
			must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: row.ID}))(t)
			r.score(t, row.ID)
			_, doc := r.report(t, row.ID)
			if one, two := doc.Sections[0].TimeShare, doc.Sections[1].TimeShare; one == nil || two == nil || *one != .25 || *two != .2 {
				t.Errorf("%s: got %v", name, encodedText(t, []*float64{one, two}))
			}
		}
	})
}

func TestMustHaves(t *testing.T) {
	skill, other := gid.ID{1}, gid.ID{2}
	doc := &grading.Result{Skills: []*grading.SkillResult{{SkillID: skill, Name: "Go"}}}
	got := grading.MustHaves([]*ent.JobRoleSkill{{SkillID: other}, {SkillID: skill}}, doc)
	if got[0].Status != grading.MustHaveNotAssessed || got[0].Result != nil || got[1].Status != grading.MustHaveAssessed || got[1].Result != doc.Skills[0] {
		t.Errorf("got %+v and %+v", got[0], got[1])
	}
}

// TestFeedbackOnSkills tells a candidate how their skills went, and nothing that stands in the key.
func TestFeedbackOnSkills(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		session, who := r.quizzed(t, r.quiz(t, term.FeedbackSkills).ID, 6)
		row, _ := r.report(t, session)
		must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: row.ID}))(t)
		got := must(r.grading.Feedback(t.Context(), who, session))(t)
		if len(got.Areas) != 2 || *got.Areas[0] != (grading.AreaFeedback{Name: "Go", Percent: 100}) || *got.Areas[1] != (grading.AreaFeedback{Name: "SQL"}) {
			t.Errorf("got %v", got.Areas)
		}
		if len(got.WorkOn) != 1 || got.WorkOn[0].Name != "SQL" || len(got.WorkOn[0].Advice) != 1 || got.WorkOn[0].Advice[0] != "Read about indexes" {
			t.Errorf("got %+v", got.WorkOn)
		}
		if text := encodedText(t, got); strings.Contains(text, "secret") {
			t.Errorf("it tells the key: %s", text)
		}
	})
}
