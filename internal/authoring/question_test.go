package authoring_test

import (
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// saysAll is a good question of a kind with everything that a question can say besides.
func saysAll(kind term.QuestionKind) *content.Question {
	q := says(kind)
	q.Provenance = &content.Provenance{
		Author: "A. Writer", Reviewer: "B. Reader", Date: "2026-02-28",
		References: []*content.Reference{{Title: "A book"}, {Title: "A page", URL: "https://example.com/why?x=1#y"}},
	}
	t := &content.Translation{Language: "de", Prompt: "Warum?"}
	for i, ch := range q.Choices {
		q.Choices[i].Feedback = "See " + ch.Text
		t.Choices = append(t.Choices, &content.ChoiceText{Key: ch.Key, Text: ch.Text + "!", Feedback: "Siehe " + ch.Text})
	}
	q.Translations, q.ShuffleChoices = []*content.Translation{t}, kind.Chosen()
	return q
}

func TestEveryKindOfQuestion(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for _, name := range term.QuestionKind("").Values() {
			kind := term.QuestionKind(name)
			q := r.asking(t, kind, func(in *authoring.CreateQuestionInput) { in.Content = saysAll(kind) })
			revision := one(t, must(r.authoring.CurrentRevisions(t.Context(), r.owner, []gid.ID{q.ID}))(t))
			want := saysAll(kind)
			want.SkillIDs = []gid.ID{}
			if want.Criteria == nil {
				want.Criteria = []*content.Criterion{}
			}
			if diff := gocmp.Diff(want, revision.Content); diff != "" {
				t.Errorf("%s: %s", kind, diff)
			}
			if q.Kind != kind || q.State != term.Published || q.Language != "en" {
				t.Errorf("%s: got %v", kind, q)
			}
		}
	})
}

// TestChoicesThatCarryPoints can be written for both kinds of choice.
func TestChoicesThatCarryPoints(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for _, kind := range []term.QuestionKind{term.SingleChoice, term.MultipleChoice} {
			r.asking(t, kind, func(in *authoring.CreateQuestionInput) { mapped(in.Content, "1", "-1", "") })
		}
	})
}

// mapped gives the choices points, where there is a text, under the rule MAPPED.
func mapped(q *content.Question, points ...string) {
	q.PartialCredit, q.Mapping = new(term.Mapped), &content.Mapping{LowerBound: "0", UpperBound: "1", Default: "-0.5"}
	for i, p := range points {
		if p != "" {
			q.Choices[i].Points = &p
		}
	}
}

// badQuestions are questions with something wrong: what is told of each, in order, below content unless it has no dot.
func badQuestions() map[string]struct {
	kind  term.QuestionKind
	spoil func(*content.Question)
	want  []string
} {
	type bad = struct {
		kind  term.QuestionKind
		spoil func(*content.Question)
		want  []string
	}
	return map[string]bad{
		"an order that leaves one out": {term.Ordering, func(q *content.Question) { q.CorrectOrder = []string{"a", "b"} },
			[]string{"correctOrder: the correct order must name every choice"}},
		"no order": {term.Ordering, func(q *content.Question) { q.CorrectOrder = nil },
			[]string{"correctOrder: the correct order must name every choice"}},
		"an order that names one twice": {term.Ordering, func(q *content.Question) { q.CorrectOrder = []string{"a", "b", "c", "a"} },
			[]string{"correctOrder.3: this is no choice, or one that is named twice"}},
		"an order that names a stranger": {term.Ordering, func(q *content.Question) { q.CorrectOrder = []string{"a", "x", "c"} },
			[]string{"correctOrder.1: this is no choice, or one that is named twice", "correctOrder: the correct order must name every choice"}},
		"an order of a choice": {term.SingleChoice, func(q *content.Question) { q.CorrectOrder = []string{"a"} },
			[]string{"correctOrder: only an ordering has a correct order"}},
		"an ordering with a right choice": {term.Ordering, func(q *content.Question) { q.Choices[1].Correct = true },
			[]string{"choices.1.correct: in an ordering the correct order says what is right"}},
		"an ordering without a rule": {term.Ordering, func(q *content.Question) { q.PartialCredit = nil },
			[]string{"partialCredit: say what a partly right order earns"}},
		"an ordering by the rule of a choice": {term.Ordering, func(q *content.Question) { q.PartialCredit = new(term.SubtractWrong) },
			[]string{"partialCredit: this kind has no such rule"}},
		"a choice by the rule of an ordering": {term.MultipleChoice, func(q *content.Question) { q.PartialCredit = new(term.AdjacentPairs) },
			[]string{"partialCredit: this kind has no such rule"}},
		"a text by a rule": {term.LongText, func(q *content.Question) { q.PartialCredit = new(term.AllOrNothing) },
			[]string{"partialCredit: this kind has no such rule"}},
		"points without their rule": {term.MultipleChoice, func(q *content.Question) { q.Choices[0].Points = new("1") },
			[]string{"choices.0.points: only under the rule MAPPED do choices have points"}},
		"bounds without their rule": {term.MultipleChoice, func(q *content.Question) { q.Mapping = &content.Mapping{} },
			[]string{"mapping: only the rule MAPPED has bounds"}},
		"the rule without its bounds": {term.MultipleChoice, func(q *content.Question) { mapped(q, "1"); q.Mapping = nil },
			[]string{"mapping: the rule MAPPED needs its bounds"}},
		"choosing everything pays": {term.MultipleChoice, func(q *content.Question) { mapped(q, "1", "0", "0") },
			[]string{"mapping.upperBound: choosing everything must not earn the full points: let wrong choices cost something"}},
		"an upper bound out of reach": {term.MultipleChoice, func(q *content.Question) { mapped(q, "0.5") },
			[]string{"mapping.upperBound: no answer can reach this"}},
		"bounds the wrong way round": {term.MultipleChoice, func(q *content.Question) { mapped(q, "1", "-1"); q.Mapping.LowerBound = "2" },
			[]string{"mapping.lowerBound: this must not be above 0: a wrong answer would earn it"}},
		"an upper bound of nothing": {term.SingleChoice, func(q *content.Question) { mapped(q, "1"); q.Mapping.UpperBound = "0" },
			[]string{"mapping.upperBound: this must be above 0"}},
		"numbers that are none": {term.SingleChoice, func(q *content.Question) {
			mapped(q, "1,5", "1001", "-1000.5")
			q.Mapping = &content.Mapping{LowerBound: "x", UpperBound: "", Default: "1e999"}
		}, []string{
			"choices.0.points: this must be a decimal number from -1000 to 1000", "choices.1.points: this must be a decimal number from -1000 to 1000",
			"choices.2.points: this must be a decimal number from -1000 to 1000", "mapping.lowerBound: this must be a decimal number from -1000 to 1000",
			"mapping.upperBound: this must be a decimal number from -1000 to 1000", "mapping.default: this must be a decimal number from -1000 to 1000",
		}},
		"two right single choices": {term.SingleChoice, func(q *content.Question) { q.Choices[1].Correct = true },
			[]string{"choices: exactly one choice must be correct"}},
		"no right choice": {term.MultipleChoice, func(q *content.Question) { q.Choices[0].Correct = false },
			[]string{"choices: at least one choice must be correct"}},
		"choices of a text, shuffled": {term.LongText, func(q *content.Question) {
			q.Choices, q.ShuffleChoices = []*content.Choice{{Key: "a", Text: "A"}}, true
		}, []string{"choices: only a choice or an ordering has choices", "shuffleChoices: only a choice or an ordering has choices"}},
		"code without its language": {term.Code, func(q *content.Question) { q.Code = nil },
			[]string{"code: a code question needs its programming language"}},
		"code in no language": {term.Code, func(q *content.Question) { q.Code.Language = " " },
			[]string{"code.language: this must not be empty"}},
		"code with tests that cannot be": {term.Code, func(q *content.Question) {
			q.Code.CPULimit, q.Code.MemoryLimit = new(99), new(501)
			good := content.CodeTest{Name: "adds", Expected: "3", Weight: 1, Comparison: term.TrimmedOutput}
			nameless, mute, light, heavy, long := good, good, good, good, good
			nameless.Name, mute.Name, mute.Expected = "", "says nothing", " \n"
			light.Name, light.Weight, heavy.Name, heavy.Weight = "light", 0, "heavy", 101
			long.Name, long.Stdin, long.Expected = "long\nname", strings.Repeat("x", 10_001), strings.Repeat("x", 10_001)
			q.Code.Tests = []*content.CodeTest{&good, &good, &nameless, &mute, &light, &heavy, &long}
		}, []string{
			"code.cpuLimitMilliseconds: this must be from 100 to 15000", "code.memoryLimitMegabytes: this must be from 16 to 500",
			"code.tests.1.name: this name is used twice", "code.tests.2.name: this must not be empty", "code.tests.3.expectedOutput: this must not be empty",
			"code.tests.4.weight: this must be from 1 to 100", "code.tests.5.weight: this must be from 1 to 100",
			"code.tests.6.name: this must be on one line, without marks that turn the direction of text",
			"code.tests.6.stdin: this has 10001 characters; at most 10000 are allowed",
			"code.tests.6.expectedOutput: this has 10001 characters; at most 10000 are allowed",
		}},
		"code with tests without end": {term.Code, func(q *content.Question) {
			for i := range 21 {
				q.Code.Tests = append(q.Code.Tests, &content.CodeTest{Name: strconv.Itoa(i), Expected: "x", Weight: 1, Comparison: term.ExactOutput})
			}
		}, []string{"code.tests: at most 20 are allowed"}},
		"code of another kind": {term.Numeric, func(q *content.Question) { q.Code = &content.Code{Language: "go"} },
			[]string{"code: only a code question has a programming language"}},
		"speech without its length": {term.Spoken, func(q *content.Question) { q.Spoken = nil },
			[]string{"spoken: a spoken question needs the greatest length of its answer"}},
		"speech of a moment": {term.Spoken, func(q *content.Question) { q.Spoken.MaxSeconds = 9 },
			[]string{"spoken.maxSeconds: this must be from 10 to 1800"}},
		"speech of another kind": {term.LongText, func(q *content.Question) { q.Spoken = &content.Spoken{MaxSeconds: 60} },
			[]string{"spoken: only a spoken question has a length"}},
		"accepted answers of a long text": {term.LongText, func(q *content.Question) { q.Accepted = []string{"yes"} },
			[]string{"accepted: only a short text has accepted answers"}},
		"a translation with other choices": {term.SingleChoice, func(q *content.Question) {
			q.Translations = []*content.Translation{{Language: "de", Prompt: "W", Choices: []*content.ChoiceText{{Key: "a", Text: "A"}, {Key: "c", Text: "C"}, {Key: "b", Text: ""}}}}
		}, []string{
			"translations.0.choices.1.key: keep the keys of the choices and their order",
			"translations.0.choices.2.key: keep the keys of the choices and their order", "translations.0.choices.2.text: this must not be empty",
		}},
		"translations that lack something": {term.SingleChoice, func(q *content.Question) {
			q.Translations = []*content.Translation{{Language: "d"}, {Language: "d", Prompt: "W", Choices: saysAll(term.SingleChoice).Translations[0].Choices}}
		}, []string{
			"translations.0.language: this has 1 characters; at least 2 are needed", "translations.0.prompt: this must not be empty",
			"translations.0.choices: translate every choice", "translations.1.language: this has 1 characters; at least 2 are needed",
			"translations.1.language: this language is there twice",
		}},
		"provenance that proves nothing": {term.Numeric, func(q *content.Question) {
			q.Provenance = &content.Provenance{Author: "A\nB", Date: "2026-02-30", References: []*content.Reference{
				{Title: "", URL: "javascript:alert(1)"}, {Title: "T", URL: "https://"}, {Title: "T", URL: "ftp://example.com"},
			}}
		}, []string{
			"provenance.author: this must be on one line, without marks that turn the direction of text",
			"provenance.date: write a date such as 2026-11-30", "provenance.references.0.title: this must not be empty",
			"provenance.references.0.url: write an address that begins with https:// or http://",
			"provenance.references.1.url: write an address that begins with https:// or http://",
			"provenance.references.2.url: write an address that begins with https:// or http://",
		}},
	}
}

// spelled is what faults say, each with its path.
func spelled(err error) (all []string) {
	for _, f := range fault.All(err) {
		all = append(all, strings.Join(f.Field, ".")+": "+f.Message)
	}
	return all
}

func TestBadQuestions(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		good := map[term.QuestionKind]*ent.Question{}
		for _, kind := range term.QuestionKind("").Values() {
			good[term.QuestionKind(kind)] = r.question(t, term.QuestionKind(kind))
		}
		err := r.unchanged(t, "a bad question", func() error {
			for name, c := range badQuestions() {
				in := r.newQuestion(c.kind)
				c.spoil(in.Content)
				want := make([]string, len(c.want))
				for i, w := range c.want {
					want[i] = "content." + w
				}
				if diff := gocmp.Diff(want, spelled(lastErr(r.authoring.CreateQuestion(t.Context(), r.owner, in)))); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
				if diff := gocmp.Diff(want, spelled(lastErr(r.authoring.UpdateQuestion(t.Context(), r.owner, authoring.UpdateQuestionInput{
					ID: good[c.kind].ID, Revision: 1, Title: "T", Category: term.Culture, Level: term.Entry, Content: in.Content,
				})))); diff != "" {
					t.Errorf("%s, as an update: %s", name, diff)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestADraftMayLackItsRubric until it is published.
func TestADraftMayLackItsRubric(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for _, kind := range []term.QuestionKind{term.ShortText, term.LongText, term.Code, term.Spoken} {
			in := r.newQuestion(kind)
			in.Content.Criteria = nil
			q := must(r.authoring.CreateQuestion(t.Context(), r.owner, in))(t)
			r.refused(t, string(kind), fault.Invalid, func() error {
				return lastErr(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))
			}, "content.criteria")
		}
	})
}

// TestAKeyIsTakenOnce in an organization, for each noun that has one.
func TestAKeyIsTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		role := r.jobRole(t).ID
		for name, create := range map[string]func(key string, other bool) error{
			"question": func(key string, other bool) error {
				a, in := r.owner, r.newQuestion(term.Numeric)
				if other {
					a = r.stranger
				}
				in.Key = &key
				return lastErr(r.authoring.CreateQuestion(t.Context(), a, in))
			},
			"skill": func(key string, other bool) error {
				a := r.owner
				if other {
					a = r.stranger
				}
				return lastErr(r.authoring.CreateSkill(t.Context(), a, authoring.CreateSkillInput{Name: r.name("S"), Key: &key}))
			},
			"job role": func(key string, other bool) error {
				a := r.owner
				if other {
					a = r.stranger
				}
				return lastErr(r.authoring.CreateJobRole(t.Context(), a, authoring.CreateJobRoleInput{Fields: r.roleFields(), Key: &key}))
			},
			"template": func(key string, _ bool) error {
				return lastErr(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
					JobRoleID: role, Name: "N", Mode: term.Assessment, Content: draft(), Key: &key,
				}))
			},
		} {
			t.Run(name, func(t *testing.T) {
				for _, key := range []string{"", "-a", "A", "a b", "é", strings.Repeat("k", 65), "a\n"} {
					if err := create(key, false); !fault.Is(err, fault.Invalid) || spelled(err)[0] != "key: a key has 1 to 64 lower-case letters, digits, dots, hyphens and underscores, and begins with a letter or digit" {
						t.Errorf("%q: got %v", key, err)
					}
				}
				for _, key := range []string{"a", "go.maps_2-b", strings.Repeat("k", 64)} {
					if err := create(key, false); err != nil {
						t.Errorf("%q: %v", key, err)
					}
				}
				r.refused(t, "again", fault.AlreadyExists, func() error { return create("a", false) }, "key")
				if err := create("a", true); name != "template" && err != nil {
					t.Errorf("in another organization: %v", err)
				}
			})
		}
	})
}

func TestRetireQuestion(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		raw, q := r.question(t, term.Numeric), r.published(t, term.Numeric)
		retire := func(id gid.ID) func() error {
			return func() error {
				return lastErr(r.authoring.RetireQuestion(t.Context(), r.owner, authoring.RetireQuestionInput{ID: id}))
			}
		}
		r.refused(t, "a draft", fault.Conflict, retire(raw.ID))
		r.revise(t, q.ID, says(term.Numeric))
		if got := r.retireQuestion(t, q.ID); got.State != term.Retired || got.Revision != 4 {
			t.Errorf("got %v", got)
		}
		if err := r.unchanged(t, "a second time", retire(q.ID)); err != nil {
			t.Error(err)
		}
		r.refused(t, "an update", fault.Conflict, func() error {
			return lastErr(r.authoring.UpdateQuestion(t.Context(), r.owner, authoring.UpdateQuestionInput{
				ID: q.ID, Revision: 4, Title: "T", Category: term.Culture, Level: term.Entry, Content: says(term.Numeric),
			}))
		})
		r.refused(t, "the publication of its draft", fault.Conflict, func() error {
			return lastErr(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))
		})
		r.refused(t, "an approval of its draft", fault.Conflict, func() error {
			return lastErr(r.authoring.ApproveQuestion(t.Context(), r.owner, authoring.ApproveQuestionInput{ID: q.ID, Revision: 4}))
		})
	})
}

func TestTheHistoryOfAQuestion(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		q := r.published(t, term.Numeric)
		history := func() (all []string) {
			row := r.questionNow(t, q.ID)
			for _, rev := range must(r.authoring.RevisionsByQuestion(t.Context(), r.owner, []gid.ID{q.ID}))(t) {
				all = append(all, rev.Content.Prompt+" "+string(authoring.StatusOf(row, rev)))
			}
			for _, rev := range must(r.authoring.CurrentRevisions(t.Context(), r.owner, []gid.ID{q.ID}))(t) {
				if rev.PublishedAt == nil {
					all = append(all, rev.Content.Prompt+" "+string(authoring.StatusOf(row, rev)))
				}
			}
			return all
		}
		for _, prompt := range []string{"Second?", "Third?"} {
			c := says(term.Numeric)
			c.Prompt = prompt
			r.republish(t, q.ID, c)
		}
		next := says(term.Numeric)
		next.Prompt = "Next?"
		r.revise(t, q.ID, next)
		if diff := gocmp.Diff([]string{"Third? PUBLISHED", "Second? SUPERSEDED", "Why? SUPERSEDED", "Next? DRAFT"}, history()); diff != "" {
			t.Error(diff)
		}
		r.retireQuestion(t, q.ID)
		if diff := gocmp.Diff([]string{"Third? RETIRED", "Second? SUPERSEDED", "Why? SUPERSEDED", "Next? DRAFT"}, history()); diff != "" {
			t.Errorf("retired: %s", diff)
		}
	})
}

// TestThePromptIsKeptWithSafeHTML made when it is written.
func TestThePromptIsKeptWithSafeHTML(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const prompt = "Say *why* <script>alert(1)</script><b onclick=\"x()\">now</b> [here](javascript:alert(2)) or [there](https://example.com)"
		c := says(term.Numeric)
		c.Prompt = prompt
		q := r.asking(t, term.Numeric, func(in *authoring.CreateQuestionInput) { in.Content = c })
		safe := func(html string) {
			t.Helper()
			if !strings.Contains(html, "<em>why</em>") || !strings.Contains(html, `href="https://example.com"`) {
				t.Errorf("the harmless is gone: %s", html)
			}
			for _, bad := range []string{"<script", "<b ", "javascript"} {
				if strings.Contains(html, bad) {
					t.Errorf("%s is left in %s", bad, html)
				}
			}
		}
		revision := one(t, must(r.authoring.CurrentRevisions(t.Context(), r.owner, []gid.ID{q.ID}))(t))
		safe(revision.PromptHTML)
		if revision.Content.Prompt != prompt {
			t.Errorf("the text itself was changed: %s", revision.Content.Prompt)
		}
		tpl := r.publish(t, r.template(t, r.jobRole(t).ID, q.ID).ID)
		sheet := one(t, must(r.authoring.Sheets(t.Context(), r.owner, []gid.ID{r.version(t, tpl.ID, 1).ID}))(t))
		safe(sheet.Sections[0].Questions[0].PromptHTML)
		c.Prompt = "**Bold**"
		r.revise(t, q.ID, c)
		c.Prompt = "~~Struck~~"
		r.revise(t, q.ID, c)
		for _, rev := range must(r.authoring.CurrentRevisions(t.Context(), r.owner, []gid.ID{q.ID}))(t) {
			if rev.Number == 2 && rev.PromptHTML != "<p><del>Struck</del></p>" {
				t.Errorf("a draft that was written again: %s", rev.PromptHTML)
			}
		}
	})
}
