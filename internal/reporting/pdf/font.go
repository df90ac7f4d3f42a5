package pdf

import (
	"embed"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

//go:embed font/*.ttf font/OFL.txt
var fontFiles embed.FS

// family is the name of the font inside a document.
const family = "Noto Sans"

// addFonts puts both weights into a document, which keeps only the characters that it uses.
func addFonts(p *fpdf.Fpdf) error {
	for style, file := range map[string]string{"": "Regular", "B": "Bold"} {
		text, err := fontFiles.ReadFile("font/NotoSans-" + file + ".ttf")
		if err != nil {
			return fmt.Errorf("read font: %w", err)
		}
		p.AddUTF8FontFromBytes(family, style, text)
	}
	return p.Error()
}

// glyphs are the characters that the fonts can write, from the first of a pair to the last.
var glyphs = [...][2]rune{
	{0x20, 0x7E}, {0xA0, 0x24F}, {0x259, 0x259}, {0x2BB, 0x2BC}, {0x2C6, 0x2DD}, {0x300, 0x377}, {0x37A, 0x37F}, {0x384, 0x38A},
	{0x38C, 0x38C}, {0x38E, 0x3A1}, {0x3A3, 0x3E1}, {0x3F0, 0x45F}, {0x490, 0x491}, {0x4D0, 0x4FF}, {0x1E00, 0x1EFF},
	{0x2010, 0x2015}, {0x2018, 0x201E}, {0x2020, 0x2022}, {0x2026, 0x2026}, {0x202F, 0x2030}, {0x2032, 0x2033}, {0x2039, 0x203A},
	{0x2044, 0x2044}, {0x20AC, 0x20AC}, {0x2116, 0x2116}, {0x2122, 0x2122}, {0xFFFD, 0xFFFD},
}

// replacement stands for a character that the fonts cannot write.
const replacement = '\uFFFD'

// printable is a text as the fonts can write it, and whether something of it had to be replaced. Control characters
// and marks that only steer a layout go without a trace.
func printable(text string) (string, bool) {
	lost := false
	out := strings.Map(func(c rune) rune {
		switch {
		case writes(c) || c == '\n':
			return c
		case c == '\t':
			return ' '
		case c < ' ', c >= 0x7F && c < 0xA0, c == 0xAD, c >= 0x200B && c <= 0x200F, c >= 0x202A && c <= 0x202E, c >= 0x2060 && c <= 0x206F, c >= 0xFE00 && c <= 0xFE0F, c == 0xFEFF:
			return -1
		}
		lost = true
		return replacement
	}, text)
	return out, lost
}

func writes(c rune) bool {
	for _, g := range glyphs {
		if c >= g[0] && c <= g[1] {
			return true
		}
	}
	return false
}
