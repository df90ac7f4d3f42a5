package blob

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gocloud.dev/gcerrors"
)

// Piece is one of the names that a file is kept under, one after the other.
type Piece struct {
	Name string
	Size int64
}

// File reads pieces as one, from any place on. It is not safe for concurrent use.
type File struct {
	store  *Store
	ctx    context.Context // of the request that reads; an io.Reader takes none
	pieces []Piece
	size   int64
	at     int64
	open   io.ReadCloser // what is read at the moment; nil after a jump
}

// File opens pieces to be read as one. Nothing is read yet.
func (s *Store) File(ctx context.Context, pieces []Piece) *File {
	f := &File{store: s, ctx: ctx, pieces: pieces}
	for _, p := range pieces {
		f.size += p.Size
	}
	return f
}

// Size is how many bytes the file has.
func (f *File) Size() int64 { return f.size }

// Read reads on. A piece that is gone or shorter than it was is an error.
func (f *File) Read(p []byte) (int, error) {
	for len(p) > 0 && f.at < f.size {
		if f.open == nil {
			if err := f.enter(); err != nil {
				return 0, err
			}
		}
		n, err := f.open.Read(p)
		f.at += int64(n)
		if errors.Is(err, io.EOF) {
			err = f.leave()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	if len(p) == 0 {
		return 0, nil
	}
	return 0, io.EOF
}

// enter opens the piece at the place.
func (f *File) enter() error {
	from := f.at
	for _, piece := range f.pieces {
		if from >= piece.Size {
			from -= piece.Size
			continue
		}
		r, err := f.store.bucket.NewRangeReader(f.ctx, piece.Name, from, piece.Size-from, nil)
		if err != nil {
			if gcerrors.Code(err) == gcerrors.NotFound {
				return fmt.Errorf("read file: a piece is missing: %w", err)
			}
			return fmt.Errorf("read file: %w", err)
		}
		f.open = r
		return nil
	}
	return io.EOF
}

// leave closes a piece that was read to its end, which must be where the next begins.
func (f *File) leave() error {
	err := f.Close()
	end := int64(0)
	for _, piece := range f.pieces {
		if end += piece.Size; end == f.at {
			return err
		}
	}
	return errors.Join(err, fmt.Errorf("read file: a piece is too short: %w", io.ErrUnexpectedEOF))
}

// Seek jumps to a place in the file.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, errors.New("read file: a place before its beginning")
	}
	if offset == f.at {
		return offset, nil
	}
	f.at = offset
	return offset, f.Close()
}

// Close lets go of what is being read; reading may go on afterwards.
func (f *File) Close() error {
	if f.open == nil {
		return nil
	}
	open := f.open
	f.open = nil
	return open.Close()
}
