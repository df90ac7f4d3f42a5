package authoring

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestWordsOf(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                   nil,
		" .,;–— ":                            nil,
		"Go, go, GO!":                        {"go"},
		"HTTP/2 über Größe":                  {"2", "größe", "http", "über"},
		"~tilde 'quote' \\back":              {"back", "quote", "tilde"},
		"Ελληνικά ΚΑΙ 日本語":                   {"ελληνικά", "και", "日本語"},
		strings.Repeat("ä", maxWord+1) + "x": {strings.Repeat("ä", maxWord)},
	} {
		if diff := cmp.Diff(want, wordsOf(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// TestSearchWordsAreNeverEmpty for a question that has been looked at, and hold no empty word but the last.
func TestSearchWordsAreNeverEmpty(t *testing.T) {
	for _, text := range []string{"", "?!", "one", "one two three four"} {
		kept := searchWords("", text)
		words := strings.Split(strings.TrimSuffix(kept, " "), " ")
		if kept == "" || !strings.HasSuffix(kept, " ") || slices.Contains(words, "") {
			t.Errorf("%q: got %q", text, kept)
		}
	}
}

// sentence is a text of a few words, some of them used again and again.
func sentence(rt *rapid.T, name string) string {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{"why", "does", "a", "map", "grow", "Über", "slice", "q", "日本"}), 0, 12).Draw(rt, name)
	return strings.Join(words, rapid.SampledFrom([]string{" ", ", ", "\n"}).Draw(rt, name+" between"))
}

func TestResemblance(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := sentence(rt, "a"), sentence(rt, "b")
		j := resemblance(a, b)
		if j < 0 || j > 1 || j != resemblance(b, a) {
			rt.Fatalf("%q, %q: got %v and %v", a, b, j, resemblance(b, a))
		}
		if len(shinglesOf(a)) > 0 && resemblance(a, a) != 1 {
			rt.Fatalf("%q does not resemble itself", a)
		}
		if other := resemblance(strings.ToUpper(a), "¿"+strings.ReplaceAll(b, " ", " – ")+"?"); other != j {
			rt.Fatalf("case or punctuation counts: got %v, want %v", other, j)
		}
		if same := slices.Equal(prints(a), prints(b)); j == 1 && !same {
			rt.Fatalf("%q and %q are the same with other prints", a, b)
		}
	})
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"", "", 0},
		{"", "one", 0},
		{"one two", "one two", 1},
		{"one two", "two one", 0},
		{"one two three four", "one two three five", 1.0 / 3},
		{"a b c d e", "a b c d f", 0.5},
	} {
		if got := resemblance(c.a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%q, %q: got %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// TestPrintsMeetAsOftenAsTheirFormulaSays for pairs of texts of a known resemblance.
func TestPrintsMeetAsOftenAsTheirFormulaSays(t *testing.T) {
	const pairs = 300
	for _, shared := range []int{10, 40, 80} {
		met := 0
		for i := range pairs {
			word := func(kind string, n int) string {
				return kind + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + numeral(i*1000+n)
			}
			var a, b []string
			for n := range 100 {
				a, b = append(a, word("a", n)), append(b, word("b", n))
				if n < shared {
					b[n] = a[n]
				}
			}
			first, second := prints(strings.Join(a, " ")), prints(strings.Join(b, " "))
			for band := range first {
				if first[band] == second[band] {
					met++
					break
				}
			}
		}
		own := float64(98) // shingles of each text
		j := float64(shared-2) / (2*own - float64(shared-2))
		want := 1 - math.Pow(1-math.Pow(j, printRows), printBands)
		// Five standard deviations of a share of so many pairs.
		if got := float64(met) / pairs; math.Abs(got-want) > 5*math.Sqrt(want*(1-want)/pairs)+1e-9 {
			t.Errorf("resemblance %.2f: %.3f of the pairs met, want %.3f", j, got, want)
		}
	}
}

func numeral(n int) string {
	digits := []byte{}
	for ; n > 0; n /= 10 {
		digits = append(digits, byte('0'+n%10))
	}
	return string(digits)
}
