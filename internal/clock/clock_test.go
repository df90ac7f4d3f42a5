package clock_test

import (
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/internal/clock"
	"github.com/assay-hq/assay/internal/term"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func at(minutes float64) time.Time {
	return start.Add(time.Duration(minutes * float64(time.Minute)))
}

func free(minutes int) clock.Section {
	return clock.Section{Limit: time.Duration(minutes) * time.Minute}
}

func forward(minutes int, questions ...time.Duration) clock.Section {
	return clock.Section{Limit: time.Duration(minutes) * time.Minute, ForwardOnly: true, Questions: questions}
}

func entered(section int, minutes float64) clock.Entry {
	return clock.Entry{Kind: term.ClockSectionEntered, At: at(minutes), Section: section}
}

func replay(t *testing.T, plan clock.Plan, ledger ...clock.Entry) *clock.Clock {
	t.Helper()
	c, err := clock.Replay(plan, append([]clock.Entry{{Kind: term.ClockStarted, At: start}}, ledger...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTimeRunsInOneSection(t *testing.T) {
	c := replay(t, clock.Plan{free(10), free(5)}, entered(2, 4), entered(1, 6))
	if done := c.Advance(at(7), 0); len(done) != 0 {
		t.Fatalf("got %v", done)
	}
	if c.Parts[0].Left() != 5*time.Minute || c.Parts[1].Left() != 3*time.Minute || !c.Due().Equal(at(15)) || !c.SectionDue().Equal(at(12)) {
		t.Errorf("got %+v, due %s, section %s", c.Parts, c.Due(), c.SectionDue())
	}
}

func TestASectionThatRanOutLeadsToTheNextOpenOne(t *testing.T) {
	c := replay(t, clock.Plan{free(10), free(5), free(5)}, entered(3, 2))
	want := []clock.Entry{
		{Kind: term.ClockSectionRanOut, At: at(7), Section: 3}, {Kind: term.ClockSectionEntered, At: at(7), Section: 1},
		{Kind: term.ClockSectionRanOut, At: at(15), Section: 1}, {Kind: term.ClockSectionEntered, At: at(15), Section: 2},
	}
	if diff := gocmp.Diff(want, c.Advance(at(16), 0)); diff != "" {
		t.Error(diff)
	}
	if c.Section != 2 || c.Phase != clock.Running || !c.Due().Equal(at(20)) {
		t.Errorf("got section %d, due %s", c.Section, c.Due())
	}
}

func TestTheEndWaitsForWhatWasSentInTime(t *testing.T) {
	c := replay(t, clock.Plan{free(10)})
	if done := c.Advance(at(10).Add(8*time.Second), 8*time.Second); len(done) != 0 || c.Phase != clock.Running {
		t.Fatalf("ended early: %v", done)
	}
	if !c.Due().Equal(at(10)) || c.Used() != 10*time.Minute {
		t.Errorf("got due %s, used %s", c.Due(), c.Used())
	}
	done := c.Advance(at(10).Add(8*time.Second+time.Microsecond), 8*time.Second)
	if c.Phase != clock.Over || !c.EndedAt.Equal(at(10)) || len(done) != 2 || done[1].Kind != term.ClockRanOut {
		t.Errorf("got %v, ended %s", done, c.EndedAt)
	}
}

func TestWhatIsHandedInLosesItsTime(t *testing.T) {
	c := replay(t, clock.Plan{free(10), free(5)}, clock.Entry{Kind: term.ClockSectionSubmitted, At: at(2), Section: 1}, entered(2, 2))
	if !c.Due().Equal(at(7)) || c.Next(2) != 0 || c.Next(1) != 2 {
		t.Errorf("got due %s", c.Due())
	}
}

func TestAPauseStopsEverything(t *testing.T) {
	c := replay(t, clock.Plan{free(10), free(5)}, clock.Entry{Kind: term.ClockPaused, At: at(4), Reason: term.ReasonTechnical})
	if done := c.Advance(at(400), 0); len(done) != 0 || !c.Due().IsZero() || c.Left() != 11*time.Minute {
		t.Fatalf("got %v, left %s", done, c.Left())
	}
	c.Apply(clock.Entry{Kind: term.ClockResumed, At: at(500)})
	if !c.Due().Equal(at(511)) || !c.SectionDue().Equal(at(506)) {
		t.Errorf("got due %s, section %s", c.Due(), c.SectionDue())
	}
}

func TestGivenTimeGoesToItsSection(t *testing.T) {
	c := replay(t, clock.Plan{free(10), free(5)}, clock.Entry{Kind: term.ClockGranted, At: at(1), Section: 2, Seconds: 120})
	if !c.SectionDue().Equal(at(10)) || !c.Due().Equal(at(17)) || c.Allowed() != 17*time.Minute {
		t.Errorf("got section %s, due %s", c.SectionDue(), c.Due())
	}
}

func TestAForwardOnlySectionHasOneQuestion(t *testing.T) {
	plan := clock.Plan{forward(10, 2*time.Minute, 0, 3*time.Minute), free(5)}
	c := replay(t, plan)
	if !c.QuestionDue().Equal(at(2)) {
		t.Errorf("question due %s", c.QuestionDue())
	}
	want := []clock.Entry{{Kind: term.ClockQuestionEntered, At: at(2), Section: 1, Question: 2}}
	if diff := gocmp.Diff(want, c.Advance(at(9), 0)); diff != "" {
		t.Error(diff)
	}
	if !c.QuestionDue().IsZero() {
		t.Errorf("a question without a limit is due %s", c.QuestionDue())
	}
	c.Apply(clock.Entry{Kind: term.ClockQuestionEntered, At: at(9), Section: 1, Question: 3})
	if !c.SectionDue().Equal(at(10)) || !c.Due().Equal(at(15)) {
		t.Errorf("got section %s, due %s", c.SectionDue(), c.Due())
	}
	if got := c.Takes(clock.Place{Section: 1, Question: 2}, at(9)); got != clock.Passed {
		t.Errorf("the question before: %d", got)
	}
}

func TestTheLastQuestionsTimeEndsTheSection(t *testing.T) {
	c := replay(t, clock.Plan{forward(10, time.Minute, time.Minute), free(5)})
	if !c.Due().Equal(at(7)) {
		t.Errorf("due %s", c.Due())
	}
	done := c.Advance(at(3), 0)
	if c.Section != 2 || len(done) != 3 || !done[2].At.Equal(at(2)) {
		t.Errorf("got %v", done)
	}
}

func TestAccommodationStretchesQuestionsToo(t *testing.T) {
	extra := clock.Entry{Kind: term.ClockGranted, At: start, Section: 1, Seconds: 300, Reason: term.ReasonAccommodation}
	c := replay(t, clock.Plan{forward(10, 2*time.Minute, 2*time.Minute)}, extra)
	if !c.QuestionDue().Equal(at(3)) || c.Stretched(1) != 5*time.Minute {
		t.Errorf("question due %s", c.QuestionDue())
	}
}

func TestReopeningGivesTimeAgain(t *testing.T) {
	c := replay(t, clock.Plan{free(10), free(5)})
	c.Advance(at(100), 0)
	c.Apply(clock.Entry{Kind: term.ClockReopened, At: at(200), Section: 2, Seconds: 60})
	if c.Phase != clock.Running || c.Section != 2 || !c.Due().Equal(at(201)) || !c.EndedAt.IsZero() {
		t.Errorf("got section %d, due %s", c.Section, c.Due())
	}
}

func TestTakes(t *testing.T) {
	plan := clock.Plan{forward(10, time.Minute, 0), free(5), free(5)}
	one, two := clock.Place{Section: 1, Question: 1}, clock.Place{Section: 1, Question: 2}
	second := clock.Place{Section: 2, Question: 1}
	paused := clock.Entry{Kind: term.ClockPaused, At: at(.5)}
	handedIn := clock.Entry{Kind: term.ClockSectionSubmitted, At: at(.5), Section: 1}
	for _, c := range []struct {
		name   string
		ledger []clock.Entry
		until  float64
		place  clock.Place
		sent   float64
		want   clock.Verdict
	}{
		{"the question that is asked", nil, .5, one, .5, clock.Yes},
		{"a question to come", nil, .5, two, .5, clock.Ahead},
		{"another section", nil, .5, second, .5, clock.Elsewhere},
		{"sent before the question's end", nil, 1.05, one, .99, clock.Yes},
		{"sent after it", nil, 1.05, one, 1.01, clock.Passed},
		{"sent before the section's end", nil, 10.05, two, 9.99, clock.Yes},
		{"an earlier question of it", nil, 10.05, one, 9.99, clock.SectionOver},
		{"sent after it", nil, 10.05, two, 10.01, clock.SectionOver},
		{"during a pause", []clock.Entry{paused}, 3, one, 3, clock.Standing},
		{"what was handed in", []clock.Entry{handedIn, entered(2, .5)}, 1, one, 1, clock.SectionHandedIn},
		{"after the end", []clock.Entry{{Kind: term.ClockSubmitted, At: at(2)}}, 3, two, 2, clock.Finished},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := replay(t, plan, c.ledger...)
			k.Advance(at(c.until), 0)
			if got := k.Takes(c.place, at(c.sent)); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
	if got := clock.New(plan).Takes(one, start); got != clock.NotStarted {
		t.Errorf("before the start: %d", got)
	}
}

// TestWhoeverLooks demands that the state does not depend on how often anybody looked, and that replaying the ledger with
// what time brought about gives it again.
func TestWhoeverLooks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		minutes := rapid.IntRange(1, 6)
		var plan clock.Plan
		for range rapid.IntRange(1, 4).Draw(rt, "sections") {
			s := free(minutes.Draw(rt, "limit"))
			if rapid.Bool().Draw(rt, "forward") {
				s.ForwardOnly = true
				for range rapid.IntRange(1, 3).Draw(rt, "questions") {
					s.Questions = append(s.Questions, time.Duration(rapid.IntRange(0, 3).Draw(rt, "question"))*time.Minute)
				}
			}
			plan = append(plan, s)
		}
		looked, blind := clock.New(plan), clock.New(plan)
		var ledger []clock.Entry
		now := 0.0
		tell := func(e clock.Entry) {
			looked.Apply(e)
			blind.Apply(e)
			ledger = append(ledger, e)
		}
		tell(clock.Entry{Kind: term.ClockStarted, At: start})
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			for range rapid.IntRange(0, 3).Draw(rt, "looks") {
				now += float64(rapid.IntRange(0, 90).Draw(rt, "seconds")) / 60
				ledger = append(ledger, looked.Advance(at(now), 0)...)
			}
			blind.Advance(at(now), 0)
			if diff := gocmp.Diff(looked.Parts, blind.Parts); diff != "" || looked.Section != blind.Section || looked.Phase != blind.Phase {
				rt.Fatalf("a look changed something: %s", diff)
			}
			if looked.Phase == clock.Over {
				break
			}
			if total := looked.Used() + looked.Left(); total > looked.Allowed() {
				rt.Fatalf("used %s and left %s of %s", looked.Used(), looked.Left(), looked.Allowed())
			}
			open := looked.Next(looked.Section)
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				tell(clock.Entry{Kind: term.ClockGranted, At: at(now), Section: max(1, looked.Section), Seconds: 30})
			case 1:
				if looked.Phase == clock.Running {
					tell(clock.Entry{Kind: term.ClockPaused, At: at(now)})
				} else {
					tell(clock.Entry{Kind: term.ClockResumed, At: at(now)})
				}
			case 2:
				if looked.Phase == clock.Running && open > 0 && !looked.Closes() {
					tell(clock.Entry{Kind: term.ClockSectionEntered, At: at(now), Section: open})
				}
			case 3:
				if looked.Phase == clock.Running && open > 0 {
					tell(clock.Entry{Kind: term.ClockSectionSubmitted, At: at(now), Section: looked.Section})
					tell(clock.Entry{Kind: term.ClockSectionEntered, At: at(now), Section: open})
				}
			}
		}
		again, err := clock.Replay(plan, ledger)
		if err != nil {
			rt.Fatal(err)
		}
		again.Advance(at(now), 0)
		if diff := gocmp.Diff(looked.Parts, again.Parts); diff != "" || again.Section != looked.Section || !again.Due().Equal(looked.Due()) {
			rt.Fatalf("the ledger says otherwise: %s", diff)
		}
	})
}

func TestALedgerOfAnotherPlanIsAFault(t *testing.T) {
	if _, err := clock.Replay(clock.Plan{free(1)}, slices.Repeat([]clock.Entry{entered(2, 1)}, 1)); err == nil {
		t.Error("a section that is not there was taken")
	}
}
