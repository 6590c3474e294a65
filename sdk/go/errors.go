// Why a task failed: an ordinary error, with a place or a wish if it was made here.

package tourbillon

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unicode"

	"tourbillon/internal/place"
)

// Errorf makes an error as fmt.Errorf does, %w included, that remembers the file and line of the
// call. A run that fails with it, or with an error that wraps it, logs the place; errors of the packages
// config and store know it without.
func Errorf(format string, args ...any) error {
	return place.At(fmt.Errorf(format, args...), caller())
}

// WithSkip is the same error, asking the host to skip this many ticks before the next run, once.
// The host clamps it to a configured range. It is nil if err is.
func WithSkip(err error, ticks uint32) error {
	if err == nil {
		return nil
	}
	return &skipError{err, SkipTicks(ticks)}
}

type skipError struct {
	error
	skip Skip
}

func (e *skipError) Unwrap() error { return e.error }

// silentError is an error without a text, and says so in its place.
type silentError struct {
	error
	text string
}

func (e *silentError) Error() string { return e.text }

func (e *silentError) Unwrap() error { return e.error }

// spoken is the error if it has a text, or else one around it that names its type.
func spoken(err error) error {
	if strings.TrimSpace(oneLine(err.Error())) != "" {
		return err
	}
	made := err
	// What the SDK put around it is not the author's.
	for {
		switch around := made.(type) {
		case *skipError:
			made = around.error
		case *place.Error:
			made = around.Unwrap()
		default:
			return &silentError{err, fmt.Sprintf("an error of the type %T, which has no text", made)}
		}
	}
}

// skipOf is the wish in the error, or else the one beside it.
func skipOf(err error, beside Skip) Skip {
	var asking *skipError
	if errors.As(err, &asking) {
		return asking.skip
	}
	return beside
}

// failed is the line of the log about a failure: with the place where the innermost error was made that
// remembers it, or else where the task was declared, if it is one.
func failed(what, declared string, err error) string {
	message, found := oneLine(err.Error()), ""
	var placed *place.Error
	for inner := err; errors.As(inner, &placed); inner = placed.Unwrap() {
		found = placed.At
	}
	switch {
	case found != "":
		return fmt.Sprintf("%s failed at %s: %s", what, found, message)
	case declared != "":
		return fmt.Sprintf("%s failed, declared at %s: %s", what, declared, message)
	default:
		return fmt.Sprintf("%s failed at a place unknown: %s", what, message)
	}
}

// caller is the place of the code that called the function that asks.
func caller() string {
	pcs := make([]uintptr, 1)
	frame, _ := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)]).Next()
	return place.Describe(frame)
}

// oneLine makes line breaks and other control characters spaces: a message is one line of a log.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, unicode.IsControl), " ")
}
