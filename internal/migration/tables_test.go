package migration_test

import (
	"strings"
	"testing"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/migration"
)

// table makes a table with an id and more columns; a name that ends in ? may be null.
func table(name string, columns ...string) *schema.Table {
	t := schema.NewTable(name).AddPrimary(&schema.Column{Name: "id", Type: field.TypeUUID})
	for _, c := range columns {
		plain := strings.TrimSuffix(c, "?")
		t.AddColumn(&schema.Column{Name: plain, Type: field.TypeUUID, Nullable: plain != c})
	}
	return t
}

func refer(from *schema.Table, column string, to *schema.Table, onDelete schema.ReferenceOption) {
	c, _ := from.Column(column)
	from.AddForeignKey(&schema.ForeignKey{
		Symbol: from.Name + "_" + to.Name + "_" + column, Columns: []*schema.Column{c},
		RefTable: to, RefColumns: to.PrimaryKey, OnDelete: onDelete,
	})
}

// keys renders a table's foreign keys and indexes.
func keys(t *schema.Table) (list []string) {
	for _, k := range t.ForeignKeys {
		list = append(list, columns(k.Columns)+" -> "+k.RefTable.Name+" "+columns(k.RefColumns)+" "+string(k.OnDelete))
	}
	for _, i := range t.Indexes {
		kind := "index "
		if i.Unique {
			kind = "unique "
		}
		list = append(list, kind+i.Name+" "+columns(i.Columns))
	}
	return list
}

func columns(list []*schema.Column) string {
	var names []string
	for _, c := range list {
		names = append(names, c.Name)
	}
	return "(" + strings.Join(names, ", ") + ")"
}

func TestTables(t *testing.T) {
	organizations := table("organizations")
	devices := table("devices")
	people := table("people", "organization_id", "manager_id?", "device_id?")
	notes := table("notes", "organization_id", "person_id", "author_id?")
	refer(people, "organization_id", organizations, schema.NoAction)
	refer(people, "manager_id", people, schema.SetNull)
	refer(people, "device_id", devices, schema.SetNull)
	refer(notes, "organization_id", organizations, schema.NoAction)
	refer(notes, "person_id", people, schema.Cascade)
	refer(notes, "author_id", people, schema.SetNull)

	given := []*schema.Table{organizations, devices, people, notes}
	for _, round := range []string{"first", "second"} { // the given tables stay as they were
		got, err := migration.Tables(given)
		if err != nil {
			t.Fatal(err)
		}
		want := [][]string{nil, nil, {
			"(organization_id) -> organizations (id) NO ACTION",
			"(organization_id, manager_id) -> people (organization_id, id) NO ACTION",
			"(device_id) -> devices (id) NO ACTION",
			"unique people_organization_id_id (organization_id, id)",
		}, {
			"(organization_id) -> organizations (id) NO ACTION",
			"(organization_id, person_id) -> people (organization_id, id) CASCADE",
			"(organization_id, author_id) -> people (organization_id, id) NO ACTION",
		}}
		for i := range want {
			if diff := cmp.Diff(keys(got[i]), want[i]); diff != "" {
				t.Errorf("%s round, %s, got (-), want (+):\n%s", round, got[i].Name, diff)
			}
		}
	}
}

func TestTablesIndex(t *testing.T) {
	people, notes := table("people", "organization_id"), table("notes", "organization_id", "person_id")
	refer(notes, "person_id", people, schema.NoAction)
	people.AddIndex("people_mine", false, []string{"organization_id", "id"})
	got, err := migration.Tables([]*schema.Table{people, notes})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(keys(got[0]), []string{"unique people_mine (organization_id, id)"}); diff != "" {
		t.Errorf("an index on the same columns is used, got (-), want (+):\n%s", diff)
	}
}

func TestTablesNames(t *testing.T) {
	long := strings.Repeat("n", 40)
	people, notes := table("p"+long, "organization_id"), table("n"+long, "organization_id", "one_id", "two_id")
	refer(notes, "one_id", people, schema.NoAction)
	refer(notes, "two_id", people, schema.NoAction)
	got, err := migration.Tables([]*schema.Table{people, notes})
	if err != nil {
		t.Fatal(err)
	}
	one, two := got[1].ForeignKeys[0].Symbol, got[1].ForeignKeys[1].Symbol
	if len(one) > 63 || len(two) > 63 || one == two {
		t.Errorf("got %q and %q; want two names of at most 63 bytes", one, two)
	}
}

func TestTablesRefused(t *testing.T) {
	people, notes := table("people", "organization_id"), table("notes", "organization_id?", "person_id")
	refer(notes, "person_id", people, schema.NoAction)
	if _, err := migration.Tables([]*schema.Table{people, notes}); err == nil {
		t.Error("want an error for a key that would not be checked")
	}
	people.Annotation = &entsql.Annotation{Check: "id IS NOT NULL"}
	if _, err := migration.Tables([]*schema.Table{people}); err == nil {
		t.Error("want an error for a check without a name")
	}
}
