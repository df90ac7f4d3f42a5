package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// worldFate is what becomes of an invitation.
type worldFate int

// The fates of an invitation.
const (
	worldTakes worldFate = iota
	worldStaysAway
	worldIsCancelled
	worldDeclines
	worldIsVoided
	worldIsPaused
)

// worldIssuer vouches for the simulated candidates; nobody can sign in with it.
const worldIssuer = "https://candidates.demo.example"

// worldSitting is one candidate's way through one assessment: each step plans the next.
type worldSitting struct {
	*worldOrganization
	role      *worldRole
	fate      worldFate
	random    *rand.Rand // this candidate's own, so that nobody else changes what they do
	name      string
	candidate policy.Actor
	begins    time.Time
	pace      float64 // of the time hints
	ability   map[string]float64
	items     []worldItem // as they were published when the invitation went out

	id       gid.ID
	secret   string
	deadline time.Time
	waiting  []worldAnswer // answers that only a reviewer can score
	review   gid.ID
	reviewer policy.Actor
}

// newSitting makes a candidate, by the number of their name, who will begin at a time.
func newSitting(o *worldOrganization, role *worldRole, number int, begins time.Time, fate worldFate) *worldSitting {
	s := &worldSitting{worldOrganization: o, role: role, fate: fate, begins: begins}
	s.random = rand.New(rand.NewPCG(uint64(number), uint64(len(worldSeed))))
	given, family := worldGiven[number%len(worldGiven)], worldFamily[number/len(worldGiven)]
	s.name = given + " " + family
	email := strings.ToLower(given+"."+family) + "@candidates.example"
	s.candidate = policy.Actor{Identity: policy.Identity{Issuer: worldIssuer, Subject: email, Email: email, EmailVerified: true, Name: s.name}}
	s.pace = min(1.6, max(0.45, 0.9+0.25*s.random.NormFloat64()))
	s.ability = worldAbility(s.random, o.shelf.Skills)
	return s
}

// expect plans the invitation of a candidate, hours to days before they begin.
func (o *worldOrganization) expect(s *worldSitting) {
	ahead := 3*time.Hour + time.Duration(s.random.IntN(57*60))*time.Minute
	o.later(s.begins.Add(-ahead), s.invite)
}

// after plans the next step.
func (s *worldSitting) after(d time.Duration, play func(context.Context) error) {
	s.later(s.clock.at.Add(d), play)
}

// hours draws a time between two numbers of hours.
func (s *worldSitting) hours(least, most int) time.Duration {
	return time.Duration(least)*time.Hour + time.Duration(s.random.IntN((most-least)*3600))*time.Second
}

func (s *worldSitting) invite(ctx context.Context) error {
	s.items = s.role.items
	row, err := s.sittings.Invite(ctx, s.members["recruiter"], sitting.InviteCandidateInput{
		TemplateID: s.role.template.ID, Candidate: sitting.CandidateInput{Email: s.candidate.Identity.Email, Name: s.name},
	})
	if err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	s.id, s.secret = row.ID, s.links.secret
	switch s.fate {
	case worldStaysAway:
		s.later(row.ExpiresAt.Add(tenant.EndsAfter+time.Second), s.finish)
	case worldIsCancelled:
		s.after(s.hours(2, 40), s.cancel)
	case worldDeclines:
		s.after(s.hours(1, 3), s.decline)
	default:
		s.later(s.begins.Add(-time.Duration(1+s.random.IntN(15))*time.Minute), s.accept)
	}
	return nil
}

// decline refuses the invitation.
func (s *worldSitting) decline(ctx context.Context) error {
	reasons := []string{"I have accepted another position.", "The role is not what I am looking for.", "I cannot take it in the time given."}
	in := sitting.DeclineInvitationInput{Token: &s.secret, Reason: reasons[s.random.IntN(len(reasons))]}
	if _, err := s.sittings.Decline(ctx, policy.Actor{}, in); err != nil {
		return fmt.Errorf("decline: %w", err)
	}
	return nil
}

// pause stops the clock of who sits just now.
func (s *worldSitting) pause(ctx context.Context) error {
	in := sitting.PauseSessionInput{ID: s.id, Reason: term.ReasonTechnical, Note: "The network of the building is down."}
	if _, err := s.sittings.Pause(ctx, s.members["recruiter"], in); err != nil {
		return fmt.Errorf("pause: %w", err)
	}
	return nil
}

// void makes what was handed in void.
func (s *worldSitting) void(ctx context.Context) error {
	in := sitting.VoidSessionInput{ID: s.id, Reason: "The candidate was sent the assessment of another role."}
	if _, err := s.sittings.Void(ctx, s.members["recruiter"], in); err != nil {
		return fmt.Errorf("void: %w", err)
	}
	return nil
}

// cancel withdraws the invitation.
func (s *worldSitting) cancel(ctx context.Context) error {
	reasons := []string{"The candidate took another offer.", "The position was filled.", "Invited to the wrong assessment."}
	in := sitting.CancelSessionInput{ID: s.id, Reason: reasons[s.random.IntN(len(reasons))]}
	if _, err := s.sittings.Cancel(ctx, s.members["recruiter"], in); err != nil {
		return fmt.Errorf("cancel: %w", err)
	}
	return nil
}

func (s *worldSitting) accept(ctx context.Context) error {
	if _, err := s.sittings.Accept(ctx, s.candidate, sitting.AcceptInvitationInput{Token: s.secret}); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	s.later(s.begins, s.start)
	return nil
}

func (s *worldSitting) start(ctx context.Context) error {
	own, err := s.sittings.Start(ctx, s.candidate, sitting.StartSittingInput{ID: s.id})
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	s.deadline = *own.Deadline
	if s.fate == worldIsPaused {
		s.after(90*time.Second, s.pause)
		return nil
	}
	s.turnTo(0)
	return nil
}

// turnTo plans the answer to a question, or the end: handed in, or taken by the clock.
func (s *worldSitting) turnTo(i int) {
	if i == len(s.items) {
		s.unlessOver(time.Duration(20+s.random.IntN(160))*time.Second, s.submit)
		return
	}
	answer := s.think(s.items[i])
	takes := float64(answer.question.Content.TimeHint) * s.pace * (0.7 + 0.6*s.random.Float64())
	s.unlessOver(time.Duration(takes*1000)*time.Millisecond, func(ctx context.Context) error {
		if err := s.save(ctx, answer); err != nil {
			return err
		}
		s.turnTo(i + 1)
		return nil
	})
}

// unlessOver plans a step of the sitting, or its end if the clock is faster.
func (s *worldSitting) unlessOver(d time.Duration, play func(context.Context) error) {
	if s.clock.at.Add(d).Before(s.deadline) {
		s.after(d, play)
		return
	}
	s.later(s.deadline.Add(tenant.EndsAfter+time.Second), s.finish)
}

// save keeps an answer, unless the candidate has nothing to say.
func (s *worldSitting) save(ctx context.Context, a worldAnswer) error {
	if a.answer.Blank() {
		return nil
	}
	_, err := s.sittings.SaveResponse(ctx, s.candidate, sitting.SaveResponseInput{
		SittingID: s.id, Question: a.ref, ClientKey: "first " + a.ref, Answer: a.answer,
	})
	if fault.Is(err, fault.DeadlinePassed) { // too slow for this section, and goes on with what comes next
		return nil
	}
	if err != nil {
		return fmt.Errorf("save %s: %w", a.question.Key, err)
	}
	if a.open {
		s.waiting = append(s.waiting, a)
	}
	return nil
}

func (s *worldSitting) submit(ctx context.Context) error {
	if _, err := s.sittings.Submit(ctx, s.candidate, sitting.SubmitSittingInput{ID: s.id}); err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	s.judge()
	return nil
}

// finish ends what the candidate did not: an invitation expires, a sitting is submitted.
func (s *worldSitting) finish(ctx context.Context) error {
	if err := s.sittings.Finish(ctx, policy.Worker(s.worldOrganization.id), s.id); err != nil {
		return fmt.Errorf("finish: %w", err)
	}
	if !s.deadline.IsZero() {
		s.judge()
	}
	return nil
}

// judge plans what happens after the sitting: the review if something waits for it, then the release. Few reports are
// never released.
func (s *worldSitting) judge() {
	switch {
	case s.fate == worldIsVoided:
		s.after(s.hours(1, 20), s.void)
	case len(s.waiting) > 0 && s.role.both:
		s.after(s.hours(3, 60), s.scoreFirst)
	case len(s.waiting) > 0:
		s.after(s.hours(1, 20), s.assign)
	default:
		s.planRelease()
	}
}

func (s *worldSitting) planRelease() {
	if s.random.IntN(100) < 96 {
		s.after(s.hours(1, 30), s.release)
	}
}

func (s *worldSitting) assign(ctx context.Context) error {
	s.reviewer = s.members["reviewer"]
	if s.random.IntN(100) < 45 {
		s.reviewer = s.members["reviewer2"]
	}
	row, err := s.grading.AssignReview(ctx, s.members["recruiter"], grading.AssignReviewInput{SessionID: s.id, ReviewerID: s.reviewer.ID})
	if err != nil {
		return fmt.Errorf("assign review: %w", err)
	}
	s.review = row.ID
	s.after(s.hours(2, 44), s.score)
	return nil
}

// scoreFirst submits the first of two reviews, which the rule assigned; the second follows.
func (s *worldSitting) scoreFirst(ctx context.Context) error {
	if err := s.scoreAs(ctx, "reviewer"); err != nil {
		return err
	}
	s.after(s.hours(2, 44), func(ctx context.Context) error {
		if err := s.scoreAs(ctx, "reviewer2"); err != nil {
			return err
		}
		s.planRelease()
		return nil
	})
	return nil
}

// scoreAs submits somebody's review.
func (s *worldSitting) scoreAs(ctx context.Context, login string) error {
	rows, err := s.grading.AssignmentsBySession(ctx, s.members["recruiter"], []gid.ID{s.id})
	if err != nil {
		return fmt.Errorf("find reviews: %w", err)
	}
	for _, r := range rows {
		if r.ReviewerID == s.members[login].ID {
			s.review, s.reviewer = r.ID, s.members[login]
		}
	}
	return s.submitReview(ctx)
}

// score submits the review: the reviewer sees which words stand in the answer.
func (s *worldSitting) score(ctx context.Context) error {
	if err := s.submitReview(ctx); err != nil {
		return err
	}
	s.planRelease()
	return nil
}

func (s *worldSitting) submitReview(ctx context.Context) error {
	in := grading.SubmitReviewInput{ID: s.review}
	for _, a := range s.waiting {
		in.Scores = append(in.Scores, a.scores()...)
	}
	if _, err := s.grading.SubmitReview(ctx, s.reviewer, in); err != nil {
		return fmt.Errorf("submit review: %w", err)
	}
	return nil
}

func (s *worldSitting) release(ctx context.Context) error {
	reports, err := s.grading.ReportsBySession(ctx, s.members["recruiter"], []gid.ID{s.id})
	if err != nil {
		return fmt.Errorf("find report: %w", err)
	}
	for _, r := range reports {
		if _, err := s.grading.Release(ctx, s.members["recruiter"], grading.ReleaseReportInput{ID: r.ID}); err != nil {
			return fmt.Errorf("release: %w", err)
		}
	}
	return nil
}
