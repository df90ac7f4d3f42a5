package web

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/policy"
)

// discreet keeps the address of a page, which holds a secret, from wherever the page leads. A browser then names no
// origin with our forms; those that know Sec-Fetch-Site, as all do since 2023, say there that it is ours.
func discreet(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		next(w, r)
	}
}

// lostPage is what somebody sees who wants to come back to their sitting.
type lostPage struct {
	Token   string // of the link that they came by
	Trouble string // what was wrong with a link
	Asked   bool   // for a new one
}

// lost shows the form for who has lost their session.
func (s *Site) lost(w http.ResponseWriter, r *http.Request) {
	in := s.wordsFor(r, "")
	s.showWords(w, r, http.StatusOK, "lost", in, in.ComeBack, lostPage{})
}

// askLink mails a link to come back by. The answer is the same for every address, and does not wait for what is done
// with it: neither tells whether somebody was invited.
func (s *Site) askLink(w http.ResponseWriter, r *http.Request) {
	in := s.wordsFor(r, "")
	address, plain := policy.NormalAddress(r.PostFormValue("email"))
	if !plain {
		s.showWords(w, r, http.StatusBadRequest, "lost", in, in.ComeBack, lostPage{Trouble: in.NotPlain})
		return
	}
	if !s.asks.admit(network(ClientAddress(s.cfg.Proxies)(r)), s.cfg.Now()) {
		w.Header().Set("Retry-After", "3600")
		s.showWords(w, r, http.StatusTooManyRequests, "lost", in, in.ComeBack, lostPage{Trouble: in.TooMany})
		return
	}
	s.later(r.Context(), "mail a link to come back by", func(ctx context.Context) error { return s.cfg.SignInLink(ctx, address) })
	s.showWords(w, r, http.StatusOK, "lost", in, in.Mailbox, lostPage{Asked: true})
}

// How often a link to come back by may be asked for from one network in askSpan, by one process: so often that a room full of
// candidates is let through, and nobody tries addresses by the thousand.
const (
	mostAsks = 60
	askSpan  = time.Hour
)

// quota counts, for each of those who ask, how often they did since the span began, in this process.
type quota[K comparable] struct {
	most int // in a span
	span time.Duration

	mu    sync.Mutex
	began time.Time
	of    map[K]int
}

// mostCounted bounds what is remembered.
const mostCounted = 10_000

// admit counts one more and reports whether it may pass.
func (q *quota[K]) admit(who K, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if now.Sub(q.began) >= q.span || now.Before(q.began) || len(q.of) >= mostCounted {
		q.began, q.of = now, map[K]int{}
	}
	q.of[who]++
	return q.of[who] <= q.most
}

// network is an address, or of the sixth version the part that one customer is given. What is not known to come from anywhere is
// one network.
func network(address string) netip.Prefix {
	at, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	bits := at.BitLen()
	if at.Is6() {
		bits = 64
	}
	prefix, _ := at.WithZone("").Prefix(bits) // a number of bits that it has
	return prefix
}

// comeBack shows what a link to come back by is for. Opening it changes nothing.
func (s *Site) comeBack(w http.ResponseWriter, r *http.Request) {
	in := s.wordsFor(r, "")
	s.showWords(w, r, http.StatusOK, "lost", in, in.ComeBack, lostPage{Token: r.PathValue("token")})
}

// enterAgain signs the holder of a link to come back by in.
func (s *Site) enterAgain(w http.ResponseWriter, r *http.Request) {
	entry, err := s.cfg.Sittings.ComeBack(r.Context(), login.Actor(r.Context()), r.PathValue("token"))
	if err != nil {
		s.notEntered(w, r, s.wordsFor(r, ""), err)
		return
	}
	s.entered(w, r, entry)
}

// entered leads whom a link let in to the sitting's own page, and begins the session of who was signed in by it. Nothing
// starts by that.
func (s *Site) entered(w http.ResponseWriter, r *http.Request, entry *sitting.Entry) {
	if entry.Identity != nil {
		if err := s.cfg.Login.Enter(w, r, *entry.Identity); err != nil {
			s.faulty(w, r, err)
			return
		}
	}
	http.Redirect(w, r, "/sittings/"+entry.Sitting.ID.String(), http.StatusSeeOther)
}

// notEntered says why a link let nobody in, and offers another one to whom that may help.
func (s *Site) notEntered(w http.ResponseWriter, r *http.Request, in *words, err error) {
	said, status := in.fault(err), http.StatusConflict
	if said == "" {
		s.faulty(w, r, err)
		return
	}
	if fault.Is(err, fault.NotFound) {
		status = http.StatusNotFound
	}
	s.showWords(w, r, status, "lost", in, in.ComeBack, lostPage{Trouble: said})
}

// How many errands are under way at most, and how long one may take.
const (
	mostErrands = 8
	errandTime  = 20 * time.Second
)

// later does something after the answer. What comes when too much is under way already is left: whoever asked for it asks
// again.
func (s *Site) later(ctx context.Context, what string, do func(context.Context) error) {
	select {
	case s.errands <- struct{}{}:
	default:
		s.cfg.Log.WarnContext(ctx, "errand left", "errand", what, "request", RequestID(ctx))
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), errandTime)
	go func() {
		defer func() { <-s.errands }()
		defer cancel()
		if err := attempt(ctx, do); err != nil {
			s.cfg.Log.ErrorContext(ctx, "errand", "errand", what, "error", err, "request", RequestID(ctx))
		}
	}()
}

// attempt makes an error of a panic, which would end the process outside a request.
func attempt(ctx context.Context, do func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do(ctx)
}
