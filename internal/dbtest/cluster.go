package dbtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// errNoPostgres says that there is nothing to start.
var errNoPostgres = errors.New("no PostgreSQL: install it (Debian: apt-get install postgresql; macOS: brew install postgresql), or set ASSAY_TEST_POSTGRES_URL to a server whose role may create databases")

// What a cluster is started with. Fast ones lose acknowledged writes when they are killed.
var (
	fast    = []string{"fsync=off", "synchronous_commit=off", "full_page_writes=off"}
	durable = []string{"fsync=on", "synchronous_commit=on", "full_page_writes=on"}
)

// supervise makes a cluster in the folder $2 with the programs in $1, starts it with the options $3, says "ready",
// waits until its input ends, and removes everything. The input is a pipe that nobody but the process which asked
// for the cluster holds open, so it ends with that process, even with one that was killed.
const supervise = `
"$1/initdb" --pgdata="$2/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync >"$2/log" 2>&1 &&
"$1/pg_ctl" --pgdata="$2/data" --log="$2/log" --options="$3" --wait start >>"$2/log" 2>&1 &&
echo ready || { cat "$2/log"; }
exec >/dev/null
cat >/dev/null
"$1/pg_ctl" --pgdata="$2/data" --mode=immediate --wait stop >/dev/null 2>&1
rm -rf "$2"
`

// cluster is a running private PostgreSQL.
type cluster struct {
	url      string   // of the database postgres, as a role that may create databases and is no superuser
	folder   string   // where it lives
	programs string   // the folder of what runs it
	settings []string // that it was started with
	lifeline *os.File // closing it ends the cluster
	process  *exec.Cmd
}

// kept holds the clusters that live as long as the process: a garbage-collected lifeline would end them.
var kept []*cluster

func keepAlive(c *cluster) { kept = append(kept, c) }

// stop ends the cluster and waits until nothing of it is left.
func (c *cluster) stop() error {
	return errors.Join(c.lifeline.Close(), c.process.Wait())
}

// start makes a cluster that listens on a socket in its own folder, so that no port can be taken.
func start(settings []string) (*cluster, error) {
	programs, err := installed()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "assay-pg-")
	if err != nil {
		return nil, err
	}
	process, err := beside(folder, "sh", "-c", supervise, "sh", programs, folder, options(folder, settings))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	c, err := launch(process, folder)
	if err != nil {
		return nil, err
	}
	c.url, c.programs, c.settings = socketURL("assay", folder), programs, settings
	err = execute(context.Background(), socketURL("postgres", folder), "CREATE ROLE assay LOGIN CREATEDB")
	if err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return c, nil
}

// beside is a command that runs in a cluster's folder, as the user who runs the cluster, in a session of its own: an
// interrupt from the terminal must not reach it before the tests have ended.
func beside(folder, name string, args ...string) (*exec.Cmd, error) {
	process := exec.Command(name, args...)
	process.Dir = folder
	process.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return process, becomeUnprivileged(process, folder)
}

// kill ends every process of the cluster at once, as kill -9 does, and waits until none is left. What they had not
// written is lost; the folder stays as it is.
func (c *cluster) kill() error {
	first, err := c.postmaster()
	if err != nil {
		return err
	}
	// Stopped, it begins no further process while the others are looked for.
	if err := syscall.Kill(first, syscall.SIGSTOP); err != nil {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	all, err := children(first)
	all = append(all, first)
	for _, id := range all {
		if killed := syscall.Kill(id, syscall.SIGKILL); !errors.Is(killed, syscall.ESRCH) {
			err = errors.Join(err, killed)
		}
	}
	if err != nil {
		return fmt.Errorf("kill PostgreSQL: %w", err)
	}
	return awaitEnd(all)
}

// postmaster is the process that all others of the cluster come from.
func (c *cluster) postmaster() (int, error) {
	text, err := os.ReadFile(filepath.Join(c.folder, "data", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(line)
}

// children lists the processes that a process began.
func children(parent int) ([]int, error) {
	text, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var found []int
	for line := range strings.Lines(string(text)) {
		var id, of int
		if _, err := fmt.Sscan(line, &id, &of); err != nil {
			return nil, fmt.Errorf("list processes: %q: %w", line, err)
		}
		if of == parent {
			found = append(found, id)
		}
	}
	return found, nil
}

// awaitEnd waits until processes that were killed are gone: what starts on their folder would take them for running.
func awaitEnd(ids []int) error {
	ticker, late := time.NewTicker(time.Millisecond), time.After(30*time.Second)
	defer ticker.Stop()
	for {
		ids = slices.DeleteFunc(ids, func(id int) bool { return errors.Is(syscall.Kill(id, 0), syscall.ESRCH) })
		if len(ids) == 0 {
			return nil
		}
		select {
		case <-ticker.C:
		case <-late:
			return fmt.Errorf("the processes %v were killed and are still there", ids)
		}
	}
}

// restart starts a cluster that was killed, on the same folder with the same settings, and waits until it has recovered.
func (c *cluster) restart() error {
	process, err := beside(c.folder, filepath.Join(c.programs, "pg_ctl"), "--pgdata="+filepath.Join(c.folder, "data"),
		"--log="+filepath.Join(c.folder, "log"), "--options="+options(c.folder, c.settings), "--wait", "start")
	if err != nil {
		return err
	}
	// Its output is no pipe: PostgreSQL would inherit it, and whoever waits for its end would wait for ever.
	if err := process.Run(); err != nil {
		log, _ := os.ReadFile(filepath.Join(c.folder, "log"))
		return fmt.Errorf("restart PostgreSQL: %w\n%s", err, log)
	}
	return nil
}

func options(folder string, settings []string) string {
	all := append([]string{
		"listen_addresses=", "unix_socket_directories=" + folder, "max_connections=200", "shared_buffers=32MB",
	}, settings...)
	return "-c " + strings.Join(all, " -c ")
}

func socketURL(role, folder string) string {
	query := url.Values{"host": {folder}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.User(role), Path: "/postgres", RawQuery: query.Encode()}
	return u.String()
}

// launch starts the supervisor and waits for its word.
func launch(process *exec.Cmd, folder string) (*cluster, error) {
	// Files rather than the readers and writers of os/exec: those would need goroutines.
	input, lifeline, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	word, output, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, input.Close(), lifeline.Close())
	}
	process.Stdin, process.Stdout = input, output
	err = process.Start()
	err = errors.Join(err, input.Close(), output.Close())
	if err != nil {
		return nil, errors.Join(err, lifeline.Close(), word.Close(), os.RemoveAll(folder))
	}
	c := &cluster{folder: folder, lifeline: lifeline, process: process}
	said, err := io.ReadAll(bufio.NewReader(word))
	err = errors.Join(err, word.Close())
	if err != nil || string(said) != "ready\n" {
		return nil, errors.Join(err, c.stop(), fmt.Errorf("start PostgreSQL: %s", said))
	}
	return c, nil
}

// installed gives the folder of the PostgreSQL programs: beside the one in PATH, or Debian's newest.
func installed() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil && hasServer(filepath.Dir(path)) {
			return filepath.Dir(path), nil
		}
	}
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	folders = slices.DeleteFunc(folders, func(folder string) bool { return !hasServer(folder) })
	if len(folders) == 0 {
		return "", errNoPostgres
	}
	return slices.MaxFunc(folders, func(a, b string) int { return version(a) - version(b) }), nil
}

func hasServer(folder string) bool {
	for _, program := range []string{"initdb", "pg_ctl", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(folder, program)); err != nil {
			return false
		}
	}
	return true
}

// version reads the major version out of /usr/lib/postgresql/15/bin; what is no number counts as the oldest.
func version(folder string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
	if err != nil {
		return 0
	}
	return n
}

// becomeUnprivileged lets another user run the process and own the folder if we are root, whom PostgreSQL refuses.
func becomeUnprivileged(process *exec.Cmd, folder string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	someone, err := user.Lookup("postgres")
	if err != nil {
		someone, err = user.Lookup("nobody")
	}
	if err != nil {
		return fmt.Errorf("find a user to run PostgreSQL, which refuses root: %w", err)
	}
	uid, uidErr := strconv.ParseUint(someone.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(someone.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr); err != nil {
		return err
	}
	process.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(folder, int(uid), int(gid))
}
