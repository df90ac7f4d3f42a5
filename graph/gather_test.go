package graph

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// doubles reads twice each key, and notes what was asked together; 13 is refused.
type doubles struct {
	mu      sync.Mutex
	batches [][]int
}

var errUnlucky = errors.New("unlucky")

func (d *doubles) read(_ context.Context, keys []int) ([]int, []error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.batches = append(d.batches, slices.Sorted(slices.Values(keys)))
	values, errs := make([]int, len(keys)), make([]error, len(keys))
	for i, key := range keys {
		values[i] = 2 * key
		if key == 13 {
			errs[i] = errUnlucky
		}
	}
	return values, errs
}

func (d *doubles) want(t *testing.T, batches ...[]int) {
	t.Helper()
	if !slices.EqualFunc(d.batches, batches, slices.Equal) {
		t.Errorf("read %v, want %v", d.batches, batches)
	}
}

func TestLoader(t *testing.T) {
	const wait = time.Millisecond
	facts := map[string]func(t *testing.T, d *doubles, l *loader[int, int]){
		"many fields are one read, each key once": func(t *testing.T, d *doubles, l *loader[int, int]) {
			var fields sync.WaitGroup
			for i := range 30 {
				fields.Go(func() {
					if v, err := l.Load(t.Context(), i%10); v != 2*(i%10) || err != nil {
						t.Errorf("%d: got %d, %v", i, v, err)
					}
				})
			}
			fields.Wait()
			d.want(t, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
		},
		"who asks while it gathers is waited for": func(t *testing.T, d *doubles, l *loader[int, int]) {
			var fields sync.WaitGroup
			for i := range 5 {
				fields.Go(func() {
					time.Sleep(time.Duration(i) * wait * 3 / 2)
					_, _ = l.Load(t.Context(), i)
				})
			}
			fields.Wait()
			d.want(t, []int{0, 1, 2, 3, 4})
		},
		"what was read is kept, and the next keys are read apart": func(t *testing.T, d *doubles, l *loader[int, int]) {
			_, _ = l.Load(t.Context(), 1)
			_, _ = l.Load(t.Context(), 1)
			_, _ = l.LoadAll(t.Context(), []int{1, 2, 3})
			d.want(t, []int{1}, []int{2, 3})
		},
		"an error belongs to its key": func(t *testing.T, d *doubles, l *loader[int, int]) {
			_, err := l.LoadAll(t.Context(), []int{1, 13, 2})
			if !errors.Is(err, errUnlucky) {
				t.Errorf("all: got %v", err)
			}
			if v, err := l.Load(t.Context(), 2); v != 4 || err != nil {
				t.Errorf("2: got %d, %v", v, err)
			}
			d.want(t, []int{1, 2, 13})
		},
		"who is called off does not wait, and the others get theirs": func(t *testing.T, d *doubles, l *loader[int, int]) {
			off, cancel := context.WithCancel(t.Context())
			var fields sync.WaitGroup
			fields.Go(func() {
				if v, err := l.Load(t.Context(), 1); v != 2 || err != nil {
					t.Errorf("1: got %d, %v", v, err)
				}
			})
			fields.Go(func() {
				if _, err := l.Load(off, 2); !errors.Is(err, context.Canceled) {
					t.Errorf("2: got %v", err)
				}
			})
			synctest.Wait()
			cancel()
			fields.Wait()
		},
	}
	for name, fact := range facts {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &doubles{}
				fact(t, d, newLoader(wait, d.read))
			})
		})
	}
}

func TestLoaderFaults(t *testing.T) {
	broken := errors.New("broken")
	for name, read := range map[string]func(context.Context, []int) ([]int, []error){
		"one error is everybody's":   func(context.Context, []int) ([]int, []error) { return nil, []error{broken} },
		"a panic is an error":        func(context.Context, []int) ([]int, []error) { panic(broken) },
		"too few values is an error": func(context.Context, []int) ([]int, []error) { return []int{1}, nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLoader(time.Millisecond, read)
				var fields sync.WaitGroup
				for i := range 3 {
					fields.Go(func() {
						if _, err := l.Load(t.Context(), i); err == nil {
							t.Errorf("%d: no error", i)
						}
					})
				}
				fields.Wait()
			})
		})
	}
}
