package chart

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const ellipsis = "…"

// fit breaks a text into at most so many lines of a width; whole is the text if something of it had to go.
func (fr Frame) fit(text string, width, size float64, bold bool, most int) (lines []string, whole string) {
	fits := func(s string) bool { return fr.Measure(s, size, bold) <= width }
	rest := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "\uFFFD"), breaks), " ")
	for rest != "" {
		if fits(rest) {
			return append(lines, rest), whole
		}
		if len(lines) == most-1 {
			return append(lines, shorten(rest, fits)), text
		}
		line, after := breakLine(rest, fits)
		lines, rest = append(lines, line), after
	}
	return lines, whole
}

// Lines breaks a text into lines of a width, as figures break theirs.
func Lines(text string, width float64, measure func(string) float64) []string {
	fr := Frame{Measure: func(s string, _ float64, _ bool) float64 { return measure(s) }}
	lines, _ := fr.fit(text, width, 1, false, len(text)+1)
	return lines
}

// Short is as much of a text as fits into one line.
func Short(text string, width float64, measure func(string) float64) string {
	fits := func(s string) bool { return measure(s) <= width }
	if fits(text) {
		return text
	}
	return shorten(text, fits)
}

// breaks knows the space at which a line may end; one that does not break is kept.
func breaks(c rune) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// breakLine takes as much of a text as fits: up to a space if there is one, and else inside the word, with a hyphen.
func breakLine(text string, fits func(string) bool) (line, rest string) {
	end := 0
	for i, c := range text {
		if !fits(text[:i]) {
			break
		}
		if c == ' ' {
			line, rest = text[:i], text[i+1:]
		}
		if next := i + utf8.RuneLen(c); fits(text[:next] + "-") {
			end = next
		}
	}
	// Only a word that no line holds is broken, and begins where it would leave half a line empty.
	if word, _, _ := strings.Cut(rest, " "); line != "" && (fits(word) || 2*len(line) >= end) {
		return line, rest
	}
	if end == 0 {
		_, end = utf8.DecodeRuneInString(text)
	}
	end = syllable(text, end)
	return strings.TrimRight(text[:end], " ") + hyphen(text, end), strings.TrimLeft(text[end:], " ")
}

// syllable moves a break inside a word back to where a syllable may begin, a consonant before a vowel, and never leaves
// one or two letters to a line. Where there is no such place the break stays.
func syllable(text string, end int) int {
	rest := []rune(text[end:])
	if word := strings.IndexFunc(string(rest), breaks); word >= 0 {
		rest = []rune(text[end:][:word])
	}
	before := []rune(text[:end])
	word := append(before[:len(before):len(before)], rest...)
	for at := min(len(before), len(word)-3); at > max(len(before)-8, 3) && len(rest) > 0; at-- {
		if begins(word, at) {
			return len(string(word[:at]))
		}
	}
	return end
}

// begins reports whether a syllable may begin at a place: so does a vowel never, nor the h of ch, ph, sh and th.
func begins(word []rune, at int) bool {
	const vowels, pairs = "aeiouyäöüAEIOUYÄÖÜ", "ch ph sh th ck"
	pair := strings.ToLower(string(word[at-1 : at+1]))
	return unicode.IsLetter(word[at-1]) && unicode.IsLetter(word[at]) && !strings.ContainsRune(vowels, word[at]) &&
		strings.ContainsRune(vowels, word[at+1]) && !strings.Contains(pairs, pair)
}

// hyphen is the mark that a word goes on in the next line.
func hyphen(text string, end int) string {
	if end >= len(text) || strings.ContainsAny(text[end-1:end+1], " -") {
		return ""
	}
	return "-"
}

// shorten takes as much of a text as fits with an ellipsis after it.
func shorten(text string, fits func(string) bool) string {
	for text != "" && !fits(text+ellipsis) {
		_, n := utf8.DecodeLastRuneInString(text)
		text = strings.TrimRight(text[:len(text)-n], " ")
	}
	return text + ellipsis
}

// paragraph writes a text in lines of a width from y downwards, and gives the place below it.
func (f *Figure) paragraph(fr Frame, x, y, width float64, text string, most int, t Text) float64 {
	lines, whole := fr.fit(text, width, t.Size, t.Bold, most)
	for i, line := range lines {
		t.Says = line
		if t.Whole = ""; i == len(lines)-1 {
			t.Whole = whole
		}
		f.text(x, y+float64(i)*leading*t.Size+t.Size, t)
	}
	return y + float64(len(lines))*leading*t.Size
}

// leading is the height of a line for each unit of its size.
const leading = 1.35

// within is where a text of a width can be centred around x without leaving the frame.
func (fr Frame) within(x, width float64) float64 { return max(width/2, min(fr.Width-width/2, x)) }

// SystemFont guesses how wide a browser writes a text in a font that nobody knows. The widths are those of a wide
// sans serif, so that the guess is on the safe side.
func SystemFont(text string, size float64, bold bool) float64 {
	sum := 0
	for _, c := range text {
		if c >= ' ' && int(c-' ') < len(widths) {
			sum += widths[c-' ']
			continue
		}
		sum += 630
	}
	if bold {
		sum += sum / 16
	}
	return float64(sum) / 1000 * size
}

// widths of the characters from space on, in thousandths of the size.
var widths = [...]int{
	260, 269, 408, 646, 572, 831, 732, 225, 300, 300, 551, 572, 268, 322, 268, 372, 572, 572, 572, 572, 572, 572, 572, 572, 572, 572, 268, 268, 572, 572, 572, 434,
	899, 639, 650, 632, 730, 556, 519, 728, 741, 339, 273, 619, 524, 907, 760, 781, 605, 781, 622, 549, 556, 731, 600, 930, 586, 566, 572, 329, 372, 329, 572, 444,
	281, 561, 615, 480, 615, 564, 344, 615, 618, 258, 258, 534, 258, 935, 618, 605, 615, 615, 413, 479, 361, 618, 508, 786, 529, 510, 470, 380, 551, 380, 572,
}
