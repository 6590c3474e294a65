// A manager as the host sees it: what happens between an exported call and a task's method.

package tourbillon

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"tourbillon/internal/place"
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
		err := noTask(run.Task, tasks)
		log.Log(log.Error, "tourbillon", failed(run.Task, "", err))
		return Skip{}, err
	}
	skip, err := tasks[at].run(run)
	if err == nil {
		return skip, nil
	}
	err = spoken(err)
	log.Log(log.Error, "tourbillon", failed(run.Task, tasks[at].place, err))
	return skipOf(err, skip), err
}

// noTask tells what there is instead, for the name may be a slip of the pen.
func noTask(name string, tasks []Task) error {
	has := make([]string, len(tasks))
	for i, task := range tasks {
		has[i] = task.name
	}
	if len(has) == 0 {
		has = []string{"none"}
	}
	return fmt.Errorf("this manager has no task %q; it has: %s", name, strings.Join(has, ", "))
}

// Prepare calls InitHost as a call of the host does; it is meant for tourbillontest.
func Prepare(manager Manager, host string) error {
	err := manager.InitHost(host)
	if err == nil {
		return nil
	}
	err = spoken(err)
	log.Log(log.Error, "tourbillon", failed("InitHost", "", err))
	return err
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
		if !place.Hidden(frame.Function) {
			line.WriteString(separator + place.Describe(frame))
			separator = " ← "
		}
		if !more {
			return line.String()
		}
	}
}
