package sitting_test

import (
	"flag"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// timed is a template with a free section, one that only goes forward and whose first question has a minute of its own, and
// another free one: 1.1, 2.1, 2.2 and 3.1 ask for texts.
func (r *rig) timed(t testing.TB) {
	t.Helper()
	slot := func() *content.Slot { return &content.Slot{QuestionID: new(r.question(t, term.LongText)), Points: 2} }
	first := slot()
	first.TimeLimit = new(60)
	r.template = r.publish(t, must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
		JobRoleID: r.role, Name: "Timed", Mode: term.Assessment, Content: &content.Template{
			CutPercent: 50, Feedback: term.FeedbackNone, Bands: []*content.Band{{Name: "All"}},
			Sections: []*content.Section{
				{Title: "Free", TimeLimit: 300, Slots: []*content.Slot{slot()}},
				{Title: "Forward", TimeLimit: 120, Navigation: new(term.ForwardOnly), Slots: []*content.Slot{first, slot()}},
				{Title: "Free again", TimeLimit: 180, Slots: []*content.Slot{slot()}},
			},
		},
	}))(t).ID)
}

// model is a sitting as simple as it can be written down: time is spent second by second.
type model struct {
	r    *rig
	t    *testing.T
	id   gid.ID
	who  policy.Actor
	at   time.Time
	left [4]int // seconds of each section, from 1
	end  [4]string
	when [4]time.Time // each section ended
	in   int          // the section
	ask  int          // the question of section 2
	spent,
	limit int // on question 2.1
	passed  time.Time // when the time of 2.1 was over
	stands  bool
	ended   *time.Time
	ranOut  bool
	device  string
	answers map[string][]string
	keys    map[string]saved
	flags   []string
}

type saved struct {
	ref, text string
	revision  int
}

func newModel(t *testing.T, r *rig) *model {
	id, who := r.started(t)
	return &model{
		r: r, t: t, id: id, who: who, at: r.clock.look(), left: [4]int{0, 300, 120, 180}, in: 1, limit: 60,
		answers: map[string][]string{}, keys: map[string]saved{}, flags: []string{},
	}
}

func (m *model) now() time.Time { return m.r.clock.look() }

// next is the open section after another; 0 if there is none.
func (m *model) next(after int) int {
	for i := 1; i <= 2; i++ {
		if n := (after-1+i)%3 + 1; m.end[n] == "" {
			return n
		}
	}
	return 0
}

// live lets the time pass until now, and ends the sitting if its time has been over for long enough.
func (m *model) live() {
	for m.ended == nil && !m.stands && m.at.Before(m.now()) {
		if m.over() {
			if m.now().Sub(m.at) <= tenant.EndsAfter {
				return
			}
			m.close(m.in, "ran out")
			m.finish(m.at)
			m.ranOut = true
			return
		}
		m.second()
	}
	if m.ended == nil && m.stands {
		m.at = m.now()
	}
}

// over reports whether the time of the last open section is spent.
func (m *model) over() bool {
	return m.next(m.in) == 0 && m.left[m.in] == 0
}

func (m *model) second() {
	m.turn()
	if m.over() {
		return
	}
	m.at = m.at.Add(time.Second)
	m.left[m.in]--
	if m.in == 2 && m.ask == 1 {
		m.spent++
	}
	m.turn()
}

// turn does what the spent time brings about.
func (m *model) turn() {
	switch {
	case m.in == 2 && m.ask == 1 && m.spent >= m.limit && m.left[2] > 0:
		m.ask, m.passed = 2, m.at
	case m.left[m.in] == 0 && m.next(m.in) > 0:
		gone := m.in
		next := m.next(gone)
		m.close(gone, "ran out")
		m.enter(next)
	}
}

func (m *model) close(n int, how string) { m.end[n], m.when[n] = how, m.at }

func (m *model) enter(n int) {
	if m.in = n; n == 2 {
		m.ask, m.spent, m.limit = 1, 0, 60
	}
}

func (m *model) finish(at time.Time) { m.ended = &at }

// due is when the sitting ends by itself.
func (m *model) due() time.Time {
	sum := 0
	for n := 1; n <= 3; n++ {
		if m.end[n] == "" {
			sum += m.left[n]
		}
	}
	return m.at.Add(time.Duration(sum) * time.Second)
}

// state is the fault of whatever needs a running clock.
func (m *model) state() fault.Code {
	switch {
	case m.ended != nil && m.ranOut:
		return fault.DeadlinePassed
	case m.ended != nil:
		return fault.Conflict
	case m.stands:
		return fault.Conflict
	}
	return ""
}

func (m *model) late() bool {
	return m.ended == nil && !m.stands && m.now().After(m.due().Add(tenant.Grace))
}

// takes says whether a text to a question counts now.
func (m *model) takes(section, question int) fault.Code {
	sent := m.now().Add(-tenant.Grace)
	switch {
	case m.state() != "":
		return m.state()
	case m.late():
		return fault.DeadlinePassed
	case m.end[section] == "ran out" && !sent.After(m.when[section]) && (section != 2 || question == m.ask):
		return ""
	case m.end[section] == "ran out":
		return fault.DeadlinePassed
	case m.end[section] != "":
		return fault.Conflict
	case m.in != section && m.in == 2:
		return fault.Conflict
	case m.in != section:
		m.enter(section)
		if section == 2 && question != 1 {
			return fault.Conflict
		}
		return ""
	case section == 2 && question != m.ask:
		if question == 1 && !m.passed.IsZero() && !sent.After(m.passed) {
			return ""
		}
		return fault.Conflict
	}
	return ""
}

var places = []string{"1.1", "2.1", "2.2", "3.1"}

func (m *model) save(rt *rapid.T) {
	m.live()
	ref := rapid.SampledFrom(places).Draw(rt, "question")
	seen := max(0, len(m.answers[ref])+rapid.SampledFrom([]int{0, 0, 0, 0, -1, 1}).Draw(rt, "seen"))
	key := strconv.Itoa(rapid.IntRange(0, 60).Draw(rt, "key"))
	text := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "text")
	device := rapid.SampledFrom([]string{"", "", m.device, "other"}).Draw(rt, "device")
	want, code := m.expect(ref, seen, key, text, device)
	in := sitting.SaveResponseInput{SittingID: m.id, Question: ref, Revision: seen, ClientKey: key, Answer: words(text)}
	if device != "" {
		in.Device = &device
	}
	ack, err := m.saveEither(rt, in)
	switch {
	case code != "":
		if !fault.Is(err, code) {
			rt.Fatalf("save: got %v, want %s", err, code)
		}
	case err != nil || ack.Revision != want:
		rt.Fatalf("save: got %v, %v, want revision %d", ack, err, want)
	default:
		if m.ended == nil && !m.stands && !ack.Deadline.Equal(m.due()) {
			rt.Fatalf("save: deadline %s, want %s", ack.Deadline, m.due())
		}
		if _, repeated := m.keys[key]; !repeated {
			m.keys[key] = saved{ref, text, want}
			m.answers[ref] = append(m.answers[ref], text)
		}
	}
}

// saveEither saves alone or in a batch, which must come to the same.
func (m *model) saveEither(rt *rapid.T, in sitting.SaveResponseInput) (*sitting.Acknowledgement, error) {
	if rapid.Bool().Draw(rt, "alone") {
		return m.r.sitting.SaveResponse(m.t.Context(), m.who, in)
	}
	results, err := m.r.sitting.SaveResponses(m.t.Context(), m.who, sitting.SaveResponsesInput{
		SittingID: in.SittingID, Device: in.Device,
		Responses: []*sitting.ResponseInput{{Question: in.Question, Revision: in.Revision, ClientKey: in.ClientKey, Answer: in.Answer}},
	})
	if err != nil {
		return nil, err
	}
	return results[0].Acknowledgement, results[0].Fault
}

// expect says what a save must come to: a revision or a fault.
func (m *model) expect(ref string, seen int, key, text, device string) (revision int, code fault.Code) {
	if before, ok := m.keys[key]; ok {
		if before.ref == ref && before.text == text && before.revision == seen+1 {
			return before.revision, ""
		}
		return 0, fault.IdempotencyMismatch
	}
	if code := m.state(); code != "" && m.ended != nil {
		return 0, code
	}
	if device != "" && m.device != "" && device != m.device {
		return 0, fault.Conflict
	}
	kept := *m
	if code := m.takes(int(ref[0]-'0'), int(ref[2]-'0')); code != "" {
		*m = kept
		return 0, code
	}
	if seen != len(m.answers[ref]) {
		*m = kept // what is refused enters nothing
		return 0, fault.Stale
	}
	return seen + 1, ""
}

// moves asks for something that needs a running clock, and demands what the model says of it.
func (m *model) moves(rt *rapid.T, name string, code fault.Code, do func() error) bool {
	if err := do(); code != "" && !fault.Is(err, code) || code == "" && err != nil {
		rt.Fatalf("%s: got %v, want %q", name, err, code)
	}
	return code == ""
}

func (m *model) enterSection(rt *rapid.T) {
	m.live()
	n := rapid.IntRange(1, 3).Draw(rt, "section")
	code := m.state()
	switch {
	case code != "":
	case m.end[n] == "ran out":
		code = fault.DeadlinePassed
	case m.end[n] != "":
		code = fault.Conflict
	}
	was := m.in
	if m.moves(rt, "enter section", code, func() error {
		return lastErr(m.r.sitting.EnterSection(m.t.Context(), m.who, sitting.EnterSectionInput{SittingID: m.id, Section: n}))
	}) && was != n {
		m.tick()
		if was == 2 {
			m.close(2, "handed in")
		}
		m.enter(n)
	}
}

// tick counts the part of the time that a look in the last moments leaves uncounted.
func (m *model) tick() {
	if !m.stands && m.next(m.in) > 0 {
		m.at = m.now()
	}
}

func (m *model) enterQuestion(rt *rapid.T) {
	m.live()
	n := rapid.IntRange(1, 2).Draw(rt, "question")
	code := m.state()
	if code == "" && (m.in != 2 || n < m.ask) {
		code = fault.Conflict
	}
	if m.moves(rt, "enter question", code, func() error {
		in := sitting.EnterQuestionInput{SittingID: m.id, Question: "2." + strconv.Itoa(n)}
		return lastErr(m.r.sitting.EnterQuestion(m.t.Context(), m.who, in))
	}) && n > m.ask {
		m.ask = n
	}
}

func (m *model) submitSection(rt *rapid.T) {
	m.live()
	n := rapid.IntRange(1, 3).Draw(rt, "section")
	code := m.state()
	if code == "" && n != m.in {
		code = fault.Conflict
	}
	if m.moves(rt, "submit section", code, func() error {
		return lastErr(m.r.sitting.SubmitSection(m.t.Context(), m.who, sitting.SubmitSectionInput{SittingID: m.id, Section: n}))
	}) {
		m.close(n, "handed in")
		if next := m.next(n); next > 0 {
			m.enter(next)
			return
		}
		m.hand()
	}
}

func (m *model) submit(rt *rapid.T) {
	if rapid.IntRange(0, 9).Draw(rt, "really") > 0 {
		return
	}
	m.live()
	code := m.state()
	switch {
	case code != "" && m.stands && m.ended == nil:
		code = ""
	case code == "" && m.late():
		code = fault.DeadlinePassed
	}
	if m.moves(rt, "submit", code, func() error {
		return lastErr(m.r.sitting.Submit(m.t.Context(), m.who, sitting.SubmitSittingInput{ID: m.id}))
	}) {
		m.hand()
	}
}

// hand ends the sitting by its candidate, never after its time.
func (m *model) hand() {
	at := m.now()
	if due := m.due(); !m.stands && !at.Before(due) && m.left[m.in] == 0 {
		at, m.ranOut = due, true
	}
	m.finish(at)
}

func (m *model) pause(rt *rapid.T) {
	m.live()
	code := fault.Code("")
	if m.ended != nil || m.stands {
		code = fault.Conflict
	}
	if m.moves(rt, "pause", code, func() error {
		return lastErr(m.r.sitting.Pause(m.t.Context(), m.r.owner, sitting.PauseSessionInput{ID: m.id, Reason: term.ReasonTechnical}))
	}) {
		m.stands = true
	}
}

func (m *model) resume(rt *rapid.T) {
	m.live()
	code := fault.Code("")
	if m.ended != nil || !m.stands {
		code = fault.Conflict
	}
	if m.moves(rt, "resume", code, func() error {
		return lastErr(m.r.sitting.Resume(m.t.Context(), m.r.owner, sitting.ResumeSessionInput{ID: m.id}))
	}) {
		m.stands, m.at = false, m.now()
	}
}

func (m *model) grant(rt *rapid.T) {
	m.live()
	code := fault.Code("")
	if m.ended != nil {
		code = fault.Conflict
	}
	if m.moves(rt, "grant", code, func() error {
		in := sitting.GrantTimeInput{ID: m.id, Time: 30 * time.Second, Reason: term.ReasonInterruption}
		return lastErr(m.r.sitting.GrantTime(m.t.Context(), m.r.owner, in))
	}) {
		m.left[m.in] += 30
		m.limit += 30
	}
}

func (m *model) reopen(rt *rapid.T) {
	m.live()
	code := fault.Code("")
	if m.ended == nil {
		code = fault.Conflict
	}
	if m.moves(rt, "reopen", code, func() error {
		in := sitting.ReopenSessionInput{ID: m.id, Time: time.Minute, Reason: "a storm"}
		return lastErr(m.r.sitting.Reopen(m.t.Context(), m.r.owner, in))
	}) {
		m.at, m.ended, m.ranOut, m.stands = m.now(), nil, false, false
		m.left[m.in], m.end[m.in] = 60+max(0, m.leftAtEnd()), ""
		m.spent, m.limit = 0, 60
	}
}

// leftAtEnd is what the section had left in which the sitting ended.
func (m *model) leftAtEnd() int { return m.left[m.in] }

func (m *model) takeOver(rt *rapid.T) {
	m.live()
	name := rapid.SampledFrom([]string{"one", "two"}).Draw(rt, "device")
	s, err := m.r.sitting.Start(m.t.Context(), m.who, sitting.StartSittingInput{ID: m.id, Device: &name})
	switch {
	case m.ended == nil && err == nil:
		m.device = name
	case m.ended != nil && (fault.Is(err, fault.Conflict) || err == nil && s.State == sitting.Submitted): // perhaps ended by this touch
	default:
		rt.Fatalf("start again: got %v", err)
	}
}

func (m *model) flag(rt *rapid.T) {
	m.live()
	ref, on := rapid.SampledFrom(places).Draw(rt, "question"), rapid.Bool().Draw(rt, "on")
	if m.moves(rt, "flag", m.state(), func() error {
		in := sitting.FlagQuestionInput{SittingID: m.id, Question: ref, Flagged: on}
		return lastErr(m.r.sitting.FlagQuestion(m.t.Context(), m.who, in))
	}) {
		m.flags = slices.DeleteFunc(m.flags, func(f string) bool { return f == ref })
		if on {
			m.flags = append(m.flags, ref)
		}
	}
}

func (m *model) sweep(rt *rapid.T) {
	m.live()
	if err := m.r.sitting.Finish(m.t.Context(), policy.Worker(m.r.owner.Org), m.id); err != nil {
		rt.Fatalf("finish: %v", err)
	}
}

// restart is another process, which has read nothing yet.
func (m *model) restart(*rapid.T) {
	m.r.sitting = sitting.New(m.r.store, m.r.config)
}

func (m *model) jump(rt *rapid.T) {
	m.live()
	step := time.Duration(rapid.SampledFrom([]int{1, 4, 5, 6, 8, 9, 30, 60, 70, 120}).Draw(rt, "seconds")) * time.Second
	m.r.clock.pass(step)
}

func (m *model) check(rt *rapid.T) {
	s, err := m.r.sitting.Sitting(m.t.Context(), m.who, m.id)
	if err != nil {
		rt.Fatal(err)
	}
	m.live()
	state := sitting.InProgress
	switch {
	case m.ended != nil:
		state = sitting.Submitted
	case m.stands:
		state = sitting.Paused
	}
	if s.State != state || m.ended != nil && !s.EndedAt.Equal(*m.ended) {
		rt.Fatalf("state %s, ended %v; want %s, %v", s.State, s.EndedAt, state, m.ended)
	}
	if state == sitting.InProgress && (!s.Deadline.Equal(m.due()) || *s.CurrentSection != m.in) {
		rt.Fatalf("section %d, due %s; want %d, %s", *s.CurrentSection, s.Deadline, m.in, m.due())
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
	set, err := m.r.sitting.Flags(m.t.Context(), m.who, m.id)
	flags := make([]string, len(set))
	for i, f := range set {
		flags[i] = f.Ref
	}
	slices.Sort(flags)
	kept := slices.Sorted(slices.Values(m.flags))
	if err != nil || !slices.Equal(flags, kept) {
		rt.Fatalf("flags %v, %v; want %v", flags, err, kept)
	}
	if s.Receipt != nil && s.Receipt.Hash != m.r.receipt(m.t, m.who, s) {
		rt.Fatal("the receipt is not of what is stored")
	}
}

// modelSteps is how many operations are played on each database; ASSAY_MODEL_STEPS says another number.
func modelSteps(t *testing.T) int {
	t.Helper()
	text := os.Getenv("ASSAY_MODEL_STEPS")
	if text == "" {
		return played
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("ASSAY_MODEL_STEPS: %q is no number of operations", text)
	}
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestASittingBehavesLikeItsModel plays random histories on each database: some thousand operations, or as many as
// ASSAY_MODEL_STEPS says.
func TestASittingBehavesLikeItsModel(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.timed(t)
		steps, failed, most := 0, false, modelSteps(t)
		rapid.Check(t, func(rt *rapid.T) {
			if steps >= most && !failed { // a failure is played again, to be made smaller
				return
			}
			defer func() { failed = failed || rt.Failed() }()
			m := newModel(t, r)
			counted := func(do func(*rapid.T)) func(*rapid.T) {
				return func(rt *rapid.T) {
					steps++
					do(rt)
				}
			}
			rt.Repeat(map[string]func(*rapid.T){
				"save": counted(m.save), "save again": counted(m.save), "save once more": counted(m.save), "save, too": counted(m.save),
				"jump": counted(m.jump), "jump again": counted(m.jump), "enter section": counted(m.enterSection),
				"enter question": counted(m.enterQuestion), "submit section": counted(m.submitSection), "submit": counted(m.submit),
				"pause": counted(m.pause), "resume": counted(m.resume), "grant": counted(m.grant), "reopen": counted(m.reopen),
				"take over": counted(m.takeOver), "flag": counted(m.flag), "sweep": counted(m.sweep), "restart": m.restart, "read": counted(m.check),
			})
			m.check(rt)
		})
		t.Logf("%d operations", steps)
	})
}
