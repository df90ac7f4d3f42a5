package graph_test

import (
	"slices"
	"strings"
	"testing"

	gql "github.com/vektah/gqlparser/v2/ast"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// reachable are the fields that lead from some types, as Type.field, with those types themselves. It does not go through
// the interface Node: what stands there is only ever what an operation put there, which TestCandidateErrors asks.
func reachable(schema *gql.Schema, from ...string) (names map[string]bool, kinds map[string]bool) {
	names, kinds = map[string]bool{}, map[string]bool{}
	for len(from) > 0 {
		name := from[0]
		from = from[1:]
		def := schema.Types[name]
		if kinds[name] || def == nil || name == "Node" {
			continue
		}
		kinds[name] = true
		for _, possible := range schema.GetPossibleTypes(def) {
			from = append(from, possible.Name)
		}
		for _, f := range fields(def) {
			names[name+"."+f.Name] = true
			from = append(from, f.Type.Name())
		}
	}
	return names, kinds
}

// candidateTypes are where a candidate's answers begin.
func candidateTypes(schema *gql.Schema) []string {
	list := []string{"Sitting", "Feedback", "Acknowledgement", "SittingConnection", "MyRecord", "MyDataExport"}
	for _, f := range fields(schema.Mutation) {
		if strings.Contains(f.Description, "`"+string(policy.SittingTake)+"`") {
			list = append(list, f.Type.Name())
		}
	}
	return list
}

// candidatesOwn are the only types of objects that a candidate's answers may hold. Adding one is a decision.
var candidatesOwn = []string{
	"AcceptInvitationPayload", "AccommodationPolicy", "Acknowledgement", "AlreadyExistsError", "Answer", "AreaFeedback", "BeginUploadPayload",
	"BegunUpload", "ClockEntry", "ContestSittingPayload", "CreateOwnPlaybackLinkPayload", "DeclineInvitationPayload", "EndBreakPayload", "EnterQuestionPayload",
	"EnterSectionPayload", "EraseMyDataPayload", "ErasureReceipt", "Feedback", "FlagQuestionPayload", "HeartbeatPayload", "InputError",
	"MyDataExport", "MyFile", "MyRecord", "MyRecordedSitting", "PageInfo", "PlaybackLink", "Receipt", "RecordSignalsPayload",
	"ReportOpening", "RequestAccommodationPayload", "SaveResponsePayload", "SaveResponsesPayload", "SaveResult", "SectionFeedback",
	"SignalReceipt", "Sitting", "SittingAccommodation", "SittingChoice", "SittingConnection", "SittingContest", "SittingEdge",
	"SittingExample", "SittingQuestion", "SittingResponse", "SittingSection", "SittingSignal", "StaleError", "StaleResponseError", "StartSittingPayload",
	"SubmitSectionPayload", "SubmitSittingPayload", "TakeBreakPayload", "Upload", "UserError", "WithdrawAccommodationRequestPayload", "WorkOn",
}

// harmless are fields whose names only sound like secrets: the name of an option, which answers give, and why the
// candidate's own clock was stopped.
var harmless = []string{"SittingChoice.key", "SaveResult.clientKey", "Sitting.pauseReason", "ClockEntry.reason"}

// secrets are words that the name of no field may have which a candidate reaches.
var secrets = []string{
	"accepted", "anchor", "approve", "author", "awarded", "band", "candidate", "correct", "criteri", "criterion", "draw", "evidence",
	"exposure", "followup", "grant", "key", "level", "mapping", "member", "modelanswer", "numeric", "organization", "partial", "person",
	"pitfall", "pool", "provenance", "reason", "reviewer", "rubric", "score", "seed", "session", "skill", "tolerance", "trace", "weight",
}

// TestSchemaOfCandidates walks everything that a candidate can be answered with: no key, no rubric, no model answer, no
// reviewer, nobody else.
func TestSchemaOfCandidates(t *testing.T) {
	schema := executable().Schema()
	names, kinds := reachable(schema, candidateTypes(schema)...)
	for kind := range kinds {
		def := schema.Types[kind]
		if (def.Kind == gql.Object || def.Kind == gql.Interface) && !slices.Contains(candidatesOwn, kind) {
			t.Errorf("a candidate reaches the type %s", kind)
		}
	}
	for _, kind := range candidatesOwn {
		if !kinds[kind] {
			t.Errorf("a candidate does not reach %s any more", kind)
		}
	}
	for name := range names {
		_, field, _ := strings.Cut(name, ".")
		for _, word := range secrets {
			if strings.Contains(strings.ToLower(field), word) && !slices.Contains(harmless, name) {
				t.Errorf("a candidate reaches %s", name)
			}
		}
	}
	t.Logf("%d fields of %d types", len(names), len(kinds))
}

// hush is in every text of a question that its candidates must not read.
const hush = "hush-hush"

// told are questions of every kind that has something to hide, beside what candidates read.
func told() map[term.QuestionKind]*content.Question {
	choices := func(right bool) []*content.Choice {
		return []*content.Choice{{Key: "a", Text: "one", Correct: right, Feedback: hush}, {Key: "b", Text: "other", Feedback: hush}}
	}
	some, pairs := term.Mapped, term.AdjacentPairs
	mapped := choices(true)
	mapped[0].Points, mapped[1].Points = new("2"), new("-777")
	questions := map[term.QuestionKind]*content.Question{
		term.SingleChoice:   {Choices: choices(true)},
		term.MultipleChoice: {Choices: mapped, PartialCredit: &some, Mapping: &content.Mapping{LowerBound: "-777", UpperBound: "2", Default: "-777"}},
		term.Ordering:       {Choices: choices(false), PartialCredit: &pairs, CorrectOrder: []string{"b", "a"}},
		term.Numeric:        {Numeric: &content.NumericKey{Value: "777", Mode: term.Absolute, Tolerance: "0.777", Unit: "ms"}},
		term.ShortText:      {Accepted: []string{hush}},
		term.Code: {Code: &content.Code{Language: "go", Starter: "package main", CPULimit: new(7770), MemoryLimit: new(500), Tests: []*content.CodeTest{
			{Name: "what candidates read", Stdin: "1", Expected: "2", Weight: 7, Comparison: term.ExactOutput},
			{Name: hush, Stdin: hush, Expected: "777", Weight: 7, Hidden: true, Comparison: term.TrimmedOutput},
		}}},
		term.Spoken: {Spoken: &content.Spoken{MaxSeconds: 60}},
	}
	for _, q := range questions {
		q.Prompt, q.ModelAnswer, q.Pitfalls = "what candidates read", hush, []string{hush}
		q.FollowUps = []*content.FollowUp{{When: hush, Prompt: hush}}
		q.Provenance = &content.Provenance{Author: hush, Reviewer: hush, References: []*content.Reference{{Title: hush}}}
		q.Criteria = []*content.Criterion{{Key: "depth", Text: hush, Weight: 1, Levels: []*content.Level{{Anchor: hush}, {Points: 4, Anchor: hush}}}}
	}
	return questions
}

// TestPaperOfCandidates asks as a candidate for everything of a sitting whose questions have something to hide, drawn
// from a pool or not: nothing of it is in the answer, nor in how a recruiter previews it.
func TestPaperOfCandidates(t *testing.T) {
	o := newRig(t, dbtest.SQLite(t), ticking()).found(t, zebrawood)
	var ids []gid.ID
	for kind, q := range told() {
		row := must(o.authors.CreateQuestion(t.Context(), o.owner(), authoring.CreateQuestionInput{
			Title: hush, Kind: kind, Category: term.Technical, Level: term.Entry, Content: q,
		}))(t)
		must(o.authors.PublishQuestion(t.Context(), o.owner(), authoring.PublishQuestionInput{ID: row.ID}))(t)
		ids = append(ids, row.ID)
	}
	draft := o.drawing(2, ids[:3]...)
	draft.Sections = append(draft.Sections, o.draft(ids[3:]...).Sections...)
	draft.Provenance = &content.Provenance{Author: hush}
	template := o.newTemplateBy(t, o.owner(), draft)
	must(o.authors.PublishTemplate(t.Context(), o.owner(), authoring.PublishTemplateInput{ID: template.ID}))(t)
	session := o.started(t, template.ID)
	must(o.sittings.EnterSection(t.Context(), o.people["candidate"].actor, sitting.EnterSectionInput{SittingID: session.ID, Section: 2}))(t)
	schema := executable().Schema()
	for name, a := range map[string]*answer{
		"the sitting": o.ask(t, o.people["candidate"], "query($id: ID!) { sitting(id: $id) "+everything(schema, "Sitting")+" }", vars{"id": session.ID}),
		"the preview": o.ask(t, o.people["recruiter"], below("TemplateVersion", "preview "+everything(schema, "Paper")), vars{"id": session.TemplateVersionID}),
	} {
		text := string(a.body)
		if strings.Count(text, `"prompt":"what candidates read"`) != len(ids)-1 {
			t.Errorf("%s asks something else: %s", name, text)
		}
		if !strings.Contains(text, `"examples":[{"__typename":"SittingExample","name":"what candidates read","stdin":"1","output":"2"}]`) {
			t.Errorf("%s shows no example, or more than that: %s", name, text)
		}
		if strings.Contains(text, hush) || strings.Contains(text, "777") {
			t.Errorf("%s tells what candidates must not read: %s", name, text)
		}
	}
}

// everything selects all that a type leads to.
func everything(schema *gql.Schema, name string) string {
	def := schema.Types[name]
	if !def.IsCompositeType() {
		return ""
	}
	text := "{ __typename"
	for _, f := range fields(def) {
		if name != "Sitting" || f.Name != "feedback" { // there is none before the report
			text += " " + f.Name
			if f.Arguments.ForName("hash") != nil {
				text += `(hash: "00")`
			}
			text += " " + everything(schema, f.Type.Name())
		}
	}
	return text + " }"
}

// TestSchemaOfReviewers walks everything that a review leads to: it never tells whose answers these are. The one door, for
// reviews that are not blind, is Review.candidate, of which TestABlindReviewerNeverLearnsWhose shows that it is shut.
func TestSchemaOfReviewers(t *testing.T) {
	schema := executable().Schema()
	roots, doors := []string{"ReviewWork"}, 0
	for _, f := range fields(schema.Types["Review"]) {
		if f.Name == "candidate" {
			doors++
			continue
		}
		if lower := strings.ToLower(f.Name); strings.Contains(lower, "candidate") || strings.Contains(lower, "session") {
			t.Errorf("a review has the field %s", f.Name)
		}
		roots = append(roots, f.Type.Name())
	}
	if doors != 1 {
		t.Errorf("%d fields of a review tell of the candidate", doors)
	}
	names, kinds := reachable(schema, roots...)
	for _, kind := range []string{"Candidate", "CandidateSession", "Sitting", "Report", "AuditEvent", "Organization"} {
		if kinds[kind] {
			t.Errorf("a reviewer reaches the type %s", kind)
		}
	}
	for name := range names {
		_, field, _ := strings.Cut(name, ".")
		if lower := strings.ToLower(field); strings.Contains(lower, "candidate") || strings.Contains(lower, "session") {
			t.Errorf("a reviewer reaches %s", name)
		}
	}
}

// TestSchemaWalk shows that the walk sees what it is there for.
func TestSchemaWalk(t *testing.T) {
	schema := executable().Schema()
	if names, _ := reachable(schema, "Report"); !names["Candidate.email"] || !names["TraceEntry.points"] || !names["QuestionChoice.correct"] {
		t.Errorf("from a report the walk reaches only %d fields", len(names))
	}
	if _, kinds := reachable(schema, "UserError"); !kinds["StaleResponseError"] || !kinds["SittingResponse"] {
		t.Error("the walk does not go through interfaces")
	}
}

// TestCandidateErrors provokes the faults that candidates' mutations report beside their forms: none carries an object
// but the candidate's own answer.
func TestCandidateErrors(t *testing.T) {
	w := newWorld(t, newRig(t, dbtest.SQLite(t), ticking()))
	schema := executable().Schema()
	_, used := w.a.invited(t, w.a.quiz)
	accept, _ := mutation(schema, "acceptInvitation")
	w.ask(t, w.a.people["candidate"], accept, vars{"input": vars{"token": used}})
	save := func(session any, revision int, key string) vars {
		return vars{"sittingId": session, "question": "1.1", "revision": revision, "clientKey": key, "answer": vars{"choices": []string{"b"}}}
	}
	row, secret := w.a.invited(t, w.a.quiz)
	must(w.sittings.Cancel(t.Context(), w.a.owner(), cancelling(row.ID)))(t)
	for _, c := range []struct {
		name, mutation, code string
		who                  *person
		input                vars
	}{
		{"somebody else's invitation", "acceptInvitation", "CONFLICT", w.a.people["analyst"], vars{"token": used}},
		{"a withdrawn invitation", "acceptInvitation", "CONFLICT", w.a.people["candidate"], vars{"token": secret}},
		{"a sitting that has ended", "startSitting", "CONFLICT", w.a.people["candidate"], vars{"id": w.a.released}},
		{"a stale answer", "saveResponse", "STALE", w.a.people["candidate"], save(w.a.running, 0, "other")},
		{"an answer before the start", "saveResponse", "NOT_STARTED", w.a.people["candidate"], save(w.a.accepted(t, w.a.quiz).ID, 0, "k")},
		{"an answer after the end", "saveResponse", "CONFLICT", w.a.people["candidate"], save(w.a.released, 1, "late")},
		{"an unknown question", "saveResponse", "INVALID", w.a.people["candidate"], vars{"sittingId": w.a.running, "question": "9.9", "revision": 0, "clientKey": "k", "answer": vars{}}},
		{"a second submission", "submitSitting", "CONFLICT", w.a.people["candidate"], vars{"id": w.a.released}},
		{"a submission before the start", "submitSitting", "NOT_STARTED", w.a.people["candidate"], vars{"id": w.a.accepted(t, w.a.quiz).ID}},
	} {
		query, at := mutation(schema, c.mutation)
		a := w.ask(t, c.who, query, vars{"input": c.input})
		root, _, _ := strings.Cut(at, ".")
		kind, _ := reach(a.Data, root+".errors.__typename").(string)
		if got := a.outcome(at); got != c.code || kind != "InputError" && kind != "StaleResponseError" {
			t.Errorf("%s: got %s in a %s, want %s in an error without an object", c.name, got, kind, c.code)
		}
	}
}
