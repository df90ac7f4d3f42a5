package qti

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/fault"
)

// again demands that what was read can be written and read to be the same, without a word.
func again(t *testing.T, doc *catalogue.Document) {
	t.Helper()
	data, _, err := Export(doc)
	if fault.Is(err, fault.LimitExceeded) {
		return
	}
	if err != nil {
		t.Fatalf("what was read cannot be written: %v", err)
	}
	got, notes, err := Import(data)
	if err != nil || len(notes) > 0 {
		t.Fatalf("what was written cannot be read: %v %s", err, told(notes))
	}
	if diff := cmp.Diff(got, doc); diff != "" {
		t.Fatal(diff)
	}
}

func FuzzImport(f *testing.F) {
	data, _, err := Export(example())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(packaged(f, entryOf{"a.xml", waterItem()}))
	f.Add(zipped(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		if doc, _, err := Import(data); err == nil {
			again(t, doc)
		}
	})
}

func FuzzItem(f *testing.F) {
	for _, q := range examples() {
		item, err := newWriter(nil).item(q)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(item.document()))
	}
	f.Add(waterItem())
	for _, t := range example().Templates {
		test, err := newWriter(example()).test("", t)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(test.document()))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if isZip([]byte(text)) {
			return
		}
		if doc, _, err := Import([]byte(text)); err == nil {
			again(t, doc)
		}
	})
}
