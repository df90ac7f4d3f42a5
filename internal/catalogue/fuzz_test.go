package catalogue

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"", "format: assay-catalogue/1", "{\n\t\"format\": \"assay-catalogue/1\",\n\t\"skills\": [{\"key\": \"a\", \"name\": \"\\ud83d\\ude00\"}]\n}",
		"format: assay-catalogue/1\nskills:\n- key: go\n  name: |2-\n     Go\n  description: >-\n    folded\n    text\n",
		"---\nformat: assay-catalogue/1\nskills: [{key: sql, name: 'it''s'}]\n...\n", "a: &b [*b]\n<<: *b\n? x\n: !!str y\n--- z",
		"format: assay-catalogue/1\nquestions:\n- key: q\n  content: {prompt: \"a\\x41\\\n   b\"}\n", "- - - - a\n- [[{a: [\"", "a: |+\n\n b\n\n\nc: >2\n   d\n",
	} {
		f.Add([]byte(text))
	}
	for _, text := range nasty {
		for _, write := range writers {
			data, err := write(everywhere(text))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, places, err := Read(data)
		if err != nil {
			faults, ok := err.(Faults)
			if !ok || len(faults) == 0 || len(faults) > most || faults[0].Line < 1 || faults[0].Column < 1 {
				t.Fatalf("%#v", err)
			}
			return
		}
		if at := places.Fault([]string{"format"}, "m"); at.Line < 1 {
			t.Fatal(at)
		}
		for name, write := range writers {
			written, err := write(doc)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			back, _, err := Read(written)
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, written)
			}
			if diff := cmp.Diff(back, doc); diff != "" {
				t.Fatalf("%s: %s\n%s", name, diff, written)
			}
		}
	})
}
