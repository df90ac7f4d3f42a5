package grading_test

import (
	"crypto/rand"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// seeded gives every session one seed, and every link a secret of its own.
type seeded int64

func (s seeded) Read(p []byte) (int, error) {
	if len(p) == 8 {
		binary.BigEndian.PutUint64(p, uint64(s)<<1) // the room drops the lowest bit
		return len(p), nil
	}
	return rand.Read(p)
}

// seed gives every session from now on one seed.
func (r *rig) seed(seed int64) {
	r.sitting = sitting.New(r.store, sitting.Config{PublicURL: "https://assay.test", Random: seeded(seed)})
}

// ask adds a published question.
func (r *rig) ask(t testing.TB, kind term.QuestionKind, c *content.Question) gid.ID {
	t.Helper()
	q := must(r.authoring.CreateQuestion(t.Context(), r.owner, authoring.CreateQuestionInput{
		Title: string(kind), Kind: kind, Category: term.Technical, Level: term.Entry, Content: c,
	}))(t)
	must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))(t)
	return q.ID
}

// assess publishes a template with a cut at 60 percent.
func (r *rig) assess(t testing.TB, c *content.Template) gid.ID {
	t.Helper()
	c.CutPercent, c.Feedback = 60, term.FeedbackSections
	c.Bands = []*content.Band{{Name: "Low"}, {Name: "High", MinPercent: 60}}
	draft := must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
		JobRoleID: r.role, Name: "Weighed", Mode: term.Assessment, Content: c,
	}))(t)
	return r.publish(t, draft.ID).ID
}

func fixed(points int, id gid.ID) *content.Slot {
	return &content.Slot{QuestionID: &id, Points: points}
}

func drawn(points, count int, ids ...gid.ID) *content.Slot {
	return &content.Slot{Draw: &content.Draw{Count: count, QuestionIDs: ids}, Points: points}
}

func sorting(rule term.PartialCredit) *content.Question {
	c := &content.Question{Prompt: "Sort", PartialCredit: &rule, CorrectOrder: strings.Split("mftcr", "")}
	for _, key := range []string{"c", "f", "r", "m", "t"} {
		c.Choices = append(c.Choices, &content.Choice{Key: key, Text: key})
	}
	return c
}

// water is the IMS QTI sample item "Composition of Water".
func water() *content.Question {
	c := &content.Question{
		Prompt: "What is water made of?", PartialCredit: new(term.Mapped), Mapping: &content.Mapping{LowerBound: "0", UpperBound: "2", Default: "-2"},
	}
	points := map[string]*string{"H": new("1"), "O": new("1"), "Cl": new("-1")}
	for _, key := range []string{"H", "He", "C", "O", "N", "Cl"} {
		c.Choices = append(c.Choices, &content.Choice{Key: key, Text: key, Correct: key == "H" || key == "O", Points: points[key]})
	}
	return c
}

// judgement is a single choice whose options are worth 2, 1 and less than nothing.
func judgement() *content.Question {
	return &content.Question{
		Prompt: "What would you do?", PartialCredit: new(term.Mapped), Mapping: &content.Mapping{LowerBound: "0", UpperBound: "2", Default: "0"},
		Choices: []*content.Choice{
			{Key: "a", Text: "A", Correct: true, Points: new("2")}, {Key: "b", Text: "B", Points: new("1")},
			{Key: "c", Text: "C", Points: new("-1")}, {Key: "d", Text: "D"},
		},
	}
}

func single(skills ...gid.ID) *content.Question {
	return &content.Question{Prompt: "Which?", ShuffleChoices: true, SkillIDs: skills, Choices: []*content.Choice{
		{Key: "a", Text: "A", Correct: true}, {Key: "b", Text: "B"}, {Key: "c", Text: "C"},
	}}
}

func program() *content.Question {
	return &content.Question{Prompt: "Write it", Code: &content.Code{Language: "go"}, Criteria: []*content.Criterion{rubric()}}
}

func speech() *content.Question {
	return &content.Question{Prompt: "Tell us", Spoken: &content.Spoken{MaxSeconds: 60}, Criteria: []*content.Criterion{rubric()}}
}

func rubric() *content.Criterion {
	return &content.Criterion{Key: "works", Text: "it works", Weight: 1, Levels: []*content.Level{
		{Points: 0, Anchor: "no"}, {Points: 1, Anchor: "partly"}, {Points: 2, Anchor: "yes"},
	}}
}

// asked are what a sitting asks, in its order.
func (r *rig) asked(t testing.TB, id gid.ID, who policy.Actor) []*paper.Question {
	t.Helper()
	var all []*paper.Question
	for n := range must(r.sitting.Sitting(t.Context(), who, id))(t).Sections(nil) {
		in := sitting.EnterSectionInput{SittingID: id, Section: n + 1}
		all = append(all, must(r.sitting.EnterSection(t.Context(), who, in))(t).Sections(nil)[n].Questions...)
	}
	return all
}

func (r *rig) save(t testing.TB, id gid.ID, who policy.Actor, ref string, a *content.Answer) {
	t.Helper()
	must(r.sitting.SaveResponse(t.Context(), who, sitting.SaveResponseInput{SittingID: id, Question: ref, ClientKey: ref, Answer: a}))(t)
}

func awarded(doc *grading.Result) map[string]string {
	points := map[string]string{}
	for _, q := range doc.Questions {
		points[q.Ref] = q.Awarded.Decimal()
		if q.Status != term.ItemScored {
			points[q.Ref] = string(q.Status)
		}
	}
	return points
}

// TestOrderingsAndMappedChoices takes both rules of ordering and both kinds of choice with points of their own through
// whole sessions: 1.1 and 1.2 of four points, 1.3 of three, 1.4 of four.
func TestOrderingsAndMappedChoices(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		all := []*content.Slot{
			fixed(4, r.ask(t, term.Ordering, sorting(term.AdjacentPairs))), fixed(4, r.ask(t, term.Ordering, sorting(term.AllOrNothing))),
			fixed(3, r.ask(t, term.MultipleChoice, water())), fixed(4, r.ask(t, term.SingleChoice, judgement())),
		}
		one := r.assess(t, &content.Template{Sections: []*content.Section{{Title: "All", TimeLimit: 600, Slots: all}}})
		ruled := r.assess(t, &content.Template{
			Sections: []*content.Section{{Title: "All", TimeLimit: 600, Slots: all}},
			ScoringRules: []*content.ScoringRule{
				{Kind: term.Ordering, PartialCredit: term.AllOrNothing}, {Kind: term.MultipleChoice, PartialCredit: term.AllOrNothing},
			},
		})
		for name, c := range map[string]struct {
			template gid.ID
			given    string // for each question its choices
			want     [4]string
			percent  grading.Percent
		}{
			"all right":                   {one, "m f t c r, m f t c r, O H, a", [4]string{"4", "4", "3", "4"}, 100_000_000},
			"shifted, half, second best":  {one, "r m f t c, r m f t c, H, b", [4]string{"3", "0", "1.5", "2"}, 43_333_333},
			"one left out, cancelled out": {one, "m f c r, m f c r, H Cl, c", [4]string{"2", "0", "0", "0"}, 13_333_333},
			"reversed, one too many":      {one, "r c t f m, f m t c r, H O Cl, d", [4]string{"0", "0", "1.5", "0"}, 10_000_000},
			"two alone, one wrong":        {one, "t c, m f t c r, H O N, b", [4]string{"1", "4", "0", "2"}, 46_666_667},
			"nothing right":               {one, "m, m, N, c", [4]string{"0", "0", "0", "0"}, 0},
			"everything":                  {one, "m f t r c, m f t r c, H O He C N Cl, b", [4]string{"2", "0", "0", "2"}, 26_666_667},
			"nothing at all":              {one, ", , , ", [4]string{"OMITTED", "OMITTED", "OMITTED", "OMITTED"}, 0},
			"the template's rule for orderings, and points of single options": {
				ruled, "r m f t c, m f t c r, H, b", [4]string{"0", "4", "1.5", "2"}, 50_000_000},
		} {
			t.Run(name, func(t *testing.T) {
				given, want := answers{}, map[string]string{}
				for i, choices := range strings.Split(c.given, ", ") {
					given[paper.Ref(0, i)], want[paper.Ref(0, i)] = ticked(strings.Fields(choices)...), c.want[i]
				}
				id, _ := r.took(t, c.template, given)
				r.score(t, id)
				row, doc := r.report(t, id)
				if diff := gocmp.Diff(want, awarded(doc)); diff != "" {
					t.Error(diff)
				}
				if doc.Overall.Percent != c.percent || doc.Overall.Maximum != scoring.Of(15) || doc.Passed != (c.percent >= 60_000_000) {
					t.Errorf("got %+v", doc.Overall)
				}
				r.adds(t, row, doc)
			})
		}
	})
}

// TestSharesAndWeights compares whole sessions with percentages that were computed by hand. Section A asks a choice and
// a number of the skill Go for 2 points each, section B two of 5 points without a skill.
func TestSharesAndWeights(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		publish := func(a, b *int, weights ...*content.SkillWeight) gid.ID {
			return r.assess(t, &content.Template{SkillWeights: weights, Sections: []*content.Section{
				{Title: "A", TimeLimit: 600, Weight: a, Slots: []*content.Slot{fixed(2, r.questions[0]), fixed(2, r.questions[2])}},
				{Title: "B", TimeLimit: 600, Weight: b, Slots: []*content.Slot{fixed(5, r.questions[1]), fixed(5, r.questions[3])}},
			}})
		}
		thrice, none := &content.SkillWeight{SkillID: r.skill, Weight: 3}, &content.SkillWeight{SkillID: r.skill}
		mixed := answers{"1.1": ticked("a"), "1.2": number("9"), "2.1": ticked("a"), "2.2": words("because of locks")} // 2, 0, 2.5, 5
		waits := answers{"1.1": ticked("a"), "1.2": number("9"), "2.1": ticked("a"), "2.2": words("what a person must read")}
		weighed := publish(new(30), new(70), thrice)
		for name, c := range map[string]struct {
			template gid.ID
			given    answers
			percent  grading.Percent
			passed   bool
		}{
			"points alone: 9.5 of 14":                                  {publish(nil, nil), mixed, 67_857_143, true},
			"shares: 30 × 2/4 + 70 × 7.5/10":                           {publish(new(30), new(70)), mixed, 67_500_000, true},
			"all of it in one section: 100 × 2/4":                      {publish(new(100), new(0)), mixed, 50_000_000, false},
			"skills: 9.5 of 2 + 3 × 2 + 10":                            {publish(nil, nil, thrice), mixed, 52_777_778, false},
			"a skill without weight: 9.5 of 12":                        {publish(nil, nil, none), mixed, 79_166_667, true},
			"shares and skills: 30 × 2/8 + 70 × 7.5/10, at the cut":    {weighed, mixed, 60_000_000, true},
			"the skill alone: 30 × 6/8":                                {weighed, answers{"1.2": number("3.5")}, 22_500_000, false},
			"what waits: (30 × 2/8 + 70 × 2.5/10) of (30 + 70 × 5/10)": {weighed, waits, 38_461_538, false},
		} {
			t.Run(name, func(t *testing.T) {
				id, _ := r.took(t, c.template, c.given)
				r.score(t, id)
				row, doc := r.report(t, id)
				if doc.Overall.Percent != c.percent || row.Percent != int64(c.percent) || doc.Passed != c.passed {
					t.Errorf("got %d, passed %v; want %d, %v", doc.Overall.Percent, doc.Passed, c.percent, c.passed)
				}
				if doc.Overall.Maximum != scoring.Of(14) || len(doc.Sections) != 2 || doc.Sections[0].Total.Maximum != scoring.Of(4) {
					t.Errorf("got %+v", doc.Overall)
				}
				if s := doc.Skills; len(s) != 1 || s[0].SkillID != r.skill || s[0].Total.Maximum != scoring.Of(2) {
					t.Errorf("skills %v", s)
				}
				r.adds(t, row, doc)
			})
		}
	})
}

// pooled publishes a template with pools: a shuffled section of a fixed choice and two of a list of five choices, each of
// a skill of its own, 2 points each, and a fixed one of a number for 2 and one of three programs for 4.
func (r *rig) pooled(t testing.TB) (template gid.ID, skills map[string]gid.ID) {
	t.Helper()
	skills = map[string]gid.ID{}
	var choices, programs []gid.ID
	for i := range 5 {
		skill := must(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: "Pool " + r.email()}))(t).ID
		skills[paper.Ref(0, i+1)] = skill
		choices = append(choices, r.ask(t, term.SingleChoice, single(skill)))
		r.clock.pass(time.Millisecond) // a list is frozen in the order of its ids
	}
	for range 3 {
		programs = append(programs, r.ask(t, term.Code, program()))
	}
	return r.assess(t, &content.Template{Sections: []*content.Section{
		{Title: "A", TimeLimit: 600, Order: new(term.Shuffled), Slots: []*content.Slot{fixed(2, r.questions[0]), drawn(2, 2, choices...)}},
		{Title: "B", TimeLimit: 300, Slots: []*content.Slot{fixed(2, r.questions[2]), drawn(4, 1, programs...)}},
	}}), skills
}

func TestWhatWasNotDrawnDoesNotCount(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		template, skills := r.pooled(t)
		for seed := range int64(4) {
			r.seed(seed)
			id, who := r.began(t, template, nil)
			var asked []string
			want := map[gid.ID]bool{r.skill: true} // of the number
			for _, q := range r.asked(t, id, who) {
				asked = append(asked, q.Ref)
				if skill, ok := skills[q.Ref]; ok {
					want[skill] = true
				}
				if q.Kind == term.SingleChoice {
					r.save(t, id, who, q.Ref, ticked("a"))
				}
			}
			must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
			r.score(t, id)
			row, doc := r.report(t, id)
			var scored []string
			for _, q := range doc.Questions {
				scored = append(scored, q.Ref)
			}
			slices.Sort(asked)
			if diff := gocmp.Diff(asked, scored); diff != "" {
				t.Errorf("seed %d: what was asked and what counts differ: %s", seed, diff)
			}
			if doc.Overall.Maximum != scoring.Of(12) || row.MaxPoints != int64(scoring.Of(12)) || doc.Overall.Percent != 50_000_000 || doc.Overall.Omitted != 2 {
				t.Errorf("seed %d: got %+v", seed, doc.Overall)
			}
			if a, b := doc.Sections[0].Total, doc.Sections[1].Total; a.Percent != 100_000_000 || a.Maximum != scoring.Of(6) || b.Awarded != 0 || b.Maximum != scoring.Of(6) {
				t.Errorf("seed %d: sections %+v, %+v", seed, a, b)
			}
			got := map[gid.ID]bool{}
			for _, s := range doc.Skills {
				got[s.SkillID] = true
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("seed %d: skills: %s", seed, diff)
			}
			r.adds(t, row, doc)
		}
	})
}

// TestNotReachedGoesByWhatWasShown answers only the second question that is shown, in an order that is not the key's, and
// lets the time run out.
func TestNotReachedGoesByWhatWasShown(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		template, _ := r.pooled(t)
		mixed := 0
		for seed := range int64(4) {
			r.seed(seed)
			id, who := r.began(t, template, nil)
			want := map[string]string{}
			asked := r.asked(t, id, who)
			for i, q := range asked {
				want[q.Ref] = []string{string(term.ItemOmitted), "2", string(term.ItemNotReached)}[min(i, 2)]
			}
			if asked[0].Ref > asked[1].Ref {
				mixed++
			}
			r.save(t, id, who, asked[1].Ref, ticked("a"))
			r.clock.pass(allowed + tenant.EndsAfter + time.Second)
			if err := r.sitting.Finish(t.Context(), policy.Worker(r.owner.Org), id); err != nil {
				t.Fatal(err)
			}
			r.score(t, id)
			row, doc := r.report(t, id)
			if diff := gocmp.Diff(want, awarded(doc)); diff != "" {
				t.Errorf("seed %d: %s", seed, diff)
			}
			if doc.Overall.Omitted != 1 || doc.Overall.NotReached != 3 {
				t.Errorf("seed %d: got %+v", seed, doc.Overall)
			}
			r.adds(t, row, doc)
		}
		if mixed == 0 {
			t.Error("no seed showed a later question first")
		}
	})
}

func TestCodeAndSpeechWaitForAReviewer(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var programs []gid.ID
		for range 3 {
			programs = append(programs, r.ask(t, term.Code, program()))
		}
		slots := []*content.Slot{
			drawn(4, 1, programs...), fixed(2, r.ask(t, term.Spoken, speech())), fixed(4, r.ask(t, term.Ordering, sorting(term.AdjacentPairs))),
		}
		template := r.assess(t, &content.Template{Sections: []*content.Section{{Title: "All", TimeLimit: 900, Order: new(term.Shuffled), Slots: slots}}})
		r.seed(3)
		id, who := r.began(t, template, answers{"1.4": words("I would ask first."), "1.5": ticked("m", "f", "t", "c", "r")})
		var code, undrawn string
		for _, q := range r.asked(t, id, who) {
			if q.Kind == term.Code {
				code = q.Ref
			}
		}
		undrawn = map[bool]string{true: "1.2", false: "1.1"}[code == "1.1"]
		r.save(t, id, who, code, words("func main() {\n\tlock()\n}"))
		must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
		r.score(t, id)
		first, doc := r.report(t, id)
		want := map[string]string{code: "NOT_SCORED", "1.4": "NOT_SCORED", "1.5": "4"}
		if diff := gocmp.Diff(want, awarded(doc)); diff != "" || first.State != term.ReportProvisional || doc.Overall.Maximum != scoring.Of(10) {
			t.Errorf("got %+v: %s", doc.Overall, diff)
		}
		review := must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: id, ReviewerID: r.reviewer.ID}))(t)
		var listed []string
		for _, item := range must(r.grading.Work(t.Context(), r.reviewer, []gid.ID{review.ID}))(t)[0].Items {
			listed = append(listed, item.Question+" "+string(item.Kind))
		}
		slices.Sort(listed)
		if diff := gocmp.Diff([]string{code + " CODE", "1.4 SPOKEN"}, listed); diff != "" {
			t.Errorf("the work list: %s", diff)
		}
		submit := func(ref string) error {
			return lastErr(r.grading.SubmitReview(t.Context(), r.reviewer, grading.SubmitReviewInput{ID: review.ID, Scores: []*grading.CriterionScoreInput{
				{Question: ref, Criterion: "works", Points: 1, Comment: "partly", Evidence: new("lock()")},
				{Question: "1.4", Criterion: "works", Points: 2, Comment: "well said", Evidence: new("ask first")},
			}}))
		}
		r.refused(t, "a question that was not drawn", fault.Invalid, func() error { return submit(undrawn) }, "scores.0.criterion", "scores")
		if err := submit(code); err != nil {
			t.Fatal(err)
		}
		last, doc := r.report(t, id)
		want = map[string]string{code: "2", "1.4": "2", "1.5": "4"}
		if diff := gocmp.Diff(want, awarded(doc)); diff != "" || last.State != term.ReportReady || doc.Overall.Percent != 80_000_000 || !doc.Passed {
			t.Errorf("got %+v: %s", doc.Overall, diff)
		}
		r.adds(t, last, doc)
	})
}
