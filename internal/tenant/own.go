package tenant

import (
	"context"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/binding"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/ent/clockentry"
	"github.com/assay-hq/assay/ent/organization"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/policy"
)

// Own is what somebody has as a candidate, over all organizations: what their sign-in is bound to, and nothing else.
type Own struct {
	store  *Store
	actor  policy.Actor
	action policy.Action
}

// AsPerson gives whoever signed in what is theirs as a candidate. Who is no person is Denied.
func (s *Store) AsPerson(actor policy.Actor, action policy.Action) (Own, error) {
	if err := s.candidate(actor, action); err != nil {
		return Own{}, err
	}
	return Own{store: s, actor: actor, action: action}, nil
}

// Sessions are the person's sittings in every organization.
func (o Own) Sessions() *ent.SessionQuery {
	return o.store.reads.Session.Query().Where(o.bound(session.FieldOrganizationID, session.FieldCandidateID))
}

// Candidates are what organizations know the person as.
func (o Own) Candidates() *ent.CandidateQuery {
	return o.store.reads.Candidate.Query().Where(o.bound(candidate.FieldOrganizationID, candidate.FieldID))
}

// Organizations are those that know the person.
func (o Own) Organizations() *ent.OrganizationQuery {
	return o.store.reads.Organization.Query().Where(func(q *entsql.Selector) {
		c := entsql.Dialect(q.Dialect()).Select().From(entsql.Table(candidate.Table).As("theirs"))
		t := c.Table()
		c.Select(t.C(candidate.FieldID)).Where(entsql.ColumnsEQ(t.C(candidate.FieldOrganizationID), q.C(organization.FieldID)))
		o.bound(candidate.FieldOrganizationID, candidate.FieldID)(c)
		q.Where(entsql.Exists(c))
	})
}

// Now reads the one time that decides.
func (o Own) Now(ctx context.Context) (time.Time, error) { return o.store.now(ctx, o.store.pools.read) }

// TokenTime is the time that links are good by, which no test moves.
func (o Own) TokenTime(ctx context.Context) (time.Time, error) {
	now, err := o.Now(ctx)
	return now.Add(-o.store.clock.offset()), err
}

// ClockEntries are the clock ledgers of the person's sittings.
func (o Own) ClockEntries() *ent.ClockEntryQuery {
	return o.store.reads.ClockEntry.Query().Where(o.ofSessions(clockentry.FieldOrganizationID, clockentry.FieldSessionID, session.FieldID))
}

// TemplateVersions are the versions that the person's sittings are of.
func (o Own) TemplateVersions() *ent.TemplateVersionQuery {
	return o.store.reads.TemplateVersion.Query().Where(
		o.ofSessions(templateversion.FieldOrganizationID, templateversion.FieldID, session.FieldTemplateVersionID))
}

// ofSessions limits a column to what a column of the person's own sessions holds.
func (o Own) ofSessions(org, column, of string) func(*entsql.Selector) {
	return func(q *entsql.Selector) {
		s := entsql.Dialect(q.Dialect()).Select().From(entsql.Table(session.Table).As("theirs"))
		t := s.Table()
		s.Select(t.C(session.FieldID)).Where(entsql.And(
			entsql.ColumnsEQ(t.C(session.FieldOrganizationID), q.C(org)),
			entsql.ColumnsEQ(t.C(of), q.C(column)),
		))
		o.bound(session.FieldOrganizationID, session.FieldCandidateID)(s)
		q.Where(entsql.Exists(s))
	}
}

// bound limits rows to those whose candidate the person's sign-in is bound to.
func (o Own) bound(org, person string) func(*entsql.Selector) {
	return func(q *entsql.Selector) {
		b := entsql.Dialect(q.Dialect()).Select().From(entsql.Table(binding.Table).As("mine"))
		t := b.Table()
		b.Select(t.C(binding.FieldID)).Where(entsql.And(
			entsql.ColumnsEQ(t.C(binding.FieldOrganizationID), q.C(org)),
			entsql.ColumnsEQ(t.C(binding.FieldCandidateID), q.C(person)),
			entsql.EQ(t.C(binding.FieldIssuer), o.actor.Identity.Issuer),
			entsql.EQ(t.C(binding.FieldSubject), o.actor.Identity.Subject),
		))
		q.Where(entsql.Exists(b))
	}
}
