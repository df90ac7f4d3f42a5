package authoring_test

import (
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// sets runs statements behind the product's back.
func (b *base) sets(t testing.TB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := b.db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// age makes the database one from before there was search.
func (b *base) age(t testing.TB) {
	t.Helper()
	b.sets(t, "UPDATE questions SET words = ''", "UPDATE question_revisions SET prompt_html = ''",
		"DELETE FROM question_skills", "DELETE FROM version_uses")
}

func TestReindexRestoresWhatTheUpgradeCannot(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		skill := r.skill(t).ID
		q := r.asking(t, term.Numeric, func(in *authoring.CreateQuestionInput) {
			in.Title, in.Content.Prompt, in.Content.SkillIDs = "Growing a map", "When does it *grow*?", []gid.ID{skill}
		})
		r.frozen(t, draft(q.ID))
		unseen := says(term.Numeric)
		unseen.Prompt = "Nothing of that is published"
		r.revise(t, q.ID, unseen)
		raw := r.called(t, r.owner, "Written only", "A first draft?")
		html := "SELECT prompt_html FROM question_revisions ORDER BY id"
		uses := "SELECT question_id, number, ref FROM version_uses ORDER BY ref"
		htmlBefore, usesBefore := r.texts(t, html), r.rows(t, uses)
		r.age(t)
		if got := r.finds(t, r.owner, &authoring.QuestionFilter{Text: new("grow")}); len(got) != 0 {
			t.Fatalf("found without words: %v", got)
		}
		if diff := gocmp.Diff([]gid.ID{r.owner.Org}, must(r.store.Directory().Unindexed(t.Context()))(t)); diff != "" {
			t.Error(diff)
		}
		worker := policy.Worker(r.owner.Org)
		r.denied(t, policy.CatalogueReindex, func(a policy.Actor) error { return r.authoring.Reindex(t.Context(), a) })
		if err := r.authoring.Reindex(t.Context(), worker); err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string][]gid.ID{"grow map": {q.ID}, "first": {raw}, "nothing": {}} {
			if diff := gocmp.Diff(want, append([]gid.ID{}, r.finds(t, r.owner, &authoring.QuestionFilter{Text: &text})...)); diff != "" {
				t.Errorf("%s: %s", text, diff)
			}
		}
		if diff := gocmp.Diff([]gid.ID{q.ID}, r.shown(t, skill)); diff != "" {
			t.Errorf("by skill: %s", diff)
		}
		if diff := gocmp.Diff(usesBefore, r.rows(t, uses)); diff != "" {
			t.Errorf("uses: %s", diff)
		}
		if diff := gocmp.Diff(htmlBefore, r.texts(t, html)); diff != "" {
			t.Errorf("prompts: %s", diff)
		}
		if left := must(r.store.Directory().Unindexed(t.Context()))(t); len(left) != 0 {
			t.Errorf("still without: %v", left)
		}
		if err := r.unchanged(t, "once more", func() error { return r.authoring.Reindex(t.Context(), worker) }); err != nil {
			t.Error(err)
		}
	})
}

// TestReindexIsOneOrganizations and in as many transactions as it takes.
func TestReindexIsOneOrganizations(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for range 101 {
			r.question(t, term.Numeric)
		}
		r.called(t, r.stranger, "Theirs", "Why?")
		r.age(t)
		if err := r.authoring.Reindex(t.Context(), policy.Worker(r.owner.Org)); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff([]gid.ID{r.stranger.Org}, must(r.store.Directory().Unindexed(t.Context()))(t)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestReindexAtOnce is what the processes of a deployment do when they begin together.
func TestReindexAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		uses := "SELECT question_id, number, ref FROM version_uses ORDER BY template_version_id, ref"
		for range 20 {
			r.frozen(t, draft(r.published(t, term.Numeric).ID))
		}
		before := r.rows(t, uses)
		r.age(t)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := r.authoring.Reindex(t.Context(), policy.Worker(r.owner.Org)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if diff := gocmp.Diff(before, r.rows(t, uses)); diff != "" {
			t.Error(diff)
		}
	})
}
