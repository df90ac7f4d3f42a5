package key_test

import (
	"bytes"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/draw"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/term"
)

// documents are any paper and its key, as publishing makes both of one template.
func documents(t *rapid.T) (*paper.Paper, *key.Key) {
	p, k := &paper.Paper{}, &key.Key{}
	for i := range rapid.IntRange(1, 4).Draw(t, "sections") {
		ps := &paper.Section{Order: rapid.SampledFrom([]term.SectionOrder{"", term.Fixed, term.Shuffled}).Draw(t, "order")}
		ks := &key.Section{}
		for range rapid.IntRange(1, 6).Draw(t, "slots") {
			var refs []string
			for range rapid.IntRange(1, 6).Draw(t, "pool") {
				ref := paper.Ref(i, len(ps.Questions))
				refs = append(refs, ref)
				ps.Questions = append(ps.Questions, &paper.Question{Ref: ref, ShuffleChoices: rapid.Bool().Draw(t, "shuffle")})
				ks.Items = append(ks.Items, &key.Item{Ref: ref})
			}
			if len(refs) > 1 {
				ps.Draws = append(ps.Draws, draw.Pool{Count: rapid.IntRange(1, len(refs)).Draw(t, "count"), Refs: refs})
			}
		}
		ks.Draws = ps.Draws
		p.Sections, k.Sections = append(p.Sections, ps), append(k.Sections, ks)
	}
	return p, k
}

func TestTheKeyOfASessionIsOfItsPaper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, k := documents(t)
		seed, all := rapid.Int64().Draw(t, "seed"), len(k.Items())
		asked, scored := p.For(seed), k.For(seed)
		if n := len(scored.Items()); n != p.Count() || n != asked.Count() {
			t.Fatalf("%d items of %d questions", n, p.Count())
		}
		for i, s := range scored.Sections {
			var items, questions []string
			for _, item := range s.Items {
				items = append(items, item.Ref)
			}
			for _, q := range asked.Sections[i].Questions {
				questions = append(questions, q.Ref)
			}
			inOrder := slices.IsSortedFunc(s.Items, func(a, b *key.Item) int { return slices.Index(k.Items(), a) - slices.Index(k.Items(), b) })
			if !inOrder || len(s.Draws) != 0 {
				t.Fatalf("items %v, draws %v", items, s.Draws)
			}
			slices.Sort(items)
			slices.Sort(questions)
			if diff := cmp.Diff(items, questions); diff != "" {
				t.Fatalf("section %d: what is scored is not what is asked: %s", i+1, diff)
			}
		}
		if len(k.Items()) != all {
			t.Fatal("the key itself was changed")
		}
	})
}

// id is always the same one.
func id(t *testing.T, kind gid.Kind, random byte) gid.ID {
	t.Helper()
	return gid.NewSource(bytes.NewReader(bytes.Repeat([]byte{random}, 64))).New(kind, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
}

// TestTheWholeFormIsFrozen fails when the form changes in which keys with everything in them are kept and hashed.
func TestTheWholeFormIsFrozen(t *testing.T) {
	skill := id(t, gid.Skill, 1)
	rule := term.Mapped
	k := &key.Key{
		CutPercent: 60, Bands: []*content.Band{{Name: "Low"}, {Name: "High", MinPercent: 60}}, Feedback: term.FeedbackSections,
		SkillWeights: []*content.SkillWeight{{SkillID: skill, Weight: 3}}, Mode: term.Interview, FollowUpLimit: new(1),
		Sections: []*key.Section{{
			Title: "A", Weight: new(40), Draws: []draw.Pool{{Count: 1, Refs: []string{"1.1", "1.2"}}},
			Items: []*key.Item{
				{
					Ref: "1.1", QuestionID: id(t, gid.Question, 2), Revision: 2, Title: "q", Kind: term.MultipleChoice, Points: 3,
					Skills: []*key.Skill{{ID: skill, Name: "Go"}},
					Content: &content.Question{
						Prompt: "p", PartialCredit: &rule, ShuffleChoices: true, Mapping: &content.Mapping{LowerBound: "0", UpperBound: "2", Default: "-2"},
						Choices:  []*content.Choice{{Key: "a", Text: "A", Correct: true, Points: new("1.5"), Feedback: "f"}, {Key: "b", Text: "B"}},
						SkillIDs: []gid.ID{skill}, Provenance: &content.Provenance{Author: "w", Date: "2026-03-01"},
					},
				},
				{
					Ref: "1.2", QuestionID: id(t, gid.Question, 3), Revision: 1, Title: "o", Kind: term.Ordering, Points: 3,
					Content: &content.Question{
						Prompt: "o", CorrectOrder: []string{"b", "a"}, Choices: []*content.Choice{{Key: "a", Text: "A"}, {Key: "b", Text: "B"}},
						Translations: []*content.Translation{{Language: "de", Prompt: "O", Choices: []*content.ChoiceText{{Key: "a", Text: "Ä"}, {Key: "b", Text: "B"}}}},
					},
				},
				{
					Ref: "1.3", QuestionID: id(t, gid.Question, 4), Revision: 1, Title: "c", Kind: term.Code, Points: 3,
					Content: &content.Question{Prompt: "c", Code: &content.Code{Language: "go", Starter: "package main"}},
				},
				{
					Ref: "1.4", QuestionID: id(t, gid.Question, 5), Revision: 1, Title: "s", Kind: term.Spoken, Points: 3,
					Content: &content.Question{Prompt: "s", Spoken: &content.Spoken{MaxSeconds: 60}},
				},
				{
					Ref: "1.5", QuestionID: id(t, gid.Question, 6), Revision: 1, Title: "t", Kind: term.Code, Points: 3,
					Content: &content.Question{Prompt: "t", Code: &content.Code{Language: "go", CPULimit: new(2000), MemoryLimit: new(64), Tests: []*content.CodeTest{
						{Name: "x", Stdin: "1", Expected: "2", Weight: 3, Hidden: true, Comparison: term.ExactOutput},
						{Name: "y", Expected: "2", Weight: 1, Comparison: term.TrimmedOutput},
					}}},
				},
			},
		}},
	}
	want := `{"cutPercent":60,"bands":[{"name":"Low","minPercent":0},{"name":"High","minPercent":60}],"feedback":"SECTIONS","sections":[` +
		`{"title":"A","weight":40,"items":[` +
		`{"ref":"1.1","questionId":"qst_01kjmma2g0e0481040g2081040","revision":2,"title":"q","kind":"MULTIPLE_CHOICE","points":3,"skills":[{"id":"skl_01kjmma2g0e02r0g2081040g20","name":"Go"}],` +
		`"content":{"prompt":"p","choices":[{"key":"a","text":"A","correct":true,"points":"1.5","feedback":"f"},{"key":"b","text":"B","correct":false}],"shuffleChoices":true,"partialCredit":"MAPPED","mapping":{"lowerBound":"0","upperBound":"2","default":"-2"}` +
		`,"criteria":null,"modelAnswer":"","pitfalls":null,"followUps":null,"timeHintSeconds":0,"skillIds":["skl_01kjmma2g0e02r0g2081040g20"],"provenance":{"author":"w","date":"2026-03-01"}}},` +
		`{"ref":"1.2","questionId":"qst_01kjmma2g0e0481g60r30c1g60","revision":1,"title":"o","kind":"ORDERING","points":3,"skills":null,` +
		`"content":{"prompt":"o","choices":[{"key":"a","text":"A","correct":false},{"key":"b","text":"B","correct":false}],"correctOrder":["b","a"]` +
		`,"criteria":null,"modelAnswer":"","pitfalls":null,"followUps":null,"timeHintSeconds":0,"skillIds":null,"translations":[{"language":"de","prompt":"O","choices":[{"key":"a","text":"Ä"},{"key":"b","text":"B"}]}]}},` +
		`{"ref":"1.3","questionId":"qst_01kjmma2g0e0482081040g2081","revision":1,"title":"c","kind":"CODE","points":3,"skills":null,` +
		`"content":{"prompt":"c","code":{"language":"go","starter":"package main"}` +
		`,"criteria":null,"modelAnswer":"","pitfalls":null,"followUps":null,"timeHintSeconds":0,"skillIds":null}},` +
		`{"ref":"1.4","questionId":"qst_01kjmma2g0e0482ga1850m2ga1","revision":1,"title":"s","kind":"SPOKEN","points":3,"skills":null,` +
		`"content":{"prompt":"s","spoken":{"maxSeconds":60}` +
		`,"criteria":null,"modelAnswer":"","pitfalls":null,"followUps":null,"timeHintSeconds":0,"skillIds":null}},` +
		`{"ref":"1.5","questionId":"qst_01kjmma2g0e04830c1g60r30c1","revision":1,"title":"t","kind":"CODE","points":3,"skills":null,` +
		`"content":{"prompt":"t","code":{"language":"go","tests":[` +
		`{"name":"x","stdin":"1","expectedOutput":"2","weight":3,"hidden":true,"comparison":"EXACT"},{"name":"y","expectedOutput":"2","weight":1,"comparison":"TRIMMED"}],` +
		`"cpuLimitMilliseconds":2000,"memoryLimitMegabytes":64}` +
		`,"criteria":null,"modelAnswer":"","pitfalls":null,"followUps":null,"timeHintSeconds":0,"skillIds":null}}],"draws":[{"count":1,"refs":["1.1","1.2"]}]}],"skillWeights":[{"skillId":"skl_01kjmma2g0e02r0g2081040g20","weight":3}],"mode":"INTERVIEW","followUpLimit":1}`
	got, err := k.Encode()
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	back, err := key.Decode([]byte(want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(k, back); diff != "" {
		t.Error(diff)
	}
}

// TestAnEarlierKeyIsReadAsItIs takes the form of keys from before there were draws, shares and weights.
func TestAnEarlierKeyIsReadAsItIs(t *testing.T) {
	earlier := `{"cutPercent":50,"bands":[{"name":"All","minPercent":0}],"feedback":"NONE","sections":[{"title":"A","items":[` +
		`{"ref":"1.1","questionId":"` + id(t, gid.Question, 2).String() + `","revision":2,"title":"q","kind":"SINGLE_CHOICE","points":2,"skills":null,` +
		`"content":{"prompt":"p","choices":[{"key":"a","text":"A","correct":true},{"key":"b","text":"B","correct":false}],` +
		`"criteria":[],"modelAnswer":"m","pitfalls":[],"followUps":[],"timeHintSeconds":30,"skillIds":[]}},` +
		`{"ref":"1.2","questionId":"` + id(t, gid.Question, 3).String() + `","revision":1,"title":"n","kind":"NUMERIC","points":1,"skills":null,` +
		`"content":{"prompt":"n","numeric":{"value":"3.5","mode":"EXACT","tolerance":""},` +
		`"criteria":[],"modelAnswer":"","pitfalls":[],"followUps":[],"timeHintSeconds":0,"skillIds":[]}}]}]}`
	k, err := key.Decode([]byte(earlier))
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range []int64{0, 1, math.MaxInt64} {
		if got, err := k.For(seed).Encode(); err != nil || string(got) != earlier {
			t.Errorf("seed %d: got %s, %v", seed, got, err)
		}
	}
}
