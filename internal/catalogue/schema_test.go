package catalogue

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the schema into docs")

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("catalogue.schema.json", schema); err != nil {
		t.Fatal(err)
	}
	out, err := c.Compile("catalogue.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// judged is what the schema says of a document of JSON.
func judged(t interface{ Fatal(...any) }, schema *jsonschema.Schema, data []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

// fill gives every field a value.
func fill(into reflect.Value) {
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		fill(into.Elem())
	case reflect.Struct:
		for _, i := range kept(into.Type()) {
			into.Field(i).Set(reflect.MakeSlice(into.Field(i).Type(), 0, 0))
		}
		for _, f := range fields(into.Type()) {
			fill(into.Field(f.index))
		}
	case reflect.Slice:
		into.Set(reflect.MakeSlice(into.Type(), 1, 1))
		fill(into.Index(0))
	case reflect.String:
		into.SetString(append(values(into.Type()), "a-key")[0])
	case reflect.Int:
		into.SetInt(7)
	case reflect.Bool:
		into.SetBool(true)
	}
}

func sample() *Document {
	doc := &Document{}
	fill(reflect.ValueOf(doc).Elem())
	doc.Format = Format
	return doc
}

func TestTheSchemaAcceptsWhatIsWritten(t *testing.T) {
	schema := compiled(t)
	accepts := func(t interface{ Fatal(...any) }, doc *Document) {
		data, err := doc.JSON()
		if err == nil {
			err = judged(t, schema, data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	accepts(t, sample())
	rapid.Check(t, func(t *rapid.T) { accepts(t, documents().Draw(t, "document")) })
}

// TestBrokenDocuments breaks a document that uses every field, each time in one way: both the schema and Read refuse it.
func TestBrokenDocuments(t *testing.T) {
	data, err := sample().JSON()
	if err != nil {
		t.Fatal(err)
	}
	schema := compiled(t)
	for _, c := range []struct{ name, from, to, path, message string }{
		{"an unknown field", `"modelAnswer"`, `"modelAnswers"`, "questions[0].content.modelAnswers", "the nearest are modelAnswer"},
		{"an unknown field of the document", `"skills": [`, `"skill": [`, "skill", "the nearest are skills"},
		{"ids in the content", `"modelAnswer": "a-key"`, `"skillIds": ["qst_1"]`, "questions[0].content.skillIds", "no such field"},
		{"a missing format", "\"format\": \"assay-catalogue/1\",\n", "", "", "the field format is missing"},
		{"another format", `assay-catalogue/1`, `assay-catalogue/2`, "format", "must be assay-catalogue/1"},
		{"a missing key", "\"key\": \"a-key\",\n      \"name\"", `"name"`, "skills[0]", "the field key is missing"},
		{"a missing prompt", `"prompt": "a-key",`, "", "questions[0].content", "the field prompt is missing"},
		{"a missing truth", `"requestable": true,`, ``, "templates[0].accommodation", "the field requestable is missing"},
		{"a number for a text", `"summary": "a-key"`, `"summary": 7`, "roles[0].summary", "not the number 7; put it in quotes"},
		{"a truth for a text", `"summary": "a-key"`, `"summary": true`, "roles[0].summary", "not true or false"},
		{"a mapping for a text", `"summary": "a-key"`, `"summary": {"a": "b"}`, "roles[0].summary", "must be a text, not a mapping"},
		{"a text for a number", `"cutPercent": 7`, `"cutPercent": "7"`, "templates[0].cutPercent", "must be a whole number, not a text"},
		{"a fraction", `"cutPercent": 7`, `"cutPercent": 7.5`, "templates[0].cutPercent", "must be a whole number, not the number 7.5"},
		{"a large number", `"cutPercent": 7`, `"cutPercent": 2147483648`, "templates[0].cutPercent", "too large"},
		{"a text for a truth", `"correct": true`, `"correct": "true"`, "questions[0].content.choices[0].correct", "must be true or false, not a text"},
		{"a text for a list", `"signals": [`, `"signals": "x", "sections": [`, "templates[0].signals", "must be a list, not a text"},
		{"a list for a mapping", `"spoken": {`, `"spoken": [], "code": {`, "questions[0].content.spoken", "must be a mapping of fields to values, not a list"},
		{"an entry of another type", `"FOCUS_LOST"`, `"FOCUS_LOST", 3`, "templates[0].signals[1]", "must be a text"},
		{"an unknown word", `"mode": "ASSESSMENT"`, `"mode": "assessment"`, "templates[0].mode", "allowed are ASSESSMENT, INTERVIEW, PRACTICE"},
		{"null", `"location": "a-key"`, `"location": null`, "roles[0].location", "this has no value"},
		{"a key with a capital", `"key": "a-key"`, `"key": "A-key"`, "skills[0].key", "a key has 1 to 64"},
		{"a key that begins with a hyphen", `"key": "a-key"`, `"key": "-key"`, "skills[0].key", "begins with a letter or digit"},
		{"an empty key", `"key": "a-key"`, `"key": ""`, "skills[0].key", "a key has 1 to 64"},
		{"a key with a line's end", `"key": "a-key"`, `"key": "a-key\n"`, "skills[0].key", "a key has 1 to 64"},
		{"a reference that can be no key", `"role": "a-key"`, `"role": "a key"`, "templates[0].role", "a key has 1 to 64"},
		{"a list with a bad reference", `"skills": [
        "a-key"`, `"skills": [
        "A"`, "questions[0].skills[0]", "a key has 1 to 64"},
	} {
		t.Run(c.name, func(t *testing.T) {
			broken := strings.Replace(string(data), c.from, c.to, 1)
			if broken == string(data) {
				t.Fatalf("%s is not in the sample", c.from)
			}
			if judged(t, schema, []byte(broken)) == nil {
				t.Error("the schema accepts it")
			}
			_, _, err := Read([]byte(broken))
			var faults Faults
			if !errors.As(err, &faults) || faults[0].Path != c.path || !strings.Contains(faults[0].Message, c.message) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestEveryFieldIsDescribedAndNothingElse(t *testing.T) {
	met := map[string]bool{}
	var meet func(reflect.Type)
	meet = func(of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct {
			return
		}
		if _, ok := demanded[of]; !ok && strings.HasPrefix(of.String(), "content.") {
			t.Errorf("nothing says which fields of %s a document must have", of)
		}
		for _, f := range fields(of) {
			name := of.String() + "." + f.name
			met[name] = true
			if descriptions[name] == "" {
				t.Errorf("%s has no description", name)
			}
			meet(of.Field(f.index).Type)
		}
	}
	meet(reflect.TypeFor[Document]())
	for name := range descriptions {
		if !met[name] {
			t.Errorf("%s is no field", name)
		}
	}
	for of, names := range demanded {
		for _, name := range names {
			if !met[of.String()+"."+name] {
				t.Errorf("%s.%s is no field", of, name)
			}
		}
	}
}

func TestThePublishedSchemaIsThis(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "catalogue.schema.json")
	want, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), string(want)); diff != "" {
		t.Errorf("write it again with -update:\n%s", diff)
	}
}
