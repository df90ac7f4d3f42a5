package graph

import (
	"context"

	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/login"
)

func (r *mutationResolver) ImportCatalogue(ctx context.Context, input authoring.ImportCatalogueInput) (*envelope.Payload[*authoring.CatalogueImport], error) {
	return reply(r.Authoring.ImportCatalogue(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) ImportQti(ctx context.Context, input authoring.ImportQTIInput) (*envelope.Payload[*authoring.CatalogueImport], error) {
	return reply(r.Authoring.ImportQTI(ctx, login.Actor(ctx), input))
}
