package sitting_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// abuse is what nobody gets away with: prepare gives what is tried then, which is refused with a code at its fields and
// changes nothing.
type abuse struct {
	name    string
	code    fault.Code
	fields  []string
	prepare func(t *testing.T, r *rig) func() error
}

func (r *rig) abused(t *testing.T, list []abuse) {
	t.Helper()
	for _, a := range list {
		t.Run(a.name, func(t *testing.T) {
			template, room := r.template, r.sitting
			t.Cleanup(func() { r.template, r.sitting = template, room })
			r.refused(t, a.name, a.code, a.prepare(t, r), a.fields...)
		})
	}
}

// saves tries to save an answer.
func (r *rig) saves(t testing.TB, who policy.Actor, in sitting.SaveResponseInput) func() error {
	return func() error { return lastErr(r.sitting.SaveResponse(t.Context(), who, in)) }
}

// says is an answer in words to a question that has none yet.
func says(id gid.ID, question string) sitting.SaveResponseInput {
	in := save(id, 0, "says "+question, "words")
	in.Question = question
	return in
}

// enters goes to a section.
func (r *rig) enters(t testing.TB, who policy.Actor, id gid.ID, section int) func() error {
	return func() error {
		return lastErr(r.sitting.EnterSection(t.Context(), who, sitting.EnterSectionInput{SittingID: id, Section: section}))
	}
}

// asks goes to a question.
func (r *rig) asks(t testing.TB, who policy.Actor, id gid.ID, question string) func() error {
	return func() error {
		return lastErr(r.sitting.EnterQuestion(t.Context(), who, sitting.EnterQuestionInput{SittingID: id, Question: question}))
	}
}

func (r *rig) handsIn(t testing.TB, who policy.Actor, id gid.ID, section int) func() error {
	return func() error {
		return lastErr(r.sitting.SubmitSection(t.Context(), who, sitting.SubmitSectionInput{SittingID: id, Section: section}))
	}
}

func (r *rig) starts(t testing.TB, who policy.Actor, id gid.ID) func() error {
	return func() error {
		return lastErr(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id}))
	}
}

func (r *rig) submits(t testing.TB, who policy.Actor, id gid.ID) func() error {
	return func() error {
		return lastErr(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))
	}
}

func (r *rig) accepts(t testing.TB, who policy.Actor, token string) func() error {
	return func() error {
		return lastErr(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: token}))
	}
}

// done demands that what leads to an abuse succeeds.
func done(t testing.TB, steps ...func() error) {
	t.Helper()
	for i, step := range steps {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i+1, err)
		}
	}
}

// forward is a started sitting of a section that only goes forward, 1.1 to 1.3, and a free one, 2.1.
func (r *rig) forward(t testing.TB) (gid.ID, policy.Actor) {
	t.Helper()
	slot := func() *content.Slot { return &content.Slot{QuestionID: new(r.question(t, term.LongText)), Points: 2} }
	r.template = r.publish(t, must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
		JobRoleID: r.role, Name: "Forward", Mode: term.Assessment, Content: &content.Template{
			CutPercent: 50, Feedback: term.FeedbackNone, Bands: []*content.Band{{Name: "All"}},
			Sections: []*content.Section{
				{Title: "Forward", TimeLimit: 600, Navigation: new(term.ForwardOnly), Slots: []*content.Slot{slot(), slot(), slot()}},
				{Title: "Free", TimeLimit: 300, Slots: []*content.Slot{slot()}},
			},
		},
	}))(t).ID)
	return r.started(t)
}

// untilEnded lets a sitting's whole time, with the moments that the server waits, go by.
func (r *rig) untilEnded() { r.clock.pass(allowed + tenant.EndsAfter + time.Second) }

func TestAbuseOfTheClock(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.abused(t, []abuse{
			{"answering before the start", fault.NotStarted, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.accepted(t)
				return r.saves(t, who, save(id, 0, "k", "t"))
			}},
			{"answering after the deadline and its grace", fault.DeadlinePassed, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				r.clock.pass(allowed + tenant.Grace + time.Microsecond)
				return r.saves(t, who, save(id, 0, "k", "t"))
			}},
			{"answering after submission", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.submitted(t)
				return r.saves(t, who, save(id, 0, "k", "t"))
			}},
			{"answering after the server submitted", fault.DeadlinePassed, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				r.untilEnded()
				done(t, func() error { return r.sitting.Finish(t.Context(), policy.Worker(r.owner.Org), id) })
				return r.saves(t, who, save(id, 0, "k", "t"))
			}},
			{"a time of receipt in the future", fault.DeadlinePassed, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				r.clock.pass(allowed + tenant.Grace + time.Microsecond)
				who.Received = r.clock.look().Add(24 * time.Hour)
				return r.saves(t, who, save(id, 0, "k", "t"))
			}},
			{"a time of receipt in the past of what ended", fault.DeadlinePassed, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				who.Received = r.clock.look().Add(time.Minute)
				r.untilEnded()
				done(t, func() error { return r.sitting.Finish(t.Context(), policy.Worker(r.owner.Org), id) })
				return r.saves(t, who, save(id, 0, "k", "t"))
			}},
			{"submitting twice", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.submitted(t)
				return r.submits(t, who, id)
			}},
			{"submitting after the deadline and its grace", fault.DeadlinePassed, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				r.clock.pass(allowed + tenant.Grace + time.Microsecond)
				return r.submits(t, who, id)
			}},
			{"starting before it opens", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				email := r.email()
				in := r.invitation(email)
				in.OpensAt = new(r.clock.look().Add(time.Hour))
				row, who := must(r.sitting.Invite(t.Context(), r.owner, in))(t), person(email, email)
				done(t, r.accepts(t, who, r.token(t, email)))
				return r.starts(t, who, row.ID)
			}},
			{"starting after the expiry", fault.Expired, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.accepted(t)
				r.clock.pass(sitting.DefaultValidity)
				return r.starts(t, who, id)
			}},
			{"starting what was declined", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.accepted(t)
				must(r.sitting.Decline(t.Context(), who, sitting.DeclineInvitationInput{ID: &id, Reason: "x"}))(t)
				return r.starts(t, who, id)
			}},
			{"starting what was cancelled", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.accepted(t)
				must(r.sitting.Cancel(t.Context(), r.owner, sitting.CancelSessionInput{ID: id, Reason: "x"}))(t)
				return r.starts(t, who, id)
			}},
			{"starting what was made void", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.submitted(t)
				must(r.sitting.Void(t.Context(), r.owner, sitting.VoidSessionInput{ID: id, Reason: "x"}))(t)
				return r.starts(t, who, id)
			}},
			{"starting what was submitted", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.submitted(t)
				return r.starts(t, who, id)
			}},
			{"answering what was cancelled", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				must(r.sitting.Cancel(t.Context(), r.owner, sitting.CancelSessionInput{ID: id, Reason: "x"}))(t)
				return r.saves(t, who, save(id, 0, "k", "t"))
			}},
			{"answering while the clock stands", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.paused(t)
				return r.saves(t, who, save(id, 0, "k", "t"))
			}},
			{"going to another section while the clock stands", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.paused(t)
				return r.enters(t, who, id, 2)
			}},
			{"a break without accommodation", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				return func() error {
					return lastErr(r.sitting.TakeBreak(t.Context(), who, sitting.TakeBreakInput{SittingID: id}))
				}
			}},
			{"ending somebody else's pause", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.paused(t)
				return func() error {
					return lastErr(r.sitting.EndBreak(t.Context(), who, sitting.EndBreakInput{SittingID: id}))
				}
			}},
			{"granting less than no time", fault.Invalid, []string{"time"}, grants(-time.Minute)},
			{"granting a year", fault.Invalid, []string{"time"}, grants(365 * 24 * time.Hour)},
			{"pausing for a year", fault.Invalid, []string{"until"}, func(t *testing.T, r *rig) func() error {
				id, _ := r.started(t)
				in := sitting.PauseSessionInput{ID: id, Reason: term.ReasonTechnical, Until: new(r.clock.look().AddDate(1, 0, 0))}
				return func() error { return lastErr(r.sitting.Pause(t.Context(), r.owner, in)) }
			}},
			{"reopening what is scored", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, _ := r.submitted(t)
				r.exec(t, "UPDATE sessions SET state = 'SCORED' WHERE id = '"+id.UUID()+"'")
				return func() error {
					return lastErr(r.sitting.Reopen(t.Context(), r.owner, sitting.ReopenSessionInput{ID: id, Time: time.Minute, Reason: "x"}))
				}
			}},
		})
	})
}

func grants(d time.Duration) func(t *testing.T, r *rig) func() error {
	return func(t *testing.T, r *rig) func() error {
		id, _ := r.started(t)
		return func() error {
			return lastErr(r.sitting.GrantTime(t.Context(), r.owner, sitting.GrantTimeInput{ID: id, Time: d, Reason: term.ReasonTechnical}))
		}
	}
}

func TestAbuseOfTheOrder(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.abused(t, []abuse{
			{"answering a question that is not there", fault.Invalid, []string{"question"}, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				return r.saves(t, who, says(id, "9.9"))
			}},
			{"answering a question that was not drawn", fault.Invalid, []string{"question"}, func(t *testing.T, r *rig) func() error {
				r.pooled(t)
				id, who := r.started(t)
				asked := drawnIn(r.walked(t, id, who))
				pool := []string{"2.2", "2.3", "2.4"}
				return r.saves(t, who, says(id, pool[slices.IndexFunc(pool, func(ref string) bool { return !slices.Contains(asked, ref) })]))
			}},
			{"answering ahead in a section that only goes forward", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.forward(t)
				return r.saves(t, who, says(id, "1.2"))
			}},
			{"answering back in a section that only goes forward", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.forward(t)
				done(t, r.asks(t, who, id, "1.2"))
				return r.saves(t, who, says(id, "1.1"))
			}},
			{"answering another section out of one that only goes forward", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.forward(t)
				return r.saves(t, who, says(id, "2.1"))
			}},
			{"skipping a question", fault.Conflict, []string{"question"}, func(t *testing.T, r *rig) func() error {
				id, who := r.forward(t)
				return r.asks(t, who, id, "1.3")
			}},
			{"going back to a question", fault.Conflict, []string{"question"}, func(t *testing.T, r *rig) func() error {
				id, who := r.forward(t)
				done(t, r.asks(t, who, id, "1.2"))
				return r.asks(t, who, id, "1.1")
			}},
			{"going to a question of another section", fault.Conflict, []string{"question"}, func(t *testing.T, r *rig) func() error {
				id, who := r.forward(t)
				return r.asks(t, who, id, "2.1")
			}},
			{"entering a section again that only goes forward", fault.Conflict, []string{"section"}, func(t *testing.T, r *rig) func() error {
				id, who := r.forward(t)
				done(t, r.enters(t, who, id, 2))
				return r.enters(t, who, id, 1)
			}},
			{"answering in a section again that only goes forward", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.forward(t)
				done(t, r.enters(t, who, id, 2))
				return r.saves(t, who, says(id, "1.1"))
			}},
			{"entering a section that was handed in", fault.Conflict, []string{"section"}, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				done(t, r.handsIn(t, who, id, 1))
				return r.enters(t, who, id, 1)
			}},
			{"answering in a section that was handed in", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				done(t, r.handsIn(t, who, id, 1))
				return r.saves(t, who, says(id, "1.4"))
			}},
			{"handing in a section twice", fault.Conflict, []string{"section"}, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				done(t, r.handsIn(t, who, id, 1))
				return r.handsIn(t, who, id, 1)
			}},
			{"entering a section that ran out", fault.DeadlinePassed, []string{"section"}, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				r.clock.pass(10*time.Minute + tenant.EndsAfter + time.Second)
				return r.enters(t, who, id, 1)
			}},
			{"answering in a section that ran out", fault.DeadlinePassed, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				r.clock.pass(10*time.Minute + tenant.EndsAfter + time.Second)
				return r.saves(t, who, says(id, "1.4"))
			}},
			{"entering a section that is not there", fault.Invalid, []string{"section"}, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				return r.enters(t, who, id, 3)
			}},
			{"saving from a device that was taken over", fault.Conflict, []string{"device"}, func(t *testing.T, r *rig) func() error {
				in, who := r.takenOver(t)
				return r.saves(t, who, in)
			}},
			{"going on from a device that was taken over", fault.Conflict, []string{"device"}, func(t *testing.T, r *rig) func() error {
				in, who := r.takenOver(t)
				return func() error {
					return lastErr(r.sitting.EnterSection(t.Context(), who, sitting.EnterSectionInput{SittingID: in.SittingID, Section: 2, Device: in.Device}))
				}
			}},
		})
	})
}

// takenOver is a sitting that went from the laptop to the phone, and what the laptop saves afterwards.
func (r *rig) takenOver(t testing.TB) (sitting.SaveResponseInput, policy.Actor) {
	t.Helper()
	id, who := r.accepted(t)
	for _, device := range []string{"laptop", "phone"} {
		must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id, Device: &device}))(t)
	}
	in := save(id, 0, "k", "t")
	in.Device = new("laptop")
	return in, who
}

func TestAbuseOfAnswers(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		answering := func(change func(*sitting.SaveResponseInput)) func(t *testing.T, r *rig) func() error {
			return func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				done(t, r.saves(t, who, save(id, 0, "first", "the first")))
				in := save(id, 1, "k", "t")
				change(&in)
				return r.saves(t, who, in)
			}
		}
		to := func(question string, a content.Answer) func(*sitting.SaveResponseInput) {
			return func(in *sitting.SaveResponseInput) { in.Question, in.Revision, in.Answer = question, 0, &a }
		}
		batch := func(n int) func(t *testing.T, r *rig) func() error {
			return func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				in := sitting.SaveResponsesInput{SittingID: id}
				for i := range n {
					in.Responses = append(in.Responses, &sitting.ResponseInput{Question: "2.1", Revision: i, ClientKey: fmt.Sprint(i), Answer: words("t")})
				}
				return func() error { return lastErr(r.sitting.SaveResponses(t.Context(), who, in)) }
			}
		}
		r.abused(t, []abuse{
			{"a client key again with another answer", fault.IdempotencyMismatch, nil, answering(func(in *sitting.SaveResponseInput) { in.ClientKey, in.Revision = "first", 0 })},
			{"a client key again for another question", fault.IdempotencyMismatch, nil, answering(func(in *sitting.SaveResponseInput) {
				*in = says(in.SittingID, "1.4")
				in.ClientKey = "first"
			})},
			{"overwriting what was not seen", fault.Stale, []string{"revision"}, answering(func(in *sitting.SaveResponseInput) { in.Revision = 0 })},
			{"a revision of the future", fault.Stale, []string{"revision"}, answering(func(in *sitting.SaveResponseInput) { in.Revision = 7 })},
			{"a revision below zero", fault.Invalid, []string{"revision"}, answering(func(in *sitting.SaveResponseInput) { in.Revision = -1 })},
			{"a giant text", fault.Invalid, []string{"answer.text"}, answering(func(in *sitting.SaveResponseInput) { in.Answer = words(strings.Repeat("x", 10<<20)) })},
			{"a giant short text", fault.Invalid, []string{"answer.text"}, answering(to("1.4", *words(strings.Repeat("x", 1001))))},
			{"control characters in a client key", fault.Invalid, []string{"clientKey"}, answering(func(in *sitting.SaveResponseInput) { in.ClientKey = "k\x00\x1b[2J" })},
			{"control characters in a device", fault.Invalid, []string{"device"}, answering(func(in *sitting.SaveResponseInput) { in.Device = new("phone\r\nlaptop") })},
			{"a number that is none", fault.Invalid, []string{"answer.number"}, answering(to("1.3", content.Answer{Number: new("NaN")}))},
			{"a number without end", fault.Invalid, []string{"answer.number"}, answering(to("1.3", content.Answer{Number: new("Infinity")}))},
			{"a number of a gigabyte", fault.Invalid, []string{"answer.number"}, answering(to("1.3", content.Answer{Number: new("1e1000000000")}))},
			{"a choice twice", fault.Invalid, []string{"answer.choices"}, answering(to("1.2", content.Answer{Choices: []string{"a", "a"}}))},
			{"a choice of none of them", fault.Invalid, []string{"answer.choices"}, answering(to("1.2", content.Answer{Choices: []string{"correct"}}))},
			{"two choices of one", fault.Invalid, []string{"answer.choices"}, answering(to("1.1", content.Answer{Choices: []string{"a", "b"}}))},
			{"a batch of 51", fault.Invalid, []string{"responses"}, batch(51)},
			{"a batch of none", fault.Invalid, []string{"responses"}, batch(0)},
			{"signals that the template does not record", fault.Invalid, []string{"signals.0.kind"}, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				in := sitting.RecordSignalsInput{SittingID: id, Signals: []*sitting.SignalInput{r.signal("s", term.SecondDevice)}}
				return func() error { return lastErr(r.sitting.RecordSignals(t.Context(), who, in)) }
			}},
			{"contesting twice", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.submitted(t)
				contest := func() error {
					return lastErr(r.sitting.Contest(t.Context(), who, sitting.ContestSittingInput{SittingID: id, Subject: term.ContestIntegrity, Statement: "no"}))
				}
				done(t, contest)
				return contest
			}},
			{"erasing under a legal hold", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.submitted(t)
				must(r.sitting.HoldCandidate(t.Context(), r.owner, sitting.HoldCandidateInput{ID: r.candidateOf(t, id), Reason: "a charge"}))(t)
				return func() error {
					return lastErr(r.sitting.EraseMe(t.Context(), who, sitting.EraseMyDataInput{SittingID: id}))
				}
			}},
		})
		t.Run("a batch with one client key twice", func(t *testing.T) {
			id, who := r.started(t)
			in := sitting.SaveResponsesInput{SittingID: id, Responses: []*sitting.ResponseInput{
				{Question: "2.1", ClientKey: "k", Answer: words("one")}, {Question: "2.1", Revision: 1, ClientKey: "k", Answer: words("two")},
			}}
			got := must(r.sitting.SaveResponses(t.Context(), who, in))(t)
			stored := must(r.sitting.Responses(t.Context(), who, id))(t)
			if got[0].Fault != nil || !fault.Is(got[1].Fault, fault.IdempotencyMismatch) || len(stored) != 1 || *stored[0].Answer.Text != "one" {
				t.Errorf("got %v and %v, stored %v", got[0].Fault, got[1].Fault, stored)
			}
		})
		t.Run("a client's clock that lies moves nothing", func(t *testing.T) {
			id, who := r.started(t)
			before := r.read(t, who, id)
			lie := r.signal("s", term.Pasted)
			lie.At = r.clock.look().AddDate(-10, 0, 0)
			must(r.sitting.RecordSignals(t.Context(), who, sitting.RecordSignalsInput{SittingID: id, Signals: []*sitting.SignalInput{lie}}))(t)
			if after := r.read(t, who, id); !after.Deadline.Equal(*before.Deadline) || after.Remaining != before.Remaining {
				t.Errorf("until %s, %s left", after.Deadline, after.Remaining)
			}
		})
		t.Run("a forged receipt", func(t *testing.T) {
			id, who := r.submitted(t)
			_, someone := r.submitted(t)
			theirs := r.read(t, who, id).Receipt.Hash
			forged := strings.Repeat("0", len(theirs))
			err := r.unchanged(t, "asking", func() error {
				if must(r.sitting.VerifyOwnReceipt(t.Context(), who, id, forged))(t) || must(r.sitting.VerifyReceipt(t.Context(), r.owner, id, forged))(t) {
					t.Error("it is taken for true")
				}
				return lastErr(r.sitting.VerifyOwnReceipt(t.Context(), someone, id, theirs))
			})
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("somebody else's: %v", err)
			}
		})
	})
}

func TestAbuseOfOthers(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		others := func(try func(t testing.TB, id gid.ID, someone policy.Actor) func() error) func(t *testing.T, r *rig) func() error {
			return func(t *testing.T, r *rig) func() error {
				id, _ := r.started(t)
				_, someone := r.started(t)
				return try(t, id, someone)
			}
		}
		staff := func(who policy.Actor, try func(t testing.TB, id gid.ID, who policy.Actor) error) func(t *testing.T, r *rig) func() error {
			return func(t *testing.T, r *rig) func() error {
				id, _ := r.started(t)
				return func() error { return try(t, id, who) }
			}
		}
		cancel := func(t testing.TB, id gid.ID, who policy.Actor) error {
			return lastErr(r.sitting.Cancel(t.Context(), who, sitting.CancelSessionInput{ID: id, Reason: "x"}))
		}
		grant := func(t testing.TB, id gid.ID, who policy.Actor) error {
			return lastErr(r.sitting.GrantTime(t.Context(), who, sitting.GrantTimeInput{ID: id, Time: time.Hour, Reason: term.ReasonTechnical}))
		}
		key := r.as(policy.Integration)
		r.abused(t, []abuse{
			{"reading another's sitting", fault.NotFound, nil, others(func(t testing.TB, id gid.ID, someone policy.Actor) func() error {
				return func() error { return lastErr(r.sitting.Sitting(t.Context(), someone, id)) }
			})},
			{"answering in another's sitting", fault.NotFound, nil, others(func(t testing.TB, id gid.ID, someone policy.Actor) func() error {
				return r.saves(t, someone, save(id, 0, "k", "t"))
			})},
			{"submitting another's sitting", fault.NotFound, nil, others(func(t testing.TB, id gid.ID, someone policy.Actor) func() error {
				return r.submits(t, someone, id)
			})},
			{"taking another's sitting over", fault.NotFound, nil, others(func(t testing.TB, id gid.ID, someone policy.Actor) func() error {
				return func() error {
					return lastErr(r.sitting.Start(t.Context(), someone, sitting.StartSittingInput{ID: id, Device: new("theirs")}))
				}
			})},
			{"erasing another's data", fault.NotFound, nil, others(func(t testing.TB, id gid.ID, someone policy.Actor) func() error {
				return func() error {
					return lastErr(r.sitting.EraseMe(t.Context(), someone, sitting.EraseMyDataInput{SittingID: id}))
				}
			})},
			{"granting oneself time", fault.Denied, nil, func(t *testing.T, r *rig) func() error {
				id, who := r.started(t)
				return func() error { return grant(t, id, who) }
			}},
			{"cancelling in another organization", fault.NotFound, nil, staff(r.stranger, cancel)},
			{"granting time in another organization", fault.NotFound, nil, staff(r.stranger, grant)},
			{"verifying a receipt of another organization", fault.NotFound, nil, staff(r.stranger, func(t testing.TB, id gid.ID, who policy.Actor) error {
				return lastErr(r.sitting.VerifyReceipt(t.Context(), who, id, strings.Repeat("0", 64)))
			})},
			{"inviting to another organization's template", fault.NotFound, nil, staff(r.stranger, func(t testing.TB, _ gid.ID, who policy.Actor) error {
				return lastErr(r.sitting.Invite(t.Context(), who, r.invitation("x@example.com")))
			})},
			{"an API key that answers", fault.Denied, nil, staff(key, func(t testing.TB, id gid.ID, who policy.Actor) error {
				return r.saves(t, who, save(id, 0, "k", "t"))()
			})},
			{"an API key without the grant", fault.Denied, nil, staff(key, cancel)},
			{"an API key that was revoked", fault.Unauthenticated, nil, func(t *testing.T, r *rig) func() error {
				keys := account.New(r.store, rand.Reader)
				issued := must(keys.CreateAPIKey(t.Context(), r.owner, account.CreateAPIKeyInput{Name: "ATS", Permissions: []policy.Action{policy.SessionInvite}}))(t)
				use := func() error {
					return lastErr(r.store.Directory().KeyActor(t.Context(), sha256.Sum256([]byte(*issued.Secret))))
				}
				done(t, use)
				must(keys.RevokeAPIKey(t.Context(), r.owner, account.RevokeAPIKeyInput{ID: issued.Key.ID}))(t)
				return use
			}},
		})
	})
}

func TestAbuseOfRecordings(t *testing.T) {
	eachRecording(t, func(t *testing.T, r *recordings) {
		id, who := r.started(t)
		other, someone := r.started(t)
		file := r.recorded(t, id, who, webm(500))
		_, secret := r.begin(t, id, who, 1000)
		for _, a := range []struct {
			name   string
			code   fault.Code
			fields []string
			try    func() error
		}{
			{"answering with another's recording", fault.Invalid, []string{"answer.upload"}, r.saves(t, someone, spoken(other, "1.1", 0, "k", file.ID))},
			{"answering with one's recording for another question", fault.Invalid, []string{"answer.upload"}, r.saves(t, who, spoken(id, "1.2", 0, "k", file.ID))},
			{"hearing another's recording", fault.NotFound, nil, func() error {
				return lastErr(r.sitting.CreateOwnPlaybackLink(t.Context(), someone, sitting.CreateOwnPlaybackLinkInput{SittingID: other, UploadID: file.ID}))
			}},
			{"sending a part of another's recording", fault.NotFound, nil, func() error {
				return lastErr(r.send(someone, secret, 0, bytes.NewReader(webm(1000))))
			}},
			{"sending more than was announced", fault.Invalid, []string{"body"}, func() error {
				return lastErr(r.send(who, secret, 0, bytes.NewReader(webm(1001))))
			}},
		} {
			t.Run(a.name, func(t *testing.T) { r.refused(t, a.name, a.code, a.try, a.fields...) })
		}
	})
}

func TestAbuseOfLinks(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.byLink(t, true)
		enters := func(token string) func() error {
			return func() error { return lastErr(r.sitting.Enter(t.Context(), policy.Actor{}, token)) }
		}
		r.abused(t, []abuse{
			{"guessing a link", fault.NotFound, nil, func(t *testing.T, r *rig) func() error {
				r.invited(t)
				return enters(guess())
			}},
			{"guessing a link, signed in", fault.NotFound, nil, func(t *testing.T, r *rig) func() error {
				_, _, who := r.invited(t)
				return r.accepts(t, who, guess())
			}},
			{"guessing a link to come back by", fault.NotFound, nil, func(t *testing.T, r *rig) func() error {
				return func() error { return lastErr(r.sitting.ComeBack(t.Context(), policy.Actor{}, guess())) }
			}},
			{"an invitation's link to come back by", fault.NotFound, nil, func(t *testing.T, r *rig) func() error {
				_, token, _ := r.invited(t)
				return func() error { return lastErr(r.sitting.ComeBack(t.Context(), policy.Actor{}, token)) }
			}},
			{"an old link after a new one was sent", fault.NotFound, nil, func(t *testing.T, r *rig) func() error {
				row, token, _ := r.invited(t)
				must(r.sitting.Resend(t.Context(), r.owner, sitting.ResendInvitationInput{ID: row.ID}))(t)
				return enters(token)
			}},
			{"a link that was used", fault.LinkUsed, nil, func(t *testing.T, r *rig) func() error {
				_, token, _ := r.invited(t)
				done(t, enters(token))
				return enters(token)
			}},
			{"a link after the expiry", fault.Expired, nil, func(t *testing.T, r *rig) func() error {
				_, token, _ := r.invited(t)
				r.clock.pass(sitting.DefaultValidity)
				return enters(token)
			}},
			{"declining by a link that was used", fault.LinkUsed, nil, func(t *testing.T, r *rig) func() error {
				_, token, _ := r.invited(t)
				done(t, enters(token))
				return func() error {
					return lastErr(r.sitting.Decline(t.Context(), policy.Actor{}, sitting.DeclineInvitationInput{Token: &token, Reason: "x"}))
				}
			}},
			{"another's link, signed in", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				_, token, _ := r.invited(t)
				_, _, someone := r.invited(t)
				return r.accepts(t, someone, token)
			}},
			{"one's link with an address that nobody verified", fault.Conflict, nil, func(t *testing.T, r *rig) func() error {
				_, token, who := r.invited(t)
				who.Identity.EmailVerified = false
				return r.accepts(t, who, token)
			}},
			{"an API key that takes a link", fault.Denied, nil, func(t *testing.T, r *rig) func() error {
				_, token, _ := r.invited(t)
				return r.accepts(t, r.as(policy.Integration), token)
			}},
		})
		t.Run("a link used twice by a hundred browsers at once", func(t *testing.T) {
			_, token, _ := r.invited(t)
			if won := r.hundred(t, enters(token)); won != 1 {
				t.Errorf("%d got in", won)
			}
		})
		t.Run("a link used twice by a hundred sign-ins at once", func(t *testing.T) {
			_, token, who := r.invited(t)
			won := r.hundred(t, func() error { return r.accepts(t, person(guess(), who.Identity.Email), token)() })
			if won != 1 {
				t.Errorf("%d got in", won)
			}
		})
		t.Run("a mail scanner opening the link", func(t *testing.T) {
			_, token, _ := r.invited(t)
			err := r.unchanged(t, "looking", func() error {
				for range 5 {
					if !must(r.sitting.LookAtLink(t.Context(), policy.Actor{}, token))(t).Suffices {
						t.Error("the link does not suffice")
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			done(t, enters(token))
		})
	})
}

// guess is the secret of a link that was never made.
func guess() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}
