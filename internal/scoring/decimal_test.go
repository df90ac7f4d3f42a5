package scoring_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/scoring"
)

func TestParseDecimal(t *testing.T) {
	tests := []struct {
		text string
		want *big.Rat
	}{
		{"0", big.NewRat(0, 1)},
		{"-0", big.NewRat(0, 1)},
		{"9.8", big.NewRat(98, 10)},
		{"+9.80", big.NewRat(98, 10)},
		{" -200 ", big.NewRat(-200, 1)},
		{"\t1\n", big.NewRat(1, 1)},
		{"007.50", big.NewRat(15, 2)},
		{"0.1", big.NewRat(1, 10)},
		{"1e3", big.NewRat(1000, 1)},
		{"2.5E-1", big.NewRat(1, 4)},
		{"1e+12", big.NewRat(1_000_000_000_000, 1)},
		{"1e-12", big.NewRat(1, 1_000_000_000_000)},
		{"1e0012", big.NewRat(1_000_000_000_000, 1)},
		{"0." + strings.Repeat("0", 38), big.NewRat(0, 1)}, // exactly 40 characters
	}
	for _, tt := range tests {
		got, err := scoring.ParseDecimal(tt.text)
		if err != nil || got.Cmp(tt.want) != 0 {
			t.Errorf("ParseDecimal(%q) = %v, %v, want %v", tt.text, got, err, tt.want)
		}
	}
}

func TestParseDecimal_refuses(t *testing.T) {
	texts := []string{
		"", " ", "+", "-", ".", "e", "e5", ".5", "5.", "1.e2", "1e", "1e+", "1e1.5", "1e--2", "--1", "+-1", "1 000",
		"- 1", "1,5", "1_000", "0x1p2", "0x10", "0b1", "0o7", "NaN", "Inf", "-Inf", "infinity", "1/2", "1..2", "1.2.3",
		"1e13", "1e-13", "1e99999999999999999999", "1e1e1", "١٢", "１", "1\u200b", "−1", "1%", "1\x00",
		strings.Repeat("1", 41), "0." + strings.Repeat("0", 39),
	}
	for _, text := range texts {
		if got, err := scoring.ParseDecimal(text); !errors.Is(err, scoring.ErrNotDecimal) || got != nil {
			t.Errorf("ParseDecimal(%q) = %v, %v, want ErrNotDecimal", text, got, err)
		}
	}
}

// FuzzParseDecimal holds that whatever is accepted is short, bounded, and the same number when written out.
func FuzzParseDecimal(f *testing.F) {
	for _, seed := range []string{"1", "-1.5", "1e-12", " 2 ", "0x1", "NaN", "1_0", "1e999999999", ".5", "1/3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		number, err := scoring.ParseDecimal(text)
		if err != nil {
			if !errors.Is(err, scoring.ErrNotDecimal) || number != nil {
				t.Fatalf("ParseDecimal(%q) = %v, %v", text, number, err)
			}
			return
		}
		if rest := strings.Trim(strings.TrimSpace(text), "+-0123456789.eE"); rest != "" {
			t.Fatalf("ParseDecimal(%q) accepted %q", text, rest)
		}
		if size := number.Num().BitLen() + number.Denom().BitLen(); size > 400 {
			t.Fatalf("ParseDecimal(%q) has %d bits", text, size)
		}
		if strings.ContainsAny(text, "eE") {
			return
		}
		digits := number.FloatString(40) // more digits than a text without an exponent can have
		again, ok := new(big.Rat).SetString(digits)
		if !ok || again.Cmp(number) != 0 {
			t.Fatalf("ParseDecimal(%q) = %v, which is no decimal number", text, number)
		}
	})
}

func TestParsePoints(t *testing.T) {
	for text, want := range map[string]scoring.Points{
		"2": scoring.Of(2), "-1.5": -1_500_000, " 0.5 ": 500_000, "1e-6": 1, "0.0000005": 0, "0.0000015": 2, "-0.0000015": -2, "0": 0,
	} {
		if got, err := scoring.ParsePoints(text); err != nil || got != want {
			t.Errorf("ParsePoints(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "one", "1,5", "1/2"} {
		if got, err := scoring.ParsePoints(text); !errors.Is(err, scoring.ErrNotDecimal) || got != 0 {
			t.Errorf("ParsePoints(%q) = %d, %v, want ErrNotDecimal", text, got, err)
		}
	}
}
