package grading_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/scoresheet"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// allowed is how long a sitting of the rig's template may take.
const allowed = 15 * time.Minute

// rig is an organization with a published template: 1.1 single choice, 1.2 multiple choice, 1.3 number, 1.4 short text,
// 2.1 long text.
type rig struct {
	*base
	authoring *authoring.Service
	sitting   *sitting.Service
	grading   *grading.Service
	reviewer  policy.Actor
	skill     gid.ID
	role      gid.ID
	questions []gid.ID
	template  *ent.Template
	made      atomic.Int64
}

func each(t *testing.T, run func(t *testing.T, r *rig)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) { run(t, newRig(t, db)) })
}

func newRig(t testing.TB, db dbtest.Database) *rig {
	t.Helper()
	b := newBase(t, db, 0)
	r := &rig{
		base: b, authoring: authoring.New(b.store),
		sitting: sitting.New(b.store, sitting.Config{PublicURL: "https://assay.test", Random: rand.Reader}),
	}
	r.grading = grading.New(b.store).Linking("https://assay.test", rand.Reader)
	r.skill = must(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: "Go"}))(t).ID
	for _, kind := range []term.QuestionKind{term.SingleChoice, term.MultipleChoice, term.Numeric, term.ShortText, term.LongText} {
		r.questions = append(r.questions, r.question(t, kind))
	}
	r.role = r.jobRole(t)
	r.template = r.publish(t, r.draft(t, r.role, term.FeedbackSections))
	r.reviewer = r.member(t, policy.Reviewer)
	return r
}

func (r *rig) jobRole(t testing.TB) gid.ID {
	t.Helper()
	return must(r.authoring.CreateJobRole(t.Context(), r.owner, authoring.CreateJobRoleInput{
		Fields: authoring.JobRoleFields{Title: "Backend Developer", Level: term.Senior},
	}))(t).ID
}

func (r *rig) question(t testing.TB, kind term.QuestionKind) gid.ID {
	t.Helper()
	c := &content.Question{Prompt: "Why?", ModelAnswer: "Because.", Pitfalls: []string{"Guessing"}}
	if kind == term.Numeric || kind == term.LongText {
		c.SkillIDs = []gid.ID{r.skill}
	}
	switch kind {
	case term.SingleChoice, term.MultipleChoice:
		c.Choices = []*content.Choice{{Key: "a", Text: "A", Correct: true}, {Key: "b", Text: "B", Correct: kind == term.MultipleChoice}, {Key: "c", Text: "C"}}
		if kind == term.MultipleChoice {
			c.PartialCredit = new(term.SubtractWrong)
		}
	case term.Numeric:
		c.Numeric = &content.NumericKey{Value: "3.5", Mode: term.Absolute, Tolerance: "0.1"}
	default:
		levels := []*content.Level{{Points: 0, Anchor: "none"}, {Points: 1, Anchor: "some"}, {Points: 2, Anchor: "a good one"}}
		c.Criteria = []*content.Criterion{
			{Key: "why", Text: "gives a reason", Weight: 3, Levels: levels}, {Key: "how", Text: "shows a way", Weight: 1, Levels: levels},
		}
		if kind == term.ShortText {
			c.Accepted = []string{"because of locks"}
		}
	}
	q := must(r.authoring.CreateQuestion(t.Context(), r.owner, authoring.CreateQuestionInput{
		Title: string(kind), Kind: kind, Category: term.Technical, Level: term.Entry, Content: c,
	}))(t)
	must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))(t)
	return q.ID
}

func (r *rig) draft(t testing.TB, role gid.ID, feedback term.FeedbackPolicy) gid.ID {
	t.Helper()
	slot := func(i int) *content.Slot { return &content.Slot{QuestionID: &r.questions[i], Points: 2} }
	return must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
		JobRoleID: role, Name: "Screening", Mode: term.Assessment, Content: &content.Template{
			Instructions: "Take your time", CutPercent: 50, Feedback: feedback, Bands: []*content.Band{{Name: "Low"}, {Name: "High", MinPercent: 50}},
			Sections: []*content.Section{
				{Title: "Keyed", TimeLimit: 600, Slots: []*content.Slot{slot(0), slot(1), slot(2), slot(3)}},
				{Title: "Free", TimeLimit: 300, Slots: []*content.Slot{slot(4)}},
			},
		},
	}))(t).ID
}

func (r *rig) publish(t testing.TB, id gid.ID) *ent.Template {
	t.Helper()
	return must(r.authoring.PublishTemplate(t.Context(), r.owner, authoring.PublishTemplateInput{ID: id}))(t)
}

func (r *rig) email() string { return fmt.Sprintf("candidate-%d@example.com", r.made.Add(1)) }

// person is somebody who signed in with an address.
func person(subject, email string) policy.Actor {
	return policy.Actor{Identity: policy.Identity{Issuer: "idp", Subject: subject, Email: email, EmailVerified: true}}
}

func (r *rig) invitation(email string) sitting.InviteCandidateInput {
	return sitting.InviteCandidateInput{TemplateID: r.template.ID, Candidate: sitting.CandidateInput{Email: email, Name: "Ann"}}
}

// token is what the candidate finds in the mail.
func (r *rig) token(t testing.TB, email string) string {
	t.Helper()
	texts := r.texts(t, "SELECT text FROM mails WHERE recipient = '"+email+"' ORDER BY id DESC")
	if len(texts) == 0 {
		t.Fatalf("no mail to %s", email)
	}
	_, rest, _ := strings.Cut(texts[0], "https://assay.test/take/")
	token, _, _ := strings.Cut(rest, "\n")
	return token
}

// member is a member with one role.
func (r *rig) member(t testing.TB, role policy.Role) policy.Actor {
	t.Helper()
	scope := must(r.store.As(t.Context(), r.owner, policy.MemberManage))(t)
	row := must(tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (*ent.Member, error) {
		return tx.NewMember().SetEmail(r.email()).SetName("Member").SetRoles([]string{string(role)}).Save(t.Context())
	}))(t)
	return policy.Actor{Org: r.owner.Org, ID: row.ID, Roles: []policy.Role{role}}
}

func words(text string) *content.Answer { return &content.Answer{Text: &text} }

func ticked(keys ...string) *content.Answer { return &content.Answer{Choices: keys} }

func number(text string) *content.Answer { return &content.Answer{Number: &text} }

type answers map[string]*content.Answer

// keyed are good answers to everything that a key can score: all of it but the long text, 8 points.
func keyed() answers {
	return answers{"1.1": ticked("a"), "1.2": ticked("a", "b"), "1.3": number("3.45"), "1.4": words(" Because  of LOCKS ")}
}

// text is a good answer to the long text.
const text = "First,   we lock\nthe row. Then we write."

func (a answers) with(ref string, answer *content.Answer) answers {
	a[ref] = answer
	return a
}

// took is a sitting with the given answers that its candidate handed in, not scored yet.
func (r *rig) took(t testing.TB, template gid.ID, given answers) (gid.ID, policy.Actor) {
	t.Helper()
	id, who := r.began(t, template, given)
	must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
	return id, who
}

func (r *rig) began(t testing.TB, template gid.ID, given answers) (gid.ID, policy.Actor) {
	t.Helper()
	r.clock.pass(time.Second)
	email := r.email()
	in := r.invitation(email)
	in.TemplateID = template
	row, who := must(r.sitting.Invite(t.Context(), r.owner, in))(t), person(email, email)
	must(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: r.token(t, email)}))(t)
	must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: row.ID}))(t)
	for ref, a := range given {
		must(r.sitting.SaveResponse(t.Context(), who, sitting.SaveResponseInput{SittingID: row.ID, Question: ref, ClientKey: ref, Answer: a}))(t)
	}
	return row.ID, who
}

func (r *rig) score(t testing.TB, id gid.ID) {
	t.Helper()
	if err := r.grading.Score(t.Context(), policy.Worker(r.owner.Org), id); err != nil {
		t.Fatal(err)
	}
}

// scored is a sitting that was handed in and scored by its key.
func (r *rig) scored(t testing.TB, given answers) (gid.ID, policy.Actor) {
	t.Helper()
	id, who := r.took(t, r.template.ID, given)
	r.score(t, id)
	return id, who
}

// assigned is a review of a session whose long text waits.
func (r *rig) assigned(t testing.TB) (session gid.ID, row *ent.Review, who policy.Actor) {
	t.Helper()
	session, who = r.scored(t, keyed().with("2.1", words(text)))
	row = must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: r.reviewer.ID}))(t)
	return session, row, who
}

// scores are good scores of the long text: all of the first criterion, half of the second.
func scores() []*grading.CriterionScoreInput {
	return []*grading.CriterionScoreInput{
		{Question: "2.1", Criterion: "how", Points: 1, Comment: "partly", Evidence: new("Then we write.")},
		{Question: "2.1", Criterion: "why", Points: 2, Comment: "well said", Evidence: new("we lock the\n row")},
	}
}

func (r *rig) reviewed(t testing.TB, id gid.ID) {
	t.Helper()
	must(r.grading.SubmitReview(t.Context(), r.reviewer, grading.SubmitReviewInput{ID: id, Scores: scores()}))(t)
}

func (r *rig) session(t testing.TB, id gid.ID) *ent.Session {
	t.Helper()
	return must(r.sitting.SessionsByID(t.Context(), r.owner, []gid.ID{id}))(t)[0]
}

// report is the current report of a session with its document.
func (r *rig) report(t testing.TB, session gid.ID) (*ent.Report, *grading.Result) {
	t.Helper()
	rows := must(r.grading.ReportsBySession(t.Context(), r.owner, []gid.ID{session}))(t)
	if len(rows) != 1 {
		t.Fatalf("%d current reports", len(rows))
	}
	return rows[0], must(r.results(t.Context(), r.owner, rows[0].ID))(t)[0].Result
}

// results reads the documents of reports in detail.
func (r *rig) results(ctx context.Context, who policy.Actor, ids ...gid.ID) ([]*grading.ReportResult, error) {
	readings, err := r.grading.Readings(ctx, who, ids)
	if err != nil {
		return nil, err
	}
	return r.grading.Results(ctx, who, readings)
}

// sheets are what keys and rules awarded a session, in the order in which they did.
func (r *rig) sheets(t testing.TB, session gid.ID) []*ent.ScoreSheet {
	t.Helper()
	scope := must(r.store.As(t.Context(), r.owner, policy.ReportRead))(t)
	return must(scope.ScoreSheets().Where(scoresheet.SessionID(session)).Order(scoresheet.ByNumber()).All(t.Context()))(t)
}
