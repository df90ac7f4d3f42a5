package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/login"
)

// takeFolder holds the candidate's page.
const takeFolder = "static/take"

// assets are the files of the candidate's page, packed once, below an address that names their contents: a browser
// keeps them for ever, and the modules that it runs together always belong together.
type assets struct {
	build   string            // the mark of the contents, as it stands in addresses
	packed  map[string][]byte // by name
	modules []string          // the addresses of all modules
}

func packAssets() (*assets, error) {
	a, sum := &assets{packed: map[string][]byte{}}, sha256.New()
	var names []string
	err := fs.WalkDir(staticFiles, takeFolder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := staticFiles.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(body))
		sum.Write(body)
		names = append(names, name)
		a.packed[name], err = pack(body)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("pack %s: %w", takeFolder, err)
	}
	a.build = "at-" + hex.EncodeToString(sum.Sum(nil))[:16]
	for _, name := range names {
		if path.Ext(name) == ".js" {
			a.modules = append(a.modules, a.address(path.Base(name)))
		}
	}
	return a, nil
}

func pack(body []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	_, err = z.Write(body)
	err = errors.Join(err, z.Close()) // before the bytes are taken: closing writes the last of them
	return b.Bytes(), err
}

// address is where a browser finds a file of the candidate's page.
func (a *assets) address(name string) string { return "/static/" + a.build + "/take/" + name }

// find takes the mark of the contents out of a file's name, and says how long a browser may keep the file. What another
// build's page asks for is not kept: it is only as good as nothing changed.
func (a *assets) find(name string) (plain, cache string) {
	rest, marked := strings.CutPrefix(name, "static/at-")
	if !marked {
		return name, "public, max-age=3600"
	}
	mark, rest, _ := strings.Cut(rest, "/")
	if "at-"+mark != a.build {
		return "static/" + rest, "no-store"
	}
	return "static/" + rest, "public, max-age=31536000, immutable"
}

// sittingPage is what the candidate's page is made of. Everything else it asks of the API.
type sittingPage struct {
	ID            gid.ID
	Style, Script string
	Modules       []string
}

// sitting serves the candidate's page to whoever signed in; whether the sitting is theirs, the API says.
func (s *Site) sitting(w http.ResponseWriter, r *http.Request) {
	id, err := gid.ParseKind(gid.Session, r.PathValue("id"))
	if err != nil {
		s.missing(w, r)
		return
	}
	if login.Actor(r.Context()).IsNobody() {
		http.Redirect(w, r, "/login?return_to="+url.QueryEscape(r.URL.Path), http.StatusSeeOther)
		return
	}
	w.Header().Set("Content-Security-Policy", s.sittingPolicy())
	w.Header().Set("Permissions-Policy", "microphone=(self), camera=(), geolocation=(), display-capture=()")
	s.show(w, r, http.StatusOK, "sitting", "Your assessment", sittingPage{
		ID: id, Style: s.assets.address("take.css"), Script: s.assets.address("main.js"), Modules: s.assets.modules,
	})
}

// sittingPolicy is the Content-Security-Policy of the candidate's page: scripts of ours, the API, recordings that the
// page made itself, and HTML only through the one door that the page opens for prompts.
func (s *Site) sittingPolicy() string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; media-src 'self' blob:; " +
		"form-action " + s.formTargets() + "; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types assay"
}

func unpack(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
