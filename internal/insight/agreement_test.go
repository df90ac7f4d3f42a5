package insight_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/insight"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// rated writes a version that asks one question with two criteria of five levels.
func (w writer) rated(role, question gid.ID) *ent.TemplateVersion {
	levels := []*content.Level{{Points: 0, Anchor: "nothing"}, {Points: 1, Anchor: "little"}, {Points: 2, Anchor: "some"}, {Points: 3, Anchor: "much"}, {Points: 4, Anchor: "all"}}
	document := must[[]byte](w.t)(json.Marshal(&key.Key{Sections: []*key.Section{{Title: "One", Items: []*key.Item{{
		Ref: "1.1", QuestionID: question, Revision: 3, Title: "Explain an index", Kind: term.LongText, Points: 10,
		Content: &content.Question{Criteria: []*content.Criterion{
			{Key: "depth", Text: "how deep", Weight: 1, Levels: levels}, {Key: "words", Text: "how clear", Weight: 1, Levels: levels},
		}},
	}}}}}))
	t := must[*ent.Template](w.t)(w.tx.NewTemplate().SetJobRoleID(role).SetName("Template").SetMode(term.Assessment).
		SetState(term.Published).SetPublishedNumber(1).SetDraftNumber(0).Save(w.t.Context()))
	return must[*ent.TemplateVersion](w.t)(w.tx.NewTemplateVersion().SetTemplateID(t.ID).SetJobRoleID(role).SetNumber(1).
		SetName("Template").SetPaper([]byte("{}")).SetKey(document).SetHash("h").SetQuestionCount(1).
		SetTimeLimitSeconds(60).SetPoints(10).SetCutPercent(50).SetPublishedBy(w.ids.New(gid.Member, noon)).Save(w.t.Context()))
}

// award writes what a reviewer gave for a criterion, as the n-th award for it.
func (w writer) award(s *ent.Session, criterion string, n int, reviewer gid.ID, points int, at time.Time) {
	must[*ent.Score](w.t)(w.tx.NewScore().SetSessionID(s.ID).SetRef("1.1").SetCriterion(criterion).SetNumber(n).
		SetPoints(int64(scoring.Of(points))).SetMaxPoints(int64(scoring.Of(4))).SetStatus(term.ItemScored).SetSource(term.SourceReviewer).
		SetEvidence("words").SetComment("why").SetAwardedBy(reviewer).SetCreatedAt(at).Save(w.t.Context()))
}

// decided has a further reviewer award what two others differed on.
func (w writer) decided(s *ent.Session, points int, at time.Time) {
	m := must[*ent.Member](w.t)(w.tx.Members().First(w.t.Context()))
	v := must[*ent.Review](w.t)(w.tx.NewReview().SetSessionID(s.ID).SetJobRoleID(s.JobRoleID).SetReviewerID(m.ID).SetKind(term.ReviewAdjudication).
		SetState(term.ReviewSubmitted).SetRefs([]string{"1.1"}).SetAssignedBy(m.ID).Save(w.t.Context()))
	must[*ent.Score](w.t)(w.tx.NewScore().SetSessionID(s.ID).SetRef("1.1").SetCriterion("depth").SetNumber(3).SetReviewID(v.ID).
		SetPoints(int64(scoring.Of(points))).SetMaxPoints(int64(scoring.Of(4))).SetStatus(term.ItemScored).SetSource(term.SourceReviewer).
		SetEvidence("words").SetComment("why").SetAwardedBy(m.ID).SetCreatedAt(at).Save(w.t.Context()))
}

// panel writes forty answers that two reviewers judged: the second gives one level more to every fourth, and everything
// always a level more for clarity. A further one decided where they differed, which says nothing of how far they agree. A
// forty-first is not scored yet.
func (r *rig) panel(t *testing.T) (role, question, first, second gid.ID) {
	t.Helper()
	question, first, second = r.ids.New(gid.Question, noon), r.ids.New(gid.Member, noon), r.ids.New(gid.Member, noon)
	r.write(t, func(w writer) {
		role = w.role("one").ID
		v := w.rated(role, question)
		for i := range 40 {
			s := w.session(v, scored)
			at := noon.Add(time.Duration(i) * 24 * time.Hour)
			level, more := i%4, 0
			if i%8 == 0 {
				more = 1
				w.decided(s, 4, at)
			}
			w.award(s, "depth", 1, first, level, at)
			w.award(s, "depth", 2, second, level+more, at)
			w.award(s, "words", 1, first, level, at)
			w.award(s, "words", 2, second, level+1, at)
		}
		waiting := w.session(v, func(c *ent.SessionCreate) { scored(c); c.SetState(term.InReview) })
		w.award(waiting, "depth", 1, first, 0, noon)
		w.award(waiting, "depth", 2, second, 4, noon)
	})
	return role, question, first, second
}

func TestReviewAgreement(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		role, question, _, _ := r.panel(t)
		got := must[*insight.Agreement](t)(r.insights.ReviewAgreement(t.Context(), r.owner, insight.RatingInput{JobRoleID: role}))
		if len(got.Criteria) != 2 || got.Truncated {
			t.Fatalf("got %+v", got)
		}
		words, depth := got.Criteria[0], got.Criteria[1] // the lower alpha first
		t.Run("what was judged is named", func(t *testing.T) {
			for _, c := range got.Criteria {
				if c.QuestionID != question || c.Revision != 3 || c.Title != "Explain an index" || c.Units != 40 || c.Reviewers != 2 || !c.Panel {
					t.Errorf("got %+v", c)
				}
			}
			if words.Criterion != "words" || words.Text != "how clear" {
				t.Errorf("first is %s", words.Criterion)
			}
		})
		t.Run("pairs of awards", func(t *testing.T) {
			if *depth.Exact != 35.0/40 || *depth.Adjacent != 5.0/40 || *words.Exact != 0 || *words.Adjacent != 1 {
				t.Errorf("got %v %v, %v %v", *depth.Exact, *depth.Adjacent, *words.Exact, *words.Adjacent)
			}
		})
		t.Run("a constant distance costs agreement", func(t *testing.T) {
			for name, pair := range map[string][2]*insight.Estimate{
				"alpha": {depth.Alpha, words.Alpha}, "icc": {depth.ICC, words.ICC}, "kappa": {depth.Kappa, words.Kappa},
			} {
				near, far := pair[0], pair[1]
				if near == nil || far == nil || near.Value <= far.Value || near.Value > 1 || near.N != 40 || near.Low == nil || *near.Low > near.Value {
					t.Errorf("%s: %+v and %+v", name, near, far)
				}
			}
		})
		t.Run("asking again gives the same interval", func(t *testing.T) {
			again := must[*insight.Agreement](t)(r.insights.ReviewAgreement(t.Context(), r.owner, insight.RatingInput{JobRoleID: role}))
			if diff := cmp.Diff(got, again); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("few answers give no coefficient", func(t *testing.T) {
			until := noon.Add(29 * 24 * time.Hour)
			few := must[*insight.Agreement](t)(r.insights.ReviewAgreement(t.Context(), r.owner, insight.RatingInput{JobRoleID: role, To: &until}))
			if c := few.Criteria[0]; c.Units != 29 || c.Alpha != nil || c.ICC != nil || c.Kappa != nil || c.Exact == nil {
				t.Errorf("got %+v", c)
			}
		})
		r.guarded(t, role, r.elsewhere(t), func(actor policy.Actor, role gid.ID) error {
			_, err := r.insights.ReviewAgreement(t.Context(), actor, insight.RatingInput{JobRoleID: role})
			return err
		})
	})
}

// elsewhere is another job role of the organization.
func (r *rig) elsewhere(t *testing.T) (role gid.ID) {
	t.Helper()
	r.write(t, func(w writer) { role = w.role("two").ID })
	return role
}

func TestReviewers(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		role, _, first, second := r.panel(t)
		got := must[*insight.ReviewerReport](t)(r.insights.Reviewers(t.Context(), r.owner, insight.RatingInput{JobRoleID: role}))
		if len(got.Reviewers) != 2 {
			t.Fatalf("got %+v", got)
		}
		by := map[gid.ID]*insight.ReviewerStatistics{}
		for _, one := range got.Reviewers {
			by[one.ReviewerID] = one
		}
		severe, lenient := by[first], by[second]
		t.Run("severity is how far below the others", func(t *testing.T) {
			want := -(5.0/4 + 40.0/4) / 80 // of 80 shared awards, five and forty a quarter of the scale below
			if math.Abs(severe.Severity.Value-want) > 1e-12 || math.Abs(lenient.Severity.Value+want) > 1e-12 || severe.Shared != 80 || severe.Awards != 80 {
				t.Errorf("got %+v and %+v, want %g", severe.Severity, lenient.Severity, want)
			}
		})
		t.Run("pairs that are the same", func(t *testing.T) {
			if *severe.Exact != 35.0/80 || *lenient.Exact != 35.0/80 {
				t.Errorf("got %g and %g", *severe.Exact, *lenient.Exact)
			}
		})
		t.Run("one impression colours both criteria", func(t *testing.T) {
			if severe.Halo == nil || math.Abs(severe.Halo.Value-1) > 1e-9 || lenient.Halo == nil || lenient.Halo.Value >= 1 {
				t.Errorf("got %+v and %+v", severe.Halo, lenient.Halo)
			}
		})
		t.Run("who judges alike all the time does not drift", func(t *testing.T) {
			if d := severe.Drift; d == nil || d.N != 80 || *d.Low > 0 || *d.High < 0 {
				t.Errorf("got %+v", d)
			}
		})
		t.Run("who was never tried has no calibrations", func(t *testing.T) {
			if severe.Calibrations != 0 || severe.CalibrationExact != nil {
				t.Errorf("got %+v", severe)
			}
		})
	})
}

func TestCalibrationsCount(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		role, _, first, _ := r.panel(t)
		r.write(t, func(w writer) {
			q := must[*ent.Question](t)(w.tx.NewQuestion().SetTitle("Explain an index").SetKind(term.LongText).SetCategory(term.Technical).
				SetLevel(term.Senior).SetState(term.Published).Save(t.Context()))
			m := must[*ent.Member](t)(w.tx.Members().First(t.Context()))
			c := must[*ent.Calibration](t)(w.tx.NewCalibration().SetQuestionID(q.ID).SetRevision(1).SetText("an answer").SetNote("").SetCreatedBy(first).
				SetScores([]*content.CalibrationScore{{Criterion: "depth", Points: 3}, {Criterion: "words", Points: 1}}).Save(t.Context()))
			must[*ent.CalibrationAttempt](t)(w.tx.NewCalibrationAttempt().SetCalibrationID(c.ID).SetReviewerID(m.ID).
				SetScores([]*content.CalibrationScore{{Criterion: "depth", Points: 3}, {Criterion: "words", Points: 2}}).Save(t.Context()))
			s := must[*ent.Session](t)(w.tx.Sessions().First(t.Context()))
			w.award(s, "other", 1, m.ID, 1, noon)
		})
		got := must[*insight.ReviewerReport](t)(r.insights.Reviewers(t.Context(), r.owner, insight.RatingInput{JobRoleID: role}))
		tried := 0
		for _, one := range got.Reviewers {
			if one.Calibrations == 2 && *one.CalibrationExact == .5 {
				tried++
			}
		}
		if tried != 1 {
			t.Errorf("got %+v", got.Reviewers)
		}
	})
}
