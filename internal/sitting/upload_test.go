package sitting_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/blob"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// recordings is the rig with a template of two spoken questions, 1.1 and 1.2, and a long text, 1.3, and with files.
type recordings struct {
	*rig
	files *blob.Store
}

func eachRecording(t *testing.T, run func(t *testing.T, r *recordings)) {
	t.Helper()
	each(t, func(t *testing.T, r *rig) {
		files := must(blob.Open(t.Context(), "file:"+t.TempDir()))(t)
		t.Cleanup(func() { _ = files.Close() })
		own := &recordings{rig: r, files: files}
		own.scan(nil)
		var slots []*content.Slot
		for _, kind := range []term.QuestionKind{term.Spoken, term.Spoken, term.LongText} {
			c := essay()
			if kind == term.Spoken {
				c.Spoken = &content.Spoken{MaxSeconds: 120}
			}
			slots = append(slots, &content.Slot{QuestionID: new(r.ask(t, kind, term.Technical, c)), Points: 2})
		}
		r.template = r.publish(t, must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
			JobRoleID: r.role, Name: "Spoken", Mode: term.Assessment, Content: &content.Template{
				CutPercent: 50, Feedback: term.FeedbackNone, Bands: []*content.Band{{Name: "All"}},
				Sections: []*content.Section{{Title: "Aloud", TimeLimit: int(allowed / time.Second), Slots: slots}},
			},
		}))(t).ID)
		run(t, own)
	})
}

// scan opens the room with a scanner.
func (r *recordings) scan(scan blob.Scan) {
	r.sitting = sitting.New(r.store, sitting.Config{PublicURL: "https://assay.test", Random: rand.Reader, Files: r.files, Scan: scan})
}

// webm is a recording of n bytes.
func webm(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.Read(data)
	copy(data, "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm")
	return data
}

func beginning(id gid.ID, n int) sitting.BeginUploadInput {
	return sitting.BeginUploadInput{SittingID: id, Question: "1.1", Name: "answer.webm", Size: n}
}

// begin gives an upload of n bytes for a question and the secret of its address.
func (r *recordings) begin(t testing.TB, id gid.ID, who policy.Actor, n int) (*ent.Upload, string) {
	t.Helper()
	begun := must(r.sitting.BeginUpload(t.Context(), who, beginning(id, n)))(t)
	return begun.Upload, strings.TrimPrefix(*begun.URL, "https://assay.test/files/upload/")
}

func (r *recordings) send(who policy.Actor, secret string, offset int, body io.Reader) (*ent.Upload, error) {
	return r.sitting.AddPart(context.Background(), who, secret, sitting.Part{Offset: offset, Body: body, Received: r.clock.look})
}

// recorded is a complete recording.
func (r *recordings) recorded(t testing.TB, id gid.ID, who policy.Actor, data []byte) *ent.Upload {
	t.Helper()
	_, secret := r.begin(t, id, who, len(data))
	row := must(r.send(who, secret, 0, bytes.NewReader(data)))(t)
	if row.State != term.UploadComplete {
		t.Fatalf("got %s: %s", row.State, row.Reason)
	}
	return row
}

func (r *recordings) names(t testing.TB) []string {
	t.Helper()
	return must(r.files.Names(t.Context(), ""))(t)
}

func spoken(id gid.ID, question string, seen int, key string, upload gid.ID) sitting.SaveResponseInput {
	return sitting.SaveResponseInput{SittingID: id, Question: question, Revision: seen, ClientKey: key, Answer: &content.Answer{Upload: &upload}}
}

// broken gives some bytes and then a connection's end.
func broken(data []byte) io.Reader {
	return io.MultiReader(bytes.NewReader(data), iotest.ErrReader(io.ErrUnexpectedEOF))
}

func TestUpload(t *testing.T) {
	eachRecording(t, func(t *testing.T, r *recordings) {
		t.Run("goes_on_where_the_connection_was_cut", func(t *testing.T) {
			id, who := r.started(t)
			data := webm(300_000)
			_, secret := r.begin(t, id, who, len(data))
			must(r.send(who, secret, 0, broken(data[:70_000])))(t)
			if at := must(r.sitting.UploadAt(t.Context(), who, secret))(t); at.Received != 70_000 || at.State != term.UploadOpen {
				t.Fatalf("it stands at %d, %s", at.Received, at.State)
			}
			must(r.send(who, secret, 70_000, bytes.NewReader(data[70_000:200_000])))(t)
			row := must(r.send(who, secret, 200_000, bytes.NewReader(data[200_000:])))(t)
			sum := sha256.Sum256(data)
			if row.State != term.UploadComplete || row.ContentType != "audio/webm" || row.Sha256 != hex.EncodeToString(sum[:]) || row.Scan != term.NotScanned {
				t.Errorf("got %v", row)
			}
			must(r.sitting.SaveResponse(t.Context(), who, spoken(id, "1.1", 0, "k", row.ID)))(t)
			if got := must(r.sitting.Responses(t.Context(), who, id))(t); len(got) != 1 || *got[0].Answer.Upload != row.ID {
				t.Errorf("stored %v", got)
			}
			r.plays(t, must(r.sitting.CreateOwnPlaybackLink(t.Context(), who, sitting.CreateOwnPlaybackLinkInput{SittingID: id, UploadID: row.ID}))(t), data)
			r.refused(t, "more", fault.Conflict, func() error { return lastErr(r.send(who, secret, len(data), strings.NewReader(""))) })
		})
		t.Run("a_part_that_broke_off_early_is_sent_again", func(t *testing.T) {
			id, who := r.started(t)
			_, secret := r.begin(t, id, who, 100_000)
			before := len(r.names(t))
			r.refused(t, "100 bytes", fault.Invalid, func() error { return lastErr(r.send(who, secret, 0, broken(webm(100)))) }, "body")
			if n := len(r.names(t)); n != before {
				t.Errorf("%d files stayed", n-before)
			}
		})
		t.Run("a_wrong_offset_tells_the_right_one", func(t *testing.T) {
			id, who := r.started(t)
			_, secret := r.begin(t, id, who, 1000)
			must(r.send(who, secret, 0, bytes.NewReader(webm(600))))(t)
			for _, offset := range []int{0, 599, 601, 1000, -1} {
				f := r.refused(t, "offset", fault.Stale, func() error { return lastErr(r.send(who, secret, offset, bytes.NewReader(webm(400)))) }, "offset")
				if at, _ := f.Current.(*ent.Upload); at == nil || at.Received != 600 {
					t.Errorf("told %v", f.Current)
				}
			}
		})
		t.Run("nobody_sends_more_than_was_announced", func(t *testing.T) {
			id, who := r.started(t)
			_, secret := r.begin(t, id, who, 1000)
			r.refused(t, "a byte more", fault.Invalid, func() error { return lastErr(r.send(who, secret, 0, bytes.NewReader(webm(1001)))) }, "body")
			_, large := r.begin(t, id, who, sitting.MaxPart+2)
			r.refused(t, "a large part", fault.Invalid, func() error {
				return lastErr(r.send(who, large, 0, io.LimitReader(rand.Reader, sitting.MaxPart+1)))
			}, "body")
		})
		t.Run("ten_at_once_for_one_offset_are_one", func(t *testing.T) {
			id, who := r.started(t)
			_, secret := r.begin(t, id, who, 200_000)
			before := len(r.names(t))
			var all sync.WaitGroup
			var taken atomic.Int64
			for range 10 {
				all.Go(func() {
					_, err := r.send(who, secret, 0, bytes.NewReader(webm(100_000)))
					if err == nil {
						taken.Add(1)
					} else if !fault.Is(err, fault.Stale) {
						t.Errorf("got %v", err)
					}
				})
			}
			all.Wait()
			if n := len(r.names(t)) - before; taken.Load() != 1 || n != 1 {
				t.Errorf("%d were taken and %d kept", taken.Load(), n)
			}
		})
	})
}

func TestUploadBelongsToItsCandidate(t *testing.T) {
	eachRecording(t, func(t *testing.T, r *recordings) {
		id, who := r.started(t)
		other, another := r.started(t)
		_, secret := r.begin(t, id, who, 1000)
		part := func(a policy.Actor, secret string) func() error {
			return func() error { return lastErr(r.send(a, secret, 0, bytes.NewReader(webm(1000)))) }
		}
		r.refused(t, "another candidate", fault.NotFound, part(another, secret))
		r.refused(t, "another candidate asks", fault.NotFound, func() error { return lastErr(r.sitting.UploadAt(t.Context(), another, secret)) })
		r.refused(t, "the owner", fault.NotFound, part(r.owner, secret))
		r.refused(t, "another organization", fault.NotFound, part(r.stranger, secret))
		r.refused(t, "nobody", fault.Unauthenticated, part(policy.Actor{}, secret))
		r.refused(t, "a guess", fault.NotFound, part(who, base64.RawURLEncoding.EncodeToString(make([]byte, 32))))
		r.refused(t, "begin in another's sitting", fault.NotFound, func() error {
			return lastErr(r.sitting.BeginUpload(t.Context(), another, beginning(id, 1000)))
		})
		row := r.recorded(t, id, who, webm(500))
		r.refused(t, "answer with another's recording", fault.Invalid, func() error {
			return lastErr(r.sitting.SaveResponse(t.Context(), another, spoken(other, "1.1", 0, "k", row.ID)))
		}, "answer.upload")
		r.refused(t, "play another's recording", fault.NotFound, func() error {
			return lastErr(r.sitting.CreateOwnPlaybackLink(t.Context(), another, sitting.CreateOwnPlaybackLinkInput{SittingID: other, UploadID: row.ID}))
		})
	})
}

func TestBeginUpload(t *testing.T) {
	eachRecording(t, func(t *testing.T, r *recordings) {
		var who policy.Actor
		r.mutate(t, map[string]mutation{"BeginUpload": {action: policy.SittingTake, actor: policy.Actor{Roles: []policy.Role{policy.Candidate}}, sitting: true, fresh: func(t testing.TB) call {
			var id gid.ID
			id, who = r.started(t)
			mine := who
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				if a.Has(policy.Candidate) {
					a = mine
				}
				in := beginning(id, 1000)
				in.IdempotencyKey = key
				if other {
					in.Size++
				}
				begun, err := r.sitting.BeginUpload(ctx, a, in)
				if err != nil {
					return gid.ID{}, err
				}
				return begun.Upload.ID, nil
			}
		}}})
		id, who := r.started(t)
		for name, bad := range map[string]struct {
			change func(*sitting.BeginUploadInput)
			path   string
		}{
			"a written question":  {func(in *sitting.BeginUploadInput) { in.Question = "1.3" }, "question"},
			"an unknown question": {func(in *sitting.BeginUploadInput) { in.Question = "9.9" }, "question"},
			"nothing":             {func(in *sitting.BeginUploadInput) { in.Size = 0 }, "size"},
			"too much":            {func(in *sitting.BeginUploadInput) { in.Size = sitting.MaxUpload + 1 }, "size"},
			"no name":             {func(in *sitting.BeginUploadInput) { in.Name = "" }, "name"},
			"no hash":             {func(in *sitting.BeginUploadInput) { in.Sha256 = new("abc") }, "sha256"},
		} {
			in := beginning(id, 1000)
			bad.change(&in)
			r.refused(t, name, fault.Invalid, func() error { return lastErr(r.sitting.BeginUpload(t.Context(), who, in)) }, bad.path)
		}
		for range 20 {
			r.begin(t, id, who, 10)
		}
		r.refused(t, "the 21st", fault.Conflict, func() error { return lastErr(r.sitting.BeginUpload(t.Context(), who, beginning(id, 10))) })
		waiting, early := r.accepted(t)
		r.refused(t, "before the start", fault.NotStarted, func() error { return lastErr(r.sitting.BeginUpload(t.Context(), early, beginning(waiting, 10))) })
	})
}

func TestUploadInTime(t *testing.T) {
	eachRecording(t, func(t *testing.T, r *recordings) {
		id, who := r.started(t)
		_, late := r.begin(t, id, who, 1000)
		_, intime := r.begin(t, id, who, 1000)
		r.clock.pass(allowed + tenant.Grace + 2*time.Second)
		before := len(r.names(t))
		r.refused(t, "after the deadline", fault.DeadlinePassed, func() error { return lastErr(r.send(who, late, 0, bytes.NewReader(webm(1000)))) })
		if n := len(r.names(t)); n != before {
			t.Errorf("%d files stayed", n-before)
		}
		r.refused(t, "begin after the deadline", fault.DeadlinePassed, func() error { return lastErr(r.sitting.BeginUpload(t.Context(), who, beginning(id, 10))) })
		arrived := r.clock.look().Add(-3 * time.Second) // our own queue costs no candidate a second
		must(r.sitting.AddPart(t.Context(), who, intime, sitting.Part{Body: bytes.NewReader(webm(1000)), Received: func() time.Time { return arrived }}))(t)
		r.clock.pass(time.Hour)
		r.refused(t, "an hour later", fault.Expired, func() error { return lastErr(r.send(who, late, 0, bytes.NewReader(webm(1000)))) })
	})
}

func TestUploadIsJudgedByItsBytes(t *testing.T) {
	eachRecording(t, func(t *testing.T, r *recordings) {
		id, who := r.started(t)
		rejected := func(t *testing.T, row *ent.Upload) {
			t.Helper()
			if row.State != term.UploadRejected || row.Reason == "" {
				t.Errorf("got %s %q", row.State, row.Reason)
			}
			for _, name := range r.names(t) {
				if strings.HasPrefix(name, row.Blob) {
					t.Errorf("%s stayed", name)
				}
			}
			r.refused(t, "as an answer", fault.Invalid, func() error {
				return lastErr(r.sitting.SaveResponse(t.Context(), who, spoken(id, "1.1", 0, "k", row.ID)))
			}, "answer.upload")
			r.refused(t, "to be played", fault.NotFound, func() error {
				return lastErr(r.sitting.CreatePlaybackLink(t.Context(), r.owner, sitting.CreatePlaybackLinkInput{UploadID: row.ID}))
			})
		}
		t.Run("a_page_named_webm", func(t *testing.T) {
			page := "<!doctype html><script>alert(document.domain)</script>"
			_, secret := r.begin(t, id, who, len(page))
			rejected(t, must(r.send(who, secret, 0, strings.NewReader(page)))(t))
		})
		t.Run("other_bytes_than_announced", func(t *testing.T) {
			in := beginning(id, 100)
			in.Sha256 = new(strings.Repeat("0a", 32))
			begun := must(r.sitting.BeginUpload(t.Context(), who, in))(t)
			secret := strings.TrimPrefix(*begun.URL, "https://assay.test/files/upload/")
			rejected(t, must(r.send(who, secret, 0, bytes.NewReader(webm(100))))(t))
		})
		t.Run("a_virus", func(t *testing.T) {
			r.scan(func(_ context.Context, file io.Reader) (bool, error) {
				data, err := io.ReadAll(file)
				return !bytes.Contains(data, []byte("EICAR")), err
			})
			defer r.scan(nil)
			data := append(webm(1000), "EICAR"...)
			_, secret := r.begin(t, id, who, len(data))
			row := must(r.send(who, secret, 0, bytes.NewReader(data)))(t)
			if row.Scan != term.ScanFound {
				t.Errorf("got %s", row.Scan)
			}
			rejected(t, row)
			if row := r.recorded(t, id, who, webm(1000)); row.Scan != term.ScanClean {
				t.Errorf("got %s", row.Scan)
			}
		})
		t.Run("not_at_all_while_the_scanner_is_away", func(t *testing.T) {
			away := true
			r.scan(func(context.Context, io.Reader) (bool, error) {
				if away {
					return false, errors.New("connection refused")
				}
				return true, nil
			})
			defer r.scan(nil)
			_, secret := r.begin(t, id, who, 1000)
			if _, err := r.send(who, secret, 0, bytes.NewReader(webm(1000))); !fault.Is(err, fault.Unavailable) {
				t.Errorf("got %v", err)
			}
			at := must(r.sitting.UploadAt(t.Context(), who, secret))(t)
			if at.State != term.UploadOpen || at.Received != 1000 {
				t.Errorf("it stands at %d, %s", at.Received, at.State)
			}
			r.refused(t, "as an answer", fault.Invalid, func() error {
				return lastErr(r.sitting.SaveResponse(t.Context(), who, spoken(id, "1.1", 0, "k", at.ID)))
			}, "answer.upload")
			away = false
			if row := must(r.send(who, secret, 1000, strings.NewReader("")))(t); row.State != term.UploadComplete || row.Scan != term.ScanClean {
				t.Errorf("got %s, %s", row.State, row.Scan)
			}
		})
		t.Run("and_not_by_what_a_killed_process_left", func(t *testing.T) {
			data := webm(2000)
			row, secret := r.begin(t, id, who, len(data))
			must(r.files.Write(t.Context(), row.Blob+"0000000000-left", bytes.NewReader(webm(2000))))(t) // written, and its row never was
			row = must(r.send(who, secret, 0, bytes.NewReader(data)))(t)
			r.plays(t, must(r.sitting.CreatePlaybackLink(t.Context(), r.owner, sitting.CreatePlaybackLinkInput{UploadID: row.ID}))(t), data)
		})
	})
}

func TestSpokenAnswer(t *testing.T) {
	eachRecording(t, func(t *testing.T, r *recordings) {
		id, who := r.started(t)
		first, second := r.recorded(t, id, who, webm(100)), r.recorded(t, id, who, webm(200))
		must(r.sitting.SaveResponse(t.Context(), who, spoken(id, "1.1", 0, "a", first.ID)))(t)
		must(r.sitting.SaveResponse(t.Context(), who, spoken(id, "1.1", 1, "b", second.ID)))(t)
		must(r.sitting.SaveResponse(t.Context(), who, spoken(id, "1.1", 1, "b", second.ID)))(t) // a repetition
		if got := must(r.sitting.Responses(t.Context(), who, id))(t); len(got) != 1 || *got[0].Answer.Upload != second.ID {
			t.Errorf("stored %v", got)
		}
		r.refused(t, "for another question", fault.Invalid, func() error {
			return lastErr(r.sitting.SaveResponse(t.Context(), who, spoken(id, "1.2", 0, "c", first.ID)))
		}, "answer.upload")
		r.refused(t, "for a text", fault.Invalid, func() error {
			return lastErr(r.sitting.SaveResponse(t.Context(), who, spoken(id, "1.3", 0, "c", first.ID)))
		}, "answer.upload")
		written := save(id, 0, "d", "in writing")
		written.Question = "1.2"
		must(r.sitting.SaveResponse(t.Context(), who, written))(t)
		must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)

		grades := grading.New(r.store)
		if err := grades.Score(t.Context(), policy.Worker(r.owner.Org), id); err != nil {
			t.Fatal(err)
		}
		review := must(grades.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: id, ReviewerID: r.owner.ID}))(t)
		work := must(grades.Work(t.Context(), r.owner, []gid.ID{review.ID}))(t)[0]
		if a := work.Items[0].Answer; a.Upload == nil || *a.Upload != second.ID || a.Blank() {
			t.Errorf("the reviewer is given %v", a)
		}
		score := func(ref, evidence string) *grading.CriterionScoreInput {
			return &grading.CriterionScoreInput{Question: ref, Criterion: "why", Points: 2, Comment: "good", Evidence: &evidence}
		}
		in := grading.SubmitReviewInput{ID: review.ID, Scores: []*grading.CriterionScoreInput{score("1.1", "what was heard"), score("1.2", "in writing")}}
		must(grades.SubmitReview(t.Context(), r.owner, in))(t)
	})
}

// plays demands that a link plays these bytes.
func (r *recordings) plays(t testing.TB, link *sitting.PlaybackLink, want []byte) {
	t.Helper()
	found := must(r.sitting.Play(t.Context(), policy.Actor{}, strings.TrimPrefix(link.URL, "https://assay.test/files/")))(t)
	defer found.File.Close()
	got := must(io.ReadAll(found.File))(t)
	if !bytes.Equal(got, want) || found.ContentType != "audio/webm" {
		t.Errorf("plays %d bytes of %s, want %d", len(got), found.ContentType, len(want))
	}
}

func TestPlaybackLink(t *testing.T) {
	eachRecording(t, func(t *testing.T, r *recordings) {
		id, who := r.started(t)
		data := webm(1000)
		row := r.recorded(t, id, who, data)
		ask := func(a policy.Actor) (*sitting.PlaybackLink, error) {
			return r.sitting.CreatePlaybackLink(t.Context(), a, sitting.CreatePlaybackLinkInput{UploadID: row.ID})
		}
		t.Run("is_for_those_who_may", func(t *testing.T) {
			r.denied(t, policy.RecordingPlay, func(a policy.Actor) error { return lastErr(ask(a)) })
			for _, a := range []policy.Actor{r.as(policy.Recruiter), r.limited(r.role)} {
				r.plays(t, must(ask(a))(t), data)
			}
			r.refused(t, "another job role's manager", fault.NotFound, func() error { return lastErr(ask(r.limited())) })
			r.refused(t, "another organization", fault.NotFound, func() error { return lastErr(ask(r.stranger)) })
			r.refused(t, "a reviewer of nothing", fault.NotFound, func() error { return lastErr(ask(r.as(policy.Reviewer))) })
		})
		t.Run("is_audited_once_for_its_key", func(t *testing.T) {
			before := r.snapshot(t)
			in := sitting.CreatePlaybackLinkInput{UploadID: row.ID, IdempotencyKey: new("listen")}
			for range 3 {
				r.plays(t, must(r.sitting.CreatePlaybackLink(t.Context(), r.owner, in))(t), data)
			}
			if grown := growth(before, r.snapshot(t)); grown["audit_events"] != 1 || grown["events"] != 0 {
				t.Errorf("grew by %v", grown)
			}
		})
		t.Run("cannot_be_made_up", func(t *testing.T) {
			link := must(ask(r.owner))(t)
			token := must(base64.RawURLEncoding.DecodeString(strings.TrimPrefix(link.URL, "https://assay.test/files/")))(t)
			try := func(forged []byte) error {
				return lastErr(r.sitting.Play(t.Context(), policy.Actor{}, base64.RawURLEncoding.EncodeToString(forged)))
			}
			for i := range token {
				forged := bytes.Clone(token)
				forged[i] ^= 1
				if err := try(forged); !fault.Is(err, fault.NotFound) {
					t.Errorf("byte %d: got %v", i, err)
				}
			}
			for _, rubbish := range [][]byte{nil, token[:16], token[:40], append(token, 0)} {
				if err := try(rubbish); !fault.Is(err, fault.NotFound) {
					t.Errorf("%d bytes: got %v", len(rubbish), err)
				}
			}
		})
		t.Run("lasts_five_minutes", func(t *testing.T) {
			link := must(ask(r.owner))(t)
			r.clock.pass(5*time.Minute - time.Second)
			r.plays(t, link, data)
			r.clock.pass(time.Second)
			_, err := r.sitting.Play(t.Context(), policy.Actor{}, strings.TrimPrefix(link.URL, "https://assay.test/files/"))
			if !fault.Is(err, fault.Expired) {
				t.Errorf("got %v", err)
			}
		})
		t.Run("is_a_reviewers_for_what_they_review", func(t *testing.T) {
			must(r.sitting.SaveResponse(t.Context(), who, spoken(id, "1.1", 0, "k", row.ID)))(t)
			must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
			grades := grading.New(r.store)
			if err := grades.Score(t.Context(), policy.Worker(r.owner.Org), id); err != nil {
				t.Fatal(err)
			}
			find := func(a policy.Actor, want ...gid.ID) {
				t.Helper()
				found := []gid.ID{}
				for _, u := range must(r.sitting.RecordingsByID(t.Context(), a, []gid.ID{row.ID, id}))(t) {
					found = append(found, u.ID)
				}
				if !slices.Equal(found, want) {
					t.Errorf("%s finds %v, want %v", a.Label(), found, want)
				}
			}
			find(r.as(policy.Reviewer))
			must(grades.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: id, ReviewerID: r.owner.ID}))(t)
			r.plays(t, must(ask(r.as(policy.Reviewer)))(t), data)
			find(r.as(policy.Reviewer), row.ID)
			find(r.owner, row.ID)
			find(r.limited())
			find(r.stranger)
		})
		t.Run("is_named_by_the_report", func(t *testing.T) {
			grades := grading.New(r.store)
			report := must(grades.ReportsBySession(t.Context(), r.owner, []gid.ID{id}))(t)[0]
			heard := map[string]*gid.ID{}
			for _, q := range must(grades.Results(t.Context(), r.owner, must(grades.Readings(t.Context(), r.owner, []gid.ID{report.ID}))(t)))(t)[0].Questions {
				heard[q.Ref] = q.Upload
			}
			if diff := gocmp.Diff(map[string]*gid.ID{"1.1": &row.ID, "1.2": nil, "1.3": nil}, heard); diff != "" {
				t.Error(diff)
			}
		})
	})
}

// TestExportHasTheFiles exports a person with a recording that is complete and one that is not: the first has an address
// and stands in the archive.
func TestExportHasTheFiles(t *testing.T) {
	eachRecording(t, func(t *testing.T, r *recordings) {
		id, who := r.started(t)
		data := webm(1000)
		whole := r.recorded(t, id, who, data)
		part, _ := r.begin(t, id, who, 10)
		theirs := must(r.sitting.ExportCandidate(t.Context(), policy.Worker(r.owner.Org), who.Identity.Email))(t)
		for name, export := range map[string]*sitting.Export{"mine": must(r.sitting.ExportMine(t.Context(), who))(t), "theirs": theirs} {
			if len(export.Files) != 2 || export.Files[0].ID != whole.ID || export.Files[1].ID != part.ID {
				t.Fatalf("%s: got %d files", name, len(export.Files))
			}
			r.plays(t, export.Files[0].Link, data)
			if export.Files[1].Link != nil || export.Files[1].Path != "" {
				t.Errorf("%s: what is not complete has a link", name)
			}
			var packed bytes.Buffer
			if err := export.WriteZip(t.Context(), &packed); err != nil {
				t.Fatal(err)
			}
			path := "files/" + id.String() + "/" + whole.ID.String() + ".webm"
			want := map[string]string{"subject.json": export.Document, path: string(data)}
			if diff := gocmp.Diff(want, unzip(t, packed.Bytes())); diff != "" || !strings.Contains(export.Document, path) {
				t.Errorf("%s: %s", name, diff)
			}
		}
		r.clock.pass(time.Hour)
		_, err := r.sitting.Play(t.Context(), policy.Actor{}, strings.TrimPrefix(theirs.Files[0].Link.URL, "https://assay.test/files/"))
		if !fault.Is(err, fault.Expired) {
			t.Errorf("after an hour: got %v", err)
		}
		if err := r.files.RemoveAll(t.Context(), whole.Blob); err != nil {
			t.Fatal(err)
		}
		if err := theirs.WriteZip(t.Context(), io.Discard); err == nil {
			t.Error("an archive without its files was written")
		}
	})
}

// unzip are the files of an archive by their names.
func unzip(t *testing.T, data []byte) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, f := range must(zip.NewReader(bytes.NewReader(data), int64(len(data))))(t).File {
		files[f.Name] = string(must(io.ReadAll(must(f.Open())(t)))(t))
	}
	return files
}

func TestRemoveUpload(t *testing.T) {
	eachRecording(t, func(t *testing.T, r *recordings) {
		id, who := r.started(t)
		kept := r.recorded(t, id, who, webm(100))
		row, secret := r.begin(t, id, who, 200_000)
		must(r.send(who, secret, 0, bytes.NewReader(webm(100_000))))(t)
		worker := policy.Worker(r.owner.Org)
		r.denied(t, policy.FileKeep, func(a policy.Actor) error { return r.sitting.RemoveUpload(t.Context(), a, row.ID) })
		stale := func() []tenant.StaleUpload { return must(r.store.Directory().StaleUploads(t.Context(), 10))(t) }
		leave := func(name string, a policy.Actor, upload gid.ID) {
			t.Helper()
			if err := r.unchanged(t, name, func() error { return r.sitting.RemoveUpload(t.Context(), a, upload) }); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if n := len(r.names(t)); n != 2 {
				t.Errorf("%s: %d files", name, n)
			}
		}
		leave("one that is under way", worker, row.ID)
		if found := stale(); len(found) != 0 {
			t.Errorf("stale: %v", found)
		}
		r.clock.pass(time.Hour + tenant.UploadsStay + time.Second)
		leave("one of another organization", policy.Worker(r.stranger.Org), row.ID)
		leave("a complete one", worker, kept.ID)
		if found := stale(); len(found) != 1 || found[0].Upload != row.ID {
			t.Fatalf("stale: %v", found)
		}
		for range 2 {
			if err := r.sitting.RemoveUpload(t.Context(), worker, row.ID); err != nil {
				t.Error(err)
			}
		}
		if n, found := len(r.names(t)), stale(); n != 1 || len(found) != 0 {
			t.Errorf("%d files and %v stayed", n, found)
		}
	})
}
