package transport

import (
	"crypto/sha256"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/assay-hq/assay/internal/fault"
)

// persistedUnknown is the code and the message by which clients of automatic persisted queries know that they
// must send the text; both are that protocol's.
const (
	persistedUnknown        fault.Code = "PERSISTED_QUERY_NOT_FOUND"
	persistedUnknownMessage string     = "PersistedQueryNotFound"
)

// document is the validated document of a request, from the cache where its text is known. A document that
// fails is never kept.
func (s *Server) document(req request) (*ast.QueryDocument, []error) {
	if req.query == "" {
		if doc := s.documents.find(*req.hash); doc != nil {
			return doc, nil
		}
		return nil, []error{fault.New(persistedUnknown, persistedUnknownMessage)}
	}
	key := sha256.Sum256([]byte(req.query))
	if req.hash != nil && *req.hash != key {
		return nil, []error{badInput("sha256Hash is not the hash of the query", nil)}
	}
	if doc := s.documents.find(key); doc != nil {
		return doc, nil
	}
	doc, errs := s.parse(req.query)
	if errs == nil {
		s.documents.keep(key, doc, len(req.query))
	}
	return doc, errs
}

// parse goes from the cheap to the dear: tokens, syntax, shape, validation.
func (s *Server) parse(query string) (*ast.QueryDocument, []error) {
	if err := s.cfg.Limits.scan(query); err != nil {
		return nil, []error{err}
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		return nil, []error{asBadInput(err)}
	}
	if len(doc.Operations) == 0 {
		return nil, []error{badInput("the document has no operation", nil)}
	}
	if err := s.cfg.Limits.measure(doc); err != nil {
		return nil, []error{err}
	}
	return doc, s.validate(doc)
}

// validate runs the specification's rules and renders only as many findings as an answer may hold: a small
// document can break a rule a thousand times.
func (s *Server) validate(doc *ast.QueryDocument) []error {
	var errs []error
	events := &validator.Events{}
	for _, rule := range s.rules {
		rule.RuleFunc(events, func(options ...validator.ErrorOption) {
			if len(errs) > s.cfg.Limits.Errors {
				return
			}
			found := &gqlerror.Error{}
			for _, option := range options {
				option(found)
			}
			errs = append(errs, asBadInput(found))
		})
	}
	validator.Walk(s.cfg.Schema.Schema(), doc, events)
	return errs
}

// validationRules are the specification's, in variants that never suggest a name: suggestions spell out a
// schema to those who may not see it.
func validationRules() []validator.Rule {
	return []validator.Rule{
		rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.FragmentsOnCompositeTypesRule,
		rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownDirectivesRule,
		rules.KnownFragmentNamesRule,
		rules.KnownRootTypeRule,
		rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.LoneAnonymousOperationRule,
		rules.MaxIntrospectionDepth,
		rules.NoFragmentCyclesRule,
		rules.NoUndefinedVariablesRule,
		rules.NoUnusedFragmentsRule,
		rules.NoUnusedVariablesRule,
		rules.OverlappingFieldsCanBeMergedRule,
		rules.PossibleFragmentSpreadsRule,
		rules.ProvidedRequiredArgumentsRule,
		rules.ScalarLeafsRuleWithoutSuggestions,
		rules.SingleFieldSubscriptionsRule,
		rules.UniqueArgumentNamesRule,
		rules.UniqueDirectivesPerLocationRule,
		rules.UniqueFragmentNamesRule,
		rules.UniqueInputFieldNamesRule,
		rules.UniqueOperationNamesRule,
		rules.UniqueVariableNamesRule,
		rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
		rules.VariablesAreInputTypesRule,
		rules.VariablesInAllowedPositionRule,
		{Name: "NumbersInRange", RuleFunc: numbersInRange},
		{Name: "NoDefer", RuleFunc: noDefer},
	}
}

// numbersInRange refuses literals that no Int or Float can hold; the other rules see only that they are numbers.
func numbersInRange(events *validator.Events, report validator.AddErrFunc) {
	events.OnValue(func(_ *validator.Walker, value *ast.Value) {
		var err error
		switch {
		case value.Kind == ast.IntValue && value.Definition != nil && value.Definition.Name == "Int":
			_, err = strconv.ParseInt(value.Raw, 10, 32)
		case slices.Contains([]ast.ValueKind{ast.IntValue, ast.FloatValue}, value.Kind):
			_, err = value.Value(nil)
		}
		if err != nil {
			report(core.Message("A number is out of range."), core.At(value.Position))
		}
	})
}

// noDefer refuses @defer, which every schema here declares and one answer cannot honour.
func noDefer(events *validator.Events, report validator.AddErrFunc) {
	events.OnDirective(func(_ *validator.Walker, directive *ast.Directive) {
		if directive.Name == "defer" {
			report(core.Message("Directive \"@defer\" is not supported."), core.At(directive.Position))
		}
	})
}

// asBadInput keeps the message and the place of the parser's and the validator's errors, which quote nothing
// but the query itself.
func asBadInput(err error) error {
	found, ok := err.(*gqlerror.Error)
	if !ok {
		return err
	}
	return &gqlerror.Error{Message: found.Message, Locations: found.Locations, Err: fault.New(fault.BadInput, found.Message)}
}

// badInput is a fault of the request at a place in the query, if it has one.
func badInput(message string, at *ast.Position) error {
	err := &gqlerror.Error{Message: message, Err: fault.New(fault.BadInput, message)}
	if at != nil {
		err.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	return err
}
