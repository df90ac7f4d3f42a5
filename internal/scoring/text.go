package scoring

import (
	"math/big"
	"strings"
)

// Accepted is one text that earns points as a short answer.
type Accepted struct {
	Text          string
	Share         *big.Rat // of the maximum, from 0 to 1; the whole of it if nil
	CaseSensitive bool
}

// ShortText gives the greatest share of the maximum among the accepted texts that an answer equals.
//
// Both sides are compared without space around them, with every run of Unicode white space inside as one
// space, without the invisible characters that come along when a text is pasted, and, unless the accepted text
// is case-sensitive, under Unicode simple case folding. Accents count; composed and decomposed forms of a
// letter are different texts, so keys and answers have to come in one normal form. An answer without a visible
// character earns nothing.
func ShortText(maximum Points, answer string, accepted []Accepted) Points {
	answer = foldSpace(answer)
	best := new(big.Rat)
	for _, a := range accepted {
		if answer != "" && a.equals(answer) && a.share().Cmp(best) > 0 {
			best = a.share()
		}
	}
	return part(maximum, best)
}

func (a Accepted) equals(answer string) bool {
	text := foldSpace(a.Text)
	if a.CaseSensitive {
		return text == answer
	}
	return strings.EqualFold(text, answer)
}

func (a Accepted) share() *big.Rat {
	if a.Share == nil {
		return whole(1)
	}
	return a.Share
}

// foldSpace writes one space for each run of white space inside a text and none around it.
func foldSpace(text string) string {
	return strings.Join(strings.Fields(strings.Map(visible, text)), " ")
}

// visible drops soft hyphens, zero-width spaces, word joiners and byte order marks. Zero-width joiners stay:
// they change how some scripts are written.
func visible(r rune) rune {
	switch r {
	case '\u00ad', '\u200b', '\u2060', '\ufeff':
		return -1
	default:
		return r
	}
}
