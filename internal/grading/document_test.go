package grading_test

import (
	"encoding/json"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
)

// TestDocumentsFromBefore reads and re-scores a report whose document has the form from before what a key awards was kept
// apart: nothing comes out otherwise.
func TestDocumentsFromBefore(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, _ := r.graded(t, r.fresh(t), keyed())
		version := r.versionOf(t, id)
		_, doc := r.report(t, id)
		preview := r.preview(t, version, wrong())
		var traces [][]*grading.TraceEntry
		for _, q := range doc.Questions {
			traces = append(traces, q.Trace())
		}
		r.spellOut(t, id)
		_, doc = r.report(t, id)
		for i, q := range doc.Questions {
			if q.Whole != nil {
				t.Fatal("this is not the form from before")
			}
			if diff := gocmp.Diff(traces[i], q.Trace()); diff != "" {
				t.Errorf("%s: %s", q.Ref, diff)
			}
		}
		if got := r.preview(t, version, wrong()); got.Digest != preview.Digest {
			t.Error("the preview comes out otherwise")
		}
		r.rescored(t, version, wrong())
		if _, doc := r.report(t, id); doc.Questions[0].Awarded != 0 || len(doc.Questions[1].Trace()) != 1 {
			t.Errorf("got %+v", doc.Questions[0])
		}
	})
}

// spellOut writes a session's report in the form from before.
func (r *rig) spellOut(t *testing.T, session gid.ID) {
	t.Helper()
	_, doc := r.report(t, session)
	for _, q := range doc.Questions {
		q.Awards, q.Whole = q.Trace(), nil
	}
	text := must(json.Marshal(doc))(t)
	must(r.db.ExecContext(t.Context(), "UPDATE reports SET result = $1 WHERE session_id = '"+session.UUID()+"'", text))(t)
}
