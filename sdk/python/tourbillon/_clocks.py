"""Time as Python's own library tells it, where the system has no clocks.

`time` and `datetime` are written in C and ask the system, which in a component ends in a trap. Their
functions that do so are exchanged for ones that ask the host once a manager is live; what a module took by
name (`from time import time`, `from datetime import datetime`) is exchanged there, too. Until then, while the
component is made, they are what they were. Knows no host: whoever calls brings its clocks.

`datetime.datetime` can't be changed, so a class that inherits from it takes its place; to `isinstance` the two
are one. What was bound to the old class before, such as a default `now=datetime.now`, still traps.
"""

from __future__ import annotations

import datetime as _datetime
import functools
import sys
import time as _time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

_Real = _datetime.datetime


class _OneClass(type):
    """Makes objects of the class that was exchanged objects of the one in its place."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _Real) if cls is Datetime else super().__instancecheck__(instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _Real) if cls is Datetime else super().__subclasscheck__(subclass)


class Datetime(_Real, metaclass=_OneClass):
    """`datetime.datetime`, whose present is that of `time.time_ns`."""

    @classmethod
    def now(cls, tz: _datetime.tzinfo | None = None) -> Any:
        """The present, in a time zone; without one in UTC, as a component knows no other."""
        seconds, rest = divmod(_time.time_ns(), 1_000_000_000)
        return cls.fromtimestamp(seconds, tz).replace(microsecond=rest // 1_000)

    @classmethod
    def today(cls) -> Any:
        """The present without a time zone."""
        return cls.now()

    @classmethod
    def utcnow(cls) -> Any:
        """The present in UTC, without saying so; Python advises against it."""
        return cls.now(_datetime.timezone.utc).replace(tzinfo=None)


# Errors, `repr` and `pickle` name it as what it stands for.
Datetime.__module__, Datetime.__name__, Datetime.__qualname__ = "datetime", "datetime", "datetime"


@dataclass(frozen=True)
class Clocks:
    """What a host tells."""

    #: Whether it may be asked already.
    live: Callable[[], bool]
    #: Nanoseconds since the Unix epoch.
    wall_ns: Callable[[], int]
    #: Nanoseconds since some fixed point.
    monotonic_ns: Callable[[], int]
    #: Waits so many seconds.
    sleep: Callable[[float], None]


def exchange(clocks: Clocks) -> None:
    """Exchanges what asks the system for the time, in all modules that are there."""
    if isinstance(_datetime.datetime, _OneClass):
        return
    instead = _functions(clocks)
    for name, function in instead.items():
        instead[name] = _until_live(clocks, getattr(_time, name), function)
    by_what = {id(getattr(_time, name)): function for name, function in instead.items()}
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType) and module.__name__ != __name__:
            _exchange_in(module, {**by_what, id(_Real): Datetime})


def _exchange_in(module: ModuleType, by_what: dict[int, Any]) -> None:
    for name, value in list(vars(module).items()):
        new = by_what.get(id(value))
        if new is not None:
            setattr(module, name, new)


def _until_live(clocks: Clocks, real: Any, ours: Any) -> Any:
    @functools.wraps(real)
    def asked(*arguments: Any) -> Any:
        return ours(*arguments) if clocks.live() else real(*arguments)

    return asked


def _functions(clocks: Clocks) -> dict[str, Any]:
    """What asks the host, under the names of the module `time`."""

    def in_seconds(ns: Callable[[], int]) -> Callable[[], float]:
        return lambda: ns() / 1e9

    def sleep(seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        clocks.sleep(seconds)

    gmtime, localtime = _time.gmtime, _time.localtime
    asctime, strftime = _time.asctime, _time.strftime

    def now(seconds: float | None) -> float:
        return clocks.wall_ns() / 1e9 if seconds is None else seconds

    def local(of: Any) -> Any:
        return localtime(now(None)) if of is None else of

    return {
        "time_ns": clocks.wall_ns,
        "time": in_seconds(clocks.wall_ns),
        "monotonic_ns": clocks.monotonic_ns,
        "monotonic": in_seconds(clocks.monotonic_ns),
        "perf_counter_ns": clocks.monotonic_ns,
        "perf_counter": in_seconds(clocks.monotonic_ns),
        "sleep": sleep,
        "gmtime": lambda seconds=None: gmtime(now(seconds)),
        "localtime": lambda seconds=None: localtime(now(seconds)),
        "ctime": lambda seconds=None: asctime(localtime(now(seconds))),
        "asctime": lambda of=None: asctime(local(of)),
        "strftime": lambda form, of=None: strftime(form, local(of)),
    }
