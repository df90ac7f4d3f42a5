package qti

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

func declared(cardinality, base, inside string) string {
	return `<qti-response-declaration identifier="RESPONSE" cardinality="` + cardinality + `" base-type="` + base + `">` + inside + `</qti-response-declaration>`
}

func rightIs(values ...string) string {
	return `<qti-correct-response><qti-value>` + strings.Join(values, "</qti-value><qti-value>") + `</qti-value></qti-correct-response>`
}

func byTemplate(name string) string {
	return `<qti-response-processing template="` + templates + name + `.xml"/>`
}

const abc = `<qti-simple-choice identifier="A">one</qti-simple-choice><qti-simple-choice identifier="B">two</qti-simple-choice>`

const pick = `<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Which?</qti-prompt>` + abc + `</qti-choice-interaction>`

const typed = `<p>It is <qti-text-entry-interaction response-identifier="RESPONSE"/>.</p>`

// waterItem is the mapping example of the specification: which atoms does water consist of.
func waterItem() string {
	return foreign(declared("multiple", "identifier", rightIs("H", "O")+`
<qti-mapping lower-bound="0" upper-bound="2" default-value="-2">
  <qti-map-entry map-key="H" mapped-value="1"/><qti-map-entry map-key="O" mapped-value="1"/><qti-map-entry map-key="Cl" mapped-value="-1"/>
</qti-mapping>`), `<qti-choice-interaction response-identifier="RESPONSE" shuffle="true" max-choices="0">
<qti-prompt>Which elements make water?</qti-prompt>
<qti-simple-choice identifier="H">Hydrogen</qti-simple-choice><qti-simple-choice identifier="He">Helium</qti-simple-choice>
<qti-simple-choice identifier="C">Carbon</qti-simple-choice><qti-simple-choice identifier="O">Oxygen</qti-simple-choice>
<qti-simple-choice identifier="N">Nitrogen</qti-simple-choice><qti-simple-choice identifier="Cl">Chlorine</qti-simple-choice>
</qti-choice-interaction>`, byTemplate("map_response"))
}

func TestImportWater(t *testing.T) {
	got, notes := taken(t, waterItem())
	want := &catalogue.Question{
		Key: "item-1", Title: "An item", State: term.Draft, Kind: term.MultipleChoice, Category: term.Technical,
		Level: term.Experienced, Language: "de",
		Content: &content.Question{
			Prompt: "Which elements make water?", ShuffleChoices: true, PartialCredit: new(term.Mapped),
			Mapping: &content.Mapping{LowerBound: "0", UpperBound: "2", Default: "-2"},
			Choices: []*content.Choice{
				{Key: "H", Text: "Hydrogen", Correct: true, Points: new("1")}, {Key: "He", Text: "Helium"}, {Key: "C", Text: "Carbon"},
				{Key: "O", Text: "Oxygen", Correct: true, Points: new("1")}, {Key: "N", Text: "Nitrogen"}, {Key: "Cl", Text: "Chlorine", Points: new("-1")},
			},
			Criteria: []*content.Criterion{}, Pitfalls: []string{}, FollowUps: []*content.FollowUp{}, SkillIDs: []gid.ID{},
		},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
	if len(notes) != 1 || !says(notes, "qti-assessment-item", "are assumed") {
		t.Error(told(notes))
	}
}

// equalTo is a comparison written out, as there is no template for it.
func equalTo(attrs, value string) string {
	return `<qti-response-processing><qti-response-condition><qti-response-if><qti-equal ` + attrs + `>` + value +
		`<qti-variable identifier="RESPONSE"/></qti-equal><qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">1</qti-base-value>` +
		`</qti-set-outcome-value></qti-response-if></qti-response-condition></qti-response-processing>`
}

func TestImportKinds(t *testing.T) {
	const correctVariable = `<qti-correct identifier="RESPONSE"/>`
	cases := map[string]struct {
		item string
		kind term.QuestionKind
		want func(*content.Question) any
		is   any
		note [2]string
	}{
		"one choice": {
			foreign(declared("single", "identifier", rightIs("B")), pick, byTemplate("match_correct")), term.SingleChoice,
			func(q *content.Question) any { return q.Choices }, []*content.Choice{option("A", "one", false), option("B", "two", true)}, [2]string{},
		},
		"one choice, written out": {
			foreign(declared("single", "identifier", rightIs("A")), pick, `<qti-response-processing><qti-response-condition><qti-response-if><qti-match>
<qti-variable identifier="RESPONSE"/><qti-correct identifier="RESPONSE"/></qti-match><qti-set-outcome-value identifier="SCORE"><qti-sum>
<qti-variable identifier="SCORE"/><qti-base-value base-type="float">2</qti-base-value></qti-sum></qti-set-outcome-value></qti-response-if></qti-response-condition></qti-response-processing>`),
			term.SingleChoice, func(q *content.Question) any { return q.Choices[0].Correct }, true, [2]string{},
		},
		"a mapping without bounds and right answers": {
			foreign(declared("multiple", "identifier", `<qti-mapping default-value="0"><qti-map-entry map-key="A" mapped-value="0.5"/><qti-map-entry map-key="B" mapped-value="1.25"/></qti-mapping>`),
				pick, byTemplate("map_response")), term.MultipleChoice,
			func(q *content.Question) any { return q.Mapping }, &content.Mapping{LowerBound: "0", UpperBound: "1.75", Default: "0"},
			[2]string{"qti-response-declaration", "what earns points"},
		},
		"an order": {
			foreign(declared("ordered", "identifier", rightIs("B", "A")), `<qti-order-interaction response-identifier="RESPONSE" shuffle="true">`+abc+`</qti-order-interaction>`, byTemplate("match_correct")),
			term.Ordering, func(q *content.Question) any { return q.CorrectOrder }, []string{"B", "A"}, [2]string{},
		},
		"a number": {
			foreign(declared("single", "integer", rightIs(" 7 ")), typed, byTemplate("match_correct")), term.Numeric,
			func(q *content.Question) any { return q.Numeric }, &content.NumericKey{Value: "7", Mode: term.Exact}, [2]string{},
		},
		"a number with two equal tolerances": {
			foreign(declared("single", "float", rightIs("7.5")), typed, equalTo(`tolerance-mode="absolute" tolerance="0.5 0.5" include-lower-bound="false"`, correctVariable)),
			term.Numeric, func(q *content.Question) any { return q.Numeric }, &content.NumericKey{Value: "7.5", Mode: term.Absolute, Tolerance: "0.5"},
			[2]string{"qti-equal", "the ends"},
		},
		"a number in the comparison": {
			foreign(declared("single", "float", ""), typed, equalTo(`tolerance-mode="relative" tolerance="5"`, `<qti-base-value base-type="float">100</qti-base-value>`)),
			term.Numeric, func(q *content.Question) any { return q.Numeric }, &content.NumericKey{Value: "100", Mode: term.Relative, Tolerance: "5"}, [2]string{},
		},
		"a word, whatever its case": {
			foreign(declared("single", "string", rightIs("York")+`<qti-mapping><qti-map-entry map-key="York" mapped-value="1" case-sensitive="false"/><qti-map-entry map-key="york city" mapped-value="1" case-sensitive="false"/><qti-map-entry map-key="Leeds" mapped-value="0.5" case-sensitive="false"/></qti-mapping>`),
				typed, byTemplate("map_response")), term.ShortText,
			func(q *content.Question) any { return q.Accepted }, []string{"York", "york city"}, [2]string{"qti-map-entry", "a part of the points"},
		},
		"a word in its case": {
			foreign(declared("single", "string", rightIs("York")), typed, byTemplate("match_correct")), term.ShortText,
			func(q *content.Question) any { return q.Prompt }, `It is \_\_\_\_.`, [2]string{"qti-response-declaration", "upper and lower case"},
		},
		"a long text with a guide for scorers": {
			foreign(declared("single", "string", ""), `<p>Say why.</p><qti-rubric-block view="scorer"><qti-content-body><p>Because.</p></qti-content-body></qti-rubric-block><qti-extended-text-interaction response-identifier="RESPONSE"/>`, ""),
			term.LongText, func(q *content.Question) any { return q.Prompt + q.ModelAnswer }, "Say why.Because.", [2]string{"qti-rubric-block", "model answer"},
		},
		"code": {
			foreign(declared("single", "string", ""), `<qti-extended-text-interaction class="wide language-sql" format="preformatted" response-identifier="RESPONSE"/>`, ""),
			term.Code, func(q *content.Question) any { return q.Code }, &content.Code{Language: "sql"}, [2]string{},
		},
		"a recording": {
			foreign(declared("single", "file", ""), `<qti-upload-interaction type="audio/mpeg audio/ogg" response-identifier="RESPONSE"/>`, ""),
			term.Spoken, func(q *content.Question) any { return q.Spoken }, &content.Spoken{MaxSeconds: 120}, [2]string{"qti-upload-interaction", "120 seconds"},
		},
		"scoring of its own": {
			foreign(declared("single", "identifier", rightIs("A")), pick, `<qti-response-processing><qti-set-outcome-value identifier="SCORE"><qti-random-float max="1"/></qti-set-outcome-value></qti-response-processing>`),
			term.SingleChoice, func(q *content.Question) any { return q.Choices[0].Correct }, true, [2]string{"qti-response-processing", "only the correct response"},
		},
		"scoring turned round": {
			foreign(declared("single", "float", rightIs("1")), typed, strings.Replace(equalTo(`tolerance-mode="exact"`, correctVariable), ">1<", ">0<", 1)),
			term.Numeric, func(q *content.Question) any { return q.Numeric.Value }, "1", [2]string{"qti-response-processing", "only the correct response"},
		},
		"parts around the item": {
			foreign(`<qti-template-declaration identifier="T"/>`+declared("single", "identifier", rightIs("A")), pick, `<qti-stylesheet href="a.css"/>`),
			term.SingleChoice, func(q *content.Question) any { return len(q.Choices) }, 2, [2]string{"qti-template-declaration", "not taken"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			q, notes := taken(t, c.item)
			if q.Kind != c.kind {
				t.Errorf("got %s; want %s", q.Kind, c.kind)
			}
			if diff := cmp.Diff(c.want(q.Content), c.is); diff != "" {
				t.Error(diff)
			}
			if c.note[0] == "" && len(notes) != 1 || c.note[0] != "" && !says(notes, c.note[0], c.note[1]) {
				t.Error(told(notes))
			}
		})
	}
}

func TestImportLeavesOut(t *testing.T) {
	cases := map[string]struct{ item, element, words string }{
		"a hotspot":            {foreign("", `<qti-hotspot-interaction response-identifier="RESPONSE"/>`, ""), "qti-hotspot-interaction", "unknown"},
		"a match":              {foreign("", `<qti-match-interaction response-identifier="RESPONSE"/>`, ""), "qti-match-interaction", "unknown"},
		"a gap match":          {foreign("", `<qti-gap-match-interaction response-identifier="RESPONSE"/>`, ""), "qti-gap-match-interaction", "unknown"},
		"a custom one":         {foreign("", `<qti-portable-custom-interaction response-identifier="RESPONSE"/>`, ""), "qti-portable-custom-interaction", "unknown"},
		"a photograph":         {foreign("", `<qti-upload-interaction type="image/png" response-identifier="RESPONSE"/>`, ""), "qti-upload-interaction", "recording"},
		"two interactions":     {foreign("", pick+pick, ""), "qti-assessment-item", "exactly one"},
		"none":                 {foreign("", `<p>Read this.</p>`, ""), "qti-assessment-item", "exactly one"},
		"a choice with no key": {foreign(declared("single", "identifier", ""), pick, ""), "qti-response-declaration", "which choice"},
		"half an order":        {foreign(declared("ordered", "identifier", rightIs("B")), `<qti-order-interaction response-identifier="RESPONSE">`+abc+`</qti-order-interaction>`, ""), "qti-response-declaration", "every choice"},
		"a number with no key": {foreign(declared("single", "float", rightIs("NaN")), typed, ""), "qti-response-declaration", "which number"},
		"lopsided tolerance":   {foreign(declared("single", "float", rightIs("1")), typed, equalTo(`tolerance-mode="absolute" tolerance="1 2"`, `<qti-correct identifier="RESPONSE"/>`)), "qti-equal", "not as much below"},
		"a broken mapping":     {foreign(declared("multiple", "identifier", `<qti-mapping><qti-map-entry map-key="A" mapped-value="INF"/></qti-mapping>`), pick, byTemplate("map_response")), "qti-map-entry", "no number"},
		"a hundred choices":    {foreign(declared("single", "identifier", rightIs("A")), strings.Replace(pick, abc, strings.Repeat(abc, 51), 1), ""), "qti-choice-interaction", "more than 100"},
		"QTI 2":                {`<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"/>`, "assessmentItem", "QTI 3"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc, notes, err := Import([]byte(c.item))
			if err != nil || len(doc.Questions) > 0 || !says(notes, c.element, c.words) {
				t.Errorf("%v, %d questions, notes %s", err, len(doc.Questions), told(notes))
			}
		})
	}
}

func TestImportPrefixes(t *testing.T) {
	text := strings.NewReplacer("<qti-", "<q:qti-", "</qti-", "</q:qti-", "xmlns=", "xmlns:q=").Replace(waterItem())
	got, _ := taken(t, text)
	want, _ := taken(t, waterItem())
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
}

func TestImportProse(t *testing.T) {
	cases := map[string]struct{ body, want, note string }{
		"paragraphs":    {"<p>One\n  two</p><div>three<p>four</p></div>", "One two\n\nthree\n\nfour", ""},
		"emphasis":      {"<p>a <em>b </em>c <strong>d</strong> <code>x `y`</code></p>", "a *b* c **d** `` x `y` ``", ""},
		"lists":         {"<ul><li>a</li><li><p>b</p><ol><li>c</li></ol></li></ul>", "- a\n- b\n\n  1. c", ""},
		"code":          {"<pre>if a {\n\tb()\n}\n</pre>", "```\nif a {\n\tb()\n}\n```", ""},
		"a table":       {"<table><tr><th>a</th><th>b|c</th></tr><tr><td>1</td><td>2</td></tr></table>", "| a | b\\|c |\n| --- | --- |\n| 1 | 2 |", ""},
		"marks":         {"<p>1. a*b_c &lt;i&gt; [d](e) snake_case</p>", `1\. a\*b_c \<i> \[d\](e) snake_case`, ""},
		"a heading":     {"<h2>Top</h2><p># no</p>", "## Top\n\n\\# no", ""},
		"a link":        {`<p><a href="https://example.org/a">b</a> <a href="javascript:x">c</a></p>`, "[b](https://example.org/a) c", "leads nowhere"},
		"an image":      {`<p>See <img src="a.png" alt="a wheel"/></p>`, `See \[a wheel\]`, "image"},
		"a formula":     {`<p><math><mi>x</mi></math></p>`, "x", "formula"},
		"a film":        {`<p>a</p><video src="a.mp4"/>`, "a", "cannot be kept"},
		"a line break":  {`<p>a<br/>b</p>`, "a\\\nb", ""},
		"a quotation":   {`<blockquote><p>a</p><p>b</p></blockquote>`, "> a\n>\n> b", ""},
		"shown text":    {`<p>a <qti-printed-variable identifier="X"/></p>`, "a", "not taken"},
		"instructions":  {`<qti-rubric-block use="instructions" view="candidate"><qti-content-body><p>Do.</p></qti-content-body></qti-rubric-block>`, "Do.", ""},
		"text in order": {`<p>before</p><!-- x --><p>after</p>`, "before\n\nafter", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			q, notes := taken(t, foreign(declared("single", "string", ""), c.body+`<qti-extended-text-interaction response-identifier="RESPONSE"/>`, ""))
			if q.Content.Prompt != c.want {
				t.Errorf("got %q; want %q", q.Content.Prompt, c.want)
			}
			found := c.note == "" && len(notes) == 1
			for _, n := range notes {
				found = found || c.note != "" && strings.Contains(n.Message, c.note)
			}
			if !found {
				t.Error(told(notes))
			}
		})
	}
}

func TestImportFeedback(t *testing.T) {
	processing := `<qti-response-processing><qti-response-condition><qti-response-if><qti-match><qti-variable identifier="RESPONSE"/><qti-correct identifier="RESPONSE"/></qti-match>
<qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">1</qti-base-value></qti-set-outcome-value></qti-response-if></qti-response-condition>
<qti-set-outcome-value identifier="F"><qti-variable identifier="RESPONSE"/></qti-set-outcome-value></qti-response-processing>
<qti-modal-feedback outcome-identifier="F" identifier="B" show-hide="show"><qti-content-body><p>No.</p></qti-content-body></qti-modal-feedback>
<qti-modal-feedback outcome-identifier="F" identifier="C" show-hide="show"><qti-content-body><p>Other.</p></qti-content-body></qti-modal-feedback>`
	body := strings.Replace(pick, ">one<", `>one <qti-feedback-inline outcome-identifier="F" identifier="A" show-hide="show">Yes.</qti-feedback-inline><`, 1)
	q, notes := taken(t, foreign(declared("single", "identifier", rightIs("A")), body, processing))
	want := []*content.Choice{{Key: "A", Text: "one", Correct: true, Feedback: "Yes."}, {Key: "B", Text: "two", Feedback: "No."}}
	if diff := cmp.Diff(q.Content.Choices, want); diff != "" {
		t.Error(diff)
	}
	if len(notes) != 2 || !says(notes, "qti-modal-feedback", "not of one choice") {
		t.Error(told(notes))
	}
}

func TestImportPackage(t *testing.T) {
	choice := foreign(declared("single", "identifier", rightIs("A")), pick, byTemplate("match_correct"))
	test := `<qti-assessment-test xmlns="` + itemSpace + `" identifier="T 1" title="A test">
<qti-test-part identifier="p" navigation-mode="linear" submission-mode="individual"><qti-time-limits max-time="90.5"/>
<qti-assessment-section identifier="s" title="S" visible="true"><qti-pre-condition/>
<qti-assessment-item-ref identifier="i" href="../items/a.xml"><qti-weight identifier="W" value="3"/></qti-assessment-item-ref>
<qti-assessment-item-ref identifier="j" href="../items/hot.xml"/>
<qti-assessment-section identifier="n" title="N" visible="true"><qti-assessment-item-ref identifier="k" href="../items/b%c3%A9%20c.xml#x"/></qti-assessment-section>
</qti-assessment-section></qti-test-part></qti-assessment-test>`
	data := packaged(t, entryOf{"tests/t.xml", test}, entryOf{"items/a.xml", choice}, entryOf{"items/bé c.xml", choice},
		entryOf{"items/hot.xml", foreign("", `<qti-hotspot-interaction response-identifier="RESPONSE"/>`, "")})
	doc, notes, err := Import(data)
	if err != nil {
		t.Fatal(err)
	}
	want := []*catalogue.Template{{
		Key: "t-1", Name: "A test", State: term.Draft, Mode: term.Assessment, Bands: []*content.Band{}, Feedback: term.FeedbackNone,
		Sections: []*catalogue.Section{{Title: "S", TimeLimit: 91, Navigation: new(term.ForwardOnly), Slots: []*catalogue.Slot{
			{Question: "item-1", Points: 3}, {Question: "item-1-2", Points: 1},
		}}},
	}}
	if diff := cmp.Diff(doc.Templates, want); diff != "" {
		t.Error(diff)
	}
	for _, n := range [][2]string{{"qti-pre-condition", "not taken"}, {"qti-assessment-item-ref", "not among"}, {"qti-assessment-section", "not the section"}, {"qti-assessment-item", "is taken"}} {
		if !says(notes, n[0], n[1]) {
			t.Errorf("nothing about %v in %s", n, told(notes))
		}
	}
}

func TestImportNotesFilesThatAreNotRead(t *testing.T) {
	manifest := `<manifest xmlns="` + packageSpace + `"><resources><resource type="webcontent" href="a.css"/></resources></manifest>`
	_, notes, err := Import(zipped(t, entryOf{manifestName, manifest}, entryOf{"a.css", "p{}"}, entryOf{"b.png", "x"}, entryOf{"in.zip", string(zipped(t))}))
	if err != nil || len(notes) != 3 {
		t.Errorf("%v %s", err, told(notes))
	}
}

// TestRecordOfAnotherVersion reads the plain QTI if our own record is broken or foreign to this version.
func TestRecordOfAnotherVersion(t *testing.T) {
	item, err := newWriter(nil).item(examples()[0])
	if err != nil {
		t.Fatal(err)
	}
	text := string(item.document())
	for name, change := range map[string][2]string{
		"an unknown field":       {`{&#34;key`, `{&#34;colour&#34;:1,&#34;key`},
		"an unknown kind":        {`SINGLE_CHOICE`, `RIDDLE`},
		"a control character":    {`Look again.&#34;`, `Look\u0000&#34;`},
		"a missing choice":       {`&#34;choices&#34;:[`, `&#34;choices&#34;:[null,`},
		"no content":             {`&#34;content&#34;:{`, `&#34;content&#34;:null,&#34;was&#34;:{`},
		"something after it":     {recordAttr + `="`, recordAttr + `="{}`},
		"a key that is no key":   {`{&#34;key&#34;:&#34;single`, `{&#34;key&#34;:&#34;../single`},
		"a choice's key twice":   {`{&#34;key&#34;:&#34;b&#34;`, `{&#34;key&#34;:&#34;a&#34;`},
		"no JSON":                {recordAttr + `="{`, recordAttr + `="`},
		"text where a number is": {`&#34;timeHintSeconds&#34;:90`, `&#34;timeHintSeconds&#34;:&#34;90&#34;`},
	} {
		t.Run(name, func(t *testing.T) {
			broken := strings.Replace(text, change[0], change[1], 1)
			if broken == text {
				t.Fatal("the change is not in the text")
			}
			q, notes := taken(t, broken)
			if q.State != term.Draft || !says(notes, "qti-rubric-block", "another version") {
				t.Errorf("got %s, notes %s", q.State, told(notes))
			}
		})
	}
}
