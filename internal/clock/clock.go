// Package clock derives what time a sitting has left from its append-only ledger.
//
// A plan says how long each section may take; entries say what happened. Replaying the entries over the plan gives the one
// state that the server, the candidate's page and every test agree on. The package is pure: it reads no clock and no
// database, and never decides who may do what.
//
// The rules, of which everything else follows:
//
//   - Time runs in exactly one section at a time, the one the candidate is in; the others keep what they have left.
//   - A section that was handed in or whose time ran out is closed for good. What it had left is lost.
//   - When a section's time runs out the candidate is in the next open one, from that very moment, whether anybody looks or
//     not. When none is left the sitting is over.
//   - In a forward-only section there is one question at a time. Leaving such a section closes it.
//   - A pause stops everything. Given time goes to the section it names.
package clock

import (
	"fmt"
	"slices"
	"time"

	"github.com/assay-hq/assay/internal/term"
)

// Plan is how long a sitting may take, section by section.
type Plan []Section

// Section is one part of a plan.
type Section struct {
	Limit       time.Duration
	ForwardOnly bool
	Questions   []time.Duration // in the order in which they are shown; the limit of each, or 0
}

// Limit is the time of all sections.
func (p Plan) Limit() time.Duration {
	var sum time.Duration
	for _, s := range p {
		sum += s.Limit
	}
	return sum
}

// Entry is one line of the ledger.
type Entry struct {
	Kind     term.ClockKind
	At       time.Time
	Section  int // counted from 1
	Question int // of the section, as it is shown, counted from 1
	Seconds  int // that were given
	Reason   term.ClockReason
}

// Phase is what the clock does.
type Phase int

// The phases of a clock.
const (
	Waiting Phase = iota // not started
	Running
	Paused
	Over
)

// Ending is how a section was closed.
type Ending int

// The ways in which a section ends.
const (
	Open Ending = iota
	HandedIn
	RanOut
)

// Part is a section as it stands.
type Part struct {
	Limit   time.Duration // with everything that was given
	Used    time.Duration
	Entered bool
	Asked   int // in a forward-only section, the question that was asked last
	Ending  Ending
	EndedAt time.Time
}

// Left is the time that a part still has; a closed one has none.
func (p Part) Left() time.Duration {
	if p.Ending != Open {
		return 0
	}
	return max(0, p.Limit-p.Used)
}

// Clock is a sitting's time as it stands at a moment.
type Clock struct {
	Phase    Phase
	Section  int // where the candidate is, counted from 1; 0 before the start and after the end
	Question int // in a forward-only section, counted from 1; 0 elsewhere
	Parts    []Part
	Reason   term.ClockReason // of the pause
	PausedAt time.Time
	EndedAt  time.Time

	plan         Plan
	at           time.Time       // up to which time was counted
	stretched    []time.Duration // of each part, what accommodation added
	questionUsed time.Duration
	questionMore time.Duration // what was given while the question was asked
	passed       passed
}

// passed is the question whose time ran out last: what was sent in time may still arrive.
type passed struct {
	section, question int
	at                time.Time
}

// New is the clock of a sitting that was not started.
func New(plan Plan) *Clock {
	c := &Clock{plan: plan, Parts: make([]Part, len(plan)), stretched: make([]time.Duration, len(plan))}
	for i, s := range plan {
		c.Parts[i].Limit = s.Limit
	}
	return c
}

// Replay is the clock after all entries of a ledger, in their order. An entry that names a section that the plan does not
// have is an error.
func Replay(plan Plan, ledger []Entry) (*Clock, error) {
	c := New(plan)
	for _, e := range ledger {
		if e.Section < 0 || e.Section > len(plan) {
			return nil, fmt.Errorf("clock ledger: section %d of %d", e.Section, len(plan))
		}
		c.Apply(e)
	}
	return c, nil
}

// Apply counts the time until an entry and does what it says.
func (c *Clock) Apply(e Entry) {
	c.count(e.At)
	switch e.Kind {
	case term.ClockStarted:
		c.Phase, c.at = Running, e.At
		c.enter(1)
	case term.ClockSectionEntered:
		c.enter(e.Section)
	case term.ClockQuestionEntered:
		c.ask(e.Question, e.At)
	case term.ClockSectionSubmitted:
		c.close(e.Section, HandedIn, e.At)
	case term.ClockSectionRanOut:
		c.close(e.Section, RanOut, e.At)
	case term.ClockPaused:
		c.Phase, c.PausedAt, c.Reason = Paused, e.At, e.Reason
	case term.ClockResumed:
		c.Phase, c.Reason = Running, term.ReasonNone
	case term.ClockGranted, term.ClockCredited:
		c.give(e)
	case term.ClockReopened:
		c.reopen(e)
	case term.ClockSubmitted, term.ClockRanOut:
		c.Phase, c.EndedAt = Over, e.At
	}
}

// count adds the time since the last look to where the candidate is.
func (c *Clock) count(to time.Time) {
	if c.Phase == Running && c.Section > 0 && to.After(c.at) {
		c.Parts[c.Section-1].Used += to.Sub(c.at)
		c.questionUsed += to.Sub(c.at)
	}
	if to.After(c.at) {
		c.at = to
	}
}

func (c *Clock) enter(section int) {
	c.Section, c.Question = section, 0
	c.Parts[section-1].Entered = true
	if c.plan[section-1].ForwardOnly {
		c.Question, c.questionUsed, c.questionMore = 1, 0, 0
	}
	c.Parts[section-1].Asked = c.Question
}

func (c *Clock) ask(question int, at time.Time) {
	if limit := c.questionLimit(); limit > 0 && c.questionUsed >= limit {
		c.passed = passed{c.Section, c.Question, at}
	}
	c.Question, c.questionUsed, c.questionMore = question, 0, 0
	c.Parts[c.Section-1].Asked = question
}

func (c *Clock) close(section int, how Ending, at time.Time) {
	p := &c.Parts[section-1]
	p.Ending, p.EndedAt = how, at
}

// give adds time to a part. What accommodation adds also stretches the limits of the part's questions, in proportion; any
// other gift goes to the question that is asked.
func (c *Clock) give(e Entry) {
	d := time.Duration(e.Seconds) * time.Second
	c.Parts[e.Section-1].Limit += d
	switch {
	case e.Reason == term.ReasonAccommodation:
		c.stretched[e.Section-1] += d
	case e.Section == c.Section:
		c.questionMore += d
	}
}

// reopen goes on in a section with time of its own.
func (c *Clock) reopen(e Entry) {
	c.Phase, c.EndedAt, c.at = Running, time.Time{}, e.At
	p := &c.Parts[e.Section-1]
	p.Limit = max(p.Limit, p.Used) + time.Duration(e.Seconds)*time.Second
	p.Ending, p.EndedAt = Open, time.Time{}
	asked := p.Asked
	c.enter(e.Section)
	if c.Question > 0 && asked > 0 {
		c.Question, p.Asked = asked, asked
	}
}

// questionLimit is how long the question that is asked may take; 0 if only its section's time counts.
func (c *Clock) questionLimit() time.Duration {
	if c.Section == 0 || c.Question == 0 || c.Question > len(c.plan[c.Section-1].Questions) {
		return 0
	}
	s := c.plan[c.Section-1]
	limit := s.Questions[c.Question-1]
	if limit == 0 {
		return 0
	}
	if s.Limit > 0 {
		limit += time.Duration(float64(limit) * (float64(c.stretched[c.Section-1]) / float64(s.Limit)))
	}
	return limit.Truncate(time.Microsecond) + c.questionMore
}

// SectionDue is when the time of the section ends that the candidate is in; zero if no time runs.
func (c *Clock) SectionDue() time.Time {
	if c.Phase != Running || c.Section == 0 {
		return time.Time{}
	}
	return c.at.Add(c.Parts[c.Section-1].Left())
}

// QuestionDue is when the time of the question ends that is asked; zero if it has none of its own.
func (c *Clock) QuestionDue() time.Time {
	limit := c.questionLimit()
	if c.Phase != Running || limit == 0 {
		return time.Time{}
	}
	return c.at.Add(max(0, limit-c.questionUsed))
}

// Due is when the sitting is over if the candidate does nothing; zero if no time runs.
func (c *Clock) Due() time.Time {
	if c.Phase != Running {
		return time.Time{}
	}
	then := *c
	then.Parts = slices.Clone(c.Parts)
	then.Advance(c.at.Add(c.Left()), 0)
	return then.EndedAt
}

// Left is the time of all sections that are still open. In a forward-only section whose questions have limits of their
// own it is the most that can be left.
func (c *Clock) Left() time.Duration {
	var sum time.Duration
	for _, p := range c.Parts {
		sum += p.Left()
	}
	return sum
}

// Used is the time that was spent in all sections.
func (c *Clock) Used() time.Duration {
	var sum time.Duration
	for _, p := range c.Parts {
		sum += p.Used
	}
	return sum
}

// Allowed is the time of all sections with everything that was given.
func (c *Clock) Allowed() time.Duration {
	var sum time.Duration
	for _, p := range c.Parts {
		sum += p.Limit
	}
	return sum
}

// Stretched is what accommodation has added to a section so far.
func (c *Clock) Stretched(section int) time.Duration { return c.stretched[section-1] }

// Next is the open section that follows on another, the first one after the last; 0 if none is open.
func (c *Clock) Next(after int) int {
	for i := range c.Parts {
		if n := (after+i)%len(c.Parts) + 1; c.Parts[n-1].Ending == Open && n != after {
			return n
		}
	}
	return 0
}

// Closes reports whether the candidate's section is closed for good when it is left.
func (c *Clock) Closes() bool { return c.Section > 0 && c.plan[c.Section-1].ForwardOnly }

// Advance counts the time until a moment and does what time itself brings about: the entries that say so, each at the
// moment it happened, have been applied. The sitting itself ends only when its time has been over for longer than linger,
// in which what was sent before may still arrive; until then the clock stands at its end. The last entry is RAN_OUT if it
// is over.
func (c *Clock) Advance(to time.Time, linger time.Duration) []Entry {
	var done []Entry
	happen := func(e Entry) {
		c.Apply(e)
		done = append(done, e)
	}
	for c.Phase == Running && c.Section > 0 {
		at, step := c.step()
		if linger > 0 && c.last() && !at.After(to) && !at.Add(linger).Before(to) {
			to = at
			break
		}
		if at.After(to) {
			break
		}
		step(happen, at)
	}
	if c.Phase == Running {
		c.count(to)
	}
	return done
}

// step is what time brings about next, and when.
func (c *Clock) step() (time.Time, func(func(Entry), time.Time)) {
	section, question := c.SectionDue(), c.QuestionDue()
	if !question.IsZero() && question.Before(section) {
		return question, c.questionOver
	}
	return section, c.sectionOver
}

// last reports whether the next step is the sitting's end.
func (c *Clock) last() bool {
	if c.Next(c.Section) > 0 {
		return false
	}
	section, question := c.SectionDue(), c.QuestionDue()
	return question.IsZero() || !question.Before(section) || c.Question >= len(c.plan[c.Section-1].Questions)
}

// sectionOver closes the section and enters the next open one, or ends the sitting.
func (c *Clock) sectionOver(happen func(Entry), at time.Time) {
	section := c.Section
	happen(Entry{Kind: term.ClockSectionRanOut, At: at, Section: section})
	if next := c.Next(section); next > 0 {
		happen(Entry{Kind: term.ClockSectionEntered, At: at, Section: next})
		return
	}
	happen(Entry{Kind: term.ClockRanOut, At: at})
}

// questionOver goes on to the next question of the section; after the last one the section is over.
func (c *Clock) questionOver(happen func(Entry), at time.Time) {
	if c.Question >= len(c.plan[c.Section-1].Questions) {
		c.sectionOver(happen, at)
		return
	}
	happen(Entry{Kind: term.ClockQuestionEntered, At: at, Section: c.Section, Question: c.Question + 1})
}

// Place is where a question is asked.
type Place struct {
	Section  int // counted from 1
	Question int // as it is shown, counted from 1
}

// Takes says whether an answer to a question that was sent at a moment, perhaps a little before this one, counts.
func (c *Clock) Takes(at Place, sent time.Time) Verdict {
	p := c.Parts[at.Section-1]
	asked := Place{c.Section, c.Question}
	switch {
	case c.Phase == Waiting:
		return NotStarted
	case c.Phase == Paused:
		return Standing
	case p.Ending == RanOut && !sent.After(p.EndedAt) && (p.Asked == 0 || p.Asked == at.Question):
		return Yes
	case p.Ending == RanOut:
		return SectionOver
	case p.Ending == HandedIn:
		return SectionHandedIn
	case c.Phase == Over:
		return Finished
	case c.Section != at.Section:
		return Elsewhere
	case asked.Question == 0 || asked.Question == at.Question:
		return Yes
	case c.passed.section == at.Section && c.passed.question == at.Question && !sent.After(c.passed.at):
		return Yes
	case at.Question < asked.Question:
		return Passed
	default:
		return Ahead
	}
}

// Verdict says whether an answer counts, or why not.
type Verdict int

// The verdicts on an answer.
const (
	Yes             Verdict = iota
	NotStarted              // the sitting was not begun
	Standing                // the clock stands
	Elsewhere               // the candidate is in another section
	SectionOver             // the time of the section ran out
	SectionHandedIn         // the section was handed in
	Passed                  // a forward-only section has gone on to a later question
	Ahead                   // a forward-only section has not come to the question
	Finished                // the sitting has ended
)
