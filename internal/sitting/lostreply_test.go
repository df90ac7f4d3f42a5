package sitting_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/policy"
)

// thief stands between the server and PostgreSQL and, when it is told to, steals what belongs to a COMMIT and cuts the
// connection.
type thief struct {
	listener net.Listener
	network  string
	address  string // of the database
	steal    atomic.Int32
	stolen   [3]atomic.Int64
	all      sync.WaitGroup
}

// What is stolen.
const (
	nothing int32 = iota
	theReply
	theRequest
)

// between gives the address of a database with a thief before it.
func between(t *testing.T, db dbtest.Database) (*thief, dbtest.Database) {
	t.Helper()
	u := must(url.Parse(db.URL))(t)
	th := &thief{listener: must(net.Listen("tcp", "127.0.0.1:0"))(t), network: "tcp", address: u.Host}
	query := u.Query()
	if folder := query.Get("host"); folder != "" {
		th.network, th.address = "unix", filepath.Join(folder, ".s.PGSQL.5432")
	}
	query.Del("host")
	u.Host, u.RawQuery = th.listener.Addr().String(), query.Encode()
	th.all.Go(th.serve)
	t.Cleanup(func() { _ = th.listener.Close(); th.all.Wait() })
	return th, dbtest.Database{Dialect: db.Dialect, URL: u.String()}
}

func (th *thief) serve() {
	for {
		client, err := th.listener.Accept()
		if err != nil {
			return
		}
		th.all.Go(func() { th.relay(client) })
	}
}

// relay passes on both ways what one side sends, until one ends or the thief strikes.
func (th *thief) relay(client net.Conn) {
	defer client.Close()
	server, err := net.Dial(th.network, th.address)
	if err != nil {
		return
	}
	var strikes atomic.Bool
	var back sync.WaitGroup
	back.Go(func() {
		defer client.Close()
		pass(server, client, func([]byte) bool { return !strikes.Load() })
	})
	defer back.Wait()
	defer server.Close()
	pass(client, server, func(sent []byte) bool {
		if !bytes.Contains(sent, []byte("COMMIT\x00")) {
			return true
		}
		what := th.steal.Swap(nothing)
		th.stolen[what].Add(1)
		strikes.Store(what == theReply)
		return what != theRequest
	})
}

// pass copies what is let through, until either side ends or something is not.
func pass(from, to net.Conn, let func([]byte) bool) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			if !let(buffer[:n]) {
				return
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// TestLostReplies loses the reply to a COMMIT, or the COMMIT itself, of saves and submissions. Whoever asked is told that
// nobody knows, repeats, and has the effect once.
func TestLostReplies(t *testing.T) {
	th, db := between(t, dbtest.Postgres(t))
	r := newRig(t, db)
	const candidates, saves = 5, 8
	unknown := 0
	// ask asks until it is answered, and loses the first answer.
	ask := func(what int32, call func() error) {
		t.Helper()
		th.steal.Store(what)
		err := call()
		if what == nothing {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		unknown++
		if !fault.Is(err, fault.Unavailable) {
			t.Fatalf("got %v, want Unavailable", err)
		}
		if err := call(); err != nil {
			t.Fatalf("again: %v", err)
		}
	}
	fates := []int32{theReply, nothing, theRequest}
	for c := range candidates {
		id, who := r.started(t)
		for n := range saves {
			ask(fates[(c+n)%len(fates)], r.saves(t, who, save(id, n, fmt.Sprint("save ", n), fmt.Sprint("text ", n))))
		}
		key := "submit " + id.String()
		var first string
		submit := func() error {
			s, err := r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id, IdempotencyKey: &key})
			if err == nil && s.Receipt == nil {
				return errors.New("no receipt")
			}
			if err == nil {
				first = s.Receipt.Hash
			}
			return err
		}
		ask(fates[c%len(fates)], submit)
		r.effectOnce(t, id, who, saves, first)
	}
	if lost := int(th.stolen[theReply].Load() + th.stolen[theRequest].Load()); lost != unknown {
		t.Errorf("%d were lost and %d were told so", lost, unknown)
	}
	t.Logf("%d replies and %d requests were lost", th.stolen[theReply].Load(), th.stolen[theRequest].Load())
}

// effectOnce demands that a submitted sitting has each of its saves and its submission once.
func (r *rig) effectOnce(t *testing.T, id gid.ID, who policy.Actor, saves int, receipt string) {
	t.Helper()
	session := "session_id = '" + id.UUID() + "'"
	if rows := r.texts(t, "SELECT revision FROM responses WHERE "+session); len(rows) != saves {
		t.Errorf("%d revisions, want %d", len(rows), saves)
	}
	for what, query := range map[string]string{
		"events":  "SELECT id FROM events WHERE type = 'session.submitted' AND subject_id = '" + id.UUID() + "'",
		"audited": "SELECT id FROM audit_events WHERE detail::text LIKE '%session.submitted%' AND subject_id = '" + id.UUID() + "'",
		"jobs":    "SELECT id FROM river_job WHERE kind = 'score_session' AND args::text LIKE '%" + id.String() + "%'",
	} {
		if rows := r.texts(t, query); len(rows) != 1 {
			t.Errorf("%s: %d, want one", what, len(rows))
		}
	}
	if got := r.read(t, who, id).Receipt; got == nil || got.Hash != receipt {
		t.Errorf("the receipt is %v, and was %s", got, receipt)
	}
}
