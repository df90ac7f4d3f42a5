package migration

import (
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"entgo.io/ent/dialect"
	"github.com/lib/pq"
)

// sqliteSettings hold for every connection to an SQLite file: nothing acknowledged is lost with the power,
// references are kept, a busy file is waited for, and times are text that sorts.
const sqliteSettings = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_time_format=sqlite"

// ParseURL reads the address of a database as ASSAY_DATABASE_URL gives it, `sqlite:PATH` or `postgres://…`, into
// ent's name of the dialect and what the driver takes. For SQLite that has a query already, so that a pool adds
// what only it needs: `&_txlock=immediate` to write, `&_pragma=query_only(1)` to read. A PostgreSQL address must
// set sslmode, and to verify-full unless every host in it is this machine. No error repeats the address, which
// may hold a password.
func ParseURL(address string) (dialectName, dsn string, err error) {
	switch scheme, rest, _ := strings.Cut(address, ":"); scheme {
	case "sqlite":
		dialectName = dialect.SQLite
		dsn, err = sqliteDSN(rest)
	case "postgres", "postgresql":
		dialectName, dsn = dialect.Postgres, address
		err = checkPostgres(address)
	default:
		err = errors.New("a database's address begins with sqlite: or postgres://")
	}
	if err != nil {
		return "", "", err
	}
	return dialectName, dsn, nil
}

func sqliteDSN(path string) (string, error) {
	switch {
	case path == "":
		return "", errors.New("sqlite: names no file")
	case strings.HasPrefix(path, ":") || strings.HasPrefix(path, "file:"):
		// A pool has several connections, and each would see a database of its own.
		return "", errors.New("sqlite: needs the path of a file; databases in memory are not supported")
	case strings.ContainsRune(path, '?'):
		return "", errors.New("sqlite: takes a path and no settings")
	}
	// The driver reads a URI, where some characters of a path mean something else.
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + sqliteSettings, nil
}

func checkPostgres(address string) error {
	parsed, err := url.Parse(address)
	if err != nil {
		return errors.New("the postgres:// address is malformed")
	}
	if parsed.Query().Get("sslmode") == "" {
		return errors.New("the postgres:// address must set sslmode: verify-full, or disable on this machine")
	}
	// The driver's own reading: hosts also come from the query, from a service file and from the environment.
	config, err := pq.NewConfig(address)
	if err != nil {
		return fmt.Errorf("the postgres:// address: %w", err)
	}
	if config.SSLMode == pq.SSLModeVerifyFull || thisMachine(config) {
		return nil
	}
	return fmt.Errorf("sslmode=%s is not enough for a database on another machine: use verify-full", config.SSLMode)
}

// thisMachine reports whether each host of a configuration is a socket or a loopback address.
func thisMachine(config pq.Config) bool {
	if !local(config.Host, config.Hostaddr) {
		return false
	}
	for _, other := range config.Multi {
		if !local(other.Host, other.Hostaddr) {
			return false
		}
	}
	return true
}

func local(host string, addr netip.Addr) bool {
	if addr.IsValid() {
		return addr.IsLoopback()
	}
	if host == "" || host == "localhost" || strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// OpenForMigration opens the database at an address as ParseURL reads it, fit for Apply, and names its dialect.
// The folder of an SQLite file is made if there is none.
func OpenForMigration(address string) (*sql.DB, string, error) {
	dialectName, dsn, err := ParseURL(address)
	if err != nil {
		return nil, "", err
	}
	driver := "postgres"
	if dialectName == dialect.SQLite {
		driver, dsn = "sqlite", dsn+"&_txlock=immediate"
		folder := filepath.Dir(strings.TrimPrefix(address, "sqlite:"))
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, "", fmt.Errorf("make the database's folder: %w", err)
		}
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, "", fmt.Errorf("open database: %w", err)
	}
	return db, dialectName, nil
}
