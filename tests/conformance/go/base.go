// The manager that the one of this suite extends.

package main

import (
	"tourbillon"
	"tourbillon/log"
)

// Base has four tasks: one is inherited as it is, one is overridden, one runs immediately, of one only
// the body is overridden.
type Base struct {
	tourbillon.Base
}

// NewBase is a base with its tasks.
func NewBase() *Base {
	b := &Base{}
	b.Declare(
		tourbillon.PeriodicTask("inherited", b.Inherited, tourbillon.Summary("Inherited as it is")),
		tourbillon.PeriodicTask("overridden", b.Overridden, tourbillon.TicksBetweenRuns(1),
			tourbillon.Summary("Of the base")),
		tourbillon.PeriodicTask("immediate", b.Immediate, tourbillon.TicksBetweenRuns(3),
			tourbillon.RunImmediately(), tourbillon.Summary("Runs on the first tick")),
		tourbillon.PeriodicTask("kept", b.Kept, tourbillon.TicksBetweenRuns(1),
			tourbillon.RunImmediately(), tourbillon.Summary("Of the base")),
	)
	return b
}

// Inherited is inherited as it is.
func (b *Base) Inherited() { log.Infof("inherited") }

// Overridden is replaced by the child, which calls it.
func (b *Base) Overridden() { log.Infof("base") }

// Kept is called by the child's, which runs in its place.
func (b *Base) Kept() { log.Infof("kept") }

// Immediate runs on the first tick.
func (b *Base) Immediate() { log.Infof("immediate") }
