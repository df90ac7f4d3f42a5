package sitting_test

import (
	"sync"
	"testing"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/sitting"
)

// onceEach publishes the rig's template for one attempt of each candidate.
func (r *rig) onceEach(t testing.TB) {
	t.Helper()
	c := *r.template.Draft
	c.AttemptLimit = new(1)
	must(r.authoring.UpdateTemplate(t.Context(), r.owner, authoring.UpdateTemplateInput{
		ID: r.template.ID, Revision: r.template.Revision, Name: r.template.Name, Content: &c,
	}))(t)
	r.template = r.publish(t, r.template.ID)
}

func TestACandidateHasTheAttemptsOfTheTemplate(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.onceEach(t)
		ann, bob := r.email(), r.email()
		first := must(r.sitting.Invite(t.Context(), r.owner, r.invitation(ann)))(t)
		r.refused(t, "a second invitation", fault.Conflict, func() error {
			return lastErr(r.sitting.Invite(t.Context(), r.owner, r.invitation(ann)))
		})
		must(r.sitting.Invite(t.Context(), r.owner, r.invitation(bob)))(t)
		must(r.sitting.Cancel(t.Context(), r.owner, sitting.CancelSessionInput{ID: first.ID, Reason: "the wrong day"}))(t)
		must(r.sitting.Invite(t.Context(), r.owner, r.invitation(ann)))(t)
		r.refused(t, "an invitation after the one instead of the cancelled", fault.Conflict, func() error {
			return lastErr(r.sitting.Invite(t.Context(), r.owner, r.invitation(ann)))
		})
	})
}

func TestOfTwoInvitationsAtOnceOneIsTheAttempt(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.onceEach(t)
		for range 5 {
			who, errs := r.email(), make([]error, 4)
			var all sync.WaitGroup
			for i := range errs {
				all.Go(func() { _, errs[i] = r.sitting.Invite(t.Context(), r.owner, r.invitation(who)) })
			}
			all.Wait()
			won := 0
			for _, err := range errs {
				switch {
				case err == nil:
					won++
				case !fault.Is(err, fault.Conflict):
					t.Errorf("got %v, want Conflict", err)
				}
			}
			if won != 1 {
				t.Errorf("%d were invited", won)
			}
		}
	})
}
