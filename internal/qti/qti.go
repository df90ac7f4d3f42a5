// Package qti reads and writes 1EdTech QTI 3.0 packages of items and tests.
//
// Export writes a catalogue as plain QTI that any system can deliver; what QTI has no place for travels in one data
// attribute that only we read, inside the block for scorers, so that Import gives back the very same catalogue. An
// item that was changed elsewhere is read from its QTI parts, and keeps of the attribute what QTI cannot say. Foreign
// packages are read as far as the catalogue can hold them; whatever is left behind is told in a Note. The package is
// pure: it works on bytes, opens nothing, and expands neither entities nor more of a zip than its limits allow.
package qti

import (
	"fmt"
	"strings"
)

// The names by which QTI files are known.
const (
	itemSpace    = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
	packageSpace = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
	templates    = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"
	itemType     = "imsqti_item_xmlv3p0"
	testType     = "imsqti_test_xmlv3p0"
	manifestName = "imsmanifest.xml"
	// The skills and roles of a catalogue, as a catalogue of their own.
	catalogueName = "assay/catalogue.json"
)

// The attributes that only we read: our record of an item or a test, and the digest of the QTI around it.
const (
	ours       = "data-assay-"
	recordAttr = ours + "record"
	checkAttr  = ours + "check"
)

// Note is something that an export or an import could not take along, or had to assume.
type Note struct {
	File    string // in the package; empty for a single document
	Line    int    // 0 if the file has no lines yet, as in an export
	Element string // the QTI element it is about; may be empty
	Message string
}

// Fault is a reason why a package is refused.
type Fault struct {
	File    string // in the package; empty for the package itself or a single document
	Line    int    // 0 if no line is known
	Message string
}

// Error renders file, line and message.
func (f *Fault) Error() string {
	switch {
	case f.File == "" && f.Line == 0:
		return f.Message
	case f.File == "":
		return fmt.Sprintf("line %d: %s", f.Line, f.Message)
	case f.Line == 0:
		return f.File + ": " + f.Message
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message)
}

// Faults are all reasons found, at most 100.
type Faults []*Fault

// mostFaults bounds how many faults are told; the rest would help nobody.
const mostFaults = 100

// Error renders the first fault and how many more there are.
func (f Faults) Error() string {
	if len(f) == 1 {
		return f[0].Error()
	}
	return fmt.Sprintf("%s (and %d more)", f[0].Error(), len(f)-1)
}

// keyForm brings an identifier into the form of a catalogue key: lower case, digits, - _ . and at most 64 of them, the
// first one no punctuation.
func keyForm(identifier string) string {
	key := strings.Map(func(r rune) rune {
		if keyRune(r) {
			return r
		}
		return '-'
	}, strings.ToLower(identifier))
	key = strings.TrimLeft(key, "-_.")
	if key = strings.TrimRight(key[:min(len(key), mostKey)], "-"); key == "" {
		return "item"
	}
	return key
}

const mostKey = 64

func keyRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.'
}
