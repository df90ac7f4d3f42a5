package sitting_test

import (
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// model is a sitting as simple as it can be written down.
type model struct {
	r        *rig
	t        *testing.T
	id       gid.ID
	who      policy.Actor
	deadline time.Time
	ended    *time.Time
	ranOut   bool
	answers  map[string][]string // by question, every revision
	keys     map[string]saved    // by client key
}

type saved struct {
	ref, text string
	revision  int
}

func (m *model) now() time.Time { return m.r.clock.look() }

func (m *model) late() bool { return m.now().After(m.deadline.Add(tenant.Grace)) }

// expect says what a save must come to: a revision or a fault.
func (m *model) expect(ref string, seen int, key, text string) (revision int, code fault.Code) {
	if before, ok := m.keys[key]; ok {
		if before.ref == ref && before.text == text && before.revision == seen+1 {
			return before.revision, ""
		}
		return 0, fault.IdempotencyMismatch
	}
	switch {
	case m.ended != nil && m.ranOut, m.ended == nil && m.late():
		return 0, fault.DeadlinePassed
	case m.ended != nil:
		return 0, fault.Conflict
	case seen != len(m.answers[ref]):
		return 0, fault.Stale
	}
	return seen + 1, ""
}

func (m *model) save(rt *rapid.T) {
	ref := rapid.SampledFrom([]string{"1.4", "2.1"}).Draw(rt, "question")
	seen := max(0, len(m.answers[ref])+rapid.SampledFrom([]int{0, 0, 0, -1, 1}).Draw(rt, "seen"))
	key := strconv.Itoa(rapid.IntRange(0, 30).Draw(rt, "key"))
	text := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "text")
	want, code := m.expect(ref, seen, key, text)
	ack, err := m.r.sitting.SaveResponse(m.t.Context(), m.who, sitting.SaveResponseInput{
		SittingID: m.id, Question: ref, Revision: seen, ClientKey: key, Answer: words(text),
	})
	switch {
	case code != "":
		if !fault.Is(err, code) {
			rt.Fatalf("save: got %v, want %s", err, code)
		}
	case err != nil || ack.Revision != want || !ack.Deadline.Equal(m.deadline):
		rt.Fatalf("save: got %v, %v, want revision %d", ack, err, want)
	default:
		if _, repeated := m.keys[key]; !repeated {
			m.keys[key] = saved{ref, text, want}
			m.answers[ref] = append(m.answers[ref], text)
		}
	}
}

func (m *model) submit(rt *rapid.T) {
	_, err := m.r.sitting.Submit(m.t.Context(), m.who, sitting.SubmitSittingInput{ID: m.id})
	code := fault.Code("")
	switch {
	case m.ended != nil && m.ended.Before(m.deadline):
		code = fault.Conflict
	case m.ended != nil, m.late():
		code = fault.DeadlinePassed
	}
	if code != "" && !fault.Is(err, code) || code == "" && err != nil {
		rt.Fatalf("submit: got %v, want %q", err, code)
	}
	if code == "" {
		m.end(m.now())
	}
}

// end notes the end, which is never after the deadline; a submission in the grace ends at it, as running out does.
func (m *model) end(at time.Time) {
	if !at.Before(m.deadline) {
		at, m.ranOut = m.deadline, true
	}
	m.ended = &at
}

func (m *model) finish(rt *rapid.T) {
	if err := m.r.sitting.Finish(m.t.Context(), policy.Worker(m.r.owner.Org), m.id); err != nil {
		rt.Fatalf("finish: %v", err)
	}
	m.sweep()
}

func (m *model) sweep() {
	if m.ended == nil && m.now().After(m.deadline.Add(tenant.EndsAfter)) {
		m.end(m.deadline)
	}
}

func (m *model) jump(rt *rapid.T) {
	left := m.deadline.Sub(m.now())
	m.r.clock.pass(rapid.SampledFrom([]time.Duration{
		time.Second, time.Minute, 5 * time.Minute, max(0, left), max(0, left+tenant.Grace), max(0, left+tenant.Grace+time.Microsecond), max(0, left+tenant.EndsAfter+time.Microsecond),
	}).Draw(rt, "jump"))
}

// check reads the whole sitting, which ends it if it is over, and compares.
func (m *model) check(rt *rapid.T) {
	s, err := m.r.sitting.Sitting(m.t.Context(), m.who, m.id)
	if err != nil {
		rt.Fatal(err)
	}
	m.sweep()
	if (m.ended != nil) != (s.State == sitting.Submitted) || m.ended != nil && !s.EndedAt.Equal(*m.ended) {
		rt.Fatalf("state %s, ended %v; want %v", s.State, s.EndedAt, m.ended)
	}
	got, want := map[string]string{}, map[string]string{}
	responses, err := m.r.sitting.Responses(m.t.Context(), m.who, m.id)
	if err != nil {
		rt.Fatal(err)
	}
	for _, resp := range responses {
		got[resp.Question] = strconv.Itoa(resp.Revision) + *resp.Answer.Text
	}
	for ref, texts := range m.answers {
		want[ref] = strconv.Itoa(len(texts)) + texts[len(texts)-1]
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		rt.Fatal(diff)
	}
	if s.Receipt != nil && s.Receipt.Hash != m.r.receipt(m.t, m.who, s) {
		rt.Fatal("the receipt is not of what is stored")
	}
}

// TestASittingBehavesLikeItsModel plays some thousand random operations on each database.
func TestASittingBehavesLikeItsModel(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		played, failed := 0, false
		rapid.Check(t, func(rt *rapid.T) {
			if played++; played > plays && !failed { // a failure is played again, to be made smaller
				return
			}
			defer func() { failed = failed || rt.Failed() }()
			id, who := r.started(t)
			m := &model{
				r: r, t: t, id: id, who: who, deadline: r.clock.look().Add(allowed), answers: map[string][]string{}, keys: map[string]saved{},
			}
			rt.Repeat(map[string]func(*rapid.T){
				"save": m.save, "save again": m.save, "save once more": m.save, "save, too": m.save, "jump": m.jump,
				"submit": func(rt *rapid.T) {
					if rapid.IntRange(0, 4).Draw(rt, "really") == 0 {
						m.submit(rt)
					}
				},
				"finish": m.finish, "read": m.check,
			})
			m.check(rt)
		})
	})
}
