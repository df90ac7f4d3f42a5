package shipped_test

import (
	"crypto/rand"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/shipped"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func read(t *testing.T) *catalogue.Document {
	t.Helper()
	doc, err := shipped.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// backend are the questions for backend developers.
func backend(d *catalogue.Document) []*catalogue.Question { return beginning(d, "be-") }

func beginning(d *catalogue.Document, prefix string) (own []*catalogue.Question) {
	for _, q := range d.Questions {
		if strings.HasPrefix(q.Key, prefix) {
			own = append(own, q)
		}
	}
	return own
}

func TestTheBackendBankIsFull(t *testing.T) {
	questions := backend(read(t))
	if len(questions) < 60 {
		t.Errorf("%d questions for backend developers, want 60 at least", len(questions))
	}
	seen := map[string]int{}
	for _, q := range questions {
		seen[string(q.Kind)]++
		seen[string(q.Category)]++
		seen[string(q.Level)]++
	}
	for _, all := range [][]string{term.QuestionKind("").Values(), term.Category("").Values(), term.Level("").Values()} {
		for _, value := range all {
			if seen[value] == 0 {
				t.Errorf("no question is %s", value)
			}
		}
	}
}

func TestEveryQuestionIsWhole(t *testing.T) {
	doc := read(t)
	skills := map[string]bool{}
	for _, s := range doc.Skills {
		skills[s.Key] = true
	}
	for _, q := range doc.Questions {
		c := q.Content
		for what, is := range map[string]bool{
			"published": q.State == term.Published, "criteria": len(c.Criteria) > 0, "a model answer": c.ModelAnswer != "",
			"two pitfalls": len(c.Pitfalls) > 1, "two follow-ups": len(c.FollowUps) > 1, "a time hint": c.TimeHint > 0, "skills": len(q.Skills) > 0,
			"an author": c.Provenance != nil && c.Provenance.Author != "", "a reviewer": c.Provenance != nil && c.Provenance.Reviewer != "",
			"a date":        c.Provenance != nil && c.Provenance.Date != "",
			"references":    c.Provenance != nil && len(c.Provenance.References) > 0,
			"known skills":  !slices.ContainsFunc(q.Skills, func(s string) bool { return !skills[s] }),
			"no other text": q.Draft == nil,
		} {
			if !is {
				t.Errorf("%s lacks: %s", q.Key, what)
			}
		}
	}
}

// count is how many questions one candidate is asked.
func count(tpl *catalogue.Template) (n int) {
	for _, s := range tpl.Sections {
		for _, slot := range s.Slots {
			if slot.Draw != nil {
				n += slot.Draw.Count
			} else {
				n++
			}
		}
	}
	return n
}

func TestTheTemplatesAreThere(t *testing.T) {
	doc := read(t)
	byMode, interviews := map[term.TemplateMode]int{}, 0
	kinds := map[string]term.QuestionKind{}
	for _, q := range doc.Questions {
		kinds[q.Key] = q.Kind
	}
	for _, tpl := range doc.Templates {
		if tpl.State != term.Published || tpl.Provenance == nil {
			t.Errorf("%s is %s, provenance %v", tpl.Key, tpl.State, tpl.Provenance)
		}
		byMode[tpl.Mode]++
		if n := count(tpl); tpl.Mode == term.Interview && strings.HasPrefix(tpl.Key, "be-interview-") && n >= 3 && n <= 5 {
			interviews++
		}
		for _, s := range tpl.Sections {
			for _, slot := range s.Slots {
				if slot.Question != "" && kinds[slot.Question] == "" {
					t.Errorf("%s asks %s, which is not there", tpl.Key, slot.Question)
				}
			}
		}
	}
	if interviews != 5 {
		t.Errorf("%d interviews of three to five questions, want 5", interviews)
	}
	if byMode[term.Practice] == 0 {
		t.Error("there is no practice template")
	}
	screening := find(t, doc.Templates, "be-screening")
	mixed := map[term.QuestionKind]bool{}
	for _, s := range screening.Sections {
		for _, slot := range s.Slots {
			mixed[kinds[slot.Question]] = true
		}
	}
	if len(mixed) < 4 || screening.Mode != term.Assessment {
		t.Errorf("the screening mixes %v", mixed)
	}
}

func find(t *testing.T, all []*catalogue.Template, key string) *catalogue.Template {
	t.Helper()
	i := slices.IndexFunc(all, func(tpl *catalogue.Template) bool { return tpl.Key == key })
	if i < 0 {
		t.Fatalf("there is no template %s", key)
	}
	return all[i]
}

func TestTheNeighboursHaveTwelveEach(t *testing.T) {
	doc := read(t)
	for _, prefix := range []string{"in-", "ps-", "rs-"} {
		if n := len(beginning(doc, prefix)); n < 12 {
			t.Errorf("%d questions %s…, want 12 at least", n, prefix)
		}
		if n := count(find(t, doc.Templates, prefix+"assessment")); n != 12 {
			t.Errorf("%sassessment asks %d questions, want 12", prefix, n)
		}
	}
}

func TestEveryRolePreparesItsCandidates(t *testing.T) {
	doc := read(t)
	if !slices.ContainsFunc(doc.Roles, func(r *catalogue.Role) bool { return r.Key == "backend-developer" }) {
		t.Error("the backend developer is missing")
	}
	for _, r := range doc.Roles {
		if len(r.PreparationTips) == 0 || len(r.MustHaveSkills) == 0 || len(r.Responsibilities) == 0 || r.Summary == "" {
			t.Errorf("%s lacks something: %d tips, %d skills, %d responsibilities", r.Key, len(r.PreparationTips), len(r.MustHaveSkills), len(r.Responsibilities))
		}
	}
}

// sorted is a document in the order of exports.
func sorted(d *catalogue.Document) *catalogue.Document {
	slices.SortFunc(d.Skills, func(a, b *catalogue.Skill) int { return strings.Compare(a.Key, b.Key) })
	slices.SortFunc(d.Roles, func(a, b *catalogue.Role) int { return strings.Compare(a.Key, b.Key) })
	slices.SortFunc(d.Questions, func(a, b *catalogue.Question) int { return strings.Compare(a.Key, b.Key) })
	slices.SortFunc(d.Templates, func(a, b *catalogue.Template) int { return strings.Compare(a.Key, b.Key) })
	return d
}

func TestItStandsInAnEmptyOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		service, actor := organization(t, db)
		text, err := shipped.YAML()
		if err != nil {
			t.Fatal(err)
		}
		report, err := service.ImportCatalogue(t.Context(), actor, authoring.ImportCatalogueInput{Document: text, Apply: true})
		if err != nil {
			t.Fatal(err)
		}
		doc := sorted(read(t))
		if n := len(doc.Skills) + len(doc.Roles) + len(doc.Questions) + len(doc.Templates); report.ChangeCount() != n || len(report.Notes) != 0 {
			t.Errorf("%d of %d entries were added; notes %q", report.ChangeCount(), n, report.Notes)
		}
		out, err := service.ExportCatalogue(t.Context(), actor)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(doc, out.Catalogue); diff != "" {
			t.Error(diff)
		}
	})
}

// organization is an empty one, with its owner.
func organization(t *testing.T, db dbtest.Database) (*authoring.Service, policy.Actor) {
	t.Helper()
	rules, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	store, err := tenant.Open(tenant.Config{
		URL: db.URL, Policy: rules, Clock: tenant.Clock{Now: time.Now, Own: true}, IDs: gid.NewSource(rand.Reader), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := store.Directory().NewOrganization(t.Context(), "one", "One", "one@example.com", "Owner"); err != nil {
		t.Fatal(err)
	}
	who := policy.Identity{Issuer: "test", Subject: "one", Email: "one@example.com", EmailVerified: true}
	actor, err := store.Directory().Resolve(t.Context(), who, "one")
	if err != nil {
		t.Fatal(err)
	}
	return authoring.New(store), actor
}
