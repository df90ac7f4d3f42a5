package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxAnswer bounds what is read of one answer, and maxRefusal what is read of one that says what is wrong.
const (
	maxAnswer  = 4 << 20
	maxRefusal = 16 << 10
)

func (c *Client) read(ctx context.Context, path string, into any) error {
	return c.call(ctx, http.MethodGet, path, nil, into)
}

func (c *Client) post(ctx context.Context, path string, what, into any) error {
	body, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("code runner: %w", err)
	}
	return c.call(ctx, http.MethodPost, path, body, into)
}

// call makes one request and reads its answer, whole or not at all.
func (c *Client) call(ctx context.Context, method, path string, body []byte, into any) error {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("code runner: %w", err)
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "assay")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("X-Auth-Token", c.token)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return unreached(err)
	}
	defer answer.Body.Close()
	if err := answered(answer); err != nil {
		return explained(err, answer)
	}
	return decode(answer.Body, into)
}

// decode reads one JSON value that ends within the bound.
func decode(body io.Reader, into any) error {
	data, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	switch {
	case len(data) > maxAnswer:
		return &Failure{Reason: "the code runner's answer is too large", cause: errTooLarge}
	case err != nil:
		return unreached(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		// What is wrong is told, what was sent is not.
		return garbled(errors.New("it is no JSON of the protocol"))
	}
	return nil
}

// explained adds which fields of its runs a server refuses, where it says so.
func explained(err error, answer *http.Response) error {
	if answer.StatusCode != http.StatusUnprocessableEntity {
		return err
	}
	data, _ := io.ReadAll(io.LimitReader(answer.Body, maxRefusal))
	var runs []map[string]any
	if json.Unmarshal(data, &runs) != nil || len(runs) == 0 || len(runs[0]) == 0 {
		return err
	}
	return refused(runs[0])
}
