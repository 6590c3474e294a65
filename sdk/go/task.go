// Declarations of tasks: what a task is called, when it is due, and which method it is.

package tourbillon

import "fmt"

// Task is one declared task; see [PeriodicTask] and [Base.Declare].
type Task struct {
	name             string
	ticksBetweenRuns uint32
	runImmediately   bool
	summary          string
	asInherited      bool
	run              func(*Run) (Skip, error)
	// Where the task was declared, and what it is, for the log.
	place string
}

// Name is the task's name.
func (t Task) Name() string { return t.name }

// TicksBetweenRuns is how many ticks are skipped between two runs.
func (t Task) TicksBetweenRuns() uint32 { return t.ticksBetweenRuns }

// RunImmediately is whether the first run is at the first tick.
func (t Task) RunImmediately() bool { return t.runImmediately }

// Summary is one line for people; may be empty.
func (t Task) Summary() string { return t.summary }

// Func is what a task may be: a function or method that takes the run or nothing, and returns
// nothing, an error, or a [Skip] and an error. One that returns nothing, or nil, is ok.
type Func interface {
	func() | func() error | func() (Skip, error) |
		func(*Run) | func(*Run) error | func(*Run) (Skip, error)
}

// PeriodicTask declares that run is to be run periodically under this name: 1 to 64 of
// a-z 0-9 . _ -, starting with a letter. Without options it runs on every tick.
func PeriodicTask[F Func](name string, run F, options ...Option) Task {
	task := Task{name: name, run: uniform(run), place: caller()}
	for _, option := range options {
		option(&task)
	}
	return task
}

// Option is an option of a task.
type Option func(*Task)

// TicksBetweenRuns has the task skip this many ticks between two runs: 0, the default, runs on
// every tick, N on every (N+1)-th. The first run is at tick N+1.
func TicksBetweenRuns(ticks uint32) Option {
	return func(task *Task) { task.ticksBetweenRuns = ticks }
}

// RunImmediately has the first run at the first tick.
func RunImmediately() Option { return func(task *Task) { task.runImmediately = true } }

// AsInherited has a task that replaces an inherited one keep its schedule and its summary; it states
// none itself.
func AsInherited() Option { return func(task *Task) { task.asInherited = true } }

// Summary describes the task in one line, for people.
func Summary(line string) Option { return func(task *Task) { task.summary = line } }

// Skip is a wish when to run next; the zero value is none. See [SkipTicks].
type Skip struct {
	ticks uint32
	asked bool
}

// SkipTicks asks to skip this many ticks and then to run again, once; afterwards the declared
// number holds again. SkipTicks(0) asks for the very next tick. The host clamps it to a configured
// range, by default 0 to 1,000,000. To ask for it with an error from a task that returns nothing
// else, see [WithSkip].
func SkipTicks(ticks uint32) Skip { return Skip{ticks, true} }

// Ticks is how many ticks to skip, and whether that was asked for.
func (s Skip) Ticks() (ticks uint32, asked bool) { return s.ticks, s.asked }

// replacing is the task in the place of the one that it replaces, which it may take its declaration
// from.
func (t Task) replacing(inherited Task) Task {
	if t.asInherited {
		t.ticksBetweenRuns, t.runImmediately = inherited.ticksBetweenRuns, inherited.runImmediately
		t.summary, t.asInherited = inherited.summary, false
	}
	return t
}

// fault is what is wrong with a task by itself, or empty.
func (t Task) fault() string {
	stated := t.ticksBetweenRuns != 0 || t.runImmediately || t.summary != ""
	switch {
	case !validName(t.name):
		return fmt.Sprintf("task name %q: use 1 to 64 of a-z 0-9 . _ -, starting with a letter", t.name)
	case t.asInherited && stated:
		return fmt.Sprintf("task %q: AsInherited takes the parent's schedule and summary: state none", t.name)
	}
	return ""
}

func uniform[F Func](run F) func(*Run) (Skip, error) {
	switch run := any(run).(type) {
	case func():
		return func(*Run) (Skip, error) { run(); return Skip{}, nil }
	case func() error:
		return func(*Run) (Skip, error) { return Skip{}, run() }
	case func() (Skip, error):
		return func(*Run) (Skip, error) { return run() }
	case func(*Run):
		return func(r *Run) (Skip, error) { run(r); return Skip{}, nil }
	case func(*Run) error:
		return func(r *Run) (Skip, error) { return Skip{}, run(r) }
	case func(*Run) (Skip, error):
		return run
	default:
		// The constraint allows no other type.
		panic(fmt.Sprintf("a task cannot be a %T", run))
	}
}

func validName(name string) bool {
	if len(name) < 1 || len(name) > 64 || name[0] < 'a' || name[0] > 'z' {
		return false
	}
	for _, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}
