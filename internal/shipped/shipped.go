// Package shipped is the catalogue that comes with Assay: roles, skills, questions and templates.
//
// It lies in YAML files, which are read in the order of their names and are one document together. The package only
// reads them; internal/authoring brings the document into an organization like any other.
package shipped

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/assay-hq/assay/internal/catalogue"
)

//go:embed catalogue/*.yaml
var files embed.FS

// Catalogue reads the whole catalogue. A file that cannot be read, or a key that two files have, is an error that names
// the place.
func Catalogue() (*catalogue.Document, error) {
	names, err := fs.Glob(files, "catalogue/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list shipped catalogue: %w", err)
	}
	j := &joining{doc: &catalogue.Document{Format: catalogue.Format}, seen: map[string]string{}}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read shipped catalogue: %w", err)
		}
		part, _, err := catalogue.Read(data)
		if err != nil {
			return nil, fmt.Errorf("shipped %s: %w", name, err)
		}
		if err := j.add(name, part); err != nil {
			return nil, err
		}
	}
	return j.doc, nil
}

// YAML is the whole catalogue as one document in its canonical form.
func YAML() (string, error) {
	doc, err := Catalogue()
	if err != nil {
		return "", err
	}
	text, err := doc.YAML()
	if err != nil {
		return "", fmt.Errorf("write shipped catalogue: %w", err)
	}
	return string(text), nil
}

// joining is the catalogue while files are added to it.
type joining struct {
	doc  *catalogue.Document
	seen map[string]string // the file of each noun and key
}

func (j *joining) add(file string, part *catalogue.Document) error {
	for _, key := range keys(part) {
		if other, taken := j.seen[key]; taken {
			return fmt.Errorf("shipped %s: the %s is in %s already", file, key, other)
		}
		j.seen[key] = file
	}
	j.doc.Skills = append(j.doc.Skills, part.Skills...)
	j.doc.Roles = append(j.doc.Roles, part.Roles...)
	j.doc.Questions = append(j.doc.Questions, part.Questions...)
	j.doc.Templates = append(j.doc.Templates, part.Templates...)
	return nil
}

// keys names every entry of a document by its noun and key.
func keys(d *catalogue.Document) []string {
	var all []string
	for _, s := range d.Skills {
		all = append(all, "skill "+s.Key)
	}
	for _, r := range d.Roles {
		all = append(all, "role "+r.Key)
	}
	for _, q := range d.Questions {
		all = append(all, "question "+q.Key)
	}
	for _, t := range d.Templates {
		all = append(all, "template "+t.Key)
	}
	return all
}
