// What a task is told about its run.

package tourbillon

import (
	"time"

	"tourbillon/internal/host"
)

// Run is one run: one execution of one task at one tick. Its methods each ask the host, about the
// run in progress.
type Run struct {
	// ID is the run's identity, manager/task/tick. A repeated run carries the same: whoever writes
	// outside of the key-value store can drop duplicates by it.
	ID string
	// Task is the name of the task.
	Task string
	// Tick is the manager's tick, counted from 1. It never goes back.
	Tick uint64
	// ScheduledAtMs is when the tick was due, in milliseconds since the Unix epoch. Under simulation
	// this is simulated time, which is why a task should measure by it: time.Now is no clock in here.
	ScheduledAtMs uint64
}

// ScheduledAt is when the tick was due, in UTC.
func (r *Run) ScheduledAt() time.Time { return time.UnixMilli(int64(r.ScheduledAtMs)).UTC() }

// Manager is the manager's name on this host.
func (r *Run) Manager() string { return host.Manager() }

// Host is the name of the host.
func (r *Run) Host() string { return host.Host() }

// Attempt is 1, or 2 where a run that was lost with its host is repeated (on_lost = "repeat").
func (r *Run) Attempt() uint32 { return host.Attempt() }

// Fence is the host's fencing number; it grows with every start of a host. A sink that remembers
// the highest one can refuse writers of the past.
func (r *Run) Fence() uint64 { return host.Fence() }

// Trigger is what started this run: "schedule" or "operator".
func (r *Run) Trigger() string { return host.Trigger() }

// FuelGranted is the fuel granted to this run.
func (r *Run) FuelGranted() uint64 { return host.FuelGranted() }

// FuelLeft is the fuel that is left of it.
func (r *Run) FuelLeft() uint64 { return host.FuelLeft() }

// TimeLimit is this run's time limit, from entry, without the time that it waited for a core. Of
// whole milliseconds.
func (r *Run) TimeLimit() time.Duration {
	return time.Duration(host.TimeLimitMs()) * time.Millisecond
}

// MissedBefore is how many ticks were missed directly before this one.
func (r *Run) MissedBefore() uint64 { return host.MissedBefore() }

// ManagerName is the manager's name on this host, outside of a run too.
func ManagerName() string { return host.Manager() }

// HostName is the name of the host, outside of a run too.
func HostName() string { return host.Host() }

// Fence is the host's fencing number, outside of a run too; see [Run.Fence].
func Fence() uint64 { return host.Fence() }
