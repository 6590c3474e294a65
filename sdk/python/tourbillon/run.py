"""What a task is told about its run, and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from .errors import check_ticks

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Run:
    """One run: one execution of one task at one tick.

    A task that wants it takes it: `def sweep(self, run)`. More about the run in progress can be
    asked of `tourbillon.context`.
    """

    #: The run's identity, `manager/task/tick`. A repeated run carries the same: whoever writes
    #: outside of the key-value store can drop duplicates by it.
    id: str
    #: The name of the task.
    task: str
    #: The manager's tick, counted from 1. It never goes back.
    tick: int
    #: When the tick was due, in milliseconds since the Unix epoch. Under simulation this is
    #: simulated time, which is why a task should measure by it and not by a clock.
    scheduled_at_ms: int

    @property
    def scheduled_at(self) -> datetime:
        """When the tick was due, with the time zone UTC. `OverflowError` after the year 9999."""
        return _EPOCH + timedelta(milliseconds=self.scheduled_at_ms)


@dataclass(frozen=True)
class Skip:
    """A task returns `Skip(n)` to say: all is well, skip n ticks, then run me again.

    It counts once; afterwards the declared `ticks_between_runs` holds again. `Skip(0)` asks for
    the very next tick. From 0 to 2**32 - 1; the host clamps it to a configured range, by default
    0 to 1,000,000. To say the same with a failure: `TaskError(…, ticks_to_skip=n)`.
    """

    #: How many ticks to skip.
    ticks: int

    def __post_init__(self) -> None:
        check_ticks(self.ticks, "Skip")
