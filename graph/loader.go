package graph

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// gather is how long a loader waits for more ids before it reads them all in one statement, unless Resolver.Gather
// says otherwise.
const gather = time.Millisecond

// loaders read what many fields of one operation ask for one by one. A new set serves each operation, so that nothing
// outlives the permission it was read with.
type loaders struct {
	members    *loader[gid.ID, *ent.Member]
	skills     *loader[gid.ID, *ent.Skill]
	jobRoles   *loader[gid.ID, *ent.JobRole]
	questions  *loader[gid.ID, *ent.Question]
	templates  *loader[gid.ID, *ent.Template]
	versions   *loader[gid.ID, *ent.TemplateVersion]
	candidates *loader[gid.ID, *ent.Candidate]
	sessions   *loader[gid.ID, *ent.Session]
	reviews    *loader[gid.ID, *ent.Review]
	reports    *loader[gid.ID, *ent.Report]
	audits     *loader[gid.ID, *ent.AuditEvent]
	events     *loader[gid.ID, *ent.Event]
	keys       *loader[gid.ID, *account.APIKey]
	results    *loader[gid.ID, *grading.ReportResult]
	readings   *loader[gid.ID, *grading.Reading]
	sheets     *loader[gid.ID, *authoring.Sheet]
	progress   *loader[gid.ID, *grading.RescoringProgress]
	works      *loader[gid.ID, *grading.ReviewWork]
	traces     *loader[gid.ID, *grading.ScoreTrace]

	responses    *loader[gid.ID, []*sitting.Response]
	flags        *loader[gid.ID, []*ent.Flag]
	signals      *loader[gid.ID, []*ent.Signal]
	contests     *loader[gid.ID, []*ent.Contest]
	uploads      *loader[gid.ID, []*ent.Upload]
	awards       *loader[gid.ID, *grading.ReviewAwards]
	reviewed     *loader[gid.ID, *grading.ReviewCandidate]
	lacking      *loader[gid.ID, *grading.Lacking]
	rules        *loader[gid.ID, []*ent.ReviewRule]
	calibrations *loader[gid.ID, *grading.Calibration]
	agreed       *loader[gid.ID, []*grading.Calibration]

	timelines      *loader[gid.ID, *sitting.Timeline]
	integrity      *loader[gid.ID, *sitting.Integrity]
	accommodations *loader[gid.ID, *ent.Accommodation]
	holds          *loader[gid.ID, *ent.Candidate]

	standing *loader[gid.ID, *authoring.StandingSkill]
	wordings *loader[gid.ID, *ent.TemplateVersion]

	mustHaves   *loader[gid.ID, []*ent.JobRoleSkill]
	history     *loader[gid.ID, []*ent.QuestionRevision]
	uses        *loader[gid.ID, []*authoring.RevisionUse]
	coverage    *loader[gid.ID, []*authoring.Coverage]
	items       *loader[gid.ID, []*ent.VersionUse]
	exposures   *loader[gid.ID, []*authoring.ExposureCount]
	revisions   *loader[gid.ID, []*ent.QuestionRevision]
	published   *loader[gid.ID, []*ent.TemplateVersion]
	reportOf    *loader[gid.ID, []*ent.Report]
	everyReport *loader[gid.ID, []*ent.Report]
	mendings    *loader[gid.ID, []*ent.Rescoring]
	shares      *loader[gid.ID, []*grading.Share]
	assignments *loader[gid.ID, []*ent.Review]
	recordings  *loader[gid.ID, []*ent.Upload]
}

// loadersKey is where the context carries an operation's loaders.
type loadersKey struct{}

// WithLoaders gives an operation its loaders.
func (r *Resolver) WithLoaders(ctx context.Context) context.Context {
	wait := cmp.Or(r.Gather, gather)
	return context.WithValue(ctx, loadersKey{}, &loaders{
		members:    one(wait, "member", r.Account.MembersByID, func(m *ent.Member) gid.ID { return m.ID }),
		audits:     one(wait, "audit event", r.Account.AuditEventsByID, func(e *ent.AuditEvent) gid.ID { return e.ID }),
		events:     one(wait, "event", r.Account.EventsByID, func(e *ent.Event) gid.ID { return e.ID }),
		keys:       one(wait, "API key", r.Account.APIKeysByID, func(k *account.APIKey) gid.ID { return k.ID }),
		skills:     one(wait, "skill", r.Authoring.SkillsByID, func(s *ent.Skill) gid.ID { return s.ID }),
		jobRoles:   one(wait, "job role", r.Authoring.JobRolesByID, func(j *ent.JobRole) gid.ID { return j.ID }),
		questions:  one(wait, "question", r.Authoring.QuestionsByID, func(q *ent.Question) gid.ID { return q.ID }),
		templates:  one(wait, "template", r.Authoring.TemplatesByID, func(t *ent.Template) gid.ID { return t.ID }),
		versions:   one(wait, "template version", r.Authoring.VersionsByID, func(v *ent.TemplateVersion) gid.ID { return v.ID }),
		candidates: one(wait, "candidate", r.Sittings.CandidatesByID, func(c *ent.Candidate) gid.ID { return c.ID }),
		sessions:   one(wait, "session", r.Sittings.SessionsByID, func(s *ent.Session) gid.ID { return s.ID }),
		reviews:    one(wait, "review", r.Grading.ReviewsByID, func(v *ent.Review) gid.ID { return v.ID }),
		reports:    one(wait, "report", r.Grading.ReportsByID, func(p *ent.Report) gid.ID { return p.ID }),
		results:    one(wait, "report", r.results, func(p *grading.ReportResult) gid.ID { return p.ReportID }),
		readings:   one(wait, "report", r.Grading.Readings, func(p *grading.Reading) gid.ID { return p.ReportID }),

		progress: one(wait, "re-scoring", r.Grading.ProgressOf, func(p *grading.RescoringProgress) gid.ID { return p.RescoringID }),

		works:  one(wait, "review", r.Grading.Work, func(w *grading.ReviewWork) gid.ID { return w.ReviewID }),
		traces: one(wait, "session", r.Grading.ScoreTraces, func(t *grading.ScoreTrace) gid.ID { return t.SessionID }),

		awards:       one(wait, "review", r.Grading.AwardsByReview, func(a *grading.ReviewAwards) gid.ID { return a.ReviewID }),
		reviewed:     one(wait, "review", r.Grading.CandidatesByReview, func(c *grading.ReviewCandidate) gid.ID { return c.ReviewID }),
		lacking:      one(wait, "session", r.Grading.LackingBySession, func(l *grading.Lacking) gid.ID { return l.SessionID }),
		rules:        many(wait, r.Grading.RulesByTemplate, func(u *ent.ReviewRule) gid.ID { return u.TemplateID }),
		calibrations: one(wait, "calibration", r.Grading.CalibrationsByID, func(c *grading.Calibration) gid.ID { return c.ID }),
		agreed:       many(wait, r.Grading.CalibrationsByQuestion, func(c *grading.Calibration) gid.ID { return c.QuestionID }),

		sheets: one(wait, "template version", r.Authoring.Sheets, func(s *authoring.Sheet) gid.ID { return s.VersionID }),

		responses: many(wait, own(r.Sittings.Responses), func(o *sitting.Response) gid.ID { return o.SittingID }),
		flags:     many(wait, own(r.Sittings.Flags), func(f *ent.Flag) gid.ID { return f.SessionID }),
		signals:   many(wait, own(r.Sittings.OwnSignals), func(s *ent.Signal) gid.ID { return s.SessionID }),
		contests:  many(wait, own(r.Sittings.OwnContests), func(c *ent.Contest) gid.ID { return c.SessionID }),
		uploads:   many(wait, own(r.Sittings.Uploads), func(u *ent.Upload) gid.ID { return u.SessionID }),

		timelines:      one(wait, "session", r.Sittings.Timelines, func(l *sitting.Timeline) gid.ID { return l.SessionID }),
		integrity:      one(wait, "session", r.Sittings.IntegrityBySession, func(i *sitting.Integrity) gid.ID { return i.SessionID }),
		accommodations: one(wait, "accommodation", r.Sittings.AccommodationsByID, func(a *ent.Accommodation) gid.ID { return a.ID }),
		holds:          one(wait, "candidate", r.Sittings.HoldsByCandidate, func(c *ent.Candidate) gid.ID { return c.ID }),

		wordings: one(wait, "template version", r.Authoring.ContentByVersion, func(v *ent.TemplateVersion) gid.ID { return v.ID }),
		standing: one(wait, "skill", r.Authoring.StandingSkills, func(s *authoring.StandingSkill) gid.ID { return s.ID }),

		history:     many(wait, r.Authoring.RevisionsByQuestion, func(v *ent.QuestionRevision) gid.ID { return v.QuestionID }),
		uses:        many(wait, r.Authoring.UsesByRevision, func(u *authoring.RevisionUse) gid.ID { return u.RevisionID }),
		coverage:    many(wait, r.Authoring.SkillCoverage, func(c *authoring.Coverage) gid.ID { return c.TemplateID }),
		items:       many(wait, r.Authoring.ItemsByVersion, func(u *ent.VersionUse) gid.ID { return u.TemplateVersionID }),
		exposures:   many(wait, r.Authoring.ExposuresByVersion, func(e *authoring.ExposureCount) gid.ID { return e.VersionID }),
		mustHaves:   many(wait, r.Authoring.MustHaveSkills, func(m *ent.JobRoleSkill) gid.ID { return m.JobRoleID }),
		revisions:   many(wait, r.Authoring.CurrentRevisions, func(v *ent.QuestionRevision) gid.ID { return v.QuestionID }),
		published:   many(wait, r.Authoring.VersionsByTemplate, func(v *ent.TemplateVersion) gid.ID { return v.TemplateID }),
		reportOf:    many(wait, r.Grading.ReportsBySession, func(p *ent.Report) gid.ID { return p.SessionID }),
		everyReport: many(wait, r.Grading.Revisions, func(p *ent.Report) gid.ID { return p.SessionID }),
		mendings:    many(wait, r.Grading.Rescorings, func(m *ent.Rescoring) gid.ID { return m.TemplateVersionID }),
		shares:      many(wait, r.Grading.SharesByReport, func(s *grading.Share) gid.ID { return s.ReportID }),
		assignments: many(wait, r.Grading.AssignmentsBySession, func(v *ent.Review) gid.ID { return v.SessionID }),
		recordings:  many(wait, r.Sittings.RecordingsByID, func(u *ent.Upload) gid.ID { return u.ID }),
	})
}

func load(ctx context.Context) *loaders { return ctx.Value(loadersKey{}).(*loaders) }

// batch is an operation that reads rows for several ids.
type batch[T any] func(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]T, error)

// own is the batch of an operation on a candidate's own sittings.
func own[T any](read func(ctx context.Context, actor policy.Actor, ids ...gid.ID) ([]T, error)) batch[T] {
	return func(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]T, error) {
		return read(ctx, actor, ids...)
	}
}

// refs are the places of marked questions.
func refs(flags []*ent.Flag, err error) ([]string, error) {
	list := make([]string, len(flags))
	for i, f := range flags {
		list[i] = f.Ref
	}
	return list, err
}

// one loads the one row of each id; what the operation leaves out is NotFound.
func one[T any](wait time.Duration, noun string, read batch[T], id func(T) gid.ID) *loader[gid.ID, T] {
	return newLoader(wait, func(ctx context.Context, ids []gid.ID) ([]T, []error) {
		rows, err := read(ctx, login.Actor(ctx), ids)
		if err != nil {
			return nil, []error{err}
		}
		found := make(map[gid.ID]T, len(rows))
		for _, row := range rows {
			found[id(row)] = row
		}
		values, errs := make([]T, len(ids)), make([]error, len(ids))
		for i, id := range ids {
			row, ok := found[id]
			if !ok {
				errs[i] = tenant.NotFound(noun)
			}
			values[i] = row
		}
		return values, errs
	})
}

// many loads the rows that point to each id, perhaps none.
func many[T any](wait time.Duration, read batch[T], owner func(T) gid.ID) *loader[gid.ID, []T] {
	return newLoader(wait, func(ctx context.Context, ids []gid.ID) ([][]T, []error) {
		rows, err := read(ctx, login.Actor(ctx), ids)
		if err != nil {
			return nil, []error{err}
		}
		found := make(map[gid.ID][]T, len(ids))
		for _, row := range rows {
			found[owner(row)] = append(found[owner(row)], row)
		}
		values := make([][]T, len(ids))
		for i, id := range ids {
			values[i] = append([]T{}, found[id]...) // an empty list, not null, which would mean that it was refused
		}
		return values, nil
	})
}

// sole is the only row of a list that has one at most; nil if there is none.
func sole[T any](rows []*T, err error) (*T, error) {
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// results describes documents that are read once, whatever else of them is asked for.
func (r *Resolver) results(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*grading.ReportResult, error) {
	var readings []*grading.Reading
	for _, wanted := range load(ctx).readings.askAll(ctx, ids) {
		switch reading, err := wanted.get(ctx); {
		case err == nil:
			readings = append(readings, reading)
		case !fault.Is(err, fault.NotFound): // what is not visible is left out
			return nil, err
		}
	}
	return r.Grading.Results(ctx, actor, readings)
}

// recording is what an answer's recording is; nil if there is none, or none any more.
func recording(ctx context.Context, id *gid.ID) (*ent.Upload, error) {
	if id == nil {
		return nil, nil
	}
	return sole(load(ctx).recordings.Load(ctx, *id))
}

// revisionWhere picks one of a question's current revisions; nil if it has none such.
func revisionWhere(published bool, rows []*ent.QuestionRevision, err error) (*ent.QuestionRevision, error) {
	for _, row := range rows {
		if (row.PublishedAt != nil) == published {
			return row, err
		}
	}
	return nil, err
}

// current is a question's published revision or open draft; nil if it has none.
func (r *Resolver) current(ctx context.Context, question gid.ID, published bool) (*ent.QuestionRevision, error) {
	rows, err := load(ctx).revisions.Load(ctx, question)
	return revisionWhere(published, rows, err)
}

// sections are the questions on a sheet.
func sections(sheet *authoring.Sheet, err error) ([]*paper.Section, error) {
	if err != nil {
		return nil, err
	}
	return sheet.Sections, nil
}

// preview shows a sheet as one candidate would see it.
func preview(seed int, language *string) func(*authoring.Sheet, error) (*paper.Paper, error) {
	return func(sheet *authoring.Sheet, err error) (*paper.Paper, error) {
		if err != nil {
			return nil, err
		}
		return sheet.Preview(seed, language), nil
	}
}

// optional loads what an id points to, if there is one.
func optional[T any](load func(context.Context, gid.ID) (*T, error)) func(context.Context, *gid.ID) (*T, error) {
	return func(ctx context.Context, id *gid.ID) (*T, error) {
		if id == nil {
			return nil, nil
		}
		return load(ctx, *id)
	}
}

// part loads a part of what an id stands for.
func part[T, P any](of *loader[gid.ID, T], take func(T) P) func(context.Context, gid.ID) (P, error) {
	return func(ctx context.Context, id gid.ID) (found P, err error) {
		whole, err := of.Load(ctx, id)
		if err != nil {
			return found, err
		}
		return take(whole), nil
	}
}

// member is who did something, if a member did: an integration or Assay itself is none.
func member(ctx context.Context, id *gid.ID) (*ent.Member, error) {
	if id != nil && id.Kind() != gid.Member {
		return nil, nil
	}
	return optional(load(ctx).members.Load)(ctx, id)
}

// status is where a revision stands, which its question's row tells.
func (r *Resolver) status(ctx context.Context, revision *ent.QuestionRevision) (authoring.RevisionStatus, error) {
	question, err := load(ctx).questions.Load(ctx, revision.QuestionID)
	if err != nil {
		return "", err
	}
	return authoring.StatusOf(question, revision), nil
}

// versionsOf are the versions of several uses.
func versionsOf(uses []*authoring.RevisionUse, err error) ([]*ent.TemplateVersion, error) {
	versions := make([]*ent.TemplateVersion, len(uses))
	for i, use := range uses {
		versions[i] = use.Version
	}
	return versions, err
}

// standing are the skills that ids stand for, each once: two may have been merged.
func standing(found []*authoring.StandingSkill, err error) ([]*ent.Skill, error) {
	if err != nil {
		return nil, err
	}
	skills := []*ent.Skill{}
	for _, s := range found {
		if !slices.Contains(skills, s.Skill) {
			skills = append(skills, s.Skill)
		}
	}
	return skills, nil
}

// written is what a version's draft said; nil if that was not kept.
func written(v *ent.TemplateVersion, err error) (*content.Template, error) {
	if err != nil {
		return nil, err
	}
	return v.Content, nil
}

// steps shows what happened in a session.
func steps(line *sitting.Timeline, err error) ([]*sitting.Step, error) {
	if err != nil {
		return nil, err
	}
	return line.Steps, nil
}

// held is why nothing of a candidate may be erased; nil if it may.
func held(c *ent.Candidate, err error) (*string, error) {
	if err != nil {
		return nil, err
	}
	return present(c.Hold), nil
}

// scored are what a reviewer awarded; nil until they submitted it.
func scored(a *grading.ReviewAwards, err error) ([]*ent.Score, error) {
	if err != nil || len(a.Scores) == 0 {
		return nil, err
	}
	return a.Scores, nil
}

// named is whose answers a review is of; nil while it is blind.
func named(c *grading.ReviewCandidate, err error) (*ent.Candidate, error) {
	if err != nil {
		return nil, err
	}
	return c.Candidate, nil
}

// places are the questions that lack somebody.
func places(l *grading.Lacking, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	return l.Questions, nil
}

// mustHaves are what a report's job role demands, with what came of each.
func mustHaves(ctx context.Context, of *ent.Report) ([]*grading.MustHaveResult, error) {
	demanded, err := load(ctx).mustHaves.Load(ctx, of.JobRoleID)
	if err != nil {
		return nil, err
	}
	result, err := load(ctx).results.Load(ctx, of.ID)
	if err != nil {
		return nil, err
	}
	return grading.MustHaves(demanded, result.Result), nil
}
