package migration

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"entgo.io/ent/dialect"
)

// file is one numbered migration.
type file struct {
	number int
	name   string // the file's name without its ending: 0001_first
	sql    string
	hash   string
}

var fileName = regexp.MustCompile(`^([0-9]{4})_[a-z0-9_]+\.sql$`)

// Folder is where the files of one database lie, below the package's own folder; an unknown database is an error.
func Folder(dialectName string) (string, error) {
	switch dialectName {
	case dialect.Postgres:
		return "sql/postgres", nil
	case dialect.SQLite:
		return "sql/sqlite", nil
	default:
		return "", fmt.Errorf("no migrations for the database %q", dialectName)
	}
}

// load reads the files of one database in order. The numbers count up from 1 without a gap, so that two branches
// which both add the next number cannot be merged unnoticed.
func load(fsys fs.FS, dialectName string) ([]file, error) {
	folder, err := Folder(dialectName)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(fsys, folder+"/*.sql") // sorted, and empty when there is no folder
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	files := make([]file, 0, len(names))
	for i, name := range names {
		f, err := read(fsys, name)
		if err != nil {
			return nil, err
		}
		if f.number != i+1 {
			return nil, fmt.Errorf("migration %s: the next number is %04d", f.name, i+1)
		}
		files = append(files, f)
	}
	return files, nil
}

func read(fsys fs.FS, name string) (file, error) {
	base := path.Base(name)
	match := fileName.FindStringSubmatch(base)
	if match == nil {
		return file{}, fmt.Errorf("migration %s: a name is four digits, an underscore and lower-case words, like 0001_first.sql", base)
	}
	number, err := strconv.Atoi(match[1])
	if err != nil {
		return file{}, fmt.Errorf("migration %s: %w", base, err)
	}
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return file{}, fmt.Errorf("read migration: %w", err)
	}
	sum := sha256.Sum256(text)
	return file{number: number, name: strings.TrimSuffix(base, ".sql"), sql: string(text), hash: hex.EncodeToString(sum[:])}, nil
}

// same refuses a file that is not the one that was applied under its number.
func (f file) same(name, hash string) error {
	if f.name != name {
		return fmt.Errorf("the database has applied %s under this number", name)
	}
	if f.hash != hash {
		return fmt.Errorf("the file was edited after the database had applied it; undo the edit and add a new migration")
	}
	return nil
}
