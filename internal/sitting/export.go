package sitting

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/accommodation"
	"github.com/assay-hq/assay/ent/contest"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/ent/signal"
	"github.com/assay-hq/assay/internal/blob"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// Export is everything that is kept of a person: a JSON document, and the files that stand beside it.
type Export struct {
	Document string
	Files    []*RecordedFile
	open     func(context.Context, *ent.Upload) *blob.File
}

// WriteZip writes an archive of the document, as subject.json, and of the files, each at its path.
func (e *Export) WriteZip(ctx context.Context, to io.Writer) error {
	archive := zip.NewWriter(to)
	entry, err := archive.Create("subject.json")
	if err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	if _, err := io.WriteString(entry, e.Document); err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	for _, file := range e.Files {
		if file.Path == "" {
			continue
		}
		if err := e.writeFile(ctx, archive, file); err != nil {
			return fmt.Errorf("write %s: %w", file.Path, err)
		}
	}
	return archive.Close()
}

// writeFile adds one file as it is: recordings are compressed already.
func (e *Export) writeFile(ctx context.Context, archive *zip.Writer, file *RecordedFile) (err error) {
	entry, err := archive.CreateHeader(&zip.FileHeader{Name: file.Path, Method: zip.Store, Modified: *file.CompletedAt})
	if err != nil {
		return err
	}
	from := e.open(ctx, file.row)
	defer func() { err = errors.Join(err, from.Close()) }()
	_, err = io.Copy(entry, from)
	return err
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
// person's question on the organization's behalf. The audit keeps who took it.
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
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Export, error) {
		if err := tx.Record(ctx, person.ID, map[string]string{"exported": strconv.Itoa(len(rows)) + " sessions"}); err != nil {
			return nil, err
		}
		return made.export()
	})
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
	return &Export{Document: string(text) + "\n", Files: e.files, open: e.service.file}, nil
}
