// Package tourbillon is the SDK for managers of periodic tasks on the Tourbillon runtime.
//
// A manager is a component with some periodic tasks. The host counts ticks and decides when a task
// is due; the manager says what the task does, and knows nothing of clocks, threads or counters.
// It has the shape of OpenStack's Manager and @periodic_task: a struct that embeds [Base] and
// declares some of its methods as tasks.
//
//	type Janitor struct {
//		tourbillon.Base
//	}
//
//	func New() *Janitor {
//		j := &Janitor{}
//		j.Declare(
//			tourbillon.PeriodicTask("sweep", j.Sweep, tourbillon.TicksBetweenRuns(3)),
//		)
//		return j
//	}
//
//	func (j *Janitor) Sweep(run *tourbillon.Run) error { … }
//
//	func init() { tourbillon.Export(New) }
//
//	func main() {}
//
// The packages log, config and store are what a task may use; tourbillontest has a host in memory
// for go test.
package tourbillon

import (
	"fmt"
	"slices"
)

// Manager is a manager of periodic tasks. A type becomes one by embedding [Base], or a manager that
// does; it then replaces the methods that it wants to change.
//
// The host may drop an instance at any time and make another one: fields are a cache, and what must
// last belongs into the store.
type Manager interface {
	// InitHost prepares this instance on the host of this name; called before its first run. What
	// it stores is kept if it succeeds. After an error the manager is not ready, and the host tries
	// again on a later tick.
	InitHost(host string) error
	// ServiceVersion is the version of the service, for people.
	ServiceVersion() string
	// ServiceConfig is the configuration that the service runs with, for people. Never put a secret
	// here.
	ServiceConfig() []Setting

	base() *Base
}

// Setting is a name and a value of a service's configuration.
type Setting struct{ Name, Value string }

// Base is what every manager embeds: it holds the declared tasks, and methods that do nothing.
//
// A manager that extends another one embeds a pointer to it instead, as tasks are bound to the
// instance that declared them:
//
//	type Servers struct {
//		*inventory.Inventory
//	}
type Base struct {
	tasks []Task
	// Where the tasks were declared, to notice a copy.
	self *Base
}

// InitHost does nothing.
func (b *Base) InitHost(host string) error { return nil }

// ServiceVersion is empty.
func (b *Base) ServiceVersion() string { return "" }

// ServiceConfig is empty.
func (b *Base) ServiceConfig() []Setting { return nil }

func (b *Base) base() *Base {
	if b.self != nil && b.self != b {
		panic("a manager was copied after it declared its tasks: embed a pointer to it")
	}
	return b
}

// Declare declares the tasks of one manager, in the order in which they run. Each manager calls it
// once, where it is made: first the extended one, then the one that extends it. A task whose name
// is inherited replaces the inherited one, in its place.
//
// It panics if one call names a task twice, if a name is not 1 to 64 of a-z 0-9 . _ - starting
// with a letter, and if a task is [AsInherited] and is not; the host then refuses the component with this message, and so does a unit test.
func (b *Base) Declare(tasks ...Task) {
	b.base().self = b
	declared := map[string]bool{}
	for _, task := range tasks {
		if fault := task.fault(); fault != "" {
			panic(fault)
		}
		if declared[task.name] {
			panic(fmt.Sprintf("this manager declares two tasks named %q", task.name))
		}
		declared[task.name] = true
		named := func(other Task) bool { return other.name == task.name }
		if at := slices.IndexFunc(b.tasks, named); at >= 0 {
			b.tasks[at] = task.replacing(b.tasks[at])
		} else if task.asInherited {
			panic(fmt.Sprintf("task %q: no task of this name is inherited: remove AsInherited, or correct the name", task.name))
		} else {
			b.tasks = append(b.tasks, task)
		}
	}
}
