package authoring_test

import (
	"encoding/json"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// version reads a whole version, with its frozen documents.
func (r *rig) version(t testing.TB, id gid.ID, number int) *ent.TemplateVersion {
	t.Helper()
	scope := must(r.store.As(t.Context(), r.owner, policy.TemplateRead))(t)
	return must(scope.TemplateVersions().Where(templateversion.TemplateID(id), templateversion.Number(number)).Only(t.Context()))(t)
}

func TestAPublishedVersionNeverChanges(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := r.skill(t)
		in := r.newQuestion(term.MultipleChoice)
		in.Content.SkillIDs = []gid.ID{s.ID}
		q := must(r.authoring.CreateQuestion(t.Context(), r.owner, in))(t)
		q = must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))(t)
		role := r.jobRole(t).ID
		tpl := r.publish(t, r.template(t, role, q.ID).ID)
		first := r.version(t, tpl.ID, 1)
		if first.Hash != paper.Hash(first.Paper, first.Key) || first.QuestionCount != 1 || first.TimeLimitSeconds != 600 || first.Points != 2 {
			t.Errorf("got %v", first)
		}
		edited := says(term.MultipleChoice)
		edited.Prompt, edited.Choices[0].Correct, edited.Choices[1].Correct = "Changed?", false, true
		q = must(r.authoring.UpdateQuestion(t.Context(), r.owner, authoring.UpdateQuestionInput{
			ID: q.ID, Revision: q.Revision, Title: "Changed", Category: term.Culture, Level: term.Senior, Content: edited,
		}))(t)
		unchanged := func(when string) {
			t.Helper()
			if diff := gocmp.Diff(must(json.Marshal(first))(t), must(json.Marshal(r.version(t, tpl.ID, 1)))(t)); diff != "" {
				t.Errorf("after %s: %s", when, diff)
			}
		}
		unchanged("an edit of the question")
		must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))(t)
		unchanged("its publication")
		d := draft(r.published(t, term.LongText).ID, q.ID)
		d.CutPercent = 70
		tpl = must(r.authoring.UpdateTemplate(t.Context(), r.owner, authoring.UpdateTemplateInput{ID: tpl.ID, Revision: tpl.Revision, Name: "Second", Content: d}))(t)
		if tpl.PublishedNumber != 1 || tpl.DraftNumber != 2 || tpl.State != term.Published {
			t.Errorf("got %v", tpl)
		}
		unchanged("an edit of the template")
		tpl = r.publish(t, tpl.ID)
		unchanged("the second publication")
		second := r.version(t, tpl.ID, 2)
		asked, keyed := must(paper.Decode(second.Paper))(t), must(key.Decode(second.Key))(t)
		if tpl.PublishedNumber != 2 || second.Hash == first.Hash || asked.Count() != 2 || asked.Sections[0].Questions[1].Prompt != "Changed?" ||
			keyed.Items()[1].Revision != 2 || keyed.Items()[1].Title != "Changed" || keyed.CutPercent != 70 || second.Name != "Second" {
			t.Errorf("got %v, %v", second, keyed.Items()[1])
		}
		old := must(key.Decode(first.Key))(t).Items()[0]
		if old.Revision != 1 || !old.Content.Choices[0].Correct || old.Skills[0].Name != s.Name {
			t.Errorf("got %v", old)
		}
		sheets := must(r.authoring.Sheets(t.Context(), r.owner, []gid.ID{first.ID}))(t)
		if len(sheets) != 1 || sheets[0].VersionID != first.ID || sheets[0].Sections[0].Questions[0].Prompt != "Why?" {
			t.Errorf("got %v", sheets)
		}
		got := must(idsOf(versionID)(r.authoring.VersionsByTemplate(t.Context(), r.owner, []gid.ID{tpl.ID})))(t)
		if diff := gocmp.Diff([]gid.ID{second.ID, first.ID}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTheStatesOfATemplate(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		q, raw := r.published(t, term.Numeric).ID, r.question(t, term.Numeric).ID
		tpl := r.template(t, r.jobRole(t).ID, raw, q)
		id := tpl.ID
		publish := func(key *string) error {
			return lastErr(r.authoring.PublishTemplate(t.Context(), r.owner, authoring.PublishTemplateInput{ID: id, IdempotencyKey: key}))
		}
		retire := func(key *string) error {
			return lastErr(r.authoring.RetireTemplate(t.Context(), r.owner, authoring.RetireTemplateInput{ID: id, IdempotencyKey: key}))
		}
		update := func(revision int) error {
			return lastErr(r.authoring.UpdateTemplate(t.Context(), r.owner, authoring.UpdateTemplateInput{ID: id, Revision: revision, Name: "N", Content: draft(q)}))
		}
		r.refused(t, "an unpublished question", fault.Invalid, func() error { return publish(nil) }, "content.sections.0.slots.0.questionId")
		r.refused(t, "retire a draft", fault.Conflict, func() error { return retire(nil) })
		f := r.refused(t, "an older revision", fault.Stale, func() error { return update(0) }, "revision")
		if now, ok := f.Current.(*ent.Template); !ok || now.Revision != 1 {
			t.Errorf("current %v", f.Current)
		}
		if err := update(1); err != nil {
			t.Fatal(err)
		}
		if err := publish(new("k")); err != nil {
			t.Fatal(err)
		}
		r.refused(t, "publish without a draft", fault.Conflict, func() error { return publish(nil) })
		r.refused(t, "retire with the key of the publication", fault.IdempotencyMismatch, func() error { return retire(new("k")) })
		if err := retire(new("r")); err != nil {
			t.Fatal(err)
		}
		for name, call := range map[string]func() error{
			"update": func() error { return update(3) }, "publish": func() error { return publish(nil) },
		} {
			r.refused(t, name+" what is retired", fault.Conflict, call)
		}
		if err := r.unchanged(t, "retire what is retired", func() error { return retire(nil) }); err != nil {
			t.Errorf("retire what is retired: %v", err)
		}
		if v := r.version(t, id, 1); v.Number != 1 {
			t.Error("the version of a retired template is gone")
		}
	})
}

func TestADraftIsJudgedAsAWhole(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		q, role := r.question(t, term.Numeric).ID, r.jobRole(t).ID
		create := func(change func(*authoring.CreateTemplateInput)) func() error {
			in := authoring.CreateTemplateInput{JobRoleID: role, Name: "N", Mode: term.Assessment, Content: draft(q)}
			change(&in)
			return func() error { return lastErr(r.authoring.CreateTemplate(t.Context(), r.owner, in)) }
		}
		r.refused(t, "everything", fault.Invalid, create(func(in *authoring.CreateTemplateInput) {
			in.Name, in.Content.CutPercent = "", 101
			in.Content.Sections[0].Slots[0].Points = 0
			in.Content.Sections = append(in.Content.Sections, &content.Section{TimeLimit: -1})
			in.Content.Bands = []*content.Band{{Name: "", MinPercent: -1}, {Name: "A", MinPercent: 50}, {Name: "A", MinPercent: 50}}
		}), "name", "content.cutPercent", "content.sections.0.slots.0.points", "content.sections.1.title", "content.sections.1.timeLimit",
			"content.bands.0.name", "content.bands.0.minPercent", "content.bands.2.name",
			"content.bands.2.minPercent", "content.bands")
		r.refused(t, "nothing in it", fault.Invalid, create(func(in *authoring.CreateTemplateInput) {
			in.Content = &content.Template{}
		}), "content.bands")
		r.refused(t, "bands that begin above 0", fault.Invalid, create(func(in *authoring.CreateTemplateInput) {
			in.Content.Bands[0].MinPercent = 1
		}), "content.bands")
		theirs := must(r.authoring.CreateQuestion(t.Context(), r.stranger, r.newQuestion(term.Numeric)))(t)
		r.refused(t, "another organization's question", fault.NotFound, create(func(in *authoring.CreateTemplateInput) {
			in.Content = draft(q, theirs.ID)
		}))
		foreign := must(r.authoring.CreateJobRole(t.Context(), r.stranger, authoring.CreateJobRoleInput{Fields: r.roleFields()}))(t)
		r.refused(t, "another organization's job role", fault.NotFound, create(func(in *authoring.CreateTemplateInput) { in.JobRoleID = foreign.ID }))
		tpl := r.template(t, role, q)
		r.refused(t, "an update with another organization's question", fault.NotFound, func() error {
			return lastErr(r.authoring.UpdateTemplate(t.Context(), r.owner, authoring.UpdateTemplateInput{ID: tpl.ID, Revision: 1, Name: "N", Content: draft(theirs.ID)}))
		})
	})
}

// badDrafts are drafts with something wrong that no later edit of a question would mend: what is told of each.
func badDrafts(q, s gid.ID) map[string]badDraft {
	type t = *content.Template
	slot := func(all ...*content.Slot) func(t) {
		return func(d t) { d.Sections[0].Slots = all }
	}
	many := make([]*content.Slot, 101)
	for i := range many {
		many[i] = fixed(q)
	}
	return map[string]badDraft{
		"a slot of nothing": {slot(&content.Slot{Points: 1}), []string{"sections.0.slots.0.questionId: name either a question or a draw"}},
		"a slot of both": {slot(&content.Slot{QuestionID: &q, Draw: drawn(1, q).Draw, Points: 1}),
			[]string{"sections.0.slots.0.questionId: name either a question or a draw"}},
		"a revision of a draw": {slot(&content.Slot{Draw: drawn(1, q).Draw, Points: 1, Revision: new(1)}),
			[]string{"sections.0.slots.0.revision: only a fixed question has a revision"}},
		"a pool of nothing": {slot(drawn(1)), []string{"sections.0.slots.0.draw.questionIds: name either the questions of the pool or a filter"}},
		"a pool of both": {slot(&content.Slot{Points: 1, Draw: &content.Draw{Count: 1, QuestionIDs: []gid.ID{q}, Filter: &content.PoolFilter{}}}),
			[]string{"sections.0.slots.0.draw.questionIds: name either the questions of the pool or a filter"}},
		"a pool with one twice": {slot(drawn(1, q, q)), []string{"sections.0.slots.0.draw.questionIds.1: this question is in the pool twice"}},
		"a draw of none":        {slot(drawn(0, q)), []string{"sections.0.slots.0.draw.count: this must be from 1 to 100"}},
		"a filter of many skills": {slot(found(1, content.PoolFilter{SkillIDs: make([]gid.ID, 21)})),
			[]string{"sections.0.slots.0.draw.filter.skillIds: at most 20 are allowed"}},
		"many slots":     {slot(many...), []string{"sections.0.slots: at most 100 slots are allowed"}},
		"many questions": {slot(drawn(100, q), drawn(100, q), fixed(q)), []string{"sections: at most 200 questions are allowed in all"}},
		"many sections": {func(d t) {
			for range 20 {
				d.Sections = append(d.Sections, &content.Section{Title: "S"})
			}
		}, []string{"sections: at most 20 sections are allowed"}},
		"a weight":      {func(d t) { d.Sections[0].Weight = new(101) }, []string{"sections.0.weight: this must be from 0 to 100"}},
		"a time":        {func(d t) { d.Sections[0].TimeLimit = 28801 }, []string{"sections.0.timeLimit: this must be from nothing to 8 hours"}},
		"no band":       {func(d t) { d.Bands = nil }, []string{"bands: 1 to 10 bands are needed"}},
		"a high band":   {func(d t) { d.Bands = d.Bands[1:] }, []string{"bands: one band must begin at 0"}},
		"the total":     {func(d t) { d.TotalLimit = new(59) }, []string{"totalLimit: this must be from one minute to 24 hours"}},
		"the attempts":  {func(d t) { d.AttemptLimit = new(0) }, []string{"attemptLimit: this must be from 1 to 20"}},
		"the follow-up": {func(d t) { d.FollowUpLimit = new(11) }, []string{"followUpLimit: this must be from 0 to 10"}},
		"nobody helps": {func(d t) { d.Accommodation = &content.Accommodation{Requestable: true} },
			[]string{"accommodation.contact: name the person or address that helps"}},
		"two rules of a kind": {func(d t) {
			d.ScoringRules = []*content.ScoringRule{{Kind: term.Ordering, PartialCredit: term.AdjacentPairs}, {Kind: term.Ordering, PartialCredit: term.AllOrNothing}}
		}, []string{"scoringRules.1.kind: this kind has two rules"}},
		"rules of another kind": {func(d t) {
			d.ScoringRules = []*content.ScoringRule{
				{Kind: term.Numeric, PartialCredit: term.AllOrNothing}, {Kind: term.MultipleChoice, PartialCredit: term.AdjacentPairs},
				{Kind: term.SingleChoice, PartialCredit: term.Mapped},
			}
		}, []string{"scoringRules.0.partialCredit: this kind has no such rule", "scoringRules.1.partialCredit: this kind has no such rule",
			"scoringRules.2.partialCredit: this kind has no such rule"}},
		"weights of skills": {func(d t) { d.SkillWeights = []*content.SkillWeight{{SkillID: s, Weight: 11}, {SkillID: s, Weight: 1}} },
			[]string{"skillWeights.0.weight: this must be from 0 to 10", "skillWeights.1.skillId: this skill is named twice"}},
		"a signal twice": {func(d t) { d.Signals = []term.IntegritySignal{term.Pasted, term.Pasted} }, []string{"signals.1: this signal is named twice"}},
		"provenance":     {func(d t) { d.Provenance = &content.Provenance{Date: "yesterday"} }, []string{"provenance.date: write a date such as 2026-11-30"}},
	}
}

type badDraft struct {
	spoil func(*content.Template)
	want  []string
}

func TestBadDrafts(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		q, s, role := r.published(t, term.Numeric).ID, r.skill(t).ID, r.jobRole(t).ID
		tpl := r.template(t, role, q)
		err := r.unchanged(t, "a bad draft", func() error {
			for name, c := range badDrafts(q, s) {
				d := draft(q)
				c.spoil(d)
				want := make([]string, len(c.want))
				for i, w := range c.want {
					want[i] = "content." + w
				}
				if diff := gocmp.Diff(want, spelled(lastErr(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
					JobRoleID: role, Name: "N", Mode: term.Assessment, Content: d,
				})))); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
				if diff := gocmp.Diff(want, spelled(lastErr(r.authoring.UpdateTemplate(t.Context(), r.owner, authoring.UpdateTemplateInput{
					ID: tpl.ID, Revision: 1, Name: "N", Content: d,
				})))); diff != "" {
					t.Errorf("%s, as an update: %s", name, diff)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		theirs := must(r.authoring.CreateSkill(t.Context(), r.stranger, authoring.CreateSkillInput{Name: "theirs"}))(t).ID
		for name, spoil := range map[string]func(*content.Template){
			"weights of another organization's skill": func(d *content.Template) { d.SkillWeights = []*content.SkillWeight{{SkillID: theirs, Weight: 1}} },
			"a filter by another organization's skill": func(d *content.Template) {
				d.Sections[0].Slots[0] = found(1, content.PoolFilter{SkillIDs: []gid.ID{theirs}})
			},
		} {
			d := draft(q)
			spoil(d)
			r.refused(t, name, fault.NotFound, func() error {
				return lastErr(r.authoring.UpdateTemplate(t.Context(), r.owner, authoring.UpdateTemplateInput{ID: tpl.ID, Revision: 1, Name: "N", Content: d}))
			})
		}
	})
}

// TestADraftMayBeUnfinished until it is published.
func TestADraftMayBeUnfinished(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		empty := draft()
		empty.Sections = nil
		for _, c := range []*content.Template{empty, draft(), {Bands: []*content.Band{{Name: "All"}}, Feedback: term.FeedbackNone, Sections: []*content.Section{{Title: "Later"}}}} {
			r.templateOf(t, r.jobRole(t).ID, c)
		}
	})
}

func TestTemplatesAreFiltered(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		q, one, two := r.published(t, term.Numeric).ID, r.jobRole(t).ID, r.jobRole(t).ID
		a, b := r.template(t, one, q).ID, r.publish(t, r.template(t, one, q).ID).ID
		c := must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
			JobRoleID: two, Name: "N", Mode: term.Practice, Content: draft(q), Key: new("go.maps"),
		}))(t).ID
		for name, f := range map[string]struct {
			f    *authoring.TemplateFilter
			want []gid.ID
		}{
			"all, the newest first": {nil, []gid.ID{c, b, a}},
			"job role":              {&authoring.TemplateFilter{JobRoleID: &one}, []gid.ID{b, a}},
			"state":                 {&authoring.TemplateFilter{JobRoleID: &one, State: new(term.Draft)}, []gid.ID{a}},
			"mode":                  {&authoring.TemplateFilter{Mode: new(term.Practice)}, []gid.ID{c}},
			"key":                   {&authoring.TemplateFilter{Key: new("go.maps")}, []gid.ID{c}},
			"mode and key":          {&authoring.TemplateFilter{Mode: new(term.Assessment), Key: new("go.maps")}, nil},
		} {
			got := pages(t, 1, templateID, func(p tenant.Paging) (*tenant.Page[*ent.Template], error) {
				return r.authoring.Templates(t.Context(), r.owner, f.f, p)
			})
			if diff := gocmp.Diff(f.want, got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	})
}
