package authoring_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
)

func TestAQTIPackageTravelsWhole(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		m := &maker{rig: r, t: t, owner: r.owner}
		m.make(plans().Example(1))
		out := must(r.authoring.ExportQTI(t.Context(), r.owner))(t)
		if out.Notes == nil {
			t.Error("the notes are no list")
		}
		in := authoring.ImportQTIInput{Base64: out.Base64()}
		_ = r.unchanged(t, "a try", func() error {
			if report := must(r.authoring.ImportQTI(t.Context(), r.stranger, in))(t); report.Applied || report.ChangeCount() == 0 {
				t.Errorf("a try: %v", news(report))
			}
			return nil
		})
		in.Apply = true
		must(r.authoring.ImportQTI(t.Context(), r.stranger, in))(t)
		if diff := gocmp.Diff(r.exported(t, r.owner), r.exported(t, r.stranger)); diff != "" {
			t.Error(diff)
		}
		_ = r.unchanged(t, "again", func() error {
			wantNews(t, must(r.authoring.ImportQTI(t.Context(), r.stranger, in))(t))
			return nil
		})
	})
}

func TestAQTIPackageOfSomeTemplates(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.importing(t, r.owner, small)
		r.importing(t, r.owner, "format: assay-catalogue/1\nskills: [{key: rust, name: Rust}]\nroles: [{key: ops, title: Operator, status: OPEN, level: SENIOR}]\n")
		whole := r.exported(t, r.owner)
		out := must(r.authoring.ExportQTI(t.Context(), r.owner, "first"))(t)
		must(r.authoring.ImportQTI(t.Context(), r.stranger, authoring.ImportQTIInput{Base64: out.Base64(), Apply: true}))(t)
		there := r.exported(t, r.stranger)
		if there == whole || strings.Contains(there, "rust") || strings.Contains(there, "ops") || !strings.Contains(there, "key: why") {
			t.Errorf("got %s", there)
		}
		export := func(keys ...string) func() error {
			return func() error { return lastErr(r.authoring.ExportQTI(t.Context(), r.owner, keys...)) }
		}
		r.refused(t, "a template that is not there", fault.NotFound, export("first", "none"))
		r.refused(t, "too many", fault.BadInput, export(make([]string, 101)...))
	})
}

// item is a choice as another system writes it; hotspot is an interaction that nothing here can show.
const (
	item = `<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="one" title="One" adaptive="false" time-dependent="false">
<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier"><qti-correct-response><qti-value>a</qti-value></qti-correct-response></qti-response-declaration>
<qti-item-body><qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Which?</qti-prompt><qti-simple-choice identifier="a">A</qti-simple-choice><qti-simple-choice identifier="b">B</qti-simple-choice></qti-choice-interaction></qti-item-body>
<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/></qti-assessment-item>`
	hotspot = `<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="two" title="Two" adaptive="false" time-dependent="false">
<qti-item-body><qti-hotspot-interaction response-identifier="RESPONSE" max-choices="1"/></qti-item-body></qti-assessment-item>`
)

func (r *rig) takenQTI(t testing.TB, data string, role *gid.ID) *authoring.CatalogueImport {
	t.Helper()
	return must(r.authoring.ImportQTI(t.Context(), r.owner, authoring.ImportQTIInput{
		Base64: base64.StdEncoding.EncodeToString([]byte(data)), JobRoleID: role, Apply: true,
	}))(t)
}

func TestWhatQTICannotBringIsTold(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		wantNews(t, r.takenQTI(t, item, nil), "ADDED QUESTION one")
		_ = r.unchanged(t, "an unknown interaction", func() error {
			report := r.takenQTI(t, hotspot, nil)
			wantNews(t, report)
			if !strings.Contains(strings.Join(report.Notes, "\n"), "qti-hotspot-interaction") {
				t.Errorf("the notes say %q", report.Notes)
			}
			return nil
		})
		for name, text := range map[string]string{
			"no base64": "%%%", "a broken zip": base64.StdEncoding.EncodeToString([]byte("PK\x03\x04broken")), "no XML": base64.StdEncoding.EncodeToString([]byte("<a")),
		} {
			r.refused(t, name, fault.Invalid, func() error {
				_, err := r.authoring.ImportQTI(t.Context(), r.owner, authoring.ImportQTIInput{Base64: text, Apply: true})
				return err
			}, "base64")
		}
	})
}

// test is a test of the item that names no job role, as other systems write it.
const test = `<qti-assessment-test xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="t" title="Theirs">
<qti-test-part identifier="p" navigation-mode="linear" submission-mode="individual"><qti-assessment-section identifier="s" title="S" visible="true">
<qti-assessment-item-ref identifier="i" href="one.xml"/></qti-assessment-section></qti-test-part></qti-assessment-test>`

const manifest = `<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="m"><metadata><schema>QTI Package</schema><schemaversion>3.0.0</schemaversion></metadata><organizations/><resources>
<resource identifier="a" type="imsqti_item_xmlv3p0" href="one.xml"><file href="one.xml"/></resource>
<resource identifier="b" type="imsqti_test_xmlv3p0" href="test.xml"><file href="test.xml"/></resource></resources></manifest>`

// TestKeysOfAPackageHaveTheirForm refuses what no catalogue could be read with again.
func TestKeysOfAPackageHaveTheirForm(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for _, key := range []string{"A B", "", "-a", strings.Repeat("k", 65)} {
			data := zipped(t, map[string]string{
				"imsmanifest.xml":      `<manifest><resources><resource type="webcontent" href="assay/catalogue.json"/></resources></manifest>`,
				"assay/catalogue.json": `{"format": "assay-catalogue/1", "skills": [{"key": "` + key + `", "name": "Go"}]}`,
			})
			r.refused(t, key, fault.Invalid, func() error {
				_, err := r.authoring.ImportQTI(t.Context(), r.owner, authoring.ImportQTIInput{Base64: base64.StdEncoding.EncodeToString([]byte(data)), Apply: true})
				return err
			}, "document.skills.0.key")
		}
	})
}

func TestATestNeedsAJobRole(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		data := zipped(t, map[string]string{"imsmanifest.xml": manifest, "one.xml": item, "test.xml": test})
		report := r.takenQTI(t, data, nil)
		wantNews(t, report, "ADDED QUESTION one")
		if !strings.Contains(strings.Join(report.Notes, "\n"), "the test Theirs was left behind: name the job role that it is for") {
			t.Errorf("the notes say %q", report.Notes)
		}
		byKey := func(key string) error {
			_, err := r.authoring.ImportQTI(t.Context(), r.owner, authoring.ImportQTIInput{Base64: base64.StdEncoding.EncodeToString([]byte(data)), JobRoleKey: key})
			return err
		}
		r.refused(t, "an unknown key", fault.Invalid, func() error { return byKey("none") }, "document.templates.0.role")
		must(r.authoring.CreateJobRole(t.Context(), r.owner, authoring.CreateJobRoleInput{Fields: r.roleFields(), Key: new("dev")}))(t)
		if err := byKey("dev"); err != nil {
			t.Error(err)
		}
		role := r.jobRole(t).ID
		wantNews(t, r.takenQTI(t, data, &role), "ADDED TEMPLATE t")
		_ = r.unchanged(t, "again", func() error { wantNews(t, r.takenQTI(t, data, &role)); return nil })
		foreign := must(r.authoring.CreateJobRole(t.Context(), r.stranger, authoring.CreateJobRoleInput{Fields: r.roleFields()}))(t).ID
		r.refused(t, "another organization's job role", fault.NotFound, func() error {
			_, err := r.authoring.ImportQTI(t.Context(), r.owner, authoring.ImportQTIInput{Base64: base64.StdEncoding.EncodeToString([]byte(data)), JobRoleID: &foreign})
			return err
		})
	})
}

func zipped(t testing.TB, files map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range files {
		f := must(w.Create(name))(t)
		must(f.Write([]byte(text)))(t)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
