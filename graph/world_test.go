package graph_test

import (
	"crypto/sha256"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/login/devidp"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// The two organizations. Every text of one contains its name, so that a leak shows.
const (
	zebrawood   = "zebrawood"
	quicksilver = "quicksilver"
)

// Who there is in each organization beside its API key. The second hiring manager is limited to the other job role,
// in which there is nothing.
var staff = []struct {
	name string
	role policy.Role
}{
	{"owner", policy.Owner}, {"admin", policy.Admin}, {"recruiter", policy.Recruiter},
	{"hiring_manager", policy.HiringManager}, {"other_manager", policy.HiringManager},
	{"reviewer", policy.Reviewer}, {"analyst", policy.Analyst},
}

// accounts are everybody whom the provider knows.
func accounts() []devidp.Account {
	var list []devidp.Account
	for _, slug := range []string{zebrawood, quicksilver} {
		for _, name := range append(names(), "candidate") {
			email := name + "@" + slug + ".example"
			list = append(list, devidp.Account{Email: email, Name: name + " " + slug, Subject: "dev-" + email, Password: "x", EmailVerified: true})
		}
	}
	return list
}

func names() []string {
	var list []string
	for _, s := range staff {
		list = append(list, s.name)
	}
	return list
}

// person is somebody who asks, over HTTP with the token and of an operation as the actor.
type person struct {
	name  string
	role  policy.Role // none for nobody
	email string
	token string
	actor policy.Actor
}

// org is an organization with one object of each kind.
type org struct {
	*rig
	slug   string
	id     gid.ID
	people map[string]*person

	skill, role, otherRole      gid.ID
	key                         gid.ID // the integration's
	below, merged               gid.ID // skills: one below the first, and one that was merged into it
	choice, text                gid.ID // questions; the text has a draft beside its published revision
	approved                    gid.ID // a question whose published revision a second person approved
	agreed, standing            gid.ID // an approved draft of a template, and a version whose draft was approved
	template, quiz, drafted     gid.ID // of choice and text, of the choice alone, and with an open draft
	version, candidate          gid.ID
	revision                    gid.ID // of the choice
	pooled                      gid.ID // a version that draws from a pool
	mended, rescoring           gid.ID // a version whose key was mended, and the mending
	forward                     gid.ID // a template whose first section of two only goes forward
	released, inReview, running gid.ID // sessions; the last one is in progress
	aloud, speaking, recording  gid.ID // a template of one spoken question, a session of it in progress, and its recording
	heard                       gid.ID // a report of a spoken answer
	report                      gid.ID
	accommodation, held         gid.ID // of the running one, and a candidate of whom nothing may be erased
	audit                       gid.ID
	ruled                       gid.ID // a template with a review rule
	calibration                 gid.ID
	happened                    gid.ID // an event that has its place
}

// world is both organizations.
type world struct {
	*rig
	a, b   *org
	nobody *person
}

func newWorld(t testing.TB, r *rig) *world {
	t.Helper()
	w := &world{rig: r, a: r.found(t, zebrawood), b: r.found(t, quicksilver), nobody: &person{name: "nobody"}}
	for _, o := range []*org{w.a, w.b} {
		o.fill(t)
	}
	return w
}

// found makes an organization with its people; fill gives it objects.
func (r *rig) found(t testing.TB, slug string) *org {
	t.Helper()
	o := &org{rig: r, slug: slug, people: map[string]*person{}}
	owner := "owner@" + slug + ".example"
	o.id = must(r.store.Directory().NewOrganization(t.Context(), slug, o.says("organization"), owner, o.says("owner")))(t)
	o.meet(t, "owner", policy.Owner, owner)
	o.skill = must(r.authors.CreateSkill(t.Context(), o.owner(), authoring.CreateSkillInput{Name: o.says("skill")}))(t).ID
	o.role, o.otherRole = o.newRole(t).ID, o.newRole(t).ID
	for _, s := range staff[1:] {
		o.join(t, s.name, s.role)
	}
	o.meet(t, "candidate", policy.Candidate, "candidate@"+slug+".example")
	o.people["integration"] = o.newKey(t)
	return o
}

// says is a text that names its organization.
func (o *org) says(what string) string { return o.slug + " " + what }

func (o *org) owner() policy.Actor { return o.people["owner"].actor }

// meet signs somebody in.
func (o *org) meet(t testing.TB, name string, role policy.Role, email string) {
	t.Helper()
	who := policy.Identity{Issuer: o.issuer, Subject: "dev-" + email, Email: email, EmailVerified: true, Name: name + " " + o.slug}
	slug := o.slug
	if role == policy.Candidate {
		slug = ""
	}
	actor := must(o.store.Directory().Resolve(t.Context(), who, slug))(t)
	o.people[name] = &person{name: name, role: role, email: email, token: must(o.provider.BearerToken(email))(t), actor: actor}
}

func (o *org) join(t testing.TB, name string, role policy.Role) {
	t.Helper()
	in := account.AddMemberInput{Email: name + "@" + o.slug + ".example", Name: o.says(name), Roles: []policy.Role{role}}
	switch name {
	case "hiring_manager":
		in.Limited, in.JobRoleIDs = true, []gid.ID{o.role}
	case "other_manager":
		in.Limited, in.JobRoleIDs = true, []gid.ID{o.otherRole}
	}
	must(o.accounts.AddMember(t.Context(), o.owner(), in))(t)
	o.meet(t, name, role, in.Email)
}

// newKey makes an API key with everything that its role can have.
func (o *org) newKey(t testing.TB) *person {
	t.Helper()
	in := account.CreateAPIKeyInput{Name: o.says("key")}
	for _, action := range policy.Actions {
		if o.rules.RoleAllows(policy.Integration, action) {
			in.Permissions = append(in.Permissions, action)
		}
	}
	issued := must(o.accounts.CreateAPIKey(t.Context(), o.owner(), in))(t)
	actor := must(o.store.Directory().KeyActor(t.Context(), sha256.Sum256([]byte(*issued.Secret))))(t)
	o.key = actor.ID
	return &person{name: "integration", role: policy.Integration, token: *issued.Secret, actor: actor}
}

// freshKey makes an API key that nobody uses.
func (o *org) freshKey(t testing.TB) gid.ID {
	t.Helper()
	in := account.CreateAPIKeyInput{Name: o.says(o.next("key ")), Permissions: []policy.Action{policy.SkillRead}}
	return must(o.accounts.CreateAPIKey(t.Context(), o.owner(), in))(t).Key.ID
}

// fill makes one object of each kind.
func (o *org) fill(t testing.TB) {
	t.Helper()
	o.below, o.merged = o.newSkill(t, &o.skill), o.newSkill(t, nil)
	must(o.authors.MergeSkills(t.Context(), o.owner(), authoring.MergeSkillsInput{FromID: o.merged, IntoID: o.skill}))(t)
	o.choice, o.text = o.newQuestion(t, term.SingleChoice, true), o.newQuestion(t, term.LongText, true)
	o.revision = must(o.authors.RevisionsByQuestion(t.Context(), o.owner(), []gid.ID{o.choice}))(t)[0].ID
	o.approve(t)
	o.approveTemplates(t)
	o.pool(t)
	o.template, o.quiz = o.newTemplate(t, true, o.choice, o.text), o.newTemplate(t, true, o.choice)
	o.drafted = o.newTemplate(t, true, o.text)
	forward := o.draft(o.choice, o.text)
	forward.Sections[0].Navigation = new(term.ForwardOnly)
	forward.Sections = append(forward.Sections, o.draft(o.approved).Sections...)
	o.mend(t)
	o.forward = o.newTemplateBy(t, o.owner(), forward).ID
	must(o.authors.PublishTemplate(t.Context(), o.owner(), authoring.PublishTemplateInput{ID: o.forward}))(t)
	o.revise(t, o.drafted)
	o.reviseQuestion(t, o.text)

	session := o.sat(t, o.template)
	o.released, o.version, o.candidate = session.ID, session.TemplateVersionID, session.CandidateID
	o.score(t, o.newReview(t, session.ID, "reviewer"))
	o.report = o.reportOf(t, session.ID)
	must(o.grades.Release(t.Context(), o.owner(), grading.ReleaseReportInput{ID: o.report}))(t)
	must(o.grades.Share(t.Context(), o.owner(), grading.ShareReportInput{ReportID: o.report, Note: new(o.says("note"))}))(t)

	o.inReview = o.sat(t, o.template).ID
	o.newReview(t, o.inReview, "reviewer")
	o.running = o.started(t, o.template).ID
	must(o.sittings.FlagQuestion(t.Context(), o.people["candidate"].actor, sitting.FlagQuestionInput{SittingID: o.running, Question: "1.2", Flagged: true}))(t)
	o.answer(t, o.running, "1.1", 0, &content.Answer{Choices: []string{"a"}})
	o.aloud = o.newTemplate(t, true, o.newQuestion(t, term.Spoken, true))
	o.speaking = o.started(t, o.aloud).ID
	o.recording = o.record(t, o.speaking)
	o.heard = o.reportOf(t, o.spoken(t))
	o.rights(t)
	o.ruled, o.calibration = o.newTemplate(t, true, o.choice, o.text), o.newCalibration(t)
	o.rule(t, o.ruled)
	for n := 1; n > 0 || o.happened.IsZero(); { // on PostgreSQL another test's transaction may hold places back
		n = must(o.store.Sequence(t.Context()))(t)
		for _, e := range must(o.accounts.Events(t.Context(), o.owner(), nil, tenant.Paging{First: new(1)}))(t).Nodes {
			o.happened = e.ID
		}
	}
	o.audit = must(o.accounts.AuditEvents(t.Context(), o.owner(), nil, tenant.Paging{}))(t).Nodes[0].ID
}

// rights makes what candidates say beside their answers, and what is said to it.
func (o *org) rights(t testing.TB) {
	t.Helper()
	o.signal(t, o.running)
	must(o.sittings.JudgeIntegrity(t.Context(), o.owner(), sitting.JudgeIntegrityInput{
		SessionID: o.released, Verdict: term.NoConcern, Comment: o.says("nothing"),
	}))(t)
	must(o.sittings.AnswerContest(t.Context(), o.owner(), sitting.AnswerContestInput{ID: o.contest(t, o.released), Answer: o.says("answered")}))(t)
	o.accommodation = must(o.sittings.GrantAccommodation(t.Context(), o.people["admin"].actor, sitting.GrantAccommodationInput{
		SessionID: o.running, ExtraPercent: new(25), Reason: o.says("fair"),
	}))(t).ID
	o.held = o.somebody(t)
	must(o.sittings.HoldCandidate(t.Context(), o.owner(), sitting.HoldCandidateInput{ID: o.held, Reason: o.says("charge")}))(t)
}

// somebody is a candidate who was invited and did nothing yet.
func (o *org) somebody(t testing.TB) gid.ID {
	t.Helper()
	return must(o.sittings.Invite(t.Context(), o.owner(), sitting.InviteCandidateInput{
		TemplateID: o.quiz, Candidate: sitting.CandidateInput{Email: o.next("somebody") + "@" + o.slug + ".example", Name: o.says("somebody")},
	}))(t).CandidateID
}

// alias is a session of another candidate whose sign-in is the candidate's as well, so that they can erase them.
func (o *org) alias(t testing.TB) gid.ID {
	t.Helper()
	o.somebody(t)
	who := o.people["candidate"].actor
	hash := sha256.Sum256([]byte(o.random.secret()))
	scope, _, err := o.store.AsInvited(t.Context(), who, hash[:])
	if err != nil {
		t.Fatal(err)
	}
	_, err = tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (int, error) { return 0, tx.Bind(t.Context(), who.Identity) })
	if err != nil {
		t.Fatal(err)
	}
	return scope.SessionID()
}

func (o *org) signals() sitting.RecordSignalsInput {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return sitting.RecordSignalsInput{Signals: []*sitting.SignalInput{{Kind: term.Pasted, At: at, ClientKey: o.next("signal ")}}}
}

func (o *org) signal(t testing.TB, session gid.ID) {
	t.Helper()
	in := o.signals()
	in.SittingID = session
	must(o.sittings.RecordSignals(t.Context(), o.people["candidate"].actor, in))(t)
}

func (o *org) contest(t testing.TB, session gid.ID) gid.ID {
	t.Helper()
	in := sitting.ContestSittingInput{SittingID: session, Subject: term.ContestIntegrity, Statement: o.says("no")}
	return must(o.sittings.Contest(t.Context(), o.people["candidate"].actor, in))(t).ID
}

// requested is an invitation whose candidate asked for accommodation.
func (o *org) requested(t testing.TB) *ent.Accommodation {
	t.Helper()
	in := sitting.RequestAccommodationInput{SittingID: o.accepted(t, o.quiz).ID, Request: o.says("slowly")}
	return must(o.sittings.RequestAccommodation(t.Context(), o.people["candidate"].actor, in))(t)
}

func (o *org) newRole(t testing.TB) *ent.JobRole {
	t.Helper()
	return must(o.authors.CreateJobRole(t.Context(), o.owner(), authoring.CreateJobRoleInput{Fields: authoring.JobRoleFields{
		Title: o.says(o.next("role ")), Level: term.Entry, Responsibilities: []string{o.says("duty")},
		MustHaveSkills: []*authoring.MustHaveSkillInput{{SkillID: o.skill, Weight: 3}},
	}}))(t)
}

func (o *org) newSkill(t testing.TB, parent *gid.ID) gid.ID {
	t.Helper()
	return must(o.authors.CreateSkill(t.Context(), o.owner(), authoring.CreateSkillInput{Name: o.says(o.next("skill ")), ParentID: parent}))(t).ID
}

// newQuestion makes a question, published or a draft.
func (o *org) newQuestion(t testing.TB, kind term.QuestionKind, published bool) gid.ID {
	t.Helper()
	row := o.newQuestionBy(t, o.owner(), kind)
	if published {
		must(o.authors.PublishQuestion(t.Context(), o.owner(), authoring.PublishQuestionInput{ID: row.ID}))(t)
	}
	return row.ID
}

// newQuestionBy is a draft that somebody wrote, so that anybody else can approve it.
func (o *org) newQuestionBy(t testing.TB, who policy.Actor, kind term.QuestionKind) *ent.Question {
	t.Helper()
	return must(o.authors.CreateQuestion(t.Context(), who, authoring.CreateQuestionInput{
		Title: o.says(o.next("question ")), Kind: kind, Category: term.Technical, Level: term.Entry, Content: o.asks(kind),
	}))(t)
}

// approve makes the question that a second person approved.
func (o *org) approve(t testing.TB) {
	t.Helper()
	row := o.newQuestionBy(t, o.owner(), term.LongText)
	in := authoring.ApproveQuestionInput{ID: row.ID, Revision: row.Revision}
	must(o.authors.ApproveQuestion(t.Context(), o.people["admin"].actor, in))(t)
	must(o.authors.PublishQuestion(t.Context(), o.owner(), authoring.PublishQuestionInput{ID: row.ID}))(t)
	o.newTemplate(t, false, row.ID) // the job role's members see what its templates ask
	o.approved = row.ID
}

// approveTemplates makes the template and the version that a second person approved.
func (o *org) approveTemplates(t testing.TB) {
	t.Helper()
	draft := func() gid.ID {
		row := o.newTemplateBy(t, o.owner(), o.draft(o.choice))
		in := authoring.ApproveTemplateInput{ID: row.ID, Revision: row.Revision}
		must(o.authors.ApproveTemplate(t.Context(), o.people["admin"].actor, in))(t)
		return row.ID
	}
	o.agreed = draft()
	published := draft()
	must(o.authors.PublishTemplate(t.Context(), o.owner(), authoring.PublishTemplateInput{ID: published}))(t)
	o.standing = must(o.authors.VersionsByTemplate(t.Context(), o.owner(), []gid.ID{published}))(t)[0].ID
}

// otherThan is somebody who can write what a person then approves. A key will not do: who was shown its secret may have
// written what it wrote.
func (o *org) otherThan(who *person) policy.Actor {
	if who.name == "recruiter" {
		return o.owner()
	}
	return o.people["recruiter"].actor
}

// pool publishes a template that draws one of two questions.
func (o *org) pool(t testing.TB) {
	t.Helper()
	row := o.newTemplateBy(t, o.owner(), o.drawing(1, o.choice, o.text))
	must(o.authors.PublishTemplate(t.Context(), o.owner(), authoring.PublishTemplateInput{ID: row.ID}))(t)
	o.pooled = must(o.authors.VersionsByTemplate(t.Context(), o.owner(), []gid.ID{row.ID}))(t)[0].ID
}

func (o *org) asks(kind term.QuestionKind) *content.Question {
	q := &content.Question{Prompt: o.prompt(), ModelAnswer: o.says("model answer"), Pitfalls: []string{}, SkillIDs: []gid.ID{o.skill}}
	if kind == term.SingleChoice {
		q.Choices = []*content.Choice{{Key: "a", Text: o.says("right"), Correct: true}, {Key: "b", Text: o.says("wrong")}}
		return q
	}
	if kind == term.Spoken {
		q.Spoken = &content.Spoken{MaxSeconds: 60}
	}
	q.Criteria = []*content.Criterion{{Key: "depth", Text: o.says("criterion"), Weight: 1, Levels: []*content.Level{
		{Points: 0, Anchor: o.says("nothing")}, {Points: 4, Anchor: o.says("all")},
	}}}
	return q
}

func (o *org) prompt() string { return o.says("prompt: which of these would you choose, and why?") }

// reviseQuestion opens the next draft of a question of text.
func (o *org) reviseQuestion(t testing.TB, id gid.ID) {
	t.Helper()
	row := must(o.authors.QuestionsByID(t.Context(), o.owner(), []gid.ID{id}))(t)[0]
	must(o.authors.UpdateQuestion(t.Context(), o.owner(), authoring.UpdateQuestionInput{
		ID: id, Revision: row.Revision, Title: row.Title, Category: row.Category, Level: row.Level, Content: o.asks(term.LongText),
	}))(t)
}

// newTemplate makes a template of the first job role, published or a draft.
func (o *org) newTemplate(t testing.TB, published bool, questions ...gid.ID) gid.ID {
	t.Helper()
	row := o.newTemplateBy(t, o.owner(), o.draft(questions...))
	if published {
		must(o.authors.PublishTemplate(t.Context(), o.owner(), authoring.PublishTemplateInput{ID: row.ID}))(t)
	}
	return row.ID
}

// newTemplateBy is a draft that somebody wrote.
func (o *org) newTemplateBy(t testing.TB, who policy.Actor, draft *content.Template) *ent.Template {
	t.Helper()
	return must(o.authors.CreateTemplate(t.Context(), who, authoring.CreateTemplateInput{
		JobRoleID: o.role, Name: o.says(o.next("template ")), Mode: term.Assessment, Content: draft,
	}))(t)
}

// drawing is a draft with one draw from a pool.
func (o *org) drawing(count int, pool ...gid.ID) *content.Template {
	draft := o.draft()
	draft.Sections[0].Slots = []*content.Slot{{Draw: &content.Draw{Count: count, QuestionIDs: pool}, Points: 10}}
	return draft
}

func (o *org) draft(questions ...gid.ID) *content.Template {
	section := &content.Section{Title: o.says("section"), TimeLimit: 2700}
	for _, q := range questions {
		section.Slots = append(section.Slots, &content.Slot{QuestionID: &q, Points: 10})
	}
	return &content.Template{
		Sections: []*content.Section{section}, CutPercent: 50, Feedback: term.FeedbackSections,
		Bands:   []*content.Band{{Name: o.says("low"), MinPercent: 0}, {Name: o.says("high"), MinPercent: 60}},
		Signals: []term.IntegritySignal{term.Pasted}, Accommodation: &content.Accommodation{Requestable: true, Contact: o.says("helper")},
	}
}

// revise opens the next draft of a template.
func (o *org) revise(t testing.TB, id gid.ID) {
	t.Helper()
	row := must(o.authors.TemplatesByID(t.Context(), o.owner(), []gid.ID{id}))(t)[0]
	must(o.authors.UpdateTemplate(t.Context(), o.owner(), authoring.UpdateTemplateInput{
		ID: id, Revision: row.Revision, Name: row.Name, Content: row.Draft,
	}))(t)
}

// invited asks the candidate and gives the secret of the link.
func (o *org) invited(t testing.TB, template gid.ID) (*ent.Session, string) {
	t.Helper()
	row := must(o.sittings.Invite(t.Context(), o.owner(), sitting.InviteCandidateInput{
		TemplateID: template, Candidate: sitting.CandidateInput{Email: "candidate@" + o.slug + ".example", Name: o.says("candidate")},
	}))(t)
	return row, o.random.secret()
}

// accepted is an invitation that the candidate accepted.
func (o *org) accepted(t testing.TB, template gid.ID) *ent.Session {
	t.Helper()
	row, secret := o.invited(t, template)
	must(o.sittings.Accept(t.Context(), o.people["candidate"].actor, sitting.AcceptInvitationInput{Token: secret}))(t)
	return row
}

// started is a sitting in progress.
func (o *org) started(t testing.TB, template gid.ID) *ent.Session {
	t.Helper()
	row := o.accepted(t, template)
	must(o.sittings.Start(t.Context(), o.people["candidate"].actor, sitting.StartSittingInput{ID: row.ID}))(t)
	return row
}

// sat is a sitting that was answered and submitted: scored if the template has no text, else in review.
func (o *org) sat(t testing.TB, template gid.ID) *ent.Session {
	t.Helper()
	row := o.started(t, template)
	o.answer(t, row.ID, "1.1", 0, &content.Answer{Choices: []string{"a"}})
	if template != o.quiz {
		text := o.says("answer")
		o.answer(t, row.ID, "1.2", 0, &content.Answer{Text: &text})
	}
	must(o.sittings.Submit(t.Context(), o.people["candidate"].actor, sitting.SubmitSittingInput{ID: row.ID}))(t)
	return row
}

// executed is the run of a session's first answer, at its end.
func (o *org) executed(t testing.TB, session gid.ID) gid.ID {
	t.Helper()
	scope := must(o.store.As(t.Context(), policy.Worker(o.id), policy.SessionScore))(t)
	return must(tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (gid.ID, error) {
		row, err := tx.NewExecution().SetSessionID(session).SetRef("1.1").SetResponseRevision(1).SetState(term.ExecutionExecuted).
			SetHash([]byte(session.String())).SetTokens([]string{}).SetResults([]*content.TestResult{}).Save(t.Context())
		if err != nil {
			return gid.ID{}, err
		}
		return row.ID, nil
	}))(t)
}

// releasedAnew is another report that was released.
func (o *org) releasedAnew(t testing.TB) gid.ID {
	t.Helper()
	id := o.reportOf(t, o.sat(t, o.quiz).ID)
	must(o.grades.Release(t.Context(), o.owner(), grading.ReleaseReportInput{ID: id}))(t)
	return id
}

// shared is a link to another report.
func (o *org) shared(t testing.TB) *grading.IssuedShare {
	t.Helper()
	return must(o.grades.Share(t.Context(), o.owner(), grading.ShareReportInput{ReportID: o.reportOf(t, o.sat(t, o.quiz).ID)}))(t)
}

func (o *org) answer(t testing.TB, session gid.ID, ref string, seen int, a *content.Answer) {
	t.Helper()
	must(o.sittings.SaveResponse(t.Context(), o.people["candidate"].actor, sitting.SaveResponseInput{
		SittingID: session, Question: ref, Revision: seen, ClientKey: o.next("save-"), Answer: a,
	}))(t)
}

// accommodate gives a session time for breaks.
func (o *org) accommodate(t testing.TB, row *ent.Session) {
	t.Helper()
	scope := must(o.store.As(t.Context(), o.people["admin"].actor, policy.AccommodationDecide))(t)
	must(tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (*ent.Accommodation, error) {
		return tx.NewAccommodation().SetSessionID(row.ID).SetCandidateID(row.CandidateID).SetState(term.AccommodationGranted).
			SetRequest("a break").SetBreakSeconds(600).Save(t.Context())
	}))(t)
}

// unscored takes a submitted session back to where its scoring waits.
func (o *org) unscored(t testing.TB, id gid.ID) {
	t.Helper()
	scope := must(o.store.As(t.Context(), policy.Worker(o.id), policy.SessionScore))(t)
	must(tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (int, error) {
		for _, table := range []string{"reports", "score_sheets"} {
			must(tx.Exec(t.Context(), "DELETE FROM "+table+" WHERE organization_id = @org AND session_id = @id", tenant.Args{"id": id}))(t)
		}
		return tx.ChangeSession(id).SetState(term.Submitted).Save(t.Context())
	}))(t)
}

// recorded is what a recording begins with.
const recorded = "OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x13OpusHead"

// record makes a recording of the candidate's and answers with it.
func (o *org) record(t testing.TB, session gid.ID) gid.ID {
	t.Helper()
	who := o.people["candidate"].actor
	begun := must(o.sittings.BeginUpload(t.Context(), who, sitting.BeginUploadInput{
		SittingID: session, Question: "1.1", Name: o.says("recording"), Size: len(recorded),
	}))(t)
	secret := strings.TrimPrefix(*begun.URL, "http://assay.example/files/upload/")
	row := must(o.sittings.AddPart(t.Context(), who, secret, sitting.Part{Body: strings.NewReader(recorded), Received: time.Now}))(t)
	o.answer(t, session, "1.1", 0, &content.Answer{Upload: &row.ID})
	return row.ID
}

// spoken is a session whose spoken answer waits for a reviewer.
func (o *org) spoken(t testing.TB) gid.ID {
	t.Helper()
	id := o.started(t, o.aloud).ID
	o.record(t, id)
	must(o.sittings.Submit(t.Context(), o.people["candidate"].actor, sitting.SubmitSittingInput{ID: id}))(t)
	return id
}

// newReview gives a session to one of the members.
func (o *org) newReview(t testing.TB, session gid.ID, reviewer string) *ent.Review {
	t.Helper()
	return must(o.grades.AssignReview(t.Context(), o.owner(), grading.AssignReviewInput{
		SessionID: session, ReviewerID: o.people[reviewer].actor.ID,
	}))(t)
}

// score submits a review of the reviewer's.
func (o *org) score(t testing.TB, row *ent.Review) {
	t.Helper()
	must(o.grades.SubmitReview(t.Context(), o.people["reviewer"].actor, grading.SubmitReviewInput{ID: row.ID, Scores: o.scores()}))(t)
}

func (o *org) scores() []*grading.CriterionScoreInput {
	quote := o.says("answer")
	return []*grading.CriterionScoreInput{{Question: "1.2", Criterion: "depth", Points: 4, Comment: o.says("comment"), Evidence: &quote}}
}

// rule gives a template a rule by which one of two people reviews its sessions, when somebody asks for it.
func (o *org) rule(t testing.TB, template gid.ID) {
	t.Helper()
	must(o.grades.SetReviewRule(t.Context(), o.owner(), grading.SetReviewRuleInput{
		TemplateID: template, Reviewers: 1, Spread: term.SpreadSession, Pool: []gid.ID{o.people["reviewer"].actor.ID, o.people["admin"].actor.ID},
	}))(t)
}

// newCalibration is an answer to the question of text whose scores are agreed.
func (o *org) newCalibration(t testing.TB) gid.ID {
	t.Helper()
	return must(o.grades.AddCalibration(t.Context(), o.owner(), o.calibrating()))(t).ID
}

func (o *org) calibrating() grading.AddCalibrationInput {
	return grading.AddCalibrationInput{
		QuestionID: o.text, Text: o.says("answer"), Note: new(o.says("note")), Scores: []*content.CalibrationScore{{Criterion: "depth", Points: 4, Comment: o.says("agreed")}},
	}
}

// reviewedBy is a session that somebody's review scored, and the review.
func (o *org) reviewedBy(t testing.TB, name string) *ent.Review {
	t.Helper()
	row := o.newReview(t, o.sat(t, o.template).ID, name)
	return must(o.grades.SubmitReview(t.Context(), o.people[name].actor, grading.SubmitReviewInput{ID: row.ID, Scores: o.scores()}))(t)
}

// openReview is a review that names the candidate.
func (o *org) openReview(t testing.TB, name string) gid.ID {
	t.Helper()
	return must(o.grades.AssignReview(t.Context(), o.owner(), grading.AssignReviewInput{
		SessionID: o.sat(t, o.template).ID, ReviewerID: o.people[name].actor.ID, Blind: new(false),
	}))(t).ID
}

func (o *org) reportOf(t testing.TB, session gid.ID) gid.ID {
	t.Helper()
	return must(o.grades.ReportsBySession(t.Context(), o.owner(), []gid.ID{session}))(t)[0].ID
}

// dropFirst drops the first question.
func dropFirst() []*content.KeyFix { return []*content.KeyFix{{Ref: "1.1", Drop: true}} }

// previewed is a new version, and the digest of what dropping its first question would change.
func (o *org) previewed(t testing.TB) (version gid.ID, digest string) {
	t.Helper()
	template := o.newTemplate(t, true, o.choice)
	version = must(o.authors.VersionsByTemplate(t.Context(), o.owner(), []gid.ID{template}))(t)[0].ID
	return version, must(o.grades.PreviewRescore(t.Context(), o.owner(), version, dropFirst()))(t).Digest
}

// mend drops the first question of a new version.
func (o *org) mend(t testing.TB) {
	t.Helper()
	version, digest := o.previewed(t)
	row := must(o.grades.ApplyRescore(t.Context(), o.owner(), grading.ApplyRescoreInput{
		TemplateVersionID: version, Fixes: dropFirst(), Reason: o.says("unclear"), Digest: digest,
	}))(t)
	o.mended, o.rescoring = version, row.ID
}

// persons are everybody of the organization.
func (o *org) persons() []*person {
	var list []*person
	for _, name := range slices.Concat(names(), []string{"integration", "candidate"}) {
		list = append(list, o.people[name])
	}
	return list
}

// speaksOf reports whether a text has anything of the organization's own in it.
func (o *org) speaksOf(text []byte) bool {
	return strings.Contains(strings.ToLower(string(text)), o.slug)
}

func cancelling(session gid.ID) sitting.CancelSessionInput {
	return sitting.CancelSessionInput{ID: session, Reason: "changed plans"}
}
