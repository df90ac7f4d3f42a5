package graph

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// loader gathers what many fields ask for one by one, and reads each key once. What was read is kept as long as the
// loader: one operation.
type loader[K comparable, V any] struct {
	read func(ctx context.Context, keys []K) ([]V, []error)
	wait time.Duration

	mu      sync.Mutex
	asked   map[K]*answer[V]
	waiting []K // what the next read takes
}

// answer is one key's value, once done is closed.
type answer[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// newLoader makes a loader of read, which gives a value and an error for each key, or one error for all.
func newLoader[K comparable, V any](wait time.Duration, read func(context.Context, []K) ([]V, []error)) *loader[K, V] {
	return &loader[K, V]{read: read, wait: wait, asked: map[K]*answer[V]{}}
}

// Load gives a key's value. It returns early if the context ends; whoever else asked still gets theirs.
func (l *loader[K, V]) Load(ctx context.Context, key K) (V, error) { return l.ask(ctx, key).get(ctx) }

// LoadAll gives the values of several keys, or the first error among them.
func (l *loader[K, V]) LoadAll(ctx context.Context, keys []K) ([]V, error) {
	values := make([]V, len(keys))
	for i, a := range l.askAll(ctx, keys) {
		var err error
		if values[i], err = a.get(ctx); err != nil {
			return values, err
		}
	}
	return values, nil
}

// askAll asks for several keys, to be read together.
func (l *loader[K, V]) askAll(ctx context.Context, keys []K) []*answer[V] {
	answers := make([]*answer[V], len(keys))
	for i, key := range keys {
		answers[i] = l.ask(ctx, key)
	}
	return answers
}

func (a *answer[V]) get(ctx context.Context) (V, error) {
	select {
	case <-a.done:
		return a.value, a.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// ask notes a key; the first of a batch begins to gather. The batch is read for all who asked, so that it does not end
// with the field that happened to be first.
func (l *loader[K, V]) ask(ctx context.Context, key K) *answer[V] {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known := l.asked[key]; known != nil {
		return known
	}
	a := &answer[V]{done: make(chan struct{})}
	l.asked[key] = a
	if l.waiting = append(l.waiting, key); len(l.waiting) == 1 {
		go l.gather(ctx)
	}
	return a
}

// quiet is how many waits in a row must bring no new key before a batch is read: a machine that stood still for one of
// them, with the fields that would have asked, does not split the batch.
const quiet = 2

// gather waits until nobody asks for more, and reads.
func (l *loader[K, V]) gather(ctx context.Context) {
	for seen, still := 1, 0; still < quiet; still++ {
		time.Sleep(l.wait)
		l.mu.Lock()
		n := len(l.waiting)
		l.mu.Unlock()
		if n > seen {
			seen, still = n, -1
		}
	}
	l.mu.Lock()
	keys := l.waiting
	l.waiting = nil
	answers := make([]*answer[V], len(keys))
	for i, key := range keys {
		answers[i] = l.asked[key]
	}
	l.mu.Unlock()
	values, errs := l.reading(ctx, keys)
	for i, a := range answers {
		switch {
		case len(errs) == 1 && len(values) != len(keys):
			a.err = errs[0]
		case len(values) != len(keys) || len(errs) != 0 && len(errs) != len(keys):
			a.err = fmt.Errorf("a batch of %d keys got %d values and %d errors", len(keys), len(values), len(errs))
		default:
			a.value = values[i]
			if len(errs) > 0 {
				a.err = errs[i]
			}
		}
		close(a.done)
	}
}

// reading makes an error of a panic, which in a goroutine of its own would end the process.
func (l *loader[K, V]) reading(ctx context.Context, keys []K) (values []V, errs []error) {
	defer func() {
		if p := recover(); p != nil {
			values, errs = nil, []error{fmt.Errorf("panic while reading a batch: %v", p)}
		}
	}()
	return l.read(ctx, keys)
}
