package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// PlayConfig is what playing the job needs.
type PlayConfig struct {
	BaseURL string                                                  // of a development server
	Token   func(ctx context.Context, email string) (string, error) // a bearer token of its identity provider
	Out     io.Writer                                               // where the story goes
	Run     string                                                  // in names and idempotency keys; another one for each play
}

// Played is what came of a play.
type Played struct {
	SessionID string
	ReportID  string
	ReportURL string
}

// The people of the demonstration.
const (
	playRecruiter = "recruiter@demo.example"
	playCandidate = "candidate@demo.example"
	playReviewer  = "reviewer@demo.example"
	playAnalyst   = "analyst@demo.example"
	playAdmin     = "admin@demo.example"

	playPassword      = "assay"
	playCandidateName = "Sam Okafor"
)

// play is one run of the job: who takes part and what came of the steps so far.
type play struct {
	cfg PlayConfig

	recruiter, candidate, reviewer, analyst, admin *playClient // each by bearer token
	browser                                        *playClient // the candidate's, with a cookie session

	skills    map[string]string // ids by name
	role      playRole
	questions []playQuestion
	template  playTemplate
	version   playVersion
	session   playSession
	link      string // the invitation's path
	sitting   playSitting
	saved     map[string]playAcknowledgement // by the question's place
	assigned  string                         // the review
	report    playReport
}

// Play plays the whole job against a running development server, through its public API alone: from a job role to a
// released report, by different people with different rights. It tells each step to the output. An answer that is not
// what the step expects ends the play with an error that names the step.
func Play(ctx context.Context, cfg PlayConfig) (*Played, error) {
	cfg.BaseURL = strings.TrimSuffix(cfg.BaseURL, "/")
	p := &play{cfg: cfg, skills: map[string]string{}, saved: map[string]playAcknowledgement{}}
	steps := []struct {
		title string
		act   func(context.Context) error
	}{
		{"The recruiter signs in", p.signIn},
		{"The recruiter writes the role, the questions and the template", p.author},
		{"The recruiter publishes version 1, which no later edit changes", p.publish},
		{"The recruiter invites a candidate", p.invite},
		{"The candidate takes the assessment", p.take},
		{"Keys score the choices and the number, a reviewer scores the texts", p.score},
		{"The recruiter releases the report; the candidate and the analyst read what is theirs", p.release},
		{"The admin reads the audit", p.audit},
	}
	for i, step := range steps {
		p.sayTitle(i+1, step.title)
		if err := step.act(ctx); err != nil {
			return nil, fmt.Errorf("step %d, %q: %w", i+1, step.title, err)
		}
	}
	played := &Played{SessionID: p.session.ID, ReportID: p.report.ID, ReportURL: cfg.BaseURL + "/reports/" + p.report.ID}
	p.write("\n" + p.report.table())
	p.write("\nThe report with the trace of every point: " + played.ReportURL + "\n")
	return played, nil
}

func (p *play) sayTitle(number int, title string) { p.write(fmt.Sprintf("\n%d. %s\n", number, title)) }

// say tells one thing that happened.
func (p *play) say(format string, args ...any) { p.write("   " + fmt.Sprintf(format, args...) + "\n") }

// write does not stop the play when nobody listens any more.
func (p *play) write(text string) { _, _ = io.WriteString(p.cfg.Out, text) }

// key makes an idempotency key of this run.
func (p *play) key(what string) string { return "demo-" + p.cfg.Run + "-" + what }

// named puts the run into a name, so that plays can be told apart.
func (p *play) named(name string) string { return name + " (" + p.cfg.Run + ")" }

// bearer makes a client of somebody with a bearer token.
func (p *play) bearer(ctx context.Context, email string) (*playClient, error) {
	token, err := p.cfg.Token(ctx, email)
	if err != nil {
		return nil, fmt.Errorf("token of %s: %w", email, err)
	}
	c := newPlayClient(p.cfg.BaseURL)
	c.token = token
	return c, nil
}

// signIn is step 1: by browser and by bearer token, and everybody else by bearer token.
func (p *play) signIn(ctx context.Context) error {
	browser := newPlayClient(p.cfg.BaseURL)
	provider, _, err := browser.signIn(ctx, playRecruiter, "/")
	if err != nil {
		return err
	}
	p.say("In a browser: GET /login leads to %s, where %s types the password; back with a session cookie.", provider, playRecruiter)
	if err := p.tellViewer(ctx, browser, "by cookie"); err != nil {
		return err
	}
	people := []struct {
		email  string
		client **playClient
	}{
		{playRecruiter, &p.recruiter}, {playCandidate, &p.candidate}, {playReviewer, &p.reviewer},
		{playAnalyst, &p.analyst}, {playAdmin, &p.admin},
	}
	for _, who := range people {
		if *who.client, err = p.bearer(ctx, who.email); err != nil {
			return err
		}
	}
	return p.tellViewer(ctx, p.recruiter, "by bearer token")
}

type playViewer struct {
	Viewer struct {
		Email string
		Roles []string
	}
}

func (p *play) tellViewer(ctx context.Context, c *playClient, how string) error {
	who, err := playAsk[playViewer](ctx, c, `{ viewer { email roles } }`, nil)
	if err != nil {
		return err
	}
	if who.Viewer.Email != playRecruiter {
		return fmt.Errorf("signed in as %q instead of %s", who.Viewer.Email, playRecruiter)
	}
	p.say("viewer, %s: %s, %s.", how, who.Viewer.Email, strings.Join(who.Viewer.Roles, ", "))
	return nil
}

// How long the play waits for work in the background, and how often it looks.
const (
	playPatience = 150
	playInterval = 200 * time.Millisecond
)

var errPlayWait = errors.New("still not so after half a minute; does a worker run?")

// playWait looks until something is so; the number of looks is bounded.
func playWait(ctx context.Context, isSo func() (bool, error)) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for range playPatience {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
		so, err := isSo()
		if err != nil || so {
			return err
		}
		timer.Reset(playInterval)
	}
	return errPlayWait
}
