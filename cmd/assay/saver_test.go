package main

import (
	"fmt"
	"testing"
)

// longQuestions is how many questions the sitting of a long stage has, each answered by a saver of its own.
const longQuestions = 4

// newLongStage has a published template of text questions with time enough for hours of writing.
func newLongStage(t *testing.T, s *site) *stage {
	t.Helper()
	st := &stage{site: s}
	st.role = must[object](t, st.tell(t, recruiter, "createJobRole", "jobRole { id }",
		vars{"fields": vars{"title": "Tester", "level": "ENTRY"}})).ID
	for range longQuestions {
		st.questions = append(st.questions, st.question(t, recruiter, "LONG_TEXT", vars{"prompt": "Why?", "criteria": []vars{
			{"key": "depth", "text": "Goes deep", "levels": []vars{{"points": 0, "anchor": "no"}, {"points": 2, "anchor": "yes"}}},
		}}))
	}
	st.template = st.newTemplate(t, recruiter, "Long", "PT8H")
	must[object](t, st.tell(t, recruiter, "publishTemplate", "template { id }", vars{"id": st.template}))
	return st
}

// saver writes the answer to one question, over and over.
type saver struct {
	place    string
	revision int    // the last acknowledged
	text     string // of that revision
	open     *pending
}

// acknowledge takes the answer to the open save. Anything but the next revision, and any refusal, is an error.
func (one *saver) acknowledge(answer *reply) error {
	if answer.fault != nil {
		return fmt.Errorf("save %d of %s: %+v", one.open.revision, one.place, *answer.fault)
	}
	var got struct {
		Question string
		Revision int
	}
	if err := unmarshal(answer, &got); err != nil {
		return err
	}
	if got.Question != one.place || got.Revision != one.open.revision {
		return fmt.Errorf("save %d of %s was acknowledged as %+v", one.open.revision, one.place, got)
	}
	one.revision, one.text, one.open = one.open.revision, one.open.text, nil
	return nil
}
