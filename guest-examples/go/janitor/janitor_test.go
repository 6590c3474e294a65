package main

import (
	"strings"
	"testing"

	"tourbillon/tourbillontest"
)

func TestRecordsLiveAsLongAsTheRetention(t *testing.T) {
	h := tourbillontest.New(t, New)
	h.SetConfig("retention", "30s")
	h.SetConfig("intake", "1")
	h.SetTickMs(10_000)
	if err := h.InitHost(); err != nil {
		t.Fatal(err)
	}
	for _, outcome := range h.Ticks(12) {
		if outcome.Err != nil {
			t.Errorf("%s: %v", outcome.Task, outcome.Err)
		}
	}
	// Tick 12 is at 120 s: what came in before 90 s, at the ticks 1 to 8, is gone.
	if swept, _ := h.Stored("swept"); swept != "8" {
		t.Errorf("swept %q", swept)
	}
	lines := h.TakeLog()
	if last := lines[len(lines)-1].Message; last != "4 records kept, 8 swept so far" {
		t.Errorf("logged %q", last)
	}
}

func TestRecordsAreKeptAsEveryJanitorKeepsThem(t *testing.T) {
	h := tourbillontest.New(t, New)
	if err := h.InitHost(); err != nil {
		t.Fatal(err)
	}
	h.Tick()
	record, ok := h.Stored("record/000000000001-0")
	if expect := `{"created_ms":10000,"payload":10451216379200822465}`; !ok || record != expect {
		t.Errorf("kept %s", record)
	}
}

func TestABadRetentionIsNamed(t *testing.T) {
	h := tourbillontest.New(t, New)
	h.SetConfig("retention", "a week")
	err := h.InitHost()
	if err == nil || !strings.HasPrefix(err.Error(), `config retention = "a week"`) {
		t.Errorf("failed with %v", err)
	}
}
