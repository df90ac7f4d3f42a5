package grading_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// plays is how many pairs of sessions are played on each database, each with a bank of its own; more, until each kind of
// edit was made.
const plays = 40

// bank is a template version with everything that an edit could reach.
type bank struct {
	*rig
	t         *testing.T
	template  gid.ID
	questions []gid.ID
	skills    []gid.ID
	edits     map[string]int // how often each kind of edit was made
}

// newBank publishes a template with pools, shuffles, shares, weights and a rule of its own.
func newBank(t *testing.T, r *rig, edits map[string]int) *bank {
	b := &bank{rig: r, t: t, edits: edits}
	for range 3 {
		b.skills = append(b.skills, must(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: "Skill " + r.email()}))(t).ID)
	}
	for i, kind := range []term.QuestionKind{
		term.SingleChoice, term.SingleChoice, term.SingleChoice, term.MultipleChoice, term.Ordering, term.Code, term.Code, term.Spoken, term.Numeric,
	} {
		b.questions = append(b.questions, r.ask(t, kind, b.says(kind, i, 0)))
	}
	q := b.questions
	b.template = r.assess(t, &content.Template{
		Instructions: "Take your *time*", SkillWeights: []*content.SkillWeight{{SkillID: b.skills[0], Weight: 3}, {SkillID: b.skills[1], Weight: 0}},
		ScoringRules: []*content.ScoringRule{{Kind: term.Ordering, PartialCredit: term.AdjacentPairs}},
		Sections: []*content.Section{
			{Title: "A", TimeLimit: 600, Order: new(term.Shuffled), Weight: new(30), Slots: []*content.Slot{
				drawn(2, 2, q[0], q[1], q[2]), fixed(3, q[3]), fixed(4, q[4]),
			}},
			{Title: "B", TimeLimit: 300, Weight: new(70), Slots: []*content.Slot{drawn(5, 1, q[5], q[6], q[7]), fixed(1, q[8])}},
		},
	})
	return b
}

// says is a good question of a kind; each edition asks and scores something else.
func (b *bank) says(kind term.QuestionKind, i, edition int) *content.Question {
	var c *content.Question
	switch kind {
	case term.SingleChoice:
		c = single()
		c.Choices[0].Correct, c.Choices[edition%3].Correct = false, true
	case term.MultipleChoice:
		c = water()
		c.Choices[0].Points = new(fmt.Sprintf("%d.5", 1+edition%2))
	case term.Ordering:
		c = sorting(term.AllOrNothing)
		c.CorrectOrder = slices.Concat(c.CorrectOrder[edition%5:], c.CorrectOrder[:edition%5])
	case term.Code:
		c = program()
	case term.Spoken:
		c = speech()
	default:
		c = &content.Question{Numeric: &content.NumericKey{Value: fmt.Sprintf("%d.5", 3+edition), Mode: term.Absolute, Tolerance: "0.1", Unit: "ms"}}
	}
	for _, cr := range c.Criteria {
		cr.Text, cr.Levels[2].Points = fmt.Sprintf("it works, %d", edition), 2+edition
	}
	c.Prompt, c.SkillIDs = fmt.Sprintf("Edition %d of %d?", edition, i), b.skills[i%3:i%3+1]
	return c
}

// edit is one random change of the bank. One that the state of the bank forbids is no fault of this test.
func (b *bank) edit(rt *rapid.T, edition int) {
	name := rapid.SampledFrom([]string{
		"revise", "revise and publish", "revise and publish", "retire question", "version", "version", "rename skill", "merge skills", "retire template",
	}).Draw(rt, "edit")
	i := rapid.IntRange(0, len(b.questions)-1).Draw(rt, "question")
	var err error
	switch name {
	case "revise":
		err = b.revise(i, edition)
	case "revise and publish":
		if err = b.revise(i, edition); err == nil {
			_, err = b.authoring.PublishQuestion(b.t.Context(), b.owner, authoring.PublishQuestionInput{ID: b.questions[i]})
		}
	case "retire question":
		_, err = b.authoring.RetireQuestion(b.t.Context(), b.owner, authoring.RetireQuestionInput{ID: b.questions[i]})
	case "version":
		err = b.version(rt, edition)
	case "rename skill":
		err = b.rename(i%3, edition)
	case "merge skills":
		_, err = b.authoring.MergeSkills(b.t.Context(), b.owner, authoring.MergeSkillsInput{FromID: b.skills[i%3], IntoID: b.skills[(i+1)%3]})
	case "retire template":
		_, err = b.authoring.RetireTemplate(b.t.Context(), b.owner, authoring.RetireTemplateInput{ID: b.template})
	}
	switch {
	case err == nil:
		b.edits[name]++
	case !fault.Is(err, fault.Conflict):
		rt.Fatalf("%s: %v", name, err)
	}
}

func (b *bank) revise(i, edition int) error {
	q := must(b.authoring.QuestionsByID(b.t.Context(), b.owner, b.questions[i:i+1]))(b.t)[0]
	_, err := b.authoring.UpdateQuestion(b.t.Context(), b.owner, authoring.UpdateQuestionInput{
		ID: q.ID, Revision: q.Revision, Title: fmt.Sprintf("Edition %d", edition), Category: term.Culture, Level: term.Senior, Content: b.says(q.Kind, i, edition),
	})
	return err
}

func (b *bank) rename(i, edition int) error {
	s := must(b.authoring.SkillsByID(b.t.Context(), b.owner, b.skills[i:i+1]))(b.t)[0]
	_, err := b.authoring.UpdateSkill(b.t.Context(), b.owner, authoring.UpdateSkillInput{
		ID: s.ID, Revision: s.Revision, Name: fmt.Sprintf("%s, %d", b.email(), edition),
	})
	return err
}

// version publishes the template anew: of the questions that are not retired, in another order, for other points.
func (b *bank) version(rt *rapid.T, edition int) error {
	row := must(b.authoring.TemplatesByID(b.t.Context(), b.owner, []gid.ID{b.template}))(b.t)[0]
	c := &content.Template{
		Instructions: "Hurry", CutPercent: rapid.IntRange(0, 100).Draw(rt, "cut"), Feedback: term.FeedbackNone, Bands: []*content.Band{{Name: "Other"}},
		SkillWeights: []*content.SkillWeight{{SkillID: b.skills[2], Weight: 7}},
		ScoringRules: []*content.ScoringRule{{Kind: term.Ordering, PartialCredit: term.AllOrNothing}},
		Sections:     []*content.Section{{Title: "Only", TimeLimit: 60}},
	}
	for _, q := range must(b.authoring.QuestionsByID(b.t.Context(), b.owner, rapid.Permutation(b.questions).Draw(rt, "order")))(b.t) {
		if q.State == term.Published {
			c.Sections[0].Slots = append(c.Sections[0].Slots, fixed(1+edition, q.ID))
		}
	}
	if len(c.Sections[0].Slots) == 0 {
		return fault.New(fault.Conflict, "every question is retired")
	}
	_, err := b.authoring.UpdateTemplate(b.t.Context(), b.owner, authoring.UpdateTemplateInput{
		ID: row.ID, Revision: row.Revision, Name: fmt.Sprintf("Edition %d", edition), Content: c,
	})
	if err == nil {
		_, err = b.authoring.PublishTemplate(b.t.Context(), b.owner, authoring.PublishTemplateInput{ID: row.ID})
	}
	return err
}

// traces are what a session left behind of what its candidate saw, its reviewer read, and it was scored, byte for byte.
type traces struct {
	Views    []string // at each step
	Work     string
	Results  []string // every revision of the report, as it is stored
	Feedback string
}

// play takes a whole session, with whatever happens between its steps.
func (b *bank) play(rt *rapid.T, given answers, level int, meanwhile func()) *traces {
	left := &traces{}
	email := b.email()
	in := b.invitation(email)
	in.TemplateID = b.template
	row, who := must(b.sitting.Invite(b.t.Context(), b.owner, in))(b.t), person(email, email)
	step := func() {
		meanwhile()
		left.Views = append(left.Views, b.view(row.ID, who))
	}
	meanwhile()
	must(b.sitting.Accept(b.t.Context(), who, sitting.AcceptInvitationInput{Token: b.token(b.t, email)}))(b.t)
	step()
	must(b.sitting.Start(b.t.Context(), who, sitting.StartSittingInput{ID: row.ID}))(b.t)
	step()
	for _, q := range b.asked(b.t, row.ID, who) {
		if a := given[q.Ref]; a != nil {
			b.save(b.t, row.ID, who, q.Ref, a)
		}
	}
	step()
	must(b.sitting.Submit(b.t.Context(), who, sitting.SubmitSittingInput{ID: row.ID}))(b.t)
	step()
	b.score(b.t, row.ID)
	step()
	if b.session(b.t, row.ID).State == term.InReview {
		left.Work = b.review(row.ID, level, step)
	}
	report, _ := b.report(b.t, row.ID)
	must(b.grading.Release(b.t.Context(), b.owner, grading.ReleaseReportInput{ID: report.ID}))(b.t)
	step()
	f := must(b.grading.Feedback(b.t.Context(), who, row.ID))(b.t)
	f.ReleasedAt = time.Time{}
	left.Feedback = encodedText(b.t, f)
	left.Results = b.texts(b.t, "SELECT result FROM reports WHERE session_id = '"+row.ID.UUID()+"' ORDER BY number")
	if len(left.Results) == 0 || len(left.Results[0]) < 100 {
		rt.Fatalf("results %q", left.Results)
	}
	return left
}

// view is what the candidate sees that does not name the session or a time.
func (b *bank) view(id gid.ID, who policy.Actor) string {
	s := must(b.sitting.Sitting(b.t.Context(), who, id))(b.t)
	return encodedText(b.t, struct {
		Title, Instructions string
		Questions           int
		TimeLimit           time.Duration
		Sections            []*sitting.Section
	}{s.Title, s.Instructions, s.QuestionCount, s.TimeLimit, s.Sections(nil)})
}

// review scores everything that waits with one level of each rubric, and gives the work list as it was shown.
func (b *bank) review(session gid.ID, level int, step func()) string {
	row := must(b.grading.AssignReview(b.t.Context(), b.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: b.reviewer.ID}))(b.t)
	step()
	work := must(b.grading.Work(b.t.Context(), b.reviewer, []gid.ID{row.ID}))(b.t)[0]
	var given []*grading.CriterionScoreInput
	for _, item := range work.Items {
		for _, cr := range item.Criteria {
			given = append(given, &grading.CriterionScoreInput{
				Question: item.Question, Criterion: cr.Key, Points: cr.Levels[level].Points, Comment: "c", Evidence: item.Answer.Text,
			})
		}
	}
	must(b.grading.SubmitReview(b.t.Context(), b.reviewer, grading.SubmitReviewInput{ID: row.ID, Scores: given}))(b.t)
	step()
	work.ReviewID = gid.ID{}
	return encodedText(b.t, work)
}

// anyAnswers answers some of what any seed may ask.
func anyAnswers(rt *rapid.T) answers {
	given := answers{}
	choices := func(ref string, options string, least, most int) {
		if keys := rapid.Permutation(strings.Split(options, " ")).Draw(rt, ref); rapid.IntRange(0, 4).Draw(rt, "open") > 0 {
			given[ref] = ticked(keys[:rapid.IntRange(least, most).Draw(rt, "chosen")]...)
		}
	}
	for _, ref := range []string{"1.1", "1.2", "1.3"} {
		choices(ref, "a b c", 1, 1)
	}
	choices("1.4", "H He C O N Cl", 1, 3)
	choices("1.5", "m f t c r", 2, 5)
	for _, ref := range []string{"2.1", "2.2", "2.3"} {
		if rapid.IntRange(0, 4).Draw(rt, "open") > 0 {
			given[ref] = words(rapid.SampledFrom([]string{"lock()", "Nothing <at> all & more"}).Draw(rt, ref))
		}
	}
	given["2.4"] = number(rapid.SampledFrom([]string{"3.45", "4.5", "-1"}).Draw(rt, "2.4"))
	return given
}

// TestWhatASessionPinnedStays plays two sessions of one version with one seed and the same answers, the second while the
// bank is edited at random between all its steps, and demands that they are the same to the byte: what the candidate sees,
// what the reviewer reads, and the result.
func TestWhatASessionPinnedStays(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		played, failed, edits := 0, false, map[string]int{}
		rapid.Check(t, func(rt *rapid.T) {
			if played++; played > plays && missing(edits) == "" && !failed { // a failure is played again, to be made smaller
				return
			}
			defer func() { failed = failed || rt.Failed() }()
			b := newBank(t, r, edits)
			seed := int64(rapid.IntRange(0, 1000).Draw(rt, "seed"))
			given, level, edition := anyAnswers(rt), rapid.IntRange(0, 2).Draw(rt, "level"), 0
			r.seed(seed)
			want := b.play(rt, given, level, func() {})
			got := b.play(rt, given, level, func() {
				r.seed(seed) // another process goes on, which has read nothing yet
				for range rapid.IntRange(0, 2).Draw(rt, "edits") {
					edition++
					b.edit(rt, edition)
				}
			})
			if diff := gocmp.Diff(want, got); diff != "" {
				rt.Fatalf("after %v: %s", edits, diff)
			}
		})
		t.Logf("of these, %d pairs were played, with the edits %v", min(played, plays), edits)
		if name := missing(edits); name != "" {
			t.Errorf("no play came to %s", name)
		}
	})
}

// missing is a kind of edit that was never made, if there is one.
func missing(edits map[string]int) string {
	for _, name := range []string{"revise and publish", "retire question", "version", "rename skill", "merge skills", "retire template"} {
		if edits[name] == 0 {
			return name
		}
	}
	return ""
}
