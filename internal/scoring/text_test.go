package scoring_test

import (
	"math/big"
	"testing"

	"github.com/assay-hq/assay/internal/scoring"
	"pgregory.net/rapid"
)

func TestShortText(t *testing.T) {
	york := []scoring.Accepted{{Text: "York", CaseSensitive: true}, {Text: "york", Share: big.NewRat(1, 2)}}
	newYork := []scoring.Accepted{{Text: "New  York "}}
	tests := []struct {
		name, answer string
		accepted     []scoring.Accepted
		want         string
	}{
		{"case as asked earns the whole", "York", york, "1"},
		{"case otherwise earns its share", "yORK", york, "0.5"},
		{"another word earns nothing", "Yorkshire", york, "0"},
		{"space around and inside is folded", " \tnew\u00a0\n york\u3000", newYork, "1"},
		{"words run together are another text", "newyork", newYork, "0"},
		{"invisible characters mean nothing", "\ufeffNew \u200bYo\u00adrk", newYork, "1"},
		{"a zero-width joiner is part of the text", "New Yo\u200drk", newYork, "0"},
		{"folding is Unicode's", "ΣΊΣΥΦΟΣ", []scoring.Accepted{{Text: "σίσυφος"}}, "1"},
		{"accents count", "Zurich", []scoring.Accepted{{Text: "Zürich"}}, "0"},
		{"the greatest share wins, wherever it stands", "x", []scoring.Accepted{
			{Text: "x", Share: big.NewRat(1, 4)}, {Text: "X", Share: big.NewRat(3, 4)}, {Text: "x", Share: big.NewRat(1, 2)},
		}, "0.75"},
		{"a share of zero earns nothing", "x", []scoring.Accepted{{Text: "x", Share: new(big.Rat)}}, "0"},
		{"an empty answer earns nothing though the key is empty", " \u200b ", []scoring.Accepted{{Text: ""}}, "0"},
		{"a key without texts gives nothing", "x", nil, "0"},
		{"bytes that are no text are no answer to a text", "\xff", []scoring.Accepted{{Text: "x"}}, "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := scoring.ShortText(scoring.Point, tt.answer, tt.accepted); got != points(t, tt.want) {
				t.Errorf("ShortText(%q) = %v, want %s", tt.answer, got, tt.want)
			}
		})
	}
}

func TestShortText_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		maximum := scoring.Points(rapid.Int64Range(0, 1_000_000_000).Draw(t, "maximum"))
		answer := rapid.String().Draw(t, "answer")
		share := big.NewRat(rapid.Int64Range(-5, 15).Draw(t, "tenths"), 10)
		accepted := []scoring.Accepted{{Text: answer, Share: share, CaseSensitive: rapid.Bool().Draw(t, "sensitive")}}
		score := scoring.ShortText(maximum, answer, accepted)
		if score < 0 || score > maximum {
			t.Fatalf("%v is outside 0…%v", score, maximum)
		}
		if spaced := scoring.ShortText(maximum, "\u2003"+answer+" ", accepted); spaced != score {
			t.Fatalf("with space around it earns %v, not %v", spaced, score)
		}
	})
}
