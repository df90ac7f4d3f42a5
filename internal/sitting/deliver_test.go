package sitting_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/mail"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// postOffice is a mail server on loopback that counts what it takes.
type postOffice struct {
	net.Listener
	taken atomic.Int64
}

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	p := &postOffice{Listener: must(net.Listen("tcp", "127.0.0.1:0"))(t)}
	t.Cleanup(func() { _ = p.Close() }) // the server ends with it
	go func() {
		for {
			conn, err := p.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	return p
}

func (p *postOffice) serve(conn net.Conn) {
	defer conn.Close()
	say := func(line string) { _, _ = conn.Write([]byte(line + "\r\n")) } // who went away needs no answer
	say("220 post office")
	inside := false
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		verb, _, _ := strings.Cut(strings.ToUpper(lines.Text()), " ")
		switch {
		case inside && lines.Text() == ".":
			inside = false
			p.taken.Add(1)
			say("250 taken")
		case inside:
		case verb == "DATA":
			inside = true
			say("354 go on")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 fine")
		}
	}
}

// TestWhatIsStillWorthSending delivers each kind of mail where its session stands in different places.
func TestWhatIsStillWorthSending(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		office := newPostOffice(t)
		sender := must(mail.NewSender("smtp://" + office.Addr().String() + "?from=assay@example.com"))(t)
		post := sitting.New(r.store, sitting.Config{PublicURL: "https://assay.test", Random: rand.Reader, Mail: sender})
		r.byLink(t, true)
		deliver := func(name string, email string, kind term.MailKind, want int64) {
			t.Helper()
			var id gid.ID
			if err := id.Scan(r.texts(t, "SELECT id FROM mails WHERE recipient = '"+email+"' AND kind = '"+string(kind)+"'")[0]); err != nil {
				t.Fatal(err)
			}
			before := office.taken.Load()
			if err := post.Deliver(context.WithoutCancel(t.Context()), policy.Worker(r.owner.Org), id); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if n := office.taken.Load() - before; n != want {
				t.Errorf("%s: %d mails went out, want %d", name, n, want)
			}
		}
		row, token, who := r.invited(t)
		email := who.Identity.Email
		must(r.sitting.Remind(t.Context(), r.owner, sitting.RemindCandidateInput{ID: row.ID}))(t)
		deliver("the invitation", email, term.MailInvitation, 1)
		deliver("the invitation again", email, term.MailInvitation, 0)
		must(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: token}))(t)
		must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: row.ID}))(t)
		deliver("a reminder of what was started", email, term.MailReminder, 0)
		if err := r.sitting.SendSignInLink(t.Context(), policy.Worker(r.owner.Org), row.ID); err != nil {
			t.Fatal(err)
		}
		deliver("a link to what is under way", email, term.MailSignIn, 1)

		id, late := r.started(t)
		if err := r.sitting.SendSignInLink(t.Context(), policy.Worker(r.owner.Org), id); err != nil {
			t.Fatal(err)
		}
		r.clock.pass(sitting.SignInValidity)
		deliver("a link past its time", late.Identity.Email, term.MailSignIn, 0)

		withdrawn, who := r.started(t)
		if err := r.sitting.SendSignInLink(t.Context(), policy.Worker(r.owner.Org), withdrawn); err != nil {
			t.Fatal(err)
		}
		must(r.sitting.Cancel(t.Context(), r.owner, sitting.CancelSessionInput{ID: withdrawn, Reason: "x"}))(t)
		deliver("a link to what is withdrawn", who.Identity.Email, term.MailSignIn, 0)
	})
}
