package sitting

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/assay-hq/assay/internal/clock"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Section is a part of a sitting as its candidate sees it: what it asks shows once it was entered, and in a forward-only
// section up to the question that is asked.
type Section struct {
	*paper.Section
	Number          int // counted from 1
	State           SectionState
	QuestionCount   int
	Remaining       time.Duration
	CurrentQuestion *string // in a forward-only section, while it is the current one
}

// SectionState is where a section of a sitting stands.
type SectionState string

// The states of a section.
const (
	SectionOpen     SectionState = "OPEN"
	SectionCurrent  SectionState = "CURRENT"
	SectionHandedIn SectionState = "HANDED_IN"
	SectionRanOut   SectionState = "RAN_OUT"
)

// Values lists every state.
func (SectionState) Values() []string {
	return []string{string(SectionOpen), string(SectionCurrent), string(SectionHandedIn), string(SectionRanOut)}
}

// Sections are the sections of the sitting, in a language where a question is translated.
func (s *Sitting) Sections(language *string) []*Section {
	asked := s.course.asked
	if language != nil {
		asked = asked.In(*language)
	}
	list := make([]*Section, len(asked.Sections))
	for i, p := range asked.Sections {
		list[i] = s.section(i, p)
	}
	return list
}

func (s *Sitting) section(i int, p *paper.Section) *Section {
	k := s.course.clock
	part := k.Parts[i]
	own := &Section{Number: i + 1, State: stateOf(k, i), QuestionCount: len(p.Questions), Remaining: part.Left()}
	seen := *p
	seen.Order, seen.Navigation = cmp.Or(p.Order, term.Fixed), cmp.Or(p.Navigation, term.Free)
	own.Section = &seen
	switch {
	case !part.Entered:
		seen.Questions = []*paper.Question{}
	case part.Asked > 0:
		seen.Questions = p.Questions[:min(part.Asked, len(p.Questions))]
	}
	if own.State == SectionCurrent && part.Asked > 0 {
		own.CurrentQuestion = &p.Questions[part.Asked-1].Ref
	}
	return own
}

func stateOf(k *clock.Clock, i int) SectionState {
	part := k.Parts[i]
	switch {
	case part.Ending == clock.RanOut:
		return SectionRanOut
	case part.Ending == clock.HandedIn, k.Phase == clock.Over: // whoever submits hands in what is open
		return SectionHandedIn
	case k.Section == i+1:
		return SectionCurrent
	default:
		return SectionOpen
	}
}

// EnterSectionInput names the section to go to, counted from 1.
type EnterSectionInput struct {
	SittingID      gid.ID
	Section        int
	Device         *string
	IdempotencyKey *string
}

// EnterSection goes to another open section, whose time runs from now on while the one that was left keeps what it has. A
// forward-only section is closed by leaving it. Entering where one is changes nothing.
func (s *Service) EnterSection(ctx context.Context, actor policy.Actor, in EnterSectionInput) (*Sitting, error) {
	return s.move(ctx, actor, in.SittingID, in.Device, in.IdempotencyKey, in, func(h *held) error { return h.enter(in.Section) })
}

// move does something to a running sitting's clock that its candidate asked for.
func (s *Service) move(
	ctx context.Context, actor policy.Actor, id gid.ID, device, key *string, input any, do func(h *held) error,
) (*Sitting, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, id)
	if err != nil {
		return nil, err
	}
	if err := checkDevice(device); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Sitting, error) {
		h, err := s.hold(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		_, err = tenant.Once(ctx, tx, key, input, func() (gid.ID, error) {
			if err := h.mayMove(device); err != nil {
				return id, err
			}
			if err := do(h); err != nil {
				return id, err
			}
			return id, h.write(ctx)
		})
		if err != nil {
			return nil, err
		}
		return s.view(h.course, tx.Now), nil
	})
}

// mayMove demands a sitting whose clock runs, on the device that has it.
func (h *held) mayMove(device *string) error {
	if err := h.runs(); err != nil {
		return err
	}
	if h.clock.Phase == clock.Paused {
		return conflict("the clock stands; go on with the sitting first")
	}
	if device != nil && h.row.Device != "" && *device != h.row.Device {
		return otherDevice()
	}
	return nil
}

func (h *held) enter(n int) error {
	c := h.clock
	if n < 1 || n > len(c.Parts) {
		return fault.At("this sitting has sections 1 to "+strconv.Itoa(len(c.Parts)), "section")
	}
	if n == c.Section {
		return nil
	}
	switch c.Parts[n-1].Ending {
	case clock.HandedIn:
		return atSection("this section was already handed in")
	case clock.RanOut:
		return &fault.Fault{Code: fault.DeadlinePassed, Message: "the time of this section is over", Field: []string{"section"}}
	}
	if c.Closes() {
		h.tell(clock.Entry{Kind: term.ClockSectionSubmitted, At: h.now, Section: c.Section})
	}
	h.tell(clock.Entry{Kind: term.ClockSectionEntered, At: h.now, Section: n})
	return nil
}

func atSection(message string) error {
	return &fault.Fault{Code: fault.Conflict, Message: message, Field: []string{"section"}}
}

// EnterQuestionInput names the next question of a forward-only section by its place, or, as long as that does not show, by
// its section and its number there: "2#3".
type EnterQuestionInput struct {
	SittingID      gid.ID
	Question       string
	Device         *string
	IdempotencyKey *string
}

// EnterQuestion goes on to the next question of the forward-only section that the candidate is in. There is no way back, and
// none past a question; entering the one that is asked changes nothing.
func (s *Service) EnterQuestion(ctx context.Context, actor policy.Actor, in EnterQuestionInput) (*Sitting, error) {
	return s.move(ctx, actor, in.SittingID, in.Device, in.IdempotencyKey, in, func(h *held) error { return h.ask(in.Question) })
}

func (h *held) ask(ref string) error {
	refuse := func(message string) error {
		return &fault.Fault{Code: fault.Conflict, Message: message, Field: []string{"question"}}
	}
	at, found := h.named(ref)
	switch {
	case !found:
		return fault.At("this sitting has no such question", "question")
	case at.Section != h.clock.Section:
		return refuse("this question is in another section")
	case h.clock.Question == 0:
		return refuse("in this section you move freely")
	case at.Question == h.clock.Question:
		return nil
	case at.Question < h.clock.Question:
		return refuse("this section only goes forward")
	case at.Question > h.clock.Question+1:
		return refuse("no question of this section can be skipped")
	}
	h.tell(clock.Entry{Kind: term.ClockQuestionEntered, At: h.now, Section: at.Section, Question: at.Question})
	return nil
}

// named finds a question by its place, or by its section and its number as it is shown.
func (h *held) named(question string) (clock.Place, bool) {
	section, number, numbered := strings.Cut(question, "#")
	if !numbered {
		return h.placeOf(question)
	}
	i, err := strconv.Atoi(section)
	j, wrong := strconv.Atoi(number)
	if err != nil || wrong != nil || i < 1 || i > len(h.asked.Sections) || j < 1 || j > len(h.asked.Sections[i-1].Questions) {
		return clock.Place{}, false
	}
	return clock.Place{Section: i, Question: j}, true
}

// SubmitSectionInput names the section to hand in, counted from 1.
type SubmitSectionInput struct {
	SittingID      gid.ID
	Section        int
	Device         *string
	IdempotencyKey *string
}

// SubmitSection hands in the section that the candidate is in, for good, and goes to the next open one; what it had left of
// its time is lost. With the last one the sitting is submitted.
func (s *Service) SubmitSection(ctx context.Context, actor policy.Actor, in SubmitSectionInput) (*Sitting, error) {
	return s.move(ctx, actor, in.SittingID, in.Device, in.IdempotencyKey, in, func(h *held) error { return h.submitSection(in.Section) })
}

func (h *held) submitSection(n int) error {
	if n != h.clock.Section {
		return atSection(fmt.Sprintf("you are in section %d; only that one can be handed in", h.clock.Section))
	}
	now, next := h.now, h.clock.Next(n)
	if due := h.clock.Due(); now.After(due) { // in the moments that wait for what was sent in time
		now = due
	}
	h.tell(clock.Entry{Kind: term.ClockSectionSubmitted, At: now, Section: n})
	if next > 0 {
		h.tell(clock.Entry{Kind: term.ClockSectionEntered, At: now, Section: next})
		return nil
	}
	h.tell(clock.Entry{Kind: term.ClockSubmitted, At: now})
	return nil
}
