// {{name}}: a manager with two periodic tasks.
package main

import (
	"tourbillon"
	"tourbillon/config"
	"tourbillon/log"
	"tourbillon/store"
)

// Greeter may be dropped and made anew at any time: what must last goes into the store.
type Greeter struct {
	tourbillon.Base
	greeting string
}

// New is a manager with its tasks, in the order in which they run.
func New() *Greeter {
	g := &Greeter{}
	g.Declare(
		tourbillon.PeriodicTask("greet", g.Greet, tourbillon.RunImmediately(),
			tourbillon.Summary("Greets, and counts how often, on every tick.")),
		tourbillon.PeriodicTask("report", g.Report, tourbillon.TicksBetweenRuns(2),
			tourbillon.Summary("Says how things stand.")),
	)
	return g
}

func init() { tourbillon.Export(New) }

func main() {} // never called

// InitHost is called once for each new instance, before its first task.
func (g *Greeter) InitHost(host string) (err error) {
	g.greeting, err = config.Text("greeting", "hello")
	log.Infof("{{name}} begins on %s", host)
	return err
}

// ServiceVersion is shown by `tourbillon inspect`.
func (g *Greeter) ServiceVersion() string { return "0.1.0" }

// Greet greets, and counts how often, on every tick.
func (g *Greeter) Greet(run *tourbillon.Run) error {
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	greetings, err := bucket.Increment("greetings", 1)
	if err != nil {
		return err
	}
	log.Infof("%s, tick %d: greeting %d", g.greeting, run.Tick, greetings)
	return nil
}

// Report says how things stand: on one tick of three, since two are skipped between two runs.
func (g *Greeter) Report() error {
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	greetings, found, err := bucket.GetText("greetings")
	if err != nil {
		return tourbillon.Errorf("cannot report: %w", err)
	}
	if !found {
		greetings = "no"
	}
	log.Infof("%s greetings so far", greetings)
	return nil
}
