package sitting

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
)

// letter is what a mail says.
type letter struct{ subject, text string }

// write keeps a mail to a session's candidate, in their language, and asks for it to be sent, in the same commit.
func (s *Service) write(
	ctx context.Context, tx tenant.Tx, kind term.MailKind, row *ent.Session, person *ent.Candidate, say func(wording, *ent.Organization) letter,
) error {
	org, err := tx.Organizations().Only(ctx)
	if err != nil {
		return fmt.Errorf("find organization: %w", err)
	}
	said := say(wordingFor(languageOf(row, org)), org)
	kept, err := tx.NewMail().SetKind(kind).SetSessionID(row.ID).SetRecipient(person.Email).
		SetSubject(said.subject).SetText(said.text).Save(ctx)
	if err != nil {
		return fmt.Errorf("keep mail: %w", err)
	}
	return tx.Enqueue(ctx, job.SendMail{OrganizationID: tx.Organization(), MailID: kept.ID})
}

// wording is how a language says what mail says. Verbs of fmt are numbered, so that each language has its own order.
type wording struct {
	date func(t time.Time, zone string) string

	invitationSubject string // organization, assessment
	hello             string // name
	invites           string // organization, assessment
	asks              string // questions, minutes
	opens             string // date
	expires           string // date
	open              string // link
	replaces          string
	signIn            string // address
	linkAlone         string // address

	reminderSubject string // organization, assessment
	waits           string // organization, assessment
	useLink         string
	lost            string // address of the form

	returnSubject string // organization
	comeBack      string // assessment
	useOnce       string // link
	notYou        string
}

func wordingFor(language string) wording {
	if german(language) {
		return inGermanWords()
	}
	return inEnglishWords()
}

func inEnglishWords() wording {
	return wording{
		date:              inEnglish,
		invitationSubject: "%[1]s invites you: %[2]s",
		hello:             "Hello %[1]s,",
		invites:           "%[1]s invites you to take the assessment \"%[2]s\".",
		asks:              "It has %[1]d questions. Once you start, you have %[2]d minutes; you can leave and come back, and the clock goes on.",
		opens:             "You can start it from %[1]s on.",
		expires:           "Please start it before %[1]s.",
		open:              "Open your invitation: %[1]s",
		replaces:          "This link replaces the ones you were sent before, which no longer work.",
		signIn:            "Sign in with the address %[1]s. The link is for you alone.",
		linkAlone:         "The link signs you in as %[1]s, once. It is for you alone.",
		reminderSubject:   "Reminder: %[1]s invites you: %[2]s",
		waits:             "%[1]s invited you to take the assessment \"%[2]s\", and you have not started it yet.",
		useLink:           "Open it with the link in your invitation.",
		lost:              "If you already used that link and want to come back, ask for a new one here: %[1]s",
		returnSubject:     "%[1]s: your link to come back",
		comeBack:          "You asked for a link to come back to \"%[1]s\".",
		useOnce:           "It works once, for 15 minutes: %[1]s",
		notYou:            "If you did not ask for it, you need do nothing.",
	}
}

func inGermanWords() wording {
	return wording{
		date:              inGerman,
		invitationSubject: "%[1]s lädt Sie ein: %[2]s",
		hello:             "Guten Tag %[1]s,",
		invites:           "%[1]s lädt Sie zum Test „%[2]s“ ein.",
		asks:              "Er hat %[1]d Fragen. Ab dem Start haben Sie %[2]d Minuten; Sie können ihn verlassen und wiederkommen, die Uhr läuft weiter.",
		opens:             "Starten können Sie ihn ab dem %[1]s.",
		expires:           "Bitte starten Sie ihn vor dem %[1]s.",
		open:              "Ihre Einladung: %[1]s",
		replaces:          "Dieser Link ersetzt alle früheren; sie gelten nicht mehr.",
		signIn:            "Melden Sie sich mit der Adresse %[1]s an. Der Link ist nur für Sie.",
		linkAlone:         "Der Link meldet Sie einmal als %[1]s an. Er ist nur für Sie.",
		reminderSubject:   "Erinnerung: %[1]s lädt Sie ein: %[2]s",
		waits:             "%[1]s hat Sie zum Test „%[2]s“ eingeladen, und Sie haben ihn noch nicht gestartet.",
		useLink:           "Öffnen Sie ihn mit dem Link aus Ihrer Einladung.",
		lost:              "Wenn Sie den Link schon benutzt haben und zurückkommen möchten, fordern Sie hier einen neuen an: %[1]s",
		returnSubject:     "%[1]s: Ihr Link zum Zurückkommen",
		comeBack:          "Sie haben einen Link angefordert, um zu „%[1]s“ zurückzukommen.",
		useOnce:           "Er gilt einmal, 15 Minuten lang: %[1]s",
		notYou:            "Wenn Sie ihn nicht angefordert haben, brauchen Sie nichts zu tun.",
	}
}

// invitationFacts are what an invitation tells.
type invitationFacts struct {
	row     *ent.Session
	person  *ent.Candidate
	org     *ent.Organization
	version *ent.TemplateVersion
	link    string
	again   bool // it replaces an earlier one
}

func (w wording) invitation(f invitationFacts) letter {
	var text paragraphs
	text.add(w.hello, f.person.Name)
	text.add(w.invites, f.org.Name, f.version.Name)
	text.add(w.asks, f.version.QuestionCount, f.version.TimeLimitSeconds/60)
	text.add("%s", w.until(f.row, f.org))
	text.add(w.open, f.link)
	if f.again {
		text.add("%s", w.replaces)
	}
	if f.org.LinkSignIn {
		text.add(w.linkAlone, f.person.Email)
	} else {
		text.add(w.signIn, f.person.Email)
	}
	return letter{fmt.Sprintf(w.invitationSubject, f.org.Name, f.version.Name), text.String()}
}

// until says from when and until when a session can be started.
func (w wording) until(row *ent.Session, org *ent.Organization) string {
	zone := zoneOf(row, org)
	said := fmt.Sprintf(w.expires, w.date(row.ExpiresAt, zone))
	if row.OpensAt != nil {
		said = fmt.Sprintf(w.opens, w.date(*row.OpensAt, zone)) + " " + said
	}
	return said
}

// reminder has no link: only the hash of the invitation's is kept, and a new one would end the old.
func (w wording) reminder(row *ent.Session, person *ent.Candidate, org *ent.Organization, version *ent.TemplateVersion, form string) letter {
	var text paragraphs
	text.add(w.hello, person.Name)
	text.add(w.waits, org.Name, version.Name)
	text.add("%s", w.until(row, org))
	text.add("%s", w.useLink)
	if org.LinkSignIn {
		text.add(w.lost, form)
	}
	return letter{fmt.Sprintf(w.reminderSubject, org.Name, version.Name), text.String()}
}

func (w wording) comingBack(person *ent.Candidate, org *ent.Organization, version *ent.TemplateVersion, link string) letter {
	var text paragraphs
	text.add(w.hello, person.Name)
	text.add(w.comeBack, version.Name)
	text.add(w.useOnce, link)
	text.add("%s", w.notYou)
	return letter{fmt.Sprintf(w.returnSubject, org.Name), text.String()}
}

// paragraphs are a mail's text.
type paragraphs struct{ strings.Builder }

func (p *paragraphs) add(form string, values ...any) {
	if p.Len() > 0 {
		p.WriteString("\n")
	}
	fmt.Fprintf(p, form+"\n", values...)
}
