package grading

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/member"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// wording is how a language writes to reviewers. Nothing of a candidate, a session or an assessment is said.
type wording struct {
	assignedSubject, assigned string // organization; date
	dueSubject, due           string
	overdueSubject, overdue   string
	look                      string
	date                      string
}

func wordingFor(locale string) wording {
	if main, _, _ := strings.Cut(locale, "-"); strings.EqualFold(main, "de") {
		return wording{
			assignedSubject: "%s: Antworten warten auf Ihre Bewertung", assigned: "Ihnen wurden Antworten zur Bewertung zugeteilt. Bitte bewerten Sie sie bis zum %s.",
			dueSubject: "%s: eine Bewertung wird fällig", due: "Eine Ihrer Bewertungen wird am %s fällig.",
			overdueSubject: "%s: eine Bewertung ist überfällig", overdue: "Eine Ihrer Bewertungen war am %s fällig.",
			look: "Sie finden sie in Ihrer Liste. Können Sie sie nicht übernehmen, so lehnen Sie sie dort ab.", date: "02.01.2006",
		}
	}
	return wording{
		assignedSubject: "%s: answers wait for your review", assigned: "You were given answers to review. Please score them by %s.",
		dueSubject: "%s: a review is due soon", due: "One of your reviews is due on %s.",
		overdueSubject: "%s: a review is overdue", overdue: "One of your reviews was due on %s.",
		look: "You find it in your list. If you cannot take it, decline it there.", date: "2 January 2006",
	}
}

// quietFor is how long a reviewer is told of no further assignment after a mail: whoever is given a hundred sessions looks
// into their list once.
const quietFor = time.Hour

// writeAssigned tells a reviewer that something waits, unless they were told a short time ago.
func writeAssigned(ctx context.Context, tx tenant.Tx, who *ent.Member, due time.Time) error {
	told, err := tx.WroteTo(ctx, term.MailReview, who.Email, tx.Now.Add(-quietFor))
	if err != nil {
		return fmt.Errorf("find mail: %w", err)
	}
	if told {
		return nil
	}
	return write(ctx, tx, who, due, func(w wording) (string, string) { return w.assignedSubject, w.assigned })
}

// write keeps a mail to a reviewer and asks for it to be sent, in the same commit.
func write(ctx context.Context, tx tenant.Tx, who *ent.Member, due time.Time, say func(wording) (subject, text string)) error {
	org, err := tx.Organizations().Only(ctx)
	if err != nil {
		return fmt.Errorf("find organization: %w", err)
	}
	w := wordingFor(org.Locale)
	subject, text := say(w)
	place, err := time.LoadLocation(org.TimeZone)
	if err != nil {
		place = time.UTC
	}
	kept, err := tx.NewMail().SetKind(term.MailReview).SetRecipient(who.Email).SetSubject(fmt.Sprintf(subject, org.Name)).
		SetText(fmt.Sprintf(text, due.In(place).Format(w.date)) + "\n\n" + w.look + "\n").Save(ctx)
	if err != nil {
		return fmt.Errorf("keep mail: %w", err)
	}
	return tx.Enqueue(ctx, job.SendMail{OrganizationID: tx.Organization(), MailID: kept.ID})
}

// RemindReviewer writes to a reviewer whose review is due within a day, and once more when it is overdue. It may be repeated:
// who was reminded of either is not reminded again. Only Assay itself has the permission.
func (s *Service) RemindReviewer(ctx context.Context, actor policy.Actor, id gid.ID) error {
	scope, err := s.tenant.As(ctx, actor, policy.MailSend)
	if err != nil {
		return err
	}
	_, err = tenant.InTx(ctx, scope, func(tx tenant.Tx) (struct{}, error) { return struct{}{}, remind(ctx, tx, id) })
	return err
}

func remind(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	row, err := tenant.Only[*ent.Review]("review")(tx.LockReview(ctx, id))
	if err != nil || !tenant.ToBeReminded(row, tx.Now) {
		return err
	}
	if _, err := tx.ChangeReview(id).SetRemindedAt(tx.Now).Save(ctx); err != nil {
		return fmt.Errorf("note reminder: %w", err)
	}
	who, err := tx.Members().Where(member.ID(row.ReviewerID), member.RemovedAtIsNil()).Only(ctx)
	if ent.IsNotFound(err) {
		return nil // whoever assigns sees that it is overdue
	}
	if err != nil {
		return fmt.Errorf("find reviewer: %w", err)
	}
	if row.DueAt.After(tx.Now) {
		return write(ctx, tx, who, *row.DueAt, func(w wording) (string, string) { return w.dueSubject, w.due })
	}
	return write(ctx, tx, who, *row.DueAt, func(w wording) (string, string) { return w.overdueSubject, w.overdue })
}
