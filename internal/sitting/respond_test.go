package sitting_test

import (
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

func TestStart(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.accepted(t)
		r.refused(t, "save before", fault.NotStarted, func() error { return lastErr(r.sitting.SaveResponse(t.Context(), who, save(id, 0, "k", "t"))) })
		r.refused(t, "submit before", fault.NotStarted, func() error { return lastErr(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id})) })
		before := must(r.sitting.Sitting(t.Context(), who, id))(t)
		if before.State != sitting.Invited || len(before.Sections(nil)) != 2 || questionsIn(before) != 0 || before.Deadline != nil || before.StartedAt != nil {
			t.Errorf("before: %+v", before)
		}
		now := r.clock.look()
		s := must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id}))(t)
		if s.State != sitting.InProgress || !s.StartedAt.Equal(now) || !s.Deadline.Equal(now.Add(allowed)) || len(s.Sections(nil)) != 2 {
			t.Errorf("started: %+v", s)
		}
		r.clock.pass(time.Minute)
		err := r.unchanged(t, "a second tab", func() error {
			again, err := r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id})
			if err == nil && !again.Deadline.Equal(now.Add(allowed)) {
				t.Errorf("another deadline: %s", again.Deadline)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if got := r.texts(t, "SELECT kind FROM clock_entries"); len(got) != 1 || got[0] != "STARTED" {
			t.Errorf("ledger %v", got)
		}
		must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
		r.refused(t, "start what is submitted", fault.Conflict, func() error {
			return lastErr(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id}))
		})
		late, who := r.started(t)
		r.clock.pass(allowed + tenant.EndsAfter + time.Microsecond)
		over := must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: late}))(t)
		if over.State != sitting.Submitted || over.Receipt == nil {
			t.Errorf("what is over and not ended yet is %s once it is touched", over.State)
		}
	})
}

func TestSaveResponse(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		put := func(in sitting.SaveResponseInput) (*sitting.Acknowledgement, error) {
			return r.sitting.SaveResponse(t.Context(), who, in)
		}
		start := r.clock.look()
		r.clock.pass(time.Second)
		first := must(put(save(id, 0, "k1", "one")))(t)
		want := &sitting.Acknowledgement{Question: "2.1", Revision: 1, SavedAt: start.Add(time.Second), Deadline: start.Add(allowed)}
		want.SectionDeadline = new(start.Add(time.Second + 5*time.Minute)) // the save entered section 2
		if diff := gocmp.Diff(want, first); diff != "" {
			t.Error(diff)
		}
		r.clock.pass(time.Second)
		if second := must(put(save(id, 1, "k2", "two")))(t); second.Revision != 2 {
			t.Errorf("got %v", second)
		}
		t.Run("a repetition is the same acknowledgement", func(t *testing.T) {
			var again *sitting.Acknowledgement
			if err := r.unchanged(t, "again", func() (err error) { again, err = put(save(id, 0, "k1", "one")); return err }); err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(want, again); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("its client key with something else is a mismatch", func(t *testing.T) {
			r.refused(t, "another answer", fault.IdempotencyMismatch, func() error { return lastErr(put(save(id, 2, "k1", "other"))) })
			other := save(id, 0, "k1", "one")
			other.Question = "1.4"
			r.refused(t, "another question", fault.IdempotencyMismatch, func() error { return lastErr(put(other)) })
		})
		t.Run("its client key with another revision is a mismatch", func(t *testing.T) {
			r.refused(t, "another revision", fault.IdempotencyMismatch, func() error { return lastErr(put(save(id, 2, "k1", "one"))) })
		})
		t.Run("an older or a future revision is stale", func(t *testing.T) {
			for _, seen := range []int{0, 1, 3} {
				f := r.refused(t, "stale", fault.Stale, func() error { return lastErr(put(save(id, seen, "k3", "three"))) }, "revision")
				current, ok := f.Current.(*sitting.Response)
				if !ok || current.Revision != 2 || *current.Answer.Text != "two" || current.Question != "2.1" {
					t.Errorf("current %v", f.Current)
				}
			}
			never := sitting.SaveResponseInput{SittingID: id, Question: "1.3", Revision: 1, ClientKey: "k4", Answer: &content.Answer{Number: new("1")}}
			if f := r.refused(t, "never saved", fault.Stale, func() error { return lastErr(put(never)) }, "revision"); f.Current != (*sitting.Response)(nil) {
				t.Errorf("current %v", f.Current)
			}
		})
		t.Run("what pasted text brings along becomes space", func(t *testing.T) {
			in := save(id, 2, "pasted", "a\x00b\xff\n")
			must(put(in))(t)
			for _, resp := range must(r.sitting.Responses(t.Context(), who, id))(t) {
				if resp.Question == "2.1" && *resp.Answer.Text != "a b\uFFFD\n" {
					t.Errorf("got %q", *resp.Answer.Text)
				}
			}
			must(put(save(id, 3, "and back", "two")))(t)
		})
		t.Run("another question has revisions of its own, and all comes back in the paper's order", func(t *testing.T) {
			for ref, a := range map[string]*content.Answer{
				"1.4": words("short"), "1.1": {Choices: []string{"b"}}, "1.2": {Choices: []string{"c", "a"}}, "1.3": {Number: new("-3.50")},
			} {
				if got := must(put(sitting.SaveResponseInput{SittingID: id, Question: ref, ClientKey: ref, Answer: a}))(t); got.Revision != 1 {
					t.Errorf("%s: got %v", ref, got)
				}
			}
			must(put(sitting.SaveResponseInput{SittingID: id, Question: "1.1", Revision: 1, ClientKey: "empty", Answer: &content.Answer{Choices: []string{}, Text: new("")}}))(t)
			var got []string
			for _, resp := range must(r.sitting.Responses(t.Context(), who, id))(t) {
				text := strings.Join(resp.Answer.Choices, ",")
				if resp.Answer.Number != nil {
					text += *resp.Answer.Number
				}
				if resp.Answer.Text != nil {
					text += *resp.Answer.Text
				}
				got = append(got, resp.Question+" "+text)
			}
			if diff := gocmp.Diff([]string{"1.1 ", "1.2 c,a", "1.3 -3.50", "1.4 short", "2.1 two"}, got); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("the client key of one sitting says nothing to another", func(t *testing.T) {
			second, who := r.started(t)
			must(r.sitting.SaveResponse(t.Context(), who, save(second, 0, "k1", "mine")))(t)
		})
	})
}

func TestAnAnswerMustFitItsQuestion(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		for name, c := range map[string]struct {
			ref   string
			a     content.Answer
			paths []string
		}{
			"an unknown question":           {"3.1", content.Answer{}, []string{"question"}},
			"no question":                   {"", content.Answer{}, []string{"question"}},
			"a zero in the question":        {"1.1\x00", content.Answer{}, []string{"question"}},
			"a wrong option":                {"1.1", content.Answer{Choices: []string{"z"}}, []string{"answer.choices"}},
			"two options of a single one":   {"1.1", content.Answer{Choices: []string{"a", "b"}}, []string{"answer.choices"}},
			"an option twice":               {"1.2", content.Answer{Choices: []string{"a", "a"}}, []string{"answer.choices"}},
			"a text for a choice":           {"1.1", content.Answer{Text: new("a")}, []string{"answer.text"}},
			"a number for a choice":         {"1.2", content.Answer{Number: new("1")}, []string{"answer.number"}},
			"a choice for a text":           {"2.1", content.Answer{Choices: []string{"a"}}, []string{"answer.choices", "answer.choices"}},
			"a number that is none":         {"1.3", content.Answer{Number: new("3,5")}, []string{"answer.number"}},
			"a number that says not":        {"1.3", content.Answer{Number: new("NaN")}, []string{"answer.number"}},
			"a number too large":            {"1.3", content.Answer{Number: new("1e400")}, []string{"answer.number"}},
			"a short text that is too long": {"1.4", content.Answer{Text: new(strings.Repeat("ä", 1001))}, []string{"answer.text"}},
			"a long text that is too long":  {"2.1", content.Answer{Text: new(strings.Repeat("ä", 20_001))}, []string{"answer.text"}},
		} {
			r.refused(t, name, fault.Invalid, func() error {
				return lastErr(r.sitting.SaveResponse(t.Context(), who, sitting.SaveResponseInput{SittingID: id, Question: c.ref, ClientKey: "k", Answer: &c.a}))
			}, c.paths...)
		}
		in := save(id, -1, "", "t")
		r.refused(t, "key and revision", fault.Invalid, func() error { return lastErr(r.sitting.SaveResponse(t.Context(), who, in)) }, "clientKey", "revision")
		in = save(id, 1_000_001, strings.Repeat("k", 101), "t")
		r.refused(t, "key and revision", fault.Invalid, func() error { return lastErr(r.sitting.SaveResponse(t.Context(), who, in)) }, "clientKey", "revision")
		longest := strings.Repeat("ä", 20_000)
		must(r.sitting.SaveResponse(t.Context(), who, save(id, 0, strings.Repeat("ß", 100), longest)))(t)
		if got := must(r.sitting.Responses(t.Context(), who, id))(t); *got[0].Answer.Text != longest {
			t.Error("the longest text came back otherwise")
		}
	})
}

// TestTheDeadline moves the clock around the end of a sitting, with its grace by the time of receipt.
func TestTheDeadline(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const end = allowed + tenant.Grace
		for name, c := range map[string]struct {
			now, received time.Duration // since the start; received zero is not known
			taken         bool
		}{
			"at the deadline":                            {allowed, 0, true},
			"at the end of the grace":                    {end, 0, true},
			"a microsecond later":                        {end + time.Microsecond, 0, false},
			"received in time and long in our queue":     {end + 30*time.Second, end, true},
			"received too late":                          {end + 30*time.Second, end + time.Microsecond, false},
			"received after now, by a clock that jumped": {end, end + time.Hour, true},
			"late, received after now, by such a clock":  {end + time.Microsecond, end + time.Hour, false},
		} {
			t.Run(name, func(t *testing.T) {
				for what, put := range map[string]func(gid.ID, policy.Actor) error{
					"save": func(id gid.ID, who policy.Actor) error {
						return lastErr(r.sitting.SaveResponse(t.Context(), who, save(id, 1, "k2", "two")))
					},
					"submit": func(id gid.ID, who policy.Actor) error {
						return lastErr(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))
					},
				} {
					id, who := r.started(t)
					must(r.sitting.SaveResponse(t.Context(), who, save(id, 0, "k1", "one")))(t)
					must(r.sitting.EnterSection(t.Context(), who, sitting.EnterSectionInput{SittingID: id, Section: 1}))(t) // so that section 2 comes last
					start := r.clock.look()
					r.clock.set(start.Add(c.now))
					if c.received != 0 {
						who.Received = start.Add(c.received)
					}
					if !c.taken {
						r.refused(t, what, fault.DeadlinePassed, func() error { return put(id, who) })
					} else if err := put(id, who); err != nil {
						t.Errorf("%s: %v", what, err)
					} else if s := must(r.sitting.Sitting(t.Context(), who, id))(t); what == "submit" && !s.EndedAt.Equal(start.Add(allowed)) {
						t.Errorf("it ended at %s, not at its deadline", s.EndedAt.Sub(start))
					}
				}
			})
		}
		t.Run("a save that the sweep overtook", func(t *testing.T) {
			id, who := r.started(t)
			who.Received = r.clock.look().Add(end)
			r.clock.pass(allowed + tenant.EndsAfter + time.Second)
			if err := r.sitting.Finish(t.Context(), policy.Worker(r.owner.Org), id); err != nil {
				t.Fatal(err)
			}
			r.refused(t, "save", fault.DeadlinePassed, func() error { return lastErr(r.sitting.SaveResponse(t.Context(), who, save(id, 0, "k", "t"))) })
		})
	})
}
