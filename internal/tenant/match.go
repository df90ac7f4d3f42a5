package tenant

import (
	"strings"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent/question"
)

// The words of a question stand in one column, each between spaces. On PostgreSQL an inverted index finds them, the
// organization being one more word; the embedded database reads the words of the organization's questions.

// Words is the predicate that a question has words that begin with all of these, or as they are where whole is set.
// The terms are letters and digits in lower case, or begin with a tilde.
func (s Scope) Words(terms []string) func(*entsql.Selector) {
	return s.words(terms, ":*", " & ")
}

// AnyWord is the predicate that a question has one of these words at least.
func (s Scope) AnyWord(words []string) func(*entsql.Selector) {
	return s.words(words, "", " | ")
}

func (s Scope) words(terms []string, each, between string) func(*entsql.Selector) {
	return func(q *entsql.Selector) {
		if len(terms) == 0 {
			return
		}
		column := q.C(question.FieldWords)
		if q.Dialect() == dialect.Postgres {
			q.Where(entsql.P(func(b *entsql.Builder) {
				// Spelled as the index spells it.
				b.WriteString("array_to_tsvector(string_to_array(ltrim(").Ident(column).WriteString(") || '@' || ").
					Ident(q.C(question.FieldOrganizationID)).WriteString("::text, ' ')) @@ ").Arg(s.wanted(terms, each, between)).WriteString("::tsquery")
			}))
			return
		}
		var all []*entsql.Predicate
		for _, term := range terms {
			if each == "" {
				term += " "
			}
			all = append(all, entsql.P(func(b *entsql.Builder) {
				b.WriteString("instr(").Ident(column).WriteString(", ").Arg(" " + term).WriteString(") > 0")
			}))
		}
		if between == " & " {
			q.Where(entsql.And(all...))
			return
		}
		q.Where(entsql.Or(all...))
	}
}

// wanted writes a tsquery. A term holds no quote: it is made of letters, digits and tildes.
func (s Scope) wanted(terms []string, each, between string) string {
	quoted := make([]string, len(terms))
	for i, term := range terms {
		quoted[i] = "'" + strings.ReplaceAll(term, "'", "") + "'" + each
	}
	return "'@" + s.org.UUID() + "' & (" + strings.Join(quoted, between) + ")"
}
