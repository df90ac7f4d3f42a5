package grading

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/review"
	"github.com/assay-hq/assay/ent/reviewrule"
	entscore "github.com/assay-hq/assay/ent/score"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
)

// ruling is the review rule that holds for a session: its template's, or what is so without one.
type ruling struct {
	id        gid.ID // zero without a rule
	reviewers int
	spread    term.ReviewSpread
	pool      []gid.ID
	blind     bool
	automatic bool
	gap       int
	due       time.Duration
	since     time.Time // when it was set
}

// What is so where a template has no rule, and for what a rule leaves out.
const (
	defaultGap     = 2
	defaultDueDays = 7
)

func rulingOf(rule *ent.ReviewRule) *ruling {
	if rule == nil {
		return &ruling{reviewers: 1, spread: term.SpreadSession, blind: true, gap: defaultGap, due: days(defaultDueDays)}
	}
	return &ruling{
		id: rule.ID, reviewers: rule.Reviewers, spread: rule.Spread, pool: rule.Pool, blind: rule.Blind,
		automatic: rule.Automatic, gap: rule.Gap, due: days(rule.DueDays), since: rule.UpdatedAt,
	}
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// panel is everything that people are asked to say, and said, of one session's open questions.
type panel struct {
	*ruling
	open    []*verdict
	reviews []*ent.Review // in the order in which they were assigned
	scores  []*ent.Score  // of people, the earlier first
	final   bool          // the session was scored: a rule that was set since changes nothing
}

// gatherPanel reads a session's panel inside the transaction that holds the session.
func gatherPanel(ctx context.Context, tx tenant.Tx, row *ent.Session, j *judged) (*panel, error) {
	p := &panel{open: open(j.verdicts), final: row.State != term.InReview}
	rule, err := tx.ReviewRules().Where(reviewrule.TemplateID(row.TemplateID)).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("find review rule: %w", err)
	}
	p.ruling = rulingOf(rule)
	if p.reviews, err = tx.ReviewsOf(ctx, row.ID); err != nil {
		return nil, fmt.Errorf("find reviews: %w", err)
	}
	p.scores, err = awards(ctx, tx.Scope, []gid.ID{row.ID})
	return p, err
}

// awards are what people awarded several sessions, the earlier first.
func awards(ctx context.Context, scope tenant.Scope, sessions []gid.ID) ([]*ent.Score, error) {
	rows, err := scope.Scores().Where(tenant.In(entscore.FieldSessionID, sessions), entscore.SourceIn(term.SourceReviewer, term.SourceConsensus)).
		Order(entscore.ByNumber(), entscore.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find scores: %w", err)
	}
	return rows, nil
}

// panels reads the panels of several visible sessions for who assigns, in four statements.
func panels(ctx context.Context, scope tenant.Scope, sessions []*ent.Session, all map[gid.ID]*judged) (map[gid.ID]*panel, error) {
	ids, templates := make([]gid.ID, len(sessions)), make([]gid.ID, len(sessions))
	for i, row := range sessions {
		ids[i], templates[i] = row.ID, row.TemplateID
	}
	rules, err := scope.ReviewRules().Where(tenant.In(reviewrule.FieldTemplateID, templates)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find review rules: %w", err)
	}
	byTemplate := map[gid.ID]*ent.ReviewRule{}
	for _, rule := range rules {
		byTemplate[rule.TemplateID] = rule
	}
	found := make(map[gid.ID]*panel, len(sessions))
	for _, row := range sessions {
		found[row.ID] = &panel{ruling: rulingOf(byTemplate[row.TemplateID]), open: open(all[row.ID].verdicts), final: row.State != term.InReview}
	}
	reviews, err := scope.Reviews().Where(tenant.In(review.FieldSessionID, ids)).Order(review.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find reviews: %w", err)
	}
	for _, r := range reviews {
		found[r.SessionID].reviews = append(found[r.SessionID].reviews, r)
	}
	scores, err := awards(ctx, scope, ids)
	if err != nil {
		return nil, err
	}
	for _, s := range scores {
		found[s.SessionID].scores = append(found[s.SessionID].scores, s)
	}
	return found, nil
}

// panelsOf judges several visible sessions and reads their panels.
func (s *Service) panelsOf(ctx context.Context, scope tenant.Scope, rows []*ent.Session) (map[gid.ID]*panel, error) {
	judged, err := s.judgeSeen(ctx, scope, rows)
	if err != nil {
		return nil, err
	}
	return panels(ctx, scope, rows, judged)
}

// covers reports whether a review is of a question; one without places is of all that wait.
func covers(r *ent.Review, ref string) bool { return len(r.Refs) == 0 || slices.Contains(r.Refs, ref) }

// live reports whether a review was neither declined nor withdrawn.
func live(r *ent.Review) bool {
	return r.State == term.ReviewAssigned || r.State == term.ReviewSubmitted
}

// covers reports whether a review is of a question. One without places that was submitted is of what was scored in it: what
// waits since then, because the key was mended, was not part of it.
func (p *panel) covers(r *ent.Review, ref string) bool {
	if r.State != term.ReviewSubmitted || len(r.Refs) > 0 {
		return covers(r, ref)
	}
	return slices.ContainsFunc(p.scores, func(s *ent.Score) bool { return s.Ref == ref && s.ReviewID != nil && *s.ReviewID == r.ID })
}

// count counts the reviews of a question of a kind in a state.
func (p *panel) count(ref string, kind term.ReviewKind, state term.ReviewState) int {
	n := 0
	for _, r := range p.reviews {
		if r.Kind == kind && r.State == state && p.covers(r, ref) {
			n++
		}
	}
	return n
}

// heard reports whether somebody reviewed a question, or the whole session before the question began to wait: whoever did is
// given no second part of it, and may be all there are.
func (p *panel) heard(ref string) bool {
	return slices.ContainsFunc(p.reviews, func(r *ent.Review) bool {
		return r.Kind == term.ReviewRegular && r.State == term.ReviewSubmitted && covers(r, ref)
	})
}

// missing is how many regular reviewers a question lacks. One whose reviews were all in before the rule was set lacks none, and
// neither does one that was dropped.
func (p *panel) missing(v *verdict) int {
	have, assigned, before := 0, 0, false
	for _, r := range p.reviews {
		if r.Kind != term.ReviewRegular || !live(r) || !p.covers(r, v.item.Ref) {
			continue
		}
		have++
		before = before || r.CreatedAt.Before(p.since)
		if r.State == term.ReviewAssigned {
			assigned++
		}
	}
	if p.final || v.item.Dropped || before && assigned == 0 {
		return 0
	}
	return max(0, p.reviewers-have)
}

// standing is where the review of one question stands.
type standing struct {
	verdict  *verdict
	waiting  bool // a regular review is not in, or lacks its reviewer
	pending  bool // somebody has it to score
	disputed bool // the regular reviews are in and far apart, and nobody has decided yet
	// A further reviewer was heard.
	adjudicated bool
	criteria    []*panelCriterion
}

// settled reports whether what people said can be counted.
func (q *standing) settled() bool { return !q.waiting && !q.disputed }

// sealed reports whether nobody may read what was submitted: not before all regular reviews are in, nor while somebody
// scores who must not know the others.
func (q *standing) sealed() bool { return q.waiting || q.pending }

// panelCriterion is everything that people awarded for one criterion of one answer, and what counts of it.
type panelCriterion struct {
	criterion *content.Criterion
	awards    []*ent.Score // every one, also what does not count
	level     *big.Rat     // what counts comes to; nil if nothing does
	counted   []*ent.Score
}

// question tells where the review of one open question stands.
func (p *panel) question(v *verdict) *standing {
	q := &standing{verdict: v, adjudicated: p.count(v.item.Ref, term.ReviewAdjudication, term.ReviewSubmitted) > 0}
	agreed := true
	for _, c := range v.item.Content.Criteria {
		pc := &panelCriterion{criterion: c}
		for _, s := range p.scores {
			if s.Ref == v.item.Ref && s.Criterion == c.Key {
				pc.awards = append(pc.awards, s)
			}
		}
		consensus := pc.count(q.adjudicated)
		agreed = agreed && consensus
		q.disputed = q.disputed || !consensus && !q.adjudicated && scoring.Gap(pc.points()) >= p.gap
		q.criteria = append(q.criteria, pc)
	}
	assigned := p.count(v.item.Ref, term.ReviewRegular, term.ReviewAssigned)
	q.pending = assigned+p.count(v.item.Ref, term.ReviewAdjudication, term.ReviewAssigned) > 0
	q.waiting = !agreed && !v.item.Dropped && (assigned > 0 || p.missing(v) > 0)
	q.disputed = q.disputed && !q.waiting && !p.final && !v.item.Dropped
	return q
}

// count decides what counts of the awards: a consensus alone; else the median of all if a further reviewer was called, and
// the mean if none was. What could not be scored counts nowhere. It reports whether there is a consensus.
func (c *panelCriterion) count(adjudicated bool) bool {
	for _, s := range slices.Backward(c.awards) {
		if s.Source == term.SourceConsensus {
			c.counted, c.level = []*ent.Score{s}, scoring.MeanLevel([]int{level(s)})
			return true
		}
	}
	for _, s := range c.awards {
		if s.Status == term.ItemScored {
			c.counted = append(c.counted, s)
		}
	}
	if adjudicated {
		c.level = scoring.MedianLevel(c.points())
	} else {
		c.level = scoring.MeanLevel(c.points())
	}
	return false
}

// points are the levels that count.
func (c *panelCriterion) points() []int {
	points := make([]int, len(c.counted))
	for i, s := range c.counted {
		points[i] = level(s)
	}
	return points
}

// level is the level that a score awards, in whole points of the criterion's scale.
func level(s *ent.Score) int { return int(s.Points / int64(scoring.Point)) }

// standings are where the reviews of all open questions stand, by their places.
func (p *panel) standings() map[string]*standing {
	all := map[string]*standing{}
	if p == nil {
		return all
	}
	for _, v := range p.open {
		all[v.item.Ref] = p.question(v)
	}
	return all
}

// seen names the questions of which what people said may be read, to tell whether there is more to see than before.
func (p *panel) seen() string {
	var refs []string
	for _, v := range p.open {
		if q := p.question(v); !q.sealed() {
			refs = append(refs, v.item.Ref)
		}
	}
	return strings.Join(refs, " ")
}

// lacking are the places of the questions for which somebody is still to be found: a regular reviewer, or a further one.
func (p *panel) lacking() []string {
	refs := []string{}
	for _, v := range p.open {
		q := p.question(v)
		if q.waiting && p.missing(v) > 0 || q.disputed && !q.pending {
			refs = append(refs, v.item.Ref)
		}
	}
	return refs
}

// score is the level that counts, as scoring takes it.
func (c *panelCriterion) score() scoring.CriterionScore {
	s := scoring.CriterionScore{
		Criterion: scoring.Criterion{Key: c.criterion.Key, Weight: c.criterion.Weight}, Maximum: c.criterion.Maximum(), Level: c.level,
	}
	if c.level != nil {
		s.Status = scoring.Scored
	}
	return s
}

// trace shows every award with whether it counts; where nothing is settled, none does.
func (c *panelCriterion) trace(settled bool, whole string) []*TraceEntry {
	entries := make([]*TraceEntry, len(c.awards))
	for i, s := range c.awards {
		entry := &TraceEntry{
			Criterion: c.criterion.Key, Text: c.criterion.Text, Weight: c.criterion.Weight,
			Points: scoring.Points(s.Points), Maximum: scoring.Points(s.MaxPoints), Source: s.Source, AwardedBy: s.AwardedBy,
			Evidence: s.Evidence, Comment: s.Comment,
			SetAside: !settled || !slices.Contains(c.counted, s), NotScorable: s.Status != term.ItemScored,
		}
		if entry.Evidence == "" && !entry.NotScorable {
			entry.Evidence, entry.WholeAnswer = whole, true
		}
		entries[i] = entry
	}
	return entries
}
