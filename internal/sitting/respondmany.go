package sitting

import (
	"context"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// maxBatch is how many answers one request may bring.
const maxBatch = 50

// SaveResponsesInput is up to 50 answers of one sitting, as a page sends them that was offline.
type SaveResponsesInput struct {
	SittingID gid.ID
	Responses []*ResponseInput
	Device    *string
}

// ResponseInput is one answer of a batch.
type ResponseInput struct {
	Question  string
	Revision  int
	ClientKey string
	Answer    *content.Answer
}

// SaveResult is what came of one answer of a batch: an acknowledgement or a fault, never both.
type SaveResult struct {
	Question        string
	ClientKey       string
	Acknowledgement *Acknowledgement
	Fault           error
}

// SaveResponses stores a batch of answers in their order, each as SaveResponse would: one that is refused leaves the others
// be. What is acknowledged was committed together. A batch of more than 50, or of none, is Invalid as a whole.
func (s *Service) SaveResponses(ctx context.Context, actor policy.Actor, in SaveResponsesInput) ([]*SaveResult, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.SittingID)
	if err != nil {
		return nil, err
	}
	asked, err := s.papers.own(ctx, scope)
	if err != nil {
		return nil, err
	}
	var c fault.Checks
	c.That(len(in.Responses) >= 1 && len(in.Responses) <= maxBatch, "a batch has 1 to 50 answers", "responses")
	device(&c, in.Device)
	if err := c.Err(); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) ([]*SaveResult, error) {
		results := make([]*SaveResult, len(in.Responses))
		for i, r := range in.Responses {
			one := SaveResponseInput{
				SittingID: in.SittingID, Question: r.Question, Revision: r.Revision, ClientKey: r.ClientKey, Answer: r.Answer, Device: in.Device,
			}
			results[i] = &SaveResult{Question: r.Question, ClientKey: r.ClientKey}
			if results[i].Fault = one.check(asked); results[i].Fault != nil {
				continue
			}
			ack, err := s.save(ctx, tx, asked, one)
			if err != nil && len(fault.All(err)) == 0 {
				return nil, err
			}
			results[i].Acknowledgement, results[i].Fault = ack, err
		}
		return results, nil
	})
}
