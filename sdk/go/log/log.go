// Package log writes to the host's log, through wasi:logging.
//
// The functions format like fmt.Sprintf and name the package that they are called from as the
// line's context; the host adds the manager, task, tick and run. Lines or bytes over the run's
// limit are dropped and counted, and never end a run. What is printed with package fmt or the
// standard package log goes nowhere.
package log

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	"tourbillon/internal/host"
)

// Level says how serious a line is.
type Level uint8

// The levels, from the least serious to the most.
const (
	// Trace is the finest detail.
	Trace Level = iota
	// Debug is for whoever looks for a fault.
	Debug
	// Info is the ordinary course of events.
	Info
	// Warn is something unexpected that did no harm yet.
	Warn
	// Error is something that went wrong.
	Error
	// Critical is something that went wrong and needs a person.
	Critical
)

// String is the level's name, such as "info".
func (l Level) String() string {
	names := [...]string{"trace", "debug", "info", "warn", "error", "critical"}
	if int(l) < len(names) {
		return names[l]
	}
	return fmt.Sprintf("level(%d)", uint8(l))
}

// Log writes one line. The context says what it belongs to; the host keeps it as a field.
func Log(level Level, context, message string) { host.Log(uint8(level), context, message) }

// Tracef logs the finest detail.
func Tracef(format string, args ...any) { logf(Trace, format, args) }

// Debugf logs for whoever looks for a fault.
func Debugf(format string, args ...any) { logf(Debug, format, args) }

// Infof logs the ordinary course of events.
func Infof(format string, args ...any) { logf(Info, format, args) }

// Warnf logs something unexpected that did no harm yet.
func Warnf(format string, args ...any) { logf(Warn, format, args) }

// Errorf logs that something went wrong. It makes no error: that is tourbillon.Errorf.
func Errorf(format string, args ...any) { logf(Error, format, args) }

// Criticalf logs that something went wrong that needs a person.
func Criticalf(format string, args ...any) { logf(Critical, format, args) }

func logf(level Level, format string, args []any) {
	// Two frames up: whoever called the function of the level.
	pc, _, _, _ := runtime.Caller(2)
	Log(level, packageOf(pc), fmt.Sprintf(format, args...))
}

// packageOf is the import path of the package that the code at pc is in; for package main the
// path that it was built from, as "main" would tell nobody anything.
func packageOf(pc uintptr) string {
	function := runtime.FuncForPC(pc)
	if function == nil {
		return ""
	}
	name := function.Name()
	slash := strings.LastIndexByte(name, '/') + 1
	if dot := strings.IndexByte(name[slash:], '.'); dot >= 0 {
		name = name[:slash+dot]
	}
	if name == "main" {
		return mainPath()
	}
	return name
}

var mainPath = sync.OnceValue(func() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Path != "" {
		return info.Path
	}
	return "main"
})
