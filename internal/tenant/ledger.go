package tenant

import (
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/clock"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/term"
)

// A sitting's time is replayed from its rows in the same way by whoever asks for it.

// Replay is the clock of a sitting after all lines of its ledger, in their order.
func Replay(asked *paper.Paper, ledger []*ent.ClockEntry) (*clock.Clock, error) {
	return clock.Replay(PlanOf(asked), EntriesOf(ledger))
}

// PlanOf is how long the sections of a paper may take.
func PlanOf(asked *paper.Paper) clock.Plan {
	seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
	plan := make(clock.Plan, len(asked.Sections))
	for i, s := range asked.Sections {
		plan[i] = clock.Section{Limit: seconds(s.TimeLimit), ForwardOnly: s.Navigation == term.ForwardOnly}
		for _, q := range s.Questions {
			plan[i].Questions = append(plan[i].Questions, seconds(q.TimeLimit))
		}
	}
	return plan
}

// EntriesOf are the lines of a ledger as a clock takes them.
func EntriesOf(rows []*ent.ClockEntry) []clock.Entry {
	list := make([]clock.Entry, len(rows))
	for i, r := range rows {
		list[i] = clock.Entry{Kind: r.Kind, At: r.At, Section: r.Section, Question: r.Question, Seconds: r.Seconds, Reason: r.Reason}
	}
	return list
}
