package demo

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/shipped"
	"github.com/assay-hq/assay/internal/term"
)

func seedShelf(t *testing.T) *catalogue.Document {
	t.Helper()
	doc, err := shipped.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestSaidFitsTheCatalogue fails when a question of the shipped catalogue changed and what is said to it did not.
func TestSaidFitsTheCatalogue(t *testing.T) {
	bank := seedBank(seedShelf(t))
	for key, said := range seedAllSaid() {
		t.Run(key, func(t *testing.T) {
			q := bank[key]
			if q == nil {
				t.Fatal("the catalogue has no such question")
			}
			if q.Kind == term.Numeric {
				seedMistaken(t, q)
				return
			}
			var got, want []string
			for _, c := range said.criteria {
				for _, l := range c.levels {
					got = append(got, fmt.Sprint(c.key, " ", l.points))
				}
			}
			for _, c := range q.Content.Criteria {
				for _, l := range c.Levels {
					want = append(want, fmt.Sprint(c.Key, " ", l.Points))
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// seedMistaken demands mistakes that are none of the right numbers.
func seedMistaken(t *testing.T, q *seedQuestion) {
	t.Helper()
	value, err := scoring.ParseDecimal(q.Content.Numeric.Value)
	if err != nil {
		t.Fatal(err)
	}
	tolerance, _ := scoring.ParseDecimal(q.Content.Numeric.Tolerance) // none of an exact number
	key := scoring.NumericKey{Value: value, Lower: tolerance, Upper: tolerance, Mode: scoring.ToleranceMode(q.Content.Numeric.Mode)}
	if len(q.mistakes) == 0 {
		t.Error("nobody makes a mistake")
	}
	for _, mistake := range q.mistakes {
		given, err := scoring.ParseDecimal(mistake)
		if err != nil || scoring.Numeric(scoring.Of(1), given, key) != 0 {
			t.Errorf("%s is right, or no number: %v", mistake, err)
		}
	}
}

// TestTemplatesCanBeTaken demands that everybody who is simulated knows what to say.
func TestTemplatesCanBeTaken(t *testing.T) {
	doc := seedShelf(t)
	bank := seedBank(doc)
	for _, template := range slices.Concat(seedTemplates, []seedTemplate{seedSecondBackend, seedNextInfrastructure, seedOtherTemplate}) {
		for _, key := range template.questions() {
			q := bank[key]
			if q == nil || q.State != term.Published {
				t.Errorf("%s is no published question of the catalogue", key)
				continue
			}
			chosen := q.Kind == term.SingleChoice || q.Kind == term.MultipleChoice
			if !chosen && len(q.mistakes) == 0 && len(q.criteria) == 0 {
				t.Errorf("nobody knows what to say to %s", key)
			}
			for _, s := range q.Skills {
				if !slices.ContainsFunc(doc.Skills, func(one *catalogue.Skill) bool { return one.Key == s }) {
					t.Errorf("%s shows %s, which is no skill of the catalogue", key, s)
				}
			}
		}
	}
}
