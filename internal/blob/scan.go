package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Scan looks for viruses in what a reader gives, and says whether it is clean. It need not read to the end.
type Scan func(ctx context.Context, file io.Reader) (clean bool, err error)

// scanTime bounds how long a scanner may take over one file.
const scanTime = 2 * time.Minute

// ScanAt asks a scanner over HTTP: the bytes are sent with POST, and the answer is 200 for a clean file and 406 for one
// that is not. Any other answer is an error, and says nothing of the file.
func ScanAt(address string) Scan {
	client := &http.Client{Timeout: scanTime, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("a scanner does not redirect")
	}}
	return func(ctx context.Context, file io.Reader) (bool, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, io.NopCloser(file))
		if err != nil {
			return false, fmt.Errorf("virus scan: %w", err)
		}
		r.Header.Set("Content-Type", "application/octet-stream")
		answer, err := client.Do(r)
		if err != nil {
			return false, fmt.Errorf("virus scan: %w", err)
		}
		defer answer.Body.Close()
		switch answer.StatusCode {
		case http.StatusOK:
			return true, nil
		case http.StatusNotAcceptable:
			return false, nil
		default:
			return false, fmt.Errorf("virus scan: the scanner answered %s", answer.Status)
		}
	}
}
