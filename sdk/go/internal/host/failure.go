// Package host is the one door to the host: in WebAssembly the imports, elsewhere a small host in
// memory. Both offer the same functions, so that the rest of the SDK, and a manager's own tests,
// need not know where they run. It decides nothing.
package host

// Kind says why a bucket refused.
type Kind uint8

// The kinds, as wasi:keyvalue tells them apart.
const (
	NoSuchStore Kind = iota
	AccessDenied
	Other
)

// Failure is what the store answered instead of a value.
type Failure struct {
	Kind Kind
	// Text is in the host's words, for Other.
	Text string
}

func (f *Failure) Error() string { return f.Text }
