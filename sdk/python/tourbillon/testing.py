"""Tests of a manager without a component and without a host, under unittest or pytest.

A `Harness` drives one manager through ticks by the same rules as the real host (periods, first runs,
asked-for delays, writes kept only on success), with a host in memory of its own, but without limits:
a task that never ends hangs the test.

    from tourbillon.testing import Harness

    harness = Harness(Janitor, config={"retention": "30s"})
    harness.init_host()
    harness.ticks(12)
    assert harness.stored("swept") == b"8"
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from . import _memory
from ._engine import Failure, Instance
from ._memory import LogLine
from .manager import Manager
from .run import Run

__all__ = ["Harness", "LogLine", "Outcome"]

M = TypeVar("M", bound=Manager)
T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """How one run ended."""

    #: The task's name.
    task: str
    #: The message of the failure as the host is told, or `None` if all went well.
    message: str | None = None
    #: How many ticks the task asked to skip, if it did.
    ticks_to_skip: int | None = None
    #: The exception of a failure. It does not count when outcomes are compared.
    error: BaseException | None = field(default=None, compare=False)

    @property
    def ok(self) -> bool:
        """Whether all went well."""
        return self.message is None


@dataclass
class _Counter:
    task: str
    ticks_between_runs: int
    ticks_to_skip: int


class Harness(Generic[M]):
    """Drives one manager, tick by tick."""

    def __init__(
        self,
        manager: type[M],
        *,
        config: Mapping[str, str] | None = None,
        buckets: Iterable[str] = (),
        name: str = "test",
        tick_ms: int = 10_000,
    ) -> None:
        """A manager that has not been initialized, before its first tick.

        - `config`: what `tourbillon.config` answers; `harness.config` may be changed later;
        - `buckets`: names of granted buckets, which are empty, beside the manager's own;
        - `name`: the manager's name on the host;
        - `tick_ms`: milliseconds from tick to tick. Tick 1 is at `tick_ms` after the epoch.
        """
        self._host = _memory.State(config=dict(config or {}))
        self._host.texts["manager"] = name
        self._host.buckets.update({bucket: {} for bucket in buckets})
        self._class = manager
        self._instance = Instance(manager)
        self._tick_ms = tick_ms
        self._counters = [
            _Counter(
                task.name,
                task.ticks_between_runs,
                0 if task.run_immediately else task.ticks_between_runs,
            )
            for task in manager.periodic_tasks()
        ]
        #: The last tick, from 0.
        self.tick_number = 0

    @property
    def manager(self) -> M:
        """The manager itself."""
        manager = self._within(lambda: self._instance.manager)
        assert isinstance(manager, self._class)
        return manager

    @property
    def config(self) -> dict[str, str]:
        """The configuration; it may be changed."""
        return self._host.config

    def replace(self) -> None:
        """Drops the manager, as a host does after a kill; the next use makes a new one.

        Counters and what is stored stay, as they do there.
        """
        self._instance = Instance(self._class)

    def init_host(self, host: str = "test") -> None:
        """Calls `init_host`. Raises what the manager raises; what it stored is then undone."""
        self._host.texts["host"] = host
        failure = self._kept_if_ok(lambda: self._instance.init_host(host))
        if failure is not None:
            raise failure.error

    def tick(self) -> list[Outcome]:
        """One tick: the outcome of each task that was due, in order."""
        self.tick_number += 1
        due = []
        for counter in self._counters:
            if counter.ticks_to_skip == 0:
                counter.ticks_to_skip = counter.ticks_between_runs
                due.append(counter)
            else:
                counter.ticks_to_skip -= 1
        outcomes = []
        for counter in due:
            outcome = self._run(counter.task, "schedule")
            if outcome.ticks_to_skip is not None:
                counter.ticks_to_skip = outcome.ticks_to_skip
            outcomes.append(outcome)
        return outcomes

    def ticks(self, ticks: int) -> list[Outcome]:
        """So many ticks: the outcomes of all of them."""
        return [outcome for _ in range(ticks) for outcome in self.tick()]

    def trigger(self, task: str) -> Outcome:
        """Runs a task now, as an operator would, and leaves its counter alone."""
        return self._run(task, "operator")

    def stored(self, key: str, bucket: str = "default") -> bytes | None:
        """The value in the manager's own bucket, or in another one that was granted."""
        return self._host.buckets[bucket].get(key)

    def store(self, key: str, value: bytes, bucket: str = "default") -> None:
        """Puts a value into a bucket, before a test or between two ticks."""
        self._host.buckets[bucket][key] = value

    def take_log(self) -> list[LogLine]:
        """What was logged since the last call."""
        lines, self._host.log = self._host.log, []
        return lines

    def _run(self, task: str, trigger: str) -> Outcome:
        tick = self.tick_number
        run_id = f"{self._host.texts['manager']}/{task}/{tick}"
        run = Run(run_id, task, tick, tick * self._tick_ms)
        self._host.texts["trigger"] = trigger
        limits = {"attempt": 1, "fuel_granted": 100_000_000, "time_limit_ms": 5_000}
        self._host.numbers.update(limits, fuel_left=100_000_000)
        try:
            outcome = self._kept_if_ok(lambda: self._instance.run(run))
        finally:
            self._host.texts["trigger"] = ""
            self._host.numbers = {"fence": self._host.numbers["fence"]}
        if isinstance(outcome, Failure):
            return Outcome(task, outcome.message, outcome.ticks_to_skip, outcome.error)
        return Outcome(task, ticks_to_skip=outcome)

    def _kept_if_ok(self, call: Callable[[], T]) -> T:
        """All or nothing: what the call stored is undone if it fails."""
        before = self._host.kept()
        try:
            outcome = self._within(call)
        except BaseException:
            self._host.buckets = before
            raise
        if isinstance(outcome, Failure):
            self._host.buckets = before
        return outcome

    def _within(self, call: Callable[[], T]) -> T:
        with self._answering():
            return call()

    @contextmanager
    def _answering(self) -> Iterator[None]:
        before, _memory.current = _memory.current, self._host
        try:
            yield
        finally:
            _memory.current = before
