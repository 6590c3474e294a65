//go:build !wasip1

package tourbillon

// Export makes a manager what this component exports; called once, in a func init of package main.
// Outside of WebAssembly, in a unit test, there is nothing to export to: it does nothing.
func Export[M Manager](make func() M) {}
