// Why a task failed: an ordinary error, with a place or a wish if it was made here.

package tourbillon

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"strings"
	"unicode"
)

// Errorf makes an error as fmt.Errorf does, %w included, that remembers the file and line of the
// call. A run that fails with it, or with an error that wraps it, logs the place.
func Errorf(format string, args ...any) error {
	return &placedError{fmt.Errorf(format, args...), caller()}
}

type placedError struct {
	error
	place string
}

func (e *placedError) Unwrap() error { return e.error }

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

// skipOf is the wish in the error, or else the one beside it.
func skipOf(err error, beside Skip) Skip {
	var asking *skipError
	if errors.As(err, &asking) {
		return asking.skip
	}
	return beside
}

// placeOf is where the innermost error was made that remembers it, or else where the task was
// declared.
func placeOf(err error, task Task) string {
	found := ""
	var placed *placedError
	for errors.As(err, &placed) {
		found = placed.place
		err = placed.error
	}
	if found != "" {
		return "at " + found
	}
	return "declared at " + task.place
}

// caller is the place of the code that called the function that asks.
func caller() string {
	pcs := make([]uintptr, 1)
	frame, _ := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)]).Next()
	return describe(frame)
}

// describe is the file, line and function of a frame.
func describe(frame runtime.Frame) string {
	return fmt.Sprintf("%s:%d (%s)", path.Base(frame.File), frame.Line, path.Base(frame.Function))
}

// oneLine makes line breaks and other control characters spaces: a message is one line of a log.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, unicode.IsControl), " ")
}
