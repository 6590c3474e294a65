// The tasks that do not come back.

package main

// Trap traps by a nil pointer, through two functions that a backtrace can show.
func (c *Conformance) Trap() error {
	if set, err := armed("trap"); err != nil || !set {
		return err
	}
	deepIn(nil)
	return nil
}

//go:noinline
func deepIn(door *int) { theCage(door) }

//go:noinline
func theCage(door *int) { *door = 1 }

// Crash panics.
func (c *Conformance) Crash() error {
	if set, err := armed("crash"); err != nil || !set {
		return err
	}
	panic("uncaught on purpose")
}

// Spin never ends.
func (c *Conformance) Spin() error {
	if set, err := armed("spin"); err != nil || !set {
		return err
	}
	for {
	}
}

// Grow allocates until it is refused.
func (c *Conformance) Grow() error {
	if set, err := armed("grow"); err != nil || !set {
		return err
	}
	for hoard := [][]byte{}; ; {
		hoard = append(hoard, make([]byte, 1<<20))
	}
}
