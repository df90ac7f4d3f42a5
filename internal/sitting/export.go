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

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/ent/contest"
	"github.com/assay-hq/assay/ent/signal"
	"github.com/assay-hq/assay/internal/blob"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
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
	made := s.exporter(own)
	for after := own.Candidates(); ; {
		people, err := after.Order(candidate.ByID()).Limit(recordBatch).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("find records: %w", err)
		}
		if err := made.add(ctx, people); err != nil {
			return nil, err
		}
		if len(people) < recordBatch {
			return made.export()
		}
		after = own.Candidates().Where(candidate.IDGT(people[len(people)-1].ID))
	}
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
	made := s.exporter(scope)
	if err := made.add(ctx, []*ent.Candidate{person}); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Export, error) {
		sessions := len(made.doc.Records[0].Sittings)
		if err := tx.Record(ctx, person.ID, map[string]string{"exported": strconv.Itoa(sessions) + " sessions"}); err != nil {
			return nil, err
		}
		return made.export()
	})
}

// exporter gathers an export.
type exporter struct {
	service *Service
	from    keeper
	doc     exportDocument
	files   []*RecordedFile
}

func (s *Service) exporter(from keeper) *exporter {
	return &exporter{service: s, from: from, doc: exportDocument{Format: "assay-subject/1", Records: []*exportedRecord{}}, files: []*RecordedFile{}}
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

// add gathers what is kept of people: all of their sessions, however many there are.
func (e *exporter) add(ctx context.Context, people []*ent.Candidate) error {
	records, err := recordsOf(ctx, e.from, people)
	if err != nil {
		return err
	}
	byPerson := map[gid.ID]*exportedRecord{}
	for i, person := range people {
		out := &exportedRecord{Record: records[i], Sittings: []*exportedSession{}}
		e.doc.Records, byPerson[person.ID] = append(e.doc.Records, out), out
	}
	return eachBatch(ctx, e.from, people, func(rows []*ent.Session) error {
		told, err := e.sessions(ctx, rows)
		for i, each := range told {
			out := byPerson[rows[i].CandidateID]
			out.Sittings, e.files = append(out.Sittings, each), append(e.files, each.Files...)
		}
		return err
	})
}

// sessions is every word that was said in a batch of sessions, in its order.
func (e *exporter) sessions(ctx context.Context, rows []*ent.Session) ([]*exportedSession, error) {
	recorded, err := e.service.recordedSessions(ctx, e.from, rows)
	if err != nil {
		return nil, err
	}
	told, said := make([]*exportedSession, len(rows)), exportedSessions{}
	for i, row := range rows {
		told[i] = &exportedSession{
			RecordedSession: recorded[i], Responses: []exportedAnswer{}, Signals: []exportedSignal{}, Objections: []exportedObjection{},
		}
		said[row.ID] = told[i]
	}
	of := e.from.Sittings(rows)
	for _, add := range []func(context.Context, tenant.Sittings) error{said.addAnswers, said.addSignals, said.addObjections, said.addAccommodations} {
		if err := add(ctx, of); err != nil {
			return nil, err
		}
	}
	return told, nil
}

// exportedSessions are the sessions of a batch by their ids.
type exportedSessions map[gid.ID]*exportedSession

func (s exportedSessions) addAnswers(ctx context.Context, of tenant.Sittings) error {
	rows, err := latestOf(ctx, of.Responses())
	if err != nil {
		return err
	}
	for _, r := range rows {
		told := s[r.SessionID]
		told.Responses = append(told.Responses, exportedAnswer{r.Ref, r.Revision, r.Answer, r.SavedAt})
		told.Answers++
	}
	return nil
}

func (s exportedSessions) addSignals(ctx context.Context, of tenant.Sittings) error {
	rows, err := of.Signals().Order(signal.ByID()).All(ctx)
	if err != nil {
		return fmt.Errorf("find signals: %w", err)
	}
	for _, r := range rows {
		told := s[r.SessionID]
		told.Signals = append(told.Signals, exportedSignal{string(r.Kind), r.Ref, r.ClientAt, r.ServerAt, r.DurationMs})
		told.SignalCount++
	}
	return nil
}

func (s exportedSessions) addObjections(ctx context.Context, of tenant.Sittings) error {
	rows, err := of.Contests().Order(contest.ByID()).All(ctx)
	if err != nil {
		return fmt.Errorf("find contests: %w", err)
	}
	for _, r := range rows {
		told := s[r.SessionID]
		told.Objections = append(told.Objections, exportedObjection{string(r.Subject), string(r.State), r.Reason, r.CreatedAt, r.Answer, r.AnsweredAt})
	}
	return nil
}

func (s exportedSessions) addAccommodations(ctx context.Context, of tenant.Sittings) error {
	rows, err := of.Accommodations().All(ctx)
	if err != nil {
		return fmt.Errorf("find accommodations: %w", err)
	}
	for _, r := range rows {
		s[r.SessionID].Accommodation = &exportedAccommodation{string(r.State), r.Request, r.ExtraPercent, r.ExtraSeconds, r.BreakSeconds, r.Notes, r.Reason}
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
