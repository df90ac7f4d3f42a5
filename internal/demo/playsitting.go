package demo

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

type playSession struct {
	ID        string
	State     string
	ExpiresAt string
	OpenedAt  *string
	Report    *playReport
}

const playSessionFields = `session { id state expiresAt openedAt }`

type playSitting struct {
	ID            string
	State         string
	Title         string
	QuestionCount int
	TimeLimit     string
	Deadline      *string
	Sections      []playSection
	Responses     []playResponse
	Receipt       *struct{ Hash, SubmittedAt string }
	Feedback      *struct {
		ReleasedAt string
		Passed     *bool
		Sections   []struct {
			Title   string
			Percent int
		}
	}
}

type playResponse struct {
	Question string
	Revision int
	SavedAt  string
	Answer   playGiven
}

// playGiven is a stored answer.
type playGiven struct {
	Choices []string
	Number  *string
	Text    *string
}

// String is what was answered.
func (g playGiven) String() string {
	switch {
	case g.Text != nil:
		return *g.Text
	case g.Number != nil:
		return *g.Number
	default:
		return strings.Join(g.Choices, ", ")
	}
}

type playAcknowledgement struct {
	Question string
	Revision int
	SavedAt  string
	Deadline string
}

// invite is step 4.
func (p *play) invite(ctx context.Context) error {
	input := playVars{
		"templateId": p.template.ID, "candidate": playVars{"email": playCandidate, "name": playCandidateName},
		"idempotencyKey": p.key("invite"),
	}
	for i := range 2 {
		session, err := playDo[playSession](ctx, p.recruiter, "inviteCandidate", playSessionFields, input)
		if err != nil {
			return err
		}
		if i == 1 && session.ID != p.session.ID {
			return fmt.Errorf("the same idempotency key made two sessions: %s and %s", p.session.ID, session.ID)
		}
		p.session = *session
	}
	p.say("Invites %s with an idempotency key, twice: one session, %s, to be started before %s.", playCandidate, p.session.ID, p.session.ExpiresAt)
	return p.findLink(ctx)
}

var (
	playMail = regexp.MustCompile(`(?s)<article class="card">.*?</article>`)
	playLink = regexp.MustCompile(`/take/[A-Za-z0-9_-]+`)
)

// findLink looks into the development mailbox for the one mail of this invitation.
func (p *play) findLink(ctx context.Context) error {
	mailbox, err := newPlayClient(p.cfg.BaseURL).open(ctx, http.MethodGet, p.cfg.BaseURL+"/dev/mail", nil)
	if err != nil {
		return err
	}
	links := map[string]bool{}
	for _, mail := range playMail.FindAllString(mailbox.text, -1) {
		text := html.UnescapeString(mail)
		if strings.Contains(text, p.template.Name) && strings.Contains(text, playCandidate) {
			links[playLink.FindString(text)] = true
			p.link = playLink.FindString(text)
		}
	}
	if len(links) != 1 || p.link == "" {
		return fmt.Errorf("the mailbox has %d invitations instead of one", len(links))
	}
	p.say("The mailbox at /dev/mail has one mail to %s, with the link %.14s….", playCandidate, p.link)
	return nil
}

// take is step 5.
func (p *play) take(ctx context.Context) error {
	for _, do := range []func(context.Context) error{p.openLink, p.accept, p.start, p.answer, p.resume, p.submit} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// openLink looks at the invitation as anybody who has the link could, which binds nothing.
func (p *play) openLink(ctx context.Context) error {
	p.browser = newPlayClient(p.cfg.BaseURL)
	page, err := p.browser.open(ctx, http.MethodGet, p.cfg.BaseURL+p.link, nil)
	if err != nil {
		return err
	}
	session, err := p.readSession(ctx, `id state openedAt`)
	if err != nil {
		return err
	}
	if session.OpenedAt != nil || session.State != "INVITED" {
		return fmt.Errorf("reading the link changed the session to %s", session.State)
	}
	p.say("Opens the link: %q; nothing is bound yet.", page.heading())
	return nil
}

func (p *play) readSession(ctx context.Context, fields string) (playSession, error) {
	read, err := playAsk[struct{ Node playSession }](ctx, p.recruiter,
		`query Demo($id: ID!) { node(id: $id) { ... on CandidateSession { `+fields+` } } }`, playVars{"id": p.session.ID})
	return read.Node, err
}

// accept signs in by browser, returns to the link and sends its form.
func (p *play) accept(ctx context.Context) error {
	if _, _, err := p.browser.signIn(ctx, playCandidate, p.link); err != nil {
		return err
	}
	page, err := p.browser.open(ctx, http.MethodPost, p.cfg.BaseURL+p.link, url.Values{})
	if err != nil {
		return err
	}
	if !strings.Contains(page.text, p.session.ID) {
		return fmt.Errorf("the accepted invitation does not name the sitting: %s", page.heading())
	}
	p.say("Signs in as %s and accepts: sitting %s is theirs.", playCandidate, p.session.ID)
	return nil
}

func (p *play) start(ctx context.Context) error {
	sitting, err := playDo[playSitting](ctx, p.browser, "startSitting",
		`sitting { id state title questionCount timeLimit deadline `+playSectionFields+` }`, playVars{"id": p.session.ID})
	if err != nil {
		return err
	}
	if sitting.State != "IN_PROGRESS" || sitting.Deadline == nil {
		return fmt.Errorf("the started sitting is %s", sitting.State)
	}
	// What a section asks shows once it was entered; the answers come back to the first one.
	for n := len(sitting.Sections); n >= 1; n-- {
		sitting, err = playDo[playSitting](ctx, p.browser, "enterSection",
			`sitting { id state title questionCount timeLimit deadline `+playSectionFields+` }`, playVars{"sittingId": p.session.ID, "section": n})
		if err != nil {
			return err
		}
	}
	p.sitting = *sitting
	p.say("Starts %q: %d questions, %s; the server ends it at %s.", sitting.Title, sitting.QuestionCount, sitting.TimeLimit, playClock(*sitting.Deadline))
	return nil
}

// save sends an answer, based on the revision that was acknowledged last.
func (p *play) save(ctx context.Context, ref string, revision int, answer playVars) (*playAcknowledgement, error) {
	return playDo[playAcknowledgement](ctx, p.browser, "saveResponse", `acknowledgement { question revision savedAt deadline }`, playVars{
		"sittingId": p.sitting.ID, "question": ref, "revision": revision, "answer": answer,
		"clientKey": fmt.Sprintf("%s-%s-%d", p.cfg.Run, ref, revision+1),
	})
}

// places are the questions' places in the paper, in order.
func (p *play) places() []string {
	var refs []string
	for _, s := range p.sitting.Sections {
		for _, q := range s.Questions {
			refs = append(refs, q.Ref)
		}
	}
	return refs
}

// answered is what the candidate answers at each place, found by the prompt that stands there: a draw decides which
// question of the pool does.
func (p *play) answered() (map[string]playVars, error) {
	byPrompt, answers, at := map[string]playVars{}, playAnswers(), map[string]playVars{}
	for _, q := range p.questions {
		byPrompt[fmt.Sprint(q.draft.content["prompt"])] = answers[q.draft.key]
	}
	for _, s := range p.sitting.Sections {
		for _, q := range s.Questions {
			if at[q.Ref] = byPrompt[q.Prompt]; at[q.Ref] == nil {
				return nil, fmt.Errorf("nobody wrote the question at %s: %s", q.Ref, q.Prompt)
			}
		}
	}
	return at, nil
}

// answer saves an answer to each question, the last one twice; a save from an older state is refused.
func (p *play) answer(ctx context.Context) error {
	refs := p.places()
	if len(refs) != p.version.QuestionCount {
		return fmt.Errorf("the paper asks %d questions instead of %d", len(refs), p.version.QuestionCount)
	}
	answers, err := p.answered()
	if err != nil {
		return err
	}
	last := refs[len(refs)-1]
	if _, err := p.save(ctx, last, 0, playVars{"text": playFirstWords}); err != nil {
		return err
	}
	for _, ref := range refs {
		revision := 0
		if ref == last {
			revision = 1
		}
		saved, err := p.save(ctx, ref, revision, answers[ref])
		if err != nil {
			return err
		}
		p.saved[ref] = *saved
		p.say("Saves an answer to %s: revision %d, stored %s.", ref, saved.Revision, playClock(saved.SavedAt))
	}
	return p.saveStale(ctx, last)
}

func (p *play) saveStale(ctx context.Context, ref string) error {
	_, err := playDo[playAcknowledgement](ctx, p.browser, "saveResponse", `acknowledgement { question revision }`, playVars{
		"sittingId": p.sitting.ID, "question": ref, "revision": 1, "clientKey": p.key("another-tab"), "answer": playVars{"text": "From another tab."},
	})
	refused, err := playRefused(err, "STALE")
	if err != nil {
		return err
	}
	if refused.Current == nil || refused.Current.Answer.String() != playStory {
		return errors.New("the stale save was not told the answer that stands")
	}
	p.say("A save from another tab, which saw revision 1, is refused: %s, and told revision %d as it stands.", refused.Code, refused.Current.Revision)
	return nil
}

// resume loses the connection: another client, by another way of signing in, reads everything that was stored.
func (p *play) resume(ctx context.Context) error {
	read, err := playAsk[struct{ Sitting playSitting }](ctx, p.candidate, `query Demo($id: ID!) { sitting(id: $id) {
		state deadline responses { question revision savedAt answer { choices number text } } } }`, playVars{"id": p.sitting.ID})
	if err != nil {
		return err
	}
	answers, err := p.answered()
	if err != nil {
		return err
	}
	for i, ref := range p.places() {
		if i >= len(read.Sitting.Responses) {
			return fmt.Errorf("the answer to %s is lost", ref)
		}
		got, want := read.Sitting.Responses[i], p.saved[ref]
		given := playGivenOf(answers[ref])
		if got.Question != ref || got.Revision != want.Revision || got.SavedAt != want.SavedAt || got.Answer.String() != given {
			return fmt.Errorf("the answer to %s came back as %+v instead of revision %d", ref, got, want.Revision)
		}
	}
	p.say("The connection is lost; another client reads the sitting: all %d answers with their revisions.", len(read.Sitting.Responses))
	return nil
}

// playGivenOf is what an answer that was sent says.
func playGivenOf(sent playVars) string {
	var given playGiven
	if choices, ok := sent["choices"].([]string); ok {
		given.Choices = choices
	}
	if number, ok := sent["number"].(string); ok {
		given.Number = &number
	}
	if text, ok := sent["text"].(string); ok {
		given.Text = &text
	}
	return given.String()
}

func (p *play) submit(ctx context.Context) error {
	sitting, err := playDo[playSitting](ctx, p.candidate, "submitSitting", `sitting { id state receipt { hash submittedAt } }`,
		playVars{"id": p.sitting.ID, "idempotencyKey": p.key("submit")})
	if err != nil {
		return err
	}
	if sitting.State != "SUBMITTED" || sitting.Receipt == nil {
		return fmt.Errorf("the submitted sitting is %s, without a receipt", sitting.State)
	}
	p.say("Submits; the receipt is %s, %s.", sitting.Receipt.Hash, sitting.Receipt.SubmittedAt)
	return nil
}
