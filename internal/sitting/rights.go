package sitting

import (
	"context"
	"fmt"
	"strings"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/ent/signal"
	"github.com/assay-hq/assay/ent/upload"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// OwnSittings lists the sittings of whoever signed in over all organizations, the newest first.
func (s *Service) OwnSittings(ctx context.Context, actor policy.Actor, paging tenant.Paging) (*tenant.Page[*Sitting], error) {
	own, err := s.tenant.AsPerson(actor, policy.SittingTake)
	if err != nil {
		return nil, err
	}
	at := func(row *Sitting) tenant.Cursor { return tenant.Cursor{ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{Desc: true}, at, func(window func(*entsql.Selector)) ([]*Sitting, error) {
		rows, err := own.Sessions().Where(window).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("find sittings: %w", err)
		}
		return s.readAll(ctx, own, rows)
	})
	if err != nil {
		return nil, err
	}
	page.Total = own.Sessions().Count
	return page, nil
}

// readAll makes the candidate's views of several sittings: at one time, with one statement for all ledgers and one for the
// papers that were not read before.
func (s *Service) readAll(ctx context.Context, own tenant.Own, rows []*ent.Session) ([]*Sitting, error) {
	now, err := own.Now(ctx)
	if err != nil {
		return nil, err
	}
	papers, err := s.papers.all(ctx, own.TemplateVersions, rows)
	if err != nil {
		return nil, err
	}
	ledgers, err := ledgers(ctx, own.ClockEntries, rows)
	if err != nil {
		return nil, err
	}
	sittings := make([]*Sitting, len(rows))
	for i, row := range rows {
		c, err := replay(papers[row.TemplateVersionID], row, ledgers[row.ID])
		if err != nil {
			return nil, err
		}
		sittings[i] = s.shown(c, now)
	}
	return sittings, nil
}

// Record is what one organization keeps of a person.
type Record struct {
	Organization string             `json:"organization"`
	Email        string             `json:"email"`
	Name         string             `json:"name"`
	Phone        string             `json:"phone"`
	ExternalID   *string            `json:"externalId"`
	Since        time.Time          `json:"since"`
	ConsentedAt  *time.Time         `json:"consentedAt"`
	Held         bool               `json:"heldForLegalReasons"`
	Sittings     []*RecordedSession `json:"sittings"`
}

// RecordedSession is what is kept of one session.
type RecordedSession struct {
	ID          gid.ID          `json:"id"`
	Title       string          `json:"title"`
	State       State           `json:"state"`
	InvitedAt   time.Time       `json:"invitedAt"`
	StartedAt   *time.Time      `json:"startedAt"`
	EndedAt     *time.Time      `json:"endedAt"`
	Answers     int             `json:"answerCount"`
	SignalCount int             `json:"signalCount"`
	Files       []*RecordedFile `json:"files"`
	Openings    []*Opening      `json:"reportOpenings"`
}

// RecordedFile is a file that was given as an answer.
type RecordedFile struct {
	ID          gid.ID        `json:"id"`
	Name        string        `json:"name"`
	Question    string        `json:"question"`
	ContentType string        `json:"contentType"`
	Size        int           `json:"size"`
	CompletedAt *time.Time    `json:"completedAt"`
	Path        string        `json:"path"` // in an archive; empty if there are no bytes to be had
	Link        *PlaybackLink `json:"-"`    // gives the bytes; nil if there are none to be had
	row         *ent.Upload
}

// fileTime is how long the links to a person's own files are valid: longer than one that plays, for there may be many.
const fileTime = time.Hour

// Opening is that somebody read a report in detail: in which role, and when for the first time on that day.
type Opening struct {
	At time.Time `json:"at"`
	By string    `json:"by"`
}

// The bounds of what is told of one person: of organizations, and of sessions in each.
const (
	maxRecords = 100
	maxOpened  = 100
)

// MyRecords tells whoever signed in what each organization keeps of them, and who opened their reports.
func (s *Service) MyRecords(ctx context.Context, actor policy.Actor) ([]*Record, error) {
	own, err := s.tenant.AsPerson(actor, policy.SittingTake)
	if err != nil {
		return nil, err
	}
	records := []*Record{}
	err = s.eachOwn(ctx, own, func(person *ent.Candidate, sessions []subject) error {
		record, err := s.recordOf(ctx, person, sessions)
		records = append(records, record)
		return err
	})
	return records, err
}

// subject is a session with a scope that sees it.
type subject struct {
	scope tenant.Scope
	row   *ent.Session
}

// eachOwn goes through what organizations know a person as.
func (s *Service) eachOwn(ctx context.Context, own tenant.Own, tell func(*ent.Candidate, []subject) error) error {
	people, err := own.Candidates().Order(candidate.ByID()).Limit(maxRecords).All(ctx)
	if err != nil {
		return fmt.Errorf("find records: %w", err)
	}
	for _, person := range people {
		rows, err := own.Sessions().Where(session.CandidateID(person.ID)).Order(session.ByID(entsql.OrderDesc())).Limit(maxRecords).All(ctx)
		if err != nil {
			return fmt.Errorf("find sittings: %w", err)
		}
		sessions := make([]subject, len(rows))
		for i, row := range rows {
			sessions[i] = subject{own.Scope(row), row}
		}
		if err := tell(person, sessions); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) recordOf(ctx context.Context, person *ent.Candidate, sessions []subject) (*Record, error) {
	record := &Record{
		Email: person.Email, Name: person.Name, Phone: person.Phone, ExternalID: person.ExternalID, Since: person.CreatedAt,
		ConsentedAt: person.ConsentedAt, Held: person.Hold != "", Sittings: []*RecordedSession{},
	}
	for _, each := range sessions {
		if record.Organization == "" {
			org, err := each.scope.Organizations().Only(ctx)
			if err != nil {
				return nil, fmt.Errorf("find organization: %w", err)
			}
			record.Organization = org.Name
		}
		told, err := s.recordedSession(ctx, each)
		if err != nil {
			return nil, err
		}
		record.Sittings = append(record.Sittings, told)
	}
	return record, nil
}

func (s *Service) recordedSession(ctx context.Context, of subject) (*RecordedSession, error) {
	whole, err := s.papers.of(ctx, of.scope, of.row.TemplateVersionID)
	if err != nil {
		return nil, err
	}
	told := &RecordedSession{
		ID: of.row.ID, Title: whole.Title, State: shown(of.row.State), InvitedAt: of.row.CreatedAt, StartedAt: of.row.StartedAt,
		EndedAt: of.row.EndedAt, Openings: []*Opening{},
	}
	if told.Answers, err = answered(ctx, of.scope, of.row.ID); err != nil {
		return nil, err
	}
	if told.SignalCount, err = of.scope.Signals().Where(signal.SessionID(of.row.ID)).Count(ctx); err != nil {
		return nil, fmt.Errorf("count signals: %w", err)
	}
	if told.Files, err = s.recordedFiles(ctx, of); err != nil {
		return nil, err
	}
	readings, err := of.scope.Readings(of.row.ID).Limit(maxOpened).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find readings: %w", err)
	}
	for _, r := range readings {
		told.Openings = append(told.Openings, &Opening{At: r.At, By: r.Detail["as"]})
	}
	return told, nil
}

// CandidateByAddress finds a candidate to be erased by their address.
func (s *Service) CandidateByAddress(ctx context.Context, actor policy.Actor, email string) (*ent.Candidate, error) {
	scope, err := s.tenant.As(ctx, actor, policy.CandidateErase)
	if err != nil {
		return nil, err
	}
	return byAddress(ctx, scope, email)
}

func byAddress(ctx context.Context, scope tenant.Scope, email string) (*ent.Candidate, error) {
	address, _ := policy.NormalAddress(email)
	return tenant.Only[*ent.Candidate]("candidate")(scope.Candidates().Where(candidate.Email(address)).Only(ctx))
}

// recordedFiles are the files of a session, with links to those whose bytes are kept.
func (s *Service) recordedFiles(ctx context.Context, of subject) ([]*RecordedFile, error) {
	rows, err := of.scope.Uploads().Where(upload.SessionID(of.row.ID)).Order(upload.ByID()).Limit(maxRecords).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find files: %w", err)
	}
	files := make([]*RecordedFile, len(rows))
	if len(rows) == 0 {
		return files, nil
	}
	now, err := of.scope.TokenTime(ctx)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		files[i] = &RecordedFile{
			ID: row.ID, Name: row.Name, Question: row.Ref, ContentType: row.ContentType, Size: row.Size, CompletedAt: row.CompletedAt, row: row,
		}
		if row.State != term.UploadComplete {
			continue
		}
		files[i].Link = s.playbackLink(row, now.Add(fileTime))
		files[i].Path = fmt.Sprintf("files/%s/%s.%s", row.SessionID, row.ID, strings.TrimPrefix(row.ContentType, "audio/"))
	}
	return files, nil
}
