package paper_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/draw"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/term"
)

// pools is a paper with two sections: a shuffled one of a fixed question and two pools, and a fixed one with a pool
// between two questions, the last of which shuffles its choices.
func pools() *paper.Paper {
	first := section(0, 1+20+8)
	first.Order, first.Draws = term.Shuffled, []draw.Pool{{Count: 5, Refs: refs(first, 1, 21)}, {Count: 3, Refs: refs(first, 21, 29)}}
	second := section(1, 1+6+1)
	second.Draws = []draw.Pool{{Count: 2, Refs: refs(second, 1, 7)}}
	last := second.Questions[7]
	last.Kind, last.ShuffleChoices = term.SingleChoice, true
	last.Choices, last.Translations = choices("", 4), []*paper.Translation{{Language: "de", Prompt: "Warum?", Choices: choices("de ", 4)}}
	return &paper.Paper{Title: "T", Sections: []*paper.Section{first, second}}
}

// section has so many questions, which are texts.
func section(place, n int) *paper.Section {
	s := &paper.Section{Title: "S", TimeLimit: 60}
	for i := range n {
		s.Questions = append(s.Questions, &paper.Question{Ref: paper.Ref(place, i), Kind: term.LongText, Prompt: "Why?", Points: 1})
	}
	return s
}

// refs are the places of a section from one question up to another.
func refs(s *paper.Section, from, to int) []string {
	var list []string
	for _, q := range s.Questions[from:to] {
		list = append(list, q.Ref)
	}
	return list
}

// choices are options with the letters as keys, and with what stands before them as texts.
func choices(before string, n int) []*paper.Choice {
	list := make([]*paper.Choice, n)
	for i := range list {
		letter := string(rune('a' + i))
		list[i] = &paper.Choice{Key: letter, Text: before + letter}
	}
	return list
}

// shown renders what is asked, in its order: "1.1 1.3[b a] | 2.1".
func shown(p *paper.Paper) string {
	var parts []string
	for _, s := range p.Sections {
		var places []string
		for _, q := range s.Questions {
			place := q.Ref
			if len(q.Choices) > 0 {
				place += "[" + strings.Join(keys(q.Choices), " ") + "]"
			}
			places = append(places, place)
		}
		parts = append(parts, strings.Join(places, " "))
	}
	return strings.Join(parts, " | ")
}

func keys(list []*paper.Choice) []string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.Key
	}
	return names
}

// TestASeedGivesTheSamePaperForEver fails when sessions that began would be asked something else.
func TestASeedGivesTheSamePaperForEver(t *testing.T) {
	for seed, want := range map[int64]string{
		0:             "1.19 1.9 1.12 1.28 1.25 1.4 1.1 1.10 1.23 | 2.1 2.2 2.4 2.8[b d c a]",
		1:             "1.28 1.12 1.23 1.2 1.1 1.14 1.26 1.17 1.19 | 2.1 2.2 2.4 2.8[d c b a]",
		1 << 40:       "1.21 1.25 1.4 1.11 1.17 1.14 1.1 1.23 1.28 | 2.1 2.2 2.5 2.8[b d a c]",
		math.MaxInt64: "1.23 1.1 1.2 1.3 1.9 1.4 1.27 1.13 1.28 | 2.1 2.3 2.6 2.8[c a b d]",
	} {
		if got := shown(pools().For(seed)); got != want {
			t.Errorf("seed %d:\ngot  %s\nwant %s", seed, got, want)
		}
	}
}

// TestExposure presents the paper to 10,000 sessions: each question of a pool comes as often as its pool says, and the
// fixed question of the shuffled section stands in each place as often as in any other, within three standard
// deviations of the binomial distribution.
func TestExposure(t *testing.T) {
	const sessions = 10_000
	whole, seen, place := pools(), map[string]int{}, map[int]int{}
	for seed := range int64(sessions) {
		own := whole.For(seed)
		for _, s := range own.Sections {
			for _, q := range s.Questions {
				seen[q.Ref]++
			}
		}
		place[slices.IndexFunc(own.Sections[0].Questions, func(q *paper.Question) bool { return q.Ref == "1.1" })]++
	}
	within := func(what string, got int, p float64) {
		expected, deviation := sessions*p, math.Sqrt(sessions*p*(1-p))
		if math.Abs(float64(got)-expected) > 3*deviation {
			t.Errorf("%s: %d times, expected %.0f ± %.0f", what, got, expected, 3*deviation)
		}
	}
	for _, s := range whole.Sections {
		for _, pool := range s.Draws {
			for _, ref := range pool.Refs {
				within(ref, seen[ref], float64(pool.Count)/float64(len(pool.Refs)))
			}
		}
	}
	for i := range 9 {
		within(fmt.Sprintf("1.1 in place %d", i+1), place[i], 1.0/9)
	}
	for _, ref := range []string{"1.1", "2.1", "2.8"} {
		if seen[ref] != sessions {
			t.Errorf("%s, which no pool holds, was asked %d times", ref, seen[ref])
		}
	}
}

// drawn is any paper that publishing could make.
func drawn(t *rapid.T) *paper.Paper {
	p := &paper.Paper{Title: "T"}
	for i := range rapid.IntRange(1, 4).Draw(t, "sections") {
		s := section(i, rapid.IntRange(1, 15).Draw(t, "questions"))
		s.Order = rapid.SampledFrom([]term.SectionOrder{"", term.Fixed, term.Shuffled}).Draw(t, "order")
		for from := 0; from < len(s.Questions); {
			to := min(len(s.Questions), from+rapid.IntRange(1, 8).Draw(t, "slot"))
			if rapid.Bool().Draw(t, "pool") {
				s.Draws = append(s.Draws, draw.Pool{Count: rapid.IntRange(1, to-from).Draw(t, "count"), Refs: refs(s, from, to)})
			}
			from = to
		}
		for _, q := range s.Questions {
			n := rapid.IntRange(0, 5).Draw(t, "choices")
			q.Choices, q.ShuffleChoices = choices("", n), rapid.Bool().Draw(t, "shuffle")
			for _, language := range []string{"de", "fr"}[:rapid.IntRange(0, 2).Draw(t, "languages")] {
				q.Translations = append(q.Translations, &paper.Translation{Language: language, Choices: choices(language+" ", n)})
			}
		}
		p.Sections = append(p.Sections, s)
	}
	return p
}

func TestWhatASessionIsAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole, seed := drawn(t), rapid.Int64().Draw(t, "seed")
		before := text(t, whole)
		own := whole.For(seed)
		if again := whole.For(seed); text(t, own) != text(t, again) {
			t.Fatalf("the same seed gave %s and %s", shown(own), shown(again))
		}
		if after := text(t, whole); after != before {
			t.Fatalf("presenting changed the paper to %s", after)
		}
		if own.Count() != whole.Count() || own.TimeLimit() != whole.TimeLimit() {
			t.Fatalf("%d questions in %d s are asked of %d in %d s", own.Count(), own.TimeLimit(), whole.Count(), whole.TimeLimit())
		}
		var picked []string
		for i, s := range own.Sections {
			picked = append(picked, checkSection(t, whole.Sections[i], s)...)
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(whole.Drawn(seed))), slices.Sorted(slices.Values(picked))); diff != "" {
			t.Fatalf("what is noted as drawn is not what is asked of pools: %s", diff)
		}
	})
}

// checkSection compares a section of a session with the whole one and gives what its pools gave.
func checkSection(t *rapid.T, whole, own *paper.Section) (picked []string) {
	asked := refs(own, 0, len(own.Questions))
	if distinct := slices.Compact(slices.Sorted(slices.Values(asked))); len(distinct) != len(asked) {
		t.Fatalf("a question is asked twice: %v", asked)
	}
	if len(own.Draws) != 0 {
		t.Fatalf("the session learns of pools: %v", own.Draws)
	}
	pooled := map[string]bool{}
	for _, pool := range whole.Draws {
		n := 0
		for _, ref := range pool.Refs {
			pooled[ref] = true
			if slices.Contains(asked, ref) {
				n, picked = n+1, append(picked, ref)
			}
		}
		if n != pool.Count {
			t.Fatalf("%d of %d are asked", n, pool.Count)
		}
	}
	at := -1
	for _, q := range own.Questions {
		i := slices.IndexFunc(whole.Questions, func(w *paper.Question) bool { return w.Ref == q.Ref })
		if whole.Order != term.Shuffled && i <= at {
			t.Fatalf("a section in fixed order is asked in another: %v", asked)
		}
		at = i
		checkQuestion(t, whole.Questions[i], q)
	}
	for _, q := range whole.Questions {
		if !pooled[q.Ref] && !slices.Contains(asked, q.Ref) {
			t.Fatalf("%s, which no pool holds, is not asked", q.Ref)
		}
	}
	return picked
}

func checkQuestion(t *rapid.T, whole, own *paper.Question) {
	order := keys(own.Choices)
	if diff := cmp.Diff(keys(whole.Choices), slices.Sorted(slices.Values(order))); diff != "" && len(order) > 0 {
		t.Fatalf("%s: other choices: %s", own.Ref, diff)
	}
	if !whole.ShuffleChoices && !slices.Equal(order, keys(whole.Choices)) {
		t.Fatalf("%s: its choices were shuffled, which it does not want: %v", own.Ref, order)
	}
	for _, language := range []string{"", "de", "fr"} {
		in := own.In(language)
		if !slices.Equal(keys(in.Choices), order) {
			t.Fatalf("%s in %q: the choices stand in another order", own.Ref, language)
		}
		before := ""
		if in != own {
			before = language + " "
		}
		for _, c := range in.Choices {
			if c.Text != before+c.Key {
				t.Fatalf("%s in %q: the choice %s says %q", own.Ref, language, c.Key, c.Text)
			}
		}
	}
}

func text(t *rapid.T, p *paper.Paper) string {
	encoded, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func TestAQuestionInALanguage(t *testing.T) {
	q := pools().Question("2.8")
	if in := q.In("de"); in.Prompt != "Warum?" || in.Choices[0].Text != "de a" || in.Ref != "2.8" || q.Prompt != "Why?" {
		t.Errorf("got %+v", in)
	}
	if in := q.In("fr"); in != q {
		t.Errorf("without a translation it became %+v", in)
	}
}

// TestTheWholeFormIsFrozen fails when the form changes in which papers with everything in them are kept and hashed.
func TestTheWholeFormIsFrozen(t *testing.T) {
	p := &paper.Paper{
		Title: "T", Instructions: "*Read*", InstructionsHTML: "<p>Read</p>", Mode: term.Practice,
		Signals: []term.IntegritySignal{term.Pasted}, Accommodation: &content.Accommodation{Requestable: true, Contact: "help@example.com"},
		Sections: []*paper.Section{{
			Title: "S", Instructions: "i", InstructionsHTML: "<p>i</p>", TimeLimit: 60, Order: term.Shuffled, Navigation: term.ForwardOnly,
			Questions: []*paper.Question{
				{
					Ref: "1.1", Kind: term.Ordering, Prompt: "p", PromptHTML: "<p>p</p>", ShuffleChoices: true, Points: 2, TimeHint: 30,
					Choices:      []*paper.Choice{{Key: "a", Text: "A", HTML: "<p>A</p>"}},
					Translations: []*paper.Translation{{Language: "de", Prompt: "P", PromptHTML: "<p>P</p>", Choices: []*paper.Choice{{Key: "a", Text: "Ä"}}}},
				},
				{Ref: "1.2", Kind: term.Code, Prompt: "c", Language: "go", Starter: "package main", Points: 3},
				{Ref: "1.3", Kind: term.Spoken, Prompt: "s", MaxSeconds: 90, Points: 4},
				{Ref: "1.4", Kind: term.Numeric, Prompt: "n", Unit: "ms", Points: 1},
				{Ref: "1.5", Kind: term.Code, Prompt: "e", Language: "go", Examples: []*paper.Example{{Name: "x", Stdin: "1", Output: "2"}, {Name: "y", Output: "3"}}, Points: 1},
			},
			Draws: []draw.Pool{{Count: 1, Refs: []string{"1.2", "1.3"}}},
		}},
	}
	want := `{"title":"T","instructions":"*Read*","instructionsHtml":"\u003cp\u003eRead\u003c/p\u003e","mode":"PRACTICE",` +
		`"signals":["PASTED"],"accommodation":{"requestable":true,"contact":"help@example.com"},"sections":[` +
		`{"title":"S","instructions":"i","instructionsHtml":"\u003cp\u003ei\u003c/p\u003e","timeLimitSeconds":60,` +
		`"order":"SHUFFLED","navigation":"FORWARD_ONLY","questions":[` +
		`{"ref":"1.1","kind":"ORDERING","prompt":"p","promptHtml":"\u003cp\u003ep\u003c/p\u003e","choices":[{"key":"a","text":"A","html":"\u003cp\u003eA\u003c/p\u003e"}],` +
		`"shuffleChoices":true,"points":2,"timeHintSeconds":30,"translations":[{"language":"de","prompt":"P","promptHtml":"\u003cp\u003eP\u003c/p\u003e","choices":[{"key":"a","text":"Ä"}]}]},` +
		`{"ref":"1.2","kind":"CODE","prompt":"c","language":"go","starter":"package main","points":3},` +
		`{"ref":"1.3","kind":"SPOKEN","prompt":"s","maxSeconds":90,"points":4},` +
		`{"ref":"1.4","kind":"NUMERIC","prompt":"n","unit":"ms","points":1},` +
		`{"ref":"1.5","kind":"CODE","prompt":"e","language":"go","examples":[{"name":"x","stdin":"1","output":"2"},{"name":"y","output":"3"}],"points":1}],"draws":[{"count":1,"refs":["1.2","1.3"]}]}]}`
	if got := string(encode(t, p)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	back, err := paper.Decode([]byte(want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, back); diff != "" {
		t.Error(diff)
	}
}

// TestAnEarlierPaperIsPresentedAsItIs takes the form of papers from before there were draws and orders.
func TestAnEarlierPaperIsPresentedAsItIs(t *testing.T) {
	earlier := `{"title":"T","instructions":"","sections":[{"title":"S","instructions":"","timeLimitSeconds":60,"questions":[` +
		`{"ref":"1.1","kind":"SINGLE_CHOICE","prompt":"p","choices":[{"key":"a","text":"A"},{"key":"b","text":"B"}],"points":2},` +
		`{"ref":"1.2","kind":"NUMERIC","prompt":"n","unit":"ms","points":1,"timeHintSeconds":30}]}]}`
	p, err := paper.Decode([]byte(earlier))
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range []int64{0, 1, math.MaxInt64} {
		if got := string(encode(t, p.For(seed))); got != earlier {
			t.Errorf("seed %d: got %s", seed, got)
		}
	}
	if p.Count() != 2 || p.Drawn(1) != nil {
		t.Errorf("%d questions, drawn %v", p.Count(), p.Drawn(1))
	}
}
