package web_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/web"
)

// TestLinksSpeakTheCandidatesLanguage opens links in browsers of several languages: the invitation's own goes first.
func TestLinksSpeakTheCandidatesLanguage(t *testing.T) {
	r := newRig(t)
	owner := r.found(t, "one")
	row, plain := r.invited(t, owner, script)
	must(r.Sittings.Invite(t.Context(), owner, sitting.InviteCandidateInput{
		TemplateID: row.TemplateID, Candidate: sitting.CandidateInput{Email: "candidate@one.example", Name: "Ann"}, Language: new("de"),
	}))(t)
	german := r.random.last
	r.byLink(t, owner)
	for _, c := range []struct{ path, accept, lang, text string }{
		{"/take/" + german, "en", "de", "Einladung öffnen"},
		{"/take/" + plain, "de-AT,de;q=0.9,en;q=0.5", "de", "Einladung öffnen"},
		{"/take/" + plain, "fr;q=0.9, EN-gb;q=0.5, de", "en", "Open the invitation"},
		{"/take/" + plain, "", "en", "Open the invitation"},
		{"/take/" + plain, "*, <script>, ;;,", "en", "Open the invitation"},
		{"/take", "de", "de", "Link schicken"},
		{"/take/in/unknown", "de", "de", "Zurückkommen"},
	} {
		got := r.ask(t, "GET", c.path, "", with("Accept-Language", c.accept))
		if got.status != http.StatusOK || !strings.Contains(got.text, `<html lang="`+c.lang+`">`) || !strings.Contains(got.text, c.text) {
			t.Errorf("%s in a browser of %q: got %d %s", c.path, c.accept, got.status, got.text)
		}
	}
	t.Run("also where they let nobody in", func(t *testing.T) {
		r.ask(t, "POST", "/take/"+german, "")
		for path, c := range map[string]struct {
			status int
			text   string
		}{
			"/take/" + german:  {http.StatusConflict, "schon benutzt"},
			"/take/unknown":    {http.StatusNotFound, "Diesen Link gibt es nicht"},
			"/take/in/unknown": {http.StatusNotFound, "Diesen Link gibt es nicht"},
		} {
			got := r.ask(t, "POST", path, "", with("Accept-Language", "de"))
			if got.status != c.status || !strings.Contains(got.text, c.text) || !strings.Contains(got.text, `action="/take"`) {
				t.Errorf("%s: got %d %s", path, got.status, got.text)
			}
		}
	})
}

func TestEveryWordIsThere(t *testing.T) {
	tables := must(web.Words())(t)
	for lang, w := range tables {
		v := reflect.ValueOf(*w)
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() == reflect.String && f.String() == "" {
				t.Errorf("%s: %s is missing", lang, v.Type().Field(i).Name)
			}
		}
		if strings.Count(w.SignedInAs, "%s") != 1 {
			t.Errorf("%s does not say who is signed in", lang)
		}
	}
}
