package transport

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
)

// maxLogged is how many errors of one operation are logged; a page of broken rows tells its story in a few.
const maxLogged = 10

// Present makes the only translator from errors to what a client sees: a code, a sentence and the request's id.
// A fault shows its own code and sentence. Everything else is ours: it is logged at Error with the request's id,
// and the client learns nothing of it.
func Present(requestID func(ctx context.Context) string, log *slog.Logger) func(ctx context.Context, err error) *gqlerror.Error {
	return func(ctx context.Context, err error) *gqlerror.Error {
		f := judge(ctx, err)
		if f.Code == fault.Internal {
			logOurs(ctx, log, requestID(ctx), err)
		}
		out := &gqlerror.Error{Message: f.Message, Extensions: map[string]any{"code": f.Code, "requestId": requestID(ctx)}}
		if f.Limit != "" {
			out.Extensions["limit"] = f.Limit
		}
		if len(f.Field) > 0 {
			out.Extensions["field"] = f.Field
		}
		var placed *gqlerror.Error
		if errors.As(err, &placed) {
			out.Path, out.Locations = placed.Path, placed.Locations
		} else {
			out.Path = graphql.GetPath(ctx)
		}
		return out
	}
}

// judge is the fault that an error amounts to.
func judge(ctx context.Context, err error) *fault.Fault {
	var panicked *panicked
	faults := fault.All(err)
	switch {
	case errors.As(err, &panicked):
	case len(faults) > 0:
		return joined(faults)
	case errors.Is(err, gid.ErrMalformed):
		return fault.New(fault.BadInput, "an id is malformed or of the wrong kind")
	case errors.Is(err, context.DeadlineExceeded), ctx.Err() != nil:
		// Drivers have their own words for a statement that was cut off; the context knows why.
		return fault.New(fault.Timeout, "the operation took too long and was cut off")
	}
	return fault.New(fault.Internal, "something went wrong on our side")
}

// joined is the first of several faults with the sentences of all.
func joined(faults fault.List) *fault.Fault {
	if len(faults) == 1 {
		return faults[0]
	}
	first := *faults[0]
	sentences := make([]string, len(faults))
	for i, f := range faults {
		sentences[i] = f.Message
	}
	first.Message = strings.Join(sentences, "; ")
	return &first
}

func logOurs(ctx context.Context, log *slog.Logger, requestID string, err error) {
	if operationOf(ctx).logged.Add(1) > maxLogged {
		return
	}
	attrs := []any{slog.String("request", requestID), slog.Any("error", err)}
	var panicked *panicked
	if errors.As(err, &panicked) {
		attrs = append(attrs, slog.Any("panic", panicked.value), slog.String("stack", panicked.stack))
	}
	log.ErrorContext(ctx, "operation failed", attrs...)
}
