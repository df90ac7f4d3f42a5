package login

import (
	"context"
	"errors"
	"fmt"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/policy"
)

// Again is the context in which whoever asks was found anew, by the credentials that they came with: for what outlives
// its request, such as a subscription. It does not count as activity of a cookie session. Credentials that no longer
// hold, a session that ended among them, are an Unauthenticated fault.
func (s *Service) Again(ctx context.Context) (context.Context, error) {
	who, _ := ctx.Value(contextKey{}).(caller)
	if who.request == nil {
		return nil, fault.New(fault.Unauthenticated, "sign in first")
	}
	actor, err := s.Recheck(who.request.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	who.actor = actor
	return context.WithValue(ctx, contextKey{}, who), nil
}

// Begin authenticates a connection by its first message, which may hold `authorization`, as the header would, and
// `organization`, the slug: a page cannot set headers of a WebSocket. What the request itself came with counts where the
// message is silent. Two credentials, or a member that is no text, are BadInput; none at all is Unauthenticated.
func (s *Service) Begin(ctx context.Context, message map[string]any) (context.Context, error) {
	who, _ := ctx.Value(contextKey{}).(caller)
	if who.request == nil {
		return nil, errors.New("a connection without the middleware")
	}
	authorization, given, err := text(message, "authorization")
	if err != nil {
		return nil, err
	}
	slug, named, err := text(message, "organization")
	if err != nil {
		return nil, err
	}
	r := who.request.Clone(ctx)
	if given {
		if !who.actor.IsNobody() {
			return nil, fault.New(fault.BadInput, "send one credential: with the request or in the first message")
		}
		r.Header.Set("Authorization", authorization)
		r.Header.Del("Cookie")
		who.viaCookie = false
	}
	if named {
		r.Header.Set(organizationHeader, slug)
	}
	who.request = r
	return s.Again(context.WithValue(ctx, contextKey{}, who))
}

// text reads an optional text from a message.
func text(message map[string]any, name string) (value string, given bool, err error) {
	member, given := message[name]
	if !given || member == nil {
		return "", false, nil
	}
	value, ok := member.(string)
	if !ok {
		return "", false, fault.New(fault.BadInput, fmt.Sprintf("%s must be a text", name))
	}
	return value, true, nil
}

// Caller names whoever asks, the same in every connection of theirs: for counting. Nobody has the empty name.
func Caller(ctx context.Context) string {
	actor := Actor(ctx)
	if actor.Identity.IsZero() {
		return key(actor)
	}
	return actor.Identity.Issuer + "\x00" + actor.Identity.Subject
}

func key(actor policy.Actor) string {
	if actor.ID.IsZero() {
		return ""
	}
	return actor.ID.String()
}
