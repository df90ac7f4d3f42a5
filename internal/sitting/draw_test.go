package sitting_test

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
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

// fresh is the room as another process opens it, which knows nothing yet.
func (r *rig) fresh(seed int64) *sitting.Service {
	return sitting.New(r.store, sitting.Config{PublicURL: "https://assay.test", Random: seeded(seed)})
}

// ask adds a published question.
func (r *rig) ask(t testing.TB, kind term.QuestionKind, category term.Category, c *content.Question) gid.ID {
	t.Helper()
	q := must(r.authoring.CreateQuestion(t.Context(), r.owner, authoring.CreateQuestionInput{
		Title: string(kind), Kind: kind, Category: category, Level: term.Entry, Content: c,
	}))(t)
	must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))(t)
	return q.ID
}

func single() *content.Question {
	c := &content.Question{Prompt: "Which?", ShuffleChoices: true}
	for _, key := range []string{"a", "b", "c", "d"} {
		c.Choices = append(c.Choices, &content.Choice{Key: key, Text: "The " + key, Correct: key == "a"})
	}
	return c
}

func essay() *content.Question {
	return &content.Question{Prompt: "Why?", Criteria: []*content.Criterion{{Key: "why", Text: "gives a reason", Weight: 1, Levels: []*content.Level{
		{Points: 0, Anchor: "none"}, {Points: 2, Anchor: "a good one"},
	}}}}
}

// pooled makes the rig's template one with pools and gives their questions: a shuffled section of a fixed choice and two
// of a list of five (1.2 to 1.6), and a fixed one of the rig's number and one of three texts that a filter finds (2.2 to 2.4).
func (r *rig) pooled(t testing.TB) (pool []gid.ID) {
	t.Helper()
	for range 6 {
		pool = append(pool, r.ask(t, term.SingleChoice, term.Technical, single()))
	}
	for range 3 {
		r.ask(t, term.LongText, term.SystemDesign, essay())
	}
	filter := &content.PoolFilter{Kind: new(term.LongText), Category: new(term.SystemDesign)}
	draft := must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
		JobRoleID: r.role, Name: "Pools", Mode: term.Assessment, Content: &content.Template{
			CutPercent: 50, Feedback: term.FeedbackNone, Bands: []*content.Band{{Name: "All"}},
			Sections: []*content.Section{
				{Title: "Choices", TimeLimit: 600, Order: new(term.Shuffled), Slots: []*content.Slot{
					{QuestionID: &pool[0], Points: 2}, {Draw: &content.Draw{Count: 2, QuestionIDs: pool[1:]}, Points: 2},
				}},
				{Title: "Free", TimeLimit: 300, Slots: []*content.Slot{
					{QuestionID: &r.questions[2], Points: 2}, {Draw: &content.Draw{Count: 1, Filter: filter}, Points: 4},
				}},
			},
		},
	}))(t)
	r.template = r.publish(t, draft.ID)
	return pool
}

// shown renders what a sitting asks, in its order.
func shown(s *sitting.Sitting) string {
	var parts []string
	for _, section := range s.Sections(nil) {
		var places []string
		for _, q := range section.Questions {
			var keys []string
			for _, c := range q.Choices {
				keys = append(keys, c.Key)
			}
			places = append(places, q.Ref+strings.Join(keys, ""))
		}
		parts = append(parts, strings.Join(places, " "))
	}
	return strings.Join(parts, " | ")
}

// drawnIn are the places of a sitting that came from pools: all but the two fixed ones.
func drawnIn(s *sitting.Sitting) []string {
	var list []string
	for _, section := range s.Sections(nil) {
		for _, q := range section.Questions {
			if q.Ref != "1.1" && q.Ref != "2.1" {
				list = append(list, q.Ref)
			}
		}
	}
	slices.Sort(list)
	return list
}

func TestASeedDecidesWhatASessionIsAsked(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.pooled(t)
		for seed, want := range map[int64]string{
			0: "1.2cbda 1.1bcad 1.3bacd | 2.1 2.4",
			7: "1.1acbd 1.2acdb 1.5adbc | 2.1 2.2",
			8: "1.3abdc 1.5bacd 1.1acdb | 2.1 2.4",
		} {
			r.sitting = r.fresh(seed)
			id, who := r.accepted(t)
			before := must(r.sitting.Sitting(t.Context(), who, id))(t)
			if before.QuestionCount != 5 || questionsIn(before) != 0 {
				t.Errorf("before the start: %d questions, %d shown", before.QuestionCount, questionsIn(before))
			}
			must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id}))(t)
			s := r.walked(t, id, who)
			if got := shown(s); got != want || s.QuestionCount != 5 {
				t.Errorf("seed %d: got %s, want %s", seed, got, want)
			}
			if text := encoded(t, papers(s)); strings.Contains(text, "draws") || strings.Contains(text, "correct") {
				t.Errorf("the candidate is shown more than the questions: %s", text)
			}
		}
	})
}

// TestASessionKeepsItsPaper reads the paper of a session again and again while the bank changes.
func TestASessionKeepsItsPaper(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		pool := r.pooled(t)
		r.sitting = r.fresh(7)
		invited, token, late := r.invited(t) // starts only when all has changed
		id, who := r.started(t)
		first := encoded(t, papers(r.walked(t, id, who)))
		same := func(when string) {
			t.Helper()
			for name, room := range map[string]*sitting.Service{"the same process": r.sitting, "another process": r.fresh(1)} {
				s := must(room.Sitting(t.Context(), who, id))(t)
				if got := encoded(t, papers(s)); got != first || s.QuestionCount != 5 || s.Title != "Pools" {
					t.Errorf("%s, %s: got %s, want %s", when, name, got, first)
				}
			}
		}
		same("at once")
		must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id}))(t)
		same("after it was started again")
		must(r.sitting.SaveResponse(t.Context(), who, sitting.SaveResponseInput{
			SittingID: id, Question: "1.1", ClientKey: "k", Answer: &content.Answer{Choices: []string{"a"}},
		}))(t)
		same("after an answer")
		r.revise(t, pool)
		same("after the questions were revised and retired")
		r.second(t)
		same("after version 2 was published")
		must(r.sitting.Accept(t.Context(), late, sitting.AcceptInvitationInput{Token: token}))(t)
		must(r.sitting.Start(t.Context(), late, sitting.StartSittingInput{ID: invited.ID}))(t)
		if s := r.walked(t, invited.ID, late); encoded(t, papers(s)) != first {
			t.Errorf("who was invited to version 1 and starts now is asked %s", shown(s))
		}
		must(r.authoring.RetireTemplate(t.Context(), r.owner, authoring.RetireTemplateInput{ID: r.template.ID}))(t)
		same("after the template was retired")
		must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
		same("after the end")
	})
}

// revise writes and publishes every question of the pool anew and retires all but the first.
func (r *rig) revise(t testing.TB, pool []gid.ID) {
	t.Helper()
	for i, q := range must(r.authoring.QuestionsByID(t.Context(), r.owner, pool))(t) {
		c := single()
		c.Prompt, c.ShuffleChoices = "Quite another question?", false
		c.Choices[0].Correct, c.Choices[1].Correct = false, true
		must(r.authoring.UpdateQuestion(t.Context(), r.owner, authoring.UpdateQuestionInput{
			ID: q.ID, Revision: q.Revision, Title: "Another", Category: term.Culture, Level: term.Senior, Content: c,
		}))(t)
		must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))(t)
		if i > 0 {
			must(r.authoring.RetireQuestion(t.Context(), r.owner, authoring.RetireQuestionInput{ID: q.ID}))(t)
		}
	}
}

// second publishes a version 2 of the rig's template that asks one other question.
func (r *rig) second(t testing.TB) {
	t.Helper()
	row := must(r.authoring.TemplatesByID(t.Context(), r.owner, []gid.ID{r.template.ID}))(t)[0]
	other := r.questions[0]
	must(r.authoring.UpdateTemplate(t.Context(), r.owner, authoring.UpdateTemplateInput{
		ID: row.ID, Revision: row.Revision, Name: "Renamed", Content: &content.Template{
			CutPercent: 90, Feedback: term.FeedbackSections, Bands: []*content.Band{{Name: "Other"}},
			Sections: []*content.Section{{Title: "Only", TimeLimit: 60, Slots: []*content.Slot{{QuestionID: &other, Points: 9}}}},
		},
	}))(t)
	if row = r.publish(t, row.ID); row.PublishedNumber != 2 {
		t.Fatalf("version %d was published", row.PublishedNumber)
	}
}

func TestWhatWasNotDrawnTakesNoAnswer(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.pooled(t)
		r.sitting = r.fresh(7)
		id, who := r.started(t)
		s := r.walked(t, id, who)
		asked := append(drawnIn(s), "1.1", "2.1")
		answers := map[byte]*content.Answer{'1': {Choices: []string{"b"}}, '2': words("Because.")}
		refused := 0
		for _, ref := range []string{"1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.2", "2.3", "2.4"} {
			save := func() error {
				return lastErr(r.sitting.SaveResponse(t.Context(), who, sitting.SaveResponseInput{SittingID: id, Question: ref, ClientKey: ref, Answer: answers[ref[0]]}))
			}
			if !slices.Contains(asked, ref) {
				r.refused(t, ref, fault.Invalid, save, "question")
				refused++
			} else if err := save(); err != nil {
				t.Errorf("%s: %v", ref, err)
			}
		}
		if got := must(r.sitting.Responses(t.Context(), who, id))(t); refused != 5 || len(got) != 4 {
			t.Errorf("%d refused, %d stored", refused, len(got))
		}
	})
}

func TestExposures(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.started(t)
		if got := r.texts(t, "SELECT ref FROM exposures"); len(got) != 0 {
			t.Errorf("a template without pools exposed %v", got)
		}
		r.pooled(t)
		want := map[string]int{"1.2": 0, "1.3": 0, "1.4": 0, "1.5": 0, "1.6": 0, "2.2": 0, "2.3": 0, "2.4": 0}
		var version gid.ID
		for seed := range int64(6) {
			r.sitting = r.fresh(seed)
			row, who := r.beganOnce(t)
			version = row.TemplateVersionID
			s := r.walked(t, row.ID, who)
			for _, ref := range drawnIn(s) {
				want[ref]++
			}
			stored := r.texts(t, "SELECT ref FROM exposures WHERE session_id = '"+row.ID.UUID()+"' ORDER BY ref")
			if diff := gocmp.Diff(drawnIn(s), stored); diff != "" {
				t.Errorf("seed %d: what was drawn and what is noted differ: %s", seed, diff)
			}
		}
		r.invited(t) // who has not started has seen nothing
		got := map[string]int{}
		for _, c := range must(r.authoring.ExposuresByVersion(t.Context(), r.owner, []gid.ID{version}))(t) {
			if got[c.Ref] = c.Sessions; c.VersionID != version || c.Revision != 1 || c.QuestionID.Kind() != gid.Question {
				t.Errorf("got %+v", c)
			}
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if list := must(r.authoring.ExposuresByVersion(t.Context(), r.stranger, []gid.ID{version}))(t); len(list) != 0 {
			t.Errorf("another organization sees %v", list)
		}
	})
}

// beganOnce is a sitting that was started many times at once, and again.
func (r *rig) beganOnce(t testing.TB) (*ent.Session, policy.Actor) {
	t.Helper()
	row, token, who := r.invited(t)
	must(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: token}))(t)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			in := sitting.StartSittingInput{ID: row.ID}
			if i%2 == 0 {
				in.IdempotencyKey = new("start")
			}
			if _, err := r.sitting.Start(t.Context(), who, in); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	return row, who
}

// kinds makes the rig's template one of an ordering (1.1), code (1.2) and a spoken answer (1.3).
func (r *rig) kinds(t testing.TB) {
	t.Helper()
	order := &content.Question{Prompt: "Sort", PartialCredit: new(term.AdjacentPairs), CorrectOrder: []string{"c", "a", "b"}, Choices: []*content.Choice{
		{Key: "a", Text: "A"}, {Key: "b", Text: "B"}, {Key: "c", Text: "C"},
	}}
	code, spoken := essay(), essay()
	code.Code, spoken.Spoken = &content.Code{Language: "go", Starter: "package main\n"}, &content.Spoken{MaxSeconds: 90}
	var slots []*content.Slot
	for _, id := range []gid.ID{
		r.ask(t, term.Ordering, term.Technical, order), r.ask(t, term.Code, term.Technical, code), r.ask(t, term.Spoken, term.Culture, spoken),
	} {
		slots = append(slots, &content.Slot{QuestionID: &id, Points: 2})
	}
	draft := must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
		JobRoleID: r.role, Name: "Kinds", Mode: term.Assessment, Content: &content.Template{
			CutPercent: 50, Feedback: term.FeedbackNone, Bands: []*content.Band{{Name: "All"}},
			Sections: []*content.Section{{Title: "All", TimeLimit: 900, Slots: slots}},
		},
	}))(t)
	r.template = r.publish(t, draft.ID)
}

func TestOrderingCodeAndSpeech(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.kinds(t)
		id, who := r.started(t)
		asked := must(r.sitting.Sitting(t.Context(), who, id))(t).Sections(nil)[0].Questions
		if c, s := asked[1], asked[2]; c.Language != "go" || c.Starter != "package main\n" || s.MaxSeconds != 90 || len(asked[0].Choices) != 3 {
			t.Errorf("asked %+v, %+v", c, s)
		}
		seen := map[string]int{}
		put := func(ref string, a *content.Answer) error {
			_, err := r.sitting.SaveResponse(t.Context(), who, sitting.SaveResponseInput{
				SittingID: id, Question: ref, Revision: seen[ref], ClientKey: fmt.Sprint(ref, " ", seen[ref]), Answer: a,
			})
			if err == nil {
				seen[ref]++
			}
			return err
		}
		for name, c := range map[string]struct {
			ref   string
			a     content.Answer
			paths []string
		}{
			"a thing twice in an order":     {"1.1", content.Answer{Choices: []string{"a", "b", "a"}}, []string{"answer.choices"}},
			"an unknown thing in an order":  {"1.1", content.Answer{Choices: []string{"a", "z"}}, []string{"answer.choices"}},
			"a text for an order":           {"1.1", content.Answer{Text: new("c a b")}, []string{"answer.text"}},
			"a number for an order":         {"1.1", content.Answer{Number: new("1")}, []string{"answer.number"}},
			"choices for code":              {"1.2", content.Answer{Choices: []string{"a"}}, []string{"answer.choices", "answer.choices"}},
			"a number for code":             {"1.2", content.Answer{Number: new("1")}, []string{"answer.number"}},
			"code that is too long":         {"1.2", content.Answer{Text: new(strings.Repeat("ä", 20_001))}, []string{"answer.text"}},
			"choices for speech":            {"1.3", content.Answer{Choices: []string{"a"}}, []string{"answer.choices", "answer.choices"}},
			"a number for speech":           {"1.3", content.Answer{Number: new("1")}, []string{"answer.number"}},
			"written speech that is longer": {"1.3", content.Answer{Text: new(strings.Repeat("ä", 20_001))}, []string{"answer.text"}},
		} {
			r.refused(t, name, fault.Invalid, func() error { return put(c.ref, &c.a) }, c.paths...)
		}
		const program = "func main() {\n\tprintln(\"<&>\")\r\n}\n"
		longest := strings.Repeat("ä", 20_000)
		for _, save := range []struct {
			ref string
			a   *content.Answer
		}{
			{"1.1", &content.Answer{Choices: []string{"b"}}}, {"1.1", &content.Answer{Choices: []string{}}}, {"1.1", &content.Answer{Choices: []string{"b", "c", "a"}}},
			{"1.2", words(longest)}, {"1.2", words(program)}, {"1.3", words("I would say.")}, {"1.3", words(longest)},
		} {
			if err := put(save.ref, save.a); err != nil {
				t.Errorf("%s: %v", save.ref, err)
			}
		}
		want := map[string]*content.Answer{"1.1": {Choices: []string{"b", "c", "a"}}, "1.2": words(program), "1.3": words(longest)}
		got := map[string]*content.Answer{}
		for _, resp := range must(r.sitting.Responses(t.Context(), who, id))(t) {
			got[resp.Question] = resp.Answer
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		s := must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
		if s.Receipt.Hash != r.receipt(t, who, s) {
			t.Error("the receipt is not of what is stored")
		}
	})
}
