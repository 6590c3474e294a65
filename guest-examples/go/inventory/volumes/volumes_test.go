package volumes

import (
	"testing"

	"tourbillon"
	"tourbillon/tourbillontest"
)

func TestTheReplacedTaskKeepsItsPlace(t *testing.T) {
	tasks := tourbillon.Tasks(New())
	if len(tasks) != 2 || tasks[0].Name() != "collect" || tasks[1].Name() != "report" {
		t.Errorf("declares %v", tasks)
	}
	h := tourbillontest.New(t, New)
	h.Ticks(4)
	if reports, _ := h.Stored("reports"); reports != "2" {
		t.Errorf("reported %q times", reports)
	}
}
