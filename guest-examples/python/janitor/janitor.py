"""Keeps a store clean: records come in, and those that are too old go.

Three tasks, in the order in which they run on a tick where all are due:

- `intake` writes some records, so that there is something to see;
- `sweep` removes the records that are older than `retention`;
- `report` logs how many there are.

Configuration: `retention` (a length of time such as `7d` or `90s`, default 60 s), `intake` (records
per run, default 2) and `seed` (a number that their contents come from, default 1).

Time is the run's scheduled time and never a clock. So the janitor does the same thing in a
simulation of a year that takes a second, and in a test.
"""

from datetime import timedelta

from tourbillon import Bucket, Manager, Run, StoreError, TaskError, config, export, log, periodic_task

#: Records are stored under this prefix; other keys are left alone.
PREFIX = "record/"

U64 = 2**64 - 1


class Janitor(Manager):
    """An instance may be dropped and replaced at any time, so what is kept here is only what can be
    read again: the configuration."""

    def __init__(self) -> None:
        self.retention = timedelta()
        self.records = 0
        self.seed = 0

    def init_host(self, host: str) -> None:
        """A wrong value fails here, with its name, before any task runs."""
        self.retention = config.duration("retention", timedelta(seconds=60))
        self.records = config.integer("intake", 2)
        self.seed = config.integer("seed", 1)
        log.info("cleaning on %s: records live for %s", host, written(self.retention))

    def service_version(self) -> str:
        return "0.1.0"

    def service_config(self) -> dict[str, str]:
        return {
            "retention": written(self.retention),
            "intake": str(self.records),
            "seed": str(self.seed),
        }

    @periodic_task(run_immediately=True)
    def intake(self, run: Run) -> None:
        """Takes in new records."""
        store = Bucket.own()
        for n in range(self.records):
            # The key holds the tick: the same run, started once more, writes the same records and
            # no others.
            record = {"created_ms": run.scheduled_at_ms, "payload": mix(self.seed, run.tick, n)}
            store.set_json(f"{PREFIX}{run.tick:012}-{n}", record)

    @periodic_task(ticks_between_runs=2)
    def sweep(self, run: Run) -> None:
        """Removes records that are older than `retention`."""
        oldest_ms = max(run.scheduled_at_ms - millis(self.retention), 0)
        store = Bucket.own()
        swept = 0
        # Deleting while listing is allowed: the list is the one from the beginning.
        for key in store.keys():
            if not key.startswith(PREFIX):
                continue
            try:
                record = store.get_json(key)
            except StoreError as error:
                raise TaskError("cannot sweep") from error
            if record is not None and record["created_ms"] < oldest_ms:
                store.delete(key)
                swept += 1
        # If anything above failed, nothing of it was kept, this count included.
        store.increment("swept", swept)

    @periodic_task(ticks_between_runs=1)
    def report(self) -> None:
        """Logs how many records there are."""
        store = Bucket.own()
        kept = sum(key.startswith(PREFIX) for key in store.keys())
        swept = store.get_text("swept") or "0"
        log.info("%d records kept, %s swept so far", kept, swept)


def mix(seed: int, tick: int, n: int) -> int:
    """Numbers that look random and are the same every time (splitmix64)."""
    x = (seed + tick * 0x9E3779B97F4A7C15 + n) & U64
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & U64
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & U64
    return x ^ (x >> 31)


def millis(time: timedelta) -> int:
    """The whole milliseconds of a length of time."""
    return time // timedelta(milliseconds=1)


def written(time: timedelta) -> str:
    """A length of time in seconds, or in milliseconds where it is less than one: `1.5s`, `20ms`."""
    total = millis(time)
    if total == 0:
        return "0ns"
    if total < 1000:
        return f"{total}ms"
    seconds, rest = divmod(total, 1000)
    return f"{seconds}.{rest:03}".rstrip("0").rstrip(".") + "s"


Lifecycle = export(Janitor)
