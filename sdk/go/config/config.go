// Package config reads the manager's configuration, through wasi:config: strings under string keys,
// set by the operator under [manager.NAME] config = { … }.
//
// A missing key is no error; a value that cannot be read as what was asked for is an error that
// names the key and the value.
package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"tourbillon/internal/host"
	"tourbillon/internal/place"
)

// InvalidError is a value that is not what it should be; errors.As finds it.
type InvalidError struct {
	// Key is what was asked for.
	Key string
	// Value is what stands there.
	Value string
	// Reason is what is wrong with it.
	Reason string
}

func (e *InvalidError) Error() string {
	return fmt.Sprintf("config %s = %q: %s", e.Key, e.Value, e.Reason)
}

// Get is the value under key, and whether it is set. It fails if the host cannot read.
func Get(key string) (value string, ok bool, err error) {
	value, ok, err = host.ConfigGet(key)
	return value, ok, unreadable(err)
}

// Text is the value under key, or fallback where it is not set. It fails if the host cannot read.
func Text(key, fallback string) (string, error) {
	return parse(key, fallback, func(text string) (string, error) { return text, nil })
}

// All is every key with its value. It fails if the host cannot read.
func All() (map[string]string, error) {
	pairs, err := host.ConfigAll()
	all := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		all[pair[0]] = pair[1]
	}
	return all, unreadable(err)
}

// Int is the whole number under key, or fallback where it is not set. It fails with an
// [InvalidError] if the value is no number of 64 bits.
func Int(key string, fallback int64) (int64, error) {
	return parse(key, fallback, func(text string) (int64, error) {
		text = strings.TrimSpace(text)
		number, err := strconv.ParseInt(text, 10, 64)
		return number, expected(err, "from -9223372036854775808 to 9223372036854775807")
	})
}

// Uint is the whole number under key, not negative, or fallback where it is not set. It fails with
// an [InvalidError] if the value is no such number of 64 bits.
func Uint(key string, fallback uint64) (uint64, error) {
	return parse(key, fallback, func(text string) (uint64, error) {
		text = strings.TrimSpace(text)
		number, err := strconv.ParseUint(strings.TrimPrefix(text, "+"), 10, 64)
		return number, expected(err, "from 0 to 18446744073709551615")
	})
}

// Bool is the value under key, true or false, or fallback where it is not set. It fails with an
// [InvalidError] if the value is neither.
func Bool(key string, fallback bool) (bool, error) {
	return parse(key, fallback, func(text string) (bool, error) {
		switch strings.TrimSpace(text) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		default:
			return false, errors.New("expected true or false")
		}
	})
}

// Duration is the length of time under key, or fallback where it is not set: a whole number with
// one of the units ms, s, m, h, d, w; without a unit it counts seconds. It fails with an
// [InvalidError] if the value is no length of time.
func Duration(key string, fallback time.Duration) (time.Duration, error) {
	return parse(key, fallback, parseDuration)
}

func parse[T any](key string, fallback T, read func(text string) (T, error)) (T, error) {
	var none T
	value, ok, err := Get(key)
	if err != nil {
		return none, err
	}
	if !ok {
		return fallback, nil
	}
	parsed, err := read(value)
	if err != nil {
		return none, place.Mark(&InvalidError{Key: key, Value: value, Reason: err.Error()})
	}
	return parsed, nil
}

func expected(err error, numbers string) error {
	if err == nil {
		return nil
	}
	return errors.New("expected a whole number " + numbers)
}

func parseDuration(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	rest := strings.TrimLeft(text, "0123456789")
	digits, unit := text[:len(text)-len(rest)], strings.TrimSpace(rest)
	units := map[string]time.Duration{
		"ms": time.Millisecond, "": time.Second, "s": time.Second, "m": time.Minute,
		"h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
	}
	one, ok := units[unit]
	if !ok {
		return 0, fmt.Errorf("unknown unit %q: use ms, s, m, h, d or w", unit)
	}
	number, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0, errors.New("expected a whole number and a unit, like 7d, 90s or 500ms")
	}
	if number > math.MaxInt64/uint64(one) {
		return 0, errors.New("longer than can be counted")
	}
	return time.Duration(number) * one, nil
}

func unreadable(err error) error {
	if err == nil {
		return nil
	}
	return place.Mark(fmt.Errorf("the host cannot read its configuration: %w", err))
}
