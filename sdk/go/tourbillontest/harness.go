//go:build !wasip1

// Package tourbillontest tests a manager without a host, under go test and without WebAssembly.
//
// [Harness] drives a manager through ticks by the same rules as the real host (periods, first runs,
// asked-for delays, writes kept only on success), on a small host in memory, but without limits: a
// task that never ends hangs the test. There is one such host in a process, so tests that use it
// must not run in parallel.
//
//	func TestSweep(t *testing.T) {
//		h := tourbillontest.New(t, New)
//		h.SetConfig("retention", "5s")
//		h.InitHost()
//		h.Ticks(8)
//		…
//	}
package tourbillontest

import (
	"fmt"
	"testing"

	"tourbillon"
	"tourbillon/internal/host"
	"tourbillon/log"
)

// Line is one logged line.
type Line struct {
	Level log.Level
	// Context is what it belongs to: the package that logged it.
	Context string
	Message string
}

// Outcome is how one run ended.
type Outcome struct {
	Task string
	// Skip is how many ticks the task asked to skip, if it did.
	Skip tourbillon.Skip
	// Err is nil for a run that went well.
	Err error
}

// Harness drives one manager, tick by tick.
type Harness[M tourbillon.Manager] struct {
	// Manager is the manager itself.
	Manager M

	counters []counter
	tick     uint64
	tickMs   uint64
}

type counter struct {
	task             string
	ticksBetweenRuns uint32
	ticksToSkip      uint32
}

// New is a manager on a host that has seen nothing, before InitHost and its first tick, with 10 s
// between ticks.
func New[M tourbillon.Manager](t testing.TB, make func() M) *Harness[M] {
	t.Helper()
	host.Memory = host.Fresh()
	t.Cleanup(func() { host.Memory = host.Fresh() })
	h := &Harness[M]{Manager: make(), tickMs: 10_000}
	for _, task := range tourbillon.Tasks(h.Manager) {
		c := counter{task.Name(), task.TicksBetweenRuns(), task.TicksBetweenRuns()}
		if task.RunImmediately() {
			c.ticksToSkip = 0
		}
		h.counters = append(h.counters, c)
	}
	return h
}

// SetConfig sets a value of the manager's configuration.
func (h *Harness[M]) SetConfig(key, value string) { host.Memory.Config[key] = value }

// GrantBucket grants an empty bucket of this name, beside the manager's own.
func (h *Harness[M]) GrantBucket(name string) { host.Memory.Buckets[name] = host.Values{} }

// SetTickMs sets how many milliseconds pass from tick to tick.
func (h *Harness[M]) SetTickMs(ms uint64) { h.tickMs = ms }

// InitHost calls the manager's InitHost. After an error, what it stored is undone.
func (h *Harness[M]) InitHost() error {
	return keptIfOK(func() error { return tourbillon.Prepare(h.Manager, "test") })
}

// Tick is one tick: the outcome of each task that was due, in order.
func (h *Harness[M]) Tick() []Outcome {
	h.tick++
	var due []*counter
	for i := range h.counters {
		c := &h.counters[i]
		if c.ticksToSkip > 0 {
			c.ticksToSkip--
			continue
		}
		c.ticksToSkip = c.ticksBetweenRuns
		due = append(due, c)
	}
	var outcomes []Outcome
	for _, c := range due {
		outcome := h.run(c.task, "schedule")
		if ticks, asked := outcome.Skip.Ticks(); asked {
			c.ticksToSkip = ticks
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes
}

// Ticks is so many ticks: the outcomes of all of them.
func (h *Harness[M]) Ticks(ticks int) []Outcome {
	var outcomes []Outcome
	for range ticks {
		outcomes = append(outcomes, h.Tick()...)
	}
	return outcomes
}

// Trigger runs a task now, as an operator would, and leaves its counter alone.
func (h *Harness[M]) Trigger(task string) Outcome { return h.run(task, "operator") }

func (h *Harness[M]) run(task, by string) Outcome {
	run := &tourbillon.Run{
		ID:            fmt.Sprintf("test/%s/%d", task, h.tick),
		Task:          task,
		Tick:          h.tick,
		ScheduledAtMs: h.tick * h.tickMs,
	}
	host.Memory.Running, host.Memory.By = true, by
	defer func() { host.Memory.Running, host.Memory.By = false, "" }()
	outcome := Outcome{Task: task}
	outcome.Err = keptIfOK(func() (err error) {
		outcome.Skip, err = tourbillon.RunTask(h.Manager, run)
		return err
	})
	return outcome
}

// Stored is the value in the manager's own bucket, and whether there is one.
func (h *Harness[M]) Stored(key string) (value string, ok bool) {
	bytes, ok := host.Memory.Buckets["default"][key]
	return string(bytes), ok
}

// TakeLog is what was logged since the last call.
func (h *Harness[M]) TakeLog() []Line {
	var lines []Line
	for _, line := range host.Memory.Lines {
		lines = append(lines, Line{log.Level(line.Level), line.Context, line.Message})
	}
	host.Memory.Lines = nil
	return lines
}

// keptIfOK is all or nothing: what f stored is undone if it fails or panics.
func keptIfOK(f func() error) (err error) {
	before := host.Memory.Snapshot()
	ok := false
	defer func() {
		if !ok {
			host.Memory.Buckets = before
		}
	}()
	err = f()
	ok = err == nil
	return err
}
