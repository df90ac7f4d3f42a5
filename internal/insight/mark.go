package insight

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/assay-hq/assay/internal/tenant"
)

// RatingInput asks for what reviewers awarded in the sessions of a job role from From (included) to To (excluded).
type RatingInput struct {
	JobRoleID gid.ID
	From, To  *time.Time
}

// maxMarks bounds what one answer rests on: the newest awards.
const maxMarks = 20_000

// mark is what one reviewer awarded for one criterion of one answer.
type mark struct {
	session, version, reviewer gid.ID
	ref, criterion             string
	points, most               int64
	at                         time.Time
}

// share is the award as a part of the criterion's scale, so that criteria can be compared.
func (m mark) share() float64 { return float64(m.points) / float64(m.most) }

// unit is what several reviewers award points for.
func (m mark) unit() string { return m.session.String() + " " + m.ref + " " + m.criterion }

// Awards of one session are shown only once it is scored: until then they may be sealed. A further reviewer's are left out: they
// were asked for where others disagreed, and would say of who disagrees only that, or hide it, since answers with three awards do
// not stand in a table with those that have two.
const marksStatement = `SELECT s.session_id, x.template_version_id, s.awarded_by, s.ref, s.criterion, s.points, s.max_points, s.created_at
	FROM sessions x JOIN scores s ON s.organization_id = x.organization_id AND s.session_id = x.id
	WHERE x.organization_id = @org AND x.job_role_id = @role AND x.state IN ('SCORED', 'RELEASED')
	AND s.source = 'REVIEWER' AND s.status = 'SCORED' AND s.awarded_by IS NOT NULL AND s.max_points > 0
	AND s.created_at >= @from AND s.created_at < @to
	AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.organization_id = s.organization_id AND r.id = s.review_id AND r.kind = 'ADJUDICATION')
	ORDER BY s.id DESC LIMIT @most`

// marks reads the newest awards of a visible job role, and whether there are older ones.
func (in RatingInput) marks(ctx context.Context, scope tenant.Scope) (marks []mark, more bool, err error) {
	if err := visibleRole(ctx, scope, in.JobRoleID); err != nil {
		return nil, false, err
	}
	args := span(tenant.Args{"role": in.JobRoleID, "most": maxMarks + 1}, in.From, in.To)
	err = eachRow(ctx, scope, marksStatement, args, func(scan func(...any) error) error {
		var m mark
		err := scan(&m.session, &m.version, &m.reviewer, &m.ref, &m.criterion, &m.points, &m.most, &m.at)
		marks = append(marks, m)
		return err
	})
	if len(marks) > maxMarks {
		return marks[:maxMarks], true, err
	}
	return marks, false, err
}

// keys reads the pinned keys of the versions that marks were given under.
func keys(ctx context.Context, scope tenant.Scope, marks []mark) (map[gid.ID]*key.Key, error) {
	seen := map[gid.ID]*key.Key{}
	var ids []gid.ID
	for _, m := range marks {
		if _, ok := seen[m.version]; !ok {
			seen[m.version], ids = nil, append(ids, m.version)
		}
	}
	rows, err := scope.TemplateVersions().Where(tenant.In(templateversion.FieldID, ids)).
		Select(templateversion.FieldID, templateversion.FieldKey).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find template versions: %w", err)
	}
	for _, row := range rows {
		if seen[row.ID], err = key.Decode(row.Key); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// table arranges marks as a table of units and reviewers; value is what counts of one.
func table(marks []mark, value func(mark) float64) (psychometrics.Marks, []string, []string) {
	given := make([]psychometrics.Mark, len(marks))
	for i, m := range marks {
		given[len(marks)-1-i] = psychometrics.Mark{Unit: m.unit(), Rater: m.reviewer.String(), Value: value(m)} // the newest is last and counts
	}
	return psychometrics.Arrange(given)
}
