package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// How the story of the first organization goes, in days before the present.
const (
	worldFounded   = 100 // founded; everything is authored in the days after
	worldDays      = 90  // candidates come
	worldRevised   = 38  // the first template's second version is published
	worldRedrafted = 4   // a draft of the second template's next version is opened
)

const worldDay = 24 * time.Hour

// worldPeople are the first organization's members beside its owner and the hiring manager.
var worldPeople = []worldMember{
	{"admin", "Ines Carvalho", policy.Admin}, {"recruiter", "Jonas Lindqvist", policy.Recruiter},
	{"reviewer", "Aiko Tanabe", policy.Reviewer}, {"reviewer2", "Samuel Okoro", policy.Reviewer}, {"analyst", "Marta Zielinska", policy.Analyst},
}

// playDemo plays the story of the organization that demonstrations look at.
func (w *world) playDemo(ctx context.Context) error {
	today := w.now.Truncate(worldDay)
	o, err := w.found(ctx, today.Add(-worldFounded*worldDay+8*time.Hour), seedSlug, "Harbour & Pine Demo", "Beatriz Amaral")
	if err != nil {
		return err
	}
	if err := o.author(ctx); err != nil {
		return err
	}
	o.later(today.Add(-worldRevised*worldDay+9*time.Hour), o.revise)
	o.later(today.Add(-worldRedrafted*worldDay+15*time.Hour), func(ctx context.Context) error {
		return o.draft(ctx, o.roles[1], seedNextInfrastructure)
	})
	o.plan(today)
	return o.run(ctx)
}

// author writes everything that stands before the first invitation.
func (o *worldOrganization) author(ctx context.Context) error {
	if err := o.join(ctx, "demo.example", nil, worldPeople...); err != nil {
		return err
	}
	if err := o.bringIn(ctx, o.shelf); err != nil {
		return err
	}
	manager := worldMember{"manager", "Henrik Solberg", policy.HiringManager}
	if err := o.join(ctx, "demo.example", []gid.ID{o.jobs[seedTemplates[0].role]}, manager); err != nil {
		return err
	}
	for _, t := range seedTemplates {
		if err := o.addTemplate(ctx, t); err != nil {
			return err
		}
	}
	return o.ruleReviews(ctx, o.roles[1])
}

// ruleReviews has each answer to a template's texts scored by both reviewers, from the beginning.
func (o *worldOrganization) ruleReviews(ctx context.Context, role *worldRole) error {
	role.both = true
	_, err := o.grading.SetReviewRule(ctx, o.members["recruiter"], grading.SetReviewRuleInput{
		TemplateID: role.template.ID, Reviewers: 2, Spread: term.SpreadSession, Automatic: new(true),
		Pool: []gid.ID{o.members["reviewer"].ID, o.members["reviewer2"].ID},
	})
	if err != nil {
		return fmt.Errorf("set review rule: %w", err)
	}
	return nil
}

// revise publishes the second version of the first template.
func (o *worldOrganization) revise(ctx context.Context) error {
	if err := o.draft(ctx, o.roles[0], seedSecondBackend); err != nil {
		return err
	}
	return o.publish(ctx, o.roles[0], seedSecondBackend)
}

// plan invites the candidates of a quarter, and a few who will only begin after the present or began just now.
func (o *worldOrganization) plan(today time.Time) {
	random := rand.New(worldStream('p'))
	names := random.Perm(len(worldGiven) * len(worldFamily))
	add := func(i, role int, start time.Time, fate worldFate) {
		if i%o.one == 0 {
			o.expect(newSitting(o, o.roles[role], names[i], start, fate))
		}
	}
	n := 0
	for day := range worldDays + 3 {
		date := today.Add(time.Duration(day-worldDays) * worldDay)
		for range worldVisitors(date, day) {
			add(n, worldChoose(random, 45, 30, 25), date.Add(7*time.Hour+time.Duration(random.IntN(12*3600))*time.Second), worldTakes)
			n++
		}
		if day%3 == 0 {
			add(n, day%2, date.Add(12*time.Hour), worldStaysAway)
			n++
		}
		if day%9 == 4 {
			add(n, day%3, date.Add(16*time.Hour), worldIsCancelled)
			n++
		}
	}
	now := func(role, minutes int, fate worldFate) {
		o.expect(newSitting(o, o.roles[role], names[n], o.now.Add(-time.Duration(minutes)*time.Minute), fate))
		n++
	}
	for i, minutes := range []int{5, 13, 24, 31} {
		now(i%3, minutes, worldTakes)
	}
	now(0, 8, worldIsPaused)
	now(1, 17, worldIsPaused)
	for i := range 6 {
		now(i%3, (4+11*i)*24*60, worldDeclines)
	}
	for i := range 3 {
		now(i, (9+20*i)*24*60, worldIsVoided)
	}
}

// worldVisitors is how many candidates sit on a day: fewer at weekends.
func worldVisitors(date time.Time, day int) int {
	if date.Weekday() == time.Saturday || date.Weekday() == time.Sunday {
		return 2
	}
	return 4 + day%2
}

// worldChoose draws an index by weights.
func worldChoose(random *rand.Rand, weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := random.IntN(sum)
	for i, w := range weights {
		if at < w {
			return i
		}
		at -= w
	}
	return len(weights) - 1
}

// playOther plays the short story of the second organization.
func (w *world) playOther(ctx context.Context) error {
	today := w.now.Truncate(worldDay)
	o, err := w.found(ctx, today.Add(-30*worldDay+8*time.Hour), seedOtherSlug, "Windmill Lane Other", "Femke de Wit")
	if err != nil {
		return err
	}
	if err := o.authorOther(ctx); err != nil {
		return fmt.Errorf("other: %w", err)
	}
	for i := range 6 {
		start := today.Add(time.Duration(4*i-20)*worldDay + 10*time.Hour)
		o.expect(newSitting(o, o.roles[0], 11+31*i, start, worldTakes))
	}
	return o.run(ctx)
}

func (o *worldOrganization) authorOther(ctx context.Context) error {
	if err := o.join(ctx, "other.example", nil, worldMember{"recruiter", "Pieter Blom", policy.Recruiter}); err != nil {
		return err
	}
	o.members["reviewer"], o.members["reviewer2"] = o.members["owner"], o.members["owner"]
	if err := o.bringIn(ctx, seedOtherPart(o.shelf)); err != nil {
		return err
	}
	return o.addTemplate(ctx, seedOtherTemplate)
}
