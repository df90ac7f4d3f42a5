package grading

import (
	"context"
	"fmt"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Feedback is what a candidate may see of their released report: no key, no rubric, no model answer, no reviewer and
// no other candidate. What the template's feedback policy keeps back is absent.
type Feedback struct {
	ReleasedAt time.Time
	Passed     *bool
	Sections   []*SectionFeedback
}

// SectionFeedback is how a section went, in whole percent.
type SectionFeedback struct {
	Title   string
	Percent int
}

// Feedback reads the feedback on the candidate's own sitting: of the last revision of its report that was released, also
// while a later one waits; nil until there is one, and where the session was made void.
func (s *Service) Feedback(ctx context.Context, actor policy.Actor, sitting gid.ID) (*Feedback, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.FeedbackRead, sitting)
	if err != nil {
		return nil, err
	}
	row, err := scope.Reports().Where(report.HasSessionWith(session.StateNEQ(term.Voided))).Order(report.ByNumber(entsql.OrderDesc())).First(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find report: %w", err)
	}
	documents, err := s.published(ctx, scope, []gid.ID{row.TemplateVersionID})
	if err != nil {
		return nil, err
	}
	f := documents[row.TemplateVersionID]
	if f == nil {
		return nil, tenant.NotFound("sitting")
	}
	doc, err := decodeResult(row)
	if err != nil {
		return nil, err
	}
	return feedback(f.key.Feedback, *row.ReleasedAt, doc), nil
}

// feedback shows a result as far as the policy allows.
func feedback(allowed term.FeedbackPolicy, at time.Time, doc *Result) *Feedback {
	shown := &Feedback{ReleasedAt: at, Sections: []*SectionFeedback{}}
	if allowed == term.FeedbackOutcome || allowed == term.FeedbackSections {
		shown.Passed = &doc.Passed
	}
	if allowed == term.FeedbackSections {
		for _, g := range doc.Sections {
			shown.Sections = append(shown.Sections, &SectionFeedback{Title: g.Title, Percent: int((g.Total.Percent + 500_000) / 1_000_000)})
		}
	}
	return shown
}
