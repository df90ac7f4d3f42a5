package authoring_test

import (
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
			if diff := gocmp.Diff(first.String()+string(first.Paper)+string(first.Key), func() string {
				v := r.version(t, tpl.ID, 1)
				return v.String() + string(v.Paper) + string(v.Key)
			}()); diff != "" {
				t.Errorf("after %s: %s", when, diff)
			}
		}
		unchanged("an edit of the question")
		must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))(t)
		unchanged("its publication")
		d := draft(q.ID, q.ID)
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
			keyed.Items()[0].Revision != 2 || keyed.Items()[0].Title != "Changed" || keyed.CutPercent != 70 || second.Name != "Second" {
			t.Errorf("got %v, %v", second, keyed.Items()[0])
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
			"update": func() error { return update(3) }, "publish": func() error { return publish(nil) }, "retire": func() error { return retire(nil) },
		} {
			r.refused(t, name+" what is retired", fault.Conflict, call)
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
			in.Content.Sections = append(in.Content.Sections, &content.Section{TimeLimit: 59})
			in.Content.Bands = []*content.Band{{Name: "", MinPercent: -1}, {Name: "A", MinPercent: 50}, {Name: "A", MinPercent: 50}}
		}), "name", "content.cutPercent", "content.sections.0.slots.0.points", "content.sections.1.title", "content.sections.1.timeLimit",
			"content.sections.1.slots", "content.bands.0.name", "content.bands.0.minPercent", "content.bands.2.name",
			"content.bands.2.minPercent", "content.bands")
		r.refused(t, "nothing in it", fault.Invalid, create(func(in *authoring.CreateTemplateInput) {
			in.Content = &content.Template{}
		}), "content.sections", "content.bands")
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

func TestTemplatesAreFiltered(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		q, one, two := r.published(t, term.Numeric).ID, r.jobRole(t).ID, r.jobRole(t).ID
		a, b := r.template(t, one, q).ID, r.publish(t, r.template(t, one, q).ID).ID
		c := r.template(t, two, q).ID
		for name, f := range map[string]struct {
			f    *authoring.TemplateFilter
			want []gid.ID
		}{
			"all, the newest first": {nil, []gid.ID{c, b, a}},
			"job role":              {&authoring.TemplateFilter{JobRoleID: &one}, []gid.ID{b, a}},
			"state":                 {&authoring.TemplateFilter{JobRoleID: &one, State: new(term.Draft)}, []gid.ID{a}},
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
