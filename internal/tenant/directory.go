package tenant

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"entgo.io/ent/dialect"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/execution"
	"github.com/assay-hq/assay/ent/member"
	"github.com/assay-hq/assay/ent/organization"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Directory is the short list of what happens before an organization is known: identity to membership, API key,
// invitation link, due sessions. Login and the worker use it, and nobody else.
type Directory struct{ store *Store }

// Directory gives the store's directory.
func (s *Store) Directory() Directory { return Directory{s} }

// Resolve finds who signed in and, by the organization's slug, where they act: without
// a slug in the organization they joined first. An organization that is not theirs is NotFound; someone without any membership is an actor with an identity alone.
// Whom a link signed in is nobody any more where their organization stopped signing candidates in by links. It is asked at
// every request, so that a removed role is refused on the next one, and a link's session ended.
func (d Directory) Resolve(ctx context.Context, who policy.Identity, slug string) (policy.Actor, error) {
	if who.Issuer == policy.LinkIssuer {
		return d.linked(ctx, who, slug)
	}
	actor := policy.Actor{Identity: who}
	rows, err := d.memberships(ctx, who)
	if err != nil {
		return policy.Actor{}, err
	}
	if slices.ContainsFunc(rows, func(m membership) bool { return m.waits }) {
		if rows, err = d.join(ctx, who, rows); err != nil {
			return policy.Actor{}, err
		}
	}
	if slug != "" {
		rows = slices.DeleteFunc(rows, func(m membership) bool { return m.slug != slug })
		if len(rows) == 0 {
			return policy.Actor{}, NotFound("organization")
		}
	}
	if len(rows) == 0 {
		return actor, nil
	}
	rows[0].fill(&actor)
	return actor, nil
}

// membership is one row of who belongs where.
type membership struct {
	org, id  gid.ID
	slug     string
	roles    []policy.Role
	limited  bool
	jobRoles []gid.ID
	waits    bool // for its person's first sign-in
}

// fill gives an actor the membership.
func (m membership) fill(a *policy.Actor) {
	a.Org, a.ID, a.Roles, a.Limited, a.JobRoles = m.org, m.id, m.roles, m.limited, m.jobRoles
}

// memberships reads the identity's memberships and those that wait for its verified e-mail address.
func (d Directory) memberships(ctx context.Context, who policy.Identity) ([]membership, error) {
	verified := ""
	if who.EmailVerified {
		verified = who.Email
	}
	query, args := d.store.spell(`SELECT m.organization_id, m.id, o.slug, m.roles, m.limited, m.job_role_ids, m.subject IS NULL
		FROM members m JOIN organizations o ON o.id = m.organization_id
		WHERE m.removed_at IS NULL
		AND (m.issuer = @issuer AND m.subject = @subject OR m.subject IS NULL AND m.email = @email)
		ORDER BY m.id`, Args{"issuer": who.Issuer, "subject": who.Subject, "email": verified})
	rows, err := d.store.pools.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("find memberships: %w", err)
	}
	defer rows.Close()
	var found []membership
	for rows.Next() {
		m, err := scanMembership(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, m)
	}
	return found, rows.Err()
}

func scanMembership(rows *sql.Rows) (membership, error) {
	var (
		m              membership
		roles, roleIDs []byte
	)
	if err := rows.Scan(&m.org, &m.id, &m.slug, &roles, &m.limited, &roleIDs, &m.waits); err != nil {
		return m, fmt.Errorf("read membership: %w", err)
	}
	if err := json.Unmarshal(roles, &m.roles); err != nil {
		return m, fmt.Errorf("read roles: %w", err)
	}
	if len(roleIDs) > 0 {
		if err := json.Unmarshal(roleIDs, &m.jobRoles); err != nil {
			return m, fmt.Errorf("read job roles: %w", err)
		}
	}
	return m, nil
}

// join ties the identity to the memberships that wait for it, once: an invited person's first sign-in. A membership
// that already has an identity is never tied to another.
func (d Directory) join(ctx context.Context, who policy.Identity, rows []membership) ([]membership, error) {
	joined := map[gid.ID]bool{}
	for _, m := range rows {
		joined[m.org] = joined[m.org] || !m.waits
	}
	for _, m := range rows {
		if !m.waits || joined[m.org] { // who is a member already is not tied to a second row
			continue
		}
		joined[m.org] = true
		actor := policy.Actor{Identity: who}
		m.fill(&actor)
		scope := Scope{store: d.store, actor: actor, action: policy.OrganizationRead, org: m.org}
		_, err := InTx(ctx, scope, func(tx Tx) (struct{}, error) { return struct{}{}, tx.joinMember(ctx, m.id, who) })
		if err != nil {
			return nil, fmt.Errorf("join: %w", err)
		}
	}
	rows, err := d.memberships(ctx, who)
	return slices.DeleteFunc(rows, func(m membership) bool { return m.waits }), err
}

func (tx Tx) joinMember(ctx context.Context, id gid.ID, who policy.Identity) error {
	n, err := tx.ChangeMember(id).Where(member.SubjectIsNil()).SetIssuer(who.Issuer).SetSubject(who.Subject).Save(ctx)
	if err != nil || n == 0 {
		return err
	}
	return tx.Announce(ctx, event.MemberJoined, id, nil)
}

// KeyActor finds the API key by the hash of its secret, or of the one before it while that overlaps. An unknown,
// expired or revoked one is Unauthenticated. It is asked at every request, so that a revoked key is refused on the
// next one.
func (d Directory) KeyActor(ctx context.Context, secretHash [32]byte) (policy.Actor, error) {
	key, err := d.findKey(ctx, secretHash)
	if err != nil {
		return policy.Actor{}, err
	}
	return key.actor(), nil
}

// foundKey is an API key that holds, and when it was found to.
type foundKey struct {
	org, id     gid.ID
	permissions []policy.Action
	now         time.Time
}

// actor is the key as one who asks. The policy leaves it only what integrations may have, whatever it was granted.
func (k foundKey) actor() policy.Actor {
	return policy.Actor{Org: k.org, ID: k.id, Roles: []policy.Role{policy.Integration}, Granted: k.permissions}
}

// findKey reads key and time in one statement. The test clock moves neither.
func (d Directory) findKey(ctx context.Context, secretHash [32]byte) (foundKey, error) {
	query, args := d.store.spell(`SELECT organization_id, id, permissions, expires_at, secret_hash = @hash, previous_until, `+
		d.store.theirTime()+` FROM api_keys WHERE (secret_hash = @hash OR previous_hash = @hash) AND revoked_at IS NULL`,
		Args{"hash": secretHash[:]})
	var (
		key            = foundKey{now: micro(d.store.clock.Now())}
		permissions    []byte
		current        bool
		ends, overlaps sql.NullTime
		theirs         sql.NullTime
	)
	row := d.store.pools.read.QueryRowContext(ctx, query, args...)
	err := row.Scan(&key.org, &key.id, &permissions, &ends, &current, &overlaps, &theirs)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return foundKey{}, fmt.Errorf("find API key: %w", err)
	}
	if theirs.Valid {
		key.now = micro(theirs.Time)
	}
	over := func(t sql.NullTime) bool { return t.Valid && !t.Time.After(key.now) }
	if err != nil || over(ends) || !current && (!overlaps.Valid || over(overlaps)) {
		return foundKey{}, fault.New(fault.Unauthenticated, "this API key is not valid")
	}
	if err := json.Unmarshal(permissions, &key.permissions); err != nil {
		return foundKey{}, fmt.Errorf("read permissions: %w", err)
	}
	return key, nil
}

// theirTime is the database's time as a column, where it is the one that decides.
func (s *Store) theirTime() string {
	if s.pools.dialect != dialect.Postgres || s.clock.Own {
		return "NULL"
	}
	return "clock_timestamp()"
}

// Organization finds an organization's id by its slug; NotFound if there is none.
func (d Directory) Organization(ctx context.Context, slug string) (gid.ID, error) {
	id, err := d.store.reads.Organization.Query().Where(organization.Slug(slug)).OnlyID(ctx)
	return Only[gid.ID]("organization")(id, err)
}

// Due is a session whose time is over.
type Due struct{ Organization, Session gid.ID }

// DueSessions lists sessions whose deadline passed EndsAfter ago or earlier, the longest overdue first. An invitation whose
// expiry waits is not among them.
func (d Directory) DueSessions(ctx context.Context, limit int) ([]Due, error) {
	now, err := d.store.now(ctx, d.store.pools.read)
	if err != nil {
		return nil, err
	}
	rows, err := d.store.reads.Session.Query().Where(session.DueAtLT(now.Add(-EndsAfter)),
		session.Or(session.WaitingSinceIsNil(), session.StateNEQ(term.Invited))).
		Order(session.ByDueAt()).Limit(limit).Select(session.FieldID, session.FieldOrganizationID).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find due sessions: %w", err)
	}
	due := make([]Due, len(rows))
	for i, r := range rows {
		due[i] = Due{Organization: r.OrganizationID, Session: r.ID}
	}
	return due, nil
}

// Execution finds the run of a code answer whose runner shows a secret, by the secret's hash; NotFound if there is none.
func (d Directory) Execution(ctx context.Context, hash []byte) (org, id gid.ID, err error) {
	row, err := Only[*ent.Execution]("execution")(d.store.reads.Execution.Query().Where(execution.Hash(hash)).
		Select(execution.FieldID, execution.FieldOrganizationID).Only(ctx))
	if err != nil {
		return gid.ID{}, gid.ID{}, err
	}
	return row.OrganizationID, row.ID, nil
}

// Unindexed lists the organizations that have questions or published templates from before there was search.
func (d Directory) Unindexed(ctx context.Context) ([]gid.ID, error) {
	rows, err := d.store.pools.read.QueryContext(ctx, `SELECT organization_id FROM questions WHERE words = ''
		UNION SELECT v.organization_id FROM template_versions v WHERE NOT EXISTS (
			SELECT 1 FROM version_uses u WHERE u.organization_id = v.organization_id AND u.template_version_id = v.id)`)
	if err != nil {
		return nil, fmt.Errorf("find what is not indexed: %w", err)
	}
	defer rows.Close()
	var orgs []gid.ID
	for rows.Next() {
		var id gid.ID
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find what is not indexed: %w", err)
		}
		orgs = append(orgs, id)
	}
	return orgs, rows.Err()
}

// Outdated lists candidates whose organization keeps nobody for so long: their last session ended, or its invitation
// expired, more days ago than it says. Who is held, or was erased, or has a session that may go on is left out.
func (d Directory) Outdated(ctx context.Context, limit int) ([]Person, error) {
	now, err := d.store.now(ctx, d.store.pools.read)
	if err != nil {
		return nil, err
	}
	keeps, err := d.store.reads.Organization.Query().Where(organization.RetentionDaysGT(0)).Order(organization.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find retention: %w", err)
	}
	var found []Person
	for _, org := range keeps {
		before := now.AddDate(0, 0, -org.RetentionDays)
		rows, err := d.outdated(ctx, org.ID, before, limit-len(found))
		if err != nil {
			return nil, err
		}
		found = append(found, rows...)
	}
	return found, nil
}

// Person is a candidate of an organization.
type Person struct{ Organization, Candidate gid.ID }

func (d Directory) outdated(ctx context.Context, org gid.ID, before time.Time, limit int) ([]Person, error) {
	query, args := d.store.spell(`SELECT c.id FROM candidates c
		JOIN sessions s ON s.organization_id = c.organization_id AND s.candidate_id = c.id
		WHERE c.organization_id = @org AND c.erased_at IS NULL AND c.hold = ''
		GROUP BY c.id
		HAVING MAX(COALESCE(s.ended_at, s.expires_at)) < @before AND COUNT(s.due_at) = 0
		ORDER BY c.id LIMIT @limit`, Args{"org": org, "before": before, "limit": limit})
	rows, err := d.store.pools.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("find outdated: %w", err)
	}
	defer rows.Close()
	var found []Person
	for rows.Next() {
		p := Person{Organization: org}
		if err := rows.Scan(&p.Candidate); err != nil {
			return nil, fmt.Errorf("find outdated: %w", err)
		}
		found = append(found, p)
	}
	return found, rows.Err()
}

// plainSlug is the form of a slug.
var plainSlug = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// NewOrganization founds an organization with its first owner, who joins at the first sign-in with that address.
// A slug that is taken is AlreadyExists, one that no header can hold Invalid. It is for seeding and the operator's
// command line.
func (d Directory) NewOrganization(ctx context.Context, slug, name, ownerEmail, ownerName string) (gid.ID, error) {
	var c fault.Checks
	c.That(plainSlug.MatchString(slug), "a slug has 1 to 63 lower-case letters, digits and hyphens, none of these at its ends", "slug")
	c.Line(name, 1, 200, "name")
	c.Line(ownerName, 1, 200, "ownerName")
	if err := c.Err(); err != nil {
		return gid.ID{}, err
	}
	now := micro(d.store.clock.Now())
	scope := Scope{store: d.store, actor: policy.Actor{Roles: []policy.Role{policy.System}}, action: policy.OrganizationRead}
	scope.org = d.store.ids.New(gid.Organization, now)
	return InTx(ctx, scope, func(tx Tx) (gid.ID, error) {
		err := tx.client.Organization.Create().SetID(tx.org).SetSlug(slug).SetName(name).SetCreatedAt(tx.Now).Exec(ctx)
		if ent.IsConstraintError(err) {
			return gid.ID{}, fault.New(fault.AlreadyExists, "this slug is taken")
		}
		if err != nil {
			return gid.ID{}, fmt.Errorf("found organization: %w", err)
		}
		m, err := tx.NewMember().SetEmail(ownerEmail).SetName(ownerName).SetRoles([]string{string(policy.Owner)}).Save(ctx)
		if err != nil {
			return gid.ID{}, fmt.Errorf("found organization: %w", err)
		}
		return tx.org, tx.Record(ctx, m.ID, nil)
	})
}

// KeptMail is a mail as the development mailbox shows it.
type KeptMail struct {
	At                       time.Time
	Recipient, Subject, Text string
}

// KeptMails lists the newest kept mails of every organization; only the development mailbox reads them.
func (d Directory) KeptMails(ctx context.Context, limit int) ([]KeptMail, error) {
	rows, err := d.store.reads.Mail.Query().Order(ent.Desc("id")).Limit(limit).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find kept mail: %w", err)
	}
	mails := make([]KeptMail, len(rows))
	for i, r := range rows {
		mails[i] = KeptMail{At: r.CreatedAt, Recipient: r.Recipient, Subject: r.Subject, Text: r.Text}
	}
	return mails, nil
}

// MoveIssuer carries every sign-in over to a provider's new address: for an identity provider that moved and kept its
// subjects.
func (d Directory) MoveIssuer(ctx context.Context, from, to string) error {
	_, err := InTx(ctx, Scope{store: d.store}, func(tx Tx) (struct{}, error) {
		for _, table := range []string{"members", "bindings"} {
			query := "UPDATE " + table + " SET issuer = @to WHERE issuer = @from"
			if _, err := tx.exec(ctx, query, Args{"from": from, "to": to}); err != nil {
				return struct{}{}, fmt.Errorf("move issuer of %s: %w", table, err)
			}
		}
		return struct{}{}, nil
	})
	return err
}
