// JSON under keys. In a file of its own, as a program that does not call it is smaller by the
// standard library's encoding/json.

package store

import "encoding/json"

// GetJSON reads the value under key as JSON into what into points at, and says whether there is
// one. It fails with [ErrInvalid] if the value is no JSON of that type.
func (b *Bucket) GetJSON(key string, into any) (ok bool, err error) {
	value, ok, err := b.Get(key)
	if err != nil || !ok {
		return false, err
	}
	if err := json.Unmarshal(value, into); err != nil {
		return false, invalid(key, err.Error(), err)
	}
	return true, nil
}

// SetJSON puts value under key as JSON, without spaces. It fails with [ErrInvalid] if the value
// cannot be written as JSON, and as [Bucket.Set] does.
func (b *Bucket) SetJSON(key string, value any) error {
	bytes, err := json.Marshal(value)
	if err != nil {
		return invalid(key, err.Error(), err)
	}
	return b.Set(key, bytes)
}
