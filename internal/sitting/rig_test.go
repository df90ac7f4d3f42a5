package sitting_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/sitting"
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
	config    sitting.Config
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
	r := &rig{base: b, authoring: authoring.New(b.store), config: sitting.Config{PublicURL: "https://assay.test", Random: rand.Reader}}
	r.sitting = sitting.New(b.store, r.config)
	for _, kind := range []term.QuestionKind{term.SingleChoice, term.MultipleChoice, term.Numeric, term.ShortText, term.LongText} {
		r.questions = append(r.questions, r.question(t, kind))
	}
	r.role = r.jobRole(t)
	r.template = r.publish(t, r.draft(t, r.role))
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
	c := &content.Question{Prompt: "Why?", ModelAnswer: "Because."}
	switch kind {
	case term.SingleChoice, term.MultipleChoice:
		c.Choices = []*content.Choice{{Key: "a", Text: "A", Correct: true}, {Key: "b", Text: "B"}, {Key: "c", Text: "C"}}
		if kind == term.MultipleChoice {
			c.PartialCredit = new(term.SubtractWrong)
		}
	case term.Numeric:
		c.Numeric = &content.NumericKey{Value: "3.5", Mode: term.Exact}
	default:
		c.Criteria = []*content.Criterion{{Key: "why", Text: "gives a reason", Weight: 1, Levels: []*content.Level{
			{Points: 0, Anchor: "none"}, {Points: 2, Anchor: "a good one"},
		}}}
	}
	q := must(r.authoring.CreateQuestion(t.Context(), r.owner, authoring.CreateQuestionInput{
		Title: string(kind), Kind: kind, Category: term.Technical, Level: term.Entry, Content: c,
	}))(t)
	must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))(t)
	return q.ID
}

func (r *rig) draft(t testing.TB, role gid.ID) gid.ID {
	t.Helper()
	slot := func(i int) *content.Slot { return &content.Slot{QuestionID: &r.questions[i], Points: 2} }
	return must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
		JobRoleID: role, Name: "Screening", Mode: term.Assessment, Content: &content.Template{
			Instructions: "Take your time", CutPercent: 50, Feedback: term.FeedbackNone, Bands: []*content.Band{{Name: "All"}},
			Signals:       []term.IntegritySignal{term.FocusLost, term.Pasted},
			Accommodation: &content.Accommodation{Requestable: true, Contact: "Ada, help@example.com"},
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

// invited is a fresh session, the secret of its link, and the candidate signed in.
func (r *rig) invited(t testing.TB) (row *ent.Session, token string, who policy.Actor) {
	t.Helper()
	email := r.email()
	row = must(r.sitting.Invite(t.Context(), r.owner, r.invitation(email)))(t)
	return row, r.token(t, email), person(email, email)
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

func (r *rig) accepted(t testing.TB) (gid.ID, policy.Actor) {
	t.Helper()
	row, token, who := r.invited(t)
	must(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: token}))(t)
	return row.ID, who
}

func (r *rig) started(t testing.TB) (gid.ID, policy.Actor) {
	t.Helper()
	id, who := r.accepted(t)
	must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id}))(t)
	return id, who
}

func (r *rig) submitted(t testing.TB) (gid.ID, policy.Actor) {
	t.Helper()
	id, who := r.started(t)
	must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
	return id, who
}

func words(text string) *content.Answer { return &content.Answer{Text: &text} }

// save is an answer to the long text.
func save(id gid.ID, seen int, key, text string) sitting.SaveResponseInput {
	return sitting.SaveResponseInput{SittingID: id, Question: "2.1", Revision: seen, ClientKey: key, Answer: words(text)}
}

// walked is a sitting in progress whose candidate has entered every section and come back to the first.
func (r *rig) walked(t testing.TB, id gid.ID, who policy.Actor) *sitting.Sitting {
	t.Helper()
	s := must(r.sitting.Sitting(t.Context(), who, id))(t)
	for n := len(s.Sections(nil)); n >= 1; n-- {
		s = must(r.sitting.EnterSection(t.Context(), who, sitting.EnterSectionInput{SittingID: id, Section: n}))(t)
	}
	return s
}

// papers are the sections of a sitting as its paper has them, without where they stand.
func papers(s *sitting.Sitting) []*paper.Section {
	var list []*paper.Section
	for _, section := range s.Sections(nil) {
		list = append(list, section.Section)
	}
	return list
}

// questionsIn counts the questions that a sitting shows.
func questionsIn(s *sitting.Sitting) (n int) {
	for _, section := range s.Sections(nil) {
		n += len(section.Questions)
	}
	return n
}
