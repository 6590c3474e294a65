// Package place finds the lines of a manager's own source: where an error was made, and what led to a
// panic. It knows which functions are the SDK's or the runtime's, and hides them.
package place

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// Error is an error that remembers where it was made.
type Error struct {
	error
	// At is a file, line and function.
	At string
}

// Unwrap is the error without its place.
func (e *Error) Unwrap() error { return e.error }

// At is an error with a place.
func At(err error, place string) error { return &Error{err, place} }

// Mark is the error with the place of the manager's code that called the SDK; nil if it is nil.
func Mark(err error) error {
	if err == nil {
		return nil
	}
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		frame, more := frames.Next()
		if !Hidden(frame.Function) {
			return At(err, Describe(frame))
		}
		if !more {
			return err
		}
	}
}

// Describe is the file, line and function of a frame.
func Describe(frame runtime.Frame) string {
	return fmt.Sprintf("%s:%d (%s)", path.Base(frame.File), frame.Line, path.Base(frame.Function))
}

// Hidden is whether a function is one of the Go runtime or of the SDK.
func Hidden(function string) bool {
	for _, prefix := range []string{"runtime.", "tourbillon.", "tourbillon/"} {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	// The exports' own names hold the interface and the function.
	return function == "" || strings.Contains(function, "#")
}
