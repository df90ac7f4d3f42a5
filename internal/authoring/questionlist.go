package authoring

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/question"
	"github.com/assay-hq/assay/ent/questionrevision"
	"github.com/assay-hq/assay/ent/questionskill"
	"github.com/assay-hq/assay/ent/templateuse"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/ent/versionuse"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// QuestionFilter narrows a list of questions; every part that is there must hold.
type QuestionFilter struct {
	Kind     *term.QuestionKind
	Category *term.Category
	Level    *term.Level
	State    *term.PublicationState
	Language *string
	SkillIDs []gid.ID // any of them
	Used     *bool    // whether a template, draft or published, asks it
	Key      *string
	Text     *string // every word of it begins a word of the title or the prompt
}

// maxTerms bounds the words of a search.
const maxTerms = 12

func (f *QuestionFilter) check() error {
	if f == nil {
		return nil
	}
	var c fault.Checks
	c.That(len(f.SkillIDs) <= 20, "at most 20 are allowed", "filter", "skillIds")
	if f.Text != nil {
		words := wordsOf(*f.Text)
		c.That(len(words) >= 1, "write a word to look for", "filter", "text")
		c.That(len(words) <= maxTerms, "at most "+strconv.Itoa(maxTerms)+" words are allowed", "filter", "text")
	}
	return ofQuery(&c)
}

func (f *QuestionFilter) apply(scope tenant.Scope) *ent.QuestionQuery {
	if f == nil {
		return scope.Questions()
	}
	q := filterQuestions(scope, &content.PoolFilter{Kind: f.Kind, Category: f.Category, Level: f.Level, Language: f.Language, SkillIDs: f.SkillIDs})
	if f.State != nil {
		q.Where(question.StateEQ(*f.State))
	}
	if f.Key != nil {
		q.Where(question.Handle(*f.Key))
	}
	if f.Used != nil {
		q.Where(used(scope, *f.Used))
	}
	if f.Text != nil {
		q.Where(scope.Words(wordsOf(*f.Text)))
	}
	return q
}

// filterQuestions finds the visible questions that a filter names, whatever their state.
func filterQuestions(scope tenant.Scope, f *content.PoolFilter) *ent.QuestionQuery {
	q := scope.Questions()
	if f.Kind != nil {
		q.Where(question.KindEQ(*f.Kind))
	}
	if f.Category != nil {
		q.Where(question.CategoryEQ(*f.Category))
	}
	if f.Level != nil {
		q.Where(question.LevelEQ(*f.Level))
	}
	if f.Language != nil {
		q.Where(question.Language(*f.Language))
	}
	if len(f.SkillIDs) > 0 {
		q.Where(shows(scope, f.SkillIDs))
	}
	return q
}

// shows keeps the questions that show any of the skills, also one that was merged into another.
func shows(scope tenant.Scope, skills []gid.ID) func(*entsql.Selector) {
	return func(q *entsql.Selector) {
		t := entsql.Dialect(q.Dialect()).Select(questionskill.FieldQuestionID).From(entsql.Table(questionskill.Table))
		tenant.In(questionskill.FieldSkillID, skills)(t)
		q.Where(entsql.In(q.C(question.FieldID), t.Where(entsql.EQ(t.C(questionskill.FieldOrganizationID), scope.Organization()))))
	}
}

// used keeps the questions that some template asks, or those that none does.
func used(scope tenant.Scope, is bool) func(*entsql.Selector) {
	return func(q *entsql.Selector) {
		t := entsql.Dialect(q.Dialect()).Select(templateuse.FieldQuestionID).From(entsql.Table(templateuse.Table))
		t.Where(entsql.And(entsql.EQ(t.C(templateuse.FieldOrganizationID), scope.Organization()),
			entsql.ColumnsEQ(t.C(templateuse.FieldQuestionID), q.C(question.FieldID))))
		if is {
			q.Where(entsql.Exists(t))
			return
		}
		q.Where(entsql.NotExists(t))
	}
}

// Questions lists the visible questions, the newest first.
func (s *Service) Questions(ctx context.Context, actor policy.Actor, filter *QuestionFilter, paging tenant.Paging) (*tenant.Page[*ent.Question], error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionRead)
	if err != nil {
		return nil, err
	}
	if err := filter.check(); err != nil {
		return nil, err
	}
	if err := filter.stand(ctx, scope); err != nil {
		return nil, err
	}
	at := func(row *ent.Question) tenant.Cursor { return tenant.Cursor{ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{Desc: true}, at, func(window func(*entsql.Selector)) ([]*ent.Question, error) {
		return filter.apply(scope).Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = filter.apply(scope).Count
	return page, nil
}

// stand replaces the filter's skills by what they stand for now; what is not visible finds nothing.
func (f *QuestionFilter) stand(ctx context.Context, scope tenant.Scope) error {
	if f == nil || len(f.SkillIDs) == 0 {
		return nil
	}
	found, err := standing(ctx, scope, f.SkillIDs)
	if err != nil {
		return err
	}
	for i, id := range f.SkillIDs {
		if found[id] != nil {
			f.SkillIDs[i] = found[id].ID
		}
	}
	return nil
}

// QuestionsByID reads questions for a batch; what is not visible is left out.
func (s *Service) QuestionsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Question, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionRead)
	if err != nil {
		return nil, err
	}
	return scope.Questions().Where(tenant.In(question.FieldID, ids)).All(ctx)
}

// CurrentRevisions reads, for several questions, the published revision and the open draft where there is one.
func (s *Service) CurrentRevisions(ctx context.Context, actor policy.Actor, questions []gid.ID) ([]*ent.QuestionRevision, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionRead)
	if err != nil {
		return nil, err
	}
	return currentRevisions(ctx, scope, questions)
}

func currentRevisions(ctx context.Context, scope tenant.Scope, questions []gid.ID) ([]*ent.QuestionRevision, error) {
	return scope.QuestionRevisions().Where(tenant.In(questionrevision.FieldQuestionID, questions), current).All(ctx)
}

// current keeps the revisions that a question's row names as published or draft.
func current(q *entsql.Selector) {
	t := entsql.Table(question.Table)
	q.Join(t).On(q.C(questionrevision.FieldQuestionID), t.C(question.FieldID)).
		Where(entsql.Or(
			entsql.ColumnsEQ(q.C(questionrevision.FieldNumber), t.C(question.FieldPublishedNumber)),
			entsql.ColumnsEQ(q.C(questionrevision.FieldNumber), t.C(question.FieldDraftNumber)),
		))
}

// RevisionStatus is where a revision of a question stands.
type RevisionStatus string

// The states of a revision.
const (
	RevisionDraft      RevisionStatus = "DRAFT"
	RevisionPublished  RevisionStatus = "PUBLISHED"
	RevisionSuperseded RevisionStatus = "SUPERSEDED"
	RevisionRetired    RevisionStatus = "RETIRED"
)

// Values lists every status.
func (RevisionStatus) Values() []string {
	return []string{string(RevisionDraft), string(RevisionPublished), string(RevisionSuperseded), string(RevisionRetired)}
}

// StatusOf is where a revision stands, by its question's row.
func StatusOf(q *ent.Question, r *ent.QuestionRevision) RevisionStatus {
	switch {
	case r.PublishedAt == nil:
		return RevisionDraft
	case r.Number < q.PublishedNumber:
		return RevisionSuperseded
	case q.State == term.Retired:
		return RevisionRetired
	default:
		return RevisionPublished
	}
}

// maxRevisions is how many of a question's revisions are shown, the newest.
const maxRevisions = 100

// RevisionsByQuestion reads the published revisions of several questions, at most the newest 100 of each, the newest
// first.
func (s *Service) RevisionsByQuestion(ctx context.Context, actor policy.Actor, questions []gid.ID) ([]*ent.QuestionRevision, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionRead)
	if err != nil {
		return nil, err
	}
	return scope.QuestionRevisions().Where(tenant.In(questionrevision.FieldQuestionID, questions), questionrevision.PublishedAtNotNil(), recentRevisions).
		Order(questionrevision.ByNumber(entsql.OrderDesc())).All(ctx)
}

func recentRevisions(q *entsql.Selector) {
	t := entsql.Table(question.Table)
	q.Join(t).On(q.C(questionrevision.FieldQuestionID), t.C(question.FieldID)).
		Where(entsql.ExprP(q.C(questionrevision.FieldNumber) + " > " + t.C(question.FieldPublishedNumber) + " - " + strconv.Itoa(maxRevisions)))
}

// RevisionUse is a published template that asks a revision.
type RevisionUse struct {
	RevisionID gid.ID
	Version    *ent.TemplateVersion
}

// maxUses is how many of the templates are shown that ask a revision, the newest.
const maxUses = 100

// UsesByRevision reads which published templates ask several revisions, at most the newest 100 of each; what is not
// visible is left out.
func (s *Service) UsesByRevision(ctx context.Context, actor policy.Actor, revisions []gid.ID) ([]*RevisionUse, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateRead)
	if err != nil {
		return nil, err
	}
	visible := ""
	if scope.Limited() {
		visible = " AND v.job_role_id IN (@roles)"
	}
	rows, err := scope.Query(ctx, `SELECT revision_id, template_version_id FROM (
			SELECT r.id AS revision_id, u.template_version_id, row_number() OVER (PARTITION BY r.id ORDER BY u.template_version_id DESC) AS place
			FROM question_revisions r JOIN version_uses u
				ON u.organization_id = r.organization_id AND u.question_id = r.question_id AND u.number = r.number
			JOIN template_versions v ON v.organization_id = u.organization_id AND v.id = u.template_version_id
			WHERE r.organization_id = @org AND r.id IN (@ids)`+visible+`) x WHERE place <= `+strconv.Itoa(maxUses),
		tenant.Args{"ids": tenant.IDs(revisions), "roles": tenant.IDs(scope.Actor().JobRoles)})
	if err != nil {
		return nil, fmt.Errorf("find uses: %w", err)
	}
	defer rows.Close()
	var uses []*RevisionUse
	var versions []gid.ID
	for rows.Next() {
		use := &RevisionUse{Version: new(ent.TemplateVersion)}
		if err := rows.Scan(&use.RevisionID, &use.Version.ID); err != nil {
			return nil, fmt.Errorf("read use: %w", err)
		}
		uses, versions = append(uses, use), append(versions, use.Version.ID)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("find uses: %w", err)
	}
	return visibleUses(ctx, scope, uses, versions)
}

// visibleUses fills in the versions and leaves out those that the scope does not see.
func visibleUses(ctx context.Context, scope tenant.Scope, uses []*RevisionUse, versions []gid.ID) ([]*RevisionUse, error) {
	found, err := tenant.Headline(scope.TemplateVersions().Where(tenant.In(templateversion.FieldID, distinct(versions)))).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find versions: %w", err)
	}
	byID := make(map[gid.ID]*ent.TemplateVersion, len(found))
	for _, v := range found {
		byID[v.ID] = v
	}
	visible := uses[:0]
	for _, use := range uses {
		if use.Version = byID[use.Version.ID]; use.Version != nil {
			visible = append(visible, use)
		}
	}
	return visible, nil
}

// SimilarQuestion is a question whose prompt resembles another: the share of their words, three in a row, that both
// have, from 0 to 1.
type SimilarQuestion struct {
	Question   *ent.Question
	Similarity float64
}

// The bounds of a search for duplicates.
const (
	leastSimilar = 0.5
	mostSimilar  = 50
)

// SimilarQuestions finds the visible questions whose prompt, as it stands, is nearly this one; the most similar first.
func (s *Service) SimilarQuestions(ctx context.Context, actor policy.Actor, prompt string) ([]*SimilarQuestion, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionRead)
	if err != nil {
		return nil, err
	}
	var c fault.Checks
	c.Text(prompt, 1, maxPrompt, "prompt")
	if err := ofQuery(&c); err != nil {
		return nil, err
	}
	bands := prints(prompt)
	if len(bands) == 0 {
		return []*SimilarQuestion{}, nil
	}
	rows, err := scope.Questions().Where(scope.AnyWord(bands)).Order(question.ByID(entsql.OrderDesc())).Limit(10 * mostSimilar).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find similar questions: %w", err)
	}
	revisions, err := currentRevisions(ctx, scope, questionIDs(rows))
	if err != nil {
		return nil, fmt.Errorf("find revisions: %w", err)
	}
	return rankSimilar(prompt, rows, revisions), nil
}

// rankSimilar compares the prompts themselves: prints only say where to look.
func rankSimilar(prompt string, rows []*ent.Question, revisions []*ent.QuestionRevision) []*SimilarQuestion {
	best := map[gid.ID]float64{}
	for _, r := range revisions {
		best[r.QuestionID] = max(best[r.QuestionID], resemblance(prompt, r.Content.Prompt))
	}
	similar := []*SimilarQuestion{}
	for _, row := range rows {
		if best[row.ID] >= leastSimilar {
			similar = append(similar, &SimilarQuestion{Question: row, Similarity: best[row.ID]})
		}
	}
	slices.SortStableFunc(similar, func(a, b *SimilarQuestion) int { return cmp.Compare(b.Similarity, a.Similarity) })
	return similar[:min(len(similar), mostSimilar)]
}

// ExposureCount is how many started sessions were asked a question of a pool.
type ExposureCount struct {
	VersionID  gid.ID
	QuestionID gid.ID
	Revision   int
	Ref        string
	Sessions   int
}

// ExposuresByVersion counts, for several published versions, how often each question of their pools was drawn for a
// session that began; one that never was counts 0.
func (s *Service) ExposuresByVersion(ctx context.Context, actor policy.Actor, versions []gid.ID) ([]*ExposureCount, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateRead)
	if err != nil {
		return nil, err
	}
	uses, err := scope.VersionUses().Where(tenant.In(versionuse.FieldTemplateVersionID, versions), versionuse.Drawn(true)).
		Order(versionuse.ByTemplateVersionID(), versionuse.ByRef()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find pools: %w", err)
	}
	counts, err := exposures(ctx, scope, versions)
	if err != nil {
		return nil, err
	}
	list := make([]*ExposureCount, len(uses))
	for i, u := range uses {
		list[i] = &ExposureCount{
			VersionID: u.TemplateVersionID, QuestionID: u.QuestionID, Revision: u.Number, Ref: u.Ref,
			Sessions: counts[u.TemplateVersionID.String()+u.Ref],
		}
	}
	slices.SortStableFunc(list, func(a, b *ExposureCount) int { return cmp.Or(len(a.Ref)-len(b.Ref), cmp.Compare(a.Ref, b.Ref)) })
	return list, nil
}

func exposures(ctx context.Context, scope tenant.Scope, versions []gid.ID) (map[string]int, error) {
	var rows []struct {
		TemplateVersionID gid.ID `sql:"template_version_id"`
		Ref               string
		Count             int
	}
	err := scope.Exposures().Where(tenant.In("template_version_id", versions)).
		GroupBy("template_version_id", "ref").Aggregate(ent.Count()).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count exposures: %w", err)
	}
	counts := make(map[string]int, len(rows))
	for _, row := range rows {
		counts[row.TemplateVersionID.String()+row.Ref] = row.Count
	}
	return counts, nil
}
