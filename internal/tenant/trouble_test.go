package tenant

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/lib/pq"

	"github.com/assay-hq/assay/internal/fault"
)

func TestTroubled(t *testing.T) {
	network := func(op string, err error) error { return &net.OpError{Op: op, Net: "unix", Err: err} }
	for name, c := range map[string]struct {
		err  error
		want fault.Code // none: nothing is said of the database
	}{
		"nothing":                      {nil, ""},
		"the end of rows":              {io.EOF, ""},
		"a violation":                  {&pq.Error{Code: "23505"}, ""},
		"a lost race":                  {&pq.Error{Code: "40001"}, ""},
		"nobody listens":               {network("dial", syscall.ECONNREFUSED), fault.Unavailable},
		"no socket":                    {network("dial", syscall.ENOENT), fault.Unavailable},
		"reset while read":             {network("read", syscall.ECONNRESET), fault.Unavailable},
		"broken while written":         {network("write", syscall.EPIPE), fault.Unavailable},
		"ended in the middle":          {fmt.Errorf("read: %w", io.ErrUnexpectedEOF), fault.Unavailable},
		"a connection that was closed": {driver.ErrBadConn, fault.Unavailable},
		"the server stops":             {&pq.Error{Code: "57P01"}, fault.Unavailable},
		"the server starts":            {&pq.Error{Code: "57P03"}, fault.Unavailable},
		"no connection is left":        {&pq.Error{Code: "53300"}, fault.Overloaded},
		"a lock that is not to be had": {&pq.Error{Code: "55P03"}, fault.Overloaded},
		"a statement that takes long":  {&pq.Error{Code: "57014"}, fault.Timeout},
	} {
		t.Run(name, func(t *testing.T) {
			got := troubled(c.err)
			if c.want == "" && got != c.err {
				t.Errorf("got %v", got)
			}
			if c.want != "" && (!fault.Is(got, c.want) || !errors.Is(got, c.err)) {
				t.Errorf("got %v, want %s that keeps the cause", got, c.want)
			}
		})
	}
}
