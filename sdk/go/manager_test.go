package tourbillon_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"tourbillon"
	"tourbillon/config"
	"tourbillon/internal/lifecycle"
	"tourbillon/log"
	"tourbillon/store"
	"tourbillon/tourbillontest"
)

// parent has every kind of task.
type parent struct {
	tourbillon.Base
	calls []string
}

func newParent() *parent {
	p := &parent{}
	p.Declare(
		tourbillon.PeriodicTask("first", p.First, tourbillon.TicksBetweenRuns(1),
			tourbillon.RunImmediately(), tourbillon.Summary("The first")),
		tourbillon.PeriodicTask("second.task-2", p.Second),
		tourbillon.PeriodicTask("third", p.Third, tourbillon.TicksBetweenRuns(3)),
	)
	return p
}

func (p *parent) InitHost(host string) error {
	p.calls = append(p.calls, "init on "+host)
	return nil
}

func (p *parent) ServiceVersion() string { return "7" }

func (p *parent) First() { p.calls = append(p.calls, "first") }

func (p *parent) Second(run *tourbillon.Run) (tourbillon.Skip, error) {
	log.Infof("%s at %d", run.ID, run.ScheduledAtMs)
	return tourbillon.SkipTicks(2), nil
}

func (p *parent) Third() error {
	return tourbillon.WithSkip(fmt.Errorf("outer: %w", tourbillon.Errorf("inner")), 1)
}

// child replaces the second task and adds a fourth.
type child struct{ *parent }

func newChild() *child {
	c := &child{newParent()}
	c.Declare(
		tourbillon.PeriodicTask("fourth", c.Fourth),
		tourbillon.PeriodicTask("second.task-2", c.Mine, tourbillon.TicksBetweenRuns(1)),
	)
	return c
}

func (c *child) Fourth(*tourbillon.Run) error {
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	if _, err := bucket.Increment("fourth", 1); err != nil {
		return err
	}
	return errors.New("after\nwriting")
}

func (c *child) Mine(*tourbillon.Run) { c.calls = append(c.calls, "mine") }

func checkTasks(t *testing.T, manager tourbillon.Manager, expect ...string) {
	t.Helper()
	var got []string
	for _, task := range tourbillon.Tasks(manager) {
		got = append(got, fmt.Sprintf("%s %d %t", task.Name(), task.TicksBetweenRuns(), task.RunImmediately()))
	}
	if !slices.Equal(got, expect) {
		t.Errorf("tasks are %q, not %q", got, expect)
	}
}

func TestS05S06InheritedFirstAndReplacedInPlace(t *testing.T) {
	parent := newParent()
	checkTasks(t, newChild(), "first 1 true", "second.task-2 1 false", "third 3 false", "fourth 0 false")
	checkTasks(t, parent, "first 1 true", "second.task-2 0 false", "third 3 false")
}

func TestS06OneThatIsAsInheritedHasTheInheritedSchedule(t *testing.T) {
	p, ran := newParent(), false
	p.Declare(tourbillon.PeriodicTask("first", func() { ran = true }, tourbillon.AsInherited()))
	checkTasks(t, p, "first 1 true", "second.task-2 0 false", "third 3 false")
	if got := tourbillon.Tasks(p)[0].Summary(); got != tourbillon.Tasks(newParent())[0].Summary() {
		t.Errorf("its summary is %q", got)
	}
	tourbillontest.New(t, func() *parent { return p }).Tick()
	if !ran || len(p.calls) > 0 {
		t.Errorf("ran %t, and of the parent %q", ran, p.calls)
	}
}

func checkPanics(t *testing.T, expect string, f func()) {
	t.Helper()
	defer func() {
		if got := fmt.Sprint(recover()); !strings.Contains(got, expect) {
			t.Errorf("panicked with %q, not %q", got, expect)
		}
	}()
	f()
}

func TestS06WrongDeclarationsAreNamed(t *testing.T) {
	task := func(name string) tourbillon.Task { return tourbillon.PeriodicTask(name, func() {}) }
	for _, name := range []string{"", "Sweep", "1st", "-x", "a b", "ä", strings.Repeat("a", 65)} {
		checkPanics(t, fmt.Sprintf("task name %q", name), func() { new(parent).Declare(task(name)) })
	}
	new(parent).Declare(task(strings.Repeat("a", 64)))
	twice := `this manager declares two tasks named "a"`
	checkPanics(t, twice, func() { new(parent).Declare(task("a"), task("a")) })
	checkPanics(t, `two tasks named "first"`, func() { newParent().Declare(task("first"), task("first")) })
	inherited := func(name string, options ...tourbillon.Option) tourbillon.Task {
		return tourbillon.PeriodicTask(name, func() {}, append(options, tourbillon.AsInherited())...)
	}
	checkPanics(t, `task "a": no task of this name`, func() { newParent().Declare(inherited("a")) })
	checkPanics(t, `task "first": AsInherited takes`, func() {
		newParent().Declare(inherited("first", tourbillon.RunImmediately()))
	})
	checkPanics(t, "copied", func() {
		copied := *newParent()
		tourbillon.Tasks(&copied)
	})
}

func TestTicksFollowTheRules(t *testing.T) {
	h := tourbillontest.New(t, newParent)
	if err := h.InitHost(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for tick := 1; tick <= 7; tick++ {
		for _, outcome := range h.Tick() {
			got = append(got, fmt.Sprintf("%d %s", tick, outcome.Task))
		}
	}
	// S1, S2: first on 1, 3, 5, 7; third on 4. S10: second rests two ticks after each run, third one.
	expect := []string{"1 first", "1 second.task-2", "3 first", "4 second.task-2", "4 third",
		"5 first", "6 third", "7 first", "7 second.task-2"}
	if !slices.Equal(got, expect) {
		t.Errorf("ran %q, not %q", got, expect)
	}
	if calls := h.Manager.calls; !slices.Equal(calls[:2], []string{"init on test", "first"}) {
		t.Errorf("called %q", calls)
	}
}

func TestHooksAreInherited(t *testing.T) {
	child := newChild()
	if child.ServiceVersion() != "7" || child.ServiceConfig() != nil {
		t.Errorf("version %q, config %q", child.ServiceVersion(), child.ServiceConfig())
	}
}

func TestS17FailuresKeepNothingAndNameTheirPlace(t *testing.T) {
	h := tourbillontest.New(t, newChild)
	if outcome := h.Trigger("fourth"); outcome.Err == nil {
		t.Error("it did not fail")
	}
	if value, ok := h.Stored("fourth"); ok {
		t.Errorf("kept %q", value)
	}
	outcome := h.Trigger("third")
	if ticks, asked := outcome.Skip.Ticks(); !asked || ticks != 1 {
		t.Errorf("skips %d, asked %t", ticks, asked)
	}
	none := `this manager has no task "absent"; it has: first, second.task-2, third, fourth`
	if outcome = h.Trigger("absent"); outcome.Err == nil || outcome.Err.Error() != none {
		t.Errorf("ran a task that is not there: %v", outcome.Err)
	}
	lines := h.TakeLog()
	for i, expect := range []string{
		"fourth failed, declared at manager_test.go:",
		"third failed at manager_test.go:",
		"absent failed at a place unknown: " + none,
	} {
		if !strings.HasPrefix(lines[i].Message, expect) || lines[i].Level != log.Error {
			t.Errorf("logged %v, not %q", lines[i], expect)
		}
	}
	if !strings.HasSuffix(lines[0].Message, ": after writing") {
		t.Errorf("%q is not one line", lines[0].Message)
	}
}

// unlucky hands on what the SDK tells it.
type unlucky struct{ tourbillon.Base }

func (u *unlucky) InitHost(string) error {
	_, err := config.Uint("limit", 1)
	return err
}

func (u *unlucky) Open() error {
	_, err := store.Open("other")
	return fmt.Errorf("no luck: %w", err)
}

func TestAFailureOfTheSDKHasTheManagersLine(t *testing.T) {
	h := tourbillontest.New(t, func() *unlucky {
		u := &unlucky{}
		u.Declare(tourbillon.PeriodicTask("open", u.Open))
		return u
	})
	h.SetConfig("limit", "many")
	if err := h.InitHost(); err == nil {
		t.Error("it is prepared")
	}
	h.Tick()
	_, _, line, _ := runtime.Caller(0)
	wrong := `config limit = "many": expected a whole number from 0 to 18446744073709551615`
	none := `no luck: no bucket "other" is granted to this manager`
	expect := []string{
		fmt.Sprintf("InitHost failed at manager_test.go:%d (tourbillon_test.(*unlucky).InitHost): %s", line-20, wrong),
		fmt.Sprintf("open failed at manager_test.go:%d (tourbillon_test.(*unlucky).Open): %s", line-15, none),
	}
	var got []string
	for _, line := range h.TakeLog() {
		got = append(got, line.Message)
	}
	if !slices.Equal(got, expect) {
		t.Errorf("logged %q, not %q", got, expect)
	}
}

// errSilent has no text, and is known all the same.
var errSilent = errors.New("")

// silent fails without a word.
type silent struct{ tourbillon.Base }

func (s *silent) InitHost(string) error { return errors.New(" \n") }

func (s *silent) Nothing() error { return errSilent }

func (s *silent) Wished() error {
	return tourbillon.WithSkip(tourbillon.Errorf("%w", errSilent), 3)
}

func (s *silent) Joined() error {
	return errors.Join(errors.New("one"), tourbillon.WithSkip(errors.New("two"), 4))
}

func TestAnErrorWithoutATextSaysSo(t *testing.T) {
	h := tourbillontest.New(t, func() *silent {
		s := &silent{}
		s.Declare(
			tourbillon.PeriodicTask("nothing", s.Nothing),
			tourbillon.PeriodicTask("wished", s.Wished),
			tourbillon.PeriodicTask("joined", s.Joined),
		)
		return s
	})
	of := func(kind string) string { return "an error of the type " + kind + ", which has no text" }
	if err := h.InitHost(); err == nil || err.Error() != of("*errors.errorString") {
		t.Errorf("it is prepared, or fails with %v", err)
	}
	outcomes := h.Tick()
	for i, expect := range []string{of("*errors.errorString"), of("*fmt.wrapError"), "one\ntwo"} {
		if got := outcomes[i].Err; got == nil || got.Error() != expect {
			t.Errorf("%s fails with %v, not %q", outcomes[i].Task, got, expect)
		}
	}
	for i, skip := range map[int]uint32{1: 3, 2: 4} {
		if ticks, asked := outcomes[i].Skip.Ticks(); !asked || ticks != skip {
			t.Errorf("%s skips %d, asked %t", outcomes[i].Task, ticks, asked)
		}
	}
	if !errors.Is(outcomes[0].Err, errSilent) || !errors.Is(outcomes[1].Err, errSilent) {
		t.Error("what has no text is not known any more")
	}
	logged := h.TakeLog()
	for i, expect := range []string{
		"InitHost failed at a place unknown: " + of("*errors.errorString"),
		"nothing failed, declared at manager_test.go:",
		"wished failed at manager_test.go:",
		"joined failed, declared at manager_test.go:",
	} {
		if !strings.HasPrefix(logged[i].Message, expect) {
			t.Errorf("logged %v, not %q", logged[i], expect)
		}
	}
}

func TestS21TheRunIsKnown(t *testing.T) {
	h := tourbillontest.New(t, newParent)
	h.SetTickMs(1_000)
	h.Tick()
	lines := h.TakeLog()
	if len(lines) != 1 || lines[0].Message != "test/second.task-2/1 at 1000" || lines[0].Context != "tourbillon_test" {
		t.Errorf("logged %v", lines)
	}
	var run tourbillon.Run
	if run.Attempt() != 0 || run.Trigger() != "" || run.TimeLimit() != 0 || run.FuelLeft() != 0 {
		t.Error("a run is in progress")
	}
	if tourbillon.ManagerName() != "test" || tourbillon.HostName() != "test" || tourbillon.Fence() != 1 {
		t.Error("the host is not known outside of a run")
	}
}

func TestWithoutAnExportItIsSaidWhatIsMissing(t *testing.T) {
	h := tourbillontest.New(t, newParent)
	defer func() {
		words, lines := fmt.Sprint(recover()), h.TakeLog()
		if !strings.Contains(words, "func init() { tourbillon.Export(New) }") {
			t.Errorf("panics with %q", words)
		}
		if len(lines) != 1 || lines[0].Level != log.Critical || lines[0].Message != words {
			t.Errorf("logs %v", lines)
		}
	}()
	// Outside of a component nothing exports a manager.
	lifecycle.PeriodicTasks()
}
