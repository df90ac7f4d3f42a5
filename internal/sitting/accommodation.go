package sitting

import (
	"context"
	"fmt"
	"strconv"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/accommodation"
	"github.com/assay-hq/assay/internal/clock"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// The most that an accommodation gives.
const (
	maxExtraPercent = 300
	maxExtraTime    = 24 * time.Hour
)

// extraSeconds is the one place where an accommodation becomes time: what it adds to a sitting that is planned to take
// so long.
func extraSeconds(acc *ent.Accommodation, plannedSeconds int) int {
	return extraOfPart(acc, plannedSeconds, plannedSeconds)
}

// extraOfPart is what it adds to a part: the percentage of the part, and of the extra seconds the part's share of the
// whole, both rounded up, so that no part is a second short.
func extraOfPart(acc *ent.Accommodation, part, whole int) int {
	if acc == nil || acc.State != term.AccommodationGranted && acc.State != term.AccommodationChanged {
		return 0
	}
	return up(part*acc.ExtraPercent, 100) + up(part*acc.ExtraSeconds, whole)
}

// up divides and rounds up; by nothing it gives nothing.
func up(n, by int) int {
	if by == 0 {
		return 0
	}
	return (n + by - 1) / by
}

// accommodated gives a session the time that its accommodation makes of the planned one, whether it runs or not.
func (s *Service) accommodated(ctx context.Context, tx tenant.Tx, row *ent.Session) error {
	if row.State.Running() {
		h, err := s.hold(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		if err := h.stretch(ctx, h.now); err != nil {
			return err
		}
		return h.write(ctx)
	}
	acc, err := accommodationOf(ctx, tx.Scope, row.ID)
	if err != nil {
		return err
	}
	whole, err := s.papers.of(ctx, tx.Scope, row.TemplateVersionID)
	if err != nil {
		return err
	}
	allowed := whole.TimeLimit() + extraSeconds(acc, whole.TimeLimit())
	if _, err := tx.ChangeSession(row.ID).SetAllowedSeconds(allowed).Save(ctx); err != nil {
		return fmt.Errorf("accommodate: %w", err)
	}
	return nil
}

// stretch gives each open section what its accommodation adds and was not given yet. Nothing is taken away again.
func (h *held) stretch(ctx context.Context, at time.Time) error {
	acc, err := accommodationOf(ctx, h.tx.Scope, h.row.ID)
	if err != nil {
		return err
	}
	for i, section := range h.asked.Sections {
		more := extraOfPart(acc, section.TimeLimit, h.asked.TimeLimit()) - wholeSeconds(h.clock.Stretched(i+1))
		if more <= 0 || h.clock.Parts[i].Ending != clock.Open {
			continue
		}
		h.tell(clock.Entry{Kind: term.ClockGranted, At: at, Section: i + 1, Seconds: more, Reason: term.ReasonAccommodation})
	}
	return nil
}

// accommodationOf is a session's accommodation; nil if there is none.
func accommodationOf(ctx context.Context, scope tenant.Scope, session gid.ID) (*ent.Accommodation, error) {
	acc, err := scope.Accommodations().Where(accommodation.SessionID(session)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find accommodation: %w", err)
	}
	return acc, nil
}

// expiry is until when an invitation can be begun: what staff set, and the time that a request for accommodation waited
// for its decision, of which staff see nothing. While one waits it is the expiry from before, for what comes after depends
// on the decision.
func expiry(row *ent.Session) time.Time {
	if row.State == term.Invited && row.DueAt != nil && row.DueAt.After(row.ExpiresAt) {
		return *row.DueAt
	}
	return row.ExpiresAt
}

// expired reports whether an invitation can be begun no more. It does not expire while a request for accommodation waits.
func expired(row *ent.Session, now time.Time) bool {
	return row.State == term.Expired || row.State == term.Invited && row.WaitingSince == nil && !now.Before(expiry(row))
}

// wait keeps an invitation from expiring until decided.
func wait(ctx context.Context, tx tenant.Tx, row *ent.Session) error {
	if row.State != term.Invited {
		return nil
	}
	if _, err := tx.ChangeSession(row.ID).SetWaitingSince(tx.Now).Save(ctx); err != nil {
		return fmt.Errorf("let expiry wait: %w", err)
	}
	return nil
}

// waited ends the waiting, and adds what it took to the expiry.
func waited(ctx context.Context, tx tenant.Tx, row *ent.Session) error {
	if row.State != term.Invited || row.WaitingSince == nil {
		return nil
	}
	due := row.DueAt.Add(tx.Now.Sub(*row.WaitingSince))
	if _, err := tx.ChangeSession(row.ID).SetDueAt(due).ClearWaitingSince().Save(ctx); err != nil {
		return fmt.Errorf("let expiry go on: %w", err)
	}
	return nil
}

// RequestAccommodationInput is what a candidate asks for so that the sitting is fair to them. All but the words may be
// left out.
type RequestAccommodationInput struct {
	SittingID      gid.ID
	Request        string
	ExtraPercent   *int
	ExtraTime      *time.Duration
	Breaks         *time.Duration
	IdempotencyKey *string
}

// RequestAccommodation asks for accommodation, before the sitting or during it; the expiry of an invitation waits for the
// decision. Where the template takes no requests, or one was made or granted, it is Conflict. Only who decides sees it.
func (s *Service) RequestAccommodation(ctx context.Context, actor policy.Actor, in RequestAccommodationInput) (*ent.Accommodation, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.SittingID)
	if err != nil {
		return nil, err
	}
	var c fault.Checks
	c.Text(in.Request, 1, 4_000, "request")
	checkExtra(&c, in.ExtraPercent, in.ExtraTime, in.Breaks)
	if err := c.Err(); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return s.requestAccommodation(ctx, tx, in) }, accommodationByID)
}

func accommodationByID(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Accommodation, error) {
	return tenant.Only[*ent.Accommodation]("accommodation")(scope.Accommodations().Where(accommodation.ID(id)).Only(ctx))
}

func checkExtra(c *fault.Checks, percent *int, extra, breaks *time.Duration) {
	c.Whole(or(percent), 0, maxExtraPercent, "extraPercent")
	c.That(or(extra) >= 0 && or(extra) <= maxExtraTime, "this must be from nothing to 24 hours", "extraTime")
	c.That(or(breaks) >= 0 && or(breaks) <= maxExtraTime, "this must be from nothing to 24 hours", "breaks")
}

// or is a value, or nothing.
func or[T any](v *T) T {
	if v == nil {
		var none T
		return none
	}
	return *v
}

func inSeconds(d *time.Duration) int { return int(or(d) / time.Second) }

func (s *Service) requestAccommodation(ctx context.Context, tx tenant.Tx, in RequestAccommodationInput) (gid.ID, error) {
	row, err := tenant.Only[*ent.Session]("sitting")(tx.LockSession(ctx, in.SittingID))
	if err != nil {
		return gid.ID{}, err
	}
	asked, err := s.papers.own(ctx, tx.Scope)
	if err != nil {
		return gid.ID{}, err
	}
	acc, err := accommodationOf(ctx, tx.Scope, row.ID)
	if err != nil {
		return gid.ID{}, err
	}
	switch {
	case asked.Accommodation == nil || !asked.Accommodation.Requestable:
		return gid.ID{}, conflict("this assessment takes no requests here; write to whoever invited you")
	case !changeable(tx, row):
		return gid.ID{}, conflict("this sitting is over")
	case acc != nil && acc.State == term.AccommodationRequested:
		return gid.ID{}, conflict("you asked for this already; a decision is on its way")
	case acc != nil && acc.State != term.AccommodationDeclined && acc.State != term.AccommodationWithdrawn:
		return gid.ID{}, conflict("an accommodation was granted already; write to the contact that stands with it")
	}
	id, err := writeRequest(ctx, tx, row, acc, in, asked.Accommodation.Contact)
	if err != nil {
		return gid.ID{}, err
	}
	if err := wait(ctx, tx, row); err != nil {
		return gid.ID{}, err
	}
	// No event: whoever follows the feed must not learn of it.
	return id, tx.Record(ctx, id, map[string]string{"accommodation": "requested"})
}

// changeable reports whether a session is still to be begun or runs.
func changeable(tx tenant.Tx, row *ent.Session) bool {
	if row.State == term.Invited {
		return !expired(row, tx.Now)
	}
	return row.State.Running() && !over(row, tx.Now)
}

// writeRequest writes the first request of a session, or the next one over what became of the last.
func writeRequest(ctx context.Context, tx tenant.Tx, row *ent.Session, last *ent.Accommodation, in RequestAccommodationInput, contact string) (gid.ID, error) {
	if last != nil {
		_, err := tx.ChangeAccommodation(last.ID).SetState(term.AccommodationRequested).SetRequest(in.Request).SetAskedPercent(or(in.ExtraPercent)).
			SetAskedSeconds(inSeconds(in.ExtraTime)).SetAskedBreakSeconds(inSeconds(in.Breaks)).SetContact(contact).SetReason("").
			SetDecidedBy("").SetDecidedAt(tx.Now).AddRevision(1).Save(ctx)
		if err != nil {
			return gid.ID{}, fmt.Errorf("ask again: %w", err)
		}
		return last.ID, nil
	}
	made, err := tx.NewAccommodation().SetSessionID(row.ID).SetCandidateID(row.CandidateID).SetState(term.AccommodationRequested).
		SetRequest(in.Request).SetAskedPercent(or(in.ExtraPercent)).SetAskedSeconds(inSeconds(in.ExtraTime)).
		SetAskedBreakSeconds(inSeconds(in.Breaks)).SetContact(contact).Save(ctx)
	if err != nil {
		return gid.ID{}, fmt.Errorf("ask: %w", err)
	}
	return made.ID, nil
}

// WithdrawAccommodationRequestInput names the sitting whose open request is taken back.
type WithdrawAccommodationRequestInput struct {
	SittingID      gid.ID
	IdempotencyKey *string
}

// WithdrawAccommodationRequest takes an open request back; without one it is Conflict.
func (s *Service) WithdrawAccommodationRequest(ctx context.Context, actor policy.Actor, in WithdrawAccommodationRequestInput) (*ent.Accommodation, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.SittingID)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return withdraw(ctx, tx, in.SittingID) }, accommodationByID)
}

func withdraw(ctx context.Context, tx tenant.Tx, id gid.ID) (gid.ID, error) {
	row, err := tenant.Only[*ent.Session]("sitting")(tx.LockSession(ctx, id))
	if err != nil {
		return gid.ID{}, err
	}
	acc, err := accommodationOf(ctx, tx.Scope, id)
	if err != nil {
		return gid.ID{}, err
	}
	if acc == nil || acc.State != term.AccommodationRequested {
		return gid.ID{}, conflict("there is no open request to take back")
	}
	if err := waited(ctx, tx, row); err != nil {
		return gid.ID{}, err
	}
	_, err = tx.ChangeAccommodation(acc.ID).SetState(term.AccommodationWithdrawn).SetDecidedAt(tx.Now).AddRevision(1).Save(ctx)
	if err != nil {
		return gid.ID{}, fmt.Errorf("withdraw request: %w", err)
	}
	return acc.ID, tx.Record(ctx, acc.ID, map[string]string{"accommodation": "withdrawn"})
}

// OwnAccommodation is what the candidate asked for or was granted for their own sitting; nil if nothing.
func (s *Service) OwnAccommodation(ctx context.Context, actor policy.Actor, id gid.ID) (*ent.Accommodation, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, id)
	if err != nil {
		return nil, err
	}
	return accommodationOf(ctx, scope, id)
}

// Accommodations lists requests and grants, the oldest first.
func (s *Service) Accommodations(ctx context.Context, actor policy.Actor, state *term.AccommodationState, paging tenant.Paging) (*tenant.Page[*ent.Accommodation], error) {
	scope, err := s.tenant.As(ctx, actor, policy.AccommodationDecide)
	if err != nil {
		return nil, err
	}
	query := func() *ent.AccommodationQuery {
		if state != nil {
			return scope.Accommodations().Where(accommodation.StateEQ(*state))
		}
		return scope.Accommodations()
	}
	at := func(row *ent.Accommodation) tenant.Cursor { return tenant.Cursor{ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{}, at, func(window func(*entsql.Selector)) ([]*ent.Accommodation, error) {
		return query().Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = query().Count
	return page, nil
}

// AccommodationsByID reads accommodations for a batch; what is not visible is left out.
func (s *Service) AccommodationsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Accommodation, error) {
	scope, err := s.tenant.As(ctx, actor, policy.AccommodationDecide)
	if err != nil {
		return nil, err
	}
	return scope.Accommodations().Where(tenant.In(accommodation.FieldID, ids)).All(ctx)
}

// AccommodationDecision is what is decided on an accommodation.
type AccommodationDecision string

// The decisions. GRANT gives what was asked for, CHANGE what the decision says.
const (
	Grant   AccommodationDecision = "GRANT"
	Change  AccommodationDecision = "CHANGE"
	Decline AccommodationDecision = "DECLINE"
)

// Values lists every decision.
func (AccommodationDecision) Values() []string {
	return []string{string(Grant), string(Change), string(Decline)}
}

// DecideAccommodationInput decides on an accommodation at the revision that was read. Only CHANGE says how much.
type DecideAccommodationInput struct {
	ID             gid.ID
	Revision       int
	Decision       AccommodationDecision
	ExtraPercent   *int
	ExtraTime      *time.Duration
	Breaks         *time.Duration
	Notes          *string
	Reason         string
	IdempotencyKey *string
}

// DecideAccommodation decides on a request, or anew on what was decided. The session's clocks follow at once, also while
// it runs; then nothing that was given is taken away again. A revision that is not the latest is Stale with the latest,
// a session that is over Conflict.
func (s *Service) DecideAccommodation(ctx context.Context, actor policy.Actor, in DecideAccommodationInput) (*ent.Accommodation, error) {
	scope, err := s.tenant.As(ctx, actor, policy.AccommodationDecide)
	if err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, s.decide(ctx, tx, in) }, accommodationByID)
}

func (in *DecideAccommodationInput) check() error {
	var c fault.Checks
	checkExtra(&c, in.ExtraPercent, in.ExtraTime, in.Breaks)
	c.Text(or(in.Notes), 0, 2_000, "notes")
	c.Text(in.Reason, 1, 2_000, "reason")
	c.That(in.Decision == Change || in.ExtraPercent == nil, "only a change says how much", "extraPercent")
	c.That(in.Decision == Change || in.ExtraTime == nil, "only a change says how much", "extraTime")
	c.That(in.Decision == Change || in.Breaks == nil, "only a change says how much", "breaks")
	return c.Err()
}

func (s *Service) decide(ctx context.Context, tx tenant.Tx, in DecideAccommodationInput) error {
	acc, err := accommodationByID(ctx, tx.Scope, in.ID)
	if err != nil {
		return err
	}
	row, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, acc.SessionID))
	if err != nil {
		return err
	}
	if acc, err = accommodationByID(ctx, tx.Scope, in.ID); err != nil { // as it stands now that it is ours
		return err
	}
	if acc.Revision != in.Revision {
		return &fault.Fault{Code: fault.Stale, Message: "this accommodation was changed meanwhile", Field: []string{"revision"}, Current: acc}
	}
	if in.Decision == Grant && acc.Request == "" {
		return conflict("nobody asked for this accommodation; change it and say how much")
	}
	next := in.outcome(acc)
	if err := decidable(tx, row, acc, next); err != nil {
		return err
	}
	if acc.State == term.AccommodationRequested {
		if err := waited(ctx, tx, row); err != nil {
			return err
		}
	}
	return s.settle(ctx, tx, row, next)
}

// outcome is the accommodation as the decision makes it.
func (in *DecideAccommodationInput) outcome(acc *ent.Accommodation) *ent.Accommodation {
	next := *acc
	next.Reason, next.Notes = in.Reason, acc.Notes
	if in.Notes != nil {
		next.Notes = *in.Notes
	}
	switch in.Decision {
	case Grant:
		next.State, next.ExtraPercent, next.ExtraSeconds, next.BreakSeconds = term.AccommodationGranted, acc.AskedPercent, acc.AskedSeconds, acc.AskedBreakSeconds
	case Change:
		next.State, next.ExtraPercent, next.ExtraSeconds, next.BreakSeconds = term.AccommodationChanged, or(in.ExtraPercent), inSeconds(in.ExtraTime), inSeconds(in.Breaks)
	default:
		next.State, next.ExtraPercent, next.ExtraSeconds, next.BreakSeconds = term.AccommodationDeclined, 0, 0, 0
	}
	return &next
}

// decidable demands a session that the decision can still change, and of one that runs that it loses no time.
func decidable(tx tenant.Tx, row *ent.Session, acc, next *ent.Accommodation) error {
	switch {
	case acc.State == term.AccommodationWithdrawn:
		return conflict("the candidate took this request back")
	case next.State == term.AccommodationDeclined && acc.State == term.AccommodationRequested:
		return nil // also when the session is over
	case !changeable(tx, row):
		return conflict("this sitting is over; its time cannot change any more")
	case row.State.Running() && extraSeconds(next, row.AllowedSeconds) < extraSeconds(acc, row.AllowedSeconds):
		return conflict("this sitting runs; time that was given cannot be taken away")
	}
	return nil
}

// settle writes a decision and lets the session's clocks follow.
func (s *Service) settle(ctx context.Context, tx tenant.Tx, row *ent.Session, next *ent.Accommodation) error {
	_, err := tx.ChangeAccommodation(next.ID).SetState(next.State).SetExtraPercent(next.ExtraPercent).SetExtraSeconds(next.ExtraSeconds).
		SetBreakSeconds(next.BreakSeconds).SetNotes(next.Notes).SetReason(next.Reason).SetDecidedBy(tx.Actor().Label()).
		SetDecidedAt(tx.Now).AddRevision(1).Save(ctx)
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	if changeable(tx, row) {
		if err := s.accommodated(ctx, tx, row); err != nil {
			return err
		}
	}
	return noteDecision(ctx, tx, next)
}

// noteDecision tells the audit, and nobody else.
func noteDecision(ctx context.Context, tx tenant.Tx, acc *ent.Accommodation) error {
	return tx.Record(ctx, acc.ID, map[string]string{
		"accommodation": string(acc.State), "extraPercent": strconv.Itoa(acc.ExtraPercent),
		"extraSeconds": strconv.Itoa(acc.ExtraSeconds), "breakSeconds": strconv.Itoa(acc.BreakSeconds),
	})
}

// GrantAccommodationInput gives a session an accommodation that nobody asked for here.
type GrantAccommodationInput struct {
	SessionID      gid.ID
	ExtraPercent   *int
	ExtraTime      *time.Duration
	Breaks         *time.Duration
	Notes          *string
	Reason         string
	IdempotencyKey *string
}

// GrantAccommodation gives an accommodation without a request. A session that has one, or is over, is Conflict.
func (s *Service) GrantAccommodation(ctx context.Context, actor policy.Actor, in GrantAccommodationInput) (*ent.Accommodation, error) {
	scope, err := s.tenant.As(ctx, actor, policy.AccommodationDecide)
	if err != nil {
		return nil, err
	}
	var c fault.Checks
	checkExtra(&c, in.ExtraPercent, in.ExtraTime, in.Breaks)
	c.Text(or(in.Notes), 0, 2_000, "notes")
	c.Text(in.Reason, 1, 2_000, "reason")
	if err := c.Err(); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return s.grantAccommodation(ctx, tx, in) }, accommodationByID)
}

func (s *Service) grantAccommodation(ctx context.Context, tx tenant.Tx, in GrantAccommodationInput) (gid.ID, error) {
	row, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, in.SessionID))
	if err != nil {
		return gid.ID{}, err
	}
	acc, err := accommodationOf(ctx, tx.Scope, row.ID)
	if err != nil {
		return gid.ID{}, err
	}
	if acc != nil {
		return gid.ID{}, conflict("this session has an accommodation; decide on that")
	}
	if !changeable(tx, row) {
		return gid.ID{}, conflict("this sitting is over; its time cannot change any more")
	}
	whole, err := s.papers.of(ctx, tx.Scope, row.TemplateVersionID)
	if err != nil {
		return gid.ID{}, err
	}
	contact := ""
	if whole.Accommodation != nil {
		contact = whole.Accommodation.Contact
	}
	made, err := tx.NewAccommodation().SetSessionID(row.ID).SetCandidateID(row.CandidateID).SetState(term.AccommodationGranted).SetRequest("").
		SetExtraPercent(or(in.ExtraPercent)).SetExtraSeconds(inSeconds(in.ExtraTime)).SetBreakSeconds(inSeconds(in.Breaks)).
		SetNotes(or(in.Notes)).SetReason(in.Reason).SetContact(contact).SetDecidedBy(tx.Actor().Label()).SetDecidedAt(tx.Now).Save(ctx)
	if err != nil {
		return gid.ID{}, fmt.Errorf("grant accommodation: %w", err)
	}
	if err := s.accommodated(ctx, tx, row); err != nil {
		return gid.ID{}, err
	}
	return made.ID, noteDecision(ctx, tx, made)
}

// StartedOn is the day on which a session was started, in UTC. Staff see no more of it: with the moment, and the share of
// the allowed time that was used, they could tell how much time was allowed.
func StartedOn(row *ent.Session) *time.Time {
	if row.StartedAt == nil {
		return nil
	}
	day := row.StartedAt.UTC().Truncate(24 * time.Hour)
	return &day
}

// DecidedAt is when an accommodation was decided or taken back; nil while it waits.
func DecidedAt(acc *ent.Accommodation) *time.Time {
	if acc.State == term.AccommodationRequested {
		return nil
	}
	return acc.DecidedAt
}
