package authoring_test

import (
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/tenant"
)

// broken are documents made of the small one by one replacement, with what is wrong and where.
var broken = map[string]struct {
	old, new string
	want     []string
}{
	"no YAML":             {"skills:", "skills: [", []string{`document: line 4: `}},
	"another format":      {"catalogue/1", "catalogue/9", []string{`document.format: line 1: the format must be assay-catalogue/1`}},
	"an unknown skill":    {"skills: [go]", "skills: [go, rust]", []string{`document.questions.0.skills.1: line 14: there is no skill with the key rust, neither in this document nor in the organization`}},
	"an unknown question": {"question: why", "question: who", []string{`document.templates.0.sections.0.slots.0.question: line 29: there is no question with the key who, neither in this document nor in the organization`}},
	"an unknown role":     {"role: dev", "role: boss", []string{`document.templates.0.role: line 24: there is no job role with the key boss, neither in this document nor in the organization`}},
	"an unknown parent":   {"name: Go}", "name: Go, parent: tech}", []string{`document.skills.0.parent: line 3: there is no skill with the key tech, neither in this document nor in the organization`}},
	"an unknown must-have": {"level: SENIOR}", "level: SENIOR, mustHaveSkills: [{skill: cobol, weight: 5}]}",
		[]string{`document.roles.0.mustHaveSkills.0.skill: line 5: there is no skill with the key cobol, neither in this document nor in the organization`}},
	"a weight beyond its bounds": {"level: SENIOR}", "level: SENIOR, mustHaveSkills: [{skill: go, weight: 500}]}",
		[]string{`document.roles.0.mustHaveSkills.0.weight: line 5: this must be from 1 to 100`}},
	"a skill that is demanded twice": {"level: SENIOR}", "level: SENIOR, mustHaveSkills: [{skill: go, weight: 5}, {skill: go, weight: 6}]}",
		[]string{`document.roles.0.mustHaveSkills.1.skill: line 5: this skill is named twice`}},
	"parents in a circle": {"- {key: go, name: Go}", "- {key: go, name: Go, parent: a}\n  - {key: a, name: A, parent: b}\n  - {key: b, name: B, parent: go}", []string{
		`document.skills.0.parent: line 3: the parents of this skill go in a circle or deeper than three levels`,
		`document.skills.1.parent: line 4: the parents of this skill go in a circle or deeper than three levels`,
		`document.skills.2.parent: line 5: the parents of this skill go in a circle or deeper than three levels`,
	}},
	"a parent of itself": {"name: Go}", "name: Go, parent: go}", []string{`document.skills.0.parent: line 3: the parents of this skill go in a circle or deeper than three levels`}},
	"a fourth level": {"- {key: go, name: Go}", "- {key: go, name: Go, parent: c}\n  - {key: a, name: A}\n  - {key: b, name: B, parent: a}\n  - {key: c, name: C, parent: b}",
		[]string{`document.skills.0.parent: line 3: the parents of this skill go in a circle or deeper than three levels`}},
	"one name twice":      {"- {key: go, name: Go}", "- {key: go, name: Go}\n  - {key: golang, name: GO}", []string{`document.skills.1.name: line 4: there is already a skill of this name, with another key`}},
	"a key with a hyphen": {"key: first", "key: -first", []string{`document.templates.0.key: line 20: a key has 1 to 64 lower-case letters, digits, dots, hyphens and underscores, and begins with a letter or digit`}},
	"a skill's key with a hyphen": {"{key: go, name: Go}", "{key: -go, name: Go}",
		[]string{`document.skills.0.key: line 3: a key has 1 to 64 lower-case letters, digits, dots, hyphens and underscores, and begins with a letter or digit`}},
	"a question without its number": {`numeric: {value: "1", mode: EXACT}`, `modelAnswer: One.`,
		[]string{`document.questions.0.content.numeric: line 15: a numeric question needs its number`}},
	"a published text without a rubric": {"kind: NUMERIC\n    category: TECHNICAL\n    level: ENTRY\n    language: en\n    skills: [go]\n    content:\n      prompt: Why?\n      numeric: {value: \"1\", mode: EXACT}",
		"kind: LONG_TEXT\n    category: TECHNICAL\n    level: ENTRY\n    language: en\n    skills: [go]\n    content:\n      prompt: Why?",
		[]string{`document.questions.0.content.criteria: line 15: people score this kind, so it needs at least one point of assessment`}},
	"a draft beside a draft": {"state: PUBLISHED\n    kind: NUMERIC", "draft:\n      prompt: Why not?\n      numeric: {value: \"1\", mode: EXACT}\n    state: DRAFT\n    kind: NUMERIC",
		[]string{`document.questions.0.draft: line 9: only a published question has a draft beside its content`}},
	"a broken draft": {"      timeHintSeconds: 60\n", "    draft:\n      prompt: Why not?\n      timeHintSeconds: -5\n      numeric: {value: \"1\", mode: EXACT}\n",
		[]string{`document.questions.0.draft.timeHintSeconds: line 20: this must be from nothing to 4 hours`}},
	"a pool smaller than its draw": {"- {question: why, points: 5}", "- {draw: {count: 2, questions: [why]}, points: 5}",
		[]string{`document.templates.0.sections.0.slots.0.draw: line 29: the pool has 1 questions, fewer than are drawn`}},
	"a filter that finds too little": {"- {question: why, points: 5}", "- {draw: {count: 1, filter: {level: SENIOR}}, points: 5}",
		[]string{`document.templates.0.sections.0.slots.0.draw: line 29: the pool has 0 questions, fewer than are drawn`}},
	"a question asked twice": {"- {question: why, points: 5}", "- {question: why, points: 5}\n          - {question: why, points: 5}",
		[]string{`document.templates.0.sections.0.slots.1.question: line 30: this question is asked elsewhere in the template already: Why`}},
	"a question that is no more than a draft": {"state: PUBLISHED\n    kind", "state: DRAFT\n    kind",
		[]string{`document.templates.0.sections.0.slots.0.question: line 29: publish this question first: Why`}},
	"a section without time": {"timeLimitSeconds: 600", "timeLimitSeconds: 30",
		[]string{`document.templates.0.sections.0.timeLimitSeconds: line 27: this section has no time; give it a minute at least`}},
	"too little time in all": {"feedback: OUTCOME", "feedback: OUTCOME\n    totalLimitSeconds: 10",
		[]string{`document.templates.0.totalLimitSeconds: line 33: this must be from one minute to 24 hours`}},
	"no band from the bottom":                           {"minPercent: 0", "minPercent: 10", []string{`document.templates.0.bands: line 31: one band must begin at 0`}},
	"what refers to a broken entry is not told as well": {"title: Why\n", "title: \"\"\n", []string{`document.questions.0.title: line 8: this must not be empty`}},
}

func faultLines(err error) []string {
	var lines []string
	for _, f := range fault.All(err) {
		lines = append(lines, strings.Join(f.Field, ".")+": "+f.Message)
	}
	return lines
}

func TestABrokenDocumentLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for name, c := range broken {
			t.Run(name, func(t *testing.T) {
				document := strings.Replace(small, c.old, c.new, 1)
				if document == small {
					t.Fatal("nothing is broken")
				}
				for _, apply := range []bool{true, false} {
					err := r.unchanged(t, name, func() error {
						_, err := r.authoring.ImportCatalogue(t.Context(), r.owner, authoring.ImportCatalogueInput{Document: document, Apply: apply})
						return err
					})
					got := faultLines(err)
					if len(got) == 1 && len(c.want) == 1 && strings.HasSuffix(c.want[0], ": ") { // the reader's own words follow
						got[0] = got[0][:min(len(got[0]), len(c.want[0]))]
					}
					if diff := gocmp.Diff(c.want, got); diff != "" {
						t.Errorf("%v: %s", err, diff)
					}
				}
			})
		}
	})
}

func TestWhatStandsCannotBecomeAnythingElse(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.importing(t, r.owner, small)
		gone := strings.NewReplacer("key: why", "key: gone", "question: why", "question: gone", "key: first", "key: last", "state: PUBLISHED", "state: RETIRED").Replace(small)
		r.importing(t, r.owner, gone)
		for name, c := range map[string]struct{ document, old, new, want string }{
			"the kind":      {small, `kind: NUMERIC`, `kind: SHORT_TEXT`, "questions.0.kind: line 10: the kind of a question stays for ever; give the new one another key"},
			"the mode":      {small, "mode: ASSESSMENT", "mode: PRACTICE", "templates.0.mode: line 23: the mode of a template stays; give the new one another key"},
			"the job role":  {strings.Replace(small, "roles:", "roles:\n  - {key: ops, title: Operator, status: OPEN, level: SENIOR}", 1), "role: dev", "role: ops", "templates.0.role: line 25: the job role of a template stays; give the new one another key"},
			"what retired":  {gone, "prompt: Why?", "prompt: Why not?", "questions.0.state: line 9: this question is retired; give the new one another key"},
			"what retired,": {gone, "cutPercent: 50", "cutPercent: 60", "templates.0.state: line 22: this template is retired; give the new one another key"},
			"its state":     {gone, "state: RETIRED\n    kind", "state: PUBLISHED\n    kind", "questions.0.state: line 9: this question is retired; give the new one another key"},
		} {
			document := strings.Replace(c.document, c.old, c.new, 1)
			if name == "the kind" {
				document = strings.Replace(document, `      numeric: {value: "1", mode: EXACT}`+"\n", "      criteria: [{key: a, text: A, weight: 1, levels: [{points: 0, anchor: a}, {points: 1, anchor: b}]}]\n", 1)
			}
			err := r.unchanged(t, name, func() error {
				_, err := r.authoring.ImportCatalogue(t.Context(), r.owner, authoring.ImportCatalogueInput{Document: document, Apply: true})
				return err
			})
			if diff := gocmp.Diff([]string{"document." + c.want}, faultLines(err)); diff != "" {
				t.Errorf("%s: %v: %s", name, err, diff)
			}
		}
	})
}

func TestAHundredFaultsAreToldAtMost(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		document := "format: assay-catalogue/1\nroles:\n"
		for i := range 150 {
			document += fmt.Sprintf("  - {key: r%d, title: R, status: OPEN, level: SENIOR, mustHaveSkills: [{skill: none, weight: 1}]}\n", i)
		}
		err := r.unchanged(t, "150 faults", func() error {
			_, err := r.authoring.ImportCatalogue(t.Context(), r.owner, authoring.ImportCatalogueInput{Document: document, Apply: true})
			return err
		})
		got := faultLines(err)
		if len(got) != 100 || !strings.HasPrefix(got[99], "document.roles.99.mustHaveSkills.0.skill: line 102: ") {
			t.Errorf("%d faults, the last %q", len(got), got[max(0, len(got)-1):])
		}
	})
}

func TestAnotherOrganizationsRowsAreNotThere(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.importing(t, r.stranger, small)
		theirs := must(r.authoring.Questions(t.Context(), r.stranger, nil, tenant.Paging{}))(t).Nodes[0].ID.String()
		for name, c := range map[string]struct{ document, want string }{
			"their key": {"skills: [{key: java, name: Java, parent: go}]", "document.skills.0.parent: line 2: there is no skill with the key go, neither in this document nor in the organization"},
			"their id": {"roles: [{key: dev, title: D, status: OPEN, level: SENIOR}]\ntemplates: [{key: t, name: T, state: DRAFT, mode: ASSESSMENT, role: dev, sections: [{title: S, timeLimitSeconds: 600, slots: [{question: " + theirs + ", points: 1}]}], cutPercent: 1, bands: [{name: A, minPercent: 0}], feedback: OUTCOME}]",
				"document.templates.0.sections.0.slots.0.question: line 3: there is no question with the key " + theirs + ", neither in this document nor in the organization"},
		} {
			err := r.unchanged(t, name, func() error {
				_, err := r.authoring.ImportCatalogue(t.Context(), r.owner, authoring.ImportCatalogueInput{Document: "format: assay-catalogue/1\n" + c.document + "\n", Apply: true})
				return err
			})
			if diff := gocmp.Diff([]string{c.want}, faultLines(err)); diff != "" {
				t.Errorf("%s: %v: %s", name, err, diff)
			}
		}
		before := r.exported(t, r.stranger)
		r.importing(t, r.owner, strings.Replace(small, "name: First", "name: Ours", 1))
		if diff := gocmp.Diff(before, r.exported(t, r.stranger)); diff != "" {
			t.Errorf("our import changed theirs: %s", diff)
		}
	})
}

// TestSkillsAreJudgedByWhereTheDocumentPutsThem moves and renames skills that stand, with new ones beside and below them.
func TestSkillsAreJudgedByWhereTheDocumentPutsThem(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		skills := func(entries string) string { return "format: assay-catalogue/1\nskills:\n" + entries }
		r.importing(t, r.owner, skills("- {key: a, name: A}\n- {key: b, name: B, parent: a}\n- {key: c, name: C}\n- {key: d, name: D, parent: b}\n"))
		for name, c := range map[string]struct{ entries, want string }{
			"below one that moves to the third level": {"- {key: c, name: C, parent: b}\n- {key: e, name: E, parent: c}\n",
				"document.skills.1.parent: line 4: this would make a fourth level; a taxonomy has three"},
			"the name that another takes": {"- {key: c, name: E}\n- {key: e, name: e}\n",
				"document.skills.1.name: line 4: there is already a skill of this name, with another key"},
		} {
			err := r.unchanged(t, name, func() error {
				_, err := r.authoring.ImportCatalogue(t.Context(), r.owner, authoring.ImportCatalogueInput{Document: skills(c.entries), Apply: true})
				return err
			})
			if diff := gocmp.Diff([]string{c.want}, faultLines(err)); diff != "" {
				t.Errorf("%s: %v: %s", name, err, diff)
			}
		}
		wantNews(t, r.importing(t, r.owner, skills("- {key: d, name: Delta}\n- {key: e, name: D, parent: d}\n")),
			"CHANGED SKILL d name,parent", "ADDED SKILL e")
	})
}

// TestWhatADocumentMovesOrRenamesCountsForTheRest takes a place below a skill that moves, and a name that was freed.
func TestWhatADocumentMovesOrRenamesCountsForTheRest(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		document := func(skills string) string { return "format: assay-catalogue/1\nskills:\n" + skills }
		r.importing(t, r.owner, document("  - {key: a, name: A}\n  - {key: b, name: B, parent: a}\n  - {key: c, name: C}\n"))
		err := r.unchanged(t, "a fourth level below a skill that moves", func() error {
			_, err := r.authoring.ImportCatalogue(t.Context(), r.owner, authoring.ImportCatalogueInput{
				Apply: true, Document: document("  - {key: c, name: C, parent: b}\n  - {key: d, name: D, parent: c}\n"),
			})
			return err
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("got %v", err)
		}
		wantNews(t, r.importing(t, r.owner, document("  - {key: a, name: Former}\n  - {key: e, name: A}\n")), "CHANGED SKILL a name", "ADDED SKILL e")
	})
}
