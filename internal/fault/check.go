package fault

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Checks collects what is wrong with an input, so that all of it is told at once. The zero Checks is ready.
type Checks struct {
	faults List
	under  []string
}

// most bounds how many faults are told; the rest would help nobody.
const most = 100

// That adds a fault at a path unless the condition holds.
func (c *Checks) That(ok bool, message string, path ...string) {
	if !ok && len(c.faults) < most {
		c.faults = append(c.faults, At(message, append(append([]string{}, c.under...), path...)...))
	}
}

// Text demands between least and most characters, not only such as nobody sees, and valid Unicode without control
// characters.
func (c *Checks) Text(value string, least, most int, path ...string) {
	n := utf8.RuneCountInString(value)
	switch {
	case !utf8.ValidString(value) || strings.ContainsFunc(value, control):
		c.That(false, unshown, path...)
	case least > 0 && strings.TrimFunc(value, unseen) == "":
		c.That(false, "this must not be empty", path...)
	case n < least:
		c.That(false, "this has "+strconv.Itoa(n)+" characters; at least "+strconv.Itoa(least)+" are needed", path...)
	case n > most:
		c.That(false, "this has "+strconv.Itoa(n)+" characters; at most "+strconv.Itoa(most)+" are allowed", path...)
	}
}

// Line demands a Text on one line, as names and titles are. Terminals and logs show them as they are, so that the control
// characters of the upper half are refused as well.
func (c *Checks) Line(value string, least, most int, path ...string) {
	if strings.ContainsAny(value, "\n\r\t\u0085\u2028\u2029") || strings.ContainsFunc(value, bidi) {
		c.That(false, "this must be on one line, without marks that turn the direction of text", path...)
		return
	}
	if strings.ContainsFunc(value, unicode.IsControl) {
		c.That(false, unshown, path...)
		return
	}
	c.Text(value, least, most, path...)
}

// unshown is said of a text with control characters.
const unshown = "this text holds characters that cannot be shown"

// unseen knows the characters that leave no mark: a name of nothing else looks empty.
func unseen(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || r == 0x2800
}

// bidi knows the marks that make a text read otherwise than it is written.
func bidi(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }

// control knows the control characters, and the two that are none of Unicode's and that XML cannot carry.
func control(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f || r == 0xfffe || r == 0xffff
}

// Whole demands a number between two bounds.
func (c *Checks) Whole(value, least, most int, path ...string) {
	c.That(value >= least && value <= most,
		"this must be from "+strconv.Itoa(least)+" to "+strconv.Itoa(most), path...)
}

// Texts demands a list of at most n texts, none of them empty.
func (c *Checks) Texts(values []string, n, most int, path ...string) {
	c.That(len(values) <= n, "at most "+strconv.Itoa(n)+" are allowed", path...)
	for i, v := range values {
		c.Text(v, 1, most, append(append([]string{}, path...), strconv.Itoa(i))...)
	}
}

// Under runs checks whose paths are below another.
func (c *Checks) Under(path []string, check func()) {
	was := c.under
	c.under = append(append([]string{}, was...), path...)
	check()
	c.under = was
}

// Err is everything that was wrong, or nil.
func (c *Checks) Err() error { return c.faults.Err() }
