// Package volumes is an inventory of volumes: it replaces an inherited task, in its place.
//
// The order on a tick is collect, report, as in the parent, but report is the one below and runs on
// every second tick. The parent, and whoever else extends it, is not changed.
package volumes

import (
	"inventory/base"
	"tourbillon"
	"tourbillon/log"
	"tourbillon/store"
)

// Volumes only grow in number.
type Volumes struct{}

// Plural is their name.
func (Volumes) Plural() string { return "volumes" }

// Observe is how many there are.
func (Volumes) Observe(tick uint64) uint64 { return 100 + tick/3 }

// VolumeInventory extends the inventory that it embeds.
type VolumeInventory struct {
	*base.Inventory
}

// New is an inventory with its tasks, one of them replaced.
func New() *VolumeInventory {
	v := &VolumeInventory{base.New(Volumes{})}
	v.Declare(
		tourbillon.PeriodicTask("report", v.Report, tourbillon.TicksBetweenRuns(1),
			tourbillon.Summary("Logs the last count, and keeps how often it did.")),
	)
	return v
}

// Report logs the last count, and keeps how often it did.
func (v *VolumeInventory) Report() error {
	// The parent's task is a method like any other.
	if err := v.Inventory.Report(); err != nil {
		return err
	}
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	reports, err := bucket.Increment("reports", 1)
	if err != nil {
		return err
	}
	log.Debugf("report number %d", reports)
	return nil
}
