package main

import (
	"testing"

	"tourbillon/tourbillontest"
)

func TestItCountsOnEveryTick(t *testing.T) {
	h := tourbillontest.New(t, New)
	h.SetConfig("greeting", "good morning")
	if err := h.InitHost(); err != nil {
		t.Fatal(err)
	}
	for _, outcome := range h.Ticks(4) {
		if outcome.Err != nil {
			t.Errorf("%s: %v", outcome.Task, outcome.Err)
		}
	}
	if count, _ := h.Stored("count"); count != "4" {
		t.Errorf("counted %q", count)
	}
	lines := h.TakeLog()
	if last := lines[len(lines)-1].Message; last != "good morning from tick 4: counted 4" {
		t.Errorf("logged %q", last)
	}
}
