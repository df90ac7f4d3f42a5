package mail_test

import (
	"bufio"
	"context"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/mail"
)

// letter is what the server was given.
type letter struct{ from, to, data string }

// server is the least that can be called a mail server.
type server struct {
	listener net.Listener
	refuse   string // an address that it does not know
	mu       sync.Mutex
	letters  []letter
	verbs    []string
	open     []net.Conn
}

func serve(t *testing.T, address string) *server {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{listener: l}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open = append(s.open, conn)
			s.mu.Unlock()
			open.Go(func() { s.talk(conn) })
		}
	})
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		for _, conn := range s.open {
			_ = conn.Close()
		}
		s.mu.Unlock()
		open.Wait()
	})
	return s
}

func (s *server) url() string {
	return "smtp://" + s.listener.Addr().String() + "?from=assay@example.com"
}

// talk answers one connection until it ends.
func (s *server) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }() // once more than needed, perhaps
	in := bufio.NewReader(conn)
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	say("220 ready")
	var now letter
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		verb = strings.ToUpper(verb)
		s.note(verb)
		switch {
		case verb == "EHLO":
			say("250-here")
			say("250 8BITMIME")
		case verb == "MAIL":
			now = letter{from: address(rest)}
			say("250 ok")
		case verb == "RCPT" && address(rest) == s.refuse:
			say("550 nobody of this name")
		case verb == "RCPT":
			now.to = address(rest)
			say("250 ok")
		case verb == "DATA":
			say("354 go on")
			now.data = readData(in)
			s.keep(now)
			say("250 kept")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (s *server) note(verb string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verbs = append(s.verbs, verb)
}

func (s *server) keep(l letter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, l)
}

func (s *server) kept() []letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.letters
}

func address(rest string) string {
	_, after, _ := strings.Cut(rest, "<")
	inner, _, _ := strings.Cut(after, ">")
	return inner
}

// readData reads up to the lonely dot and takes the stuffed ones away.
func readData(in *bufio.Reader) string {
	var data strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return data.String()
		}
		data.WriteString(strings.TrimPrefix(line, "."))
	}
}

func sender(t *testing.T, url string) *mail.Sender {
	t.Helper()
	s, err := mail.NewSender(url)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// open reads a letter as a mailbox does.
func open(t *testing.T, l letter) (header netmail.Header, subject, text string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(l.data))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	body := m.Body
	if m.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		body = quotedprintable.NewReader(body)
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return m.Header, subject, strings.ReplaceAll(string(raw), "\r\n", "\n")
}

func TestSend(t *testing.T) {
	s := serve(t, "127.0.0.1:0")
	out := sender(t, s.url())
	text := "Grüß Gott,\n\n.a line that begins with a dot\n.\n" + strings.Repeat("long ", 400) + "\nhttps://assay.test/take/abc=def\n"
	if err := out.Send(t.Context(), "mai_1", "ann@example.com", "Einladung: Prüfung „Go“", text); err != nil {
		t.Fatal(err)
	}
	got := s.kept()
	if len(got) != 1 || got[0].from != "assay@example.com" || got[0].to != "ann@example.com" {
		t.Fatalf("got %+v", got)
	}
	header, subject, body := open(t, got[0])
	if diff := cmp.Diff("Einladung: Prüfung „Go“", subject); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(text, body); diff != "" {
		t.Error(diff)
	}
	if id := header.Get("Message-ID"); id != "<mai_1@assay>" {
		t.Errorf("message id %q", id)
	}
	if to := header.Get("To"); to != "<ann@example.com>" {
		t.Errorf("to %q", to)
	}
}

func TestTheSameMailAgainHasTheSameMessageID(t *testing.T) {
	s := serve(t, "127.0.0.1:0")
	out := sender(t, s.url())
	for range 2 {
		if err := out.Send(t.Context(), "mai_7", "ann@example.com", "s", "t"); err != nil {
			t.Fatal(err)
		}
	}
	first, _, _ := open(t, s.kept()[0])
	second, _, _ := open(t, s.kept()[1])
	if first.Get("Message-ID") != second.Get("Message-ID") {
		t.Errorf("%q, %q", first.Get("Message-ID"), second.Get("Message-ID"))
	}
}

func TestNothingOfASubjectBecomesAHeader(t *testing.T) {
	s := serve(t, "127.0.0.1:0")
	if err := sender(t, s.url()).Send(t.Context(), "m", "ann@example.com", "Hello\r\nBcc: eve@example.com\r\n\r\nbody", "t"); err != nil {
		return // refusing it is as good
	}
	header, _, text := open(t, s.kept()[0])
	if header.Get("Bcc") != "" || strings.TrimSpace(text) != "t" {
		t.Errorf("got %v, %q", header, text)
	}
}

func TestSendFails(t *testing.T) {
	s := serve(t, "127.0.0.1:0")
	s.refuse = "nobody@example.com"
	out := sender(t, s.url())
	for name, to := range map[string]string{
		"the server knows no such recipient": "nobody@example.com",
		"no address":                         "not an address",
		"two recipients in one":              "a@example.com>\r\nRCPT TO:<b@example.com",
	} {
		if err := out.Send(t.Context(), "m", to, "s", "t"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := out.Send(ended, "m", "ann@example.com", "s", "t"); err == nil {
		t.Error("a context that has ended: no error")
	}
	if got := s.kept(); got != nil {
		t.Errorf("kept %v", got)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := "smtp://" + l.Addr().String() + "?from=a@example.com"
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := sender(t, gone).Send(t.Context(), "m", "ann@example.com", "s", "t"); err == nil {
		t.Error("no server: no error")
	}
	if err := sender(t, s.url()+"%0d%0aX").Send(t.Context(), "m", "ann@example.com", "s", "t"); err == nil {
		t.Error("a sender that is no address: no error")
	}
}

// TestWithoutEncryptionItSpeaksOnlyToThisMachine uses a loopback address that is not one of the well-known names.
func TestWithoutEncryptionItSpeaksOnlyToThisMachine(t *testing.T) {
	s := serve(t, "127.0.0.2:0")
	url := strings.Replace(s.url(), "smtp://", "smtp://user:secret@", 1)
	if err := sender(t, url).Send(t.Context(), "m", "ann@example.com", "s", "t"); err == nil {
		t.Error("sent in the clear")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, verb := range s.verbs {
		if verb == "AUTH" || verb == "MAIL" || verb == "DATA" {
			t.Errorf("it said %s in the clear", verb)
		}
	}
}

func TestNewSenderRefuses(t *testing.T) {
	for _, url := range []string{
		"", "example.com:25", "http://example.com?from=a@example.com", "smtp://?from=a@example.com", "smtp://example.com:25",
		"smtp://example.com:x?from=a@example.com", "smtp://example.com:99999?from=a@example.com", "smtp://a b?from=x",
	} {
		if _, err := mail.NewSender(url); err == nil {
			t.Errorf("%q: no error", url)
		}
	}
	for _, url := range []string{
		"smtp://example.com?from=a@example.com", "smtps://user:password@example.com:465?from=a@example.com",
	} {
		if _, err := mail.NewSender(url); err != nil {
			t.Errorf("%q: %v", url, err)
		}
	}
}
