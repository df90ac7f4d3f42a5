package authoring_test

import (
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// fate is what becomes of a question or a template.
type fate int

const (
	leftDraft fate = iota
	wasPublished
	withDraft
	wasRetired
	retiredWithDraft
	fates
)

// plan is an organization that is to be made; numbers name earlier entries.
type plan struct {
	Skills    []plannedSkill
	Merges    [][2]int
	Roles     []plannedRole
	Questions []plannedQuestion
	Templates []plannedTemplate
}

type plannedSkill struct {
	Parent int // below zero: none
	Keyed  bool
}

type plannedRole struct {
	Keyed, Closed, External bool
	Skills                  []int
}

type plannedQuestion struct {
	Kind     int
	Keyed    bool
	Pool     bool // one that filters find
	Fate     fate
	Skills   []int
	Foreign  bool // has a translation
	Category int
}

type plannedTemplate struct {
	Role          int
	Keyed         bool
	Fate          fate
	Mode          int
	Slots         []int
	Draw          []int
	Filter, Extra bool
	Skills        []int
}

func plans() *rapid.Generator[*plan] {
	return rapid.Custom(func(t *rapid.T) *plan {
		upTo := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "number") }
		yes := func() bool { return rapid.Bool().Draw(t, "yes") }
		some := func(n int) []int {
			return rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, 3, rapid.ID[int]).Draw(t, "some")
		}
		p := &plan{}
		for i := range 8 {
			p.Skills = append(p.Skills, plannedSkill{Parent: upTo(i+1) - 1, Keyed: yes()})
		}
		for range upTo(4) {
			p.Merges = append(p.Merges, [2]int{upTo(8), upTo(8)})
		}
		for range 2 {
			p.Roles = append(p.Roles, plannedRole{yes(), yes(), yes(), some(8)})
		}
		for i := range 14 {
			p.Questions = append(p.Questions, plannedQuestion{i % len(term.QuestionKind("").Values()), yes(), i%4 == 0, fate(upTo(int(fates))), some(8), yes(), upTo(5)})
		}
		for range 5 {
			p.Templates = append(p.Templates, plannedTemplate{upTo(2), yes(), fate(upTo(int(fates))), upTo(3), some(14), some(14), yes(), yes(), some(8)})
		}
		return p
	})
}

// maker makes a plan come true.
type maker struct {
	*rig
	t         testing.TB
	owner     policy.Actor
	skills    []gid.ID
	roles     []gid.ID
	questions []*ent.Question
}

func (m *maker) key(keyed bool, n int) *string {
	if !keyed {
		return nil
	}
	key := "key." + strconv.Itoa(n)
	return &key
}

func (m *maker) pick(from []gid.ID, numbers []int) []gid.ID {
	ids := []gid.ID{}
	for _, n := range numbers {
		ids = append(ids, from[n])
	}
	return ids
}

func (m *maker) make(p *plan) {
	for i, s := range p.Skills {
		in := authoring.CreateSkillInput{Name: m.name("Skill"), Description: "Two\nlines: yes", Key: m.key(s.Keyed, i)}
		if s.Parent >= 0 {
			in.ParentID = &m.skills[s.Parent]
		}
		row, err := m.authoring.CreateSkill(m.t.Context(), m.owner, in)
		if fault.Is(err, fault.Invalid) { // a fourth level
			in.ParentID = nil
			row, err = m.authoring.CreateSkill(m.t.Context(), m.owner, in)
		}
		m.skills = append(m.skills, must(row, err)(m.t).ID)
	}
	for i, r := range p.Roles {
		m.makeRole(i, r)
	}
	for i, q := range p.Questions {
		m.makeQuestion(i, q)
	}
	for i, t := range p.Templates {
		m.makeTemplate(i, p, t)
	}
	for i, q := range p.Questions {
		if q.Fate >= wasRetired {
			must(m.authoring.RetireQuestion(m.t.Context(), m.owner, authoring.RetireQuestionInput{ID: m.questions[i].ID}))(m.t)
		}
	}
	for _, pair := range p.Merges {
		_, err := m.authoring.MergeSkills(m.t.Context(), m.owner, authoring.MergeSkillsInput{FromID: m.skills[pair[0]], IntoID: m.skills[pair[1]]})
		if err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
			m.t.Fatal(err)
		}
	}
}

func (m *maker) makeRole(n int, r plannedRole) {
	f := authoring.JobRoleFields{
		Title: m.name("Role"), Summary: "a: b", Level: term.Senior, Department: "D", Location: "L", Responsibilities: []string{"one", "two"},
		PreferredQualifications: []string{"three"}, PreparationTips: []string{"sleep"},
	}
	if r.External {
		f.ExternalJobID = new(m.name("job"))
	}
	for i, id := range m.pick(m.skills, r.Skills) {
		f.MustHaveSkills = append(f.MustHaveSkills, &authoring.MustHaveSkillInput{SkillID: id, Weight: i + 1, Description: "why"})
	}
	row := must(m.authoring.CreateJobRole(m.t.Context(), m.owner, authoring.CreateJobRoleInput{Fields: f, Key: m.key(r.Keyed, n)}))(m.t)
	if r.Closed {
		must(m.authoring.UpdateJobRole(m.t.Context(), m.owner, authoring.UpdateJobRoleInput{ID: row.ID, Revision: 1, Fields: f, Status: new(term.Closed)}))(m.t)
	}
	m.roles = append(m.roles, row.ID)
}

// everything says as much as a question of the kind can.
func everything(kind term.QuestionKind, foreign bool) *content.Question {
	c := says(kind)
	c.Provenance = &content.Provenance{Author: "A", Reviewer: "R", Date: "2026-01-02", References: []*content.Reference{{Title: "T", URL: "https://example.com/"}}}
	switch kind {
	case term.Ordering:
		c.Criteria, c.Choices, c.CorrectOrder = nil, []*content.Choice{{Key: "a", Text: "A"}, {Key: "b", Text: "B", Feedback: "no"}}, []string{"b", "a"}
		c.ShuffleChoices, c.PartialCredit = true, new(term.AdjacentPairs)
	case term.SingleChoice:
		c.PartialCredit, c.Mapping = new(term.Mapped), &content.Mapping{LowerBound: "0", UpperBound: "1", Default: "0"}
		c.Choices[0].Points, c.Choices[1].Points = new("1"), new("-0.5")
	case term.Code:
		c.Code = &content.Code{Language: "go", Starter: "func main() {\n\t_ = 1 // a: b\n}\n", CPULimit: new(100), Tests: []*content.CodeTest{
			{Name: "a: b", Stdin: "1\n\n", Expected: "- x\n", Weight: 100, Comparison: term.ExactOutput},
			{Name: "none", Expected: " ~", Weight: 1, Hidden: true, Comparison: term.TrimmedOutput},
		}}
	case term.Spoken:
		c.Spoken = &content.Spoken{MaxSeconds: 90}
	}
	if foreign {
		tr := &content.Translation{Language: "de", Prompt: "Warum?"}
		for _, ch := range c.Choices {
			tr.Choices = append(tr.Choices, &content.ChoiceText{Key: ch.Key, Text: ch.Text})
		}
		c.Translations = append(c.Translations, tr)
	}
	return c
}

func (m *maker) makeQuestion(n int, q plannedQuestion) {
	kind := term.QuestionKind(term.QuestionKind("").Values()[q.Kind])
	in := authoring.CreateQuestionInput{
		Title: m.name("Question"), Kind: kind, Category: term.Category(term.Category("").Values()[q.Category]), Level: term.Entry,
		Language: new("en"), Key: m.key(q.Keyed, n), Content: everything(kind, q.Foreign),
	}
	if q.Pool {
		in.Language = new("fr")
	}
	in.Content.SkillIDs = m.pick(m.skills, q.Skills)
	row := must(m.authoring.CreateQuestion(m.t.Context(), m.owner, in))(m.t)
	if q.Fate != leftDraft {
		row = must(m.authoring.PublishQuestion(m.t.Context(), m.owner, authoring.PublishQuestionInput{ID: row.ID}))(m.t)
	}
	if q.Fate == withDraft || q.Fate == retiredWithDraft {
		edited := everything(kind, !q.Foreign)
		edited.Prompt = "Otherwise?"
		row = must(m.authoring.UpdateQuestion(m.t.Context(), m.owner, authoring.UpdateQuestionInput{
			ID: row.ID, Revision: row.Revision, Title: in.Title + "!", Category: in.Category, Level: in.Level, Language: in.Language, Content: edited,
		}))(m.t)
	}
	m.questions = append(m.questions, row)
}

// makeTemplate publishes only what can be published again elsewhere: filters find questions that nothing names and that
// are never retired.
func (m *maker) makeTemplate(n int, p *plan, t plannedTemplate) {
	section := &content.Section{Title: "One", Instructions: "Go.", TimeLimit: 3600, Order: new(term.Shuffled), Navigation: new(term.ForwardOnly), Weight: new(100)}
	seen := map[int]bool{}
	usable := func(i int) bool {
		ok := !seen[i] && !p.Questions[i].Pool && (t.Fate == leftDraft || p.Questions[i].Fate != leftDraft)
		seen[i] = seen[i] || ok
		return ok
	}
	for _, i := range t.Slots {
		if usable(i) {
			section.Slots = append(section.Slots, &content.Slot{QuestionID: &m.questions[i].ID, Points: 3})
		}
	}
	draw := &content.Draw{Count: 1}
	for _, i := range t.Draw {
		if usable(i) {
			draw.QuestionIDs = append(draw.QuestionIDs, m.questions[i].ID)
		}
	}
	if len(draw.QuestionIDs) > 0 {
		section.Slots = append(section.Slots, &content.Slot{Draw: draw, Points: 2})
	}
	found := 0
	for _, q := range p.Questions {
		if q.Pool && (q.Fate == wasPublished || q.Fate == withDraft) {
			found++
		}
	}
	if t.Filter && (found > 0 || t.Fate == leftDraft) {
		f := &content.PoolFilter{Language: new("fr"), Level: new(term.Entry)}
		if t.Fate == leftDraft {
			f.SkillIDs, f.Kind = m.pick(m.skills, t.Skills), new(term.Numeric)
		}
		section.Slots = append(section.Slots, &content.Slot{Draw: &content.Draw{Count: 1, Filter: f}, Points: 1})
	}
	d := &content.Template{
		Instructions: "Read.\n\n- this", Sections: []*content.Section{section}, CutPercent: 40, Feedback: term.FeedbackOutcome,
		Bands: []*content.Band{{Name: "Low"}, {Name: "High", MinPercent: 50}}, TotalLimit: new(7200), AttemptLimit: new(2),
	}
	if t.Extra {
		d.ScoringRules = []*content.ScoringRule{{Kind: term.Ordering, PartialCredit: term.AllOrNothing}}
		d.Signals, d.Accommodation = []term.IntegritySignal{term.IntegritySignal(term.IntegritySignal("").Values()[0])}, &content.Accommodation{Requestable: true, Contact: "help@example.com"}
		d.Provenance, d.FollowUpLimit = &content.Provenance{Author: "A"}, new(1)
	}
	for i, id := range m.pick(m.skills, t.Skills) {
		d.SkillWeights = append(d.SkillWeights, &content.SkillWeight{SkillID: id, Weight: i + 1})
	}
	mode := term.TemplateMode(term.TemplateMode("").Values()[t.Mode])
	row := must(m.authoring.CreateTemplate(m.t.Context(), m.owner, authoring.CreateTemplateInput{
		JobRoleID: m.roles[t.Role], Name: m.name("Template"), Mode: mode, Key: m.key(t.Keyed, n), Content: d,
	}))(m.t)
	if t.Fate == leftDraft || len(section.Slots) == 0 {
		return
	}
	row = must(m.authoring.PublishTemplate(m.t.Context(), m.owner, authoring.PublishTemplateInput{ID: row.ID}))(m.t)
	if t.Fate == withDraft || t.Fate == retiredWithDraft {
		d.CutPercent = 45
		row = must(m.authoring.UpdateTemplate(m.t.Context(), m.owner, authoring.UpdateTemplateInput{ID: row.ID, Revision: row.Revision, Name: row.Name + "!", Content: d}))(m.t)
	}
	if t.Fate >= wasRetired {
		must(m.authoring.RetireTemplate(m.t.Context(), m.owner, authoring.RetireTemplateInput{ID: row.ID}))(m.t)
	}
}

// organizations is how many are made on each database.
const organizations = 8

func TestACatalogueTravelsWhole(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		seen := map[string]bool{}
		for seed := range organizations {
			from, to := r.found(t, "from"+strconv.Itoa(seed)), r.found(t, "to"+strconv.Itoa(seed))
			m := &maker{rig: r, t: t, owner: from}
			m.make(plans().Example(seed))
			document := r.exported(t, from)
			for _, word := range []string{"state: DRAFT", "state: RETIRED", "draft:", "filter:", "status: CLOSED", "parent:", "skillWeights:", "kind: SPOKEN"} {
				seen[word] = seen[word] || strings.Contains(document, word)
			}
			r.importing(t, to, document)
			if diff := gocmp.Diff(document, r.exported(t, to)); diff != "" {
				t.Fatalf("organization %d: %s", seed, diff)
			}
			for name, actor := range map[string]policy.Actor{"where it came from": from, "where it went": to} {
				if err := r.unchanged(t, name, func() error { wantNews(t, r.importing(t, actor, document)); return nil }); err != nil {
					t.Fatal(err)
				}
			}
			if t.Failed() {
				t.Fatalf("organization %d:\n%s", seed, document)
			}
		}
		for word, is := range seen {
			if !is {
				t.Errorf("no organization had %q", word)
			}
		}
	})
}

func TestAnExportCountsWhatItHas(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.importing(t, r.owner, small)
		out := must(r.authoring.ExportCatalogue(t.Context(), r.owner))(t)
		got := []int{out.SkillCount(), out.JobRoleCount(), out.QuestionCount(), out.TemplateCount()}
		if diff := gocmp.Diff([]int{1, 1, 1, 1}, got); diff != "" {
			t.Error(diff)
		}
		text := must(out.Document(authoring.JSON))(t)
		_ = r.unchanged(t, "its own JSON", func() error { wantNews(t, r.importing(t, r.owner, text)); return nil })
		if got := r.exported(t, r.stranger); got != "format: assay-catalogue/1\n" {
			t.Errorf("an empty organization: %q", got)
		}
	})
}
