package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

type playRole struct {
	ID               string
	Title            string
	Responsibilities []string
	MustHaveSkills   []struct {
		Weight int
		Skill  struct{ Name string }
	}
}

type playQuestion struct {
	ID        string
	Title     string
	State     string
	Revision  int
	Published *struct{ Number int }
	Draft     *struct{ Number int }

	draft playDraft
}

const playQuestionFields = `question { id title state revision published { number } draft { number } }`

type playTemplate struct {
	ID              string
	Name            string
	Revision        int
	PublishedNumber *int
	DraftNumber     *int
	Versions        []playVersion
}

const playTemplateFields = `template { id name revision publishedNumber draftNumber versions { id } }`

// playVersion is a published version with everything that could change if it were not frozen.
type playVersion struct {
	ID            string
	Number        int
	Hash          string
	QuestionCount int
	Points        int
	CutPercent    int
	TimeLimit     string
	Sections      []playSection
}

// playSection is a section as candidates see it.
type playSection struct {
	Title     string
	TimeLimit string
	Questions []struct {
		Ref    string
		Kind   string
		Prompt string
		Points int
	}
}

const playSectionFields = `sections { title timeLimit questions { ref kind prompt points } }`

// author is step 2.
func (p *play) author(ctx context.Context) error {
	for _, write := range []func(context.Context) error{p.writeSkills, p.writeRole, p.writeQuestions, p.writeTemplate} {
		if err := write(ctx); err != nil {
			return err
		}
	}
	return nil
}

// writeSkills finds or makes the skills: a taxonomy needs no copies of one skill.
func (p *play) writeSkills(ctx context.Context) error {
	var made, found int
	for _, s := range playSkills {
		skill, err := playDo[playObject](ctx, p.recruiter, "createSkill", `skill { id }`,
			playVars{"name": s.name, "description": s.description})
		var fault *playFault
		switch {
		case err == nil:
			p.skills[s.name], made = skill.ID, made+1
		case errors.As(err, &fault) && fault.Code == "ALREADY_EXISTS" && fault.Existing != nil:
			p.skills[s.name], found = fault.Existing.ID, found+1
		default:
			return err
		}
	}
	p.say("Skills: %d made, %d already there.", made, found)
	return nil
}

func (p *play) writeRole(ctx context.Context) error {
	role, err := playDo[playRole](ctx, p.recruiter, "createJobRole",
		`jobRole { id title responsibilities mustHaveSkills { weight skill { name } } }`,
		playVars{"fields": playRoleFields(p.named("Backend developer, payments"), p.skills), "idempotencyKey": p.key("role")})
	if err != nil {
		return err
	}
	p.role = *role
	p.say("Job role %q, %s: %d responsibilities; must have %s.", role.Title, role.ID, len(role.Responsibilities), role.needs())
	return nil
}

func (r playRole) needs() string {
	needs := make([]string, len(r.MustHaveSkills))
	for i, s := range r.MustHaveSkills {
		needs[i] = fmt.Sprintf("%s (weight %d)", s.Skill.Name, s.Weight)
	}
	return strings.Join(needs, ", ")
}

// writeQuestions writes and publishes the questions.
func (p *play) writeQuestions(ctx context.Context) error {
	for _, d := range playDrafts() {
		question, err := playDo[playQuestion](ctx, p.recruiter, "createQuestion", playQuestionFields, playVars{
			"title": p.named(d.title), "kind": d.kind, "category": d.category, "level": "EXPERIENCED",
			"content": p.content(d), "idempotencyKey": p.key("question-" + d.key),
		})
		if err != nil {
			return err
		}
		question, err = playDo[playQuestion](ctx, p.recruiter, "publishQuestion", playQuestionFields,
			playVars{"id": question.ID, "idempotencyKey": p.key("publish-" + d.key)})
		if err != nil {
			return err
		}
		question.draft = d
		p.questions = append(p.questions, *question)
		p.say("Question %q, %s, %s: %s.", d.title, d.kind, question.ID, strings.ToLower(question.State))
	}
	return nil
}

// content is what a draft says, with its skills.
func (p *play) content(d playDraft) playVars {
	ids := make([]string, len(d.skills))
	for i, name := range d.skills {
		ids[i] = p.skills[name]
	}
	content := playVars{"skillIds": ids}
	for field, value := range d.content {
		content[field] = value
	}
	return content
}

func (p *play) writeTemplate(ctx context.Context) error {
	template, err := playDo[playTemplate](ctx, p.recruiter, "createTemplate", playTemplateFields, playVars{
		"jobRoleId": p.role.ID, "name": p.named("Payments screening"),
		"content": playTemplateContent(p.questions, 60), "idempotencyKey": p.key("template"),
	})
	if err != nil {
		return err
	}
	p.template = *template
	p.say("Template %q, %s: two sections, 15 and 20 minutes, one question drawn from two, 30 points, cut at 60 %%, three bands.", template.Name, template.ID)
	draft := playVars{"templateId": template.ID, "candidate": playVars{"email": playCandidate, "name": playCandidateName}}
	_, err = playDo[playSession](ctx, p.recruiter, "inviteCandidate", playSessionFields, draft)
	refused, err := playRefused(err, "CONFLICT")
	if err != nil {
		return fmt.Errorf("invite to a draft: %w", err)
	}
	p.say("Inviting to the draft is refused: %s, %q.", refused.Code, refused.Message)
	return p.validate(ctx)
}

// playValidation is what stands between a draft and its publication.
type playValidation struct {
	Organization struct {
		ValidateTemplate struct {
			Publishable           bool
			Faults                []struct{ Message string }
			ProjectedDuration     string
			QuestionCount, Points int
		}
	}
}

// validate asks whether the draft can be published, and how long it is going to take.
func (p *play) validate(ctx context.Context) error {
	read, err := playAsk[playValidation](ctx, p.recruiter, `query Demo($id: ID!) { organization { validateTemplate(id: $id) {
		publishable faults { message } projectedDuration questionCount points } } }`, playVars{"id": p.template.ID})
	if err != nil {
		return err
	}
	v := read.Organization.ValidateTemplate
	if !v.Publishable || len(v.Faults) > 0 {
		return fmt.Errorf("the draft has faults: %+v", v.Faults)
	}
	p.say("Validates the draft: nothing keeps it from publication; %d questions, %d points, about %s.", v.QuestionCount, v.Points, v.ProjectedDuration)
	return nil
}

// publish is step 3.
func (p *play) publish(ctx context.Context) error {
	published, err := playDo[playTemplate](ctx, p.recruiter, "publishTemplate", playTemplateFields,
		playVars{"id": p.template.ID, "idempotencyKey": p.key("publish-template")})
	if err != nil {
		return err
	}
	if published.PublishedNumber == nil || *published.PublishedNumber != 1 || len(published.Versions) != 1 {
		return errors.New("the published version is not number 1")
	}
	p.template = *published
	if p.version, err = p.readVersion(ctx, published.Versions[0].ID); err != nil {
		return err
	}
	v := p.version
	p.say("Version %d, %s: %d questions, %d points, %s, hash %.16s….", v.Number, v.ID, v.QuestionCount, v.Points, v.TimeLimit, v.Hash)
	if err := p.edit(ctx); err != nil {
		return err
	}
	after, err := p.readVersion(ctx, v.ID)
	if err != nil {
		return err
	}
	if fmt.Sprint(after) != fmt.Sprint(v) {
		return fmt.Errorf("version 1 changed: %+v became %+v", v, after)
	}
	p.say("Version 1 is as it was: the same questions, words and limits, hash %.16s….", after.Hash)
	return p.preview(ctx)
}

// preview reads the paper as two candidates would see it: what is drawn may differ, and everything else does not.
func (p *play) preview(ctx context.Context) error {
	read, err := playAsk[struct {
		Node struct {
			One, Again, Other struct{ Sections []playSection }
		}
	}](ctx, p.recruiter, `query Demo($id: ID!) { node(id: $id) { ... on TemplateVersion {
		one: preview(seed: 1) { `+playSectionFields+` } again: preview(seed: 1) { `+playSectionFields+` } other: preview(seed: 2) { `+playSectionFields+` } } } }`,
		playVars{"id": p.version.ID})
	if err != nil {
		return err
	}
	if fmt.Sprint(read.Node.One) != fmt.Sprint(read.Node.Again) {
		return errors.New("the same seed gave two papers")
	}
	for i, paper := range [][]playSection{read.Node.One.Sections, read.Node.Other.Sections} {
		asked := paper[0].Questions
		p.say("Previews the paper of seed %d: %d questions in %q, the drawn one %q.", i+1, len(asked), paper[0].Title, asked[len(asked)-1].Prompt)
	}
	return nil
}

func (p *play) readVersion(ctx context.Context, id string) (playVersion, error) {
	read, err := playAsk[struct{ Node playVersion }](ctx, p.recruiter, `query Demo($id: ID!) { node(id: $id) { ... on TemplateVersion {
		id number hash questionCount points cutPercent timeLimit `+playSectionFields+` } } }`, playVars{"id": id})
	return read.Node, err
}

// edit changes a question, whose next revision is published, and the template, whose next version stays a draft.
func (p *play) edit(ctx context.Context) error {
	q := &p.questions[0]
	changed := p.content(q.draft)
	changed["prompt"] = "A payment may arrive twice. What makes the server pay once?"
	edited, err := playDo[playQuestion](ctx, p.recruiter, "updateQuestion", playQuestionFields, playVars{
		"id": q.ID, "revision": q.Revision, "title": q.Title, "category": q.draft.category, "level": "EXPERIENCED", "content": changed,
	})
	if err != nil {
		return err
	}
	edited, err = playDo[playQuestion](ctx, p.recruiter, "publishQuestion", playQuestionFields, playVars{"id": edited.ID})
	if err != nil {
		return err
	}
	if edited.Published == nil || edited.Published.Number != 2 {
		return errors.New("the edited question has no second revision")
	}
	p.say("Edits and publishes question %q: revision %d.", q.draft.title, edited.Published.Number)
	template, err := playDo[playTemplate](ctx, p.recruiter, "updateTemplate", playTemplateFields, playVars{
		"id": p.template.ID, "revision": p.template.Revision, "name": p.template.Name, "content": playTemplateContent(p.questions, 70),
	})
	if err != nil {
		return err
	}
	if template.DraftNumber == nil || *template.DraftNumber != 2 || *template.PublishedNumber != 1 {
		return errors.New("the edit opened no draft of version 2 beside version 1")
	}
	p.template = *template
	p.say("Edits the template, cut at 70 %%: the draft of version %d is open, version %d is published.", *template.DraftNumber, *template.PublishedNumber)
	return nil
}
