package paper_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/term"
)

func sample() *paper.Paper {
	return &paper.Paper{Title: "Backend <one>", Instructions: "Read *this*", Sections: []*paper.Section{
		{Title: "A", TimeLimit: 60, Questions: []*paper.Question{
			{Ref: "1.1", Kind: term.SingleChoice, Prompt: "p", Points: 2, Choices: []*paper.Choice{{Key: "a", Text: "A & B"}, {Key: "b", Text: "B"}}},
			{Ref: "1.2", Kind: term.Numeric, Prompt: "n", Unit: "ms", Points: 1, TimeHint: 30},
		}},
		{Title: "B", TimeLimit: 90, Questions: []*paper.Question{{Ref: "2.1", Kind: term.LongText, Prompt: "t", Points: 5}}},
	}}
}

func encode(t *testing.T, p *paper.Paper) []byte {
	t.Helper()
	text, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestEncodeAndDecode(t *testing.T) {
	text := encode(t, sample())
	back, err := paper.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), back); diff != "" {
		t.Error(diff)
	}
	if again := encode(t, back); string(again) != string(text) {
		t.Errorf("another form: %s", again)
	}
	if _, err := paper.Decode([]byte("{")); err == nil {
		t.Error("half a paper was read")
	}
}

// TestTheFormIsFrozen fails when the form changes in which published papers are kept and hashed.
func TestTheFormIsFrozen(t *testing.T) {
	p := &paper.Paper{Title: "T", Sections: []*paper.Section{{Title: "S", TimeLimit: 60, Questions: []*paper.Question{
		{Ref: "1.1", Kind: term.SingleChoice, Prompt: "p", Points: 2, Choices: []*paper.Choice{{Key: "a", Text: "A"}}},
	}}}}
	want := `{"title":"T","instructions":"","sections":[{"title":"S","instructions":"","timeLimitSeconds":60,"questions":[` +
		`{"ref":"1.1","kind":"SINGLE_CHOICE","prompt":"p","choices":[{"key":"a","text":"A"}],"points":2}]}]}`
	if got := string(encode(t, p)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestLookingThingsUp(t *testing.T) {
	p := sample()
	if p.Count() != 3 || p.TimeLimit() != 150 {
		t.Errorf("got %d questions in %d s", p.Count(), p.TimeLimit())
	}
	for _, ref := range []string{"1.1", "1.2", "2.1"} {
		if q := p.Question(ref); q == nil || q.Ref != ref {
			t.Errorf("%s: got %v", ref, q)
		}
	}
	for _, ref := range []string{"", "1", "1.3", "2.2", "0.0"} {
		if q := p.Question(ref); q != nil {
			t.Errorf("%q: got %v", ref, q)
		}
	}
	q := p.Question("1.1")
	if !q.HasChoice("a") || !q.HasChoice("b") || q.HasChoice("A") || q.HasChoice("") {
		t.Error("choices")
	}
	if got := paper.Ref(0, 9); got != "1.10" {
		t.Errorf("got %s", got)
	}
}

func TestTheHashTellsTheTwoDocumentsApart(t *testing.T) {
	seen := map[string]string{}
	for _, pair := range [][2]string{{"ab", "c"}, {"a", "bc"}, {"abc", ""}, {"", "abc"}, {"ab", "d"}} {
		h := paper.Hash([]byte(pair[0]), []byte(pair[1]))
		if len(h) != 64 || seen[h] != "" {
			t.Errorf("%q: %s", pair, h)
		}
		seen[h] = strings.Join(pair[:], "|")
	}
	first, again := paper.Hash([]byte("a"), []byte("b")), paper.Hash([]byte("a"), []byte("b"))
	if first != again {
		t.Error("two hashes of one version")
	}
}

// TestAPaperHasNoPlaceForAKey walks every field that a paper can hold.
func TestAPaperHasNoPlaceForAKey(t *testing.T) {
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return
		}
		for i := range typ.NumField() {
			f := typ.Field(i)
			for _, word := range []string{"correct", "accepted", "criteria", "model", "pitfall", "follow", "tolerance", "value", "score", "skill"} {
				if strings.Contains(strings.ToLower(f.Name), word) {
					t.Errorf("%s.%s", typ.Name(), f.Name)
				}
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[paper.Paper]())
}
