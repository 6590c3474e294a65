// The bridge between the generated exports and a manager; only in WebAssembly.

package tourbillon

import (
	"errors"

	// Linked for its exports.
	_ "tourbillon/internal/bindings/exports/wit_exports"
	types "tourbillon/internal/bindings/imports/tourbillon_manager_types"
	"tourbillon/internal/lifecycle"
)

// Export makes a manager what this component exports; called once, in a func init of package main.
// The manager itself is made when the host first calls.
func Export[M Manager](make func() M) {
	lifecycle.Export(&guest{make: func() Manager { return make() }})
}

type guest struct {
	make    func() Manager
	manager Manager
}

func (g *guest) made() Manager {
	if g.manager == nil {
		g.manager = g.make()
	}
	return g.manager
}

func (g *guest) InitHost(host string) error {
	defer logPanic()
	if err := Prepare(g.made(), host); err != nil {
		return errors.New(oneLine(err.Error()))
	}
	return nil
}

func (g *guest) PeriodicTasks() (declared []types.Task) {
	defer logPanic()
	for _, task := range g.made().base().tasks {
		declared = append(declared, types.Task{
			Name:             task.name,
			TicksBetweenRuns: task.ticksBetweenRuns,
			RunImmediately:   task.runImmediately,
			Summary:          oneLine(task.summary),
		})
	}
	return declared
}

func (g *guest) RunPeriodicTask(raw types.Run) (ticks uint32, asked bool, err error) {
	defer logPanic()
	run := Run{ID: raw.Id, Task: raw.Task, Tick: raw.Tick, ScheduledAtMs: raw.ScheduledAtMs}
	skip, err := RunTask(g.made(), &run)
	if err != nil {
		err = errors.New(oneLine(err.Error()))
	}
	return skip.ticks, skip.asked, err
}

func (g *guest) ServiceVersion() string {
	defer logPanic()
	return g.made().ServiceVersion()
}

func (g *guest) ServiceConfig() (pairs [][2]string) {
	defer logPanic()
	for _, setting := range g.made().ServiceConfig() {
		pairs = append(pairs, [2]string{setting.Name, setting.Value})
	}
	return pairs
}
