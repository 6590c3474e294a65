package main

import (
	"slices"
	"testing"

	"tourbillon/tourbillontest"
)

func TestGreetsOnEveryTickAndReportsOnEveryThird(t *testing.T) {
	h := tourbillontest.New(t, New)
	h.SetConfig("greeting", "good day")
	if err := h.InitHost(); err != nil {
		t.Fatal(err)
	}
	h.TakeLog()
	for _, outcome := range h.Ticks(3) {
		if outcome.Err != nil {
			t.Errorf("%s: %v", outcome.Task, outcome.Err)
		}
	}
	var said []string
	for _, line := range h.TakeLog() {
		said = append(said, line.Message)
	}
	expect := []string{
		"good day, tick 1: greeting 1",
		"good day, tick 2: greeting 2",
		"good day, tick 3: greeting 3",
		"3 greetings so far",
	}
	if !slices.Equal(said, expect) {
		t.Errorf("said %q", said)
	}
}
