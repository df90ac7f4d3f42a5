package graph_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// The sizes of the two organizations whose statements are compared.
const (
	few  = 3
	many = 60
)

// journey are the queries of the journey with the statements that each may run, beside BEGIN, COMMIT and the one that
// finds out who asks: the most, on either database, however many rows there are. Three of a catalogue's are PostgreSQL's
// clock and the two that tell the audit who took it.
var journey = []struct {
	name  string
	most  int
	who   string
	query string
}{
	{"reports, four levels deep", 5, "owner", `{ organization { reports(first: 100) { nodes {
		id state percent band candidate { name } jobRole { title } templateVersion { number name } } } } }`},
	{"reports, counted", 6, "owner", `{ organization { reports(first: 100) { totalCount nodes {
		id candidate { name } jobRole { title } templateVersion { number } } } } }`},
	{"reports by score", 2, "owner", `{ organization { reports(first: 100, orderBy: {field: SCORE}, filter: {state: PROVISIONAL}) { nodes { id percent } } } }`},
	{"reports with their standing", 6, "owner", `{ organization { reports(first: 100) { nodes { standing { percentile n } uncertainty { sem low high } } } } }`},
	{"reports with what the role demands", 18, "owner", `{ organization { reports(first: 100) { nodes { shares { state } integrity { verdict } mustHaves { status result { items } mustHave { skill { name } } } } } } }`},
	{"reports in detail", 10, "owner", `{ organization { reports(first: 100) { nodes { id result { overall { percent } questions { trace { points } } } } } } }`},
	{"sessions with every revision and award", 12, "owner", `{ organization { sessions(first: 100) { nodes {
		reports(first: 3) { totalCount nodes { number } } scoreTrace(first: 3) { totalCount nodes { points source } } } } } }`},
	{"versions with what was mended", 5, "owner", `{ organization { templates(first: 30) { nodes { versions { rescorings(first: 3) { nodes { number progress { done total } } } } } } } }`},
	{"reports with recordings", 12, "owner", `{ organization { reports(first: 100) { nodes { id result { questions { ref recording { id size } } } } } } }`},
	{"sessions with everything", 8, "owner", `{ organization { sessions(first: 100) { nodes {
		state candidate { name } jobRole { title } template { name } templateVersion { number } report { percent } review { state } } } } }`},
	{"job roles with their skills", 4, "owner", `{ organization { jobRoles(first: 100) { nodes { title mustHaveSkills { weight skill { name } } } } } }`},
	{"questions with revisions and skills", 4, "owner", `{ organization { questions(first: 100) { nodes {
		title published { number content { prompt skills { name } } } draft { number } } } } }`},
	{"questions with what uses them", 7, "owner", `{ organization { questions(first: 100) { nodes {
		title published { status author { name } usedIn { number name } } } } } }`},
	{"questions with their history", 4, "owner", `{ organization { questions(first: 100) { nodes { title revisions { number status publishedAt } } } } }`},
	{"questions by text, skill and use", 5, "owner", `query($skill: ID!) { organization { questions(first: 100, filter: {text: "prompt", used: true, skillIds: [$skill]}) {
		totalCount nodes { title published { number } } } } }`},
	{"questions that resemble a prompt", 3, "owner", `query($prompt: Markdown!) { organization { similarQuestions(prompt: $prompt) { similarity question { title } } } }`},
	{"skills with those above them", 3, "owner", `{ organization { skills(first: 100) { nodes { name parent { name } mergedInto { name } } } } }`},
	{"API keys", 4, "owner", `{ organization { apiKeys(first: 100) { totalCount nodes { name state permissions } } } }`},
	{"templates with their coverage", 9, "owner", `{ organization { templates(first: 100) { nodes { name coverage { weight covered skill { name } } } } } }`},
	{"templates with the exposure of their pools", 6, "owner", `{ organization { templates(first: 30) { nodes { name versions { number exposures { ref sessions question { title } } } } } } }`},
	{"a version's exposures", 4, "owner", `query($pool: ID!) { node(id: $pool) { ... on TemplateVersion { exposures { ref sessions question { title } } } } }`},
	{"a version as a candidate sees it", 2, "owner", `query($pool: ID!) { node(id: $pool) { ... on TemplateVersion { preview(seed: 7) { sections { questions { ref } } } } } }`},
	{"what a template lacks", 6, "owner", `query($template: ID!) { organization { validateTemplate(id: $template) { publishable faults { message } projectedDuration sections { title } } } }`},
	{"two versions compared", 2, "owner", `query($from: ID!, $pool: ID!) { organization { compareTemplateVersions(from: $from, to: $pool) { sharedRanking changes { message } } } }`},
	{"the catalogue", 13, "owner", `{ organization { catalogue { questionCount document } } }`},
	{"the catalogue as QTI", 13, "owner", `{ organization { qti { notes } } }`},
	{"templates with their job roles", 3, "owner", `{ organization { templates(first: 100) { nodes { name draft { cutPercent } jobRole { title } } } } }`},
	{"templates as they stand", 4, "owner", `{ organization { templates(first: 30) { nodes { name content { cutPercent sections { slots { question { title } } } } } } } }`},
	{"versions with what they ask", 7, "owner", `{ organization { templates(first: 30) { nodes { name versions { number
		content { cutPercent } items { ref revision question { title } } publishedBy { name } approvedBy { name } } } } } }`},
	{"questions with who published them", 4, "owner", `{ organization { questions(first: 100) { nodes { published { title category publishedBy { name } } } } } }`},
	{"templates with their versions", 3, "owner", `{ organization { templates(first: 100) { nodes { name versions { number } } } } }`},
	{"reviews with their work", 6, "reviewer", `{ organization { reviews(first: 100) { nodes { state work { title } } } } }`},
	{"reviews by due date, with what was awarded, counted", 5, "reviewer", `{ organization { reviews(first: 100, orderBy: DUE_AT) { totalCount nodes { kind dueAt questions scores { points } } } } }`},
	{"reviews with whose answers they are", 6, "admin", `{ organization { reviews(first: 100) { nodes { state candidate { name } reviewer { name } } } } }`},
	{"sessions with what lacks a reviewer", 8, "owner", `{ organization { sessions(first: 100) { nodes { unassigned } } } }`},
	{"templates with their review rules", 4, "owner", `{ organization { templates(first: 100) { nodes { reviewRule { reviewers pool { name } } } } } }`},
	{"calibrations", 6, "reviewer", `{ organization { calibrations(first: 100) { totalCount nodes { prompt own { points } agreed { points } } } } }`},
	{"questions with their calibrations", 6, "owner", `{ organization { questions(first: 100) { nodes { calibrations { text agreed { points } } } } } }`},
	{"a session's reports and ledger", 9, "owner", `query($session: ID!) { node(id: $session) { ... on CandidateSession {
		reports { nodes { number percent } } scoreTrace { nodes { ref points counts } } } } }`},
	{"reports in detail with their standing", 10, "owner", `{ organization { reports(first: 100) { nodes { standing { n } uncertainty { sem } result { overall { percent } } } } } }`},
	{"what a mending would change", 6, "owner", `query($from: ID!) { organization { previewRescore(templateVersionId: $from, fixes: [{ref: "1.1", drop: true}]) { concerned changed } } }`},
	{"a template's questions", 3, "owner", `query($template: ID!) { node(id: $template) { ... on AssessmentTemplate {
		draft { sections { slots { question { title } } } } versions { number } } } }`},
	{"a session in detail", 7, "owner", `query($session: ID!) { node(id: $session) { ... on CandidateSession {
		state candidate { name } jobRole { title } templateVersion { number } report { percent } review { state reviewer { name } } } } }`},
	{"agreement of reviewers", 4, "owner", `query($role: ID!) { organization { reviewAgreement(input: {jobRoleId: $role}) { truncated criteria { units } } } }`},
	{"reviewers", 4, "owner", `query($role: ID!) { organization { reviewerStatistics(input: {jobRoleId: $role}) { truncated reviewers { awards } } } }`},
	{"the funnel", 3, "owner", `query($role: ID!) { organization { funnel(input: {jobRoleId: $role}) { invited passed } } }`},
	{"the distribution", 3, "owner", `query($role: ID!) { organization { scoreDistribution(input: {jobRoleId: $role}) { count bands { name } } } }`},
	{"nodes of all kinds", 4, "owner", `query($session: ID!, $role: ID!, $template: ID!) { nodes(ids: [$session, $role, $template]) { id } }`},
	{"one's own sittings", 3, "candidate", `{ sittings(first: 100) { nodes { id state title deadline remaining receipt { hash }
		sections { number state remaining questions { ref } } ledger { kind at } recordedSignals } } }`},
	{"one's own sittings with what is in them", 8, "candidate", `{ sittings(first: 20) { nodes { id flags responses { question revision answer { text } }
		signals { kind } contests { state } uploads { id } } } }`},
	{"one's own sittings, counted", 4, "candidate", `{ sittings(first: 100) { totalCount nodes { id } } }`},
	{"what is kept of me", 7, "candidate", `{ myRecords { employer sittings { id answers signalCount files { id } openings { at } } } }`},
	{"all that is kept of me", 9, "candidate", `{ exportMyData { document files { id } } }`},
	{"what happened in sessions", 5, "owner", `{ organization { sessions(first: 100) { nodes { id timeline { kind section share } } } } }`},
	{"a sitting with its answers", 4, "candidate", `query($sitting: ID!) { sitting(id: $sitting) {
		state deadline sections { questions { ref } } responses { question revision answer { choices } } } }`},
	{"an answer that is saved", 2, "candidate", `mutation($sitting: ID!, $key: String!, $revision: Int!) { saveResponse(input: {
		sittingId: $sitting, question: "1.1", revision: $revision, clientKey: $key, answer: {choices: ["b"]}}) { errors { code } acknowledgement { revision } } }`},
}

// TestStatements counts the statements of the journey's queries with few rows and with many: no query asks once for
// each row.
func TestStatements(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		r := newRigThatGathers(t, db, tenant.Clock{Now: time.Now}, patience)
		small, large := r.found(t, zebrawood), r.found(t, quicksilver)
		asked := map[*org]vars{small: small.grow(t, few), large: large.grow(t, many)}
		for _, j := range journey {
			counts := map[*org]int{}
			for o, variables := range asked {
				counts[o] = fewest(t, j.most, func() int { return r.count(t, o.people[j.who], j.query, variables) })
			}
			t.Logf("%-36s %d, and %d with %d rows", j.name, counts[small], counts[large], many)
			if counts[small] != counts[large] || counts[small] > j.most {
				t.Errorf("%s: %d statements for %d rows, %d for %d; want at most %d for any", j.name, counts[small], few, counts[large], many, j.most)
			}
		}
	})
}

// fewest asks again while more was counted than a query may run: a busy machine can make a loader's wait too short for
// sixty rows and split one statement in two. A query that asks for each row never comes down.
func fewest(t *testing.T, most int, count func() int) int {
	t.Helper()
	n := count()
	for range 4 {
		if n <= most {
			break
		}
		n = min(n, count())
	}
	return n
}

// patience is how long loaders gather in these tests: a busy machine needs more than a millisecond to ask for sixty
// rows, and would split a batch.
const patience = 50 * time.Millisecond

func (r *rig) count(t *testing.T, who *person, query string, variables vars) int {
	t.Helper()
	variables["key"] = r.next("count-")
	r.ear.heard()
	a := r.ask(t, who, query, variables)
	counted, authenticating := 0, 0
	for _, text := range r.ear.heard() {
		switch {
		case strings.Contains(text, "FROM members m JOIN organizations o"), strings.Contains(text, "JOIN bindings b ON"):
			authenticating++
		default:
			counted++
		}
	}
	if len(a.Errors) > 0 || authenticating == 0 {
		t.Fatalf("%d statements authenticate %s, answered %s", authenticating, who.name, a.body)
	}
	for _, payload := range a.Data {
		if code := payloadCode(payload); code != "" {
			t.Fatalf("%s: %s", code, a.body)
		}
	}
	if strings.Contains(query, "saveResponse") {
		variables["revision"] = variables["revision"].(int) + 1
	}
	return counted
}

// grow makes n of everything, no two of them alike, and tells what queries may ask for by id.
func (o *org) grow(t *testing.T, n int) vars {
	t.Helper()
	var (
		session gid.ID
		choices []gid.ID
	)
	roots := o.skill
	for i := range n {
		o.newSkill(t, &roots)
		o.freshKey(t)
		o.skill = o.newSkill(t, nil)
		o.role = o.newRole(t).ID
		text := o.newQuestion(t, term.LongText, true)
		o.reviseQuestion(t, text)
		o.text = text
		o.newCalibration(t)
		choices = append(choices, o.newQuestion(t, term.SingleChoice, true))
		template := o.newTemplate(t, true, choices[i], text)
		o.sat(t, template)
		session = o.satBy(t, "person"+strconv.Itoa(i), template)
		o.newReview(t, session, "reviewer")
		o.newReview(t, session, "admin")
		o.rule(t, template)
		o.newTemplateBy(t, o.owner(), o.looking())
	}
	wide := o.newTemplate(t, true, choices...)
	o.revise(t, wide)
	running := o.started(t, wide).ID
	for i := range n {
		o.answer(t, running, "1."+strconv.Itoa(i+1), 0, &content.Answer{Choices: []string{"a"}})
	}
	from := must(o.authors.VersionsByTemplate(t.Context(), o.owner(), []gid.ID{wide}))(t)[0].ID
	return vars{
		"role": o.role, "template": wide, "session": session, "sitting": running, "revision": 1, "skill": o.skill,
		"from": from, "pool": o.pools(t, choices), "prompt": o.prompt(),
	}
}

// pools publishes a template that draws two of some questions, which one session begins, and gives its version.
func (o *org) pools(t *testing.T, questions []gid.ID) gid.ID {
	t.Helper()
	row := o.newTemplateBy(t, o.owner(), o.drawing(2, questions...))
	must(o.authors.PublishTemplate(t.Context(), o.owner(), authoring.PublishTemplateInput{ID: row.ID}))(t)
	return o.started(t, row.ID).TemplateVersionID
}

// looking is a draft whose pool is what a filter finds.
func (o *org) looking() *content.Template {
	draft := o.drawing(1)
	draft.Sections[0].Slots[0].Draw.Filter = &content.PoolFilter{SkillIDs: []gid.ID{o.skill}}
	return draft
}

// satBy is sat by somebody of their own.
func (o *org) satBy(t *testing.T, name string, template gid.ID) gid.ID {
	t.Helper()
	email := name + "@" + o.slug + ".example"
	who := policy.Actor{Identity: policy.Identity{Issuer: o.issuer, Subject: email, Email: email, EmailVerified: true}}
	row := must(o.sittings.Invite(t.Context(), o.owner(), sitting.InviteCandidateInput{
		TemplateID: template, Candidate: sitting.CandidateInput{Email: email, Name: o.says(name)},
	}))(t)
	must(o.sittings.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: o.random.secret()}))(t)
	must(o.sittings.Start(t.Context(), who, sitting.StartSittingInput{ID: row.ID}))(t)
	text := o.says("answer")
	for ref, a := range map[string]*content.Answer{"1.1": {Choices: []string{"a"}}, "1.2": {Text: &text}} {
		must(o.sittings.SaveResponse(t.Context(), who, sitting.SaveResponseInput{SittingID: row.ID, Question: ref, ClientKey: ref, Answer: a}))(t)
	}
	must(o.sittings.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: row.ID}))(t)
	return row.ID
}
