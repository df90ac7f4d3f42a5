package authoring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// ImportCatalogueInput is a document to bring in: YAML or JSON. Unless it is to be applied, nothing is written.
type ImportCatalogueInput struct {
	Document       string
	Apply          bool
	IdempotencyKey *string
}

// CatalogueImport is what a document changes, or would.
type CatalogueImport struct {
	Applied   bool
	Unchanged int // entries that stand already as the document has them
	Notes     []string

	changes []*CatalogueChange
}

// CatalogueChange is what becomes of one entry of a document.
type CatalogueChange struct {
	Kind   ChangeKind
	Noun   CatalogueNoun
	Key    string
	Title  string
	Fields []string // that differ, of an entry that stands already
	Note   string
}

// CatalogueNoun is what an entry of a document is.
type CatalogueNoun string

// The nouns of a catalogue.
const (
	NounSkill    CatalogueNoun = "SKILL"
	NounJobRole  CatalogueNoun = "JOB_ROLE"
	NounQuestion CatalogueNoun = "QUESTION"
	NounTemplate CatalogueNoun = "TEMPLATE"
)

// Values lists every noun.
func (CatalogueNoun) Values() []string {
	return []string{string(NounSkill), string(NounJobRole), string(NounQuestion), string(NounTemplate)}
}

// ChangeCount is how many entries change.
func (r *CatalogueImport) ChangeCount() int { return len(r.changes) }

// mostChanges is how many changes the API tells at most.
const mostChanges = 1000

// Changes are the first entries that change, in the order of the document, at most 1000.
func (r *CatalogueImport) Changes(most int) []*CatalogueChange {
	return r.changes[:max(0, min(most, mostChanges, len(r.changes)))]
}

// Everything is every entry that changes, in the order of the document.
func (r *CatalogueImport) Everything() []*CatalogueChange { return r.changes }

// ImportCatalogue brings a document in: what it names is added or changed until it stands as the document has it, and
// what it does not name stays. Unless Apply is set nothing is written and the answer tells what would be. A document with
// any fault is refused whole: Invalid, with the line and the path of each, at most 100. Bringing the same document in
// again changes nothing. Where the organization asks for a second person, what is to be published waits as a draft.
func (s *Service) ImportCatalogue(ctx context.Context, actor policy.Actor, in ImportCatalogueInput) (*CatalogueImport, error) {
	scope, err := s.tenant.As(ctx, actor, policy.CatalogueImport)
	if err != nil {
		return nil, err
	}
	var doc *catalogue.Document
	var places *catalogue.Places
	err = s.alone(ctx, func() (err error) {
		doc, places, err = catalogue.Read([]byte(in.Document))
		return err
	})
	if err != nil {
		return nil, refused(err)
	}
	return s.bringIn(ctx, scope, in.IdempotencyKey, in, arrival{doc: doc, places: places, apply: in.Apply})
}

// alone runs a reader when no other does; whose time is over while waiting does not begin.
func (s *Service) alone(ctx context.Context, read func() error) error {
	select {
	case s.reads <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.reads }()
	if err := ctx.Err(); err != nil {
		return err
	}
	return read()
}

// refused makes a reader's faults the caller's.
func refused(err error) error {
	var list catalogue.Faults
	if !errors.As(err, &list) {
		return err
	}
	var all fault.List
	for _, f := range list {
		all = append(all, told(f))
	}
	return all.Err()
}

func told(f *catalogue.Fault) *fault.Fault {
	field := []string{"document"}
	if f.Path != "" {
		field = append(field, strings.FieldsFunc(f.Path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })...)
	}
	message := f.Message
	if f.Line > 0 {
		message = "line " + index(f.Line) + ": " + message
	}
	return fault.At(message, field...)
}

// arrival is a document on its way in.
type arrival struct {
	doc    *catalogue.Document
	places *catalogue.Places // nil if it was no text with lines
	notes  []string
	apply  bool
}

// errTried ends the transaction of an import that was only tried.
var errTried = errors.New("tried")

func (s *Service) bringIn(ctx context.Context, scope tenant.Scope, key *string, input any, a arrival) (*CatalogueImport, error) {
	if scope.Limited() {
		return nil, fault.New(fault.Denied, "a limited member cannot import a catalogue, which is the whole organization's")
	}
	if err := mayBringIn(scope, a.doc); err != nil {
		return nil, err
	}
	report := &CatalogueImport{}
	_, err := tenant.InTx(ctx, scope, func(tx tenant.Tx) (gid.ID, error) {
		*report = CatalogueImport{Notes: append([]string{}, a.notes...)}
		done := false
		defer func() {
			if !done {
				report.Notes = append(report.Notes, "this was brought in before with the same idempotency key; nothing was done again")
			}
		}()
		if !a.apply {
			key = nil // a try leaves nothing behind, not even its key
		}
		return tenant.Once(ctx, tx, key, input, func() (gid.ID, error) {
			done = true
			return tx.Organization(), s.apply(ctx, tx, a, report)
		})
	})
	if err != nil && !errors.Is(err, errTried) {
		return nil, err
	}
	report.Applied = a.apply
	return report, nil
}

// mayBringIn demands the permissions for what a document has, one by one: an API key that may import may still not be
// one that publishes. Assay itself may.
func mayBringIn(scope tenant.Scope, d *catalogue.Document) error {
	if scope.Actor().Has(policy.System) {
		return nil
	}
	questions := slices.ContainsFunc(d.Questions, func(q *catalogue.Question) bool { return q.State != term.Draft })
	templates := slices.ContainsFunc(d.Templates, func(t *catalogue.Template) bool { return t.State != term.Draft })
	for action, needed := range map[policy.Action]bool{
		policy.SkillWrite: len(d.Skills) > 0, policy.JobRoleWrite: len(d.Roles) > 0,
		policy.QuestionWrite: len(d.Questions) > 0, policy.QuestionPublish: questions,
		policy.TemplateWrite: len(d.Templates) > 0, policy.TemplatePublish: templates,
	} {
		if needed && !scope.Allows(action) {
			return fault.New(fault.Denied, "for what is in this document you also need the permission "+string(action))
		}
	}
	return nil
}

func (s *Service) apply(ctx context.Context, tx tenant.Tx, a arrival, report *CatalogueImport) error {
	im, err := s.newImporter(ctx, tx, a, report)
	if err != nil {
		return err
	}
	if err := im.run(ctx); err != nil {
		return err
	}
	if err := im.faults.Err(); err != nil {
		return err
	}
	if !a.apply {
		return errTried
	}
	if len(report.changes) == 0 {
		return nil
	}
	return tx.Announce(ctx, event.CatalogueImported, tx.Organization(), map[string]string{"changes": index(len(report.changes))})
}

// importer brings one document into a transaction.
type importer struct {
	*Service
	arrival
	tx        tenant.Tx
	stock     *stock
	keys      *keyrings
	taxonomy  *taxonomy // once skills are brought in
	report    *CatalogueImport
	faults    fault.List
	troubles  int  // faults that were met, also those that are told no more
	approvals bool // whether publishing needs a second person
	retire    []gid.ID
	asked     map[string]bool // keys of questions that published templates of the document name
}

func (s *Service) newImporter(ctx context.Context, tx tenant.Tx, a arrival, report *CatalogueImport) (*importer, error) {
	org, err := tx.LockOrganization(ctx) // a second import of the document waits, and finds everything as it wants it
	if err != nil {
		return nil, fmt.Errorf("lock organization: %w", err)
	}
	st, err := readStock(ctx, tx.Scope, namesIn(a.doc))
	if err != nil {
		return nil, err
	}
	return &importer{
		Service: s, arrival: a, tx: tx, stock: st, keys: st.keyrings(a.doc), report: report, approvals: org.PublicationApproval,
		asked: askedIn(a.doc),
	}, nil
}

// run brings in every entry, each noun after those it refers to. A fault of one does not hide those of the others.
func (im *importer) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{im.allSkills, im.allRoles, im.allQuestions, im.allTemplates, im.retirements} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// mostFaults bounds how many faults of a document are told.
const mostFaults = 100

// judge keeps a caller's faults, told at the entry's place; anything else ends the import. A natural key that another
// took at this moment ends it too: the database's transaction is over.
func (im *importer) judge(err error, entry []string) error {
	list := fault.All(err)
	if list == nil || slices.ContainsFunc(list, func(f *fault.Fault) bool { return !f.Payload() && f.Code != fault.NotFound }) {
		return err // ours, or the database's: it is busy
	}
	for _, f := range list {
		im.fail(f.Message, append(append([]string{}, entry...), plain(f.Field)...))
	}
	// Without the row that has it, a key was taken at this very moment, and the database's transaction is over.
	taken := slices.ContainsFunc(list, func(f *fault.Fault) bool { return f.Code == fault.AlreadyExists && f.Current == nil })
	if taken || len(im.faults) >= mostFaults {
		return im.faults.Err()
	}
	return nil
}

// plain is an input's path as documents have it: without what is around it there, and with keys for ids.
func plain(field []string) []string {
	if len(field) > 0 && field[0] == "fields" {
		field = field[1:]
	}
	own := slices.Clone(field)
	for i, step := range own {
		if name, ok := documentNames[step]; ok {
			own[i] = name
		}
	}
	return own
}

// documentNames are the fields that documents call otherwise than inputs.
var documentNames = map[string]string{
	"skillId": "skill", "skillIds": "skills", "parentId": "parent", "questionId": "question", "questionIds": "questions",
	"timeHint": "timeHintSeconds", "timeLimit": "timeLimitSeconds", "totalLimit": "totalLimitSeconds", "disconnectCredit": "disconnectCreditSeconds",
}

// within tells faults of an input's content where documents have it: in another field, or in the entry itself.
func within(place []string, err error) error {
	list := fault.All(err)
	if list == nil {
		return err
	}
	var moved fault.List
	for _, f := range list {
		own := *f
		if len(own.Field) > 0 && own.Field[0] == "content" {
			own.Field = append(slices.Clone(place), own.Field[1:]...)
		}
		moved = append(moved, &own)
	}
	return moved.Err()
}

func (im *importer) fail(message string, path []string) {
	im.troubles++
	if len(im.faults) >= mostFaults {
		return
	}
	if im.places == nil {
		im.faults = append(im.faults, fault.At(message, append([]string{"document"}, path...)...))
		return
	}
	im.faults = append(im.faults, told(im.places.Fault(path, message)))
}

// note adds a change to the report.
func (im *importer) note(c *CatalogueChange) { im.report.changes = append(im.report.changes, c) }

// skillIDs opens keys of skills; one that nothing has is a fault.
func (im *importer) skillIDs(keys []string, path ...string) []gid.ID {
	ids := []gid.ID{}
	for i, key := range keys {
		if id, ok := im.open(im.keys.skills, key, "skill", append(path, index(i))...); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func (im *importer) open(ring keyring, key, noun string, path ...string) (gid.ID, bool) {
	id, ok := ring[key]
	switch {
	case !ok:
		im.fail("there is no "+noun+" with the key "+key+", neither in this document nor in the organization", path)
	case id.IsZero(): // the document has it, and its own fault is told there
		im.troubles++
	}
	return id, ok && !id.IsZero()
}

// titled makes a change of one entry.
func titled(kind ChangeKind, noun CatalogueNoun, key, title string, fields []string) *CatalogueChange {
	return &CatalogueChange{Kind: kind, Noun: noun, Key: key, Title: title, Fields: fields}
}
