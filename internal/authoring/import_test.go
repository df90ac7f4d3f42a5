package authoring_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// small is a document with one entry of each noun, all published.
const small = `format: assay-catalogue/1
skills:
  - {key: go, name: Go}
roles:
  - {key: dev, title: Developer, status: OPEN, level: SENIOR}
questions:
  - key: why
    title: Why
    state: PUBLISHED
    kind: NUMERIC
    category: TECHNICAL
    level: ENTRY
    language: en
    skills: [go]
    content:
      prompt: Why?
      numeric: {value: "1", mode: EXACT}
      timeHintSeconds: 60
templates:
  - key: first
    name: First
    state: PUBLISHED
    mode: ASSESSMENT
    role: dev
    sections:
      - title: One
        timeLimitSeconds: 600
        slots:
          - {question: why, points: 5}
    cutPercent: 50
    bands: [{name: All, minPercent: 0}]
    feedback: OUTCOME
`

func (r *rig) importing(t testing.TB, a policy.Actor, document string) *authoring.CatalogueImport {
	t.Helper()
	return must(r.authoring.ImportCatalogue(t.Context(), a, authoring.ImportCatalogueInput{Document: document, Apply: true}))(t)
}

func (r *rig) exported(t testing.TB, a policy.Actor) string {
	t.Helper()
	return must(must(r.authoring.ExportCatalogue(t.Context(), a))(t).Document(authoring.YAML))(t)
}

// news renders what an import changes.
func news(report *authoring.CatalogueImport) []string {
	lines := []string{}
	for _, c := range report.Changes(report.ChangeCount()) {
		line := string(c.Kind) + " " + string(c.Noun) + " " + c.Key
		if len(c.Fields) > 0 {
			line += " " + strings.Join(c.Fields, ",")
		}
		if c.Note != "" {
			line += ": " + c.Note
		}
		lines = append(lines, line)
	}
	return lines
}

func wantNews(t testing.TB, report *authoring.CatalogueImport, want ...string) {
	t.Helper()
	if diff := gocmp.Diff(append([]string{}, want...), news(report)); diff != "" {
		t.Error(diff)
	}
}

func TestImportIsAMutation(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.mutate(t, map[string]mutation{"ImportCatalogue": {
			action: policy.CatalogueImport, actor: r.owner, events: []event.Type{event.SkillCreated, event.CatalogueImported},
			fresh: func(testing.TB) call {
				name := r.name("Skill")
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					document := "format: assay-catalogue/1\nskills: [{key: k" + strings.TrimPrefix(name, "Skill ") + ", name: " + changed(name, other) + "}]\n"
					_, err := r.authoring.ImportCatalogue(ctx, a, authoring.ImportCatalogueInput{Document: document, Apply: true, IdempotencyKey: key})
					return a.Org, err
				}
			},
		}})
		r.denied(t, policy.CatalogueExport, func(a policy.Actor) error { _, err := r.authoring.ExportCatalogue(t.Context(), a); return err })
		r.denied(t, policy.CatalogueExport, func(a policy.Actor) error { _, err := r.authoring.ExportQTI(t.Context(), a); return err })
		r.denied(t, policy.CatalogueImport, func(a policy.Actor) error {
			_, err := r.authoring.ImportQTI(t.Context(), a, authoring.ImportQTIInput{})
			return err
		})
	})
}

func TestALimitedMemberNeitherImportsNorExports(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for name, role := range map[string]policy.Role{"a limited recruiter": policy.Recruiter, "a limited admin": policy.Admin} {
			limited := r.as(role)
			limited.Limited, limited.JobRoles = true, []gid.ID{r.jobRole(t).ID}
			r.refused(t, name+" imports", fault.Denied, func() error {
				_, err := r.authoring.ImportCatalogue(t.Context(), limited, authoring.ImportCatalogueInput{Document: small, Apply: true})
				return err
			})
			r.refused(t, name+" exports", fault.Denied, func() error { _, err := r.authoring.ExportCatalogue(t.Context(), limited); return err })
		}
	})
}

func TestAnImportIsTriedFirst(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		key := "tried"
		err := r.unchanged(t, "a try", func() error {
			report, err := r.authoring.ImportCatalogue(t.Context(), r.owner, authoring.ImportCatalogueInput{Document: small, IdempotencyKey: &key})
			if err == nil {
				wantNews(t, report, "ADDED SKILL go", "ADDED JOB_ROLE dev", "ADDED QUESTION why", "ADDED TEMPLATE first")
			}
			if err == nil && report.Applied {
				t.Error("a try says that it was applied")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		report := must(r.authoring.ImportCatalogue(t.Context(), r.owner, authoring.ImportCatalogueInput{Document: small, Apply: true, IdempotencyKey: &key}))(t)
		if !report.Applied || report.ChangeCount() != 4 {
			t.Errorf("the key was used by the try: %v", news(report))
		}
		if n := len(report.Changes(2)); n != 2 {
			t.Errorf("the first two changes are %d", n)
		}
	})
}

func TestTheSameDocumentAgainChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.importing(t, r.owner, small)
		for name, actor := range map[string]policy.Actor{"by the same": r.owner, "by Assay itself": policy.Worker(r.owner.Org)} {
			_ = r.unchanged(t, name, func() error {
				report := r.importing(t, actor, small)
				wantNews(t, report)
				if report.Unchanged != 4 || !report.Applied {
					t.Errorf("%s: %d unchanged, applied %t", name, report.Unchanged, report.Applied)
				}
				return nil
			})
		}
		wantNews(t, r.importing(t, r.owner, strings.Replace(small, "prompt: Why?", "prompt: Why not?", 1)), "CHANGED QUESTION why content")
		wantNews(t, r.importing(t, r.owner, strings.Replace(small, "cutPercent: 50", "cutPercent: 60", 1)), "CHANGED QUESTION why content", "CHANGED TEMPLATE first cutPercent")
		wantNews(t, r.importing(t, r.owner, "format: assay-catalogue/1\nskills: [{key: go, name: Golang, description: A language.}]\n"), "CHANGED SKILL go description,name")
		wantNews(t, r.importing(t, r.owner, "format: assay-catalogue/1\nroles: [{key: dev, title: Developer, status: CLOSED, level: SENIOR}]\n"), "CHANGED JOB_ROLE dev status")
	})
}

func TestImportsOfOneDocumentAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		before := r.snapshot(t)
		r.importing(t, r.stranger, small)
		once := growth(before, r.snapshot(t))
		before = r.snapshot(t)
		var all sync.WaitGroup
		var mu sync.Mutex
		changes := 0
		for range 8 {
			all.Go(func() {
				report, err := r.authoring.ImportCatalogue(t.Context(), r.owner, authoring.ImportCatalogueInput{Document: small, Apply: true})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				changes += report.ChangeCount()
				mu.Unlock()
			})
		}
		all.Wait()
		if diff := gocmp.Diff(once, growth(before, r.snapshot(t))); diff != "" {
			t.Errorf("eight at once left something else than one: %s", diff)
		}
		if changes != 4 {
			t.Errorf("%d changes are told", changes)
		}
	})
}

func TestASkillOfTheSameNameTakesTheKey(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		old := must(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: " go "}))(t)
		document := "format: assay-catalogue/1\nskills: [{key: go, name: Go}]\n"
		wantNews(t, r.importing(t, r.owner, document), "CHANGED SKILL go name: takes the key of the skill that has this name")
		now := must(r.authoring.SkillsByID(t.Context(), r.owner, []gid.ID{old.ID}))(t)[0]
		if now.Handle == nil || *now.Handle != "go" || now.Name != "Go" {
			t.Errorf("got %v", now)
		}
		found := must(r.authoring.Skills(t.Context(), r.owner, &authoring.SkillFilter{Key: new("go")}, tenant.Paging{}))(t)
		if len(found.Nodes) != 1 || found.Nodes[0].ID != old.ID {
			t.Errorf("by its key: got %v", found.Nodes)
		}
		_ = r.unchanged(t, "again", func() error { wantNews(t, r.importing(t, r.owner, document)); return nil })
		into := r.skill(t)
		must(r.authoring.MergeSkills(t.Context(), r.owner, authoring.MergeSkillsInput{FromID: old.ID, IntoID: into.ID}))(t)
		_ = r.unchanged(t, "a merged skill", func() error { wantNews(t, r.importing(t, r.owner, document)); return nil })
	})
}

// colleague is another member of the owner's organization.
func (r *rig) colleague(t testing.TB) policy.Actor {
	t.Helper()
	a := r.owner
	a.ID = r.ids.New(gid.Member, r.clock.look())
	return a
}

func (r *rig) askApproval(t testing.TB) {
	t.Helper()
	if _, err := r.db.ExecContext(t.Context(), "UPDATE organizations SET publication_approval = true"); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) questionByKey(t testing.TB, key string) gid.ID {
	t.Helper()
	page := must(r.authoring.Questions(t.Context(), r.owner, &authoring.QuestionFilter{Key: &key}, tenant.Paging{}))(t)
	if len(page.Nodes) != 1 {
		t.Fatalf("%d questions %s", len(page.Nodes), key)
	}
	return page.Nodes[0].ID
}

func TestWhatIsToBePublishedWaitsForApproval(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.askApproval(t)
		const waits = ": waits as a draft for a second person's approval"
		document := strings.Replace(small, "templates:", `  - key: gone
    title: Gone
    state: RETIRED
    kind: NUMERIC
    category: TECHNICAL
    level: ENTRY
    language: en
    content: {prompt: "Why?", numeric: {value: "1", mode: EXACT}}
templates:`, 1)
		wantNews(t, r.importing(t, r.owner, document), "ADDED SKILL go", "ADDED JOB_ROLE dev", "ADDED QUESTION why"+waits, "ADDED QUESTION gone"+waits, "ADDED TEMPLATE first"+waits)
		_ = r.unchanged(t, "again", func() error { wantNews(t, r.importing(t, r.owner, document)); return nil })
		id := r.questionByKey(t, "why")
		row := must(r.authoring.QuestionsByID(t.Context(), r.owner, []gid.ID{id}))(t)[0]
		if row.State != term.Draft {
			t.Errorf("got %s", row.State)
		}
		r.refused(t, "its importer", fault.Conflict, func() error {
			_, err := r.authoring.ApproveQuestion(t.Context(), r.owner, authoring.ApproveQuestionInput{ID: id, Revision: row.Revision})
			return err
		})
		must(r.authoring.ApproveQuestion(t.Context(), r.colleague(t), authoring.ApproveQuestionInput{ID: id, Revision: row.Revision}))(t)
		must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: id}))(t)
		_ = r.unchanged(t, "after publication", func() error { wantNews(t, r.importing(t, r.owner, document)); return nil })
		edited := strings.Replace(document, "prompt: Why?", "prompt: Why not?", 1)
		wantNews(t, r.importing(t, r.owner, edited), "CHANGED QUESTION why content"+waits)
		_ = r.unchanged(t, "the edit again", func() error { wantNews(t, r.importing(t, r.owner, edited)); return nil })
	})
}

func TestAssayItselfImports(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		itself := policy.Worker(r.owner.Org)
		r.importing(t, itself, small)
		if got := r.exported(t, itself); got != r.exported(t, r.owner) || !strings.Contains(got, "state: PUBLISHED") {
			t.Errorf("got %s", got)
		}
		r.askApproval(t)
		r.importing(t, itself, strings.Replace(small, "prompt: Why?", "prompt: Why not?", 1))
		id := r.questionByKey(t, "why")
		row := must(r.authoring.QuestionsByID(t.Context(), r.owner, []gid.ID{id}))(t)[0]
		must(r.authoring.ApproveQuestion(t.Context(), r.owner, authoring.ApproveQuestionInput{ID: id, Revision: row.Revision}))(t)
	})
}

func TestAFilterDrawsNoQuestionThatTheDocumentRetires(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		question := func(key, state string) string {
			return "  - {key: " + key + ", title: T, state: " + state + `, kind: NUMERIC, category: TECHNICAL, level: ENTRY, language: en, content: {prompt: "` + key + `?", numeric: {value: "1", mode: EXACT}}}` + "\n"
		}
		document := "format: assay-catalogue/1\nroles: [{key: dev, title: Developer, status: OPEN, level: SENIOR}]\nquestions:\n" +
			question("kept", "PUBLISHED") + question("gone", "RETIRED") + question("named", "RETIRED") + `templates:
  - key: drawn
    name: Drawn
    state: PUBLISHED
    mode: ASSESSMENT
    role: dev
    sections: [{title: One, timeLimitSeconds: 600, slots: [{draw: {count: 1, filter: {level: ENTRY}}, points: 5}]}]
    cutPercent: 50
    bands: [{name: All, minPercent: 0}]
    feedback: OUTCOME
`
		r.importing(t, r.owner, document)
		if n := len(r.rows(t, "SELECT id FROM version_uses")); n != 1 {
			t.Errorf("the pool has %d questions", n)
		}
		named := strings.Replace(document, "draw: {count: 1, filter: {level: ENTRY}}", "question: named", 1)
		r.importing(t, r.stranger, named)
		if got, want := r.exported(t, r.stranger), 2; strings.Count(got, "state: RETIRED") != want {
			t.Errorf("got %s", got)
		}
	})
}
