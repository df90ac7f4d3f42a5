package authoring

import (
	"github.com/assay-hq/assay/internal/check"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// The bounds of a template: its paper is read at once.
const (
	maxQuestions = 200  // that one candidate is asked
	maxPool      = 500  // that one draw takes from
	maxFilters   = 20   // of all its draws
	maxFrozen    = 1000 // in all, with everything that pools hold
)

// checkTemplate judges what a draft says by itself. It may be unfinished; what its questions are is judged at
// publication.
func checkTemplate(name string, key *string, t *content.Template) error {
	var c fault.Checks
	c.Line(name, 1, 200, "name")
	checkKey(&c, key)
	c.Under([]string{"content"}, func() {
		c.Text(t.Instructions, 0, 10_000, "instructions")
		c.Whole(t.CutPercent, 0, 100, "cutPercent")
		c.That(len(t.Sections) <= 20, "at most 20 sections are allowed", "sections")
		for i, s := range t.Sections {
			c.Under([]string{"sections", index(i)}, func() { checkSection(&c, s) })
		}
		c.That(len(filters(t)) <= maxFilters, "at most 20 draws may have a filter", "sections")
		c.That(asked(t) <= maxQuestions, "at most 200 questions are allowed in all", "sections")
		check.Bands(&c, t.Bands)
		checkRules(&c, t)
		checkLimits(&c, t)
		checkProvenance(&c, t.Provenance)
	})
	return c.Err()
}

// asked is how many questions one candidate is asked.
func asked(t *content.Template) int {
	n := 0
	for _, s := range t.Sections {
		for _, slot := range s.Slots {
			if slot.Draw != nil {
				n += slot.Draw.Count
			} else {
				n++
			}
		}
	}
	return n
}

func checkSection(c *fault.Checks, s *content.Section) {
	c.Line(s.Title, 1, 200, "title")
	c.Text(s.Instructions, 0, 10_000, "instructions")
	c.That(s.TimeLimit >= 0 && s.TimeLimit <= 8*60*60, "this must be from nothing to 8 hours", "timeLimit")
	if s.Weight != nil {
		c.Whole(*s.Weight, 0, 100, "weight")
	}
	c.That(len(s.Slots) <= 100, "at most 100 slots are allowed", "slots")
	for i, slot := range s.Slots {
		c.Under([]string{"slots", index(i)}, func() {
			checkSlot(c, slot)
			forward := s.Navigation != nil && *s.Navigation == term.ForwardOnly
			c.That(slot.TimeLimit == nil || forward, "only a question of a forward-only section has a time of its own", "timeLimit")
		})
	}
}

func checkSlot(c *fault.Checks, slot *content.Slot) {
	check.Points(c, slot.Points)
	c.That((slot.QuestionID == nil) != (slot.Draw == nil), "name either a question or a draw", "questionId")
	c.That(slot.Revision == nil || slot.QuestionID != nil, "only a fixed question has a revision", "revision")
	c.That(slot.TimeLimit == nil || *slot.TimeLimit >= 5 && *slot.TimeLimit <= 4*60*60, "this must be from five seconds to 4 hours", "timeLimit")
	if slot.Draw == nil {
		return
	}
	d := slot.Draw
	c.Whole(d.Count, 1, 100, "draw", "count")
	c.That((len(d.QuestionIDs) == 0) != (d.Filter == nil), "name either the questions of the pool or a filter", "draw", "questionIds")
	c.That(len(d.QuestionIDs) <= maxPool, "at most 500 are allowed", "draw", "questionIds")
	seen := map[gid.ID]bool{}
	for i, id := range d.QuestionIDs {
		c.That(!seen[id], "this question is in the pool twice", "draw", "questionIds", index(i))
		seen[id] = true
	}
	if f := d.Filter; f != nil {
		c.That(len(f.SkillIDs) <= 20, "at most 20 are allowed", "draw", "filter", "skillIds")
	}
}

func checkRules(c *fault.Checks, t *content.Template) {
	kinds := map[term.QuestionKind]bool{}
	for i, r := range t.ScoringRules {
		c.That(!kinds[r.Kind], "this kind has two rules", "scoringRules", index(i), "kind")
		c.That(creditOf(r.Kind, r.PartialCredit) && r.PartialCredit != term.Mapped, "this kind has no such rule", "scoringRules", index(i), "partialCredit")
		kinds[r.Kind] = true
	}
	check.SkillWeights(c, t.SkillWeights)
	signals := map[term.IntegritySignal]bool{}
	for i, s := range t.Signals {
		c.That(!signals[s], "this signal is named twice", "signals", index(i))
		signals[s] = true
	}
}

func checkLimits(c *fault.Checks, t *content.Template) {
	if t.TotalLimit != nil {
		c.That(*t.TotalLimit >= 60 && *t.TotalLimit <= 24*60*60, "this must be from one minute to 24 hours", "totalLimit")
	}
	if t.AttemptLimit != nil {
		c.Whole(*t.AttemptLimit, 1, 20, "attemptLimit")
	}
	if t.FollowUpLimit != nil {
		c.Whole(*t.FollowUpLimit, 0, 10, "followUpLimit")
	}
	if t.DisconnectCredit != nil {
		c.Whole(*t.DisconnectCredit, 0, 4*60*60, "disconnectCredit")
	}
	if t.Accommodation != nil {
		c.Line(t.Accommodation.Contact, 0, 200, "accommodation", "contact")
		c.That(!t.Accommodation.Requestable || t.Accommodation.Contact != "", "name the person or address that helps", "accommodation", "contact")
	}
}
