// All scenarios by which the host compares the SDKs, in one component.
//
// A task does its deed only where the configuration key of its name is set; otherwise it returns at
// once. Names, order, summaries and log lines are the same in every language.
package main

import (
	"errors"
	"fmt"

	"tourbillon"
	"tourbillon/config"
	"tourbillon/log"
)

// Conformance extends Base.
type Conformance struct {
	*Base
	runs uint64
}

// New is the manager with its tasks, inherited ones first.
func New() *Conformance {
	c := &Conformance{Base: NewBase()}
	c.Declare(
		tourbillon.PeriodicTask("overridden", c.Overridden, tourbillon.TicksBetweenRuns(2),
			tourbillon.Summary("Of the child")),
		tourbillon.PeriodicTask("kept", c.Kept, tourbillon.AsInherited()),
		tourbillon.PeriodicTask("fail", c.Fail),
		tourbillon.PeriodicTask("fail-later", c.FailLater),
		tourbillon.PeriodicTask("trap", c.Trap),
		tourbillon.PeriodicTask("crash", c.Crash),
		tourbillon.PeriodicTask("delay", c.Delay),
		tourbillon.PeriodicTask("spin", c.Spin),
		tourbillon.PeriodicTask("grow", c.Grow),
		tourbillon.PeriodicTask("config", c.Config),
		tourbillon.PeriodicTask("store", c.Store),
		tourbillon.PeriodicTask("unicode", c.Unicode),
		tourbillon.PeriodicTask("values", c.Values),
		tourbillon.PeriodicTask("instances", c.Instances),
		tourbillon.PeriodicTask("levels", c.Levels),
		tourbillon.PeriodicTask("identity", c.Identity),
	)
	return c
}

func init() { tourbillon.Export(New) }

func main() {}

// InitHost fails where it is told to.
func (c *Conformance) InitHost(host string) error {
	log.Infof("init on %s", host)
	reason, set, err := config.Get("fail-init")
	if set {
		return tourbillon.Errorf("%s", reason)
	}
	return err
}

// ServiceVersion is a constant.
func (c *Conformance) ServiceVersion() string { return "1.2.3" }

// ServiceConfig is a constant.
func (c *Conformance) ServiceConfig() []tourbillon.Setting {
	return []tourbillon.Setting{{Name: "suite", Value: "conformance"}}
}

// Overridden replaces the parent's and calls it.
func (c *Conformance) Overridden() {
	log.Infof("child, then")
	c.Base.Overridden()
}

// Kept runs in place of the parent's, as that is declared.
func (c *Conformance) Kept() {
	log.Infof("kept, by the child")
	c.Base.Kept()
}

// Fail fails with the configured message.
func (c *Conformance) Fail() error {
	message, set, err := config.Get("fail")
	if set {
		return errors.New(message)
	}
	return err
}

// FailLater fails and asks for a delay.
func (c *Conformance) FailLater() error {
	ticks, set, err := number("fail-later")
	if err != nil || !set {
		return err
	}
	return tourbillon.WithSkip(errors.New("later"), ticks)
}

// Delay succeeds and asks for a delay.
func (c *Conformance) Delay() (tourbillon.Skip, error) {
	ticks, set, err := number("delay")
	if err != nil || !set {
		return tourbillon.Skip{}, err
	}
	return tourbillon.SkipTicks(ticks), nil
}

// Config logs the configuration.
func (c *Conformance) Config() error {
	text, err := config.Text("text", "none")
	if err != nil {
		return err
	}
	all, err := config.All()
	if err != nil {
		return err
	}
	log.Infof("config: %s", text)
	log.Infof("config: %d keys", len(all))
	return nil
}

// Levels logs one line at each level.
func (c *Conformance) Levels() error {
	if set, err := armed("levels"); err != nil || !set {
		return err
	}
	log.Tracef("a trace")
	log.Debugf("a debug")
	log.Infof("an info")
	log.Warnf("a warn")
	log.Errorf("an error")
	log.Criticalf("a critical")
	return nil
}

// Identity logs what the run is told about itself.
func (c *Conformance) Identity(run *tourbillon.Run) error {
	if set, err := armed("identity"); err != nil || !set {
		return err
	}
	log.Infof("identity: %s %s %d %d %s %s %d %s", run.ID, run.Task, run.Tick, run.ScheduledAtMs,
		run.Manager(), run.Host(), run.Attempt(), run.Trigger())
	return nil
}

// armed is whether the task of this name is to do its deed.
func armed(task string) (bool, error) {
	_, set, err := config.Get(task)
	return set, err
}

// number is the number that arms the task of this name.
func number(task string) (ticks uint32, set bool, err error) {
	set, err = armed(task)
	if err != nil || !set {
		return 0, set, err
	}
	wide, err := config.Uint(task, 0)
	if err == nil && wide > 1<<32-1 {
		err = fmt.Errorf("%s: %d are too many ticks", task, wide)
	}
	return uint32(wide), set, err
}
