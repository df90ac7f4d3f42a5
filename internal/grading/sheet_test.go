package grading_test

import (
	"bytes"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/reporting"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// demand lets the rig's role ask for the assessed skill and for one that nobody assesses.
func (r *rig) demand(t *testing.T) {
	t.Helper()
	other := must(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: "Observability"}))(t).ID
	role := must(r.authoring.JobRolesByID(t.Context(), r.owner, []gid.ID{r.role}))(t)[0]
	must(r.authoring.UpdateJobRole(t.Context(), r.owner, authoring.UpdateJobRoleInput{ID: r.role, Revision: role.Revision, Fields: authoring.JobRoleFields{
		Title: role.Title, Level: role.Level, Responsibilities: []string{"duty"},
		MustHaveSkills: []*authoring.MustHaveSkillInput{{SkillID: other, Weight: 15, Description: "Knows what to measure"}, {SkillID: r.skill, Weight: 40}},
	}}))(t)
}

func (r *rig) sheet(t *testing.T, who policy.Actor, session gid.ID) *reporting.Sheet {
	t.Helper()
	row, _ := r.report(t, session)
	return must(r.grading.Document(t.Context(), who, row.ID))(t).Sheet()
}

func TestSheet(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.demand(t)
		session, review, _ := r.assigned(t)
		t.Run("of an open report says what waits", func(t *testing.T) {
			s := r.sheet(t, r.owner, session)
			if o := s.Overall; !o.Provisional || o.Waiting != 1 || o.Band != "" || s.Uncertainty.Absent != reporting.StillOpen || s.Standing.Hidden != reporting.StillOpen || s.Findings.Absent != reporting.StillOpen {
				t.Errorf("got %+v", s)
			}
		})
		r.reviewed(t, review.ID)
		row, doc := r.report(t, session)
		must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: row.ID}))(t)
		must(r.sitting.JudgeIntegrity(t.Context(), r.owner, sitting.JudgeIntegrityInput{SessionID: session, Verdict: term.NoConcern, Comment: "looked at"}))(t)
		s := r.sheet(t, r.owner, session)

		t.Run("says whose it is and when", func(t *testing.T) {
			h := s.Head
			if h.Candidate != "Ann" || h.JobRole != "Backend Developer" || h.Assessment != "Screening" || h.Version != 1 || h.Revision != 2 || h.State != term.ReportReleased || h.ReleasedAt == nil || h.Superseded {
				t.Errorf("got %+v", h)
			}
			if !h.ComputedAt.Equal(row.CreatedAt) || h.TakenOn != reporting.DayOf(row.EndedAt, row.EndedAt.UTC().Location()) {
				t.Errorf("got %v and %v", h.ComputedAt, h.TakenOn)
			}
		})
		t.Run("has the result's numbers", func(t *testing.T) {
			if o := s.Overall; o.Percent != reporting.Number(doc.Overall.Percent) || o.Points.Decimal() != doc.Overall.Awarded.Decimal() || o.Cut != 50 || o.Band != "High" || !o.Passed || len(o.Bands) != 2 {
				t.Errorf("got %+v", o)
			}
			if len(s.Questions) != 5 || len(s.Sections) != 2 || s.Sections[1].TimeUsed == nil || *s.Sections[1].TimeUsed != 0 || s.Uncertainty.Absent != reporting.NoGroup {
				t.Errorf("got %+v", s)
			}
		})
		t.Run("traces a point to who gave it", func(t *testing.T) {
			want := &reporting.Entry{
				Criterion: "how", Text: "shows a way", Weight: 1, Points: reporting.Of(1), Maximum: reporting.Of(2), Source: term.SourceReviewer,
				By: "Member", Evidence: "Then we write.", Comment: "partly",
			}
			if diff := gocmp.Diff(want, s.Questions[4].Trace[1]); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("holds the skills against the role", func(t *testing.T) {
			if must := s.Skills[0].MustHave; must == nil || must.Weight != 40 {
				t.Errorf("got %+v", must)
			}
			want := []*reporting.MustHave{{Name: "Observability", Weight: 15, Description: "Knows what to measure"}}
			if diff := gocmp.Diff(want, s.NotAssessed); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("keeps integrity apart", func(t *testing.T) {
			if i := s.Integrity; i.Verdict != term.NoConcern || i.Comment != "looked at" || i.Absent != "" || len(i.Signals) != 0 || i.JudgedOn.IsZero() {
				t.Errorf("got %+v", i)
			}
		})
		t.Run("of an earlier revision says so", func(t *testing.T) {
			var old *reporting.Sheet
			for _, id := range r.texts(t, "SELECT id FROM reports WHERE superseded_at IS NOT NULL") {
				var of gid.ID
				if err := of.Scan(id); err != nil {
					t.Fatal(err)
				}
				old = must(r.grading.Document(t.Context(), r.owner, of))(t).Sheet()
			}
			if old == nil || !old.Head.Superseded || old.Head.Revision != 1 {
				t.Errorf("got %+v", old)
			}
		})
		for role, can := range map[policy.Role]struct{ candidate, names, integrity bool }{
			policy.Recruiter: {true, true, true}, policy.HiringManager: {true, false, true}, policy.Analyst: {},
		} {
			t.Run("shows "+string(role)+" no more than their role", func(t *testing.T) {
				who := r.member(t, role)
				who.JobRoles = []gid.ID{r.role} // what a limited one may see
				s := r.sheet(t, who, session)
				var b bytes.Buffer
				if err := reporting.WriteJSON(&b, s); err != nil {
					t.Fatal(err)
				}
				got := struct{ candidate, names, integrity bool }{
					strings.Contains(b.String(), `"Ann"`), strings.Contains(b.String(), `"Member"`), s.Integrity.Absent != reporting.NotAllowed,
				}
				if got != can {
					t.Errorf("got %+v, want %+v in %s", got, can, b.String())
				}
			})
		}
	})
}
