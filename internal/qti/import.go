package qti

import (
	"encoding/json"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/fault"
)

// Import reads a package, or a single item that is no zip, into a catalogue.
//
// The notes tell what was left out or assumed. A package that is broken, hostile or beyond the limits is refused whole
// with Faults. Questions and templates of foreign packages are drafts; a template's role is left empty.
func Import(data []byte) (*catalogue.Document, []*Note, error) {
	doc := &catalogue.Document{Format: catalogue.Format}
	in := &intake{
		doc: doc, items: map[string]*catalogue.Question{}, templates: map[string]bool{}, numbers: map[string]int{}, writer: newWriter(doc),
	}
	if isZip(data) {
		in.zip(data)
	} else {
		in.document("", data)
	}
	if len(in.faults) > 0 {
		return nil, nil, in.faults
	}
	return in.doc, in.notes, nil
}

// intake is a package while it is read.
type intake struct {
	doc       *catalogue.Document
	notes     []*Note
	faults    Faults
	items     map[string]*catalogue.Question // by file
	templates map[string]bool                // keys that are taken
	numbers   map[string]int                 // the last one that a key was given
	writer    *writer                        // of what has been taken so far
}

func (in *intake) note(file, message string) {
	in.notes = append(in.notes, &Note{File: file, Message: message})
}

func (in *intake) fault(f *Fault) {
	if len(in.faults) < mostFaults {
		in.faults = append(in.faults, f)
	}
}

// resource is a line of the manifest.
type resource struct{ kind, file string }

func (in *intake) zip(data []byte) {
	a, f := unpack(data)
	if f != nil {
		in.fault(f)
		return
	}
	list := in.manifest(a)
	for _, tests := range []bool{false, true} { // items first, since tests refer to them
		for _, r := range list {
			content, here := a.files[r.file]
			switch {
			case tests != strings.HasPrefix(r.kind, testType):
			case !here && !slices.Contains(a.inner, r.file):
				in.fault(&Fault{File: manifestName, Message: "the file " + strconv.Quote(r.file) + " is missing"})
			case strings.HasPrefix(r.kind, itemType), tests:
				in.document(r.file, content)
			case r.file == catalogueName:
				in.organization(content)
			}
		}
	}
	in.rest(a, list)
}

// manifest lists the resources of a package.
func (in *intake) manifest(a *archive) []resource {
	data, ok := a.files[manifestName]
	if !ok {
		in.fault(&Fault{Message: "this is no QTI package: " + manifestName + " is missing"})
		return nil
	}
	root, f := parse(manifestName, data)
	if f != nil {
		in.fault(f)
		return nil
	}
	var out []resource
	seen := map[string]bool{}
	for _, n := range root.child("resources").children("resource") {
		href := n.attr("href")
		if href == "" || strings.Contains(href, "://") {
			continue
		}
		file := place(path.Join(root.attr("xml:base"), root.child("resources").attr("xml:base"), n.attr("xml:base")), href)
		if !seen[file] {
			out = append(out, resource{n.attr("type"), file})
		}
		seen[file] = true
	}
	return out
}

// place is the file that a reference in some folder leads to.
func place(folder, href string) string {
	href, _, _ = strings.Cut(href, "#")
	return path.Join(folder, percent.ReplaceAllStringFunc(href, func(code string) string {
		b, _ := strconv.ParseUint(code[1:], 16, 8)
		return string([]byte{byte(b)})
	}))
}

// percent finds what stands for one byte in a reference.
var percent = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// rest notes the files that nothing has read.
func (in *intake) rest(a *archive, list []resource) {
	for _, name := range a.inner {
		in.note(name, "a zip inside the package is not opened")
	}
	read := map[string]bool{}
	for _, r := range list {
		read[r.file] = strings.HasPrefix(r.kind, itemType) || strings.HasPrefix(r.kind, testType) || r.file == catalogueName
	}
	for _, name := range a.names {
		if !read[name] && name != manifestName {
			in.note(name, "this file is not taken")
		}
	}
}

// document reads an item or a test.
func (in *intake) document(file string, data []byte) {
	root, f := parse(file, data)
	if f != nil {
		in.fault(f)
		return
	}
	r := &reading{file: file}
	switch root.name {
	case "qti-assessment-item":
		if q := r.question(root, in.writer); q != nil {
			in.question(r, root, q)
		}
	case "qti-assessment-test":
		in.test(r, root)
	default:
		r.note(root, "this is neither an item nor a test of QTI 3")
	}
	in.notes = append(in.notes, r.notes...)
}

// question takes a question in under a key of its own.
func (in *intake) question(r *reading, root *node, q *catalogue.Question) {
	if key := in.freeKey("question", q.Key, func(k string) bool { return in.writer.questions[k] != nil }); key != q.Key {
		r.note(root, "the key "+q.Key+" is taken; this question is called "+key)
		q.Key = key
	}
	in.writer.questions[q.Key], in.items[r.file] = q, q
	in.doc.Questions = append(in.doc.Questions, q)
}

func (in *intake) test(r *reading, root *node) {
	t := &tester{r, func(href string) *catalogue.Question { return in.items[place(path.Dir(r.file), href)] }}
	template := t.template(root, in.writer)
	if template == nil {
		return
	}
	if key := in.freeKey("template", template.Key, func(k string) bool { return in.templates[k] }); key != template.Key {
		r.note(root, "the key "+template.Key+" is taken; this template is called "+key)
		template.Key = key
	}
	in.templates[template.Key] = true
	in.doc.Templates = append(in.doc.Templates, template)
}

// freeKey gives a key a number if it is taken, and goes on from there when it is taken again: a package may have one key
// two thousand times.
func (in *intake) freeKey(noun, key string, taken func(string) bool) string {
	if !taken(key) {
		return key
	}
	free, number := numbered(key, max(2, in.numbers[noun+key]+1), taken)
	in.numbers[noun+key] = number
	return free
}

// freeKey gives a key a number if it is taken.
func freeKey(key string, taken func(string) bool) string {
	if !taken(key) {
		return key
	}
	free, _ := numbered(key, 2, taken)
	return free
}

// numbered is a key with the first number from some one upwards with which nothing has it.
func numbered(key string, from int, taken func(string) bool) (free string, number int) {
	for number = from; ; number++ {
		end := "-" + strconv.Itoa(number)
		if free = key[:min(len(key), mostKey-len(end))] + end; !taken(free) {
			return free, number
		}
	}
}

// organization reads the skills and roles that we put beside the items.
func (in *intake) organization(data []byte) {
	if len(data) > mostBytes {
		in.fault(&Fault{File: catalogueName, Message: "the skills and roles are larger than 8 MB"})
		return
	}
	doc := new(catalogue.Document)
	err := json.Unmarshal(data, doc)
	var c fault.Checks
	inspect(&c, reflect.ValueOf(doc))
	if err != nil || c.Err() != nil || doc.Format != catalogue.Format {
		in.fault(&Fault{File: catalogueName, Message: "the skills and roles cannot be read"})
		return
	}
	in.doc.Skills, in.doc.Roles = doc.Skills, doc.Roles
}
