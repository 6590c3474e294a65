package servers

import (
	"slices"
	"testing"

	"tourbillon/tourbillontest"
)

func TestInheritedTasksRunFirst(t *testing.T) {
	h := tourbillontest.New(t, New)
	if err := h.InitHost(); err != nil {
		t.Fatal(err)
	}
	var ran []string
	for _, outcome := range h.Ticks(4) {
		ran = append(ran, outcome.Task)
	}
	expect := []string{"collect", "alarm", "collect", "alarm", "collect", "alarm", "collect",
		"report", "alarm"}
	if !slices.Equal(ran, expect) {
		t.Errorf("ran %q", ran)
	}
}

func TestAnAlarmRestsForFiveTicks(t *testing.T) {
	h := tourbillontest.New(t, New)
	check := func(ticks, expect int) {
		t.Helper()
		alarms := 0
		for _, outcome := range h.Ticks(ticks) {
			if outcome.Task == "alarm" {
				alarms++
			}
		}
		if alarms != expect {
			t.Errorf("%d alarms in %d ticks, not %d", alarms, ticks, expect)
		}
	}
	// At tick 5 there are 25 servers; the next look is at tick 11.
	check(5, 5)
	check(5, 0)
	check(1, 1)
}
