package authoring_test

import (
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// TestADraftIsNotSeenInTheBank until it is published.
func TestADraftIsNotSeenInTheBank(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		was, will := r.skill(t).ID, r.skill(t).ID
		q := r.asking(t, term.Numeric, func(in *authoring.CreateQuestionInput) {
			in.Title, in.Content.Prompt, in.Content.SkillIDs = "Growing", "Old words", []gid.ID{was}
		})
		c := says(term.Numeric)
		c.Prompt, c.SkillIDs = "New words", []gid.ID{will}
		now := must(r.authoring.UpdateQuestion(t.Context(), r.owner, authoring.UpdateQuestionInput{
			ID: q.ID, Revision: q.Revision, Title: "Shrinking", Category: term.Culture, Level: term.Senior, Content: c,
		}))(t)
		if now.Title != "Growing" || now.Category != term.Technical || now.Level != term.Entry || now.DraftNumber != 2 {
			t.Errorf("with a draft beside it: %v", now)
		}
		older := []*authoring.QuestionFilter{
			{Text: new("growing")}, {Text: new("old")}, {Category: new(term.Technical)}, {Level: new(term.Entry)}, {SkillIDs: []gid.ID{was}},
		}
		newer := []*authoring.QuestionFilter{
			{Text: new("shrinking")}, {Text: new("new")}, {Category: new(term.Culture)}, {Level: new(term.Senior)}, {SkillIDs: []gid.ID{will}},
		}
		finds := func(name string, filters []*authoring.QuestionFilter, want int) {
			for i, f := range filters {
				if got := len(r.finds(t, r.owner, f)); got != want {
					t.Errorf("%s, filter %d: got %d, want %d", name, i, got, want)
				}
			}
		}
		finds("what is published", older, 1)
		finds("what is drafted", newer, 0)
		pool := r.templateOf(t, r.jobRole(t).ID, slots(found(1, content.PoolFilter{Category: new(term.Culture)})))
		r.refused(t, "a pool of drafts", fault.Invalid, func() error {
			return lastErr(r.authoring.PublishTemplate(t.Context(), r.owner, authoring.PublishTemplateInput{ID: pool.ID}))
		}, "content.sections.0.slots.0.draw")
		_, _, keyed := r.frozen(t, slots(found(1, content.PoolFilter{Category: new(term.Technical), SkillIDs: []gid.ID{was}})))
		if item := one(t, keyed.Items()); item.Title != "Growing" {
			t.Errorf("the key says %q", item.Title)
		}
		must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))(t)
		finds("what was published before", older, 0)
		finds("what is published now", newer, 1)
		first := draft(q.ID)
		first.Sections[0].Slots[0].Revision = new(1)
		_, _, keyed = r.frozen(t, first)
		if item := one(t, keyed.Items()); item.Title != "Growing" || item.Revision != 1 {
			t.Errorf("the first revision is called %q in the key", item.Title)
		}
	})
}

func TestAMergeLeavesTheGreaterWeight(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for _, weights := range [][2]int{{2, 7}, {7, 2}} {
			from, into := r.skill(t).ID, r.skill(t).ID
			c := draft(r.showing(t, from, into).ID)
			c.SkillWeights = []*content.SkillWeight{{SkillID: from, Weight: weights[0]}, {SkillID: into, Weight: weights[1]}}
			tpl := r.templateOf(t, r.jobRole(t).ID, c)
			r.merge(t, from, into)
			r.publish(t, tpl.ID)
			want := []*content.SkillWeight{{SkillID: into, Weight: 7}}
			v := r.version(t, tpl.ID, 1)
			if diff := gocmp.Diff(want, v.Content.SkillWeights); diff != "" {
				t.Errorf("the version: %s", diff)
			}
			if diff := gocmp.Diff(want, must(key.Decode(v.Key))(t).SkillWeights); diff != "" {
				t.Errorf("the key: %s", diff)
			}
		}
	})
}

func TestAQuestionWrittenDuringAMergeShowsWhatStays(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for range 20 {
			from, into := r.skill(t).ID, r.skill(t).ID
			in := r.newQuestion(term.Numeric)
			in.Content.SkillIDs = []gid.ID{from}
			var q gid.ID
			var merged, created error
			var both sync.WaitGroup
			both.Go(func() { _, merged = r.mergeQuietly(from, into) })
			both.Go(func() {
				row, err := r.authoring.CreateQuestion(t.Context(), r.owner, in)
				if created = err; err == nil {
					q = row.ID
				}
			})
			both.Wait()
			if merged != nil || created != nil {
				t.Fatalf("merged: %v, created: %v", merged, created)
			}
			if diff := gocmp.Diff([]gid.ID{q}, r.shown(t, into)); diff != "" {
				t.Error(diff)
			}
		}
	})
}

func (r *rig) onlyTemplate(t testing.TB) gid.ID {
	t.Helper()
	return one(t, must(r.authoring.Templates(t.Context(), r.owner, nil, tenant.Paging{}))(t).Nodes).ID
}

func TestAnImportLeavesAColleaguesDraftAlone(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.importing(t, r.owner, small)
		q, tpl := r.questionNow(t, r.questionByKey(t, "why")), r.templateNow(t, r.onlyTemplate(t))
		drafted := says(term.Numeric)
		drafted.Prompt = "Another?"
		must(r.authoring.UpdateQuestion(t.Context(), r.colleague(t), authoring.UpdateQuestionInput{
			ID: q.ID, Revision: q.Revision, Title: "Another", Category: term.Culture, Level: term.Senior, Content: drafted,
		}))(t)
		other := draft(q.ID)
		other.CutPercent = 70
		must(r.authoring.UpdateTemplate(t.Context(), r.colleague(t), authoring.UpdateTemplateInput{
			ID: tpl.ID, Revision: tpl.Revision, Name: "Another", Content: other,
		}))(t)
		_ = r.unchanged(t, "the same document", func() error {
			report := r.importing(t, r.owner, small)
			wantNews(t, report)
			if report.Unchanged != 4 {
				t.Errorf("%d unchanged", report.Unchanged)
			}
			return nil
		})
		report := r.importing(t, r.owner, strings.Replace(small, "prompt: Why?", "prompt: Why not?", 1))
		if line := one(t, news(report)); !strings.HasPrefix(line, "CHANGED QUESTION why ") || !strings.HasSuffix(line, ": takes the place of an open draft") {
			t.Errorf("got %s", line)
		}
	})
}

func TestAnOrderingMustNotShowItsSolution(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for name, x := range map[string]struct {
			shown, correct string
			shuffle, given bool
		}{
			"listed in order":              {"cab", "cab", false, true},
			"listed in order and shuffled": {"cab", "cab", true, false},
			"keys in order":                {"bac", "abc", false, true},
			"keys in order and shuffled":   {"bac", "abc", true, true},
			"neither":                      {"abc", "cab", false, false},
		} {
			in := r.newQuestion(term.Ordering)
			in.Content.Choices, in.Content.ShuffleChoices = nil, x.shuffle
			for _, k := range strings.Split(x.shown, "") {
				in.Content.Choices = append(in.Content.Choices, &content.Choice{Key: k, Text: k})
			}
			in.Content.CorrectOrder = strings.Split(x.correct, "")
			q := must(r.authoring.CreateQuestion(t.Context(), r.owner, in))(t)
			publish := func() error {
				return lastErr(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))
			}
			if x.given {
				r.refused(t, name, fault.Invalid, publish, "content.choices")
			} else if err := publish(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestASectionMustCountForSomething(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		skill := r.skill(t).ID
		c := draft(r.showing(t, skill).ID)
		c.SkillWeights = []*content.SkillWeight{{SkillID: skill, Weight: 0}}
		tpl := r.templateOf(t, r.jobRole(t).ID, c)
		r.refused(t, "weights of nothing", fault.Invalid, func() error {
			return lastErr(r.authoring.PublishTemplate(t.Context(), r.owner, authoring.PublishTemplateInput{ID: tpl.ID}))
		}, "content.sections.0")
	})
}

func TestWhatCannotBeScoredIsNotWritten(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		write := func(name, path string, kind term.QuestionKind, change func(*content.Question)) {
			in := r.newQuestion(kind)
			in.Language = new("en")
			change(in.Content)
			r.refused(t, name, fault.Invalid, func() error { return lastErr(r.authoring.CreateQuestion(t.Context(), r.owner, in)) }, path)
		}
		write("more than all of it", "content.numeric.tolerance", term.Numeric, func(q *content.Question) {
			q.Numeric = &content.NumericKey{Value: "3", Mode: term.Relative, Tolerance: "100.1"}
		})
		write("a share of nothing", "content.numeric.mode", term.Numeric, func(q *content.Question) {
			q.Numeric = &content.NumericKey{Value: "0.0", Mode: term.Relative, Tolerance: "5"}
		})
		write("a wrong choice that earns more", "content.mapping.upperBound", term.SingleChoice, func(q *content.Question) {
			q.PartialCredit, q.Mapping = new(term.Mapped), &content.Mapping{LowerBound: "0", UpperBound: "1", Default: "0"}
			q.Choices[0].Points, q.Choices[1].Points = new("1"), new("2")
		})
		write("a translation to its own language", "content.translations.0.language", term.Numeric, func(q *content.Question) {
			q.Translations = []*content.Translation{{Language: "en", Prompt: "Why?"}}
		})
	})
}

func TestAKeyMustNotLookLikeAnID(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id := r.ids.New(gid.Question, r.clock.look()).String()
		in := r.newQuestion(term.Numeric)
		in.Key = &id
		role := r.jobRole(t).ID
		for name, create := range map[string]func() error{
			"skill": func() error {
				return lastErr(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: "Any", Key: &id}))
			},
			"job role": func() error {
				return lastErr(r.authoring.CreateJobRole(t.Context(), r.owner, authoring.CreateJobRoleInput{Fields: r.roleFields(), Key: &id}))
			},
			"question": func() error { return lastErr(r.authoring.CreateQuestion(t.Context(), r.owner, in)) },
			"template": func() error {
				return lastErr(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
					JobRoleID: role, Name: "Any", Mode: term.Assessment, Key: &id, Content: draft(),
				}))
			},
		} {
			r.refused(t, name, fault.Invalid, create, "key")
		}
		foreign := strings.NewReplacer("key: why", "key: "+id, "question: why", "question: "+id).Replace(small)
		if n := r.importing(t, r.owner, foreign).ChangeCount(); n != 4 {
			t.Errorf("%d came from elsewhere", n)
		}
		_ = r.unchanged(t, "once more", func() error { wantNews(t, r.importing(t, r.owner, foreign)); return nil })
	})
}

func TestAnIDMeansItsRowWhoeverHasItAsAKey(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.importing(t, r.owner, small)
		other, meant := r.questionByKey(t, "why"), r.published(t, term.Numeric)
		r.sets(t, "UPDATE questions SET handle = '"+meant.ID.String()+"' WHERE handle = 'why'")
		entry, _, _ := strings.Cut(small, "templates:")
		entry = strings.Replace(strings.Replace(entry, "key: why", "key: "+meant.ID.String(), 1), "title: Why", "title: Meant", 1)
		r.importing(t, r.owner, entry)
		if a, b := r.questionNow(t, other).Title, r.questionNow(t, meant.ID).Title; a != "Why" || b != "Meant" {
			t.Errorf("the one with the key is %q, the one with the id %q", a, b)
		}
	})
}

// grantee is an API key as it asks.
func (r *rig) grantee(id gid.ID, granted ...policy.Action) policy.Actor {
	return policy.Actor{Org: r.owner.Org, ID: id, Roles: []policy.Role{policy.Integration}, Granted: granted}
}

// TestWhoHoldsAnAPIKeyDoesNotApproveWhatItWrote but anybody else does.
func TestWhoHoldsAnAPIKeyDoesNotApproveWhatItWrote(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		second, third := r.member(t, "second", policy.Admin), r.member(t, "third", policy.Admin)
		for name, make := range map[string]func(*testing.T) approvable{"question": r.approvableQuestion, "template": r.approvableTemplate} {
			r.wantApproval(t, false)
			x := make(t)
			if err := x.publish(r.owner); err != nil { // whose draft it was
				t.Fatal(err)
			}
			r.wantApproval(t, true)
			made := must(r.account.CreateAPIKey(t.Context(), r.owner, account.CreateAPIKeyInput{
				Name: name, Permissions: []policy.Action{policy.QuestionWrite, policy.TemplateWrite},
			}))(t).Key
			must(r.account.RotateAPIKey(t.Context(), second, account.RotateAPIKeyInput{ID: made.ID}))(t)
			if err := x.edit(r.grantee(made.ID, policy.QuestionWrite, policy.TemplateWrite)); err != nil {
				t.Fatal(err)
			}
			r.refused(t, name+" by who made the key", fault.Conflict, func() error { return x.approve(r.owner, x.revision()) })
			r.refused(t, name+" by who rotated it", fault.Conflict, func() error { return x.approve(second, x.revision()) })
			if err := x.approve(third, x.revision()); err != nil {
				t.Errorf("%s by another: %v", name, err)
			}
		}
	})
}

func TestADraftOfNobodyIsSavedBeforeItIsApproved(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		second := r.member(t, "second", policy.Admin)
		drafts := map[string]approvable{"question": r.approvableQuestion(t), "template": r.approvableTemplate(t)}
		r.wantApproval(t, true)
		r.sets(t, "UPDATE question_revisions SET editors = NULL, author_id = NULL", "UPDATE templates SET editors = NULL")
		for name, x := range drafts {
			r.refused(t, name, fault.Conflict, func() error { return x.approve(second, x.revision()) })
			if err := x.edit(r.owner); err != nil {
				t.Fatal(err)
			}
			if err := x.approve(second, x.revision()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestAnImportNeedsThePermissionsForWhatItBrings(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		needed := []policy.Action{
			policy.SkillWrite, policy.JobRoleWrite, policy.QuestionWrite, policy.QuestionPublish, policy.TemplateWrite, policy.TemplatePublish,
		}
		id, again := r.ids.New(gid.APIKey, r.clock.look()), "again"
		bring := func(granted ...policy.Action) (*authoring.CatalogueImport, error) {
			return r.authoring.ImportCatalogue(t.Context(), r.grantee(id, append(granted, policy.CatalogueImport)...),
				authoring.ImportCatalogueInput{Document: small, Apply: true, IdempotencyKey: &again})
		}
		r.refused(t, "none of them", fault.Denied, func() error { return lastErr(bring()) })
		for i, missing := range needed {
			r.refused(t, "without "+string(missing), fault.Denied, func() error {
				return lastErr(bring(slices.Concat(needed[:i], needed[i+1:])...))
			})
		}
		if report := must(bring(slices.Clone(needed)...))(t); report.ChangeCount() != 4 || len(report.Notes) != 0 {
			t.Errorf("got %v, %v", news(report), report.Notes)
		}
		_ = r.unchanged(t, "a repetition", func() error {
			report := must(bring(slices.Clone(needed)...))(t)
			if note := one(t, report.Notes); !strings.Contains(note, "same idempotency key") || report.ChangeCount() != 0 {
				t.Errorf("got %q, %v", note, news(report))
			}
			return nil
		})
	})
}

func TestAnExportIsInTheAudit(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for name, export := range map[string]func() error{
			"catalogue": func() error { return lastErr(r.authoring.ExportCatalogue(t.Context(), r.owner)) },
			"QTI":       func() error { return lastErr(r.authoring.ExportQTI(t.Context(), r.owner)) },
		} {
			told := func() int {
				return len(r.texts(t, "SELECT id FROM audit_events WHERE action = 'catalogue.export' AND CAST(detail AS text) LIKE '%\"catalogue.exported\"%'"))
			}
			before := told()
			if err := export(); err != nil {
				t.Fatal(err)
			}
			if n := told() - before; n != 1 {
				t.Errorf("%s: %d events", name, n)
			}
		}
	})
}

func TestWhatWasReadBeforeAnEditIsNotPublished(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		q := r.question(t, term.Numeric)
		r.revise(t, q.ID, says(term.Numeric))
		tpl := r.template(t, r.jobRole(t).ID, r.published(t, term.Numeric).ID)
		publish := func(revision *int) error {
			return lastErr(r.authoring.PublishTemplate(t.Context(), r.owner, authoring.PublishTemplateInput{ID: tpl.ID, Revision: revision}))
		}
		retire := func(revision *int) error {
			return lastErr(r.authoring.RetireTemplate(t.Context(), r.owner, authoring.RetireTemplateInput{ID: tpl.ID, Revision: revision}))
		}
		ask := func(revision *int) error {
			return lastErr(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID, Revision: revision}))
		}
		end := func(revision *int) error {
			return lastErr(r.authoring.RetireQuestion(t.Context(), r.owner, authoring.RetireQuestionInput{ID: q.ID, Revision: revision}))
		}
		r.redraft(t, tpl.ID, tpl.Draft)
		for _, x := range []struct {
			name string
			call func(*int) error
			now  int
		}{{"question", ask, 2}, {"template", publish, 2}, {"retirement", retire, 3}, {"retirement of the question", end, 3}} {
			r.refused(t, x.name, fault.Stale, func() error { return x.call(new(x.now - 1)) }, "revision")
			if err := x.call(&x.now); err != nil {
				t.Errorf("%s as it was read: %v", x.name, err)
			}
		}
	})
}

func TestALimitedMemberTouchesNothingOfTheWhole(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		from, into, role := r.skill(t), r.skill(t), r.jobRole(t).ID
		r.showing(t, into.ID)
		limited := r.as(policy.Recruiter)
		limited.Limited, limited.JobRoles = true, []gid.ID{role}
		r.refused(t, "a skill's name", fault.Denied, func() error {
			return lastErr(r.authoring.UpdateSkill(t.Context(), limited, authoring.UpdateSkillInput{ID: from.ID, Revision: 1, Name: "Any"}))
		})
		r.refused(t, "a merge", fault.Denied, func() error {
			return lastErr(r.authoring.MergeSkills(t.Context(), limited, authoring.MergeSkillsInput{FromID: from.ID, IntoID: into.ID}))
		})
		tpl := r.templateOf(t, role, slots(found(1, content.PoolFilter{SkillIDs: []gid.ID{into.ID}})))
		r.refused(t, "a filter", fault.Conflict, func() error {
			return lastErr(r.authoring.PublishTemplate(t.Context(), limited, authoring.PublishTemplateInput{ID: tpl.ID}))
		})
		told := []*authoring.TemplateFault{{
			Path:    []string{"content", "sections", "0", "slots", "0", "draw"},
			Message: "a draw by filter looks at the whole bank, which a limited member does not see; name its questions, or let another member publish",
		}}
		if v := must(r.authoring.ValidateTemplate(t.Context(), limited, tpl.ID))(t); v.Publishable || gocmp.Diff(told, v.Faults) != "" {
			t.Errorf("a limited member is told %t, %s", v.Publishable, gocmp.Diff(told, v.Faults))
		}
		if v := must(r.authoring.ValidateTemplate(t.Context(), r.owner, tpl.ID))(t); !v.Publishable {
			t.Errorf("got %v", v.Faults)
		}
		r.publish(t, tpl.ID)
	})
}

func TestTheExampleOfTheManualStandsPublished(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		example := string(must(os.ReadFile("../../docs/catalogue.example.yaml"))(t))
		report := r.importing(t, r.owner, example)
		if report.ChangeCount() == 0 || report.Unchanged != 0 || len(report.Notes) != 0 {
			t.Errorf("got %v, %v", news(report), report.Notes)
		}
		for _, table := range []string{"questions", "templates"} {
			states := r.texts(t, "SELECT DISTINCT state FROM "+table)
			if diff := gocmp.Diff([]string{string(term.Published)}, states); diff != "" {
				t.Errorf("%s: %s", table, diff)
			}
		}
		wantNews(t, r.importing(t, r.owner, example))
	})
}
