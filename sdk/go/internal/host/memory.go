//go:build !wasip1

package host

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// As many keys as the real host puts on a page.
const page = 1000

// Line is one logged line.
type Line struct {
	Level            uint8
	Context, Message string
}

// Values are the contents of one bucket.
type Values map[string][]byte

// State is a host in memory. It keeps the promises that a manager can see (own writes are read,
// keys come in byte order and in pages, increments are decimal text) and knows no schedule.
type State struct {
	Config map[string]string
	// Buckets are those that open: "default" is the manager's own.
	Buckets map[string]Values
	Lines   []Line
	// Running is whether a run is in progress, and who asked for it.
	Running bool
	By      string

	lists      map[uint64][]string
	lastCursor uint64
}

// Memory is the host of this process.
var Memory = Fresh()

// Fresh is a host that has seen nothing.
func Fresh() *State {
	return &State{
		Config:  map[string]string{},
		Buckets: map[string]Values{"default": {}},
		lists:   map[uint64][]string{},
	}
}

// Snapshot copies the contents of all buckets.
func (s *State) Snapshot() map[string]Values {
	copied := map[string]Values{}
	for name, values := range s.Buckets {
		copied[name] = maps.Clone(values)
	}
	return copied
}

func Log(level uint8, context, message string) {
	Memory.Lines = append(Memory.Lines, Line{level, context, message})
}

func ConfigGet(key string) (string, bool, error) {
	value, ok := Memory.Config[key]
	return value, ok, nil
}

func ConfigAll() ([][2]string, error) {
	var all [][2]string
	for _, key := range slices.Sorted(maps.Keys(Memory.Config)) {
		all = append(all, [2]string{key, Memory.Config[key]})
	}
	return all, nil
}

// Bucket is an open bucket; it names the values, so that undoing a run is seen through it.
type Bucket struct{ name string }

func OpenBucket(name string) (*Bucket, error) {
	if name == "" {
		name = "default"
	}
	if _, ok := Memory.Buckets[name]; !ok {
		return nil, &Failure{Kind: NoSuchStore}
	}
	return &Bucket{name}, nil
}

func (b *Bucket) values() Values { return Memory.Buckets[b.name] }

func (b *Bucket) Get(key string) ([]byte, bool, error) {
	value, ok := b.values()[key]
	return slices.Clone(value), ok, nil
}

func (b *Bucket) Set(key string, value []byte) error {
	b.values()[key] = slices.Clone(value)
	return nil
}

func (b *Bucket) Delete(key string) error {
	delete(b.values(), key)
	return nil
}

func (b *Bucket) Exists(key string) (bool, error) {
	_, ok := b.values()[key]
	return ok, nil
}

func (b *Bucket) Increment(key string, delta uint64) (uint64, error) {
	var number uint64
	if text, ok := b.values()[key]; ok {
		var err error
		number, err = strconv.ParseUint(string(text), 10, 64)
		if errors.Is(err, strconv.ErrSyntax) {
			return 0, &Failure{Other, "the value is not a decimal number"}
		}
		if err != nil {
			return 0, &Failure{Other, "the sum does not fit into 64 bits"}
		}
	}
	sum := number + delta
	if sum < number {
		return 0, &Failure{Other, "the sum does not fit into 64 bits"}
	}
	return sum, b.Set(key, strconv.AppendUint(nil, sum, 10))
}

func (b *Bucket) ListKeys(cursor *uint64) (keys []string, next *uint64, err error) {
	if cursor == nil {
		keys = slices.Sorted(maps.Keys(b.values()))
	} else {
		rest, ok := Memory.lists[*cursor]
		if !ok {
			return nil, nil, &Failure{Other, fmt.Sprintf("no list has the cursor %d", *cursor)}
		}
		delete(Memory.lists, *cursor)
		keys = rest
	}
	if len(keys) <= page {
		return keys, nil, nil
	}
	Memory.lastCursor++
	at := Memory.lastCursor
	Memory.lists[at] = keys[page:]
	return keys[:page], &at, nil
}

func Manager() string { return "test" }
func Host() string    { return "test" }
func Fence() uint64   { return 1 }
func Trigger() string { return Memory.By }

func Attempt() uint32      { return running[uint32](1) }
func FuelGranted() uint64  { return running[uint64](100_000_000) }
func FuelLeft() uint64     { return FuelGranted() }
func TimeLimitMs() uint64  { return running[uint64](5_000) }
func MissedBefore() uint64 { return 0 }

// running is the number while a run is in progress, else 0.
func running[N uint32 | uint64](number N) N {
	if Memory.Running {
		return number
	}
	return 0
}
