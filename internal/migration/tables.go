package migration

import (
	"crypto/sha256"
	"fmt"

	"entgo.io/ent/dialect/sql/schema"
)

// tenant is the column that says which organization a row belongs to.
const tenant = "organization_id"

// maxName is how much of a name PostgreSQL keeps.
const maxName = 63

// Tables gives a copy of ent's tables with what ent's schema cannot say.
//
// A foreign key between two tables of an organization gains the organization, so that no row can refer to
// another organization's row even where the code is wrong; the table referred to gains a unique index on
// (organization_id, id). No foreign key sets anything to null: with the organization in it, that would have to
// null a column that may not be null. Names are cut, always in the same way, to what PostgreSQL keeps. It is an
// error if the organization of a table with such a key may be null, for then the key would check nothing, and if a
// check has no name, for then a later migration could not change it.
func Tables(tables []*schema.Table) ([]*schema.Table, error) {
	tables, err := schema.CopyTables(tables)
	if err != nil {
		return nil, fmt.Errorf("copy tables: %w", err)
	}
	for _, table := range tables {
		if table.Annotation != nil && table.Annotation.Check != "" {
			return nil, fmt.Errorf("table %s: a check needs a name: use entsql.Checks", table.Name)
		}
		for _, key := range table.ForeignKeys {
			if err := compose(table, key); err != nil {
				return nil, err
			}
			if key.OnDelete == schema.SetNull || key.OnDelete == schema.SetDefault {
				key.OnDelete = schema.NoAction
			}
		}
	}
	for _, table := range tables {
		shorten(table)
	}
	return tables, nil
}

func compose(table *schema.Table, key *schema.ForeignKey) error {
	own, ok := table.Column(tenant)
	if !ok || hasColumn(key.Columns, tenant) {
		return nil
	}
	other, ok := key.RefTable.Column(tenant)
	if !ok {
		return nil
	}
	if own.Nullable {
		return fmt.Errorf("table %s: %s may be null, so its reference to %s would not be checked", table.Name, tenant, key.RefTable.Name)
	}
	key.Columns = append([]*schema.Column{own}, key.Columns...)
	key.RefColumns = append([]*schema.Column{other}, key.RefColumns...)
	addUnique(key.RefTable, key.RefColumns)
	return nil
}

func hasColumn(columns []*schema.Column, name string) bool {
	for _, c := range columns {
		if c.Name == name {
			return true
		}
	}
	return false
}

// addUnique makes the index that a composite key needs, unless the table has it.
func addUnique(table *schema.Table, columns []*schema.Column) {
	name := table.Name
	for _, c := range columns {
		name += "_" + c.Name
	}
	for _, index := range table.Indexes {
		if index.Annotation == nil && sameColumns(index.Columns, columns) {
			index.Unique = true // id alone is unique already, so this refuses nothing more
			return
		}
	}
	table.Indexes = append(table.Indexes, &schema.Index{Name: name, Unique: true, Columns: columns})
}

func sameColumns(a, b []*schema.Column) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name {
			return false
		}
	}
	return true
}

func shorten(table *schema.Table) {
	for _, key := range table.ForeignKeys {
		key.Symbol = short(key.Symbol)
	}
	for _, index := range table.Indexes {
		index.Name = short(index.Name)
	}
}

func short(name string) string {
	if len(name) <= maxName {
		return name
	}
	const digits = 8
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%s_%x", name[:maxName-digits-1], sum[:digits/2])
}
