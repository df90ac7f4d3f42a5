package authoring_test

import (
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// called adds a question of a title and a prompt.
func (r *rig) called(t testing.TB, a policy.Actor, title, prompt string) gid.ID {
	t.Helper()
	in := r.newQuestion(term.Numeric)
	in.Title, in.Content.Prompt = title, prompt
	return must(r.authoring.CreateQuestion(t.Context(), a, in))(t).ID
}

// finds are the questions that a filter finds for an actor, as a set.
func (r *rig) finds(t testing.TB, a policy.Actor, f *authoring.QuestionFilter) []gid.ID {
	t.Helper()
	page := must(r.authoring.Questions(t.Context(), a, f, tenant.Paging{}))(t)
	if n := must(page.Total(t.Context()))(t); n != len(page.Nodes) {
		t.Errorf("a total of %d for %d", n, len(page.Nodes))
	}
	return sorted(must(idsOf(questionID)(page.Nodes, nil))(t)...)
}

func TestQuestionsAreSearched(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		maps := r.called(t, r.owner, "Growing a map", "What does Go do when a *hash table* is full?")
		slices := r.called(t, r.owner, "Slices", "Why may an append(…) copy a slice in Go?")
		size := r.called(t, r.owner, "Größe", "Wie groß ist ein ÜBERLAUF? 日本語 'quoted' back\\slash ~tilde")
		theirs := r.called(t, r.stranger, "Growing a map", "Go?")
		for text, want := range map[string][]gid.ID{
			"map":               {maps},
			"ma":                {maps, slices},
			"MAP":               {maps},
			"gro":               {maps, size},
			"go":                {maps, slices},
			"Go, slice":         {slices},
			"go map":            {maps},
			"map slice":         nil,
			"app":               {slices},
			"ppend":             nil,
			"hash-table":        {maps},
			"grösse":            nil,
			"GRÖSS":             nil,
			"größe":             {size},
			"überl":             {size},
			"日本":                {size},
			"'quoted'":          {size},
			"quoted' | 'x":      nil,
			"back\\slash":       {size},
			"~tilde":            {size},
			"~0x":               nil,
			"100%":              nil,
			"_":                 nil,
			"growing a map why": nil,
		} {
			f := &authoring.QuestionFilter{Text: &text}
			if text == "_" {
				r.refused(t, "no word", fault.BadInput, func() error {
					return lastErr(r.authoring.Questions(t.Context(), r.owner, f, tenant.Paging{}))
				})
				continue
			}
			if diff := gocmp.Diff(sorted(want...), r.finds(t, r.owner, f)); diff != "" && len(want)+len(r.finds(t, r.owner, f)) > 0 {
				t.Errorf("%q: %s", text, diff)
			}
		}
		if diff := gocmp.Diff([]gid.ID{theirs}, r.finds(t, r.stranger, &authoring.QuestionFilter{Text: new("go")})); diff != "" {
			t.Errorf("another organization's: %s", diff)
		}
		many := "a b c d e f g h i j k l m"
		r.refused(t, "too many words", fault.BadInput, func() error {
			return lastErr(r.authoring.Questions(t.Context(), r.owner, &authoring.QuestionFilter{Text: &many}, tenant.Paging{}))
		})
		_, err := r.authoring.Questions(t.Context(), r.owner, &authoring.QuestionFilter{Text: new("_"), SkillIDs: make([]gid.ID, 21)}, tenant.Paging{})
		if list := fault.All(err); len(list) != 1 || list[0].Message != "filter.skillIds: at most 20 are allowed; filter.text: write a word to look for" {
			t.Errorf("got %v", err)
		}
		r.refused(t, "too many skills", fault.BadInput, func() error {
			return lastErr(r.authoring.Questions(t.Context(), r.owner, &authoring.QuestionFilter{SkillIDs: make([]gid.ID, 21)}, tenant.Paging{}))
		})
		role := r.jobRole(t).ID
		r.template(t, role, slices)
		if diff := gocmp.Diff([]gid.ID{slices}, r.finds(t, r.limited(role), &authoring.QuestionFilter{Text: new("go")})); diff != "" {
			t.Errorf("a limited member: %s", diff)
		}
		c := says(term.Numeric)
		c.Prompt = "Something else"
		r.revise(t, slices, c)
		if diff := gocmp.Diff([]gid.ID{maps}, r.finds(t, r.owner, &authoring.QuestionFilter{Text: new("go")})); diff != "" {
			t.Errorf("after an edit: %s", diff)
		}
		if diff := gocmp.Diff([]gid.ID{slices}, r.finds(t, r.owner, &authoring.QuestionFilter{Text: new("slices else")})); diff != "" {
			t.Errorf("what is new: %s", diff)
		}
	})
}

func TestEveryFilterOfQuestions(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		up := r.skill(t).ID
		down := r.below(t, up)
		add := func(change func(*authoring.CreateQuestionInput)) gid.ID {
			in := r.newQuestion(term.Numeric)
			change(&in)
			return must(r.authoring.CreateQuestion(t.Context(), r.owner, in))(t).ID
		}
		german := add(func(in *authoring.CreateQuestionInput) { in.Language = new("de") })
		above := add(func(in *authoring.CreateQuestionInput) { in.Content.SkillIDs, in.Level = []gid.ID{up}, term.Senior })
		below := add(func(in *authoring.CreateQuestionInput) {
			in.Content.SkillIDs, in.Key = []gid.ID{down, up}, new("below")
		})
		fixedUse, pooled := r.published(t, term.Numeric).ID, r.published(t, term.Numeric).ID
		r.templateOf(t, r.jobRole(t).ID, slots(fixed(fixedUse), drawn(1, pooled, above)))
		theirs := must(r.authoring.CreateSkill(t.Context(), r.stranger, authoring.CreateSkillInput{Name: "theirs"}))(t).ID
		for name, c := range map[string]struct {
			f    authoring.QuestionFilter
			want []gid.ID
		}{
			"a language":               {authoring.QuestionFilter{Language: new("de")}, []gid.ID{german}},
			"a skill":                  {authoring.QuestionFilter{SkillIDs: []gid.ID{down}}, []gid.ID{below}},
			"the skill above":          {authoring.QuestionFilter{SkillIDs: []gid.ID{up}}, []gid.ID{above, below}},
			"any of two skills":        {authoring.QuestionFilter{SkillIDs: []gid.ID{down, up}}, []gid.ID{above, below}},
			"another's skill":          {authoring.QuestionFilter{SkillIDs: []gid.ID{theirs}}, nil},
			"used":                     {authoring.QuestionFilter{Used: new(true)}, []gid.ID{fixedUse, pooled, above}},
			"unused":                   {authoring.QuestionFilter{Used: new(false)}, []gid.ID{german, below}},
			"a key":                    {authoring.QuestionFilter{Key: new("below")}, []gid.ID{below}},
			"a key that nothing has":   {authoring.QuestionFilter{Key: new("Below")}, nil},
			"a state":                  {authoring.QuestionFilter{State: new(term.Published)}, []gid.ID{fixedUse, pooled}},
			"a skill, used":            {authoring.QuestionFilter{SkillIDs: []gid.ID{up}, Used: new(true)}, []gid.ID{above}},
			"a skill, a level, a kind": {authoring.QuestionFilter{SkillIDs: []gid.ID{up}, Level: new(term.Entry), Kind: new(term.Numeric)}, []gid.ID{below}},
			"a skill in another language": {
				authoring.QuestionFilter{SkillIDs: []gid.ID{up}, Language: new("de")}, nil,
			},
			"everything": {authoring.QuestionFilter{
				Kind: new(term.Numeric), Category: new(term.Technical), Level: new(term.Entry), State: new(term.Draft), Language: new("en"),
				SkillIDs: []gid.ID{down}, Used: new(false), Key: new("below"), Text: new("why question"),
			}, []gid.ID{below}},
		} {
			got := pages(t, 2, questionID, func(p tenant.Paging) (*tenant.Page[*ent.Question], error) {
				return r.authoring.Questions(t.Context(), r.owner, &c.f, p)
			})
			if diff := gocmp.Diff(sorted(c.want...), sorted(got...)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	})
}

func TestSimilarQuestions(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const prompt = "Explain in your own words what happens to a map of the language when it grows beyond the room that it was made with, and what that costs"
		first := r.called(t, r.owner, "One", prompt)
		near := r.called(t, r.owner, "Two", strings.ReplaceAll(prompt, "costs", "means"))
		shouted := r.called(t, r.owner, "Three", strings.ToUpper(strings.ReplaceAll(prompt, " ", " ‑ "))+"!")
		r.called(t, r.owner, "Four", "Tell of a time when you and a colleague did not agree on a design, and how the two of you came to a decision in the end")
		r.called(t, r.stranger, "One", prompt)
		similar := func(a policy.Actor, prompt string) map[gid.ID]bool {
			found, last := map[gid.ID]bool{}, 1.0
			for _, s := range must(r.authoring.SimilarQuestions(t.Context(), a, prompt))(t) {
				if s.Similarity < 0.5 || s.Similarity > last {
					t.Errorf("%v after %v", s.Similarity, last)
				}
				found[s.Question.ID], last = s.Similarity == 1, s.Similarity
			}
			return found
		}
		for name, text := range map[string]string{"itself": prompt, "in capitals": strings.ToUpper(prompt), "without punctuation": strings.ReplaceAll(prompt, ",", "")} {
			if diff := gocmp.Diff(map[gid.ID]bool{first: true, shouted: true, near: false}, similar(r.owner, text)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		other := must(r.authoring.CurrentRevisions(t.Context(), r.owner, []gid.ID{near}))(t)[0].Content.Prompt
		if got := similar(r.owner, other); !got[near] || len(got) != 3 {
			t.Errorf("the other way round: got %v", got)
		}
		for _, text := range []string{"Why?", "…", "Explain what a map is"} {
			if got := similar(r.owner, text); len(got) != 0 {
				t.Errorf("%q: got %v", text, got)
			}
		}
		r.refused(t, "nothing", fault.BadInput, func() error { return lastErr(r.authoring.SimilarQuestions(t.Context(), r.owner, " ")) })
	})
}

func TestTheUsesOfARevision(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		mine, theirs := r.jobRole(t).ID, r.jobRole(t).ID
		q, other := r.published(t, term.Numeric), r.published(t, term.Numeric)
		a := r.publish(t, r.template(t, mine, q.ID).ID)
		b := r.publish(t, r.templateOf(t, theirs, slots(drawn(1, q.ID, other.ID))).ID)
		r.template(t, mine, q.ID)
		c := says(term.Numeric)
		c.Prompt = "Anew?"
		r.republish(t, q.ID, c)
		r.redraft(t, a.ID, draft(q.ID))
		r.publish(t, a.ID)
		numbers := map[gid.ID]int{}
		for _, rev := range must(r.authoring.RevisionsByQuestion(t.Context(), r.owner, []gid.ID{q.ID}))(t) {
			numbers[rev.ID] = rev.Number
		}
		uses := func(who policy.Actor) map[string]int {
			got := map[string]int{}
			ids := []gid.ID{}
			for id := range numbers {
				ids = append(ids, id)
			}
			for _, u := range must(r.authoring.UsesByRevision(t.Context(), who, ids))(t) {
				got[u.Version.TemplateID.String()+" "+strconv.Itoa(u.Version.Number)] = numbers[u.RevisionID]
			}
			return got
		}
		first, second, third := a.ID.String()+" 1", a.ID.String()+" 2", b.ID.String()+" 1"
		if diff := gocmp.Diff(map[string]int{first: 1, second: 2, third: 1}, uses(r.owner)); diff != "" {
			t.Error(diff)
		}
		if diff := gocmp.Diff(map[string]int{first: 1, second: 2}, uses(r.limited(mine))); diff != "" {
			t.Errorf("a limited member: %s", diff)
		}
		if diff := gocmp.Diff(map[string]int{}, uses(r.stranger)); diff != "" {
			t.Errorf("another organization: %s", diff)
		}
	})
}
