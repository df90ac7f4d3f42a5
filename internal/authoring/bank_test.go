package authoring_test

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func TestJobRoles(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		one, two := r.skill(t).ID, r.skill(t).ID
		f := authoring.JobRoleFields{
			Title: "Backend Developer", Summary: "Builds services", Level: term.Senior, Department: "Engineering", Location: "Berlin",
			Responsibilities: []string{"Own the API"}, PreferredQualifications: []string{"Go"}, ExternalJobID: new("job-1"),
			MustHaveSkills: []*authoring.MustHaveSkillInput{{SkillID: two, Weight: 3, Description: "d"}, {SkillID: one, Weight: 1}},
		}
		row := must(r.authoring.CreateJobRole(t.Context(), r.owner, authoring.CreateJobRoleInput{Fields: f}))(t)
		if row.Title != f.Title || row.Status != term.Open || row.Revision != 1 || *row.ExternalJobID != "job-1" || row.Responsibilities[0] != "Own the API" {
			t.Errorf("got %v", row)
		}
		skills := func() (ids []gid.ID) {
			for _, s := range must(r.authoring.MustHaveSkills(t.Context(), r.owner, []gid.ID{row.ID}))(t) {
				ids = append(ids, s.SkillID)
			}
			return ids
		}
		if diff := gocmp.Diff([]gid.ID{two, one}, skills()); diff != "" {
			t.Error(diff)
		}
		update := func(revision int, f authoring.JobRoleFields, status *term.JobRoleStatus) (*ent.JobRole, error) {
			return r.authoring.UpdateJobRole(t.Context(), r.owner, authoring.UpdateJobRoleInput{ID: row.ID, Revision: revision, Fields: f, Status: status})
		}
		t.Run("an external id is taken once", func(t *testing.T) {
			r.refused(t, "create", fault.AlreadyExists, func() error {
				return lastErr(r.authoring.CreateJobRole(t.Context(), r.owner, authoring.CreateJobRoleInput{Fields: f}))
			}, "fields.externalJobId")
			other := r.jobRole(t)
			r.refused(t, "update", fault.AlreadyExists, func() error {
				return lastErr(r.authoring.UpdateJobRole(t.Context(), r.owner, authoring.UpdateJobRoleInput{ID: other.ID, Revision: 1, Fields: f}))
			}, "fields.externalJobId")
		})
		t.Run("an update replaces everything", func(t *testing.T) {
			got := must(update(1, authoring.JobRoleFields{Title: "Other", Level: term.Entry}, new(term.Closed)))(t)
			if got.ExternalJobID != nil || got.Summary != "" || len(got.Responsibilities) != 0 || got.Status != term.Closed || got.Revision != 2 {
				t.Errorf("got %v", got)
			}
			if len(skills()) != 0 {
				t.Errorf("skills %v", skills())
			}
		})
		t.Run("an older revision is stale", func(t *testing.T) {
			fault := r.refused(t, "stale", fault.Stale, func() error { return lastErr(update(1, f, nil)) }, "revision")
			if now, ok := fault.Current.(*ent.JobRole); !ok || now.Revision != 2 || now.Title != "Other" {
				t.Errorf("current %v", fault.Current)
			}
		})
		t.Run("everything wrong is told at once", func(t *testing.T) {
			bad := authoring.JobRoleFields{
				Summary: strings.Repeat("s", 10_001), Responsibilities: []string{"ok", ""}, ExternalJobID: new(""),
				MustHaveSkills: []*authoring.MustHaveSkillInput{{SkillID: one, Weight: 0}, {SkillID: one, Weight: 101, Description: "\x00"}},
			}
			r.refused(t, "bad", fault.Invalid, func() error { return lastErr(update(2, bad, nil)) },
				"fields.title", "fields.summary", "fields.responsibilities.1", "fields.externalJobId",
				"fields.mustHaveSkills.0.weight", "fields.mustHaveSkills.1.weight", "fields.mustHaveSkills.1.description",
				"fields.mustHaveSkills.1.skillId")
		})
		t.Run("another organization's skill is not found", func(t *testing.T) {
			theirs := must(r.authoring.CreateSkill(t.Context(), r.stranger, authoring.CreateSkillInput{Name: "theirs"}))(t)
			f := authoring.JobRoleFields{Title: "T", Level: term.Entry, MustHaveSkills: []*authoring.MustHaveSkillInput{{SkillID: theirs.ID, Weight: 1}}}
			r.refused(t, "update", fault.NotFound, func() error { return lastErr(update(2, f, nil)) })
			r.refused(t, "create", fault.NotFound, func() error {
				return lastErr(r.authoring.CreateJobRole(t.Context(), r.owner, authoring.CreateJobRoleInput{Fields: f}))
			})
		})
		t.Run("lists by title, narrowed", func(t *testing.T) {
			r.jobRole(t)
			r.jobRole(t)
			all := pages(t, 2, roleID, func(p tenant.Paging) (*tenant.Page[*ent.JobRole], error) {
				return r.authoring.JobRoles(t.Context(), r.owner, nil, p)
			})
			closed := pages(t, 2, roleID, func(p tenant.Paging) (*tenant.Page[*ent.JobRole], error) {
				return r.authoring.JobRoles(t.Context(), r.owner, &authoring.JobRoleFilter{Status: new(term.Closed), Level: new(term.Entry)}, p)
			})
			if len(all) != 4 || len(closed) != 1 || closed[0] != row.ID {
				t.Errorf("%d, %v", len(all), closed)
			}
		})
		t.Run("is found by its key and by its id in the ATS", func(t *testing.T) {
			keyed := must(r.authoring.CreateJobRole(t.Context(), r.owner, authoring.CreateJobRoleInput{
				Key: new("sre"), Fields: authoring.JobRoleFields{Title: "SRE", Level: term.Senior, ExternalJobID: new("job-7")},
			}))(t)
			for name, f := range map[string]*authoring.JobRoleFilter{
				"key": {Key: new("sre")}, "id": {ExternalJobID: new("job-7")}, "both": {Key: new("sre"), ExternalJobID: new("job-7")},
			} {
				page := must(r.authoring.JobRoles(t.Context(), r.owner, f, tenant.Paging{}))(t)
				if len(page.Nodes) != 1 || page.Nodes[0].ID != keyed.ID {
					t.Errorf("by its %s: got %v", name, page.Nodes)
				}
			}
			if page := must(r.authoring.JobRoles(t.Context(), r.stranger, &authoring.JobRoleFilter{Key: new("sre")}, tenant.Paging{}))(t); len(page.Nodes) > 0 {
				t.Errorf("another organization finds %v", page.Nodes)
			}
		})
	})
}

func TestQuestions(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		q := r.question(t, term.ShortText)
		update := func(revision int, c *content.Question) (*ent.Question, error) {
			return r.authoring.UpdateQuestion(t.Context(), r.owner, authoring.UpdateQuestionInput{
				ID: q.ID, Revision: revision, Title: "New", Category: term.Culture, Level: term.Senior, Content: c,
			})
		}
		publish := func() (*ent.Question, error) {
			return r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID})
		}
		numbers := func() map[int]bool {
			got := map[int]bool{}
			for _, rev := range must(r.authoring.CurrentRevisions(t.Context(), r.owner, []gid.ID{q.ID}))(t) {
				got[rev.Number] = rev.PublishedAt != nil
			}
			return got
		}
		if q.State != term.Draft || q.DraftNumber != 1 || q.PublishedNumber != 0 || q.Revision != 1 {
			t.Fatalf("got %v", q)
		}
		now := must(update(1, says(term.ShortText)))(t)
		if now.Title != "New" || now.DraftNumber != 1 || now.Revision != 2 {
			t.Errorf("a draft is rewritten: got %v", now)
		}
		now = must(publish())(t)
		if now.State != term.Published || now.PublishedNumber != 1 || now.DraftNumber != 0 || now.Revision != 3 {
			t.Errorf("published: got %v", now)
		}
		r.refused(t, "publish without a draft", fault.Conflict, func() error { return lastErr(publish()) })
		published := r.texts(t, "SELECT content FROM question_revisions WHERE number = 1")
		next := says(term.ShortText)
		next.Prompt = "What now?"
		now = must(update(3, next))(t)
		if now.State != term.Published || now.PublishedNumber != 1 || now.DraftNumber != 2 {
			t.Errorf("the next draft: got %v", now)
		}
		if diff := gocmp.Diff(map[int]bool{1: true, 2: false}, numbers()); diff != "" {
			t.Error(diff)
		}
		must(publish())(t)
		if diff := gocmp.Diff(map[int]bool{2: true}, numbers()); diff != "" {
			t.Error(diff)
		}
		if diff := gocmp.Diff(published, r.texts(t, "SELECT content FROM question_revisions WHERE number = 1")); diff != "" {
			t.Errorf("a published revision changed: %s", diff)
		}
		f := r.refused(t, "an older revision", fault.Stale, func() error { return lastErr(update(1, next)) }, "revision")
		if current, ok := f.Current.(*ent.Question); !ok || current.Revision != 5 {
			t.Errorf("current %v", f.Current)
		}
		theirs := must(r.authoring.CreateSkill(t.Context(), r.stranger, authoring.CreateSkillInput{Name: "theirs"}))(t)
		next.SkillIDs = []gid.ID{theirs.ID}
		r.refused(t, "another organization's skill", fault.NotFound, func() error { return lastErr(update(5, next)) })
		r.refused(t, "a bad draft", fault.Invalid, func() error { return lastErr(update(5, &content.Question{})) }, "content.prompt")
	})
}

func TestQuestionsAreFiltered(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		text, number := r.published(t, term.LongText), r.question(t, term.Numeric)
		for name, c := range map[string]struct {
			f    *authoring.QuestionFilter
			want []gid.ID
		}{
			"all, the newest first": {nil, []gid.ID{number.ID, text.ID}},
			"kind":                  {&authoring.QuestionFilter{Kind: new(term.LongText)}, []gid.ID{text.ID}},
			"state":                 {&authoring.QuestionFilter{State: new(term.Draft)}, []gid.ID{number.ID}},
			"category and level":    {&authoring.QuestionFilter{Category: new(term.Technical), Level: new(term.Entry)}, []gid.ID{number.ID, text.ID}},
			"none":                  {&authoring.QuestionFilter{Category: new(term.Culture)}, nil},
		} {
			got := pages(t, 1, questionID, func(p tenant.Paging) (*tenant.Page[*ent.Question], error) {
				return r.authoring.Questions(t.Context(), r.owner, c.f, p)
			})
			if diff := gocmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	})
}

func TestAllFaultsOfAQuestionAreToldAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		levels := func(points ...int) (all []*content.Level) {
			for _, p := range points {
				all = append(all, &content.Level{Points: p, Anchor: "x"})
			}
			return all
		}
		for name, c := range map[string]struct {
			kind term.QuestionKind
			q    *content.Question
			want []string
		}{
			"a single choice": {term.SingleChoice, &content.Question{
				ModelAnswer: strings.Repeat("m", 10_001), Pitfalls: []string{""}, TimeHint: -1, SkillIDs: make([]gid.ID, 21),
				FollowUps: []*content.FollowUp{{}}, PartialCredit: new(term.AllOrNothing), Numeric: &content.NumericKey{}, Accepted: []string{"x"},
				Choices: []*content.Choice{{Key: "a", Text: "A", Correct: true}, {Key: "a", Text: "", Correct: true}},
			}, []string{
				"content.prompt", "content.modelAnswer", "content.pitfalls.0", "content.timeHint", "content.skillIds",
				"content.followUps.0.when", "content.followUps.0.prompt", "content.choices.1.key", "content.choices.1.text",
				"content.choices", "content.partialCredit", "content.numeric", "content.accepted",
			}},
			"a multiple choice": {term.MultipleChoice, &content.Question{
				Prompt: "p", Choices: []*content.Choice{{Key: "a", Text: "A"}},
			}, []string{"content.choices", "content.choices", "content.partialCredit"}},
			"a number": {term.Numeric, &content.Question{
				Prompt: "p", Choices: []*content.Choice{{}}, PartialCredit: new(term.AllOrNothing),
				Numeric: &content.NumericKey{Value: "1,5", Mode: term.Relative, Tolerance: "-1", Unit: strings.Repeat("u", 41)},
			}, []string{"content.choices", "content.partialCredit", "content.numeric.value", "content.numeric.unit", "content.numeric.tolerance"}},
			"an exact number with a tolerance": {term.Numeric, &content.Question{
				Prompt: "p", Numeric: &content.NumericKey{Value: "1", Mode: term.Exact, Tolerance: "0.1"},
			}, []string{"content.numeric.tolerance"}},
			"a number without one": {term.Numeric, &content.Question{Prompt: "p"}, []string{"content.numeric"}},
			"a text": {term.LongText, &content.Question{Prompt: "p", Criteria: []*content.Criterion{
				{Key: "", Text: "", Weight: 0, Levels: levels(1)},
				{Key: "k", Text: "t", Weight: 1, Levels: levels(0, 101)},
				{Key: "k", Text: "t", Weight: 1, Levels: levels(0, 0)},
			}}, []string{
				"content.criteria.0.key", "content.criteria.0.text", "content.criteria.0.weight", "content.criteria.0.levels",
				"content.criteria.0.levels", "content.criteria.1.levels.1.points", "content.criteria.2.key",
				"content.criteria.2.levels.1.points", "content.criteria.2.levels",
			}},
		} {
			r.refused(t, name, fault.Invalid, func() error {
				return lastErr(r.authoring.CreateQuestion(t.Context(), r.owner, authoring.CreateQuestionInput{
					Title: "t", Kind: c.kind, Category: term.Technical, Level: term.Entry, Content: c.q,
				}))
			}, c.want...)
		}
		r.refused(t, "title and language", fault.Invalid, func() error {
			return lastErr(r.authoring.CreateQuestion(t.Context(), r.owner, authoring.CreateQuestionInput{
				Kind: term.Numeric, Category: term.Technical, Level: term.Entry, Language: new(strings.Repeat("x", 36)), Content: says(term.Numeric),
			}))
		}, "title", "language")
	})
}

// TestALimitedManagerSeesTheQuestionsOfTheirTemplates also when a later draft no longer asks them.
func TestALimitedManagerSeesTheQuestionsOfTheirTemplates(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		mine, theirs := r.jobRole(t), r.jobRole(t)
		shared, only, hidden := r.published(t, term.Numeric), r.published(t, term.LongText), r.published(t, term.Numeric)
		tpl := r.template(t, mine.ID, shared.ID, only.ID)
		r.template(t, theirs.ID, shared.ID, hidden.ID)
		manager := r.limited(mine.ID)
		see := func(a policy.Actor) []gid.ID {
			return sorted(must(idsOf(questionID)(r.authoring.QuestionsByID(t.Context(), a, []gid.ID{shared.ID, only.ID, hidden.ID})))(t)...)
		}
		if diff := gocmp.Diff(sorted(shared.ID, only.ID), see(manager)); diff != "" {
			t.Error(diff)
		}
		must(r.authoring.UpdateTemplate(t.Context(), r.owner, authoring.UpdateTemplateInput{ID: tpl.ID, Revision: 1, Name: "N", Content: draft(shared.ID)}))(t)
		if diff := gocmp.Diff(sorted(shared.ID, only.ID), see(manager)); diff != "" {
			t.Error(diff)
		}
		if diff := gocmp.Diff(sorted(shared.ID, only.ID, hidden.ID), see(r.limited(mine.ID, theirs.ID))); diff != "" {
			t.Error(diff)
		}
		revisions := must(r.authoring.CurrentRevisions(t.Context(), manager, []gid.ID{hidden.ID}))(t)
		if len(revisions) != 0 {
			t.Errorf("revisions of a hidden question: %v", revisions)
		}
	})
}
