// Package base is a manager that others extend: it counts things of some kind, and knows not which.
//
// In Python this would be a base class. In Go its children embed a pointer to it, and what they fill
// in is the interface Kind, in place of the methods that a subclass would override. It makes no
// component by itself.
package base

import (
	"errors"
	"strconv"

	"tourbillon"
	"tourbillon/log"
	"tourbillon/store"
)

// Kind is what is being counted.
type Kind interface {
	// Plural is its name, in the plural.
	Plural() string
	// Observe is how many there are at this tick. A real one would ask an API.
	Observe(tick uint64) uint64
}

// Inventory has the tasks that every inventory has.
type Inventory struct {
	tourbillon.Base
	kind Kind
}

// New is an inventory of this kind, with its tasks.
func New(kind Kind) *Inventory {
	i := &Inventory{kind: kind}
	i.Declare(
		tourbillon.PeriodicTask("collect", i.Collect, tourbillon.RunImmediately(),
			tourbillon.Summary("Counts what is there.")),
		tourbillon.PeriodicTask("report", i.Report, tourbillon.TicksBetweenRuns(3),
			tourbillon.Summary("Logs the last count.")),
	)
	return i
}

// InitHost says what is counted.
func (i *Inventory) InitHost(host string) error {
	log.Infof("counting %s for %s", i.kind.Plural(), host)
	return nil
}

// ServiceVersion is the version of this example.
func (i *Inventory) ServiceVersion() string { return "0.1.0" }

// Collect counts what is there.
func (i *Inventory) Collect(run *tourbillon.Run) error {
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	return bucket.SetText("count", strconv.FormatUint(i.kind.Observe(run.Tick), 10))
}

// Report logs the last count.
func (i *Inventory) Report() error {
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	count, found, err := bucket.GetText("count")
	if err != nil {
		return err
	}
	if !found {
		return errors.New("nothing was counted yet")
	}
	log.Infof("%s %s", count, i.kind.Plural())
	return nil
}
