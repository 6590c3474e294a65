//go:build wasip1

package host

import (
	"errors"

	"tourbillon/internal/bindings/imports/tourbillon_manager_context"
	"tourbillon/internal/bindings/imports/wasi_config_store"
	"tourbillon/internal/bindings/imports/wasi_keyvalue_atomics"
	"tourbillon/internal/bindings/imports/wasi_keyvalue_store"
	"tourbillon/internal/bindings/imports/wasi_logging_logging"
	wit "tourbillon/internal/wit/types"
)

// Log writes one line.
func Log(level uint8, context, message string) { wasi_logging_logging.Log(level, context, message) }

// ConfigGet reads one value.
func ConfigGet(key string) (string, bool, error) {
	result := wasi_config_store.Get(key)
	if result.IsErr() {
		return "", false, configError(result.Err())
	}
	value := result.Ok()
	return value.SomeOr(""), value.IsSome(), nil
}

// ConfigAll reads all pairs of a name and a value.
func ConfigAll() ([][2]string, error) {
	result := wasi_config_store.GetAll()
	if result.IsErr() {
		return nil, configError(result.Err())
	}
	var all [][2]string
	for _, pair := range result.Ok() {
		all = append(all, [2]string{pair.F0, pair.F1})
	}
	return all, nil
}

func configError(err wasi_config_store.Error) error {
	if err.Tag() == wasi_config_store.Error_Upstream {
		return errors.New(err.Upstream())
	}
	return errors.New(err.Io())
}

// Bucket is an open bucket.
type Bucket struct{ handle *wasi_keyvalue_store.Bucket }

// Handles are limited and good as long as the instance, and nothing in Go says when one is no longer
// used: so each bucket is opened once.
var opened = map[string]*Bucket{}

// OpenBucket opens a bucket by name.
func OpenBucket(name string) (*Bucket, error) {
	if bucket, ok := opened[name]; ok {
		return bucket, nil
	}
	handle, err := unwrap(wasi_keyvalue_store.Open(name))
	if err != nil {
		return nil, err
	}
	opened[name] = &Bucket{handle}
	return opened[name], nil
}

// Get reads a value.
func (b *Bucket) Get(key string) ([]byte, bool, error) {
	value, err := unwrap(b.handle.Get(key))
	return value.SomeOr(nil), value.IsSome(), err
}

// Set writes a value.
func (b *Bucket) Set(key string, value []byte) error {
	_, err := unwrap(b.handle.Set(key, value))
	return err
}

// Delete removes a key.
func (b *Bucket) Delete(key string) error {
	_, err := unwrap(b.handle.Delete(key))
	return err
}

// Exists looks for a key.
func (b *Bucket) Exists(key string) (bool, error) { return unwrap(b.handle.Exists(key)) }

// Increment adds to a number.
func (b *Bucket) Increment(key string, delta uint64) (uint64, error) {
	return unwrap(wasi_keyvalue_atomics.Increment(b.handle, key, delta))
}

// ListKeys reads the first page of keys, or the one at the cursor, and the cursor of the next.
func (b *Bucket) ListKeys(cursor *uint64) (keys []string, next *uint64, err error) {
	from := wit.None[uint64]()
	if cursor != nil {
		from = wit.Some(*cursor)
	}
	page, err := unwrap(b.handle.ListKeys(from))
	if page.Cursor.IsSome() {
		at := page.Cursor.Some()
		next = &at
	}
	return page.Keys, next, err
}

func unwrap[T any](result wit.Result[T, wasi_keyvalue_store.Error]) (value T, err error) {
	if result.IsOk() {
		return result.Ok(), nil
	}
	switch raw := result.Err(); raw.Tag() {
	case wasi_keyvalue_store.Error_NoSuchStore:
		return value, &Failure{Kind: NoSuchStore}
	case wasi_keyvalue_store.Error_AccessDenied:
		return value, &Failure{Kind: AccessDenied}
	default:
		return value, &Failure{Kind: Other, Text: raw.Other()}
	}
}

// What the interface context answers; see the public functions of the same names.

func Manager() string      { return tourbillon_manager_context.Manager() }
func Host() string         { return tourbillon_manager_context.Host() }
func Attempt() uint32      { return tourbillon_manager_context.Attempt() }
func Fence() uint64        { return tourbillon_manager_context.Fence() }
func Trigger() string      { return tourbillon_manager_context.Trigger() }
func FuelGranted() uint64  { return tourbillon_manager_context.FuelGranted() }
func FuelLeft() uint64     { return tourbillon_manager_context.FuelLeft() }
func TimeLimitMs() uint64  { return tourbillon_manager_context.TimeLimitMs() }
func MissedBefore() uint64 { return tourbillon_manager_context.MissedBefore() }
