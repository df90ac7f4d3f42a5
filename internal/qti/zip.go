package qti

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"
)

// The limits of a package, counted while it is read: what a zip says of its sizes is not believed.
const (
	mostEntries = 2000
	mostTotal   = 64 << 20
	mostRatio   = 100
)

// errRatio and errTotal say which limit was met.
var (
	errRatio = errors.New("it unpacks to more than 100 times its size")
	errTotal = errors.New("the package unpacks to more than 64 MB")
)

// isZip knows a zip by its first bytes, also an empty one.
func isZip(data []byte) bool {
	return bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("PK\x05\x06"))
}

// archive is what a zip holds, by name; folders and zips inside it are left out.
type archive struct {
	files map[string][]byte
	names []string // in the order of the zip
	inner []string // zips inside
}

// unpack reads a whole zip within the limits, or says why it is refused.
func unpack(data []byte) (*archive, *Fault) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, &Fault{Message: "this zip is damaged"}
	}
	if len(r.File) > mostEntries {
		return nil, &Fault{Message: "a package holds at most 2,000 files"}
	}
	r.RegisterDecompressor(zip.Deflate, inflate)
	a, left := &archive{files: map[string][]byte{}}, int64(mostTotal)
	for _, f := range r.File {
		if message := a.refuses(f); message != "" {
			return nil, &Fault{File: strings.ToValidUTF8(f.Name, "\uFFFD"), Message: message}
		}
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		content, err := entry(f, left)
		if err != nil {
			return nil, &Fault{File: f.Name, Message: err.Error()}
		}
		left -= int64(len(content))
		a.keep(f.Name, content)
	}
	return a, nil
}

func (a *archive) keep(name string, content []byte) {
	if isZip(content) {
		a.inner = append(a.inner, name)
		return
	}
	a.files[name] = content
	a.names = append(a.names, name)
}

// refuses says why an entry makes the package suspect, or nothing.
func (a *archive) refuses(f *zip.File) string {
	name := strings.TrimSuffix(f.Name, "/")
	switch {
	case !utf8.ValidString(f.Name) || !legible(f.Name) || strings.ContainsAny(name, `\:`):
		return "this name of a file is not allowed"
	case name == "" || path.IsAbs(name) || path.Clean(name) != name || name == ".." || strings.HasPrefix(name, "../"):
		return "this name of a file leads out of the package"
	case a.files[f.Name] != nil:
		return "two files have this name"
	case f.Flags&1 != 0:
		return "this file is encrypted"
	}
	return ""
}

// entry reads one file, at most so many bytes of it.
func entry(f *zip.File, most int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, errors.New("this file of the zip cannot be read")
	}
	content, err := io.ReadAll(io.LimitReader(r, most+1))
	if closed := r.Close(); err == nil {
		err = closed
	}
	switch {
	case errors.Is(err, errRatio):
		return nil, errRatio
	case err != nil:
		return nil, errors.New("this file of the zip is damaged")
	case int64(len(content)) > most:
		return nil, errTotal
	}
	return append([]byte{}, content...), nil
}

// inflater decompresses while what comes out is in proportion to what went in.
type inflater struct {
	io.ReadCloser
	in  *counter
	out int64
}

type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

func inflate(r io.Reader) io.ReadCloser {
	in := &counter{Reader: r}
	return &inflater{ReadCloser: flate.NewReader(in), in: in}
}

// Read fails with errRatio once too much has come out; a kilobyte more is left to the smallest of files.
func (i *inflater) Read(p []byte) (int, error) {
	n, err := i.ReadCloser.Read(p)
	if i.out += int64(n); i.out > mostRatio*(i.in.n+1024) {
		return 0, errRatio
	}
	return n, err
}

// member is a file of a package to be.
type member struct {
	name string
	data []byte
}

// pack writes a zip without times; what deflates beyond belief is stored, so that unpack takes it back.
func pack(members []member) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		header := &zip.FileHeader{Name: m.name, Method: zip.Deflate}
		if size, err := deflated(m.data); err != nil || size*(mostRatio/2) < len(m.data) {
			header.Method = zip.Store
		}
		f, err := w.CreateHeader(header)
		if err == nil {
			_, err = f.Write(m.data)
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", m.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write package: %w", err)
	}
	return b.Bytes(), nil
}

func deflated(data []byte) (int, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	return b.Len(), err
}
