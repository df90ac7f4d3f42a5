package graph

import (
	"context"

	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/login"
)

func (r *mutationResolver) AddCalibration(ctx context.Context, input grading.AddCalibrationInput) (*envelope.Payload[*grading.Calibration], error) {
	return reply(r.Grading.AddCalibration(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) RetireCalibration(ctx context.Context, input grading.RetireCalibrationInput) (*envelope.Payload[*grading.Calibration], error) {
	return reply(r.Grading.RetireCalibration(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) SubmitCalibration(ctx context.Context, input grading.SubmitCalibrationInput) (*envelope.Payload[*grading.Calibration], error) {
	return reply(r.Grading.SubmitCalibration(ctx, login.Actor(ctx), input))
}
