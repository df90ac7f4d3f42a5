package blob_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/assay-hq/assay/internal/blob"
)

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// each runs on every kind of store: a folder, memory, and a small server that speaks S3.
func each(t *testing.T, run func(t *testing.T, s *blob.Store)) {
	t.Helper()
	for name, address := range map[string]func(t *testing.T) string{
		"folder": func(t *testing.T) string { return "file:" + filepath.Join(t.TempDir(), "made", "by", "us") },
		"memory": func(*testing.T) string { return "mem://" },
		"s3":     func(t *testing.T) string { return bucketAddress(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s := must(blob.Open(t.Context(), address(t)))(t)
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			run(t, s)
		})
	}
}

func random(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.Read(data)
	return data
}

func TestStore(t *testing.T) {
	each(t, func(t *testing.T, s *blob.Store) {
		ctx := t.Context()
		pieces := []blob.Piece{{Name: "org_1/upl_1/a", Size: 100_000}, {Name: "org_1/upl_1/b", Size: 1}, {Name: "org_1/upl_1/c", Size: 70_000}}
		var whole []byte
		for _, p := range pieces {
			data := random(int(p.Size))
			if n := must(s.Write(ctx, p.Name, bytes.NewReader(data)))(t); n != p.Size {
				t.Errorf("%s: %d bytes", p.Name, n)
			}
			whole = append(whole, data...)
		}
		must(s.Write(ctx, "org_1/upl_10/a", strings.NewReader("a neighbour")))(t)

		t.Run("reads_pieces_as_one", func(t *testing.T) {
			f := s.File(ctx, pieces)
			if err := iotest.TestReader(f, whole); err != nil {
				t.Error(err)
			}
			for _, at := range []int64{0, 99_999, 100_000, 100_001, 170_000} {
				must(f.Seek(at, io.SeekStart))(t)
				if got := must(io.ReadAll(f))(t); !bytes.Equal(got, whole[at:]) {
					t.Errorf("from %d: %d bytes that differ", at, len(got))
				}
			}
			if _, err := f.Seek(-1, io.SeekStart); err == nil {
				t.Error("a place before the beginning was taken")
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
		t.Run("tells_what_is_missing", func(t *testing.T) {
			for name, wrong := range map[string][]blob.Piece{
				"gone":  {pieces[0], {Name: "org_1/upl_1/z", Size: 5}},
				"short": {{Name: pieces[0].Name, Size: pieces[0].Size + 1}, pieces[1]},
			} {
				f := s.File(ctx, wrong)
				if got, err := io.ReadAll(f); err == nil {
					t.Errorf("%s: read %d bytes without an error", name, len(got))
				}
				_ = f.Close()
			}
		})
		t.Run("keeps_nothing_of_what_failed", func(t *testing.T) {
			broken := errors.New("broken")
			if _, err := s.Write(ctx, "org_1/half", io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
				t.Errorf("got %v", err)
			}
			if names := must(s.Names(ctx, "org_1/half"))(t); len(names) != 0 {
				t.Errorf("kept %v", names)
			}
		})
		t.Run("removes_by_prefix_and_again", func(t *testing.T) {
			for range 2 {
				if err := s.RemoveAll(ctx, "org_1/upl_1/"); err != nil {
					t.Error(err)
				}
				if err := s.Remove(ctx, "org_1/upl_1/a"); err != nil {
					t.Error(err)
				}
			}
			if names := must(s.Names(ctx, ""))(t); len(names) != 1 || names[0] != "org_1/upl_10/a" {
				t.Errorf("left %v", names)
			}
		})
	})
}

func TestOpen(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "files")
	s := must(blob.Open(t.Context(), "file:"+filepath.ToSlash(folder)))(t)
	must(s.Write(t.Context(), "a/b", strings.NewReader("text")))(t)
	if got := string(must(os.ReadFile(filepath.Join(folder, "a", "b")))(t)); got != "text" {
		t.Errorf("the folder holds %q", got)
	}
	if mode := must(os.Stat(folder))(t).Mode().Perm(); mode != 0o700 {
		t.Errorf("others may look: %o", mode)
	}
	for _, bad := range []string{"", "nonsense", "ftp://host/", "%zz"} {
		if _, err := blob.Open(t.Context(), bad); err == nil {
			t.Errorf("%q was opened", bad)
		}
	}
}

func TestAudio(t *testing.T) {
	for want, heads := range map[string][]string{
		"audio/webm": {"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x82\x88webm\x00\x00\x00\x00"},
		"audio/ogg":  {"OggS\x00\x02" + strings.Repeat("\x00", 21) + "\x13OpusHead\x01", "OggS\x00\x02" + strings.Repeat("\x00", 21) + "\x1e\x01vorbis"},
		"audio/mp4":  {"\x00\x00\x00\x20ftypM4A \x00\x00", "\x00\x00\x00\x1cftypisom"},
		"audio/wav":  {"RIFF\x24\x08\x00\x00WAVEfmt "},
		"audio/mpeg": {"ID3\x04\x00\x00\x00\x00\x00\x23", "\xff\xfb\x90\x64", "\xff\xf3\x40\xc0"},
		"": {
			"", "<!doctype html>", "<svg xmlns=", "%PDF-1.7", "PK\x03\x04", "MZ", "\x89PNG\r\n\x1a\n", "GIF89a", "\xff\xd8\xff\xe0", "\xff\xff\xff\xff",
			"\x1a\x45\xdf\xa3\x42\x82\x88matroska", "OggS\x00\x02" + strings.Repeat("\x00", 21) + "\x2a\x80theora", "RIFF\x24\x08\x00\x00AVI LIST", "ID3", "ftyp", "OggS",
		},
	} {
		for _, head := range heads {
			if got := blob.Audio([]byte(head)); got != want {
				t.Errorf("%q: got %q, want %q", head, got, want)
			}
		}
	}
}

func FuzzAudio(f *testing.F) {
	f.Add([]byte("OggS\x00"))
	f.Fuzz(func(t *testing.T, head []byte) {
		if got := blob.Audio(head); got != "" && !strings.HasPrefix(got, "audio/") {
			t.Errorf("got %q", got)
		}
	})
}

func TestScanAt(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		switch {
		case r.Method != http.MethodPost:
			w.WriteHeader(http.StatusMethodNotAllowed)
		case bytes.Contains(data, []byte("EICAR")):
			w.WriteHeader(http.StatusNotAcceptable)
		case bytes.Contains(data, []byte("elsewhere")):
			http.Redirect(w, r, "/", http.StatusSeeOther)
		case bytes.Contains(data, []byte("busy")):
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	scan := blob.ScanAt(server.URL)
	for text, want := range map[string]bool{"a song": true, "an EICAR": false} {
		if clean, err := scan(t.Context(), strings.NewReader(text)); clean != want || err != nil {
			t.Errorf("%s: got %v, %v", text, clean, err)
		}
	}
	for _, text := range []string{"busy", "elsewhere"} {
		if clean, err := scan(t.Context(), strings.NewReader(text)); err == nil || clean {
			t.Errorf("%s: got %v, %v", text, clean, err)
		}
	}
	server.Close()
	if _, err := scan(context.Background(), strings.NewReader("a song")); err == nil {
		t.Error("a scanner that is away answered")
	}
}
