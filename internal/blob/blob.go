// Package blob keeps the bytes of files: in a local folder, or in a bucket that speaks S3.
//
// It knows names and bytes, and nothing of rows: what a file is, whose it is and who may have it is the caller's.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/memblob" // mem://, for tests
	_ "gocloud.dev/blob/s3blob"  // s3://BUCKET?endpoint=…
	"gocloud.dev/gcerrors"
)

// Store is a place where bytes are kept by name. It is safe for concurrent use.
type Store struct {
	bucket *blob.Bucket
	folder string // of a local store
}

// Open opens the store behind an address: file:FOLDER, s3://BUCKET with the parameters of gocloud.dev/blob/s3blob, or
// mem:// for what need not last. A folder is made if it is not there.
func Open(ctx context.Context, address string) (*Store, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("blob store: %w", err)
	}
	if u.Scheme == "file" {
		return openFolder(filepath.FromSlash(u.Opaque + u.Path))
	}
	bucket, err := blob.OpenBucket(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("blob store: %w", err)
	}
	return &Store{bucket: bucket}, nil
}

// openFolder opens a folder that its owner alone reads. Names hold no attributes: the caller's rows do.
func openFolder(folder string) (*Store, error) {
	bucket, err := fileblob.OpenBucket(folder, &fileblob.Options{
		CreateDir: true, DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite,
	})
	if err != nil {
		return nil, fmt.Errorf("blob store: %w", err)
	}
	return &Store{bucket: bucket, folder: folder}, nil
}

// Close lets go of the store.
func (s *Store) Close() error { return s.bucket.Close() }

// Write keeps all that a reader gives under a name, and tells how many bytes it was. When it returns without an error
// they are kept for good; with one, nothing is.
func (s *Store) Write(ctx context.Context, name string, from io.Reader) (int64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := s.bucket.NewWriter(ctx, name, &blob.WriterOptions{ContentType: "application/octet-stream", DisableContentTypeDetection: true})
	if err != nil {
		return 0, fmt.Errorf("write file: %w", err)
	}
	n, err := io.Copy(w, from)
	if err != nil {
		cancel() // closing must not keep the half
		_ = w.Close()
		return 0, fmt.Errorf("write file: %w", err)
	}
	if err := w.Close(); err != nil {
		return 0, fmt.Errorf("write file: %w", err)
	}
	return n, s.sync(name)
}

// sync waits for the disk: a folder's file is renamed into its place, which a loss of power could undo.
func (s *Store) sync(name string) error {
	if s.folder == "" {
		return nil
	}
	file := filepath.Join(s.folder, filepath.FromSlash(name))
	for _, path := range []string{file, filepath.Dir(file)} {
		f, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("write file: %w", err)
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("write file: %w", err)
		}
	}
	return nil
}

// Remove deletes a name; one that is not there is gone already.
func (s *Store) Remove(ctx context.Context, name string) error {
	if err := s.bucket.Delete(ctx, name); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return fmt.Errorf("remove file: %w", err)
	}
	return nil
}

// RemoveAll deletes every name that begins with a prefix.
func (s *Store) RemoveAll(ctx context.Context, prefix string) error {
	for list := s.bucket.List(&blob.ListOptions{Prefix: prefix}); ; {
		found, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list files: %w", err)
		}
		if err := s.Remove(ctx, found.Key); err != nil {
			return err
		}
	}
}

// Names lists every name that begins with a prefix.
func (s *Store) Names(ctx context.Context, prefix string) ([]string, error) {
	var names []string
	for list := s.bucket.List(&blob.ListOptions{Prefix: prefix}); ; {
		found, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return nil, fmt.Errorf("list files: %w", err)
		}
		names = append(names, found.Key)
	}
}
