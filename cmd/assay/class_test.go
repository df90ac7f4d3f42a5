package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/migration"
)

// class is candidates who sit while things break: some take one sitting after the other, and some share one that never ends,
// each with a question of their own. It keeps what was acknowledged to them.
type class struct {
	*stage
	recruiter, candidate string // tokens
	short, long          string // templates: two keyed questions; these and two texts
	players              []*player
	shared               *life
	lives                []*life // that players are done with; some were only invited
	seen                 []told  // of the feed, as far as it was read
	cursor               *string
	guard                sync.Mutex // of lives
	acknowledged, again  atomic.Int64
	unheard              int // saves that were stored and whose acknowledgement was lost
}

// life is one session, from its invitation on, as it was acknowledged.
type life struct {
	template        string
	onlyInvited     bool
	session, secret string
	resent          int
	accepted, begun bool
	answers         map[string]*written // by the place of the question
	marks           map[string]*mark
	left            int // how much is still done before it is handed in
	submitting      bool
	receipt         string // since it was handed in
}

// written is the answer to one question.
type written struct {
	revision int    // the last acknowledged
	text     string // of that revision
	open     *pending
}

// pending is a save that was sent and perhaps not acknowledged.
type pending struct {
	key, text string
	revision  int // that it will be, if it was stored
}

// mark is whether a question is marked.
type mark struct {
	on   bool
	open *bool // what was sent and perhaps not acknowledged
}

// act is a request that has one effect, however often it is sent.
type act struct {
	verb, selection, token string
	input                  vars
	done                   func(answer *reply) error
}

// player sends one act after the other, each until it is acknowledged.
type player struct {
	number, serial int
	random         *rand.Rand
	life           *life
	places         []string // whose answers are theirs
	open           *act
}

// How many take sittings of their own, and the places of the questions.
const takers = 4

var (
	keyed  = []string{"1.1", "1.2"}
	texts  = []string{"1.3", "1.4"}
	places = slices.Concat(keyed, texts)
)

// newClass makes the templates and the players.
func newClass(t *testing.T, s *site) *class {
	t.Helper()
	c := &class{stage: &stage{site: s}, recruiter: s.as(t, recruiter), candidate: s.as(t, candidate)}
	c.role = must[object](t, c.tell(t, recruiter, "createJobRole", "jobRole { id }",
		vars{"fields": vars{"title": "Tester", "level": "ENTRY"}})).ID
	c.questions = []string{
		c.question(t, recruiter, "SINGLE_CHOICE", vars{"prompt": "Which?", "choices": []vars{{"key": "a", "text": "This", "correct": true}, {"key": "b", "text": "That"}}}),
		c.question(t, recruiter, "NUMERIC", vars{"prompt": "How many?", "numeric": vars{"value": "7"}}),
	}
	c.short = c.published(t, "Short")
	for range texts {
		c.questions = append(c.questions, c.question(t, recruiter, "LONG_TEXT", vars{"prompt": "Why?", "criteria": []vars{
			{"key": "depth", "text": "Goes deep", "levels": []vars{{"points": 0, "anchor": "no"}, {"points": 2, "anchor": "yes"}}},
		}}))
	}
	c.long = c.published(t, "Long")
	for i := range takers {
		c.players = append(c.players, &player{number: i, random: rand.New(rand.NewPCG(uint64(i), uint64(time.Now().UnixNano())))})
	}
	c.share(t)
	return c
}

func (c *class) published(t *testing.T, name string) string {
	t.Helper()
	id := c.newTemplate(t, recruiter, name, "PT8H")
	must[object](t, c.tell(t, recruiter, "publishTemplate", "template { id }", vars{"id": id}))
	return id
}

// share begins the sitting that several answer at once.
func (c *class) share(t *testing.T) {
	t.Helper()
	first := &player{number: takers, life: &life{template: c.long}}
	for !first.life.begun {
		if err := c.send(t.Context(), http.DefaultClient, first); err != nil {
			t.Fatal(err)
		}
	}
	c.shared = first.life
	for i, place := range places {
		c.players = append(c.players, &player{number: takers + 1 + i, random: c.players[i%takers].random, life: c.shared, places: []string{place}})
	}
}

// fill makes a sitting one in which nothing was answered.
func (l *life) fill(c *class) {
	asked := keyed
	if l.template == c.long {
		asked = places
	}
	l.answers, l.marks = map[string]*written{}, map[string]*mark{}
	for _, place := range asked {
		l.answers[place], l.marks[place] = &written{}, &mark{}
	}
}

// key is a client's own, never used before.
func (p *player) key() string {
	p.serial++
	return fmt.Sprintf("%d-%d", p.number, p.serial)
}

// next is what a player does next. It is sent until it is acknowledged.
func (p *player) next(c *class) *act {
	if p.life == nil {
		p.life = &life{template: []string{c.short, c.long}[p.random.IntN(2)], onlyInvited: p.random.IntN(4) == 0, left: 3 + p.random.IntN(12)}
	}
	l := p.life
	switch {
	case l.session == "":
		return p.invite(c)
	case l.secret == "" && !l.accepted:
		return p.resend(c)
	case !l.accepted:
		return &act{"acceptInvitation", "sitting { id }", c.candidate, vars{"token": l.secret, "idempotencyKey": p.key()},
			func(*reply) error { l.accepted = true; return nil }}
	case !l.begun:
		return &act{"startSitting", "sitting { id }", c.candidate, vars{"id": l.session, "idempotencyKey": p.key()},
			func(*reply) error { l.fill(c); l.begun = true; return nil }}
	case l == c.shared:
		return p.save(c, p.places[0])
	case l.left == 0:
		return p.submit(c)
	}
	l.left--
	asked := slices.Sorted(maps.Keys(l.answers))
	switch p.random.IntN(5) {
	case 0:
		return p.mark(c, asked[p.random.IntN(len(asked))])
	case 1, 2:
		return p.saveMany(c, asked)
	}
	return p.save(c, asked[p.random.IntN(len(asked))])
}

func (p *player) invite(c *class) *act {
	l := p.life
	return &act{"inviteCandidate", "session { id }", c.recruiter, vars{
		"templateId": l.template, "candidate": vars{"email": candidate, "name": "Cleo"}, "ownMail": !l.onlyInvited, "idempotencyKey": p.key(),
	}, func(answer *reply) error {
		var got object
		if err := unmarshal(answer, &got); err != nil {
			return err
		}
		if l.session = got.ID; l.onlyInvited {
			p.leave(c)
		}
		return nil
	}}
}

// resend asks for a link. The reply with it may be lost, and a repetition has none: then another one is asked for.
func (p *player) resend(c *class) *act {
	l := p.life
	return &act{"resendInvitation", "link", c.recruiter, vars{"id": l.session, "idempotencyKey": p.key()}, func(answer *reply) error {
		var link *string
		if err := unmarshal(answer, &link); err != nil {
			return err
		}
		if l.resent++; link != nil {
			l.secret = path.Base(*link)
		}
		return nil
	}}
}

func (p *player) submit(c *class) *act {
	l := p.life
	l.submitting = true
	return &act{"submitSitting", "sitting { receipt { hash } }", c.candidate, vars{"id": l.session, "idempotencyKey": p.key()}, func(answer *reply) error {
		var got struct{ Receipt struct{ Hash string } }
		if err := unmarshal(answer, &got); err != nil {
			return err
		}
		if l.receipt = got.Receipt.Hash; l.receipt == "" {
			return errors.New("a submission without a receipt")
		}
		p.leave(c)
		return nil
	}}
}

// leave is done with a session.
func (p *player) leave(c *class) {
	c.guard.Lock()
	defer c.guard.Unlock()
	c.lives = append(c.lives, p.life)
	p.life = nil
}

func (p *player) mark(c *class, place string) *act {
	m := p.life.marks[place]
	on := !m.on
	m.open = &on
	return &act{"flagQuestion", "sitting { id }", c.candidate,
		vars{"sittingId": p.life.session, "question": place, "flagged": on, "idempotencyKey": p.key()},
		func(*reply) error { m.on, m.open = on, nil; return nil }}
}

// write prepares the next answer to a question and gives it as it is sent and as it is read.
func (p *player) write(place string) (revision int, key string, answer vars) {
	w := p.life.answers[place]
	next := w.revision + 1
	text := fmt.Sprintf("answer %d to %s", next, place)
	answer = vars{"text": text}
	switch place {
	case "1.1":
		text = []string{"a", "b"}[next%2]
		answer = vars{"choices": []string{text}}
	case "1.2":
		text = fmt.Sprint(next)
		answer = vars{"number": text}
	}
	w.open = &pending{key: p.key(), text: text, revision: next}
	return w.revision, w.open.key, answer
}

const acknowledged = "question revision"

type acknowledgment struct {
	Question string
	Revision int
}

func (p *player) save(c *class, place string) *act {
	l := p.life
	revision, key, answer := p.write(place)
	return &act{"saveResponse", "acknowledgement { " + acknowledged + " }", c.candidate, saving(l.session, place, revision, key, answer), func(answer *reply) error {
		var got acknowledgment
		if err := unmarshal(answer, &got); err != nil {
			return err
		}
		return l.acknowledge(place, got)
	}}
}

// saveMany saves answers to several questions in one request.
func (p *player) saveMany(c *class, asked []string) *act {
	l := p.life
	some := asked[:1+p.random.IntN(len(asked))]
	var list []vars
	for _, place := range some {
		revision, key, answer := p.write(place)
		one := saving("", place, revision, key, answer)
		delete(one, "sittingId")
		list = append(list, one)
	}
	selection := "results { acknowledgement { " + acknowledged + " } errors { code message } }"
	return &act{"saveResponses", selection, c.candidate, vars{"sittingId": l.session, "responses": list}, func(answer *reply) error {
		var got []struct {
			Acknowledgement *acknowledgment
			Errors          []wireError
		}
		if err := unmarshal(answer, &got); err != nil {
			return err
		}
		for i, place := range some {
			if len(got) != len(some) || got[i].Acknowledgement == nil {
				return fmt.Errorf("a batch came to %+v", got)
			}
			if err := l.acknowledge(place, *got[i].Acknowledgement); err != nil {
				return err
			}
		}
		return nil
	}}
}

// acknowledge takes note of a save. An acknowledgement of anything but what was sent is a fault.
func (l *life) acknowledge(place string, got acknowledgment) error {
	w := l.answers[place]
	if got.Question != place || got.Revision != w.open.revision {
		return fmt.Errorf("save %d of %s was acknowledged as %+v", w.open.revision, place, got)
	}
	w.revision, w.text, w.open = w.open.revision, w.open.text, nil
	return nil
}

// errLost says that nobody knows whether a request was done.
var errLost = errors.New("no acknowledgement")

// send sends what is open, or the next act. What is refused is a fault, unless the server says that nobody knows.
func (c *class) send(ctx context.Context, client *http.Client, p *player) error {
	if p.open == nil {
		p.open = p.next(c)
	} else {
		c.again.Add(1)
	}
	a := p.open
	answer, err := c.site.send(ctx, client, a.token, mutation(a.verb, a.selection), vars{"input": a.input})
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errLost, err)
	case answer.fault != nil && answer.fault.Code == "UNAVAILABLE":
		return fmt.Errorf("%w: %s", errLost, answer.fault.Message)
	case answer.fault != nil:
		return fmt.Errorf("%s %v: %+v", a.verb, a.input, *answer.fault)
	}
	if err := a.done(answer); err != nil {
		return err
	}
	p.open = nil
	c.acknowledged.Add(1)
	return nil
}

// playUntil lets everybody play at once, and strikes a moment after so many acknowledgements. Until then nothing may stay
// without one.
func (c *class) playUntil(t *testing.T, d disaster, after int64, moment time.Duration) {
	t.Helper()
	client := &http.Client{Transport: new(http.Transport)}
	enough, faults := make(chan struct{}), make(chan error, len(c.players))
	var (
		heard   atomic.Int64
		struck  atomic.Bool
		playing sync.WaitGroup
	)
	for _, p := range c.players {
		playing.Go(func() {
			for {
				err := c.send(t.Context(), client, p)
				if err != nil && (!errors.Is(err, errLost) || !struck.Load()) {
					faults <- err
				}
				if err != nil {
					return
				}
				if heard.Add(1) == after {
					close(enough)
				}
			}
		})
	}
	var fault error
	select {
	case <-enough:
	case fault = <-faults:
	case <-time.After(time.Minute):
		t.Error("nobody gets any further")
	}
	<-time.After(moment)
	struck.Store(true)
	d.strike(t)
	playing.Wait()
	client.CloseIdleConnections()
	close(faults)
	if fault == nil {
		fault = <-faults
	}
	if fault != nil {
		t.Fatalf("before %s was killed: %v", d.name, fault)
	}
}

// compare reads what is being sat, and what was handed in since the last time.
func (c *class) compare(t *testing.T) {
	t.Helper()
	c.compareLife(t, c.shared)
	for _, p := range c.players[:takers] {
		if p.life != nil && p.life.begun {
			c.compareLife(t, p.life)
		}
	}
	for _, l := range c.lives[max(0, len(c.lives)-2*takers):] {
		c.compareLife(t, l)
	}
	c.follow(t)
}

// compareAll reads every session.
func (c *class) compareAll(t *testing.T) {
	t.Helper()
	for _, l := range c.lives {
		c.compareLife(t, l)
	}
}

// stored is a sitting as it is read.
type stored struct {
	State     string
	Flags     []string
	Receipt   *struct{ Hash string }
	Responses []struct {
		Question string
		Revision int
		Answer   struct {
			Choices      []string
			Number, Text *string
		}
	}
	VerifyReceipt bool
}

// compareLife reads a sitting: each answer is the last acknowledged one, or the one that was sent when things broke, and so
// is each mark; what was handed in has its receipt, which is of what is stored.
func (c *class) compareLife(t *testing.T, l *life) {
	t.Helper()
	if !l.begun {
		return
	}
	read := must[struct{ Sitting stored }](t, c.ask(t, candidate, `query($id: ID!, $hash: String!) { sitting(id: $id) { state flags receipt { hash }
		verifyReceipt(hash: $hash) responses { question revision answer { choices number text } } } }`, vars{"id": l.session, "hash": l.receipt})).Sitting
	got := map[string]pending{}
	for _, r := range read.Responses {
		text := strings.Join(r.Answer.Choices, "")
		for _, part := range []*string{r.Answer.Number, r.Answer.Text} {
			if part != nil {
				text += *part
			}
		}
		got[r.Question] = pending{revision: r.Revision, text: text}
	}
	for place, w := range l.answers {
		isLast := got[place].revision == w.revision && got[place].text == w.text
		isOpen := w.open != nil && got[place].revision == w.open.revision && got[place].text == w.open.text
		if !isLast && !isOpen {
			t.Errorf("%s of %s: got %+v, but revision %d %q was acknowledged and %+v sent", place, l.session, got[place], w.revision, w.text, w.open)
		}
		if isOpen {
			c.unheard++
		}
	}
	for place, m := range l.marks {
		if is := slices.Contains(read.Flags, place); is != m.on && (m.open == nil || is != *m.open) {
			t.Errorf("the mark of %s of %s: got %t", place, l.session, is)
		}
	}
	switch handedIn := read.State == "SUBMITTED" && read.Receipt != nil; {
	case l.receipt != "" && (!handedIn || read.Receipt.Hash != l.receipt || !read.VerifyReceipt):
		t.Errorf("%s was handed in with the receipt %s: got %s, %v, verified %t", l.session, l.receipt, read.State, read.Receipt, read.VerifyReceipt)
	case l.receipt == "" && !l.submitting && (read.State != "IN_PROGRESS" || read.Receipt != nil):
		t.Errorf("%s was not handed in: got %s, %v", l.session, read.State, read.Receipt)
	}
}

// handAllIn has everything acknowledged that is open, ends every life, and waits until all that was handed in is scored.
func (c *class) handAllIn(t *testing.T) {
	t.Helper()
	for _, p := range c.players {
		for p.open != nil || p.life != nil && p.life != c.shared {
			if p.life != nil {
				p.life.left = 0
			}
			if err := c.send(t.Context(), http.DefaultClient, p); err != nil {
				t.Fatal(err)
			}
		}
	}
	last := c.players[len(c.players)-1]
	last.open = last.submit(c)
	if err := c.send(t.Context(), http.DefaultClient, last); err != nil {
		t.Fatal(err)
	}
	// What a process worked on when it was killed is taken up again after a minute and a half.
	c.await(t, 5*time.Minute, "scored", func() bool {
		return must[struct {
			Organization struct{ Sessions struct{ TotalCount int } }
		}](t, c.ask(t, recruiter, `{ organization { sessions(filter: { state: SUBMITTED }) { totalCount } } }`, nil)).Organization.Sessions.TotalCount == 0
	})
}

// happened is what the feed and the audit tell of a session that was handed in or only invited, and how often.
func (l *life) happened() map[string]int {
	if l.onlyInvited {
		return map[string]int{"session.invited": 1}
	}
	all := map[string]int{"session.invited": 1, "session.resent": l.resent, "session.accepted": 1, "session.started": 1, "session.submitted": 1}
	if !l.waitsForPeople() {
		all["session.scored"] = 1
	}
	return all
}

// waitsForPeople reports whether somebody must read an answer before the session is scored.
func (l *life) waitsForPeople() bool {
	return slices.ContainsFunc(texts, func(place string) bool { return l.answers[place] != nil && l.answers[place].revision > 0 })
}

func (c *class) allHappened() map[string]map[string]int {
	all := map[string]map[string]int{}
	for _, l := range c.lives {
		all[l.session] = l.happened()
	}
	return all
}

// told is an event of the feed.
type told struct {
	ID, Type, SubjectID string
	Position            int
}

// follow reads on in the feed, as somebody who follows it does.
func (c *class) follow(t *testing.T) {
	t.Helper()
	for {
		read := must[struct {
			Organization struct {
				Events struct {
					Nodes    []told
					PageInfo struct {
						EndCursor   *string
						HasNextPage bool
					}
				}
			}
		}](t, c.ask(t, recruiter, `query($after: String) { organization { events(first: 100, after: $after) {
			nodes { id type subjectId position } pageInfo { endCursor hasNextPage } } } }`, vars{"after": c.cursor})).Organization.Events
		c.seen = append(c.seen, read.Nodes...)
		if read.PageInfo.EndCursor != nil {
			c.cursor = read.PageInfo.EndCursor
		}
		if !read.PageInfo.HasNextPage {
			return
		}
	}
}

// ranks is the order in which the events of a session come.
var ranks = []string{"session.invited", "session.resent", "session.accepted", "session.started", "session.submitted", "session.scored"}

// compareFeed demands that the feed has no gap, tells of everything once and in order, and told whoever followed it all
// along the same as it tells somebody who reads it now.
func (c *class) compareFeed(t *testing.T) {
	t.Helper()
	want := c.allHappened()
	count := func() (n int) {
		for _, e := range c.seen {
			if _, ok := want[e.SubjectID]; ok {
				n++
			}
		}
		return n
	}
	all := 0
	for _, each := range want {
		for _, n := range each {
			all += n
		}
	}
	c.await(t, time.Minute, "told of everything", func() bool { c.follow(t); return count() >= all })
	followed := c.seen
	c.seen, c.cursor = nil, nil
	c.follow(t)
	if diff := cmp.Diff(followed, c.seen); diff != "" {
		t.Errorf("whoever followed the feed was told something else: %s", diff)
	}
	got, last := map[string]map[string]int{}, map[string]int{}
	for i, e := range c.seen {
		if e.Position != i+1 {
			t.Fatalf("the event at place %d has position %d", i+1, e.Position)
		}
		if want[e.SubjectID] == nil {
			continue
		}
		if rank := slices.Index(ranks, e.Type); rank < last[e.SubjectID] {
			t.Errorf("%s came late of %s", e.Type, e.SubjectID)
		} else {
			last[e.SubjectID] = rank
		}
		if got[e.SubjectID] == nil {
			got[e.SubjectID] = map[string]int{}
		}
		got[e.SubjectID][e.Type]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events: %s", diff)
	}
}

// compareAudit demands that the audit has a row for every change, once, and that its chain is whole.
func (c *class) compareAudit(t *testing.T) {
	t.Helper()
	want, got := c.allHappened(), map[string]map[string]int{}
	var cursor *string
	for more := true; more; {
		read := must[struct {
			Organization struct {
				AuditEvents struct {
					Nodes []struct {
						SubjectID string
						Event     *string
					}
					PageInfo struct {
						EndCursor   *string
						HasNextPage bool
					}
				}
			}
		}](t, c.ask(t, recruiter, `query($after: String) { organization { auditEvents(first: 100, after: $after) {
			nodes { subjectId event } pageInfo { endCursor hasNextPage } } } }`, vars{"after": cursor})).Organization.AuditEvents
		for _, e := range read.Nodes {
			if want[e.SubjectID] == nil || e.Event == nil {
				continue
			}
			if got[e.SubjectID] == nil {
				got[e.SubjectID] = map[string]int{}
			}
			got[e.SubjectID][*e.Event]++
		}
		cursor, more = read.PageInfo.EndCursor, read.PageInfo.HasNextPage
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("audit: %s", diff)
	}
}

// compareRows counts rows where one too many would not show: as many as were acknowledged, each once.
func (c *class) compareRows(t *testing.T, address string) {
	t.Helper()
	if got := c.run(t, "audit", "verify"); !strings.HasSuffix(got, " chained, 0 not yet\n") {
		t.Errorf("got %q", got)
	}
	db, engine, err := migration.OpenForMigration(address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	length := "json_array_length"
	if engine == dialect.Postgres {
		length = "jsonb_array_length"
	}
	submitted, saves, entries, mails := c.counts()
	for query, want := range map[string]int{
		"SELECT COUNT(*) FROM sessions":                                         len(c.lives),
		"SELECT COUNT(*) FROM candidates":                                       1,
		"SELECT COUNT(*) FROM responses":                                        saves,
		"SELECT COUNT(DISTINCT client_key) FROM responses":                      saves,
		"SELECT COUNT(*) FROM reports":                                          submitted,
		"SELECT COUNT(DISTINCT session_id) FROM reports":                        submitted,
		"SELECT COUNT(*) FROM score_sheets":                                     submitted,
		"SELECT COUNT(DISTINCT session_id) FROM score_sheets":                   submitted,
		"SELECT CAST(SUM(" + length + "(entries)) AS BIGINT) FROM score_sheets": entries,
		"SELECT COUNT(*) FROM mails":                                            mails,
		"SELECT COUNT(*) FROM river_job WHERE kind = 'score_session'":           submitted,
		// A session may have been scored beside another, so that its own job still waits: none may have been given up.
		"SELECT COUNT(*) FROM river_job WHERE kind = 'score_session' AND state IN ('discarded', 'cancelled')":                   0,
		"SELECT COUNT(*) FROM clock_entries WHERE kind = 'STARTED'":                                                             submitted,
		"SELECT COUNT(*) FROM clock_entries WHERE kind = 'SUBMITTED'":                                                           submitted,
		"SELECT COUNT(*) FROM (SELECT position FROM audit_events GROUP BY organization_id, position HAVING COUNT(*) > 1) twice": 0,
	} {
		var got int
		if err := db.QueryRowContext(t.Context(), query).Scan(&got); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		if got != want {
			t.Errorf("%s: got %d, want %d", query, got, want)
		}
	}
}

// counts is how much was acknowledged: sittings handed in, saves, what the key or a rule scores, mails.
func (c *class) counts() (submitted, saves, entries, mails int) {
	for _, l := range c.lives {
		if l.onlyInvited {
			mails++
			continue
		}
		submitted++
		for place, w := range l.answers {
			saves += w.revision
			if w.revision == 0 || slices.Contains(keyed, place) { // a text is scored by people, unless there is none
				entries++
			}
		}
	}
	return submitted, saves, entries, mails
}

// story is what was played, in one line.
func (c *class) story() string {
	submitted, saves, _, mails := c.counts()
	return fmt.Sprintf("%d requests acknowledged, %d sent again; %d sittings handed in and scored, %d only invited; %d answers stored, %d of them with a lost acknowledgement; %d events",
		c.acknowledged.Load(), c.again.Load(), submitted, mails, saves, c.unheard, len(c.seen))
}
