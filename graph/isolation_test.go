package graph_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	gql "github.com/vektah/gqlparser/v2/ast"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
)

// aList asks for a list of the organization with ids, names and cursors.
const aList = `{
	%[1]s(first: 100%[2]s) { totalCount pageInfo { startCursor endCursor } edges { cursor } nodes { id %[3]s } }
}`

// shownOf is what a list's nodes show beside their ids.
var shownOf = map[string]string{
	"members": "name email", "skills": "name parent { id }", "jobRoles": "title mustHaveSkills { skill { id } } ",
	"questions":  "title published { content { prompt } usedIn { id } }",
	"templates":  "name versions { id } coverage { skill { id } } content { sections { slots { question { id } } } }",
	"candidates": "name email", "sessions": "state candidate { id name } review { id } reviews { id } report { id }", "reviews": "state work { title } scores { points }", "calibrations": "text agreed { points }",
	"reports": "band standing { normGroup } shares { note createdBy } integrity { comment } result { weakSpots { name nextStep } skills { skillId } questions { trace { awardedBy } } }", "auditEvents": "actor subjectId",
	"apiKeys": "name permissions state",
}

func listing(name, arguments string) string {
	return "{ organization " + fmt.Sprintf(aList, name, arguments, shownOf[name]) + " }"
}

// readable are all ids of an organization that anybody in it is ever told, and the cursors by their list.
func (w *world) readable(t *testing.T, o *org) (ids []string, cursors map[string][]string) {
	t.Helper()
	found, cursors := map[string]bool{o.id.String(): true}, map[string][]string{}
	for _, who := range o.persons() {
		for _, name := range slices.Sorted(maps.Keys(shownOf)) {
			a := w.ask(t, who, listing(name, ""), nil)
			if got := a.outcome("organization"); got != allowed && got != denied {
				t.Fatalf("%s as %s: %s", name, who.name, a.body)
			}
			for _, id := range anID.FindAllString(string(a.body), -1) {
				found[id] = true
			}
			list, _ := reach(a.Data, "organization."+name).(map[string]any)
			edges, _ := list["edges"].([]any)
			for _, edge := range edges {
				if cursor := edge.(map[string]any)["cursor"].(string); !slices.Contains(cursors[name], cursor) {
					cursors[name] = append(cursors[name], cursor)
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found)), cursors
}

// others is how many ids of each other kind than its own a place is tried with.
const others = 2

// fit are the ids that a place is tried with: all of the kind that belongs there, and a few of each other.
func fit(ids []string, belongs gid.Kind) []string {
	var chosen []string
	seen := map[string]int{}
	for _, id := range ids {
		prefix, _, _ := strings.Cut(id, "_")
		if seen[prefix]++; belongs == 0 || prefix == belongs.Prefix() || seen[prefix] <= others {
			chosen = append(chosen, id)
		}
	}
	return chosen
}

// TestIsolation shows every id of one organization to everybody of another: as a node, in every place of every mutation
// and in every filter. The answer is the same as for an id that nobody has, and nothing changes.
func TestIsolation(t *testing.T) {
	w := newWorld(t, newRig(t, dbtest.SQLite(t), ticking()))
	ids, cursors := w.readable(t, w.a)
	forms := w.forms(t, executable().Schema())
	witness := newWitness(t, w.db)
	before := witness.look(t)
	requests := 0
	for _, who := range w.b.persons() {
		s := &sweep{world: w, who: who, unknown: map[string]string{}}
		for _, f := range forms {
			for _, id := range fit(ids, f.belongs) {
				s.compare(t, f, id)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(shownOf)) {
			for from, own := range cursors {
				for i, cursor := range own {
					if from == name || i == 0 {
						s.place(t, name, cursor)
					}
				}
			}
		}
		requests += s.requests
	}
	if after := witness.look(t); after != before {
		t.Errorf("something changed:\n%s\n%s", before, after)
	}
	t.Logf("%d requests with %d ids in %d places", requests, len(ids), len(forms))
	if len(ids) < 40 || len(forms) < 30 || len(cursors) < len(shownOf) {
		t.Errorf("the sweep is too small to show anything")
	}
}

// sweep is one stranger's tour.
type sweep struct {
	*world
	who      *person
	requests int
	unknown  map[string]string // what a form answers to an id that nobody has, by the id's kind
}

// form is a request with one place for an id.
type form struct {
	name    string
	belongs gid.Kind // whose ids the place is for; none: for all
	query   string
	fill    func(id string) vars
}

// compare asks for a foreign id and for an id of the same kind that nobody has.
func (s *sweep) compare(t *testing.T, f form, id string) {
	t.Helper()
	kind := must(gid.Parse(id))(t).Kind()
	key := f.name + " " + kind.Prefix()
	if _, asked := s.unknown[key]; !asked {
		s.unknown[key] = s.say(t, f, s.ids.New(kind, s.a.id.Time()).String())
	}
	if got := s.say(t, f, id); got != s.unknown[key] {
		t.Errorf("%s as %s of another organization tells %s from an id that nobody has:\n%s\n%s", f.name, s.who.name, id, got, s.unknown[key])
	}
}

// say is an answer without the id that was asked for. It speaks of nothing of the other organization's.
func (s *sweep) say(t *testing.T, f form, id string) string {
	t.Helper()
	s.requests++
	a := s.ask(t, s.who, f.query, f.fill(id))
	if s.a.speaksOf(a.body) || strings.Contains(string(a.body), id) {
		t.Errorf("%s as %s of another organization leaks: %s", f.name, s.who.name, a.body)
	}
	return strconv.Itoa(a.status) + " " + string(a.body)
}

// place asks for a page that begins at another organization's cursor: what comes is one's own.
func (s *sweep) place(t *testing.T, name, cursor string) {
	t.Helper()
	s.requests++
	if a := s.ask(t, s.who, listing(name, ", after: "+strconv.Quote(cursor)), nil); s.a.speaksOf(a.body) {
		t.Errorf("%s after a foreign cursor as %s leaks: %s", name, s.who.name, a.body)
	}
}

// forms are every place of the API that takes an id. What else a mutation needs is the second organization's own.
func (w *world) forms(t *testing.T, schema *gql.Schema) []form {
	list := []form{
		{"node", 0, "query($id: ID!) { node(id: $id) { id __typename } }", func(id string) vars { return vars{"id": id} }},
		{"nodes", 0, "query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }", func(id string) vars { return vars{"ids": []string{id}} }},
		{"sitting", gid.Session, "query($id: ID!) { sitting(id: $id) { title responses { question } feedback { passed } } }", func(id string) vars { return vars{"id": id} }},
	}
	for _, f := range []struct {
		name, argument string
		belongs        gid.Kind
	}{
		{"templates", "jobRoleId", gid.JobRole}, {"sessions", "jobRoleId", gid.JobRole}, {"sessions", "templateId", gid.Template},
		{"reports", "jobRoleId", gid.JobRole}, {"auditEvents", "subjectId", 0}, {"skills", "parentId", gid.Skill},
	} {
		list = append(list, form{f.name + " by " + f.argument, f.belongs,
			"query($id: ID!) { organization { " + f.name + "(filter: {" + f.argument + ": $id}) { totalCount nodes { id } } } }",
			func(id string) vars { return vars{"id": id} }})
	}
	list = append(list,
		form{"funnel", gid.JobRole, "query($id: ID!) { organization { funnel(input: {jobRoleId: $id}) { invited } } }",
			func(id string) vars { return vars{"id": id} }},
		form{"agreement", gid.JobRole, "query($id: ID!) { organization { reviewAgreement(input: {jobRoleId: $id}) { truncated } } }",
			func(id string) vars { return vars{"id": id} }},
		form{"reviewers", gid.JobRole, "query($id: ID!) { organization { reviewerStatistics(input: {jobRoleId: $id}) { truncated } } }",
			func(id string) vars { return vars{"id": id} }},
		form{"distribution", gid.JobRole, "query($id: ID!) { organization { scoreDistribution(input: {jobRoleId: $id}) { count } } }",
			func(id string) vars { return vars{"id": id} }},
		form{"distribution of a template", gid.Template,
			"query($id: ID!, $role: ID!) { organization { scoreDistribution(input: {jobRoleId: $role, templateId: $id}) { count } } }",
			func(id string) vars { return vars{"id": id, "role": w.b.role} }},
	)
	list = append(list, w.versionForms()...)
	for _, r := range mutationRows(schema) {
		list = append(list, w.mutationForms(t, schema, r)...)
	}
	return list
}

// versionForms are the places of what an organization tells of one template, of two versions, and of several skills.
func (w *world) versionForms() []form {
	compare := "query($from: ID!, $to: ID!) { organization { compareTemplateVersions(from: $from, to: $to) { sharedRanking changes { message } } } }"
	return []form{
		{"questions by skillIds", gid.Skill, "query($id: ID!) { organization { questions(filter: {skillIds: [$id]}) { totalCount nodes { id } } } }",
			func(id string) vars { return vars{"id": id} }},
		{"validation", gid.Template, "query($id: ID!) { organization { validateTemplate(id: $id) { points faults { message } } } }",
			func(id string) vars { return vars{"id": id} }},
		{"comparison from", gid.TemplateVersion, compare, func(id string) vars { return vars{"from": id, "to": w.b.version} }},
		{"comparison to", gid.TemplateVersion, compare, func(id string) vars { return vars{"from": w.b.version, "to": id} }},
	}
}

// mutationForms puts an id in each place of a mutation's input, leaving the others as they would succeed.
func (w *world) mutationForms(t *testing.T, schema *gql.Schema, r *row) []form {
	t.Helper()
	text := must(json.Marshal(r.given(t, w.b, w.b.people["owner"])))(t)
	var given any
	if err := json.Unmarshal(text, &given); err != nil {
		t.Fatal(err)
	}
	_, field, _ := strings.Cut(r.name, ".")
	input := schema.Mutation.Fields.ForName(field).Arguments[0].Type
	var list []form
	for _, path := range places(schema, input, given, nil) {
		own := must(gid.Parse(at(given, path)))(t)
		list = append(list, form{r.name + " " + strings.Join(path, "."), own.Kind(), r.query, func(id string) vars {
			return vars{"input": with(given, path, id)}
		}})
	}
	return list
}

// places are the paths to the ids in an input.
func places(schema *gql.Schema, kind *gql.Type, value any, path []string) [][]string {
	var found [][]string
	switch v := value.(type) {
	case []any:
		for i := range v {
			found = append(found, places(schema, kind.Elem, v[i], append(slices.Clone(path), strconv.Itoa(i)))...)
		}
	case map[string]any:
		for _, f := range schema.Types[kind.Name()].Fields {
			if inner, given := v[f.Name]; given {
				found = append(found, places(schema, f.Type, inner, append(slices.Clone(path), f.Name))...)
			}
		}
	default:
		if kind.Name() == "ID" {
			return [][]string{path}
		}
	}
	return found
}

// at is the text at a path.
func at(value any, path []string) string {
	for _, step := range path {
		if list, ok := value.([]any); ok {
			i, _ := strconv.Atoi(step)
			value = list[i]
			continue
		}
		value = value.(map[string]any)[step]
	}
	text, _ := value.(string)
	return text
}

// with is a copy of a value with another at a path.
func with(value any, path []string, replacement any) any {
	if len(path) == 0 {
		return replacement
	}
	if list, ok := value.([]any); ok {
		list = slices.Clone(list)
		i, _ := strconv.Atoi(path[0])
		list[i] = with(list[i], path[1:], replacement)
		return list
	}
	object := maps.Clone(value.(map[string]any))
	object[path[0]] = with(object[path[0]], path[1:], replacement)
	return object
}

// TestNaturalKeys takes names, addresses and order ids that another organization has: each organization has its own.
func TestNaturalKeys(t *testing.T) {
	w := newWorld(t, newRig(t, dbtest.SQLite(t), ticking()))
	schema := executable().Schema()
	for _, c := range []struct {
		mutation string
		input    func(o *org) vars
	}{
		{"createSkill", func(*org) vars { return vars{"name": "Shared", "key": "shared", "idempotencyKey": "same"} }},
		{"createApiKey", func(*org) vars {
			return vars{"name": "Shared", "permissions": []string{"skill.read"}, "idempotencyKey": "same"}
		}},
		{"createQuestion", func(o *org) vars {
			return vars{"title": "Shared", "kind": "LONG_TEXT", "category": "TECHNICAL", "level": "ENTRY", "key": "shared", "content": o.questionContent(), "idempotencyKey": "same"}
		}},
		{"createTemplate", func(o *org) vars {
			return vars{"jobRoleId": o.role, "name": "Shared", "key": "shared", "content": o.templateContent(), "idempotencyKey": "same"}
		}},
		{"importCatalogue", func(*org) vars {
			return vars{"document": "format: assay-catalogue/1\nskills:\n  - key: imported\n    name: Imported\n", "apply": true, "idempotencyKey": "same"}
		}},
		{"createJobRole", func(*org) vars {
			return vars{"fields": vars{"title": "Shared", "level": "ENTRY", "externalJobId": "job-1"}, "key": "shared", "idempotencyKey": "same"}
		}},
		{"addMember", func(*org) vars {
			return vars{"email": "shared@example.com", "name": "Shared", "roles": []string{"analyst"}, "idempotencyKey": "same"}
		}},
		{"inviteCandidate", func(o *org) vars {
			return vars{"templateId": o.quiz, "candidate": vars{"email": "shared@example.com", "name": "Shared"}, "externalOrderId": "order-1", "idempotencyKey": "same"}
		}},
	} {
		query, at := mutation(schema, c.mutation)
		for _, o := range []*org{w.a, w.b} {
			if a := w.ask(t, o.people["owner"], query, vars{"input": c.input(o)}); a.outcome(at) != allowed {
				t.Errorf("%s in %s: %s", c.mutation, o.slug, a.body)
			}
		}
	}
}
