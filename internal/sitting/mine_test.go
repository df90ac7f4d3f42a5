package sitting_test

import (
	"testing"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
)

// TestListsOfSeveralSittings reads what is in several sittings at once: each row says whose it is, and nobody else's is there.
func TestListsOfSeveralSittings(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		first, who := r.started(t)
		second := must(r.sitting.Invite(t.Context(), r.owner, r.invitation(who.Identity.Email)))(t).ID
		must(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: r.token(t, who.Identity.Email)}))(t)
		must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: second}))(t)
		foreign, other := r.started(t)
		must(r.sitting.SaveResponse(t.Context(), other, save(foreign, 0, "k", "theirs")))(t)
		for _, id := range []gid.ID{first, second} {
			must(r.sitting.SaveResponse(t.Context(), who, save(id, 0, "k", "old")))(t)
			must(r.sitting.SaveResponse(t.Context(), who, save(id, 1, "l", id.String())))(t)
			must(r.sitting.FlagQuestion(t.Context(), who, sitting.FlagQuestionInput{SittingID: id, Question: "2.1", Flagged: true}))(t)
		}
		answers := must(r.sitting.Responses(t.Context(), who, first, second))(t)
		if len(answers) != 2 || answers[0].SittingID == answers[1].SittingID {
			t.Fatalf("got %d answers", len(answers))
		}
		for _, a := range answers {
			if a.Revision != 2 || *a.Answer.Text != a.SittingID.String() {
				t.Errorf("got %+v", a)
			}
		}
		if flags := must(r.sitting.Flags(t.Context(), who, second, first))(t); len(flags) != 2 || flags[0].SessionID == flags[1].SessionID {
			t.Errorf("got %v", flags)
		}
		for name, ask := range map[string]func() error{
			"answers":    func() error { return lastErr(r.sitting.Responses(t.Context(), who, first, foreign)) },
			"marks":      func() error { return lastErr(r.sitting.Flags(t.Context(), who, first, foreign)) },
			"signals":    func() error { return lastErr(r.sitting.OwnSignals(t.Context(), who, foreign, first)) },
			"objections": func() error { return lastErr(r.sitting.OwnContests(t.Context(), who, first, foreign)) },
			"recordings": func() error { return lastErr(r.sitting.Uploads(t.Context(), who, foreign)) },
		} {
			r.refused(t, name, fault.NotFound, ask)
		}
	})
}
