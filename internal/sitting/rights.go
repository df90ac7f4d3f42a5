package sitting

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/ent/organization"
	"github.com/assay-hq/assay/ent/response"
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

// The bounds of what is told of one person: of organizations, of sessions in each, of files and of readings of each session.
const (
	maxRecords = 100
	maxFiles   = 100
	maxOpened  = 100
)

// recordBatch is how many sessions, or organizations, are read together: each kind of row with one statement for all.
const recordBatch = 100

// MyRecords tells whoever signed in what each organization keeps of them, and who opened their reports.
func (s *Service) MyRecords(ctx context.Context, actor policy.Actor) ([]*Record, error) {
	own, err := s.tenant.AsPerson(actor, policy.SittingTake)
	if err != nil {
		return nil, err
	}
	people, err := own.Candidates().Order(candidate.ByID()).Limit(maxRecords).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find records: %w", err)
	}
	records, err := recordsOf(ctx, own, people)
	if err != nil {
		return nil, err
	}
	byPerson, seen := map[gid.ID]*Record{}, map[gid.ID]int{}
	for i, person := range people {
		byPerson[person.ID] = records[i]
	}
	err = eachBatch(ctx, own, people, func(rows []*ent.Session) error {
		rows = slices.DeleteFunc(rows, func(row *ent.Session) bool {
			seen[row.CandidateID]++
			return seen[row.CandidateID] > maxRecords
		})
		told, err := s.countedSessions(ctx, own, rows)
		for i, each := range told {
			record := byPerson[rows[i].CandidateID]
			record.Sittings = append(record.Sittings, each)
		}
		return err
	})
	return records, err
}

// keeper sees what is kept of people: a person their own, over all organizations, or an organization.
type keeper interface {
	Organizations() *ent.OrganizationQuery
	Sessions() *ent.SessionQuery
	TemplateVersions() *ent.TemplateVersionQuery
	Sittings(rows []*ent.Session) tenant.Sittings
	TokenTime(ctx context.Context) (time.Time, error)
}

// recordsOf is what is kept of people, yet without their sessions.
func recordsOf(ctx context.Context, from keeper, people []*ent.Candidate) ([]*Record, error) {
	var orgs []gid.ID
	for _, person := range people {
		orgs = append(orgs, person.OrganizationID)
	}
	rows, err := from.Organizations().Where(tenant.In(organization.FieldID, orgs)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find organizations: %w", err)
	}
	names := map[gid.ID]string{}
	for _, org := range rows {
		names[org.ID] = org.Name
	}
	records := make([]*Record, len(people))
	for i, person := range people {
		records[i] = &Record{
			Organization: names[person.OrganizationID], Email: person.Email, Name: person.Name, Phone: person.Phone,
			ExternalID: person.ExternalID, Since: person.CreatedAt, ConsentedAt: person.ConsentedAt, Held: person.Hold != "",
			Sittings: []*RecordedSession{},
		}
	}
	return records, nil
}

// eachBatch goes through people's sessions, the newest first, batch by batch.
func eachBatch(ctx context.Context, from keeper, people []*ent.Candidate, tell func([]*ent.Session) error) error {
	ids := make([]gid.ID, len(people))
	for i, person := range people {
		ids[i] = person.ID
	}
	next := from.Sessions()
	for {
		rows, err := next.Where(tenant.In(session.FieldCandidateID, ids)).Order(session.ByID(entsql.OrderDesc())).Limit(recordBatch).All(ctx)
		if err != nil {
			return fmt.Errorf("find sittings: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		next = from.Sessions().Where(session.IDLT(rows[len(rows)-1].ID))
		full := len(rows) == recordBatch
		if err := tell(rows); err != nil || !full {
			return err
		}
	}
}

// countedSessions is what is kept of a batch of sessions, in its order, with how much there is of what is not told.
func (s *Service) countedSessions(ctx context.Context, from keeper, rows []*ent.Session) ([]*RecordedSession, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	told, err := s.recordedSessions(ctx, from, rows)
	if err != nil {
		return nil, err
	}
	sittings := from.Sittings(rows)
	answers, err := counts(ctx, sittings.Responses().Where(tenant.Latest).GroupBy(response.FieldSessionID).Aggregate(ent.Count()))
	if err != nil {
		return nil, fmt.Errorf("count answers: %w", err)
	}
	signals, err := counts(ctx, sittings.Signals().GroupBy(signal.FieldSessionID).Aggregate(ent.Count()))
	if err != nil {
		return nil, fmt.Errorf("count signals: %w", err)
	}
	for _, each := range told {
		each.Answers, each.SignalCount = answers[each.ID], signals[each.ID]
	}
	return told, nil
}

// counts reads rows that are counted by session.
func counts(ctx context.Context, grouped interface {
	Scan(context.Context, any) error
}) (map[gid.ID]int, error) {
	var rows []struct {
		SessionID gid.ID `json:"session_id"`
		Count     int    `json:"count"`
	}
	if err := grouped.Scan(ctx, &rows); err != nil {
		return nil, err
	}
	found := map[gid.ID]int{}
	for _, row := range rows {
		found[row.SessionID] = row.Count
	}
	return found, nil
}

// recordedSessions is what is kept of a batch of sessions, in its order, but for what the person said in them.
func (s *Service) recordedSessions(ctx context.Context, from keeper, rows []*ent.Session) ([]*RecordedSession, error) {
	papers, err := s.papers.all(ctx, from.TemplateVersions, rows)
	if err != nil {
		return nil, err
	}
	told, bySession := make([]*RecordedSession, len(rows)), map[gid.ID]*RecordedSession{}
	for i, row := range rows {
		told[i] = &RecordedSession{
			ID: row.ID, Title: papers[row.TemplateVersionID].Title, State: shown(row.State), InvitedAt: row.CreatedAt,
			StartedAt: row.StartedAt, EndedAt: row.EndedAt, Files: []*RecordedFile{}, Openings: []*Opening{},
		}
		bySession[row.ID] = told[i]
	}
	if err := s.addFiles(ctx, from, rows, bySession); err != nil {
		return nil, err
	}
	readings, err := from.Sittings(rows).Readings(ctx, maxOpened)
	if err != nil {
		return nil, err
	}
	for _, r := range readings {
		of := bySession[r.Session]
		of.Openings = append(of.Openings, &Opening{At: r.At, By: r.As})
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

// addFiles tells the files of sessions, with links to those whose bytes are kept.
func (s *Service) addFiles(ctx context.Context, from keeper, sessions []*ent.Session, told map[gid.ID]*RecordedSession) error {
	rows, err := from.Sittings(sessions).Uploads().Order(upload.ByID()).All(ctx)
	if err != nil {
		return fmt.Errorf("find files: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	now, err := from.TokenTime(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if of := told[row.SessionID]; len(of.Files) < maxFiles {
			of.Files = append(of.Files, s.recordedFile(row, now.Add(fileTime)))
		}
	}
	return nil
}

func (s *Service) recordedFile(row *ent.Upload, until time.Time) *RecordedFile {
	file := &RecordedFile{
		ID: row.ID, Name: row.Name, Question: row.Ref, ContentType: row.ContentType, Size: row.Size, CompletedAt: row.CompletedAt, row: row,
	}
	if row.State == term.UploadComplete {
		file.Link = s.playbackLink(row, until)
		file.Path = fmt.Sprintf("files/%s/%s.%s", row.SessionID, row.ID, strings.TrimPrefix(row.ContentType, "audio/"))
	}
	return file
}
