package qti

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/term"
)

func itemFile(key string) string { return "items/" + key + ".xml" }
func testFile(key string) string { return "tests/" + key + ".xml" }

// Export writes a catalogue as a zip: all of it, or only the templates of some keys and what they need.
//
// The notes tell what other systems will not see or do; Import takes everything back all the same. Control characters
// and broken records are Invalid at their path, an unknown key of a template is NotFound, and what Import would refuse
// for its size is LimitExceeded. The same catalogue always gives the same bytes.
func Export(doc *catalogue.Document, keys ...string) (data []byte, left []*Note, err error) {
	if err := checkDocument(doc); err != nil {
		return nil, nil, err
	}
	if len(keys) > 0 {
		if doc, err = chosen(doc, keys); err != nil {
			return nil, nil, err
		}
	}
	w := newWriter(doc)
	members, err := w.members()
	if err == nil {
		err = small(members)
	}
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	data, err = pack(members)
	return data, w.left, err
}

// members renders all files of the package, in the order of the catalogue.
func (w *writer) members() ([]member, error) {
	var out []member
	resources := el("resources")
	ids := map[string]string{} // of the resources, by file
	add := func(name, kind string, data []byte, needs ...*node) {
		out = append(out, member{name, data})
		ids[name] = fmt.Sprintf("resource-%d", len(out))
		resources.add(el("resource", at("identifier", ids[name]), at("type", kind), at("href", name), el("file", at("href", name)), needs))
	}
	for _, q := range w.doc.Questions {
		item, err := w.item(q)
		if err != nil {
			return nil, err
		}
		w.questions[q.Key] = q
		w.left = append(w.left, unsaid(itemFile(q.Key), q)...)
		add(itemFile(q.Key), itemType, item.document())
	}
	for _, t := range w.doc.Templates {
		test, err := w.test(testFile(t.Key), t)
		if err != nil {
			return nil, err
		}
		add(testFile(t.Key), testType, test.document(), dependencies(test, ids)...)
	}
	if len(w.doc.Skills)+len(w.doc.Roles) > 0 {
		data, err := json.MarshalIndent(&catalogue.Document{Format: catalogue.Format, Skills: w.doc.Skills, Roles: w.doc.Roles}, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("write skills and roles: %w", err)
		}
		add(catalogueName, "webcontent", data)
	}
	return append(out, member{manifestName, manifest(resources).document()}), nil
}

// dependencies names the resources that a test shows, each once.
func dependencies(test *node, ids map[string]string) []*node {
	var out []*node
	seen := map[string]bool{}
	for _, ref := range test.named("qti-assessment-item-ref") {
		if id := ids[strings.TrimPrefix(ref.attr("href"), "../")]; !seen[id] {
			seen[id], out = true, append(out, el("dependency", at("identifierref", id)))
		}
	}
	return out
}

func manifest(resources *node) *node {
	return el("manifest", at("xmlns", packageSpace), at("identifier", "assay-catalogue"),
		el("metadata", el("schema", "QTI Package"), el("schemaversion", "3.0.0")), el("organizations"), resources)
}

// small demands that Import would take the package back.
func small(members []member) error {
	total := 0
	for _, m := range members {
		total += len(m.data)
		if strings.HasSuffix(m.name, ".xml") {
			if f := parseable(m); f != nil {
				return f
			}
		}
	}
	if len(members) > mostEntries || total > mostTotal {
		return fault.New(fault.LimitExceeded, "a package holds at most 2,000 files and 64 MB: name some of the templates")
	}
	return nil
}

func parseable(m member) error {
	if _, f := parse(m.name, m.data); f != nil {
		return fault.New(fault.LimitExceeded, "a document of the package would be too large: "+f.Error())
	}
	return nil
}

// matches reports whether a filter finds a question.
func matches(f *catalogue.Filter, q *catalogue.Question) bool {
	return (f.Kind == nil || *f.Kind == q.Kind) && (f.Category == nil || *f.Category == q.Category) &&
		(f.Level == nil || *f.Level == q.Level) && (f.Language == nil || *f.Language == q.Language) &&
		(len(f.Skills) == 0 || slices.ContainsFunc(q.Skills, func(s string) bool { return slices.Contains(f.Skills, s) }))
}

// chosen is the part of a catalogue that some templates need: their questions, roles and skills.
func chosen(doc *catalogue.Document, keys []string) (*catalogue.Document, error) {
	out := &catalogue.Document{Format: doc.Format}
	for _, key := range keys {
		if !slices.ContainsFunc(doc.Templates, func(t *catalogue.Template) bool { return t.Key == key }) {
			return nil, fault.New(fault.NotFound, "there is no such template in the catalogue")
		}
	}
	roles, skills := map[string]bool{}, map[string]bool{}
	var slots []*catalogue.Slot
	for _, t := range doc.Templates {
		if slices.Contains(keys, t.Key) {
			out.Templates, roles[t.Role] = append(out.Templates, t), true
			for _, s := range t.Sections {
				slots = append(slots, s.Slots...)
			}
			for _, s := range t.SkillWeights {
				skills[s.Skill] = true
			}
		}
	}
	for _, q := range doc.Questions {
		if slices.ContainsFunc(slots, func(s *catalogue.Slot) bool { return names(s, q) }) {
			out.Questions = append(out.Questions, q)
			mark(skills, q.Skills...)
		}
	}
	for _, r := range doc.Roles {
		if roles[r.Key] {
			out.Roles = append(out.Roles, r)
			for _, s := range r.MustHaveSkills {
				skills[s.Skill] = true
			}
		}
	}
	for _, s := range slots {
		if s.Draw != nil && s.Draw.Filter != nil {
			mark(skills, s.Draw.Filter.Skills...)
		}
	}
	out.Skills = withParents(doc.Skills, skills)
	return out, nil
}

func mark(set map[string]bool, keys ...string) {
	for _, k := range keys {
		set[k] = true
	}
}

// names reports whether a slot may show a question.
func names(s *catalogue.Slot, q *catalogue.Question) bool {
	d := s.Draw
	return s.Question == q.Key ||
		d != nil && (slices.Contains(d.Questions, q.Key) || d.Filter != nil && q.State == term.Published && matches(d.Filter, q))
}

// withParents are the wanted skills with all above them, in the catalogue's order.
func withParents(all []*catalogue.Skill, wanted map[string]bool) []*catalogue.Skill {
	for range all { // a chain of parents is no longer than the list
		before := len(wanted)
		for _, s := range all {
			if wanted[s.Key] && s.Parent != "" {
				wanted[s.Parent] = true
			}
		}
		if len(wanted) == before {
			break
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(s *catalogue.Skill) bool { return !wanted[s.Key] })
}
