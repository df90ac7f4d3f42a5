package graph_test

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// row is one field of the schema with what it needs: the matrix has a line for each.
type row struct {
	name   string            // Type.field, or node(Type)
	needs  []policy.Action   // what leads to the field needs, from the outside in; the field's own is the last
	open   openness          // for fields that need no permission
	own    bool              // a candidate's, about their own sitting
	bound  bool              // its object belongs to a job role, and who is limited to another sees none
	sowing bool              // names no object, so that another organization does it to itself
	late   bool              // its object is looked for with the last permission and not with the first
	noted  bool              // the audit keeps that it was read
	within bool              // what is noted is read on the way to it, also by who may not go so far
	person bool              // only a person may, whatever an API key was granted
	except map[string]string // who gets something else, by name
	alien  string            // what a signed-in stranger to a candidate's sitting gets; NOT_FOUND if empty
	query  string            // for a reading field
	at     string            // what must be there if it went well, as a dotted path
	given  func(t *testing.T, o *org, who *person) vars
}

type openness int

const (
	closed   openness = iota
	signedIn          // to who is signed in
	public            // to everybody
)

// expected is what the policy and the row say of somebody who asks for an object of organization a.
func (r *row) expected(rules *policy.Policy, a *org, who *person) string {
	switch {
	case r.except[who.name] != "":
		return r.except[who.name]
	case r.open == public:
		return allowed
	case who.role == "":
		return unauthenticated
	case r.open == signedIn:
		return allowed
	case r.own:
		return r.asCandidate(a, who)
	}
	hidden := who.actor.Org != a.id && !r.sowing || r.bound && who.name == "other_manager"
	for i, action := range r.needs {
		if who.role == policy.Candidate || !rules.RoleAllows(who.role, action) {
			return denied
		}
		if hidden && (i == 0 && !r.late || i == len(r.needs)-1) {
			return notFound
		}
	}
	if r.person && who.role == policy.Integration {
		return denied
	}
	return allowed
}

// asCandidate is the outcome for a field of the candidate's: anybody may be a candidate, but of their own sittings; a
// key is no person.
func (r *row) asCandidate(a *org, who *person) string {
	switch {
	case who == a.people["candidate"]:
		return allowed
	case who.role == policy.Integration, who.role == policy.System:
		return denied
	default:
		return cmp.Or(r.alien, notFound)
	}
}

// kinds are the nodes with the kind of their ids and what reading one needs.
var kinds = []struct {
	name  string
	kind  gid.Kind
	needs policy.Action
	bound bool
	id    func(o *org) gid.ID
}{
	{"Organization", gid.Organization, policy.OrganizationRead, false, func(o *org) gid.ID { return o.id }},
	{"Member", gid.Member, policy.MemberRead, false, func(o *org) gid.ID { return o.people["reviewer"].actor.ID }},
	{"Event", gid.Event, policy.EventRead, false, func(o *org) gid.ID { return o.happened }},
	{"AuditEvent", gid.AuditEvent, policy.AuditRead, false, func(o *org) gid.ID { return o.audit }},
	{"ApiKey", gid.APIKey, policy.APIKeyManage, false, func(o *org) gid.ID { return o.key }},
	{"Skill", gid.Skill, policy.SkillRead, false, func(o *org) gid.ID { return o.skill }},
	{"JobRole", gid.JobRole, policy.JobRoleRead, true, func(o *org) gid.ID { return o.role }},
	{"Question", gid.Question, policy.QuestionRead, true, func(o *org) gid.ID { return o.text }},
	{"AssessmentTemplate", gid.Template, policy.TemplateRead, true, func(o *org) gid.ID { return o.drafted }},
	{"TemplateVersion", gid.TemplateVersion, policy.TemplateRead, true, func(o *org) gid.ID { return o.version }},
	{"Candidate", gid.Candidate, policy.CandidateRead, true, func(o *org) gid.ID { return o.candidate }},
	{"CandidateSession", gid.Session, policy.SessionRead, true, func(o *org) gid.ID { return o.released }},
	{"Accommodation", gid.Accommodation, policy.AccommodationDecide, false, func(o *org) gid.ID { return o.accommodation }},
	{"Report", gid.Report, policy.ReportRead, true, func(o *org) gid.ID { return o.report }},
	{"Calibration", gid.Calibration, policy.ReviewScore, false, func(o *org) gid.ID { return o.calibration }},
	{"Review", gid.Review, policy.ReviewScore, true, nil}, // each reviewer has their own
}

// rows are every line of the matrix.
func rows(schema *ast.Schema) []*row {
	return slices.Concat(rootRows(), rightRows(), streamRows(), listRows(), nodeRows(), edgeRows(), mutationRows(schema))
}

func rootRows() []*row {
	sitting := func(_ *testing.T, o *org, _ *person) vars { return vars{"id": o.running} }
	return []*row{
		{name: "Query.node", needs: []policy.Action{policy.JobRoleRead}, bound: true, at: "node",
			query: "query($id: ID!) { node(id: $id) { id } }", given: func(_ *testing.T, o *org, _ *person) vars { return vars{"id": o.role} }},
		{name: "Query.nodes", needs: []policy.Action{policy.ReportRead}, bound: true, at: "nodes",
			query: "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", given: func(_ *testing.T, o *org, _ *person) vars { return vars{"ids": []gid.ID{o.report}} }},
		{name: "Query.viewer", open: signedIn, at: "viewer", query: "{ viewer { email name roles permissions member { id } } }"},
		{name: "Query.organization", needs: []policy.Action{policy.OrganizationRead}, sowing: true, at: "organization", query: "{ organization { id slug } }"},
		{name: "Query.sitting", needs: []policy.Action{policy.SittingTake}, own: true, at: "sitting",
			query: "query($id: ID!) { sitting(id: $id) { id state title sections { title } } }", given: sitting},
		{name: "Query.rateLimit", open: public, at: "rateLimit", query: "{ rateLimit { cost } }"},
		{name: "Query.version", open: public, at: "version", query: "{ version { name schema } }"},
		{name: "Sitting.sections", needs: []policy.Action{policy.SittingTake, policy.SittingTake}, own: true, at: "sitting.sections",
			query: `query($id: ID!) { sitting(id: $id) { sections(language: "de") { title questions { ref } } } }`, given: sitting},
		{name: "Sitting.responses", needs: []policy.Action{policy.SittingTake, policy.SittingTake}, own: true, at: "sitting.responses",
			query: "query($id: ID!) { sitting(id: $id) { responses { question revision } } }", given: sitting},
		{name: "Sitting.flags", needs: []policy.Action{policy.SittingTake, policy.SittingTake}, own: true, at: "sitting.flags",
			query: "query($id: ID!) { sitting(id: $id) { flags } }", given: sitting},
		{name: "Sitting.ledger", needs: []policy.Action{policy.SittingTake, policy.SittingTake}, own: true, at: "sitting.ledger",
			query: "query($id: ID!) { sitting(id: $id) { ledger { kind at reason } } }", given: sitting},
		{name: "Sitting.verifyReceipt", needs: []policy.Action{policy.SittingTake, policy.SittingTake}, own: true, at: "sitting.verifyReceipt",
			query: `query($id: ID!) { sitting(id: $id) { verifyReceipt(hash: "00") } }`, given: sitting},
		{name: "CandidateSession.verifyReceipt", needs: []policy.Action{policy.SessionRead, policy.SessionRead}, bound: true, at: "node.verifyReceipt",
			query: `query($id: ID!) { node(id: $id) { ... on CandidateSession { verifyReceipt(hash: "00") } } }`,
			given: func(_ *testing.T, o *org, _ *person) vars { return vars{"id": o.released} }},
		{name: "Sitting.breaksLeft", needs: []policy.Action{policy.SittingTake, policy.SittingTake}, own: true, at: "sitting.breaksLeft",
			query: "query($id: ID!) { sitting(id: $id) { breaksLeft } }", given: sitting},
		{name: "Sitting.uploads", needs: []policy.Action{policy.SittingTake, policy.SittingTake}, own: true, at: "sitting.uploads",
			query: "query($id: ID!) { sitting(id: $id) { uploads { id question state size received } } }",
			given: func(_ *testing.T, o *org, _ *person) vars { return vars{"id": o.speaking} }},
		{name: "Sitting.feedback", needs: []policy.Action{policy.SittingTake, policy.FeedbackRead}, own: true, at: "sitting.feedback",
			query: "query($id: ID!) { sitting(id: $id) { feedback { passed sections { title percent } } } }",
			given: func(_ *testing.T, o *org, _ *person) vars { return vars{"id": o.released} }},
	}
}

// rightRows are what candidates read beside their answers, and what staff read of it below the organization.
func rightRows() []*row {
	var list []*row
	for _, f := range []struct {
		name, fields string
		of           func(o *org) gid.ID
	}{
		{"signals", "signals { kind }", func(o *org) gid.ID { return o.running }},
		{"verdict", "verdict", func(o *org) gid.ID { return o.released }},
		{"contests", "contests { state }", func(o *org) gid.ID { return o.released }},
		{"accommodated", "accommodated { state }", func(o *org) gid.ID { return o.running }},
	} {
		list = append(list, &row{
			name: "Sitting." + f.name, needs: []policy.Action{policy.SittingTake, policy.SittingTake}, own: true, at: "sitting." + f.name,
			query: "query($id: ID!) { sitting(id: $id) { " + f.fields + " } }",
			given: func(_ *testing.T, o *org, _ *person) vars { return vars{"id": f.of(o)} },
		})
	}
	for _, f := range []struct{ name, fields, alien string }{
		{"sittings", "sittings(first: 2) { totalCount nodes { id } }", allowed}, {"myRecords", "myRecords { employer }", nothing},
		{"exportMyData", "exportMyData { document }", allowed},
	} {
		list = append(list, &row{
			name: "Query." + f.name, needs: []policy.Action{policy.SittingTake}, own: true, alien: f.alien, at: f.name, query: "{ " + f.fields + " }",
			except: map[string]string{"candidate": allowed}, // everybody who has sittings reads their own
		})
	}
	for _, f := range []struct {
		name  string
		needs policy.Action
	}{{"session", policy.SessionRead}, {"answeredBy", policy.MemberRead}} {
		list = append(list, &row{
			name: "Contest." + f.name, needs: []policy.Action{policy.OrganizationRead, policy.ContestAnswer, f.needs}, sowing: true,
			at:    "organization.contests.nodes." + f.name,
			query: "{ organization { contests(filter: {state: ANSWERED}) { nodes { " + f.name + " { id } } } } }",
		})
	}
	return list
}

// streamRows are the subscriptions, each asked for its first event.
func streamRows() []*row {
	released := &row{
		name: "Subscription.reportReleased", needs: []policy.Action{policy.ReportRead}, sowing: true, at: "reportReleased.id",
		query: "subscription($after: DateTime) { reportReleased(after: $after) { id state } }",
		given: func(_ *testing.T, o *org, _ *person) vars { return vars{"after": o.id.Time()} },
		// A stream of what somebody cannot see is silent.
		except: map[string]string{"other_manager": nothing},
	}
	return []*row{
		released,
		{name: "Subscription.sessionChanged", needs: []policy.Action{policy.SessionRead}, bound: true, at: "sessionChanged.id",
			query: "subscription($id: ID!, $after: DateTime) { sessionChanged(id: $id, after: $after) { id state } }",
			given: func(_ *testing.T, o *org, _ *person) vars { return vars{"id": o.running, "after": o.id.Time()} }},
		{name: "Subscription.sittingClock", needs: []policy.Action{policy.SittingTake}, own: true, at: "sittingClock.id",
			query: "subscription($id: ID!) { sittingClock(id: $id) { id state serverTime deadline } }",
			given: func(_ *testing.T, o *org, _ *person) vars { return vars{"id": o.running} }},
	}
}

// listRows are what hangs below an organization, reached by the organization's id so that it can be another's.
func listRows() []*row {
	var list []*row
	for _, f := range []struct {
		name  string
		needs policy.Action
	}{
		{"members", policy.MemberRead}, {"skills", policy.SkillRead}, {"jobRoles", policy.JobRoleRead},
		{"questions", policy.QuestionRead}, {"templates", policy.TemplateRead}, {"candidates", policy.CandidateRead},
		{"sessions", policy.SessionRead}, {"reviews", policy.ReviewScore}, {"calibrations", policy.ReviewScore}, {"reports", policy.ReportRead}, {"auditEvents", policy.AuditRead},
		{"apiKeys", policy.APIKeyManage}, {"contests", policy.ContestAnswer}, {"accommodations", policy.AccommodationDecide},
		{"events", policy.EventRead},
	} {
		list = append(list, &row{
			name: "Organization." + f.name, needs: []policy.Action{policy.OrganizationRead, f.needs}, at: "node." + f.name,
			query: below("Organization", f.name+"(first: 2) { totalCount pageInfo { hasNextPage } edges { cursor } nodes { id } }"), given: nodeOf("Organization"),
		})
	}
	list = append(list, wholeRows()...)
	for _, asked := range []struct {
		name, fields string
		action       policy.Action
	}{
		{"funnel", "{ invited }", policy.InsightRead}, {"scoreDistribution", "{ count }", policy.InsightRead},
		{"reviewAgreement", "{ truncated }", policy.InsightRead}, {"reviewerStatistics", "{ truncated }", policy.ReviewAssign},
	} {
		name, fields, action := asked.name, asked.fields, asked.action
		list = append(list, &row{
			name: "Organization." + name, needs: []policy.Action{policy.OrganizationRead, action}, bound: true, late: true, at: "organization." + name,
			query: "query($role: ID!) { organization { " + name + "(input: {jobRoleId: $role}) " + fields + " } }",
			given: func(_ *testing.T, o *org, _ *person) vars { return vars{"role": o.role} },
		})
	}
	return list
}

// wholeRows are what an organization tells of all that it has, or of one object that an argument names.
func wholeRows() []*row {
	var list []*row
	for _, f := range []struct {
		name, fields, at string
		needs            policy.Action
		noted            bool
	}{
		{"Organization.similarQuestions", `similarQuestions(prompt: "Which of these would you choose, and why?") { similarity }`, "id", policy.QuestionRead, false},
		{"Organization.catalogue", "catalogue { skillCount }", "catalogue.skillCount", policy.CatalogueExport, true},
		{"Catalogue.document", "catalogue { document(format: JSON) }", "catalogue.document", policy.CatalogueExport, true},
		{"Organization.qti", "qti { base64 }", "qti.base64", policy.CatalogueExport, true},
	} {
		list = append(list, &row{
			name: f.name, needs: []policy.Action{policy.OrganizationRead, f.needs}, at: "node." + f.at,
			query: below("Organization", f.fields), given: nodeOf("Organization"), noted: f.noted,
		})
	}
	needs := []policy.Action{policy.OrganizationRead, policy.TemplateRead}
	return append(list,
		&row{
			name: "Organization.validateTemplate", needs: needs, bound: true, late: true, at: "organization.validateTemplate.points",
			query: "query($id: ID!) { organization { validateTemplate(id: $id) { points faults { path message } } } }",
			given: func(_ *testing.T, o *org, _ *person) vars { return vars{"id": o.template} },
		},
		&row{
			name: "Organization.previewRescore", needs: []policy.Action{policy.OrganizationRead, policy.ReportRescore}, bound: true, late: true, at: "organization.previewRescore.digest",
			query: `query($id: ID!) { organization { previewRescore(templateVersionId: $id, fixes: [{ref: "1.1", points: 77}]) { digest changes(first: 1) { totalCount } } } }`,
			given: func(_ *testing.T, o *org, _ *person) vars { return vars{"id": o.version} },
		},
		&row{
			name: "RescorePreview.changes", needs: []policy.Action{policy.OrganizationRead, policy.ReportRescore, policy.ReportRescore}, bound: true, late: true,
			at:    "organization.previewRescore.changes.nodes.told",
			query: `query($id: ID!) { organization { previewRescore(templateVersionId: $id, fixes: [{ref: "1.1", points: 77}]) { changes(first: 1) { nodes { told } } } } }`,
			given: func(_ *testing.T, o *org, _ *person) vars { return vars{"id": o.version} },
		},
		rescoredRow("session", policy.SessionRead),
		rescoredRow("candidate", policy.CandidateRead),
		&row{
			name: "Organization.compareTemplateVersions", needs: needs, bound: true, late: true, at: "organization.compareTemplateVersions.changes.message",
			query: "query($from: ID!, $to: ID!) { organization { compareTemplateVersions(from: $from, to: $to) { changes { message } } } }",
			given: func(_ *testing.T, o *org, _ *person) vars { return vars{"from": o.version, "to": o.pooled} },
		},
		&row{
			name: "CatalogueImport.changes", needs: []policy.Action{policy.CatalogueImport}, sowing: true, at: "importCatalogue.import.changes.key",
			query: "mutation($document: String!) { importCatalogue(input: {document: $document}) { errors { code message } import { changes(most: 1) { key } } } }",
			given: func(_ *testing.T, o *org, _ *person) vars { return vars{"document": o.skillDocument()} },
		})
}

// rescoredRow is a field of a session whose result a mending would change.
func rescoredRow(field string, needs policy.Action) *row {
	return &row{
		name: "ScoreChange." + field, needs: []policy.Action{policy.OrganizationRead, policy.ReportRescore, needs}, bound: true, late: true,
		at:    "organization.previewRescore.changes.nodes." + field + ".id",
		query: `query($id: ID!) { organization { previewRescore(templateVersionId: $id, fixes: [{ref: "1.1", points: 77}]) { changes(first: 1) { nodes { ` + field + ` { id } } } } } }`,
		given: func(_ *testing.T, o *org, _ *person) vars { return vars{"id": o.version} },
	}
}

// skillDocument is a catalogue with a skill that no organization has.
func (o *org) skillDocument() string {
	key := o.next("skill-")
	return "format: assay-catalogue/1\nskills:\n  - key: " + key + "\n    name: " + key + "\n"
}

// item is a QTI item that no organization has.
func (o *org) item() string {
	key := o.next("item-")
	return base64.StdEncoding.EncodeToString([]byte(`<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="` + key +
		`" title="` + key + `" time-dependent="false"><qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string"/>` +
		`<qti-item-body><p>Why?</p><qti-extended-text-interaction response-identifier="RESPONSE"/></qti-item-body></qti-assessment-item>`))
}

func nodeRows() []*row {
	var list []*row
	for _, k := range kinds {
		list = append(list, &row{
			name: "node(" + k.name + ")", needs: []policy.Action{k.needs}, bound: k.bound, at: "node.id",
			query: below(k.name, ""), given: nodeOf(k.name),
		})
	}
	return list
}

// below selects something of an object that is reached by its id.
func below(typeName, fields string) string {
	return "query($id: ID!) { node(id: $id) { id ... on " + typeName + " { __typename " + fields + " } } }"
}

// nodeOf gives the id of an object; of a review the one that is the asker's own, if they can have one.
func nodeOf(typeName string) func(*testing.T, *org, *person) vars {
	return func(t *testing.T, o *org, who *person) vars {
		for _, k := range kinds {
			if k.name == typeName && k.id != nil {
				return vars{"id": k.id(o)}
			}
		}
		return vars{"id": o.newReview(t, o.sat(t, o.template).ID, o.reviewerLike(who)).ID}
	}
}

// reviewerLike names who can be given a review that somebody asks for: themselves if their role reviews.
func (o *org) reviewerLike(who *person) string {
	if o.people[who.name] == who && o.rules.RoleAllows(who.role, policy.ReviewScore) {
		return who.name
	}
	return "reviewer"
}

// edgeRows are the fields of objects that need a permission of their own.
func edgeRows() []*row {
	edges := []struct {
		name, path string // path leads from the object to the field
		needs      []policy.Action
	}{
		{"Skill.parent", "parent", []policy.Action{policy.SkillRead}},
		{"Skill.mergedInto", "mergedInto", []policy.Action{policy.SkillRead}},
		{"JobRole.mustHaveSkills", "mustHaveSkills", []policy.Action{policy.JobRoleRead}},
		{"MustHaveSkill.skill", "mustHaveSkills.skill", []policy.Action{policy.JobRoleRead, policy.SkillRead}},
		{"Question.published", "published.number", []policy.Action{policy.QuestionRead}},
		{"Question.draft", "draft.number", []policy.Action{policy.QuestionRead}},
		{"Question.revisions", "revisions.number", []policy.Action{policy.QuestionRead}},
		{"QuestionRevision.author", "published.author", []policy.Action{policy.MemberRead}},
		{"QuestionRevision.approvedBy", "published.approvedBy", []policy.Action{policy.MemberRead}},
		{"QuestionRevision.publishedBy", "published.publishedBy", []policy.Action{policy.MemberRead}},
		{"QuestionRevision.usedIn", "published.usedIn", []policy.Action{policy.TemplateRead}},
		{"QuestionContent.skills", "published.content.skills", []policy.Action{policy.QuestionRead, policy.SkillRead}},
		{"AssessmentTemplate.jobRole", "jobRole", []policy.Action{policy.JobRoleRead}},
		{"AssessmentTemplate.draft", "draft.cutPercent", []policy.Action{policy.TemplateRead}},
		{"AssessmentTemplate.content", "content.cutPercent", []policy.Action{policy.TemplateRead}},
		{"AssessmentTemplate.approvedBy", "approvedBy", []policy.Action{policy.MemberRead}},
		{"AssessmentTemplate.versions", "versions", []policy.Action{policy.TemplateRead}},
		{"AssessmentTemplate.coverage", "coverage.weight", []policy.Action{policy.TemplateRead}},
		{"SkillCoverage.skill", "coverage.skill", []policy.Action{policy.TemplateRead, policy.SkillRead}},
		{"TemplateSlot.question", "draft.sections.slots.question", []policy.Action{policy.TemplateRead, policy.QuestionRead}},
		{"TemplateVersion.sections", "sections.title", []policy.Action{policy.TemplateRead}},
		{"TemplateVersion.preview", "preview.sections.title", []policy.Action{policy.TemplateRead}},
		{"TemplateVersion.exposures", "exposures.ref", []policy.Action{policy.TemplateRead}},
		{"QuestionExposure.question", "exposures.question", []policy.Action{policy.TemplateRead, policy.QuestionRead}},
		{"TemplateVersion.content", "content.cutPercent", []policy.Action{policy.TemplateRead}},
		{"TemplateVersion.items", "items.ref", []policy.Action{policy.TemplateRead}},
		{"TemplateVersion.publishedBy", "publishedBy", []policy.Action{policy.MemberRead}},
		{"TemplateVersion.approvedBy", "approvedBy", []policy.Action{policy.MemberRead}},
		{"VersionItem.question", "items.question", []policy.Action{policy.TemplateRead, policy.QuestionRead}},
		{"TemplateVersion.template", "template", []policy.Action{policy.TemplateRead}},
		{"CandidateSession.candidate", "candidate", []policy.Action{policy.CandidateRead}},
		{"CandidateSession.jobRole", "jobRole", []policy.Action{policy.JobRoleRead}},
		{"CandidateSession.template", "template", []policy.Action{policy.TemplateRead}},
		{"CandidateSession.templateVersion", "templateVersion", []policy.Action{policy.TemplateRead}},
		{"CandidateSession.timeline", "timeline", []policy.Action{policy.SessionRead}},
		{"CandidateSession.report", "report", []policy.Action{policy.ReportRead}},
		{"CandidateSession.reports", "reports", []policy.Action{policy.ReportRead}},
		{"CandidateSession.scoreTrace", "scoreTrace", []policy.Action{policy.ReportRead}},
		{"TemplateVersion.rescorings", "rescorings", []policy.Action{policy.ReportRead}},
		{"Rescoring.progress", "rescorings.nodes.progress", []policy.Action{policy.ReportRead, policy.ReportRead}},
		{"CandidateSession.review", "review", []policy.Action{policy.ReviewAssign}},
		{"CandidateSession.reviews", "reviews", []policy.Action{policy.ReviewAssign}},
		{"CandidateSession.unassigned", "unassigned", []policy.Action{policy.ReviewAssign}},
		{"AssessmentTemplate.reviewRule", "reviewRule", []policy.Action{policy.ReviewAssign}},
		{"ReviewRule.pool", "reviewRule.pool", []policy.Action{policy.ReviewAssign, policy.MemberRead}},
		{"Question.calibrations", "calibrations", []policy.Action{policy.QuestionWrite}},
		{"CandidateSession.integrity", "integrity.verdict", []policy.Action{policy.IntegrityRead}},
		{"SessionIntegrity.judgedBy", "integrity.judgedBy", []policy.Action{policy.IntegrityRead, policy.MemberRead}},
		{"SessionIntegrity.signals", "integrity.signals", []policy.Action{policy.IntegrityRead, policy.IntegrityRead}},
		{"Accommodation.session", "session", []policy.Action{policy.SessionRead}},
		{"Accommodation.candidate", "candidate", []policy.Action{policy.CandidateRead}},
		{"Candidate.hold", "hold", []policy.Action{policy.CandidateErase}},
		{"Report.candidate", "candidate", []policy.Action{policy.CandidateRead}},
		{"Report.jobRole", "jobRole", []policy.Action{policy.JobRoleRead}},
		{"Report.templateVersion", "templateVersion", []policy.Action{policy.TemplateRead}},
		{"Report.session", "session", []policy.Action{policy.SessionRead}},
		{"Report.result", "result", []policy.Action{policy.ReportRead}},
		{"QuestionResult.recording", "result.questions.recording", []policy.Action{policy.ReportRead, policy.RecordingPlay}},
		{"Report.standing", "standing.n", []policy.Action{policy.ReportRead}},
		{"Report.uncertainty", "uncertainty.level", []policy.Action{policy.ReportRead}},
		// That a result was read is noted once a day, and was with Report.result.
		{"Report.mustHaves", "mustHaves.status", []policy.Action{policy.JobRoleRead}},
		{"Report.integrity", "integrity.verdict", []policy.Action{policy.IntegrityRead}},
		{"Report.shares", "shares.state", []policy.Action{policy.ReportRelease}},
		{"Review.work", "work", []policy.Action{policy.ReviewScore}},
		{"ReviewItem.recording", "work.items.recording", []policy.Action{policy.ReviewScore, policy.RecordingPlay}},
		{"Review.reviewer", "reviewer", []policy.Action{policy.MemberRead}},
		{"Review.scores", "scores", []policy.Action{policy.ReviewScore}},
		{"Review.candidate", "candidate", []policy.Action{policy.CandidateRead}},
	}
	parents := map[string]string{
		"MustHaveSkill": "JobRole", "QuestionContent": "Question", "QuestionRevision": "Question",
		"TemplateSlot": "AssessmentTemplate", "SkillCoverage": "AssessmentTemplate", "QuestionExposure": "TemplateVersion",
		"VersionItem": "TemplateVersion", "SessionIntegrity": "CandidateSession",
		"QuestionResult": "Report", "ReviewItem": "Review",
		"Rescoring":  "TemplateVersion",
		"ReviewRule": "AssessmentTemplate",
	}
	var list []*row
	for _, e := range edges {
		of, _, _ := strings.Cut(e.name, ".")
		of = cmp.Or(parents[of], of)
		r := &row{name: e.name, bound: of != "Skill", noted: strings.HasPrefix(e.path, "result"), within: strings.HasPrefix(e.path, "result."), at: "node." + e.path, query: below(of, selecting(e.path)), given: nodeOf(of)}
		if having := having[e.name]; having != nil {
			r.given = func(_ *testing.T, o *org, _ *person) vars { return vars{"id": having(o)} }
		}
		if made := making[e.name]; made != nil {
			r.given = func(t *testing.T, o *org, who *person) vars { return vars{"id": made(t, o, o.reviewerLike(who))} }
		}
		for _, k := range kinds {
			if k.name == of {
				r.needs = append([]policy.Action{k.needs}, e.needs...)
			}
		}
		list = append(list, r)
	}
	return list
}

// making make a review of somebody's, or a session, that has what a field shows.
var making = map[string]func(t *testing.T, o *org, name string) gid.ID{
	"ReviewItem.recording":        func(t *testing.T, o *org, name string) gid.ID { return o.newReview(t, o.spoken(t), name).ID },
	"Review.scores":               func(t *testing.T, o *org, name string) gid.ID { return o.reviewedBy(t, name).ID },
	"CandidateSession.unassigned": func(t *testing.T, o *org, _ string) gid.ID { return o.sat(t, o.template).ID },
	"Review.candidate":            func(t *testing.T, o *org, name string) gid.ID { return o.openReview(t, name) },
}

// having are the objects that have what a field shows, where the usual one of their kind has not.
var having = map[string]func(o *org) gid.ID{
	"AssessmentTemplate.reviewRule": func(o *org) gid.ID { return o.ruled },
	"ReviewRule.pool":               func(o *org) gid.ID { return o.ruled },
	"Skill.parent":                  func(o *org) gid.ID { return o.below },
	"Skill.mergedInto":              func(o *org) gid.ID { return o.merged },
	"QuestionRevision.approvedBy":   func(o *org) gid.ID { return o.approved },
	"AssessmentTemplate.approvedBy": func(o *org) gid.ID { return o.agreed },
	"TemplateVersion.approvedBy":    func(o *org) gid.ID { return o.standing },
	"Rescoring.progress":            func(o *org) gid.ID { return o.mended },
	"TemplateVersion.exposures":     func(o *org) gid.ID { return o.pooled },
	"Candidate.hold":                func(o *org) gid.ID { return o.held },
	"QuestionResult.recording":      func(o *org) gid.ID { return o.heard },
	"QuestionExposure.question":     func(o *org) gid.ID { return o.pooled },
}

// selecting spells a dotted path as a selection. What ends in an object selects its type.
func selecting(path string) string {
	names := strings.Split(path, ".")
	text := names[len(names)-1]
	if !slices.Contains([]string{"number", "cutPercent", "title", "weight", "ref", "hold", "verdict", "unassigned", "n", "level", "status", "state"}, text) {
		text += " { __typename }"
	}
	for _, name := range slices.Backward(names[:len(names)-1]) {
		text = name + " { " + text + " }"
	}
	return text
}

// mutationRows are the mutations, each with an input that succeeds for who may.
func mutationRows(schema *ast.Schema) []*row {
	list := []*row{
		{name: "addMember", needs: []policy.Action{policy.MemberManage}, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"email": o.next("new") + "@example.com", "name": "New", "roles": []string{"hiring_manager"}, "limited": true, "jobRoleIds": []gid.ID{o.role}}
		}},
		{name: "updateOrganization", needs: []policy.Action{policy.OrganizationWrite}, sowing: true, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"name": o.next("Organization ")}
		}},
		{name: "createApiKey", needs: []policy.Action{policy.APIKeyManage}, sowing: true, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"name": o.next("key "), "permissions": []string{"skill.read"}, "validFor": "P90D"}
		}},
		{name: "rotateApiKey", needs: []policy.Action{policy.APIKeyManage}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.freshKey(t), "overlap": "PT1H"}
		}},
		{name: "revokeApiKey", needs: []policy.Action{policy.APIKeyManage}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.freshKey(t)}
		}},
		{name: "createSkill", needs: []policy.Action{policy.SkillWrite}, sowing: true, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"name": o.next("skill ")}
		}},
		{name: "updateSkill", needs: []policy.Action{policy.SkillWrite}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.newSkill(t, nil), "revision": 1, "name": o.next("skill "), "parentId": o.skill}
		}},
		{name: "mergeSkills", needs: []policy.Action{policy.SkillWrite}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"fromId": o.newSkill(t, nil), "intoId": o.newSkill(t, nil)}
		}},
		{name: "createJobRole", needs: []policy.Action{policy.JobRoleWrite}, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"fields": o.roleFields()}
		}},
		{name: "updateJobRole", needs: []policy.Action{policy.JobRoleWrite}, given: func(t *testing.T, o *org, _ *person) vars {
			fresh := o.newRole(t)
			return vars{"id": fresh.ID, "revision": fresh.Revision, "fields": o.roleFields()}
		}},
		{name: "createQuestion", needs: []policy.Action{policy.QuestionWrite}, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"title": "Fresh", "kind": "LONG_TEXT", "category": "TECHNICAL", "level": "ENTRY", "content": o.questionContent()}
		}},
		{name: "updateQuestion", needs: []policy.Action{policy.QuestionWrite}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.newQuestion(t, term.LongText, false), "revision": 1, "title": "Changed", "category": "TECHNICAL", "level": "ENTRY", "content": o.questionContent()}
		}},
		{name: "publishQuestion", needs: []policy.Action{policy.QuestionPublish}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.newQuestion(t, term.LongText, false)}
		}},
		{name: "approveQuestion", needs: []policy.Action{policy.QuestionPublish}, person: true, given: func(t *testing.T, o *org, who *person) vars {
			return vars{"id": o.newQuestionBy(t, o.otherThan(who), term.LongText).ID, "revision": 1}
		}},
		{name: "retireQuestion", needs: []policy.Action{policy.QuestionPublish}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.newQuestion(t, term.LongText, true)}
		}},
		{name: "createTemplate", needs: []policy.Action{policy.TemplateWrite}, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"jobRoleId": o.role, "name": "Fresh", "content": o.templateContent()}
		}},
		{name: "updateTemplate", needs: []policy.Action{policy.TemplateWrite}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.newTemplate(t, false, o.choice), "revision": 1, "name": "Changed", "content": o.templateContent()}
		}},
		{name: "publishTemplate", needs: []policy.Action{policy.TemplatePublish}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.newTemplate(t, false, o.choice)}
		}},
		{name: "retireTemplate", needs: []policy.Action{policy.TemplatePublish}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.newTemplate(t, true, o.choice)}
		}},
		{name: "approveTemplate", needs: []policy.Action{policy.TemplatePublish}, person: true, given: func(t *testing.T, o *org, who *person) vars {
			return vars{"id": o.newTemplateBy(t, o.otherThan(who), o.draft(o.choice)).ID, "revision": 1}
		}},
		{name: "duplicateTemplate", needs: []policy.Action{policy.TemplateWrite}, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"id": o.quiz, "name": "Copy", "jobRoleId": o.otherRole}
		}},
		{name: "importCatalogue", needs: []policy.Action{policy.CatalogueImport}, sowing: true, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"document": o.skillDocument(), "apply": true}
		}},
		{name: "importQti", needs: []policy.Action{policy.CatalogueImport}, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"base64": o.item(), "jobRoleId": o.role, "apply": true}
		}},
		{name: "inviteCandidate", needs: []policy.Action{policy.SessionInvite}, bound: true, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"templateId": o.template, "candidate": vars{"email": o.next("person") + "@example.com", "name": "Person"}}
		}},
		{name: "cancelSession", needs: []policy.Action{policy.SessionCancel}, bound: true, given: func(t *testing.T, o *org, _ *person) vars {
			row, _ := o.invited(t, o.quiz)
			return vars{"id": row.ID, "reason": "changed plans"}
		}},
		{name: "inviteCandidates", needs: []policy.Action{policy.SessionInvite}, bound: true, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"invitations": []any{vars{"templateId": o.template, "idempotencyKey": o.next("bulk "), "candidate": vars{"email": o.next("person") + "@example.com", "name": "Person"}}}}
		}},
		{name: "remindCandidate", needs: []policy.Action{policy.SessionInvite}, bound: true, given: func(t *testing.T, o *org, _ *person) vars {
			row, _ := o.invited(t, o.quiz)
			return vars{"id": row.ID}
		}},
		{name: "resendInvitation", needs: []policy.Action{policy.SessionInvite}, bound: true, given: func(t *testing.T, o *org, _ *person) vars {
			row, _ := o.invited(t, o.quiz)
			return vars{"id": row.ID}
		}},
		{name: "changeInvitation", needs: []policy.Action{policy.SessionInvite}, bound: true, given: func(t *testing.T, o *org, _ *person) vars {
			row, _ := o.invited(t, o.quiz)
			return vars{"id": row.ID, "expiresAt": row.ExpiresAt.Add(time.Hour)}
		}},
		{name: "voidSession", needs: []policy.Action{policy.SessionCancel}, bound: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.sat(t, o.quiz).ID, "reason": "the room was on fire"}
		}},
		{name: "declineInvitation", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.accepted(t, o.quiz).ID, "reason": "another offer"}
		}},
		{name: "assignReview", needs: []policy.Action{policy.ReviewAssign}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sessionId": o.sat(t, o.template).ID, "reviewerId": o.people["reviewer"].actor.ID}
		}},
		{name: "submitReview", needs: []policy.Action{policy.ReviewScore}, given: func(t *testing.T, o *org, who *person) vars {
			return vars{"id": o.newReview(t, o.sat(t, o.template).ID, o.reviewerLike(who)).ID, "scores": o.scoreInputs()}
		}},
		{name: "setReviewRule", needs: []policy.Action{policy.ReviewAssign}, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"templateId": o.quiz, "reviewers": 1, "spread": "SESSION", "pool": []gid.ID{o.people["reviewer"].actor.ID}}
		}},
		{name: "removeReviewRule", needs: []policy.Action{policy.ReviewAssign}, given: func(t *testing.T, o *org, _ *person) vars {
			id := o.newTemplate(t, true, o.choice)
			o.rule(t, id)
			return vars{"templateId": id}
		}},
		{name: "assignReviews", needs: []policy.Action{policy.ReviewAssign}, given: func(t *testing.T, o *org, _ *person) vars {
			o.sat(t, o.ruled)
			return vars{"templateId": o.ruled}
		}},
		{name: "reassignReview", needs: []policy.Action{policy.ReviewAssign}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.newReview(t, o.sat(t, o.template).ID, "reviewer").ID, "reviewerId": o.people["admin"].actor.ID, "reason": "away"}
		}},
		{name: "withdrawReview", needs: []policy.Action{policy.ReviewAssign}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.newReview(t, o.sat(t, o.template).ID, "reviewer").ID, "reason": "not needed"}
		}},
		{name: "declineReview", needs: []policy.Action{policy.ReviewScore}, given: func(t *testing.T, o *org, who *person) vars {
			return vars{"id": o.newReview(t, o.sat(t, o.template).ID, o.reviewerLike(who)).ID, "reason": "UNAVAILABLE", "note": "on leave"}
		}},
		{name: "recordConsensus", needs: []policy.Action{policy.ReviewConsensus}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sessionId": o.reviewedBy(t, "reviewer").SessionID, "scores": o.scoreInputs(), "reason": "we talked"}
		}},
		{name: "addCalibration", needs: []policy.Action{policy.QuestionWrite}, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"questionId": o.text, "text": "an answer", "scores": []any{vars{"criterion": "depth", "points": 4}}}
		}},
		{name: "retireCalibration", needs: []policy.Action{policy.QuestionWrite}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.newCalibration(t)}
		}},
		{name: "submitCalibration", needs: []policy.Action{policy.ReviewScore}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.newCalibration(t), "scores": []any{vars{"criterion": "depth", "points": 0, "comment": "nothing"}}}
		}},
		{name: "releaseReport", needs: []policy.Action{policy.ReportRelease}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.reportOf(t, o.sat(t, o.quiz).ID)}
		}},
		{name: "applyRescore", needs: []policy.Action{policy.ReportRescore}, given: func(t *testing.T, o *org, _ *person) vars {
			version, digest := o.previewed(t)
			return vars{"templateVersionId": version, "fixes": []any{vars{"ref": "1.1", "drop": true}}, "reason": "unclear", "digest": digest}
		}},
		{name: "withdrawReport", needs: []policy.Action{policy.ReportRelease}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.releasedAnew(t), "reason": "a wrong key"}
		}},
		{name: "shareReport", needs: []policy.Action{policy.ReportRelease}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"reportId": o.reportOf(t, o.sat(t, o.quiz).ID), "expiresIn": "P1D", "note": "for the team"}
		}},
		{name: "revokeReportShare", needs: []policy.Action{policy.ReportRelease}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.shared(t).Share.ID}
		}},
		{name: "judgeIntegrity", needs: []policy.Action{policy.IntegrityJudge}, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"sessionId": o.inReview, "verdict": "NO_CONCERN", "comment": "fine"}
		}},
		{name: "answerContest", needs: []policy.Action{policy.ContestAnswer}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.contest(t, o.sat(t, o.quiz).ID), "answer": "you are right"}
		}},
		{name: "decideAccommodation", needs: []policy.Action{policy.AccommodationDecide}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.requested(t).ID, "revision": 1, "decision": "CHANGE", "extraPercent": 50, "extraTime": "PT5M", "breaks": "PT5M", "reason": "fair"}
		}},
		{name: "grantAccommodation", needs: []policy.Action{policy.AccommodationDecide}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sessionId": o.accepted(t, o.quiz).ID, "extraPercent": 50, "reason": "fair"}
		}},
		{name: "eraseCandidate", needs: []policy.Action{policy.CandidateErase}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.somebody(t), "reason": "asked by letter"}
		}},
		{name: "holdCandidate", needs: []policy.Action{policy.CandidateErase}, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.somebody(t), "reason": "a charge"}
		}},
		{name: "releaseCandidateHold", needs: []policy.Action{policy.CandidateErase}, given: func(t *testing.T, o *org, _ *person) vars {
			id := o.somebody(t)
			must(o.sittings.HoldCandidate(t.Context(), o.owner(), sitting.HoldCandidateInput{ID: id, Reason: "a charge"}))(t)
			return vars{"id": id, "reason": "settled"}
		}},
		{name: "recordSignals", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			signal := vars{"kind": "PASTED", "at": "2026-03-01T12:00:00Z", "lasted": "PT1S", "question": "1.1", "clientKey": "first"}
			return vars{"sittingId": o.started(t, o.quiz).ID, "signals": []any{signal}}
		}},
		{name: "contestSitting", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sittingId": o.sat(t, o.quiz).ID, "subject": "INTEGRITY", "statement": "no"}
		}},
		{name: "requestAccommodation", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sittingId": o.accepted(t, o.quiz).ID, "request": "slowly", "extraPercent": 50}
		}},
		{name: "withdrawAccommodationRequest", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sittingId": o.requested(t).SessionID}
		}},
		{name: "eraseMyData", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sittingId": o.alias(t)}
		}},
		{name: "acceptInvitation", needs: []policy.Action{policy.SittingTake}, own: true, alien: string(fault.Conflict), given: func(t *testing.T, o *org, _ *person) vars {
			_, secret := o.invited(t, o.quiz)
			return vars{"token": secret}
		}},
		{name: "startSitting", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.accepted(t, o.quiz).ID}
		}},
		{name: "saveResponse", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sittingId": o.started(t, o.quiz).ID, "question": "1.1", "revision": 0, "clientKey": "first", "answer": vars{"choices": []string{"b"}}}
		}},
		{name: "saveResponses", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			one := vars{"question": "1.1", "revision": 0, "clientKey": "first", "answer": vars{"choices": []string{"b"}}}
			return vars{"sittingId": o.started(t, o.quiz).ID, "responses": []any{one}}
		}},
		{name: "enterSection", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sittingId": o.started(t, o.forward).ID, "section": 2}
		}},
		{name: "enterQuestion", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sittingId": o.started(t, o.forward).ID, "question": "1.2"}
		}},
		{name: "submitSection", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sittingId": o.started(t, o.quiz).ID, "section": 1}
		}},
		{name: "flagQuestion", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sittingId": o.started(t, o.quiz).ID, "question": "1.1", "flagged": true}
		}},
		{name: "takeBreak", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			row := o.started(t, o.quiz)
			o.accommodate(t, row)
			return vars{"sittingId": row.ID}
		}},
		{name: "endBreak", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sittingId": o.started(t, o.quiz).ID}
		}},
		{name: "heartbeat", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"sittingId": o.started(t, o.quiz).ID}
		}},
		{name: "pauseSession", needs: []policy.Action{policy.SessionAdjust}, bound: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.started(t, o.quiz).ID, "reason": "TECHNICAL"}
		}},
		{name: "resumeSession", needs: []policy.Action{policy.SessionAdjust}, bound: true, given: func(t *testing.T, o *org, _ *person) vars {
			row := o.started(t, o.quiz)
			must(o.sittings.Pause(t.Context(), o.owner(), sitting.PauseSessionInput{ID: row.ID, Reason: term.ReasonTechnical}))(t)
			return vars{"id": row.ID}
		}},
		{name: "grantTime", needs: []policy.Action{policy.SessionAdjust}, bound: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.started(t, o.quiz).ID, "time": "PT5M", "reason": "TECHNICAL"}
		}},
		{name: "reopenSession", needs: []policy.Action{policy.SessionAdjust}, bound: true, given: func(t *testing.T, o *org, _ *person) vars {
			row := o.started(t, o.quiz)
			must(o.sittings.Submit(t.Context(), o.people["candidate"].actor, sitting.SubmitSittingInput{ID: row.ID}))(t)
			o.unscored(t, row.ID)
			return vars{"id": row.ID, "time": "PT5M", "reason": "a lost connection"}
		}},
		{name: "beginUpload", needs: []policy.Action{policy.SittingTake}, own: true, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"sittingId": o.speaking, "question": "1.1", "name": "answer.webm", "size": 1000}
		}},
		{name: "createOwnPlaybackLink", needs: []policy.Action{policy.SittingTake}, own: true, given: func(_ *testing.T, o *org, _ *person) vars {
			return vars{"sittingId": o.speaking, "uploadId": o.recording}
		}},
		// A reviewer hears what they review, and this session is nobody's yet.
		{name: "createPlaybackLink", needs: []policy.Action{policy.RecordingPlay}, bound: true, except: map[string]string{"reviewer": notFound},
			given: func(_ *testing.T, o *org, _ *person) vars { return vars{"uploadId": o.recording} }},
		{name: "submitSitting", needs: []policy.Action{policy.SittingTake}, own: true, given: func(t *testing.T, o *org, _ *person) vars {
			return vars{"id": o.started(t, o.quiz).ID}
		}},
	}
	for _, r := range list {
		r.query, r.at = mutation(schema, r.name)
		r.name = "Mutation." + r.name
	}
	return list
}

// mutation spells a mutation by the schema; at is where its object stands.
func mutation(schema *ast.Schema, name string) (query, at string) {
	field := schema.Mutation.Fields.ForName(name)
	if field == nil {
		return "", "" // TestMatrix says so
	}
	object := ""
	for _, f := range schema.Types[field.Type.Name()].Fields {
		if f.Name != "errors" && schema.Types[f.Type.Name()].Kind == ast.Object {
			object = f.Name
		}
	}
	within := "__typename"
	if name == "inviteCandidates" { // what is wrong with one of several stands in its own result
		within = "session { id }"
	}
	return "mutation($input: " + field.Arguments[0].Type.Name() + "!) { " + name +
		"(input: $input) { errors { __typename code message field } " + object + " { " + within + " } } }", name + "." + object + strings.TrimSuffix(strings.TrimPrefix("."+within, ".__typename"), " { id }")
}

func (o *org) roleFields() vars {
	return vars{"title": "Fresh", "level": "ENTRY", "mustHaveSkills": []any{vars{"skillId": o.skill, "weight": 3}}}
}

func (o *org) questionContent() vars {
	levels := []any{vars{"points": 0, "anchor": "nothing"}, vars{"points": 4, "anchor": "all"}}
	return vars{"prompt": "Why?", "skillIds": []gid.ID{o.skill}, "criteria": []any{vars{"key": "depth", "text": "depth", "levels": levels}}}
}

func (o *org) templateContent() vars {
	slots := []any{vars{"questionId": o.choice, "points": 10}}
	return vars{
		"cutPercent": 50, "bands": []any{vars{"name": "all", "minPercent": 0}},
		"sections": []any{vars{"title": "Only", "timeLimit": "PT45M", "slots": slots}},
	}
}

func (o *org) scoreInputs() []any {
	var list []any
	for _, s := range o.scores() {
		list = append(list, scoreInput(s))
	}
	return list
}

func scoreInput(s *grading.CriterionScoreInput) vars {
	return vars{"question": s.Question, "criterion": s.Criterion, "points": s.Points, "comment": s.Comment, "evidence": *s.Evidence}
}
