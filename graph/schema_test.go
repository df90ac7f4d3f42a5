package graph_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gql "github.com/vektah/gqlparser/v2/ast"

	"github.com/assay-hq/assay/graph"
	"github.com/assay-hq/assay/graph/transport"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// types are the schema's own types, without GraphQL's.
func types(schema *gql.Schema) []*gql.Definition {
	var list []*gql.Definition
	for _, name := range slices.Sorted(maps.Keys(schema.Types)) {
		if def := schema.Types[name]; !def.BuiltIn && !strings.HasPrefix(name, "__") {
			list = append(list, def)
		}
	}
	return list
}

// fields are a type's own fields, without GraphQL's.
func fields(def *gql.Definition) []*gql.FieldDefinition {
	return slices.DeleteFunc(slices.Clone(def.Fields), func(f *gql.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
}

// TestSchemaDescriptions demands a sentence for everything that has a name.
func TestSchemaDescriptions(t *testing.T) {
	described := 0
	check := func(place, text string) {
		described++
		if text = strings.TrimSpace(text); !strings.HasSuffix(text, ".") {
			t.Errorf("%s: the description %q is no sentence", place, text)
		}
	}
	for _, def := range types(executable().Schema()) {
		check(def.Name, def.Description)
		for _, f := range fields(def) {
			check(def.Name+"."+f.Name, f.Description)
			for _, arg := range f.Arguments {
				check(def.Name+"."+f.Name+"("+arg.Name+")", arg.Description)
			}
		}
		for _, v := range def.EnumValues {
			check(def.Name+"."+v.Name, v.Description)
		}
	}
	t.Logf("%d descriptions", described)
}

// needsSaid knows every form in which a description may say what a field needs.
var needsSaid = regexp.MustCompile("Needs (`([a-z_.]+)`|nothing|a sign-in|the permission that [^.]+)\\.$")

// TestSchemaPermissions demands that root fields, and whatever of an organization is an operation, say what they need,
// and that every permission that is named exists.
func TestSchemaPermissions(t *testing.T) {
	schema := executable().Schema()
	for _, def := range types(schema) {
		for _, f := range fields(def) {
			place := def.Name + "." + f.Name
			said := needsSaid.FindStringSubmatch(strings.TrimSpace(f.Description))
			must := def == schema.Query || def == schema.Mutation || def == schema.Subscription || len(f.Arguments) > 0 || strings.Contains(f.Description, "Needs")
			if must && said == nil {
				t.Errorf("%s does not say what it needs: %s", place, f.Description)
			}
			if said != nil && said[2] != "" && !slices.Contains(policy.Actions, policy.Action(said[2])) {
				t.Errorf("%s needs %s, which is no permission", place, said[2])
			}
		}
	}
}

// TestSchemaMutations holds every mutation to one form: one input, an idempotency key, and a payload that may be absent
// with a list of errors that may not.
func TestSchemaMutations(t *testing.T) {
	schema := executable().Schema()
	for _, f := range fields(schema.Mutation) {
		if len(f.Arguments) != 1 || f.Arguments[0].Name != "input" || !f.Arguments[0].Type.NonNull {
			t.Errorf("%s does not take exactly one input", f.Name)
			continue
		}
		key := "idempotencyKey: String"
		switch f.Name {
		case "saveResponse":
			key = "clientKey: String!"
		case "saveResponses": // each has the key of saveResponse
			key = "responses: [ResponseInput!]!"
		}
		if input := schema.Types[f.Arguments[0].Type.Name()]; !has(input, key) {
			t.Errorf("%s has no %s", input.Name, key)
		}
		payload := schema.Types[f.Type.Name()]
		if f.Type.NonNull || !strings.HasSuffix(payload.Name, "Payload") || !has(payload, "errors: [UserError!]!") {
			t.Errorf("%s gives %s, which is no payload with errors", f.Name, f.Type)
		}
		for _, p := range payload.Fields {
			if p.Name != "errors" && p.Type.NonNull {
				t.Errorf("%s.%s cannot be absent, as it must be if there are errors", payload.Name, p.Name)
			}
		}
	}
}

func has(def *gql.Definition, field string) bool {
	return slices.ContainsFunc(def.Fields, func(f *gql.FieldDefinition) bool { return f.Name+": "+f.Type.String() == field })
}

// bounded are the lists that are no connections, each with what keeps it small.
var bounded = map[string]string{
	"Query.nodes":                     "as many as ids were given, at most 100",
	"Viewer.roles":                    "the built-in roles",
	"Viewer.permissions":              "the actions of the policy",
	"ApiKey.permissions":              "the actions of the policy",
	"Member.roles":                    "the built-in roles",
	"JobRole.responsibilities":        "50",
	"JobRole.preferredQualifications": "50",
	"JobRole.preparationTips":         "50",
	"JobRole.mustHaveSkills":          "50",
	"QuestionContent.choices":         "20",
	"QuestionContent.accepted":        "50",
	"QuestionContent.criteria":        "20",
	"QuestionContent.pitfalls":        "20",
	"QuestionContent.followUps":       "20",
	"QuestionContent.skills":          "20",
	"QuestionContent.correctOrder":    "20, as the choices",
	"QuestionContent.translations":    "30",
	"KeyFix.correct":                  "20, as the choices",
	"KeyFix.accepted":                 "50",
	"KeyFix.skillWeights":             "50",
	"KeyFix.bands":                    "10",
	"Rescoring.fixes":                 "50",
	"RescorePreview.histogram":        "201 whole percentage points",
	"QuestionTranslation.choices":     "20, as the question's",
	"CodeTask.tests":                  "20",
	"CodeExecution.tests":             "20, as the question's",
	"SittingQuestion.examples":        "20, as the question's tests",
	"Question.revisions":              "the newest 100",
	"QuestionRevision.usedIn":         "the newest 100",
	"Provenance.references":           "20",
	"Organization.similarQuestions":   "the 50 most similar",
	"InviteCandidatesPayload.results": "as many as were asked for, at most 500",
	"Criterion.levels":                "10",
	"TemplateContent.sections":        "20",
	"TemplateContent.bands":           "10",
	"TemplateContent.skillWeights":    "50",
	"TemplateContent.scoringRules":    "one for each kind",
	"TemplateContent.signals":         "each signal once",
	"Draw.questionIds":                "500",
	"PoolFilter.skillIds":             "20",
	"Paper.sections":                  "20, as the template's",
	"AssessmentTemplate.coverage":     "50, as the job role's skills",
	"TemplateVersion.items":           "the questions of its paper, 500 of each pool",
	"TemplateVersion.exposures":       "the questions of its pools, 500 of each",
	"TemplateValidation.faults":       "100",
	"TemplateValidation.sections":     "20, as the template's",
	"TemplateFault.path":              "the input's depth",
	"VersionComparison.changes":       "the settings, sections and questions of two versions",
	"VersionComparison.reasons":       "one of each kind",
	"QtiPackage.notes":                "100",
	"Catalogue.notes":                 "100",
	"CatalogueImport.changes":         "as many as were asked for",
	"CatalogueImport.notes":           "100 of the package, and one for each test that stays behind",
	"CatalogueChange.fields":          "the fields of an entry",
	"TemplateSection.slots":           "100",
	"TemplateVersion.sections":        "20, as the template's",
	"PaperSection.questions":          "100, as the section's",
	"SittingSection.questions":        "100, as the section's",
	"SaveResponsesPayload.results":    "50, as the batch's",
	"Sitting.flags":                   "one for each question, at most 200",
	"Sitting.ledger":                  "the last 1,000",
	"Sitting.recordedSignals":         "each signal once",
	"CandidateSession.timeline":       "the last 1,000",
	"SittingQuestion.choices":         "20, as the question's",
	"Sitting.sections":                "20, as the template's",
	"Sitting.uploads":                 "at most 20 for each spoken question",
	"Sitting.signals":                 "2000",
	"Sitting.contests":                "the newest 100",
	"SessionIntegrity.counts":         "the kinds of signals",
	"Query.myRecords":                 "100",
	"MyRecord.sittings":               "the newest 100",
	"MyRecordedSitting.files":         "100",
	"MyRecordedSitting.openings":      "the newest 100",
	"MyDataExport.files":              "100 of each sitting, of which 100 are told of each organization",
	"Sitting.responses":               "one for each question, at most 2000",
	"Answer.choices":                  "20, as the question's",
	"Feedback.sections":               "20, as the template's",
	"Feedback.areas":                  "20 for each question",
	"Feedback.workOn":                 "3",
	"WorkOn.advice":                   "5",
	"Report.mustHaves":                "50, as the job role's",
	"Report.shares":                   "100",
	"ReportResult.strengths":          "20 for each question, as its skills",
	"ReportResult.weakSpots":          "20 for each question, as its skills",
	"Finding.evidence":                "3",
	"ReviewWork.items":                "one for each question, at most 2000",
	"ReviewItem.criteria":             "20, as the question's",
	"Review.questions":                "one for each question, at most 2000",
	"Review.scores":                   "one for each criterion of each question",
	"ReviewRule.pool":                 "100",
	"CandidateSession.reviews":        "one for each member who had a part in it",
	"CandidateSession.unassigned":     "one for each question, at most 2000",
	"AssignmentResult.unassigned":     "one for each question, at most 2000",
	"AssignReviewsPayload.results":    "100",
	"Question.calibrations":           "the newest 100",
	"Calibration.criteria":            "20, as the question's",
	"Calibration.agreed":              "20, as the question's criteria",
	"Calibration.own":                 "20, as the question's criteria",
	"ReviewItem.pitfalls":             "20, as the question's",
	"ReviewItem.followUps":            "20, as the question's",
	"ReportResult.bands":              "10, as the template's",
	"ReportResult.sections":           "20, as the template's",
	"ReportResult.skills":             "20 for each question",
	"ReportResult.questions":          "2000, as the template's",
	"ReviewAgreement.criteria":        "2000",
	"ReviewerReport.reviewers":        "1000",
	"QuestionResult.trace":            "one for each criterion and person, at most 20 of each",
	"ScoreDistribution.buckets":       "10",
	"AssessmentTemplate.versions":     "the newest 100",
	"ScoreDistribution.bands":         "the names of bands among the role's templates",
}

// TestSchemaLists demands a connection, or a bound, for every list.
func TestSchemaLists(t *testing.T) {
	left := maps.Clone(bounded)
	for _, def := range types(executable().Schema()) {
		if def.Kind != gql.Object {
			continue
		}
		connection := strings.HasSuffix(def.Name, "Connection")
		for _, f := range fields(def) {
			name := def.Name + "." + f.Name
			_, known := bounded[name]
			delete(left, name)
			switch {
			case f.Type.Elem == nil, known:
			case connection && (f.Name == "edges" || f.Name == "nodes"):
			case strings.HasSuffix(def.Name, "Error") && f.Name == "field", f.Name == "errors": // the input's depth; its faults
			default:
				t.Errorf("%s is a list without a known bound", name)
			}
			if strings.HasSuffix(f.Type.Name(), "Connection") && !pages(f) {
				t.Errorf("%s cannot be paged", name)
			}
		}
		if connection && !(has(def, "pageInfo: PageInfo!") && has(def, "totalCount: Int!")) {
			t.Errorf("%s does not say where its page stands", def.Name)
		}
	}
	for name := range left {
		t.Errorf("%s has a bound and is no list of the schema", name)
	}
}

// TestSchemaPrices demands a price for every list of objects whose size the transport cannot see.
func TestSchemaPrices(t *testing.T) {
	priced := graph.NewExecutableSchema(graph.Config{Resolvers: &graph.Resolver{}, Complexity: graph.Complexity()})
	schema := priced.Schema()
	dear := 0
	for _, def := range types(schema) {
		for _, f := range fields(def) {
			element := schema.Types[f.Type.Name()]
			sized := f.Arguments.ForName("first") != nil || f.Arguments.ForName("ids") != nil
			if def.Kind != gql.Object || f.Type.Elem == nil || !element.IsCompositeType() || sized || f.Name == "errors" || strings.HasSuffix(def.Name, "Connection") {
				continue
			}
			dear++
			args := vars{"prompt": ""}
			if cost, ok := priced.Complexity(t.Context(), def.Name, f.Name, 1, args); !ok || cost < 4 {
				t.Errorf("%s.%s is a list and costs %d, %t", def.Name, f.Name, cost, ok)
			}
		}
	}
	for _, name := range []string{"catalogue", "qti"} {
		if cost, ok := priced.Complexity(t.Context(), "Organization", name, 1, nil); !ok || cost < 500 {
			t.Errorf("the whole %s costs %d, %t", name, cost, ok)
		}
	}
	for name, input := range map[string]vars{"importCatalogue": {"document": ""}, "importQti": {"base64": ""}} {
		cost, ok := priced.Complexity(t.Context(), "Mutation", name, 1, vars{"input": input})
		if most := transport.DefaultLimits().Cost; !ok || cost > most || 2*cost <= most {
			t.Errorf("%s costs %d, %t: one operation has to have room for one, and for no second", name, cost, ok)
		}
	}
	t.Logf("%d lists have a price", dear)
}

func pages(f *gql.FieldDefinition) bool {
	return f.Arguments.ForName("first") != nil && f.Arguments.ForName("after") != nil &&
		f.Arguments.ForName("last") != nil && f.Arguments.ForName("before") != nil
}

// enums are the values that Go has for each enum of the schema.
func enums(t *testing.T) map[string][]string {
	return map[string][]string{
		"ApiKeyState": account.APIKeyState("").Values(), "CatalogueFormat": authoring.CatalogueFormat("").Values(),
		"CatalogueNoun": authoring.CatalogueNoun("").Values(), "ChangeKind": authoring.ChangeKind("").Values(),
		"IntegritySignal": term.IntegritySignal("").Values(), "Navigation": term.Navigation("").Values(),
		"RevisionStatus": authoring.RevisionStatus("").Values(), "SectionOrder": term.SectionOrder("").Values(),
		"FeedbackPolicy": term.FeedbackPolicy("").Values(), "ItemStatus": term.ItemStatus("").Values(),
		"JobRoleStatus": term.JobRoleStatus("").Values(), "Level": term.Level("").Values(),
		"OutputComparison": term.OutputComparison("").Values(), "TestOutcome": term.TestOutcome("").Values(),
		"ExecutionStatus": grading.ExecutionStatus("").Values(),
		"OrderDirection":  tenant.Direction("").Values(), "PartialCredit": term.PartialCredit("").Values(),
		"PublicationState": term.PublicationState("").Values(), "QuestionCategory": term.Category("").Values(),
		"QuestionKind": term.QuestionKind("").Values(), "ReportOrderField": grading.ReportOrderField("").Values(),
		"ReportState": term.ReportState("").Values(), "RescoringState": term.RescoringState("").Values(), "ReviewState": term.ReviewState("").Values(),
		"ReviewKind": term.ReviewKind("").Values(), "ReviewSpread": term.ReviewSpread("").Values(),
		"ReviewOrder": grading.ReviewOrder("").Values(), "DeclineReason": grading.DeclineReason("").Values(),
		"UploadState": term.UploadState("").Values(), "ScanState": term.ScanState("").Values(),
		"ScoreSource": term.ScoreSource("").Values(), "SessionState": term.SessionState("").Values(),
		"ClockEntryKind": term.ClockKind("").Values(), "ClockReason": term.ClockReason("").Values(),
		"SectionState":     sitting.SectionState("").Values(),
		"IntegrityVerdict": term.IntegrityVerdict("").Values(), "ContestSubject": term.ContestSubject("").Values(),
		"ContestState": term.ContestState("").Values(), "AccommodationState": term.AccommodationState("").Values(),
		"AccommodationDecision": sitting.AccommodationDecision("").Values(),
		"SittingState":          sitting.State("").Values(), "TemplateMode": term.TemplateMode("").Values(),
		"ToleranceMode": term.ToleranceMode("").Values(), "UserErrorCode": payloadCodes(t),
		"HiddenReason": grading.HiddenReason("").Values(), "ErrorMethod": grading.ErrorMethod("").Values(),
		"MustHaveStatus": grading.MustHaveStatus("").Values(), "ReportShareState": grading.ShareState("").Values(),
	}
}

// payloadCodes are the codes that package fault declares for payloads.
func payloadCodes(t *testing.T) []string {
	t.Helper()
	file := must(parser.ParseFile(token.NewFileSet(), "../internal/fault/fault.go", nil, 0))(t)
	var codes []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Code" {
			code := must(strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value))(t)
			if (&fault.Fault{Code: fault.Code(code)}).Payload() {
				codes = append(codes, code)
			}
		}
		return true
	})
	return codes
}

// TestSchemaEnums demands that an enum and its Go type have the same values, none of them a way out.
func TestSchemaEnums(t *testing.T) {
	expected := enums(t)
	for _, def := range types(executable().Schema()) {
		if def.Kind != gql.Enum {
			continue
		}
		var got []string
		for _, v := range def.EnumValues {
			got = append(got, v.Name)
			if v.Name == "OTHER" || v.Name == "INTERNAL" || v.Name == "UNKNOWN" {
				t.Errorf("%s has the value %s, which says nothing", def.Name, v.Name)
			}
		}
		want := slices.Sorted(slices.Values(expected[def.Name]))
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %v, Go has %v", def.Name, got, want)
		}
		delete(expected, def.Name)
	}
	for name := range expected {
		t.Errorf("the schema has no enum %s", name)
	}
}

// TestSchemaNames refuses the names of types that ent has as well.
func TestSchemaNames(t *testing.T) {
	schema := executable().Schema()
	for _, name := range []string{"ValidationError", "NotFoundError", "ConstraintError"} {
		if schema.Types[name] != nil {
			t.Errorf("the schema has a type %s, and so has ent", name)
		}
	}
}

// TestSchemaNodes demands that each node has a kind of id, and that node(id) looks for it by its own name.
func TestSchemaNodes(t *testing.T) {
	schema := executable().Schema()
	var names []string
	for _, def := range schema.GetPossibleTypes(schema.Types["Node"]) {
		names = append(names, def.Name)
	}
	var known []string
	for _, k := range kinds {
		known = append(known, k.name)
	}
	slices.Sort(known)
	if slices.Sort(names); !slices.Equal(names, known) {
		t.Errorf("the schema has the nodes %v, the kinds of ids are %v", names, known)
	}
	r := newRig(t, dbtest.SQLite(t), ticking())
	o := r.found(t, zebrawood)
	for _, k := range kinds {
		id := r.ids.New(k.kind, o.id.Time())
		who := o.people["owner"]
		if !r.rules.RoleAllows(who.role, k.needs) {
			who = o.people["admin"]
		}
		a := r.ask(t, who, "query($id: ID!) { node(id: $id) { id } }", vars{"id": id})
		if len(a.Errors) != 1 || a.outcome("node") != notFound || a.Errors[0].Message == "no such object" {
			t.Errorf("node of a %s that does not exist: %s", k.name, a.body)
		}
	}
	a := r.ask(t, o.people["owner"], "query($id: ID!) { node(id: $id) { id } }", vars{"id": r.ids.New(gid.Score, o.id.Time())})
	if a.outcome("node") != notFound {
		t.Errorf("node of a row that is no node: %s", a.body)
	}
}
