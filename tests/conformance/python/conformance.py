"""One component that does everything which a manager can do, well and badly.

The host's conformance tests build it in each language and compare what comes of it. A task does its
deed only if the configuration has its key, so that one component serves all scenarios.
"""

import copy
import os
import pickle
import random
import time
from collections.abc import Callable
from datetime import date, datetime, timezone
from time import time as clock
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tourbillon import (
    Bucket,
    Manager,
    Run,
    Skip,
    TaskError,
    config,
    context,
    export,
    log,
    periodic_task,
)


#: Made before Python's own class is exchanged for the SDK's.
EPOCH, WRITE = datetime(1970, 1, 1, tzinfo=timezone.utc), {datetime: "a time"}


class Own(datetime):
    """Inherits from Python's own class, too."""


class Base(Manager):
    """The manager that `Conformance` inherits from."""

    @periodic_task
    def inherited(self) -> None:
        """Inherited as it is"""
        log.info("inherited")

    @periodic_task(ticks_between_runs=1)
    def overridden(self) -> None:
        """Of the base"""
        log.info("base")

    @periodic_task(ticks_between_runs=3, run_immediately=True)
    def immediate(self) -> None:
        """Runs on the first tick"""
        log.info("immediate")

    @periodic_task(ticks_between_runs=1, run_immediately=True)
    def kept(self) -> None:
        """Of the base"""
        log.info("kept")


class Conformance(Base):
    """All scenarios, in the order in which `inspect` shows them in every language."""

    def __init__(self) -> None:
        self.runs = 0
        self.eaten: list[bytearray] = []

    def init_host(self, host: str) -> None:
        log.info("init on %s", host)
        message = config.get("fail-init")
        if message is not None:
            raise TaskError(message)

    def service_version(self) -> str:
        return "1.2.3"

    def service_config(self) -> list[tuple[str, str]]:
        return [("suite", "conformance")]

    @periodic_task(ticks_between_runs=2)
    def overridden(self) -> None:
        """Of the child"""
        log.info("child, then")
        super().overridden()

    def kept(self) -> None:
        log.info("kept, by the child")
        super().kept()

    @periodic_task
    def fail(self) -> None:
        message = config.get("fail")
        if message is not None:
            raise TaskError(message)

    @periodic_task(name="fail-later")
    def fail_later(self) -> None:
        ticks = config.integer("fail-later")
        if ticks is not None:
            raise TaskError("later", ticks_to_skip=ticks)

    @periodic_task
    def trap(self) -> None:
        if config.get("trap") is not None:
            deep_in()

    @periodic_task
    def crash(self) -> None:
        if config.get("crash") is not None:
            raise RuntimeError("uncaught on purpose")

    @periodic_task
    def delay(self) -> Skip | None:
        ticks = config.integer("delay")
        return None if ticks is None else Skip(ticks)

    @periodic_task
    def spin(self) -> None:
        while config.get("spin") is not None:
            for _ in range(10_000_000):
                pass

    @periodic_task
    def grow(self) -> None:
        while config.get("grow") is not None:
            self.eaten.append(bytearray(1 << 20))

    @periodic_task(name="config")
    def settings(self) -> None:
        log.info("config: %s", config.get("text", "none"))
        log.info("config: %d keys", len(config.get_all()))

    @periodic_task
    def store(self) -> None:
        armed = config.get("store")
        if armed is None:
            return
        store = Bucket.own()
        if armed == "fail":
            store.set("poison", "1")
            raise TaskError("on purpose")
        store.set("a", "1")
        expect(store.get("a"), b"1")
        expect(store.exists("a"), True)
        store.increment("n", 2)
        store.set("b", "x")
        store.delete("b")
        log.info("store: %s", ",".join(key for key in store.keys() if key in ("a", "b", "n")))

    @periodic_task
    def unicode(self) -> None:
        if config.get("unicode") is not None:
            store = Bucket.own()
            store.set("ключ/🦀", "значение ✓ 漢字")
            log.info("unicode: %s", store.get_text("ключ/🦀"))

    @periodic_task
    def values(self) -> None:
        if config.get("values") is not None:
            store = Bucket.own()
            empty, huge = b"", (bytes(range(251)) * 245)[:61_440]
            store.set("empty", empty)
            store.set("huge", huge)
            expect(store.get("empty"), empty)
            expect(store.get("huge"), huge)
            log.info("values: %d and %d", len(empty), len(huge))

    @periodic_task
    def instances(self) -> None:
        if config.get("instances") is not None:
            self.runs += 1
            stored = Bucket.own().increment("instances", 1)
            log.info("instances: %d in memory, %d stored", self.runs, stored)

    @periodic_task
    def levels(self) -> None:
        if config.get("levels") is not None:
            log.trace("a trace")
            log.debug("a debug")
            log.info("an info")
            log.warn("a warn")
            log.error("an error")
            log.critical("a critical")

    @periodic_task
    def identity(self, run: Run) -> None:
        if config.get("identity") is not None:
            told = [run.id, run.task, run.tick, run.scheduled_at_ms]
            told += [context.manager(), context.host(), context.attempt(), context.trigger()]
            log.info("identity: %s", " ".join(map(str, told)))
            tell_the_time(run)
            feel_at_home(run)


def tell_the_time(run: Run) -> None:
    """In simulated time a tick is due now, however a library asks for it (the SDK's `_clocks`)."""
    due = run.scheduled_at
    expect(datetime.now(timezone.utc), due)
    expect(isinstance(due, datetime), True)
    expect((datetime.now(), datetime.today()), (due.replace(tzinfo=None),) * 2)
    expect(date.today(), due.date())
    expect(clock(), due.timestamp())
    expect(time.gmtime()[:6], due.utctimetuple()[:6])
    expect(time.strftime("%Y-%m-%d %H:%M:%S"), due.strftime("%Y-%m-%d %H:%M:%S"))
    expect(time.ctime(), due.ctime())
    expect(datetime.strptime("2026-11-29 20:15", "%Y-%m-%d %H:%M"), datetime(2026, 11, 29, 20, 15))


def feel_at_home(run: Run) -> None:
    """What Python asks of a system has an answer here, or is an exception (the SDK's `_runtime` and `_files`)."""
    expect(random.Random().random() == random.Random().random(), False)
    expect(random.seed(), None)
    expect(repr(datetime(2026, 11, 29)), "datetime.datetime(2026, 11, 29, 0, 0)")
    expect((WRITE[type(datetime.now())], type(EPOCH) == datetime), ("a time", True))
    expect((pickle.loads(pickle.dumps(EPOCH)), copy.copy(EPOCH)), (EPOCH, EPOCH))
    expect((Own.now(timezone.utc), type(Own.today())), (run.scheduled_at, Own))
    expect(pickle.loads(pickle.dumps(Own.now(timezone.utc))), run.scheduled_at)
    expect(datetime.now(ZoneInfo("UTC")), run.scheduled_at)
    expect((time.process_time_ns() >= 0, time.clock_gettime(time.CLOCK_REALTIME)), (True, time.time()))
    expect((os.path.exists("x"), os.access("x", os.F_OK), list(os.walk("/"))), (False, False, []))
    for ask in (os.stat, os.lstat, os.listdir, os.scandir, os.mkdir, os.remove, os.rmdir, os.readlink, os.utime, open):
        expect(refusal(ask), "OSError")
    expect((refusal(input), refusal(ZoneInfo)), ("EOFError", ZoneInfoNotFoundError.__name__))


def refusal(ask: Callable[[str], object]) -> str:
    """The exception that comes of a question."""
    try:
        ask("x")
    except (OSError, EOFError, ZoneInfoNotFoundError) as error:
        return type(error).__name__
    return "none"


def deep_in() -> None:
    """The first of two functions on the way to a trap."""
    the_cage()


def the_cage() -> None:
    """The second: an exception would only be a failure, so this ends the interpreter."""
    os.abort()


def expect(got: object, wanted: object) -> None:
    """Fails the run if what was read is not what was written."""
    if got != wanted:
        raise TaskError(f"expected {wanted!r:.40}, got {got!r:.40}")


Lifecycle = export(Conformance)
