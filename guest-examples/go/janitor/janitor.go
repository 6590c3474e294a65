// Keeps a store clean: records come in, and those that are too old go.
//
// Three tasks, in the order in which they run on a tick where all are due:
//
//   - intake writes some records, so that there is something to see;
//   - sweep removes the records that are older than retention;
//   - report logs how many there are.
//
// Configuration: retention (a length of time such as 7d or 90s, default 60 s), intake (records per
// run, default 2) and seed (a number that their contents come from, default 1).
//
// Time is the run's scheduled time and never a clock. So the janitor does the same thing in a
// simulation of a year that takes a second, and in a test.
package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tourbillon"
	"tourbillon/config"
	"tourbillon/log"
	"tourbillon/store"
)

// Records are stored under this prefix; other keys are left alone.
const prefix = "record/"

// Record is one record, kept as JSON.
type Record struct {
	CreatedMs uint64 `json:"created_ms"`
	Payload   uint64 `json:"payload"`
}

// Janitor holds only what can be read again, the configuration: an instance may be dropped and
// replaced at any time.
type Janitor struct {
	tourbillon.Base
	retention    time.Duration
	intake, seed uint64
}

// New is a janitor with its tasks.
func New() *Janitor {
	j := &Janitor{}
	j.Declare(
		tourbillon.PeriodicTask("intake", j.Intake, tourbillon.RunImmediately(),
			tourbillon.Summary("Takes in new records.")),
		tourbillon.PeriodicTask("sweep", j.Sweep, tourbillon.TicksBetweenRuns(2),
			tourbillon.Summary("Removes records that are older than `retention`.")),
		tourbillon.PeriodicTask("report", j.Report, tourbillon.TicksBetweenRuns(1),
			tourbillon.Summary("Logs how many records there are.")),
	)
	return j
}

func init() { tourbillon.Export(New) }

func main() {}

// InitHost fails for a wrong value, with its name, before any task runs.
func (j *Janitor) InitHost(host string) (err error) {
	if j.retention, err = config.Duration("retention", time.Minute); err != nil {
		return err
	}
	if j.intake, err = config.Uint("intake", 2); err != nil {
		return err
	}
	if j.seed, err = config.Uint("seed", 1); err != nil {
		return err
	}
	log.Infof("cleaning on %s: records live for %s", host, short(j.retention))
	return nil
}

// ServiceVersion is the version of this example.
func (j *Janitor) ServiceVersion() string { return "0.1.0" }

// ServiceConfig is what the janitor runs with.
func (j *Janitor) ServiceConfig() []tourbillon.Setting {
	return []tourbillon.Setting{
		{Name: "retention", Value: short(j.retention)},
		{Name: "intake", Value: strconv.FormatUint(j.intake, 10)},
		{Name: "seed", Value: strconv.FormatUint(j.seed, 10)},
	}
}

// Intake takes in new records.
func (j *Janitor) Intake(run *tourbillon.Run) error {
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	for n := range j.intake {
		// The key holds the tick: the same run, started once more, writes the same records and no
		// others.
		key := fmt.Sprintf("%s%012d-%d", prefix, run.Tick, n)
		record := Record{CreatedMs: run.ScheduledAtMs, Payload: mix(j.seed, run.Tick, n)}
		if err := bucket.SetJSON(key, record); err != nil {
			return err
		}
	}
	return nil
}

// Sweep removes records that are older than the retention.
func (j *Janitor) Sweep(run *tourbillon.Run) error {
	var oldestMs uint64
	if retentionMs := uint64(j.retention.Milliseconds()); retentionMs < run.ScheduledAtMs {
		oldestMs = run.ScheduledAtMs - retentionMs
	}
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	var swept uint64
	// Deleting while listing is allowed: the list is the one from the beginning.
	for key, err := range bucket.Keys() {
		if err != nil {
			return err
		}
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		var record Record
		found, err := bucket.GetJSON(key, &record)
		if err != nil {
			return tourbillon.Errorf("cannot sweep: %w", err)
		}
		if found && record.CreatedMs < oldestMs {
			if err := bucket.Delete(key); err != nil {
				return err
			}
			swept++
		}
	}
	// If anything above failed, nothing of it was kept, this count included.
	_, err = bucket.Increment("swept", swept)
	return err
}

// Report logs how many records there are.
func (j *Janitor) Report() error {
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	kept := 0
	for key, err := range bucket.Keys() {
		if err != nil {
			return err
		}
		if strings.HasPrefix(key, prefix) {
			kept++
		}
	}
	swept, found, err := bucket.GetText("swept")
	if err != nil {
		return err
	}
	if !found {
		swept = "0"
	}
	log.Infof("%d records kept, %s swept so far", kept, swept)
	return nil
}

// mix makes numbers that look random and are the same every time (splitmix64).
func mix(seed, tick, n uint64) uint64 {
	x := seed + tick*0x9e3779b97f4a7c15 + n
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb
	return x ^ (x >> 31)
}

// short writes a length of time in its largest decimal unit up to seconds, as 90s or 1.5s.
func short(d time.Duration) string {
	if d < time.Second {
		return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s"
}
