package grading

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Who is in a norm group: the current report of every session of a template version that is complete, not taken back and
// not void. It is who the score distribution counts as well. Whoever is compared is in it themselves. They are gathered first,
// by the index of their version: an index in the order that is asked for afterwards is one of all the organization's reports.
const normGroup = `WITH grouped AS MATERIALIZED (SELECT r.id, r.percent, r.candidate_id FROM reports r
	JOIN sessions s ON s.organization_id = r.organization_id AND s.id = r.session_id
	WHERE r.organization_id = @org AND r.template_version_id = @version AND r.superseded_at IS NULL
	AND r.state IN ('READY', 'RELEASED') AND s.state <> 'VOIDED') `

// What a group is computed from: how often each percentage was reached, and the documents of the last. These leave out who was
// erased: mendings left their documents as they were, of other questions perhaps than the others'.
const (
	percentages = normGroup + "SELECT g.percent, COUNT(*) FROM grouped g GROUP BY g.percent ORDER BY g.percent"
	lastResults = normGroup + `SELECT r.result FROM reports r WHERE r.organization_id = @org AND r.id IN (SELECT g.id FROM grouped g
	JOIN candidates c ON c.organization_id = @org AND c.id = g.candidate_id AND c.erased_at IS NULL ORDER BY g.id DESC LIMIT @most)`
)

const (
	// leastForSEM is how many persons it takes to say how exactly a test measures.
	leastForSEM = 30
	// reliabilityOf bounds of how many persons, the last ones, a reliability is computed: more make it no more exact.
	reliabilityOf = 5_000
)

// refreshNorm asks for the norm group of a version to be computed anew, once a minute however many of its reports change.
func refreshNorm(ctx context.Context, tx tenant.Tx, version gid.ID) error {
	return tx.Enqueue(ctx, job.RefreshNorm{OrganizationID: tx.Organization(), VersionID: version})
}

// RefreshNorm computes what the reports of a template version come to together. It may be repeated; of two at once the
// one that looked later counts. Only Assay itself has the permission.
func (s *Service) RefreshNorm(ctx context.Context, actor policy.Actor, id gid.ID) error {
	scope, err := s.tenant.As(ctx, actor, policy.SessionScore)
	if err != nil {
		return err
	}
	row, err := tenant.Only[*ent.TemplateVersion]("template version")(scope.TemplateVersions().Where(templateversion.ID(id)).
		Select(templateversion.FieldID, templateversion.FieldJobRoleID).Only(ctx))
	if err != nil {
		return err
	}
	at, err := scope.Now(ctx)
	if err != nil {
		return err
	}
	g, err := readGroup(ctx, scope, id)
	if err != nil {
		return err
	}
	_, err = tenant.InTx(ctx, scope, func(tx tenant.Tx) (struct{}, error) { return struct{}{}, g.write(ctx, tx, row, at) })
	return err
}

// group is a norm group: how often each percentage was reached, ascending, and how well the test measured.
type group struct {
	tally [][2]int64
	alpha *float64
}

func readGroup(ctx context.Context, scope tenant.Scope, version gid.ID) (*group, error) {
	g := &group{tally: [][2]int64{}}
	args := tenant.Args{"version": version, "most": reliabilityOf}
	rows, err := scope.Query(ctx, percentages, args)
	if err != nil {
		return nil, fmt.Errorf("count percentages: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var pair [2]int64
		if err := rows.Scan(&pair[0], &pair[1]); err != nil {
			return nil, fmt.Errorf("read percentages: %w", err)
		}
		g.tally = append(g.tally, pair)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	g.alpha, err = readAlpha(ctx, scope, args)
	return g, err
}

// readAlpha streams the documents of a group: over the points of its questions if everybody was asked the same ones, else
// over the percentages of its sections; nil for fewer than thirty who reached all of it.
func readAlpha(ctx context.Context, scope tenant.Scope, args tenant.Args) (*float64, error) {
	rows, err := scope.Query(ctx, lastResults, args)
	if err != nil {
		return nil, fmt.Errorf("find documents: %w", err)
	}
	defer rows.Close()
	var r reliability
	for rows.Next() {
		var text []byte
		if err := rows.Scan(&text); err != nil {
			return nil, fmt.Errorf("read document: %w", err)
		}
		if err := r.add(text); err != nil {
			return nil, err
		}
	}
	return r.alpha(), rows.Err()
}

// reliability gathers what documents say of a test's questions and sections.
type reliability struct{ questions, sections marks }

func (r *reliability) add(text []byte) error {
	doc := new(marked)
	if err := json.Unmarshal(text, doc); err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	r.questions.add(doc.questions())
	r.sections.add(doc.sections())
	return nil
}

func (r *reliability) alpha() *float64 {
	if r.questions.uneven {
		return r.sections.alpha()
	}
	return r.questions.alpha()
}

// marked is of a report's document what a reliability is computed from; the rest is not read.
type marked struct {
	Questions []struct {
		Ref     string          `json:"ref"`
		Status  term.ItemStatus `json:"status"`
		Awarded scoring.Points  `json:"awarded"`
		Dropped bool            `json:"dropped"`
	} `json:"questions"`
	Sections []struct {
		Title string `json:"title"`
		Total Total  `json:"total"`
	} `json:"sections"`
}

func (m *marked) questions() (names []string, cells []psychometrics.Cell) {
	for _, q := range m.Questions {
		if q.Dropped {
			continue
		}
		cell := psychometrics.NotReached()
		switch q.Status {
		case term.ItemScored:
			cell = psychometrics.Answered(float64(q.Awarded) / float64(scoring.Point))
		case term.ItemOmitted:
			cell = psychometrics.Omitted()
		}
		names, cells = append(names, q.Ref), append(cells, cell)
	}
	return names, cells
}

func (m *marked) sections() (names []string, cells []psychometrics.Cell) {
	for _, s := range m.Sections {
		cell := psychometrics.Answered(s.Total.Percent.float())
		if s.Total.Maximum == 0 || s.Total.NotReached > 0 {
			cell = psychometrics.NotReached()
		}
		names, cells = append(names, s.Title), append(cells, cell)
	}
	return names, cells
}

// marks are the cells of several persons in the same columns.
type marks struct {
	names  []string
	rows   [][]psychometrics.Cell
	uneven bool // somebody has other columns
}

func (m *marks) add(names []string, cells []psychometrics.Cell) {
	if m.names == nil {
		m.names = names
	}
	if m.uneven = m.uneven || !slices.Equal(m.names, names); !m.uneven {
		m.rows = append(m.rows, cells)
	}
}

func (m *marks) alpha() *float64 {
	if m.uneven {
		return nil
	}
	found := psychometrics.Scores{Max: make([]float64, len(m.names)), Persons: m.rows}.Reliability(.95)
	if found == nil || found.N < leastForSEM {
		return nil
	}
	return &found.Alpha
}

// moments are the group's size, and mean and standard deviation (n − 1) of its percentages.
func (g *group) moments() (n int64, mean, spread float64) {
	for _, pair := range g.tally {
		n += pair[1]
		mean += float64(pair[0]) * float64(pair[1])
	}
	if n == 0 {
		return 0, 0, 0
	}
	mean /= float64(n)
	for _, pair := range g.tally {
		spread += math.Pow(float64(pair[0])-mean, 2) * float64(pair[1])
	}
	if n > 1 {
		spread = math.Sqrt(spread / float64(n-1))
	}
	return n, mean, spread
}

// write replaces what is kept of the group, unless that was looked at later.
func (g *group) write(ctx context.Context, tx tenant.Tx, version *ent.TemplateVersion, at time.Time) error {
	tally, err := json.Marshal(g.tally)
	if err != nil {
		return fmt.Errorf("encode tally: %w", err)
	}
	n, mean, spread := g.moments()
	var alpha, sem *int64
	if g.alpha != nil {
		alpha = new(millionths(*g.alpha))
		if e := psychometrics.SEM(spread, *g.alpha); e != nil {
			sem = new(int64(math.Round(*e)))
		}
	}
	_, err = tx.Exec(ctx, `INSERT INTO norms (id, organization_id, template_version_id, job_role_id, size, mean, spread, sem, alpha, tally, computed_at)
		VALUES (@id, @org, @version, @role, @size, @mean, @spread, @sem, @alpha, @tally, @at)
		ON CONFLICT (organization_id, template_version_id) DO UPDATE SET size = excluded.size, mean = excluded.mean, spread = excluded.spread,
		sem = excluded.sem, alpha = excluded.alpha, tally = excluded.tally, computed_at = excluded.computed_at
		WHERE norms.computed_at <= excluded.computed_at`, tenant.Args{
		"id": tx.NewID(gid.Norm), "version": version.ID, "role": version.JobRoleID, "size": n, "mean": int64(math.Round(mean)),
		"spread": int64(math.Round(spread)), "sem": sem, "alpha": alpha, "tally": string(tally), "at": at,
	})
	if err != nil {
		return fmt.Errorf("write norm group: %w", err)
	}
	return nil
}

func millionths(x float64) int64 { return int64(math.Round(x * 1_000_000)) }
