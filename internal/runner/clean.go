package runner

import (
	"regexp"
	"strings"
	"unicode"
)

// escapes are what makes a terminal change colours or move.
var escapes = regexp.MustCompile(`\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?)`)

// Clean is a text that a program printed, as people may see it: valid Unicode without control characters, terminal
// escapes and marks that turn the direction of text, and at most so many characters, the last of them … if more was there.
func Clean(text string, most int) string {
	text = escapes.ReplaceAllLiteralString(strings.ToValidUTF8(text, "\uFFFD"), "")
	var b strings.Builder
	n := 0
	for _, r := range strings.ReplaceAll(text, "\r\n", "\n") {
		if !shown(r) {
			continue
		}
		if n++; n > most {
			return cut(b.String()) + "…"
		}
		b.WriteRune(r)
	}
	return b.String()
}

// shown knows what may be shown: line ends and tabs, and what is neither a control character nor turns text.
func shown(r rune) bool {
	return r == '\n' || r == '\t' || !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r) && r != 0xfffe && r != 0xffff
}

// cut leaves out the last character, for the mark that more was there.
func cut(text string) string {
	runes := []rune(text)
	return string(runes[:max(0, len(runes)-1)])
}
