// Package lifecycle is where the generated exports end: it hands each call to the manager that was
// exported. It knows the shapes of the bindings and nothing of managers.
package lifecycle

import (
	types "tourbillon/internal/bindings/imports/tourbillon_manager_types"
	"tourbillon/internal/host"
	wit "tourbillon/internal/wit/types"
)

// Guest is what an exported manager answers to the host.
type Guest interface {
	InitHost(host string) error
	PeriodicTasks() []types.Task
	// RunPeriodicTask returns the ticks to skip if the task asked for some, and its failure.
	RunPeriodicTask(run types.Run) (ticks uint32, asked bool, err error)
	ServiceVersion() string
	// ServiceConfig returns pairs of a name and a value.
	ServiceConfig() [][2]string
}

var guest Guest

// Export makes g the guest of this component.
func Export(g Guest) { guest = g }

// The level of what needs a person, as package log numbers it.
const critical = 5

func exported() Guest {
	if guest == nil {
		missing := "no manager is exported: package main needs `func init() { tourbillon.Export(New) }`"
		// A trap has no text, so that it is said before.
		host.Log(critical, "panic", missing)
		panic(missing)
	}
	return guest
}

// InitHost is called by the generated exports, as are the functions below.
func InitHost(host string) wit.Result[wit.Unit, string] {
	if err := exported().InitHost(host); err != nil {
		return wit.Err[wit.Unit, string](err.Error())
	}
	return wit.Ok[wit.Unit, string](wit.Unit{})
}

func PeriodicTasks() []types.Task { return exported().PeriodicTasks() }

func RunPeriodicTask(run types.Run) wit.Result[wit.Option[uint32], types.TaskError] {
	ticks, asked, err := exported().RunPeriodicTask(run)
	skip := wit.None[uint32]()
	if asked {
		skip = wit.Some(ticks)
	}
	if err != nil {
		return wit.Err[wit.Option[uint32]](types.TaskError{Message: err.Error(), TicksToSkip: skip})
	}
	return wit.Ok[wit.Option[uint32], types.TaskError](skip)
}

func ServiceVersion() string { return exported().ServiceVersion() }

func ServiceConfig() []wit.Tuple2[string, string] {
	settings := exported().ServiceConfig()
	pairs := make([]wit.Tuple2[string, string], 0, len(settings))
	for _, setting := range settings {
		pairs = append(pairs, wit.Tuple2[string, string]{F0: setting[0], F1: setting[1]})
	}
	return pairs
}
