package qti

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"hash/crc32"
	"strconv"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/catalogue"
)

// bomb is a zip whose one entry unpacks to far more than it holds, whatever it says.
func bomb(t *testing.T, size, said int) []byte {
	t.Helper()
	var deflated, b bytes.Buffer
	f, err := flate.NewWriter(&deflated, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	content := make([]byte, size)
	if _, err := f.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(&b)
	raw, err := w.CreateRaw(&zip.FileHeader{Name: manifestName, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(content),
		CompressedSize64: uint64(deflated.Len()), UncompressedSize64: uint64(said)})
	if err == nil {
		_, err = raw.Write(deflated.Bytes())
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// stored is a zip of so many files of so many bytes, none of them compressed.
func stored(t *testing.T, files, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range files {
		f, err := w.CreateHeader(&zip.FileHeader{Name: "f" + strconv.Itoa(i), Method: zip.Store})
		if err == nil {
			_, err = f.Write(make([]byte, size))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestImportRefuses(t *testing.T) {
	item := waterItem()
	many := make([]entryOf, mostEntries+1)
	for i := range many {
		many[i] = entryOf{name: "f" + strconv.Itoa(i)}
	}
	broken := packaged(t, entryOf{"a.xml", item})
	at := bytes.Index(broken, []byte("manifest"))
	damaged := append([]byte{}, broken...)
	damaged[at+50] ^= 0xff
	cases := map[string]struct {
		data  []byte
		file  string
		words string
	}{
		"a bomb":                 {bomb(t, 10<<20, 10<<20), manifestName, "100 times"},
		"a bomb that says less":  {bomb(t, 10<<20, 100), manifestName, "damaged"},
		"a bomb that says more":  {bomb(t, 10<<20, 1<<40), manifestName, "100 times"},
		"more than 64 MB":        {stored(t, 3, 22<<20), "f2", "64 MB"},
		"too many files":         {zipped(t, many...), "", "2,000"},
		"a way out":              {packaged(t, entryOf{"../a.xml", item}), "../a.xml", "out of the package"},
		"a way out from inside":  {packaged(t, entryOf{"a/../../b.xml", item}), "a/../../b.xml", "out of the package"},
		"an absolute name":       {packaged(t, entryOf{"/etc/a.xml", item}), "/etc/a.xml", "out of the package"},
		"a drive":                {packaged(t, entryOf{"c:a.xml", item}), "c:a.xml", "not allowed"},
		"a backslash":            {packaged(t, entryOf{`..\a.xml`, item}), `..\a.xml`, "not allowed"},
		"a name twice":           {packaged(t, entryOf{"a.xml", item}, entryOf{"a.xml", item}), "a.xml", "two files"},
		"half a zip":             {broken[:len(broken)/2], "", "damaged"},
		"a damaged file":         {damaged, manifestName, "damaged"},
		"no manifest":            {zipped(t, entryOf{"a.xml", item}), "", manifestName},
		"a file that is missing": {zipped(t, entryOf{manifestName, `<manifest><resources><resource type="` + itemType + `" href="a.xml"/></resources></manifest>`}), manifestName, "missing"},
		"a broken item":          {packaged(t, entryOf{"a.xml", item}, entryOf{"b.xml", item[:200]}), "b.xml", "well-formed"},
		"broken skills":          {zipped(t, entryOf{manifestName, `<manifest><resources><resource type="webcontent" href="` + catalogueName + `"/></resources></manifest>`}, entryOf{catalogueName, `{"format":"assay-catalogue/1","skills":[null]}`}), catalogueName, "cannot be read"},
		"a document type":        {[]byte("<!DOCTYPE a [<!ENTITY b \"c\">]>\n" + "<a>&b;</a>"), "", "document type"},
		"an entity":              {[]byte(`<a>&nbsp;</a>`), "", "well-formed"},
		"Latin 1":                {[]byte("<a>\xe9</a>"), "", "UTF-8"},
		"another encoding":       {[]byte(`<?xml version="1.0" encoding="ISO-8859-1"?><a/>`), "", "encoding"},
		"a deep document":        {[]byte(strings.Repeat("<a>", 65) + strings.Repeat("</a>", 65)), "", "64 inside"},
		"a wide document":        {[]byte("<a>" + strings.Repeat("<b/>", mostElements) + "</a>"), "", "100,000"},
		"a large document":       {[]byte("<a>" + strings.Repeat(" ", mostBytes) + "</a>"), "", "8 MB"},
		"a document in pieces":   {[]byte("<a>" + strings.Repeat("b<!---->", 2*mostElements+1) + "</a>"), "", "pieces"},
		"two documents":          {[]byte("<a/><b/>"), "", "one outermost"},
		"nothing":                {nil, "", "one outermost"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc, _, err := Import(c.data)
			var faults Faults
			if !errors.As(err, &faults) || doc != nil {
				t.Fatalf("got %v, %v", doc, err)
			}
			if f := faults[0]; f.File != c.file || !strings.Contains(f.Message, c.words) {
				t.Errorf("got %q: %s", f.File, f.Message)
			}
		})
	}
}

func TestImportTellsEveryFault(t *testing.T) {
	_, _, err := Import(packaged(t, entryOf{"a.xml", "<a>\n<b></a>"}, entryOf{"b.xml", "<a>"}))
	var faults Faults
	if !errors.As(err, &faults) || len(faults) != 2 || faults[0].Line != 2 || faults[1].File != "b.xml" {
		t.Errorf("got %v", err)
	}
}

func TestImportTakesTheLimits(t *testing.T) {
	deep := strings.Repeat("<div>", 60) + strings.Repeat("</div>", 60)
	item := foreign(declared("single", "string", ""), deep+`<qti-extended-text-interaction response-identifier="RESPONSE"/>`, "")
	if doc, _, err := Import([]byte(item)); err != nil || len(doc.Questions) != 1 {
		t.Errorf("62 levels: %v", err)
	}
	if doc, _, err := Import([]byte("\ufeff" + item)); err != nil || len(doc.Questions) != 1 {
		t.Errorf("a byte order mark: %v", err)
	}
}

// TestImportIsQuick reads what would take for ever if time grew with the square of a text.
func TestImportIsQuick(t *testing.T) {
	long := func(body string) string {
		return foreign(declared("single", "string", ""), body+`<qti-extended-text-interaction response-identifier="RESPONSE"/>`, "")
	}
	tables := strings.Repeat("<table><tr><td>x", 20) + strings.Repeat("</td></tr></table>", 20)
	many := strings.Repeat("<qti-printed-variable/>", 10*mostNotes)
	cases := map[string]struct {
		item string
		want func(prompt string) bool
	}{
		"backticks":     {long("<pre>" + strings.Repeat("`", 4<<20) + "</pre>"), func(p string) bool { return strings.HasPrefix(p, strings.Repeat("`", 4<<20+1)) }},
		"cut text":      {long("<p>" + strings.Repeat("a<!---->", 150_000) + "</p>"), func(p string) bool { return p == strings.Repeat("a", 150_000) }},
		"nested tables": {long(tables), func(p string) bool { return strings.Count(p, "x") == 20 }},
		"many notes":    {long("<p>a" + many + "</p>"), func(p string) bool { return p == "a" }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			q, notes := taken(t, c.item)
			if !c.want(q.Content.Prompt) {
				t.Errorf("got a prompt of %d bytes", len(q.Content.Prompt))
			}
			if len(notes) > mostNotes+1 {
				t.Errorf("%d notes", len(notes))
			}
		})
	}
}

func TestFaultsSayWhere(t *testing.T) {
	cases := map[string]Faults{
		"broken":              {{Message: "broken"}},
		"a.xml: broken":       {{File: "a.xml", Message: "broken"}},
		"a.xml:3: broken":     {{File: "a.xml", Line: 3, Message: "broken"}},
		"bad (and 1 more)":    {{Message: "bad"}, {Message: "worse"}},
		"line 2: not so good": {{Line: 2, Message: "not so good"}},
	}
	for want, faults := range cases {
		t.Run(want, func(t *testing.T) {
			if got := faults.Error(); got != want {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestOneKeyManyTimes gives each of many questions of one key its own, without trying all that went before.
func TestOneKeyManyTimes(t *testing.T) {
	in, used, asked := &intake{numbers: map[string]int{}}, map[string]bool{"a-3": true}, 0
	for range 2000 {
		used[in.freeKey("question", "a", func(key string) bool { asked++; return used[key] })] = true
	}
	if len(used) != 2001 || !used["a"] || !used["a-2"] || !used["a-2001"] || asked > 2*2000+1 {
		t.Errorf("%d keys after %d questions", len(used), asked)
	}
}

func TestIdentifiersBecomeKeys(t *testing.T) {
	for identifier, want := range map[string]string{
		"Q1": "q1", "A b": "a-b", "_.-x-": "x", "é": "item", "": "item", ".": "item", strings.Repeat("-", 70) + "x": "x",
		"a" + strings.Repeat("-", 70): "a", strings.Repeat("k", 70): strings.Repeat("k", 64),
	} {
		if got := keyForm(identifier); got != want || !catalogue.IsKey(got) {
			t.Errorf("%q: got %q", identifier, got)
		}
	}
}
