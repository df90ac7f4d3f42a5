package authoring

import (
	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
)

// calledBy is the predicate that a row has one of these keys, or one of them as its id.
func calledBy(keys []string) func(*entsql.Selector) {
	var ids []gid.ID
	for _, key := range keys {
		if id, err := gid.Parse(key); err == nil {
			ids = append(ids, id)
		}
	}
	return func(q *entsql.Selector) {
		both := []*entsql.Predicate{tenant.TextIn(q, "handle", keys)}
		if len(ids) > 0 {
			both = append(both, tenant.IDIn(q, "id", ids))
		}
		q.Where(entsql.Or(both...))
	}
}

// namesIn are the keys that a document uses, of its own entries and of others that it refers to.
func namesIn(d *catalogue.Document) *names {
	n := &names{}
	for _, r := range d.Roles {
		n.role = append(n.role, r.Key)
	}
	for _, q := range d.Questions {
		n.question = append(n.question, q.Key)
	}
	for _, t := range d.Templates {
		n.template, n.role = append(n.template, t.Key), append(n.role, t.Role)
		for _, s := range t.Sections {
			for _, slot := range s.Slots {
				n.question = append(n.question, slotKeys(slot)...)
			}
		}
	}
	return n
}

// askedIn are the questions that the published templates of a document name.
func askedIn(d *catalogue.Document) map[string]bool {
	asked := map[string]bool{}
	for _, t := range d.Templates {
		for _, s := range t.Sections {
			for _, slot := range s.Slots {
				for _, key := range slotKeys(slot) {
					asked[key] = asked[key] || t.State == term.Published
				}
			}
		}
	}
	return asked
}

func slotKeys(s *catalogue.Slot) []string {
	var keys []string
	if s.Question != "" {
		keys = append(keys, s.Question)
	}
	if s.Draw != nil {
		keys = append(keys, s.Draw.Questions...)
	}
	return keys
}

// keyring finds rows by what a document calls them: their key, or their id.
type keyring map[string]gid.ID

// add makes a key and the id open a row. What looks like an id and is one opens that row, whoever has it as a key.
func (k keyring) add(handle *string, id gid.ID) {
	k[id.String()] = id
	if handle == nil {
		return
	}
	if own, err := gid.Parse(*handle); err == nil && k[*handle] == own {
		return
	}
	k[*handle] = id
}

// keyrings are one of each noun.
type keyrings struct{ skills, roles, questions, templates keyring }

// keyrings of the stock. A merged skill's key opens the one it went into. What only the document has opens nothing until
// it stands.
func (st *stock) keyrings(d *catalogue.Document) *keyrings {
	k := &keyrings{keyring{}, keyring{}, keyring{}, keyring{}}
	for _, s := range d.Skills {
		k.skills[s.Key] = gid.ID{}
	}
	for _, r := range d.Roles {
		k.roles[r.Key] = gid.ID{}
	}
	for _, q := range d.Questions {
		k.questions[q.Key] = gid.ID{}
	}
	for _, row := range st.skills {
		k.skills.add(row.Handle, standingID(row))
		k.skills[row.ID.String()] = standingID(row)
	}
	for _, row := range st.roles {
		k.roles.add(row.Handle, row.ID)
	}
	for _, row := range st.questions {
		k.questions.add(row.Handle, row.ID)
	}
	for _, row := range st.templates {
		k.templates.add(row.Handle, row.ID)
	}
	return k
}

func standingID(row *ent.Skill) gid.ID {
	if row.MergedIntoID != nil {
		return *row.MergedIntoID
	}
	return row.ID
}
