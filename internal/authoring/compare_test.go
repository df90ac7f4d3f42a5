package authoring_test

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// comparing is what the versions are made of that are compared.
type comparing struct {
	a, b, c, d, many gid.ID
	skill            gid.ID
}

// before is the first version: two sections, a pool in the second.
func (x *comparing) before() *content.Template {
	t := draft(x.a, x.many)
	t.Sections = append(t.Sections, &content.Section{Title: "Two", TimeLimit: 300, Slots: []*content.Slot{drawn(1, x.b, x.c)}})
	return t
}

// changes are edits of the first version with what a comparison tells: each difference, then the reasons against one
// ranking.
func (x *comparing) changes() map[string]comparison {
	type t = *content.Template
	return map[string]comparison{
		"nothing":      {func(t) {}, nil, nil},
		"instructions": {func(d t) { d.Instructions = "Read" }, []string{`CHANGED instructions "" → "Read"`}, nil},
		"the cut":      {func(d t) { d.CutPercent = 60 }, []string{"CHANGED cutPercent 50 → 60"}, nil},
		"the bands": {func(d t) { d.Bands = d.Bands[:1] },
			[]string{`CHANGED bands [{"name":"Low","minPercent":0},{"name":"High","minPercent":50}] → [{"name":"Low","minPercent":0}]`}, nil},
		"the feedback":      {func(d t) { d.Feedback = term.FeedbackNone }, []string{`CHANGED feedback "OUTCOME" → "NONE"`}, nil},
		"the attempts":      {func(d t) { d.AttemptLimit = new(2) }, []string{"CHANGED attemptLimit null → 2"}, nil},
		"the signals":       {func(d t) { d.Signals = []term.IntegritySignal{term.Pasted} }, []string{`CHANGED signals null → ["PASTED"]`}, nil},
		"the accommodation": {func(d t) { d.Accommodation = &content.Accommodation{Contact: "H"} }, []string{`CHANGED accommodation null → {"requestable":false,"contact":"H"}`}, nil},
		"the follow-ups":    {func(d t) { d.FollowUpLimit = new(1) }, []string{"CHANGED followUpLimit null → 1"}, []string{"the number of follow-up questions differs"}},
		"a section's text": {func(d t) { d.Sections[0].Title, d.Sections[1].Instructions = "1", "I" },
			[]string{`CHANGED sections.0.title "One" → "1"`, `CHANGED sections.1.instructions "" → "I"`}, nil},
		"a section's order": {func(d t) { d.Sections[0].Order = new(term.Shuffled) }, []string{`CHANGED sections.0.order "FIXED" → "SHUFFLED"`}, nil},
		"the time":          {func(d t) { d.Sections[1].TimeLimit = 360 }, []string{"CHANGED sections.1.timeLimit 300 → 360"}, []string{"the time differs"}},
		"the way through": {func(d t) { d.Sections[0].Navigation = new(term.ForwardOnly) },
			[]string{`CHANGED sections.0.navigation "FREE" → "FORWARD_ONLY"`}, []string{"the way through a section differs"}},
		"the weights of sections": {func(d t) { d.Sections[0].Weight, d.Sections[1].Weight = new(30), new(70) },
			[]string{"CHANGED sections.0.weight null → 30", "CHANGED sections.1.weight null → 70"}, []string{"sections weigh differently"}},
		"a question more": {func(d t) { d.Sections[0].Slots = append(d.Sections[0].Slots, fixed(x.d)) },
			[]string{"ADDED 1.3 newly asked"}, []string{"the questions differ"}},
		"a question less": {func(d t) { d.Sections[0].Slots = d.Sections[0].Slots[1:] },
			[]string{"REMOVED 1.1 no longer asked"}, []string{"the questions differ"}},
		"a question for another": {func(d t) { d.Sections[0].Slots[0] = fixed(x.d) },
			[]string{"ADDED 1.1 newly asked", "REMOVED 1.1 no longer asked"}, []string{"the questions differ"}},
		"other points": {func(d t) { d.Sections[0].Slots[0].Points = 5 }, []string{"CHANGED 1.1 2 → 5 points"}, []string{"questions are worth different points"}},
		"another rule": {func(d t) {
			d.ScoringRules = []*content.ScoringRule{{Kind: term.MultipleChoice, PartialCredit: term.AllOrNothing}}
		}, []string{"CHANGED 1.2 another rule of partial credit"}, []string{"questions are scored by different rules"}},
		"another order of questions": {func(d t) { s := d.Sections[0].Slots; s[0], s[1] = s[1], s[0] },
			[]string{"CHANGED sections.0.slots the questions stand in another order"}, nil},
		"two things of a question": {func(d t) {
			d.Sections[0].Slots[1].Points = 5
			d.ScoringRules = []*content.ScoringRule{{Kind: term.MultipleChoice, PartialCredit: term.AllOrNothing}}
		}, []string{"CHANGED 1.2 2 → 5 points, another rule of partial credit"},
			[]string{"questions are worth different points", "questions are scored by different rules"}},
		"a question in another section": {func(d t) {
			d.Sections[1].Slots = append(d.Sections[1].Slots, d.Sections[0].Slots[0])
			d.Sections[0].Slots = d.Sections[0].Slots[1:]
		}, []string{"CHANGED 2.3 section 1 → 2"}, []string{"the sections differ"}},
		"a larger pool": {func(d t) { d.Sections[1].Slots[0] = drawn(1, x.b, x.c, x.d) },
			[]string{"CHANGED sections.1.draws …", "ADDED 2.3 newly asked"}, []string{"the pools differ", "the questions differ"}},
		"more of the pool":          {func(d t) { d.Sections[1].Slots[0].Draw.Count = 2 }, []string{"CHANGED sections.1.draws …"}, []string{"the pools differ"}},
		"the pool in another order": {func(d t) { d.Sections[1].Slots[0] = drawn(1, x.c, x.b) }, nil, nil},
		"the weights of skills": {func(d t) { d.SkillWeights = []*content.SkillWeight{{SkillID: x.skill, Weight: 2}} },
			[]string{"CHANGED skillWeights …"}, []string{"skills weigh differently"}},
		"a section less": {func(d t) { d.Sections = d.Sections[:1] },
			[]string{"REMOVED sections.1 Two", "REMOVED 2.1 no longer asked", "REMOVED 2.2 no longer asked"}, []string{"the sections differ", "the questions differ"}},
		"a section more": {func(d t) {
			d.Sections = append(d.Sections, &content.Section{Title: "Three", TimeLimit: 60, Slots: []*content.Slot{fixed(x.d)}})
		}, []string{"ADDED sections.2 Three", "ADDED 3.1 newly asked"}, []string{"the sections differ", "the questions differ"}},
	}
}

type comparison struct {
	change  func(*content.Template)
	told    []string
	reasons []string
}

// listed are the changes as lines; what names ids is cut short.
func listed(c *authoring.Comparison) (all []string) {
	for _, x := range c.Changes {
		message := x.Message
		if strings.HasSuffix(x.Path, "draws") || x.Path == "skillWeights" {
			message = "…"
		}
		all = append(all, string(x.Kind)+" "+x.Path+" "+message)
	}
	return all
}

func TestCompareVersions(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		q := func() gid.ID { return r.published(t, term.Numeric).ID }
		x := &comparing{a: q(), b: q(), c: q(), d: q(), many: r.published(t, term.MultipleChoice).ID, skill: r.skill(t).ID}
		role := r.jobRole(t).ID
		first := r.publish(t, r.templateOf(t, role, x.before()).ID)
		from := r.version(t, first.ID, 1).ID
		for name, c := range x.changes() {
			after := x.before()
			c.change(after)
			tpl := must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
				JobRoleID: role, Name: first.Name, Mode: term.Assessment, Content: after,
			}))(t)
			r.publish(t, tpl.ID)
			to := r.version(t, tpl.ID, 1).ID
			got := must(r.authoring.CompareVersions(t.Context(), r.owner, from, to))(t)
			if diff := gocmp.Diff(c.told, listed(got)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			if diff := gocmp.Diff(append([]string{}, c.reasons...), got.Reasons); diff != "" || got.SharedRanking != (len(c.reasons) == 0) {
				t.Errorf("%s: shared ranking %t: %s", name, got.SharedRanking, diff)
			}
			back := must(r.authoring.CompareVersions(t.Context(), r.owner, to, from))(t)
			if len(back.Changes) != len(got.Changes) || back.SharedRanking != got.SharedRanking {
				t.Errorf("%s: the other way round: %v", name, listed(back))
			}
		}
	})
}

func TestCompareVersionsOfRevisedQuestions(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		role, q := r.jobRole(t).ID, r.published(t, term.Numeric)
		tpl := r.publish(t, r.template(t, role, q.ID).ID)
		c := says(term.Numeric)
		c.Prompt = "Second?"
		r.republish(t, q.ID, c)
		d := draft(q.ID)
		tpl = must(r.authoring.UpdateTemplate(t.Context(), r.owner, authoring.UpdateTemplateInput{ID: tpl.ID, Revision: tpl.Revision, Name: "Renamed", Content: d}))(t)
		r.publish(t, tpl.ID)
		from, to := r.version(t, tpl.ID, 1).ID, r.version(t, tpl.ID, 2).ID
		got := must(r.authoring.CompareVersions(t.Context(), r.owner, from, to))(t)
		if got.From.ID != from || got.To.ID != to || len(got.Changes) != 2 || got.Changes[0].Path != "name" {
			t.Fatalf("got %v", listed(got))
		}
		want := &authoring.VersionChange{
			Kind: authoring.Changed, Path: "1.1", Title: q.Title, QuestionID: &q.ID, FromRevision: new(1), ToRevision: new(2), Message: "revision 1 → 2",
		}
		if diff := gocmp.Diff(want, got.Changes[1]); diff != "" {
			t.Error(diff)
		}
		if diff := gocmp.Diff([]string{"questions were revised"}, got.Reasons); diff != "" || got.SharedRanking {
			t.Error(diff)
		}
		t.Run("for another purpose", func(t *testing.T) {
			other := must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{JobRoleID: role, Name: "Renamed", Mode: term.Practice, Content: d}))(t)
			r.publish(t, other.ID)
			got := must(r.authoring.CompareVersions(t.Context(), r.owner, to, r.version(t, other.ID, 1).ID))(t)
			if diff := gocmp.Diff([]string{"they are for different purposes"}, got.Reasons); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("with a version from elsewhere", func(t *testing.T) {
			hidden := r.publish(t, r.template(t, r.jobRole(t).ID, q.ID).ID)
			v := r.version(t, hidden.ID, 1).ID
			compare := func(a policy.Actor, from, to gid.ID) func() error {
				return func() error { return lastErr(r.authoring.CompareVersions(t.Context(), a, from, to)) }
			}
			r.refused(t, "of another job role", fault.NotFound, compare(r.limited(role), from, v))
			r.refused(t, "that is not there", fault.NotFound, compare(r.owner, r.ids.New(gid.TemplateVersion, r.clock.look()), to))
		})
	})
}
