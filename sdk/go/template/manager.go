// {{name}}: a manager of periodic tasks.
package main

import (
	"tourbillon"
	"tourbillon/config"
	"tourbillon/log"
	"tourbillon/store"
)

// Manager holds only what can be read again: an instance may be dropped and replaced at any time.
// What must last belongs into the store.
type Manager struct {
	tourbillon.Base
	greeting string
}

// New is a manager with its tasks, in the order in which they run.
func New() *Manager {
	m := &Manager{}
	m.Declare(
		tourbillon.PeriodicTask("count", m.Count,
			tourbillon.Summary("Counts its runs in the store.")),
		tourbillon.PeriodicTask("report", m.Report, tourbillon.TicksBetweenRuns(2),
			tourbillon.RunImmediately(), tourbillon.Summary("Logs the count.")),
	)
	return m
}

func init() { tourbillon.Export(New) }

func main() {}

// InitHost reads the configuration, before the first run.
func (m *Manager) InitHost(host string) (err error) {
	m.greeting, err = config.Text("greeting", "hello")
	return err
}

// ServiceVersion is shown by `tourbillon inspect`.
func (m *Manager) ServiceVersion() string { return "0.1.0" }

// Count runs on every tick. What it stores is kept if it succeeds.
func (m *Manager) Count(run *tourbillon.Run) error {
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	_, err = bucket.Increment("count", 1)
	return err
}

// Report runs on the first tick, and then on every third.
func (m *Manager) Report(run *tourbillon.Run) error {
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	count, _, err := bucket.GetText("count")
	if err != nil {
		return tourbillon.Errorf("cannot report: %w", err)
	}
	log.Infof("%s from tick %d: counted %s", m.greeting, run.Tick, count)
	return nil
}
