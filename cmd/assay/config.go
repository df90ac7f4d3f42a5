package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/caarlos0/env/v11"
)

// config is everything that the environment says. The tags make docs/configuration.md.
type config struct {
	Addr          string `env:"ASSAY_ADDR" envDefault:"127.0.0.1:8080" doc:"Address of the API and the pages."`
	AdminAddr     string `env:"ASSAY_ADMIN_ADDR" envDefault:"127.0.0.1:9090" doc:"Address of /livez, /readyz, /metrics and /debug/pprof; never the public one."`
	DatabaseURL   string `env:"ASSAY_DATABASE_URL" envDefault:"sqlite:data/assay.db" doc:"The database: sqlite:FILE, or postgres://… with sslmode set (verify-full unless it is on this machine)."`
	PublicURL     string `env:"ASSAY_PUBLIC_URL" doc:"Base of the links in mail and of sign-in; never taken from a request. Default: from ASSAY_ADDR with --dev, required without."`
	OIDCIssuer    string `env:"ASSAY_OIDC_ISSUER" doc:"The identity provider's issuer. Default: the built-in development provider with --dev, required without."`
	OIDCClientID  string `env:"ASSAY_OIDC_CLIENT_ID" doc:"The client id at the identity provider. Required without --dev."`
	OIDCSecret    string `env:"ASSAY_OIDC_CLIENT_SECRET" secret:"yes" doc:"The client secret at the identity provider. Required without --dev."`
	OIDCAudience  string `env:"ASSAY_OIDC_AUDIENCE" doc:"The audience that bearer tokens must name. Default: the client id."`
	TrustedProxy  string `env:"ASSAY_TRUSTED_PROXIES" doc:"CIDRs, separated by commas, whose X-Forwarded-For counts. Default: none."`
	SMTPURL       string `env:"ASSAY_SMTP_URL" secret:"yes" doc:"The mail server: smtp://user:password@host:587?from=name@example.com, or smtps://. Default with --dev: mail is kept and shown at /dev/mail. Required without."`
	BlobURL       string `env:"ASSAY_BLOB_URL" doc:"Where recordings are kept: file:FOLDER, or s3://BUCKET with the parameters region, endpoint, use_path_style and prefix, and credentials as the AWS SDK finds them. Default: the folder files beside the embedded database, data/files with PostgreSQL."`
	ScanURL       string `env:"ASSAY_SCAN_URL" secret:"yes" doc:"A virus scanner that takes a recording by POST and answers 200 if it is clean and 406 if it is not. Default: nothing is scanned, and every recording says so."`
	RunnerURL     string `env:"ASSAY_RUNNER_URL" doc:"A server that speaks Judge0's protocol and runs code answers; https unless it is on this machine. Default: nothing runs code, and people judge it."`
	RunnerToken   string `env:"ASSAY_RUNNER_TOKEN_FILE" doc:"A file with the token that the code runner demands (X-Auth-Token). Default: it demands none."`
	RunnerCalls   string `env:"ASSAY_RUNNER_CALLBACK" doc:"Where the code runner says that it has finished: true for ASSAY_PUBLIC_URL, or another base of this site as the runner reaches it. Default: it does not call, it is asked."`
	LogLevel      string `env:"ASSAY_LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error."`
	LogFormat     string `env:"ASSAY_LOG_FORMAT" doc:"json or text. Default: text with --dev, json without."`
	TestClockFile string `env:"ASSAY_TEST_CLOCK_FILE" doc:"A file with an offset in seconds that moves the time of sittings, read at each use; for tests, refused without --dev."`
	GC            string `env:"GOGC" doc:"How much garbage may gather before it is collected, in percent of what is in use, as Go reads it. Default: 400."`
	MemoryLimit   string `env:"GOMEMLIMIT" doc:"From where on garbage is collected however little it is, as Go reads it (such as 2GiB): set it to some four fifths of what the process may have. Default: 400MiB."`

	dev, ownProvider bool // development; and with the built-in identity provider
}

// The development provider's client; it serves loopback alone.
const (
	devClientID = "assay-development"
	devSecret   = "assay-development-secret"
	devIDPPath  = "/dev/idp"
)

// readConfig reads the environment. What is missing or malformed is an error that names each variable.
func readConfig(dev bool) (*config, error) {
	cfg := &config{dev: dev}
	if err := env.Parse(cfg); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	if dev {
		if err := cfg.develop(); err != nil {
			return nil, err
		}
	}
	if cfg.OIDCAudience == "" {
		cfg.OIDCAudience = cfg.OIDCClientID
	}
	setIfEmpty(&cfg.BlobURL, "file:"+filepath.ToSlash(filepath.Join(cfg.dataFolder(), "files")))
	cfg.PublicURL = strings.TrimSuffix(cfg.PublicURL, "/")
	return cfg, nil
}

// develop fills in what development needs and refuses to be reached from elsewhere.
func (c *config) develop() error {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("ASSAY_ADDR: %w", err)
	}
	if !onThisMachine(host) {
		return errors.New("ASSAY_ADDR: --dev serves only this machine; use 127.0.0.1 or leave --dev out")
	}
	setIfEmpty(&c.PublicURL, "http://"+c.Addr)
	setIfEmpty(&c.LogFormat, "text")
	if c.OIDCIssuer == "" {
		c.OIDCIssuer = strings.TrimSuffix(c.PublicURL, "/") + devIDPPath
		c.OIDCClientID, c.OIDCSecret, c.ownProvider = devClientID, devSecret, true
	}
	return nil
}

func onThisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func setIfEmpty(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

// builtInProvider reports whether the development identity provider serves sign-in.
func (c *config) builtInProvider() bool { return c.ownProvider }

// complete demands what serving needs without --dev.
func (c *config) complete() error {
	if c.dev {
		return nil
	}
	var missing []string
	for name, value := range map[string]string{
		"ASSAY_PUBLIC_URL": c.PublicURL, "ASSAY_OIDC_ISSUER": c.OIDCIssuer, "ASSAY_OIDC_CLIENT_ID": c.OIDCClientID,
		"ASSAY_OIDC_CLIENT_SECRET": c.OIDCSecret, "ASSAY_SMTP_URL": c.SMTPURL,
	} {
		if value == "" {
			missing = append(missing, name+" is not set")
		}
	}
	if u, err := url.Parse(c.PublicURL); c.PublicURL != "" && (err != nil || u.Scheme != "https" && !onThisMachine(u.Hostname())) {
		missing = append(missing, "ASSAY_PUBLIC_URL must begin with https:// unless it is on this machine")
	}
	if c.TestClockFile != "" {
		missing = append(missing, "ASSAY_TEST_CLOCK_FILE is refused without --dev")
	}
	if len(missing) > 0 {
		return fmt.Errorf("configuration: %s (see docs/configuration.md, or start with --dev)", strings.Join(sorted(missing), "; "))
	}
	return nil
}

// origin is the site's own, as a browser names it: the public URL without a path.
func (c *config) origin() string {
	u, err := url.Parse(c.PublicURL)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// proxies are the networks whose forwarding headers count.
func (c *config) proxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for text := range strings.SplitSeq(c.TrustedProxy, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("ASSAY_TRUSTED_PROXIES: %w", err)
		}
		all = append(all, p)
	}
	return all, nil
}

// dataFolder is where development keeps what it makes for itself.
func (c *config) dataFolder() string {
	if file, ok := strings.CutPrefix(c.DatabaseURL, "sqlite:"); ok {
		return filepath.Dir(file)
	}
	return "data"
}

func (c *config) logger() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, fmt.Errorf("ASSAY_LOG_LEVEL: %w", err)
	}
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(os.Stderr, options)), nil
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, options)), nil
}

// configDocsCommand prints docs/configuration.md.
type configDocsCommand struct{}

// Run prints the page.
func (configDocsCommand) Run() error {
	fmt.Print(configPage())
	return nil
}

// configPage is docs/configuration.md, made of the tags.
func configPage() string {
	var b strings.Builder
	b.WriteString("# Configuration\n\nThe environment says everything. This page is made from the code by `make generate`.\n\n")
	b.WriteString("| variable | default | meaning |\n|---|---|---|\n")
	for _, field := range reflect.VisibleFields(reflect.TypeFor[config]()) {
		name, ok := field.Tag.Lookup("env")
		if !ok {
			continue
		}
		value := "–"
		if d := field.Tag.Get("envDefault"); d != "" {
			value = "`" + d + "`"
		}
		meaning := field.Tag.Get("doc")
		if field.Tag.Get("secret") != "" {
			meaning += " Holds a secret."
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, value, meaning)
	}
	return b.String()
}
