package authoring_test

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/authoring"
)

// drifting are one question and three templates of it: one asks it, one draws one by a filter, one draws two.
const drifting = `format: assay-catalogue/1
skills: [{key: go, name: Go}]
roles: [{key: dev, title: Developer, status: OPEN, level: SENIOR}]
questions:
  - {key: why, title: Why, state: PUBLISHED, kind: NUMERIC, category: TECHNICAL, level: ENTRY, language: en, skills: [go], content: {prompt: "Why?", timeHintSeconds: 60, numeric: {value: "1", mode: EXACT}}}
  - {key: who, title: Who, state: PUBLISHED, kind: NUMERIC, category: TECHNICAL, level: ENTRY, language: en, skills: [go], content: {prompt: "Who?", timeHintSeconds: 60, numeric: {value: "1", mode: EXACT}}}
templates:
  - {key: asks, name: Asks, state: PUBLISHED, mode: ASSESSMENT, role: dev, cutPercent: 50, feedback: OUTCOME, bands: [{name: All, minPercent: 0}],
     sections: [{title: One, timeLimitSeconds: 600, slots: [{question: why, points: 5}]}]}
  - {key: draws-one, name: Draws one, state: PUBLISHED, mode: ASSESSMENT, role: dev, cutPercent: 50, feedback: OUTCOME, bands: [{name: All, minPercent: 0}],
     sections: [{title: One, timeLimitSeconds: 60, slots: [{draw: {count: 1, filter: {skills: [go]}}, points: 5}]}]}
  - {key: draws-two, name: Draws two, state: PUBLISHED, mode: ASSESSMENT, role: dev, cutPercent: 50, feedback: OUTCOME, bands: [{name: All, minPercent: 0}],
     sections: [{title: One, timeLimitSeconds: 120, slots: [{draw: {count: 2, filter: {level: ENTRY}}, points: 5}]}]}
`

// TestWhatCouldNotBePublishedTodayTravelsAsADraft lets an organization's questions drift away from what was published.
func TestWhatCouldNotBePublishedTodayTravelsAsADraft(t *testing.T) {
	const draft = "the template %s travels as a draft, because it could not be published today: "
	note := func(key, why string) string { return strings.Replace(draft, "%s", key, 1) + why }
	more := strings.Replace(drifting[:strings.Index(drifting, "templates:")], `key: why, title: Why, state: PUBLISHED`, `key: how, title: How, state: PUBLISHED`, 1)
	for name, c := range map[string]struct {
		change string // brought into the organization after the publication
		notes  []string
	}{
		"nothing changed": {drifting, nil},
		"a question is retired, and what asks it by name goes on": {
			strings.Replace(drifting[:strings.Index(drifting, "templates:")], "title: Who, state: PUBLISHED", "title: Who, state: RETIRED", 1),
			[]string{note("draws-two", "the pool has 1 questions, fewer than are drawn")},
		},
		"the asked one is retired": {
			strings.Replace(drifting[:strings.Index(drifting, "templates:")], "title: Why, state: PUBLISHED", "title: Why, state: RETIRED", 1), nil,
		},
		"a filter finds a question that takes long": {
			strings.Replace(more, "timeHintSeconds: 60", "timeHintSeconds: 600", 1),
			[]string{
				note("draws-one", "its questions take about 4 minutes, more than its time"),
				note("draws-two", "its questions take about 8 minutes, more than its time"),
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				r.importing(t, r.owner, drifting)
				r.importing(t, r.owner, c.change)
				out := must(r.authoring.ExportCatalogue(t.Context(), r.owner))(t)
				if diff := gocmp.Diff(c.notes, out.Notes); diff != "" {
					t.Error(diff)
				}
				document := must(out.Document(authoring.YAML))(t)
				if got, want := strings.Count(document, "state: DRAFT"), len(c.notes); got != want {
					t.Errorf("%d drafts, want %d:\n%s", got, want, document)
				}
				wantNews(t, r.importing(t, r.owner, document)) // what is published here stays published
				r.importing(t, r.stranger, document)
				if diff := gocmp.Diff(document, r.exported(t, r.stranger)); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}
