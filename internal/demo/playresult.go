package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

type playReport struct {
	ID         string
	Number     int
	State      string
	Percent    float64
	Points     float64
	MaxPoints  float64
	Band       *string
	Passed     *bool
	CreatedAt  string
	ReleasedAt *string
	Candidate  *struct{ Name, Email string }
	JobRole    *struct{ Title string }
	Result     playResult
}

type playResult struct {
	Overall    playTotal
	CutPercent int
	Sections   []struct {
		Title string
		Total playTotal
	}
	Skills []struct {
		Name  string
		Total playTotal
	}
	Questions []playQuestionResult
}

type playTotal struct {
	Awarded, Maximum, Percent float64
	NotScored                 int
}

type playQuestionResult struct {
	Ref, Section, Title, Status string
	Awarded, Maximum            float64
	Trace                       []struct {
		Criterion, Source, Evidence, Comment string
		Weight                               int
		Points, Maximum                      float64
	}
}

const playReportFields = `id number state percent points maxPoints band passed createdAt releasedAt candidate { name email } jobRole { title }
	result { cutPercent overall { awarded maximum percent notScored }
		sections { title total { awarded maximum percent notScored } }
		skills { name total { awarded maximum percent notScored } }
		questions { ref section title status awarded maximum
			trace { criterion weight points maximum source evidence comment } } }`

func (t playTotal) line() string {
	return fmt.Sprintf("%.2f of %.2f points, %.1f %%", t.Awarded, t.Maximum, t.Percent)
}

func (r playReport) outcome() string {
	if r.Passed != nil && *r.Passed {
		return "passed"
	}
	return "not passed"
}

// traced says where a question's points come from.
func (q playQuestionResult) traced() string {
	parts := make([]string, len(q.Trace))
	for i, t := range q.Trace {
		parts[i] = fmt.Sprintf("%s %g of %g by %s", t.Criterion, t.Points, t.Maximum, strings.ToLower(t.Source))
	}
	return strings.Join(parts, "; ")
}

// table is the report as text.
func (r playReport) table() string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	line := func(cells ...string) { fmt.Fprintln(w, strings.Join(cells, "\t")) }
	fmt.Fprintf(&text, "%s\n%s, report revision %d, %s\n\n", r.Candidate.Name, r.JobRole.Title, r.Number, strings.ToLower(r.State))
	line("", "points", "    of", "percent")
	row := func(name string, t playTotal, notes ...string) {
		cells := []string{name, fmt.Sprintf("%6.2f", t.Awarded), fmt.Sprintf("%6.2f", t.Maximum), fmt.Sprintf("%7.1f", t.Percent)}
		line(append(cells, notes...)...)
	}
	row("Overall", r.Result.Overall, fmt.Sprintf("%s, %s (cut at %d %%)", *r.Band, r.outcome(), r.Result.CutPercent))
	for _, s := range r.Result.Sections {
		row("Section: "+s.Title, s.Total)
	}
	for _, s := range r.Result.Skills {
		row("Skill: "+s.Name, s.Total)
	}
	for i, q := range r.Result.Questions { // by their number, as the place of a drawn one depends on the draw
		total := playTotal{Awarded: q.Awarded, Maximum: q.Maximum, Percent: 100 * q.Awarded / max(q.Maximum, 1)}
		row(fmt.Sprintf("Question %d", i+1), total, q.traced())
	}
	_ = w.Flush() // a builder takes everything
	return text.String()
}

// release is step 7.
func (p *play) release(ctx context.Context) error {
	released, err := playDo[playReport](ctx, p.recruiter, "releaseReport", `report { `+playReportFields+` }`,
		playVars{"id": p.report.ID, "idempotencyKey": p.key("release")})
	if err != nil {
		return err
	}
	if released.State != "RELEASED" || released.ReleasedAt == nil {
		return fmt.Errorf("the released report is %s", released.State)
	}
	p.report = *released
	p.say("The recruiter releases the report: %s.", *released.ReleasedAt)
	if err := p.readFeedback(ctx); err != nil {
		return err
	}
	return p.analyse(ctx)
}

// readFeedback is what the candidate sees of it, and what not.
func (p *play) readFeedback(ctx context.Context) error {
	read, err := playAsk[struct{ Sitting playSitting }](ctx, p.candidate, `query Demo($id: ID!) { sitting(id: $id) {
		state feedback { releasedAt passed sections { title percent } } } }`, playVars{"id": p.session.ID})
	if err != nil {
		return err
	}
	feedback := read.Sitting.Feedback
	if feedback == nil || feedback.Passed == nil || len(feedback.Sections) != 2 {
		return errors.New("the candidate got no feedback")
	}
	parts := make([]string, len(feedback.Sections))
	for i, s := range feedback.Sections {
		parts[i] = fmt.Sprintf("%s %d %%", s.Title, s.Percent)
	}
	p.say("The candidate reads the feedback: passed %t; %s.", *feedback.Passed, strings.Join(parts, ", "))
	_, err = playAsk[struct{ Node playReport }](ctx, p.candidate,
		`query Demo($id: ID!) { node(id: $id) { ... on Report { id percent } } }`, playVars{"id": p.report.ID})
	refused, err := playRefused(err, "FORBIDDEN", "NOT_FOUND", "UNAUTHENTICATED")
	if err != nil {
		return fmt.Errorf("the candidate asks for the report: %w", err)
	}
	p.say("The report itself is refused to them: %s, %q.", refused.Code, refused.Message)
	return nil
}

// playDashboard is what the analyst reads of the role.
type playDashboard struct {
	Organization struct {
		Reports struct {
			TotalCount int
			Nodes      []playReport
		}
		Funnel struct {
			Invited, Opened, Started, Submitted, Scored, Released, Passed int
		}
		ScoreDistribution struct {
			Count         int
			MedianPercent *float64
			Buckets       []struct{ FromPercent, ToPercent, Count int }
		}
	}
}

const playDashboardQuery = `query Demo($role: ID!, $filter: ReportFilter!) { organization {
	reports(first: 10, filter: $filter, orderBy: { field: SCORE, direction: DESC }) { totalCount nodes { id percent band } }
	funnel(input: { jobRoleId: $role }) { invited opened started submitted scored released passed }
	scoreDistribution(input: { jobRoleId: $role }) { count medianPercent buckets { fromPercent toPercent count } } } }`

// analyse reads the role's dashboard, by band and date, as the analyst.
func (p *play) analyse(ctx context.Context) error {
	at, err := time.Parse(time.RFC3339, p.report.CreatedAt)
	if err != nil {
		return fmt.Errorf("read the report's time: %w", err)
	}
	from, to := at.Add(-24*time.Hour).Format(time.RFC3339), at.Add(24*time.Hour).Format(time.RFC3339)
	read, err := playAsk[playDashboard](ctx, p.analyst, playDashboardQuery, playVars{"role": p.role.ID, "filter": playVars{
		"jobRoleId": p.role.ID, "band": *p.report.Band, "endedFrom": from, "endedTo": to,
	}})
	if err != nil {
		return err
	}
	org := read.Organization
	if org.Reports.TotalCount != 1 || len(org.Reports.Nodes) != 1 || org.Reports.Nodes[0].ID != p.report.ID {
		return fmt.Errorf("the role has %d reports in band %s instead of one", org.Reports.TotalCount, *p.report.Band)
	}
	for _, r := range org.Reports.Nodes {
		p.say("The analyst lists the role's reports of this day in band %q, best first: %s, %.2f %%.", *r.Band, r.ID, r.Percent)
	}
	f, d := org.Funnel, org.ScoreDistribution
	if f.Released != 1 || d.Count != 1 || d.MedianPercent == nil {
		return fmt.Errorf("the role's dashboard counts %d released and %d scored instead of one", f.Released, d.Count)
	}
	p.say("Funnel: %d invited, %d opened, %d started, %d submitted, %d scored, %d released, %d passed.",
		f.Invited, f.Opened, f.Started, f.Submitted, f.Scored, f.Released, f.Passed)
	for _, b := range d.Buckets {
		if b.Count > 0 {
			p.say("Distribution: %d report from %d to %d %%; the median is %.2f %%.", b.Count, b.FromPercent, b.ToPercent, *d.MedianPercent)
		}
	}
	return nil
}

// playTrail is what was done to one object.
type playTrail struct {
	Organization struct {
		AuditEvents struct {
			Nodes []struct {
				At, Actor, Action, SubjectID string
			}
		}
	}
}

// audit is step 8: everything that was done to the session and to its report, the newest first.
func (p *play) audit(ctx context.Context) error {
	wanted := []struct {
		what, id string
		actions  map[string]int
	}{
		{"role", p.role.ID, map[string]int{"job_role.write": 1}},
		{"template", p.template.ID, map[string]int{"template.write": 2, "template.publish": 1}},
		{"session", p.session.ID, map[string]int{"session.invite": 1, "sitting.take": 3, "review.score": 1}},
		{"review", p.assigned, map[string]int{"review.assign": 1, "review.score": 1}},
		{"report", p.report.ID, map[string]int{"review.score": 1, "report.release": 1}},
	}
	for _, w := range wanted {
		read, err := playAsk[playTrail](ctx, p.admin, `query Demo($id: ID!) { organization { auditEvents(first: 100, filter: { subjectId: $id }) {
			nodes { at actor action subjectId } } } }`, playVars{"id": w.id})
		if err != nil {
			return err
		}
		nodes := read.Organization.AuditEvents.Nodes
		for i := len(nodes) - 1; i >= 0; i-- {
			w.actions[nodes[i].Action]--
			p.say("%s  %-16s on the %s, by %s", playClock(nodes[i].At), nodes[i].Action, w.what, nodes[i].Actor)
		}
		for action, missing := range w.actions {
			if missing > 0 {
				return fmt.Errorf("the audit lacks %d times %s on the %s", missing, action, w.what)
			}
		}
	}
	return nil
}

// playClock is the time of day of a moment, to the millisecond.
func playClock(moment string) string {
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return moment
	}
	return at.UTC().Format("15:04:05.000")
}
