package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
)

// planted is what the first reviewer remarks: nobody else may read it until the second has scored as well.
const planted = "a remark about marzipan"

// underReview is a session that two people review, the reviewer and the admin.
func underReview(t *testing.T) *leakWorld {
	t.Helper()
	w := &leakWorld{clock: &hand{now: begin}, factor: 1}
	w.org = newRig(t, dbtest.SQLite(t), tenant.Clock{Own: true, Now: w.clock.look}).found(t, zebrawood)
	w.choice, w.text = w.newQuestion(t, term.SingleChoice, true), w.newQuestion(t, term.LongText, true)
	w.template = w.newTemplate(t, true, w.choice, w.text)
	w.does(t, "recruiter", "setReviewRule", vars{
		"templateId": w.template, "reviewers": 2, "spread": "SESSION", "automatic": true,
		"pool": []gid.ID{w.people["reviewer"].actor.ID, w.people["admin"].actor.ID},
	})
	row := w.started(t, w.template)
	w.session, w.person = row.ID, row.CandidateID
	w.answer(t, row.ID, "1.1", 0, &content.Answer{Choices: []string{"a"}})
	w.answer(t, row.ID, "1.2", 0, &content.Answer{Text: new("something about almonds")})
	w.does(t, "candidate", "submitSitting", vars{"id": w.session})
	w.report = w.reportOf(t, w.session)
	return w
}

// scoresAs submits somebody's part.
func (w *leakWorld) scoresAs(t *testing.T, who string, points int, comment string) gid.ID {
	t.Helper()
	for _, v := range must(w.grades.AssignmentsBySession(t.Context(), w.owner(), []gid.ID{w.session}))(t) {
		if v.ReviewerID == w.people[who].actor.ID {
			w.does(t, who, "submitReview", vars{"id": v.ID, "scores": []any{
				vars{"question": "1.2", "criterion": "depth", "points": points, "comment": comment, "evidence": "almonds"},
			}})
			return v.ID
		}
	}
	t.Fatalf("%s has no review", who)
	return gid.ID{}
}

// TestSubmittedScoresAreSealed asks as everybody else everything that there is to ask after the first of two reviewers
// submitted: no word of theirs is told, and what the report says is what it said before. Once both are in, it is told.
func TestSubmittedScoresAreSealed(t *testing.T) {
	schema := executable().Schema()
	w := underReview(t)
	queries := w.asked(schema)
	report := fmt.Sprintf("{ node(id: %q) { ... on Report %s } }", w.report, `{ number percent points result { overall { awarded notScored } questions { awarded status trace { points comment evidence } } } }`)
	before := string(w.ask(t, w.people["recruiter"], report, nil).body)
	review := w.scoresAs(t, "reviewer", 4, planted)
	for _, field := range []string{"scores { comment points }", "work { items { answer { text } } }", "state", "reviewer { id }"} {
		queries["Review "+field] = below("Review", field)
	}
	asked := 0
	for _, who := range []string{"owner", "admin", "recruiter", "hiring_manager", "other_manager", "analyst", "integration", "candidate"} {
		for name, query := range queries {
			a := w.ask(t, w.people[who], query, vars{"id": review})
			if asked++; strings.Contains(string(a.body), "marzipan") {
				t.Errorf("%s as %s: %s", name, who, a.body)
			}
			if strings.Contains(string(a.body), "LIMIT_EXCEEDED") {
				t.Errorf("%s is too large to show anything", name)
			}
		}
	}
	if after := string(w.ask(t, w.people["recruiter"], report, nil).body); after != before || !strings.Contains(after, "NOT_SCORED") {
		t.Errorf("the report said %s, and says %s", before, after)
	}
	if n := len(must(w.grades.Reports(t.Context(), w.owner(), nil, nil, tenant.Paging{}))(t).Nodes); n != 1 || w.reportOf(t, w.session) != w.report {
		t.Error("there is another revision of the report")
	}
	own := w.ask(t, w.people["reviewer"], below("Review", "scores { comment points }"), vars{"id": review})
	if !strings.Contains(string(own.body), planted) {
		t.Errorf("the reviewer cannot read their own: %s", own.body)
	}
	w.scoresAs(t, "admin", 4, "a remark about nougat")
	told := string(w.ask(t, w.people["recruiter"], strings.ReplaceAll(report, w.report.String(), w.reportOf(t, w.session).String()), nil).body)
	if !strings.Contains(told, planted) || !strings.Contains(told, "nougat") {
		t.Errorf("both are in, and the report says %s", told)
	}
	analyst := fmt.Sprintf("{ node(id: %q) { ... on Report { result { questions { trace { comment awardedBy } } } } } }", w.reportOf(t, w.session))
	if a := string(w.ask(t, w.people["analyst"], analyst, nil).body); !strings.Contains(a, planted) || strings.Contains(a, "mem_") {
		t.Errorf("the analyst reads who awarded: %s", a)
	}
	if asked < 100 {
		t.Errorf("only %d questions were asked", asked)
	}
}

// TestABlindReviewerNeverLearnsWhose walks everything that a blind reviewer's review leads to: neither the candidate nor the
// session is told, whatever else the reviewer may read.
func TestABlindReviewerNeverLearnsWhose(t *testing.T) {
	schema := executable().Schema()
	w := underReview(t)
	for _, who := range []string{"reviewer", "admin"} {
		for _, v := range must(w.grades.AssignmentsBySession(t.Context(), w.owner(), []gid.ID{w.session}))(t) {
			if v.ReviewerID != w.people[who].actor.ID {
				continue
			}
			for _, f := range fields(schema.Types["Review"]) {
				body := string(w.ask(t, w.people[who], fmt.Sprintf("{ node(id: %q) { ... on Review { %s %s } } }", v.ID, f.Name, all(schema, f.Type.Name(), "Review", "Member")), nil).body)
				for _, secret := range []string{w.session.String(), w.person.String(), "candidate@", w.report.String()} {
					if strings.Contains(body, secret) {
						t.Errorf("Review.%s tells %s of %q: %s", f.Name, who, secret, body)
					}
				}
			}
		}
	}
	open := must(w.grades.AssignReview(t.Context(), w.owner(), grading.AssignReviewInput{
		SessionID: w.session, ReviewerID: w.owner().ID, Blind: new(false),
	}))(t)
	if body := string(w.ask(t, w.people["owner"], below("Review", "candidate { email }"), vars{"id": open.ID}).body); !strings.Contains(body, "candidate@") {
		t.Errorf("an open review does not tell whose answers they are: %s", body)
	}
}
