package authoring_test

import (
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/term"
)

// plays is how many histories are played on each database.
const plays = 40

// editing is a version that was published, and everything around it that may change afterwards.
type editing struct {
	r         *rig
	t         *testing.T
	tpl       gid.ID
	questions []gid.ID
	skills    []gid.ID
	before    []string // every version that was published, with its documents
}

// versions are all versions of the template, the oldest first.
func (e *editing) versions() (all []string) {
	for n := 1; n <= e.r.templateNow(e.t, e.tpl).PublishedNumber; n++ {
		v := e.r.version(e.t, e.tpl, n)
		if v.Hash != paper.Hash(v.Paper, v.Key) {
			e.t.Errorf("version %d has another hash than its documents", n)
		}
		all = append(all, fmt.Sprint(v.Hash, v.Name, v.QuestionCount, v.Points, v.CutPercent, " ", string(v.Paper), string(v.Key)))
	}
	return all
}

// check demands that every earlier version is, to the byte, what it was.
func (e *editing) check(rt *rapid.T) {
	now := e.versions()
	if len(now) < len(e.before) {
		rt.Fatalf("%d versions are gone", len(e.before)-len(now))
	}
	if diff := gocmp.Diff(e.before, now[:len(e.before)]); diff != "" {
		rt.Fatal(diff)
	}
	e.before = now
}

func (e *editing) question(rt *rapid.T) gid.ID {
	return rapid.SampledFrom(e.questions).Draw(rt, "question")
}

func (e *editing) skill(rt *rapid.T) gid.ID { return rapid.SampledFrom(e.skills).Draw(rt, "skill") }

// revise writes a draft, which is refused where the question is retired.
func (e *editing) revise(rt *rapid.T) {
	row := e.r.questionNow(e.t, e.question(rt))
	c := says(term.MultipleChoice)
	c.Prompt, c.SkillIDs = rapid.SampledFrom([]string{"New?", "*Newer?*", "Newest?"}).Draw(rt, "prompt"), []gid.ID{e.skill(rt)}
	c.Choices[0].Correct, c.Choices[1].Correct = false, true
	_, _ = e.r.authoring.UpdateQuestion(e.t.Context(), e.r.owner, authoring.UpdateQuestionInput{
		ID: row.ID, Revision: row.Revision, Title: "Changed", Category: term.Culture, Level: term.Senior, Content: c,
	})
}

func (e *editing) publishQuestion(rt *rapid.T) {
	_, _ = e.r.authoring.PublishQuestion(e.t.Context(), e.r.owner, authoring.PublishQuestionInput{ID: e.question(rt)})
}

// retire takes one question out of use, and puts another one beside it.
func (e *editing) retire(rt *rapid.T) {
	if rapid.IntRange(0, 2).Draw(rt, "really") == 0 {
		_, _ = e.r.authoring.RetireQuestion(e.t.Context(), e.r.owner, authoring.RetireQuestionInput{ID: e.question(rt)})
		e.questions = append(e.questions, e.r.showing(e.t, e.stands(e.skill(rt))).ID)
	}
}

func (e *editing) stands(id gid.ID) gid.ID { return e.r.stands(e.t, id) }

func (e *editing) redraft(rt *rapid.T) {
	row := e.r.templateNow(e.t, e.tpl)
	c := slots(found(1, content.PoolFilter{SkillIDs: []gid.ID{e.skill(rt)}}), fixed(e.question(rt)))
	c.CutPercent = rapid.IntRange(0, 100).Draw(rt, "cut")
	must(e.r.authoring.UpdateTemplate(e.t.Context(), e.r.owner, authoring.UpdateTemplateInput{ID: e.tpl, Revision: row.Revision, Name: "Changed", Content: c}))(e.t)
}

// publish is refused where the draft lacks something.
func (e *editing) publish(*rapid.T) {
	_, _ = e.r.authoring.PublishTemplate(e.t.Context(), e.r.owner, authoring.PublishTemplateInput{ID: e.tpl})
}

func (e *editing) merge(rt *rapid.T) {
	_, _ = e.r.mergeQuietly(e.skill(rt), e.skill(rt))
}

func (e *editing) rename(rt *rapid.T) {
	id := e.stands(e.skill(rt))
	row := one(e.t, must(e.r.authoring.SkillsByID(e.t.Context(), e.r.owner, []gid.ID{id}))(e.t))
	must(e.r.authoring.UpdateSkill(e.t.Context(), e.r.owner, authoring.UpdateSkillInput{ID: id, Revision: row.Revision, Name: e.r.name("Renamed")}))(e.t)
}

// TestNoEditReachesAPublishedVersion plays random histories after a publication.
func TestNoEditReachesAPublishedVersion(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		played, failed, again := 0, false, 0
		rapid.Check(t, func(rt *rapid.T) {
			// A failure is played again, to be made smaller; so is a set of histories in which nothing was published again.
			if played++; played > plays && again > 0 && !failed {
				return
			}
			defer func() { failed = failed || rt.Failed() }()
			e := &editing{r: r, t: t}
			for range 3 {
				s := r.skill(t).ID
				e.skills, e.questions = append(e.skills, s), append(e.questions, r.asking(t, term.MultipleChoice, func(in *authoring.CreateQuestionInput) {
					in.Content.SkillIDs = []gid.ID{s}
				}).ID)
			}
			e.tpl = r.publish(t, r.templateOf(t, r.jobRole(t).ID, slots(drawn(1, e.questions[0], e.questions[1]),
				found(1, content.PoolFilter{SkillIDs: e.skills[2:]}))).ID).ID
			e.before = e.versions()
			rt.Repeat(map[string]func(*rapid.T){
				"revise a question": e.revise, "publish a question": e.publishQuestion, "retire a question": e.retire, "redraft": e.redraft,
				"publish": e.publish, "merge": e.merge, "rename": e.rename, "": e.check,
			})
			again += len(e.before) - 1
		})
		t.Logf("of these, %d histories were played; they published %d times again", min(played, plays), again)
		if again == 0 {
			t.Errorf("in %d histories nothing was published again", played)
		}
	})
}
