// Package store is the manager's durable state, through wasi:keyvalue: bytes under string keys, in
// buckets.
//
// What a run writes is kept only if the run succeeds, all of it at once; a run reads its own
// writes. Values and keys count against the manager's quota.
package store

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"tourbillon/internal/host"
	"tourbillon/internal/place"
)

// What an error of this package may be, for [errors.Is]. Any other is in the host's words.
var (
	// ErrNoSuchStore: there is no bucket of this name, or it is not granted to this manager.
	ErrNoSuchStore = errors.New("no such bucket")
	// ErrAccessDenied: the manager may not use the bucket in this way, or not at this moment.
	ErrAccessDenied = errors.New("access denied")
	// ErrQuota: more bytes or keys than granted; nothing was stored.
	ErrQuota = errors.New("over the quota")
	// ErrInvalid: the bytes under a key are not what was asked for: no UTF-8, or no such JSON.
	ErrInvalid = errors.New("invalid value")
)

// failure is one of the errors above in the words that the SDKs of all languages have for it.
type failure struct {
	text   string
	causes []error
}

func (f *failure) Error() string   { return f.text }
func (f *failure) Unwrap() []error { return f.causes }

func failed(text string, causes ...error) error { return place.Mark(&failure{text, causes}) }

// invalid is the failure of the value under a key.
func invalid(key, reason string, causes ...error) error {
	return failed(fmt.Sprintf("value of key %q: %s", key, reason), append(causes, ErrInvalid)...)
}

// Bucket is an open bucket. Opening one for the first time is a call to the host; the handle is good
// as long as its instance, and there is nothing to close.
type Bucket struct{ handle *host.Bucket }

// Own opens the manager's own bucket. It fails with [ErrAccessDenied] while tasks are being
// declared, when there is no store.
func Own() (*Bucket, error) { return Open("default") }

// Open opens a bucket that the operator granted under this name. It fails with [ErrNoSuchStore] if
// none is.
func Open(name string) (*Bucket, error) {
	handle, err := host.OpenBucket(name)
	if err != nil {
		return nil, translate(err, name)
	}
	return &Bucket{handle}, nil
}

// Get is the value under key, and whether there is one.
func (b *Bucket) Get(key string) (value []byte, ok bool, err error) {
	value, ok, err = b.handle.Get(key)
	return value, ok, translate(err)
}

// GetText is the value under key as text, and whether there is one. It fails with [ErrInvalid] if
// the value is not UTF-8.
func (b *Bucket) GetText(key string) (text string, ok bool, err error) {
	value, ok, err := b.Get(key)
	if err == nil && !utf8.Valid(value) {
		return "", false, invalid(key, "not UTF-8")
	}
	return string(value), ok, err
}

// GetNumber is the number under key, as [Bucket.Increment] keeps it, and whether there is one. It fails
// with [ErrInvalid] if the value is no number of 64 bits.
func (b *Bucket) GetNumber(key string) (number uint64, ok bool, err error) {
	value, ok, err := b.Get(key)
	if err != nil || !ok {
		return 0, false, err
	}
	if number, err = strconv.ParseUint(string(value), 10, 64); err != nil {
		return 0, false, invalid(key, "expected a whole number from 0 to 18446744073709551615")
	}
	return number, true, nil
}

// Set puts value under key, in place of what was there. It fails with [ErrQuota] if it would be
// more bytes or keys than granted.
func (b *Bucket) Set(key string, value []byte) error { return translate(b.handle.Set(key, value)) }

// SetText puts text under key; see [Bucket.Set].
func (b *Bucket) SetText(key, text string) error { return b.Set(key, []byte(text)) }

// Delete removes key; that there was none is no error.
func (b *Bucket) Delete(key string) error { return translate(b.handle.Delete(key)) }

// Exists is whether there is a value under key.
func (b *Bucket) Exists(key string) (bool, error) {
	ok, err := b.handle.Exists(key)
	return ok, translate(err)
}

// Increment adds delta to the number under key, which starts at 0, and returns the sum. The number
// is kept as decimal text. It fails if the value is no number, or the sum too large.
func (b *Bucket) Increment(key string, delta uint64) (uint64, error) {
	sum, err := b.handle.Increment(key, delta)
	return sum, translate(err)
}

// Page is a part of a list of keys.
type Page struct {
	// Keys are in the order of their bytes, at most 1,000.
	Keys []string
	// Next asks [Bucket.ListKeys] for the page after this one; nil on the last one.
	Next *uint64
}

// ListKeys is the first page of the keys for a nil cursor, or the one that a page's Next names. The
// list is the one that stood when the first page was asked for.
func (b *Bucket) ListKeys(cursor *uint64) (Page, error) {
	keys, next, err := b.handle.ListKeys(cursor)
	return Page{keys, next}, translate(err)
}

// Keys are all keys in the order of their bytes, asked for page by page:
//
//	for key, err := range bucket.Keys() {
//		if err != nil {
//			return err
//		}
//		…
//	}
//
// The list is the one that stood when the first page was asked for: deleting while listing skips
// none. After an error it ends.
func (b *Bucket) Keys() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var cursor *uint64
		for {
			page, err := b.ListKeys(cursor)
			if err != nil {
				yield("", err)
				return
			}
			for _, key := range page.Keys {
				if !yield(key, nil) {
					return
				}
			}
			if page.Next == nil {
				return
			}
			cursor = page.Next
		}
	}
}

// translate is a failure of the host's in words; of a bucket's name where it was opened by it.
func translate(err error, name ...string) error {
	var told *host.Failure
	if !errors.As(err, &told) {
		return err
	}
	switch limit, full := strings.CutPrefix(told.Text, "quota: "); {
	case told.Kind == host.NoSuchStore:
		bucket := fmt.Sprintf("%q", strings.Join(name, ""))
		return failed("no bucket "+bucket+" is granted to this manager", ErrNoSuchStore)
	case told.Kind == host.AccessDenied:
		return failed("the host denies access to the bucket", ErrAccessDenied)
	case full:
		return failed("over the bucket's quota: "+limit, ErrQuota)
	default:
		return failed("the store failed: " + told.Text)
	}
}
