package sitting

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/accommodation"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/ent/contest"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/ent/signal"
	"github.com/assay-hq/assay/ent/upload"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
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
	Name        string     `json:"name"`
	Question    string     `json:"question"`
	ContentType string     `json:"contentType"`
	Size        int        `json:"size"`
	CompletedAt *time.Time `json:"completedAt"`
}

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
		EndedAt: of.row.EndedAt, Files: []*RecordedFile{}, Openings: []*Opening{},
	}
	if told.Answers, err = answered(ctx, of.scope, of.row.ID); err != nil {
		return nil, err
	}
	if told.SignalCount, err = of.scope.Signals().Where(signal.SessionID(of.row.ID)).Count(ctx); err != nil {
		return nil, fmt.Errorf("count signals: %w", err)
	}
	files, err := of.scope.Uploads().Where(upload.SessionID(of.row.ID)).Order(upload.ByID()).Limit(maxRecords).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find files: %w", err)
	}
	for _, f := range files {
		told.Files = append(told.Files, &RecordedFile{Name: f.Name, Question: f.Ref, ContentType: f.ContentType, Size: int(f.Size), CompletedAt: f.CompletedAt})
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

// Export is everything that is kept of a person: a JSON document, and the files that stand beside it.
type Export struct {
	Document string
	Files    []*RecordedFile
}

// ExportMine gives whoever signed in everything that organizations keep of them.
func (s *Service) ExportMine(ctx context.Context, actor policy.Actor) (*Export, error) {
	own, err := s.tenant.AsPerson(actor, policy.SittingTake)
	if err != nil {
		return nil, err
	}
	made := &exporter{service: s, doc: exportDocument{Format: "assay-subject/1", Records: []*exportedRecord{}}, files: []*RecordedFile{}}
	if err := s.eachOwn(ctx, own, func(person *ent.Candidate, sessions []subject) error { return made.add(ctx, person, sessions) }); err != nil {
		return nil, err
	}
	return made.export()
}

// ExportCandidate gives everything that the organization keeps of the candidate with an address: for who answers a
// person's question on the organization's behalf.
func (s *Service) ExportCandidate(ctx context.Context, actor policy.Actor, email string) (*Export, error) {
	scope, err := s.tenant.As(ctx, actor, policy.CandidateErase)
	if err != nil {
		return nil, err
	}
	if scope.Limited() {
		return nil, fault.New(fault.Denied, "a limited member cannot export a candidate, whom others may know")
	}
	person, err := byAddress(ctx, scope, email)
	if err != nil {
		return nil, err
	}
	rows, err := scope.Sessions().Where(session.CandidateID(person.ID)).Order(session.ByID(entsql.OrderDesc())).Limit(maxRecords).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find sessions: %w", err)
	}
	sessions := make([]subject, len(rows))
	for i, row := range rows {
		sessions[i] = subject{scope, row}
	}
	made := &exporter{service: s, doc: exportDocument{Format: "assay-subject/1"}, files: []*RecordedFile{}}
	if err := made.add(ctx, person, sessions); err != nil {
		return nil, err
	}
	return made.export()
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

// exporter gathers an export.
type exporter struct {
	service *Service
	doc     exportDocument
	files   []*RecordedFile
}

// exportDocument is the document's outer form. Its format has a name and a number: fields may be added to it.
type exportDocument struct {
	Format  string            `json:"format"`
	Records []*exportedRecord `json:"records"`
}

type exportedRecord struct {
	*Record
	Sittings []*exportedSession `json:"sittings"`
}

// exportedSession is a session with every word that the person said in it.
type exportedSession struct {
	*RecordedSession
	Responses     []exportedAnswer       `json:"answers"`
	Signals       []exportedSignal       `json:"signals"`
	Objections    []exportedObjection    `json:"objections"`
	Accommodation *exportedAccommodation `json:"accommodation"`
}

type exportedAnswer struct {
	Question string          `json:"question"`
	Revision int             `json:"revision"`
	Answer   *content.Answer `json:"answer"`
	SavedAt  time.Time       `json:"savedAt"`
}

type exportedSignal struct {
	Kind       string    `json:"kind"`
	Question   string    `json:"question"`
	ClientAt   time.Time `json:"clientAt"`
	ServerAt   time.Time `json:"serverAt"`
	DurationMs int       `json:"durationMs"`
}

type exportedObjection struct {
	Subject    string     `json:"subject"`
	State      string     `json:"state"`
	Statement  string     `json:"statement"`
	OpenedAt   time.Time  `json:"openedAt"`
	Answer     string     `json:"answer"`
	AnsweredAt *time.Time `json:"answeredAt"`
}

type exportedAccommodation struct {
	State        string `json:"state"`
	Request      string `json:"request"`
	ExtraPercent int    `json:"extraPercent"`
	ExtraSeconds int    `json:"extraSeconds"`
	BreakSeconds int    `json:"breakSeconds"`
	Notes        string `json:"notes"`
	Reason       string `json:"reason"`
}

func (e *exporter) add(ctx context.Context, person *ent.Candidate, sessions []subject) error {
	record, err := e.service.recordOf(ctx, person, sessions)
	if err != nil {
		return err
	}
	out := &exportedRecord{Record: record, Sittings: []*exportedSession{}}
	for i, of := range sessions {
		told := &exportedSession{RecordedSession: record.Sittings[i], Signals: []exportedSignal{}, Objections: []exportedObjection{}}
		e.files = append(e.files, told.Files...)
		if err := told.fill(ctx, of); err != nil {
			return err
		}
		out.Sittings = append(out.Sittings, told)
	}
	e.doc.Records = append(e.doc.Records, out)
	return nil
}

func (told *exportedSession) fill(ctx context.Context, of subject) error {
	rows, err := latest(ctx, of.scope, of.row.ID)
	if err != nil {
		return err
	}
	told.Responses = make([]exportedAnswer, len(rows))
	for i, r := range rows {
		told.Responses[i] = exportedAnswer{r.Ref, r.Revision, r.Answer, r.SavedAt}
	}
	signals, err := of.scope.Signals().Where(signal.SessionID(of.row.ID)).Order(signal.ByID()).All(ctx)
	if err != nil {
		return fmt.Errorf("find signals: %w", err)
	}
	for _, s := range signals {
		told.Signals = append(told.Signals, exportedSignal{string(s.Kind), s.Ref, s.ClientAt, s.ServerAt, s.DurationMs})
	}
	contests, err := of.scope.Contests().Where(contest.SessionID(of.row.ID)).Order(contest.ByID()).All(ctx)
	if err != nil {
		return fmt.Errorf("find contests: %w", err)
	}
	for _, c := range contests {
		told.Objections = append(told.Objections, exportedObjection{string(c.Subject), string(c.State), c.Reason, c.CreatedAt, c.Answer, c.AnsweredAt})
	}
	acc, err := of.scope.Accommodations().Where(accommodation.SessionID(of.row.ID)).All(ctx)
	if err != nil {
		return fmt.Errorf("find accommodation: %w", err)
	}
	for _, a := range acc {
		told.Accommodation = &exportedAccommodation{string(a.State), a.Request, a.ExtraPercent, a.ExtraSeconds, a.BreakSeconds, a.Notes, a.Reason}
	}
	return nil
}

func (e *exporter) export() (*Export, error) {
	text, err := json.MarshalIndent(e.doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write export: %w", err)
	}
	return &Export{Document: string(text) + "\n", Files: e.files}, nil
}
