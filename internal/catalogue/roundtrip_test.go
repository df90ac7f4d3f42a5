package catalogue

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
)

// nasty are texts that a careless writer of YAML loses.
var nasty = []string{
	"", " ", "\n", "\n\n", " leading", "trailing ", "trailing\n", "trailing\n\n\n", "\nleading", "  two\nlines", "\ttab\nfirst",
	"a\n  indented\nb", "a\n\n\nb", "a  \nb  \n", "a\n   ", "a\n \n", "a\n\t\nb", "a\r\nb\r", "a\rb", "yes", "No", "null", "~", "true", "1e3", "0x1f", "12", "-1", "1.5",
	"2024-01-01", ".inf", "NaN", "a: b", "a:", ":a", "a #b", "#a", "- a", "-", "?", "? a", "[a]", "{a: b}", "a, b", "'", `"`, `it's`, `\`, `a\nb`, "a\nb: c\n- d\n# e",
	"---", "...", "---\na", "a\n---\nb\n...\n", "&a", "*a", "!a", "!!str a", "%a", "@a", "`a`", "|", ">", "| a\nb", "<<", "=", "a b", "ä", "日本語\nテキスト\n", "👩‍👩‍👧 family\nof three",
	"\u00a0", "a\u00a0b\nc", "\u0085", "a\u0085b\nc", "a\u2028b\nc", "\u2029", "\ufeff", "a\ufeffb\nc", "\u200bzero\nwidth", "\ufffd", "\u202e", "x\u0080\ny", "|-\n a", "a\n'\n' b",
	strings.Repeat("long ", 200), strings.Repeat("lines\n", 50), "`code`\n\n```go\nfunc main() {\n\tx := \"y\"\n}\n```\n", "* a\n* b\n", "> quoted\n> text", "| a | b |\n|---|---|\n| 1 | 2 |",
}

func texts() *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{" ", "  ", "\n", "\n\n", "\t", ":", ": ", "#", " #", "-", "- ", "'", `"`, `\`, "a", "B", "0", "é", "👍", "{", "}", "[", "]", ",", "|", ">", "%", "&", "*", "!", "?", "\r", "\u2028", "\ufeff"})
	joined := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(pieces, 1, 9).Draw(t, "pieces"), "") })
	any := rapid.Map(rapid.String(), func(s string) string {
		return strings.Map(func(r rune) rune {
			if control(r) {
				return -1
			}
			return r
		}, strings.ToValidUTF8(s, ""))
	})
	return rapid.OneOf(rapid.SampledFrom(nasty), joined, any)
}

// draw fills a value with anything that is in canonical form.
func draw(t *rapid.T, into reflect.Value, path string, isKey bool) {
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		draw(t, into.Elem(), path, isKey)
	case reflect.Struct:
		for _, i := range kept(into.Type()) {
			into.Field(i).Set(reflect.MakeSlice(into.Field(i).Type(), 0, 0))
		}
		for _, f := range fields(into.Type()) {
			if f.required || rapid.IntRange(0, 2).Draw(t, path+"."+f.name) > 0 {
				draw(t, into.Field(f.index), path+"."+f.name, f.key)
			}
		}
	case reflect.Slice:
		n := rapid.IntRange(0, 2).Draw(t, path+" many")
		for i := range n {
			entry := reflect.New(into.Type().Elem()).Elem()
			draw(t, entry, fmt.Sprintf("%s.%d", path, i), isKey)
			into.Set(reflect.Append(into, entry))
		}
	case reflect.String:
		switch allowed := values(into.Type()); {
		case allowed != nil:
			into.SetString(rapid.SampledFrom(allowed).Draw(t, path))
		case isKey:
			into.SetString(rapid.StringMatching(`[a-z0-9][a-z0-9_.-]{0,11}`).Draw(t, path))
		default:
			into.SetString(texts().Draw(t, path))
		}
	case reflect.Int:
		into.SetInt(int64(rapid.Int32().Draw(t, path)))
	case reflect.Bool:
		into.SetBool(rapid.Bool().Draw(t, path))
	}
}

func documents() *rapid.Generator[*Document] {
	return rapid.Custom(func(t *rapid.T) *Document {
		doc := &Document{}
		draw(t, reflect.ValueOf(doc).Elem(), "", false)
		doc.Format = Format
		for i, s := range doc.Skills {
			s.Key += fmt.Sprint(i)
		}
		for i, r := range doc.Roles {
			r.Key += fmt.Sprint(i)
		}
		for i, q := range doc.Questions {
			q.Key += fmt.Sprint(i)
		}
		for i, p := range doc.Templates {
			p.Key += fmt.Sprint(i)
		}
		return doc
	})
}

// writers are the two forms of a document.
var writers = map[string]func(*Document) ([]byte, error){"YAML": (*Document).YAML, "JSON": (*Document).JSON}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	for name, write := range writers {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				doc := documents().Draw(t, "document")
				data, err := write(doc)
				if err != nil {
					t.Fatal(err)
				}
				back, _, err := Read(data)
				if err != nil {
					t.Fatalf("%v\n%s", err, data)
				}
				if diff := cmp.Diff(back, doc); diff != "" {
					t.Fatalf("%s\n%s", diff, data)
				}
			})
		})
	}
}

// everywhere puts a text where it is a field's value, a list's entry, and the last thing of a document.
func everywhere(text string) *Document {
	return &Document{Format: Format, Roles: []*Role{{
		Key: "r", Title: text, Status: "OPEN", Level: "SENIOR", Summary: text,
		Responsibilities: []string{text, text}, PreparationTips: []string{text},
	}}, Questions: []*Question{{
		Key: "q", Content: &content.Question{
			Prompt: text, Criteria: []*content.Criterion{}, Pitfalls: []string{text}, FollowUps: []*content.FollowUp{}, SkillIDs: []gid.ID{},
			Translations: []*content.Translation{{Prompt: text}},
		},
		State: "DRAFT", Kind: "CODE", Category: "TECHNICAL", Level: "SENIOR",
	}}}
}

func TestAnyTextIsReadBackFromEveryPlace(t *testing.T) {
	for name, write := range writers {
		same := func(text string) string {
			doc := everywhere(text)
			data, err := write(doc)
			if err != nil {
				return err.Error()
			}
			back, _, err := Read(data)
			if err != nil {
				return fmt.Sprintf("%v\n%s", err, data)
			}
			return cmp.Diff(back, doc)
		}
		for _, text := range nasty {
			if diff := same(text); diff != "" {
				t.Errorf("%s of %q: %s", name, text, diff)
			}
		}
		rapid.Check(t, func(t *rapid.T) {
			if diff := same(texts().Draw(t, "text")); diff != "" {
				t.Fatal(name, diff)
			}
		})
	}
}

// TestOneOddTextKeepsNoCatalogueFromBeingRead writes what an author may write, and the reader's bounds would refuse.
func TestOneOddTextKeepsNoCatalogueFromBeingRead(t *testing.T) {
	long := func(piece string, n int) string { return "a" + strings.Repeat(piece, n) + "b" }
	for name, text := range map[string]string{
		"spaces": long(" ", 9000), "lines": long("\n", 9000), "angles": long("<", 9000), "tabs": long("\t", 9000), "blanks": long(" \t\r\n", 2000),
		"brackets": long("[{,}]", 1900), "escaped brackets": long(`\[`, 4000), "tabs in lines": long("x\t", 4500), "angles in lines": "x\n" + long("<", 500),
	} {
		for form, write := range writers {
			doc := everywhere(text)
			for range 14 {
				doc.Questions = append(doc.Questions, everywhere(text).Questions...)
			}
			for i, q := range doc.Questions {
				q.Key = fmt.Sprintf("q%d", i)
			}
			data, err := write(doc)
			if err != nil {
				t.Fatal(err)
			}
			back, _, err := Read(data)
			if err != nil {
				t.Errorf("%s in %s: %v", name, form, err)
				continue
			}
			if diff := cmp.Diff(back, doc); diff != "" {
				t.Errorf("%s in %s: it came back otherwise", name, form)
			}
		}
	}
}

// TestOnlyOddTextsAreEscaped keeps the others of the same catalogue as people write them.
func TestOnlyOddTextsAreEscaped(t *testing.T) {
	doc := everywhere("[1, 2, 3]")
	doc.Roles[0].Summary = "a" + strings.Repeat("<", 200)
	doc.Roles[0].Title = "Plain, as it was"
	data, err := doc.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), "title: Plain, as it was\n") || strings.Contains(string(data), "<<") {
		t.Errorf("got %s", data)
	}
}
