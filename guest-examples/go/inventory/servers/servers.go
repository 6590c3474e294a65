// Package servers is an inventory of servers: the inherited tasks, then one of its own.
//
// The order on a tick is collect, report, alarm. The configuration limit says how many servers are
// many, by default 25.
package servers

import (
	"strconv"

	"inventory/base"
	"tourbillon"
	"tourbillon/config"
	"tourbillon/log"
	"tourbillon/store"
)

// Servers come and go.
type Servers struct{}

// Plural is their name.
func (Servers) Plural() string { return "servers" }

// Observe is how many there are.
func (Servers) Observe(tick uint64) uint64 { return 20 + tick%7 }

// ServerInventory extends the inventory that it embeds.
type ServerInventory struct {
	*base.Inventory
}

// New is an inventory with its tasks, inherited ones first.
func New() *ServerInventory {
	s := &ServerInventory{base.New(Servers{})}
	s.Declare(
		tourbillon.PeriodicTask("alarm", s.Alarm,
			tourbillon.Summary("Warns when there are many, and then rests for a while.")),
	)
	return s
}

// Alarm warns when there are many, and then rests for a while.
func (s *ServerInventory) Alarm() (rest tourbillon.Skip, err error) {
	limit, err := config.Uint("limit", 25)
	if err != nil {
		return rest, err
	}
	bucket, err := store.Own()
	if err != nil {
		return rest, err
	}
	text, _, err := bucket.GetText("count")
	if err != nil {
		return rest, err
	}
	count, err := strconv.ParseUint(text, 10, 64)
	if err != nil || count < limit {
		return rest, err
	}
	log.Warnf("%d servers, %d are many", count, limit)
	return tourbillon.SkipTicks(5), nil
}
