package authoring_test

import (
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/term"
)

// frozen publishes what a template says, and gives the version with its two documents.
func (r *rig) frozen(t testing.TB, c *content.Template) (*ent.TemplateVersion, *paper.Paper, *key.Key) {
	t.Helper()
	tpl := r.publish(t, r.templateOf(t, r.jobRole(t).ID, c).ID)
	v := r.version(t, tpl.ID, 1)
	return v, must(paper.Decode(v.Paper))(t), must(key.Decode(v.Key))(t)
}

// asks are the questions of a key with their places.
func asks(k *key.Key) map[string]gid.ID {
	got := map[string]gid.ID{}
	for _, item := range k.Items() {
		got[item.Ref] = item.QuestionID
	}
	return got
}

func TestDrawsAreFrozen(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := r.skill(t).ID
		first, a, b, c := r.published(t, term.Numeric).ID, r.published(t, term.Numeric).ID, r.published(t, term.LongText).ID, r.published(t, term.Numeric).ID
		d, e := r.showing(t, s).ID, r.showing(t, s).ID
		raw := must(r.authoring.CreateQuestion(t.Context(), r.owner, func() authoring.CreateQuestionInput {
			in := r.newQuestion(term.Numeric)
			in.Content.SkillIDs = []gid.ID{s}
			return in
		}()))(t).ID
		retired := r.retireQuestion(t, r.showing(t, s).ID).ID
		plan := slots(fixed(first), drawn(2, c, a, b))
		plan.Sections = append(plan.Sections, &content.Section{Title: "Two", TimeLimit: 300, Slots: []*content.Slot{
			found(1, content.PoolFilter{SkillIDs: []gid.ID{s}, Kind: new(term.Numeric), Language: new("en"), Level: new(term.Entry), Category: new(term.Technical)}),
		}})
		tpl := r.publish(t, r.templateOf(t, r.jobRole(t).ID, plan).ID)
		v := r.version(t, tpl.ID, 1)
		asked, keyed := must(paper.Decode(v.Paper))(t), must(key.Decode(v.Key))(t)
		if diff := gocmp.Diff(map[string]gid.ID{"1.1": first, "1.2": a, "1.3": b, "1.4": c, "2.1": d, "2.2": e}, asks(keyed)); diff != "" {
			t.Error(diff)
		}
		if v.QuestionCount != 4 || v.Points != 8 || v.TimeLimitSeconds != 900 {
			t.Errorf("%d questions for %d points in %d s", v.QuestionCount, v.Points, v.TimeLimitSeconds)
		}
		if diff := gocmp.Diff(asked.Sections[0].Draws, keyed.Sections[0].Draws); diff != "" {
			t.Errorf("the documents draw from other pools: %s", diff)
		}
		if pool := one(t, asked.Sections[0].Draws); pool.Count != 2 || strings.Join(pool.Refs, " ") != "1.2 1.3 1.4" {
			t.Errorf("got %v", pool)
		}
		want := map[string]bool{"1.1": false, "1.2": true, "1.3": true, "1.4": true, "2.1": true, "2.2": true}
		got := map[string]bool{}
		for _, row := range r.rows(t, "SELECT ref, drawn FROM version_uses") {
			got[row[0]] = row[1] == "true" || row[1] == "1"
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("uses: %s", diff)
		}
		late := r.showing(t, s).ID
		if again := r.version(t, tpl.ID, 1); string(again.Paper) != string(v.Paper) || string(again.Key) != string(v.Key) {
			t.Error("a later question entered what was published")
		}
		r.redraft(t, tpl.ID, plan)
		r.publish(t, tpl.ID)
		second := asks(must(key.Decode(r.version(t, tpl.ID, 2).Key))(t))
		if second["2.3"] != late || len(second) != 7 {
			t.Errorf("the next publication: got %v", second)
		}
		for _, id := range second {
			if id == raw || id == retired {
				t.Errorf("a pool takes in %s, which is not published", id)
			}
		}
		if seen := must(idsOf(questionID)(r.authoring.QuestionsByID(t.Context(), r.limited(tpl.JobRoleID), []gid.ID{d, raw})))(t); len(seen) != 1 || seen[0] != d {
			t.Errorf("a manager of the job role sees %v of what the filter found", seen)
		}
	})
}

// unpublishable are drafts that lack something, with what is told of each.
func (r *rig) unpublishable(t *testing.T) map[string]unpublishable {
	s := r.skill(t).ID
	a, b := r.published(t, term.Numeric), r.published(t, term.Numeric)
	raw, retired := r.question(t, term.Numeric), r.retireQuestion(t, r.published(t, term.Numeric).ID)
	r.showing(t, s)
	long := func(hint int) gid.ID {
		return r.asking(t, term.Numeric, func(in *authoring.CreateQuestionInput) { in.Content.TimeHint = hint }).ID
	}
	h30, h60, h91, h500 := long(30), long(60), long(91), long(500)
	two := func(first, second *int) *content.Template {
		c := draft(a.ID)
		c.Sections = append(c.Sections, &content.Section{Title: "Two", TimeLimit: 60, Slots: []*content.Slot{fixed(b.ID)}})
		c.Sections[0].Weight, c.Sections[1].Weight = first, second
		return c
	}
	limited := func(c *content.Template, section int, total *int) *content.Template {
		c.Sections[0].TimeLimit, c.TotalLimit = section, total
		return c
	}
	pinned := func(id gid.ID, number int) *content.Template {
		c := draft(id)
		c.Sections[0].Slots[0].Revision = &number
		return c
	}
	none := draft()
	none.Sections = nil
	return map[string]unpublishable{
		"no section":              {none, 0, []string{"sections: at least one section is needed"}},
		"a section of nothing":    {draft(), 0, []string{"sections.0.slots: this section asks nothing"}},
		"a section without time":  {limited(draft(a.ID), 59, nil), 60, []string{"sections.0.timeLimit: this section has no time; give it a minute at least"}},
		"an unpublished question": {draft(raw.ID), 0, []string{"sections.0.slots.0.questionId: publish this question first: " + raw.Title}},
		"a retired question":      {draft(retired.ID), 60, []string{"sections.0.slots.0.questionId: this question is retired: " + retired.Title}},
		"a question twice":        {draft(a.ID, a.ID), 120, []string{"sections.0.slots.1.questionId: this question is asked elsewhere in the template already: " + a.Title}},
		"a question fixed and in a pool": {slots(fixed(b.ID), drawn(1, a.ID, b.ID)), 120, []string{
			"sections.0.slots.1.draw.questionIds.1: this question is asked elsewhere in the template already: " + b.Title,
		}},
		"a pool with what is not published": {slots(drawn(1, a.ID, raw.ID, retired.ID)), 40, []string{
			"sections.0.slots.0.draw.questionIds.1: publish this question first: " + raw.Title,
			"sections.0.slots.0.draw.questionIds.2: this question is retired: " + retired.Title,
		}},
		"a list smaller than its draw":    {slots(drawn(3, a.ID, b.ID)), 120, []string{"sections.0.slots.0.draw: the pool has 2 questions, fewer than are drawn"}},
		"a filter that finds too few":     {slots(found(2, content.PoolFilter{SkillIDs: []gid.ID{s}})), 60, []string{"sections.0.slots.0.draw: the pool has 1 questions, fewer than are drawn"}},
		"a filter that finds nothing":     {slots(found(1, content.PoolFilter{Language: new("xx")})), 0, []string{"sections.0.slots.0.draw: the pool has 0 questions, fewer than are drawn"}},
		"weights that do not sum":         {two(new(60), new(41)), 120, []string{"sections: the weights of the sections sum to 101, not to 100"}},
		"a section without a weight":      {two(new(100), nil), 120, []string{"sections: give every section a weight, or none"}},
		"a revision that is not there":    {pinned(a.ID, 2), 0, []string{"sections.0.slots.0.revision: this question has no such published revision: " + a.Title}},
		"a revision that is a draft":      {pinned(raw.ID, 1), 0, []string{"sections.0.slots.0.revision: this question has no such published revision: " + raw.Title}},
		"more than a section's time":      {limited(draft(h500), 499, nil), 500, []string{"sections.0.timeLimit: its questions take about 9 minutes, more than its time"}},
		"a mean of a pool over its limit": {limited(slots(drawn(2, h30, h60, h91)), 120, nil), 121, []string{"sections.0.timeLimit: its questions take about 3 minutes, more than its time"}},
		"more than all the time":          {limited(draft(h500, h30), 600, new(529)), 530, []string{"totalLimit: its questions take about 9 minutes, more than the limit"}},
		"many things": {limited(draft(raw.ID, a.ID, a.ID), 0, new(60)), 120, []string{
			"sections.0.timeLimit: this section has no time; give it a minute at least", "sections.0.slots.0.questionId: publish this question first: " + raw.Title,
			"sections.0.slots.2.questionId: this question is asked elsewhere in the template already: " + a.Title,
			"totalLimit: its questions take about 2 minutes, more than the limit",
		}},
	}
}

type unpublishable struct {
	draft   *content.Template
	seconds int // that it is projected to take
	want    []string
}

func TestWhatKeepsATemplateFromBeingPublished(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		role := r.jobRole(t).ID
		for name, c := range r.unpublishable(t) {
			tpl := r.templateOf(t, role, c.draft)
			want := make([]string, len(c.want))
			for i, w := range c.want {
				want[i] = "content." + w
			}
			var got []string
			err := r.unchanged(t, name, func() error {
				v := must(r.authoring.ValidateTemplate(t.Context(), r.owner, tpl.ID))(t)
				for _, f := range v.Faults {
					got = append(got, strings.Join(f.Path, ".")+": "+f.Message)
				}
				if v.Publishable || v.Projected != time.Duration(c.seconds)*time.Second {
					t.Errorf("%s: publishable %t, projected %s, want %d s", name, v.Publishable, v.Projected, c.seconds)
				}
				return lastErr(r.authoring.PublishTemplate(t.Context(), r.owner, authoring.PublishTemplateInput{ID: tpl.ID}))
			})
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%s: validation: %s", name, diff)
			}
			if diff := gocmp.Diff(want, spelled(err)); diff != "" || !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: publication: %v %s", name, err, diff)
			}
		}
	})
}

// TestTimeIsExactAtItsLimits so that a template of just the time it takes can be published.
func TestTimeIsExactAtItsLimits(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		hinted := func(hint int) gid.ID {
			return r.asking(t, term.Numeric, func(in *authoring.CreateQuestionInput) { in.Content.TimeHint = hint }).ID
		}
		c := slots(drawn(2, hinted(30), hinted(60), hinted(91)), fixed(hinted(0)))
		c.Sections[0].TimeLimit, c.TotalLimit = 121, new(121)
		v, _, _ := r.frozen(t, c)
		if v.TimeLimitSeconds != 121 || v.QuestionCount != 3 {
			t.Errorf("got %v", v)
		}
	})
}

func TestValidateTemplate(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a, b, c := r.published(t, term.Numeric).ID, r.published(t, term.Numeric).ID, r.published(t, term.LongText).ID
		without := r.asking(t, term.Numeric, func(in *authoring.CreateQuestionInput) { in.Content.TimeHint = 0 }).ID
		plan := slots(fixed(a), drawn(2, b, c, without))
		plan.Sections = append(plan.Sections, &content.Section{Title: "Two", TimeLimit: 90, Slots: []*content.Slot{fixed(r.published(t, term.Code).ID)}})
		tpl := r.templateOf(t, r.jobRole(t).ID, plan)
		judge := func() *authoring.Validation {
			v := must(r.authoring.ValidateTemplate(t.Context(), r.owner, tpl.ID))(t)
			if v.Template.ID != tpl.ID {
				t.Errorf("got %v", v.Template)
			}
			v.Template = nil
			return v
		}
		want := &authoring.Validation{
			Publishable: true, Faults: []*authoring.TemplateFault{}, Projected: 200 * time.Second, QuestionCount: 4, Points: 8, WithoutHint: 1,
			Sections: []*authoring.SectionProjection{
				{Title: "One", Projected: 140 * time.Second, TimeLimit: 10 * time.Minute},
				{Title: "Two", Projected: time.Minute, TimeLimit: 90 * time.Second},
			},
		}
		if diff := gocmp.Diff(want, judge()); diff != "" {
			t.Errorf("a draft: %s", diff)
		}
		r.publish(t, tpl.ID)
		want.Publishable = false // nothing is wrong with it, but no draft is open
		if diff := gocmp.Diff(want, judge()); diff != "" {
			t.Errorf("what was published: %s", diff)
		}
		must(r.authoring.RetireTemplate(t.Context(), r.owner, authoring.RetireTemplateInput{ID: tpl.ID}))(t)
		want.Faults = []*authoring.TemplateFault{{Path: []string{"state"}, Message: "this template is retired"}}
		if diff := gocmp.Diff(want, judge()); diff != "" {
			t.Errorf("what is retired: %s", diff)
		}
	})
}

func TestAPinnedRevisionIsFrozen(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		q := r.published(t, term.Numeric).ID
		second := says(term.Numeric)
		second.Prompt, second.TimeHint = "Second?", 30
		r.republish(t, q, second)
		c := draft(q)
		c.Sections[0].Slots[0].Revision = new(1)
		tpl := r.templateOf(t, r.jobRole(t).ID, c)
		if v := must(r.authoring.ValidateTemplate(t.Context(), r.owner, tpl.ID))(t); v.Projected != time.Minute {
			t.Errorf("projected by another revision: %s", v.Projected)
		}
		r.publish(t, tpl.ID)
		v := r.version(t, tpl.ID, 1)
		item, asked := one(t, must(key.Decode(v.Key))(t).Items()), must(paper.Decode(v.Paper))(t)
		if item.Revision != 1 || item.Content.Prompt != "Why?" || asked.Question("1.1").Prompt != "Why?" {
			t.Errorf("got %v", item)
		}
		r.retireQuestion(t, q)
		r.redraft(t, tpl.ID, c)
		r.refused(t, "a pinned revision of what is retired", fault.Invalid, func() error {
			return lastErr(r.authoring.PublishTemplate(t.Context(), r.owner, authoring.PublishTemplateInput{ID: tpl.ID}))
		}, "content.sections.0.slots.0.questionId")
	})
}

// TestScoringRulesOverrideTheQuestions in the key alone.
func TestScoringRulesOverrideTheQuestions(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		many, order, number := r.published(t, term.MultipleChoice).ID, r.published(t, term.Ordering).ID, r.published(t, term.Numeric).ID
		worth := r.asking(t, term.MultipleChoice, func(in *authoring.CreateQuestionInput) { mapped(in.Content, "1", "-1") }).ID
		c := draft(many, order, worth, number)
		c.ScoringRules = []*content.ScoringRule{{Kind: term.MultipleChoice, PartialCredit: term.SubtractEqual}, {Kind: term.Ordering, PartialCredit: term.AllOrNothing}}
		_, _, keyed := r.frozen(t, c)
		got := map[gid.ID]term.PartialCredit{}
		for _, item := range keyed.Items() {
			if item.Content.PartialCredit != nil {
				got[item.QuestionID] = *item.Content.PartialCredit
			}
		}
		if diff := gocmp.Diff(map[gid.ID]term.PartialCredit{many: term.SubtractEqual, order: term.AllOrNothing, worth: term.Mapped}, got); diff != "" {
			t.Error(diff)
		}
		revision := one(t, must(r.authoring.CurrentRevisions(t.Context(), r.owner, []gid.ID{many}))(t))
		if *revision.Content.PartialCredit != term.SubtractWrong {
			t.Errorf("the question itself was changed: %s", *revision.Content.PartialCredit)
		}
	})
}

// TestSettingsAreFrozen each in the document where it belongs.
func TestSettingsAreFrozen(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := r.skill(t).ID
		c := draft(r.showing(t, s).ID)
		c.Instructions, c.AttemptLimit, c.FollowUpLimit = "Read **this**", new(2), new(0)
		c.Signals = []term.IntegritySignal{term.FocusLost}
		c.Accommodation = &content.Accommodation{Requestable: true, Contact: "help@example.com"}
		c.SkillWeights = []*content.SkillWeight{{SkillID: s, Weight: 3}}
		c.Sections[0].Instructions, c.Sections[0].Weight = "*Now*", new(100)
		c.Sections[0].Order, c.Sections[0].Navigation = new(term.Shuffled), new(term.ForwardOnly)
		v, asked, keyed := r.frozen(t, c)
		section := asked.Sections[0]
		if asked.InstructionsHTML != "<p>Read <strong>this</strong></p>" || section.InstructionsHTML != "<p><em>Now</em></p>" || asked.Mode != term.Assessment {
			t.Errorf("got %v, %v", asked, section)
		}
		if diff := gocmp.Diff(c.Accommodation, asked.Accommodation); diff != "" || len(asked.Signals) != 1 || section.Order != term.Shuffled || section.Navigation != term.ForwardOnly {
			t.Errorf("got %v, %v %s", asked, section, diff)
		}
		if diff := gocmp.Diff(c.SkillWeights, keyed.SkillWeights); diff != "" || *asked.AttemptLimit != 2 || *keyed.FollowUpLimit != 0 ||
			*keyed.Sections[0].Weight != 100 || keyed.Feedback != term.FeedbackOutcome || len(keyed.Bands) != 2 || v.CutPercent != 50 {
			t.Errorf("got %v %s", keyed, diff)
		}
		if asked.Title != v.Name || v.Hash != paper.Hash(v.Paper, v.Key) {
			t.Errorf("got %v", v)
		}
	})
}

// TestAPreviewIsAPaperOfASeed as a candidate with that seed would have it.
func TestAPreviewIsAPaperOfASeed(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var pool []gid.ID
		for range 5 {
			pool = append(pool, r.asking(t, term.SingleChoice, func(in *authoring.CreateQuestionInput) { in.Content = saysAll(term.SingleChoice) }).ID)
		}
		c := slots(drawn(2, pool...), fixed(r.published(t, term.Numeric).ID))
		c.Sections[0].Order = new(term.Shuffled)
		v, _, _ := r.frozen(t, c)
		sheet := one(t, must(r.authoring.Sheets(t.Context(), r.owner, []gid.ID{v.ID}))(t))
		papers := map[string]bool{}
		for seed := range 40 {
			shown := sheet.Preview(seed, nil)
			if diff := gocmp.Diff(shown, sheet.Preview(seed, nil)); diff != "" || len(shown.Sections[0].Questions) != 3 || shown.Question("1.6") == nil {
				t.Fatalf("seed %d: got %v %s", seed, shown.Sections[0].Questions, diff)
			}
			papers[string(must(shown.Encode())(t))] = true
		}
		if len(papers) < 20 {
			t.Errorf("40 seeds give %d papers", len(papers))
		}
		plain, german := sheet.Preview(7, nil), sheet.Preview(7, new("de"))
		for i, q := range german.Sections[0].Questions {
			if was := plain.Sections[0].Questions[i]; q.Ref != was.Ref || len(q.Choices) != len(was.Choices) {
				t.Fatalf("another paper in another language: %v, %v", q, was)
			}
			if q.Kind == term.Numeric && q.Prompt != "Why?" || q.Kind == term.SingleChoice && (q.Prompt != "Warum?" || !strings.HasSuffix(q.Choices[0].Text, "!")) {
				t.Errorf("got %v", q)
			}
			for j := range q.Choices {
				if q.Choices[j].Key != plain.Sections[0].Questions[i].Choices[j].Key {
					t.Errorf("%s: the choices stand in another order", q.Ref)
				}
			}
		}
		if diff := gocmp.Diff(plain, sheet.Preview(7, new("fr"))); diff != "" {
			t.Errorf("a language that nothing is in: %s", diff)
		}
	})
}

// TestExposuresOfAPoolThatNobodyDrew are listed all the same, without the fixed questions.
func TestExposuresOfAPoolThatNobodyDrew(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var pool []gid.ID
		want := map[string]int{}
		for i := range 11 {
			pool = append(pool, r.published(t, term.Numeric).ID)
			want[paper.Ref(0, i+1)] = 0
		}
		v, _, keyed := r.frozen(t, slots(fixed(r.published(t, term.Numeric).ID), drawn(1, pool...)))
		got, last := map[string]int{}, ""
		for _, e := range must(r.authoring.ExposuresByVersion(t.Context(), r.owner, []gid.ID{v.ID}))(t) {
			if e.VersionID != v.ID || e.Revision != 1 || keyed.Item(e.Ref).QuestionID != e.QuestionID {
				t.Errorf("got %v", e)
			}
			got[e.Ref], last = e.Sessions, e.Ref
		}
		if diff := gocmp.Diff(want, got); diff != "" || last != "1.12" {
			t.Errorf("the last is %s: %s", last, diff)
		}
	})
}

func TestSkillCoverage(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		root := r.skill(t).ID
		middle := r.below(t, root)
		leaf, side, none := r.below(t, middle), r.skill(t).ID, r.skill(t).ID
		role := r.demanding(t, &authoring.MustHaveSkillInput{SkillID: root, Weight: 3}, &authoring.MustHaveSkillInput{SkillID: middle, Weight: 2},
			&authoring.MustHaveSkillInput{SkillID: side, Weight: 1}, &authoring.MustHaveSkillInput{SkillID: none, Weight: 9})
		deep, both, top := r.showing(t, leaf).ID, r.showing(t, middle, leaf).ID, r.showing(t, root).ID
		pooled := r.showing(t, side, leaf).ID
		r.showing(t, none)
		c := slots(fixed(deep), drawn(1, both, top), found(1, content.PoolFilter{SkillIDs: []gid.ID{side}}))
		tpl := r.templateOf(t, role, c)
		other := r.template(t, r.jobRole(t).ID, pooled)
		got := map[gid.ID]int{}
		for _, x := range must(r.authoring.SkillCoverage(t.Context(), r.owner, []gid.ID{tpl.ID, other.ID}))(t) {
			if x.TemplateID != tpl.ID || x.Covered() != (x.Questions > 0) {
				t.Errorf("got %v", x)
			}
			got[x.SkillID] = 100*x.Weight + x.Questions
		}
		if diff := gocmp.Diff(map[gid.ID]int{root: 304, middle: 203, side: 101, none: 900}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDuplicateTemplate(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		q, raw := r.published(t, term.Numeric).ID, r.question(t, term.Numeric).ID
		role, other := r.jobRole(t).ID, r.jobRole(t).ID
		theirs := must(r.authoring.CreateJobRole(t.Context(), r.stranger, authoring.CreateJobRoleInput{Fields: r.roleFields()}))(t).ID
		tpl := must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
			JobRoleID: role, Name: "First", Mode: term.Practice, Content: draft(q), Key: new("first"),
		}))(t)
		copyTo := func(name string, role *gid.ID) (*ent.Template, error) {
			return r.authoring.DuplicateTemplate(t.Context(), r.owner, authoring.DuplicateTemplateInput{ID: tpl.ID, Name: name, JobRoleID: role})
		}
		check := func(when string, got *ent.Template, wantRole gid.ID, want *content.Template) {
			t.Helper()
			if diff := gocmp.Diff(want, got.Draft); diff != "" || got.ID == tpl.ID || got.Name != "Copy" || got.Mode != term.Practice || got.Handle != nil ||
				got.State != term.Draft || got.DraftNumber != 1 || got.PublishedNumber != 0 || got.Revision != 1 || got.JobRoleID != wantRole {
				t.Errorf("%s: got %v %s", when, got, diff)
			}
		}
		check("of a draft", must(copyTo("Copy", nil))(t), role, draft(q))
		r.publish(t, tpl.ID)
		check("of what was published", must(copyTo("Copy", &other))(t), other, draft(q))
		r.redraft(t, tpl.ID, draft(raw, q))
		copied := must(copyTo("Copy", nil))(t)
		check("of the draft beside it", copied, role, draft(raw, q))
		must(r.authoring.RetireTemplate(t.Context(), r.owner, authoring.RetireTemplateInput{ID: tpl.ID}))(t)
		check("of what is retired", must(copyTo("Copy", nil))(t), role, draft(raw, q))
		r.redraft(t, copied.ID, draft(q))
		r.publish(t, copied.ID)
		if now := r.templateNow(t, tpl.ID); now.State != term.Retired || now.Name != "First" || now.PublishedNumber != 1 {
			t.Errorf("the original changed: %v", now)
		}
		r.refused(t, "a bad name", fault.Invalid, func() error { return lastErr(copyTo(" ", nil)) }, "name")
		r.refused(t, "for another organization's job role", fault.NotFound, func() error { return lastErr(copyTo("Copy", &theirs)) })
	})
}
