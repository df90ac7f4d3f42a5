package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

type playReview struct {
	ID    string
	State string
	Work  *struct {
		Title string
		Items []struct {
			Question string
			Kind     string
			Prompt   string
			Answer   playGiven
			Criteria []struct {
				Key    string
				Text   string
				Weight int
			}
		}
	}
}

// score is step 6.
func (p *play) score(ctx context.Context) error {
	err := playWait(ctx, func() (bool, error) {
		session, err := p.readSession(ctx, `id state report { id state percent band result { overall { notScored } } }`)
		p.session = session
		return session.State == "IN_REVIEW", err
	})
	if err != nil {
		return fmt.Errorf("wait for the keys' scores: %w", err)
	}
	if p.session.Report == nil || p.session.Report.State != "PROVISIONAL" {
		return errors.New("a session in review has no provisional report")
	}
	p.say("The keys have scored; %d answers wait for a reviewer, and the report is provisional.", p.session.Report.Result.Overall.NotScored)
	_, err = playDo[playReport](ctx, p.recruiter, "releaseReport", `report { id }`, playVars{"id": p.session.Report.ID})
	refused, err := playRefused(err, "PROVISIONAL")
	if err != nil {
		return err
	}
	p.say("Releasing it now is refused: %s, %q.", refused.Code, refused.Message)
	if err := p.assign(ctx); err != nil {
		return err
	}
	if err := p.review(ctx); err != nil {
		return err
	}
	return p.readReport(ctx)
}

// assign gives the texts to the reviewer.
func (p *play) assign(ctx context.Context) error {
	read, err := playAsk[struct {
		Organization struct {
			Members struct {
				Nodes []struct{ ID, Email string }
			}
		}
	}](ctx, p.recruiter, `{ organization { members(first: 100) { nodes { id email } } } }`, nil)
	if err != nil {
		return err
	}
	for _, m := range read.Organization.Members.Nodes {
		if m.Email != playReviewer {
			continue
		}
		review, err := playDo[playReview](ctx, p.recruiter, "assignReview", `review { id state }`,
			playVars{"sessionId": p.session.ID, "reviewerId": m.ID, "idempotencyKey": p.key("assign")})
		if err != nil {
			return err
		}
		p.say("The recruiter assigns the review, %s, to %s.", review.ID, playReviewer)
		p.assigned = review.ID
		return nil
	}
	return fmt.Errorf("%s is no member", playReviewer)
}

// review reads the work, in which the candidate does not occur, and scores every criterion.
func (p *play) review(ctx context.Context) error {
	raw, err := playAsk[struct{ Node json.RawMessage }](ctx, p.reviewer, `query Demo($id: ID!) { node(id: $id) { ... on Review {
		id state work { title items { question kind prompt points answer { choices number text }
			criteria { key text weight levels { points anchor } } modelAnswer pitfalls followUps { when prompt } } } } } }`, playVars{"id": p.assigned})
	if err != nil {
		return err
	}
	for _, secret := range []string{playCandidate, playCandidateName, p.session.ID} {
		if strings.Contains(string(raw.Node), secret) {
			return fmt.Errorf("the reviewer can read %q", secret)
		}
	}
	var review playReview
	if err := json.Unmarshal(raw.Node, &review); err != nil {
		return fmt.Errorf("read review: %w", err)
	}
	if review.Work == nil || len(review.Work.Items) == 0 {
		return errors.New("the review has no work")
	}
	p.say("The reviewer reads %d answers with their rubrics; neither candidate nor session is named.", len(review.Work.Items))
	_, err = playAsk[struct{ Organization playObject }](ctx, p.reviewer, `{ organization { id candidates { nodes { email } } } }`, nil)
	if _, err := playRefused(err, "FORBIDDEN"); err != nil {
		return err
	}
	p.say("Asking for the candidates is refused: FORBIDDEN.")
	return p.judge(ctx, review)
}

func (p *play) judge(ctx context.Context, review playReview) error {
	judgements := playJudgements()
	var scores []playVars
	for _, item := range review.Work.Items {
		for _, c := range item.Criteria {
			j, ok := judgements[c.Key]
			if !ok {
				return fmt.Errorf("nobody expected criterion %q of %s", c.Key, item.Question)
			}
			scores = append(scores, playVars{
				"question": item.Question, "criterion": c.Key, "points": j.points, "comment": j.comment, "evidence": j.evidence,
			})
			p.say("Scores %s, %q: %d. %s Evidence: %q.", item.Question, c.Text, j.points, j.comment, j.evidence)
		}
	}
	done, err := playDo[playReview](ctx, p.reviewer, "submitReview", `review { id state }`,
		playVars{"id": review.ID, "scores": scores, "idempotencyKey": p.key("review")})
	if err != nil {
		return err
	}
	p.say("Submits the review: %s.", strings.ToLower(done.State))
	return nil
}

// readReport reads the computed report whole.
func (p *play) readReport(ctx context.Context) error {
	session, err := p.readSession(ctx, `id state report { `+playReportFields+` }`)
	if err != nil {
		return err
	}
	if session.State != "SCORED" || session.Report == nil || session.Report.State != "READY" || session.Report.Band == nil {
		return fmt.Errorf("after the review the session is %s, without a report that is ready", session.State)
	}
	p.session, p.report = session, *session.Report
	r := p.report
	p.say("The report, %s, revision %d: %.2f %% overall, band %q, %s.", r.ID, r.Number, r.Percent, *r.Band, r.outcome())
	for _, s := range r.Result.Sections {
		p.say("Section %s: %s.", s.Title, s.Total.line())
	}
	for _, s := range r.Result.Skills {
		p.say("Skill %s: %s.", s.Name, s.Total.line())
	}
	for _, q := range r.Result.Questions {
		p.say("Question %s: %.2f of %.2f, %s.", q.Ref, q.Awarded, q.Maximum, q.traced())
	}
	return nil
}
