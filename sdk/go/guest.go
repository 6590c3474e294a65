// A manager as the host sees it: what happens between an exported call and a task's method.

package tourbillon

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"tourbillon/log"
)

// Tasks are the tasks of a manager in the order in which they run, own and inherited.
func Tasks(manager Manager) []Task { return slices.Clone(manager.base().tasks) }

// RunTask runs the task that the run names, as a call of the host does. It is meant for unit tests;
// tourbillontest is more comfortable.
func RunTask(manager Manager, run *Run) (Skip, error) {
	tasks := manager.base().tasks
	at := slices.IndexFunc(tasks, func(task Task) bool { return task.name == run.Task })
	if at < 0 {
		return Skip{}, fmt.Errorf("this manager has no task %s", run.Task)
	}
	skip, err := tasks[at].run(run)
	if err == nil {
		return skip, nil
	}
	message := oneLine(err.Error())
	place := placeOf(err, tasks[at])
	log.Log(log.Error, "tourbillon", fmt.Sprintf("%s failed, %s: %s", run.Task, place, message))
	return skipOf(err, skip), err
}

// logPanic is deferred around every call of the host. It reports a panic and lets it go on, which
// ends the instance: the host sees a trap, and its backtrace.
func logPanic() {
	if reason := recover(); reason != nil {
		log.Log(log.Critical, "panic", oneLine(fmt.Sprintf("panic: %v", reason))+stack())
		panic(reason)
	}
}

// stack is the stack below a panic, innermost first, without the frames of the Go runtime and of
// the SDK.
func stack() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	var line strings.Builder
	separator := " at "
	for {
		frame, more := frames.Next()
		if !hidden(frame.Function) {
			line.WriteString(separator + describe(frame))
			separator = " ← "
		}
		if !more {
			return line.String()
		}
	}
}

func hidden(function string) bool {
	for _, prefix := range []string{"runtime.", "tourbillon.", "tourbillon/"} {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	// The exports' own names hold the interface and the function.
	return function == "" || strings.Contains(function, "#")
}
